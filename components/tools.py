"""Tools: what the agent finds out with tools before it acts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gamemaster.language.tool_model import ToolModel
from gamemaster.words import AnswerFailed, Component, DefinitionError, Section, Turn, one_line, quote

__all__ = ["Tools"]

_LONGEST = 1500
"""Characters of one result that stand in a prompt."""


class Tools(Component):
    """The results of up to `calls` calls of LangChain tools, chosen by the agent one after the other.

    The model chooses among `tools` and "none", then fills in the chosen one's arguments by its schema: two rounds of calls a
    use, one for "none". Each use is on record under its key, and a resumed or replayed run takes the result from there and
    doesn't call the tool. Results are data: they stand in the prompt as quotations, each on one line and cut to the budget, and a
    tool's error is such a result. A tool that changes the world outside is yours to answer for; a rehearsal calls none.

    Measures: `tool_calls`.
    Raises: DefinitionError for no tools, two of one name, or what isn't a tool.
    """

    kind = "observation"

    def __init__(
        self,
        tools: Sequence[Any],
        *,
        calls: int = 2,
        given: Sequence[Component] = (),
        name: str = "tools",
        budget: int = 600,
    ) -> None:
        self.tools = [ToolModel(each) for each in tools]
        if not self.tools:
            raise DefinitionError(f"The component {name!r} is given no tools; give at least one.")
        names = [each.tool.name for each in self.tools]
        if len(set(names)) < len(names):
            twice = next(each for each in names if names.count(each) > 1)
            raise DefinitionError(f"The component {name!r} is given two tools named {twice!r}; rename one of them.")
        if calls < 1:
            raise DefinitionError(f"The component {name!r} has calls={calls}; it must be at least 1.")
        self.calls = calls
        self.given = tuple(given)
        self.name = name
        self.budget = budget

    async def context(self, turn: Turn) -> str:
        """A line for each use: the tool, its arguments, what it returned."""
        lines: list[str] = []
        for number in range(self.calls):
            used = await self._use(turn, number, lines)
            if used is None:
                break
            lines.append(used)
        turn.measure("tool_calls", len(lines))
        return "\n".join(lines)

    async def _use(self, turn: Turn, number: int, lines: Sequence[str]) -> str | None:
        notes = (
            [Section(label=turn.prompt("so_far"), text="\n".join(lines), kind="observation", component=self.name)]
            if lines
            else []
        )
        options = [f"{each.tool.name}: {one_line(str(each.tool.description))}" for each in self.tools]
        options.append(turn.prompt("none"))
        try:
            chosen = await turn.choose(
                turn.prompt("which"),
                options,
                given=self.given,
                notes=notes,
                unsure=len(self.tools),
                what=f"which/{number}",
            )
            if chosen.index == len(self.tools):
                return None
            tool = self.tools[chosen.index]
            question = turn.prompt("arguments", tool=options[chosen.index])
            filled = await turn.fill(question, tool.schema, given=self.given, notes=notes, what=f"arguments/{number}")
        except AnswerFailed:
            return None
        arguments = json.dumps(filled.model_dump(mode="json", exclude_unset=True), ensure_ascii=False, sort_keys=True)
        result = await turn.consult(tool, arguments, what=f"use/{number}/{tool.tool.name}")
        return turn.prompt("used", tool=tool.tool.name, arguments=arguments, result=quote(one_line(result)[:_LONGEST]))
