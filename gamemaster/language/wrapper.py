"""Wrapper: a language model around another, which passes on who it is.

The wrappers stack in this order, the last asked first:
`Budget(Recorded(Once(Limited(Retried(model)))))`. Each does one thing and lives in a file of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from gamemaster.language.model import LanguageModel
from gamemaster.language.request import Answer, Request

__all__ = ["Wrapper"]


class Wrapper:
    """Goes by the name, the promises and the fingerprint of `model`, and asks it. Subclasses say when and how."""

    def __init__(self, model: LanguageModel) -> None:
        self.model = model

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def deterministic(self) -> bool:
        return self.model.deterministic

    @property
    def fingerprint(self) -> Mapping[str, str]:
        return self.model.fingerprint

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What the model says of itself besides; its price, if it states one."""
        return getattr(self.model, "metadata", {})

    @property
    def count_tokens(self) -> Callable[[str], int]:
        """The model's own count of a text's tokens. Raises: AttributeError when it has none, so that `hasattr` tells."""
        return cast("Callable[[str], int]", cast("Any", self.model).count_tokens)

    async def answer(self, request: Request) -> Answer:
        """The wrapped model's answer."""
        return await self.model.answer(request)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.model!r})"
