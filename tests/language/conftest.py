"""Requests in short."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from gamemaster.language import ChoiceRequest, ObjectRequest, Prompt, Sampling, TextRequest
from gamemaster.words import CallKey, Section

GREEDY = Sampling(temperature=0.0, max_tokens=16)


class Asks:
    """Makes requests of which only what matters in a test is stated."""

    def prompt(self, call: str = "What does Ann do?", *sections: Section, name: str = "Ann") -> Prompt:
        return Prompt.of(sections, call, name=name)

    def key(self, what: str = "act", index: int = 0, *, who: str = "Ann", step: int = 1) -> CallKey:
        return CallKey(step, who, "actor", what, index)

    def text(self, call: str = "What does Ann do?", *sections: Section, **options: Any) -> TextRequest:
        return TextRequest(**self._given(call, sections, options))

    def choice(self, *options: str, call: str = "Buy?", **rest: Any) -> ChoiceRequest:
        return ChoiceRequest(options=options, **self._given(call, (), rest))

    def object(self, schema: type[BaseModel], call: str = "Fill it in.", **rest: Any) -> ObjectRequest:
        return ObjectRequest(schema=schema, **self._given(call, (), rest))

    def _given(self, call: str, sections: tuple[Section, ...], options: dict[str, Any]) -> dict[str, Any]:
        prompt = options.pop("prompt", None) or self.prompt(call, *sections)
        return {"prompt": prompt, "key": self.key(), "seed": 7, **options}


@pytest.fixture
def ask() -> Asks:
    return Asks()
