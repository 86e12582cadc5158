"""ToolModel: a LangChain tool as something that answers requests, so that what it returned is on record like any answer.

The one idea: whatever comes into a run from outside is an answer under a key. A tool is asked with its arguments as JSON; the
wrappers of a run record what it returns, and a resumed or replayed run takes it from the record and does not call it again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from gamemaster.language.batching import outside_work
from gamemaster.language.request import Answer, Request
from gamemaster.language.strict_json import NotStrict, read_object, without_surrogates
from gamemaster.words import DefinitionError

__all__ = ["ToolModel"]


class ToolModel:
    """Answers a text request, whose call is a JSON object, with what the LangChain `tool` returns for these arguments.

    What a tool raises is an answer too: a JSON object with "error". At most `longest` characters are kept of a result.
    Raises: DefinitionError for what isn't a LangChain tool.
    """

    deterministic = False

    def __init__(self, tool: Any, *, longest: int = 20_000) -> None:
        if not (hasattr(tool, "ainvoke") and isinstance(getattr(tool, "name", None), str)):
            raise DefinitionError(f"{tool!r} is no LangChain tool; make one with `langchain_core.tools.tool`.")
        self.tool = tool
        self.longest = longest

    @property
    def name(self) -> str:
        return f"tool:{self.tool.name}"

    @property
    def fingerprint(self) -> Mapping[str, str]:
        """Its name and description: what it does is not pinned, what it returned is on record."""
        return {"tool": str(self.tool.name), "description": str(self.tool.description)}

    @property
    def schema(self) -> type[BaseModel]:
        """The pydantic model of its arguments."""
        return self.tool.get_input_schema()

    async def answer(self, request: Request) -> Answer:
        """What the tool returned, as text."""
        try:
            arguments = read_object(request.prompt.call)
        except NotStrict as error:
            return Answer(text=_error(f"the arguments are no JSON object: {error}"))
        try:
            with outside_work():
                result = await self.tool.ainvoke(arguments)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            return Answer(text=_error(f"{'.'.join(map(str, first['loc']))}: {first['msg']}"))
        except Exception as error:  # whatever a tool raises is what came of asking it
            return Answer(text=_error(f"{type(error).__name__}: {error}"))
        text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False, default=str)
        return Answer(text=without_surrogates(text)[: self.longest] or '""')


def _error(what: str) -> str:
    return json.dumps({"error": what}, ensure_ascii=False)
