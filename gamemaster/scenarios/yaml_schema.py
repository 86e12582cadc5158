"""The schema of a YAML scenario: which keys there are, and what each may hold.

Nothing is built here; `yaml_scenario` makes the simulation.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from gamemaster.words import UnknownName

__all__ = ["AgentText", "AskText", "ProbeText", "ScenarioText", "SceneText"]

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(second|minute|hour|day)s?")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


class _Part(BaseModel):
    """A mapping with these keys and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, given: Any) -> Any:
        if isinstance(given, dict):
            for key in given:  # pyright: ignore[reportUnknownVariableType]
                if key not in cls.model_fields:
                    raise UnknownName.of("key", str(key), cls.model_fields)  # pyright: ignore[reportUnknownArgumentType]
        return given  # pyright: ignore[reportUnknownVariableType]


def _seconds(value: Any) -> Any:
    if isinstance(value, str):
        found = _SPAN.fullmatch(value.strip())
        if found is None:
            raise ValueError("a time is a number of seconds, or a text such as '10 minutes', '1.5 hours' or '2 days'")
        return timedelta(seconds=float(found[1]) * _SECONDS[found[2]]).total_seconds()
    return value


def _ask(value: Any) -> Any:
    """`speech` alone, or `{speech: call}`, is `{kind: speech, call: …}`."""
    if isinstance(value, str):
        return {"kind": value}
    if isinstance(value, dict):
        given: dict[Any, Any] = dict(value)  # pyright: ignore[reportUnknownArgumentType]
        for kind in ("free", "speech", "choice", "number"):
            if kind in given and "kind" not in given:
                return {"kind": kind, "call": given.pop(kind), **given}
        return given
    return value


def _persona(value: Any) -> Any:
    return {"description": value} if isinstance(value, str) else value


Seconds = Annotated[float, BeforeValidator(_seconds), Field(ge=0, allow_inf_nan=False)]
Line = Annotated[str, Field(min_length=1)]
Told = str | dict[str, str]


class AskText(_Part):
    """What is asked: `kind` free, speech, choice (with `options`) or number (with `low` and `high`)."""

    kind: Literal["free", "speech", "choice", "number"] = "free"
    call: Line | None = None
    options: list[Line] | None = None
    shuffle: bool = False
    low: int | float | None = None
    high: int | float | None = None
    to: list[Line] | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> AskText:
        allowed = {"choice": {"options", "shuffle"}, "number": {"low", "high"}, "speech": {"to"}, "free": set[str]()}[self.kind]
        for name in self.model_fields_set - {"kind", "call"} - allowed:
            raise ValueError(f"{name!r} has no meaning for {self.kind}; leave it out")
        if self.kind == "choice" and not self.options:
            raise ValueError("a choice needs its options: give a list")
        if self.kind in ("choice", "number") and self.call is None:
            raise ValueError(f"a {self.kind} needs its call, the question that is asked")
        return self


Asked = Annotated[AskText, BeforeValidator(_ask)]


class PersonaText(_Part):
    """The arguments of `Persona`; a text alone is the description."""

    description: str = ""
    age: int | None = Field(None, ge=0)
    occupation: str = ""
    traits: list[Line] = []
    goals: list[Line] = []
    routine: list[Line] = []
    facts: dict[str, str] = {}


class MemoryText(_Part):
    """Something that an agent remembers from the start; a text alone will do."""

    text: Line
    importance: float | None = Field(None, ge=0, le=10)
    kind: Line = "formative"
    tags: list[Line] = []


class AgentText(_Part):
    """One agent. `components` are names, or a name with its arguments: `{recall: {k: 3}}`; `prefab` is one such instead."""

    name: Line
    persona: Annotated[PersonaText, BeforeValidator(_persona)] | None = None
    memories: list[Line | MemoryText] = []
    components: list[Line | dict[str, dict[str, Any] | None]] | None = None
    prefab: Line | dict[str, dict[str, Any] | None] | None = None


class SceneText(_Part):
    """A scene; everybody is in it and is asked for words when nothing else is said."""

    name: Line
    who: list[Line] | None = None
    ask: Asked = AskText(kind="speech")
    rounds: int = Field(1, ge=1)
    order: Literal["fixed", "random", "simultaneous", "who wants to"] = "fixed"
    premise: Told = ""
    at: Seconds | None = None
    place: str | None = None
    hears: list[Line] | None = None


class ProbeText(_Part):
    """Questions put in private."""

    name: Line = "probe"
    questions: Annotated[list[Line | Asked], Field(min_length=1)] | Annotated[dict[str, Line | Asked], Field(min_length=1)]
    to: Literal["all"] | list[Line] = "all"
    when: Literal["start", "end", "every step"] | int | list[int] = "end"
    trace: bool = False


class ScenarioText(_Part):
    """The whole file. Either `scenes`, or plain rounds of `ask` in an `order`."""

    name: str = Field("", pattern=r"^[\w.-]*$")
    description: Line
    source: str = ""
    premise: Told = ""
    shared_memories: list[Line] = []
    start: str | None = None
    step: Seconds = 60.0
    steps: int | None = Field(None, ge=0)
    language: Line = "en"
    max_failures: float = Field(0.2, ge=0, le=1)
    agents: Annotated[list[AgentText], Field(min_length=1)]
    scenes: Annotated[list[SceneText], Field(min_length=1)] | None = None
    ask: Asked | None = None
    order: Literal["simultaneous", "in turn", "game master chooses"] = "simultaneous"
    probes: list[ProbeText] = []

    @model_validator(mode="after")
    def _scenes_or_rounds(self) -> ScenarioText:
        both = {"ask", "order"} & self.model_fields_set
        if self.scenes is not None and both:
            raise ValueError(f"{sorted(both)[0]!r} is for rounds without scenes; put it into the scenes, or leave them out")
        return self
