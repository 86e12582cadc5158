"""ScenarioParameters: what `--set` and experiments may change; PolicySpec: which scripted policy plays whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, ValidationError
from pydantic_core import core_schema

from gamemaster.words import BadInput, UnknownName

__all__ = ["PolicySpec", "ScenarioParameters", "read_parameters"]


@dataclass(frozen=True, slots=True)
class PolicySpec:
    """`NAME[:ARGUMENT]`, one for all agents or a comma-separated list in agent order.

    "take:12" has every agent play `take` with the argument "12"; in a list an empty item leaves that agent to the
    model, and a list that ends early leaves the rest to it.
    """

    items: tuple[tuple[str, str | None], ...]

    @classmethod
    def parse(cls, text: str) -> PolicySpec:
        """Raises: ValueError for an empty text."""
        if not text.strip():
            raise ValueError("a policy is written NAME or NAME:ARGUMENT, several with commas between them")
        items: list[tuple[str, str | None]] = []
        for item in text.split(","):
            name, colon, argument = item.strip().partition(":")
            items.append((name, argument if colon else None))
        return cls(tuple(items))

    def of(self, at: int) -> tuple[str, str | None]:
        """(name, argument) for the agent number `at`, from 0; the name is empty where the model plays."""
        if len(self.items) == 1:
            return self.items[0]
        return self.items[at] if at < len(self.items) else ("", None)

    def __str__(self) -> str:
        return ",".join(name if argument is None else f"{name}:{argument}" for name, argument in self.items)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def read(value: Any) -> PolicySpec:
            if isinstance(value, PolicySpec):
                return value
            if not isinstance(value, str):
                raise ValueError("a policy is a text such as 'take:12'")
            return cls.parse(value)

        return core_schema.no_info_plain_validator_function(
            read,
            serialization=core_schema.plain_serializer_function_ser_schema(str),
            json_schema_input_schema=core_schema.str_schema(),
        )


class ScenarioParameters(BaseModel):
    """The base of a scenario's parameters: a pydantic model that allows nothing else.

    Every scenario has `model` (by agent or component: `--set model.Ann=hf:…`), and `without` (component names, comma
    between them, that every agent has to do without: an ablation).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: dict[str, str] = Field(default_factory=dict, description="models by agent or component: model.NAME=MODEL")
    without: str = Field("", description="components to leave out of every agent, with commas between them")


def read_parameters(kind: type[ScenarioParameters], values: Mapping[str, Any], *, where: str) -> ScenarioParameters:
    """The parameters with these values, texts being read as their fields' types.

    `model.NAME` sets one entry of `model`. Raises: UnknownName for one that isn't there (with the nearest), BadInput for
    a value that doesn't fit.
    """
    given: dict[str, Any] = {}
    for name, value in values.items():
        head, dot, rest = name.partition(".")
        if dot and head == "model":
            given.setdefault("model", {})[rest] = value
        elif name not in kind.model_fields:
            raise UnknownName.of("parameter", name, kind.model_fields, hint=f"(of {where})")
        else:
            given[name] = value
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name, message = ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")
        if not name:  # a rule about several of them
            raise BadInput(f"{where}: {message}.") from None
        raise BadInput(f"{where}: the parameter {name} can't be {first.get('input')!r}: {message}.") from None
