"""OfferedAction: an action as it is open to one agent now, with its domains evaluated.

The one idea: what is offered is closed. `schema` gives a model nothing to invent but plain text, and `line` shows the
same to a reader.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen, MultipleOf
from pydantic import BaseModel, ConfigDict, create_model

from gamemaster.world.action import ActionDefinition
from gamemaster.world.parameter import ParameterDefinition, ParameterKind, options, range_in_words
from gamemaster.world.recorded_answer import Recorded

if TYPE_CHECKING:
    from gamemaster.world.world import World

__all__ = ["OfferedAction", "OfferedParameter"]

_SHOWN = 20
_KEPT = 1024
_TYPES: dict[ParameterKind, type] = {"text": str, "whole number": int, "number": float, "yes or no": bool}
_schemas: OrderedDict[tuple[Any, ...], type[BaseModel]] = OrderedDict()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedParameter:
    """One parameter as it stands for one agent: its `options` where they are a closed set, else bounds.

    `many` means a list of such values; `optional` that it may be left out, and is `default` then; `nullable` that it
    may be null.
    """

    name: str
    type: ParameterKind
    options: tuple[str, ...] | None = None
    low: float | None = None
    high: float | None = None
    above: float | None = None
    under: float | None = None
    multiple_of: float | None = None
    min_length: int = 0
    max_length: int | None = None
    free_text: bool = False
    many: bool = False
    least: int = 0
    most: int | None = None
    optional: bool = False
    nullable: bool = False
    default: Any = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to choose from."""
        return self.options is not None and not self.options

    @property
    def line(self) -> str:
        """In words: `count: whole number of at least 1`."""
        if self.options is not None:
            shown = "|".join(self.options[:_SHOWN])
            what = shown if len(self.options) <= _SHOWN else f"{shown}|... ({len(self.options)} in all)"
        else:
            what = range_in_words(self.type, self.low, self.high, self.above, self.under)
        if self.many:
            what = f"list of {what}"
        return f"{self.name}: {what}" + (" (may be left out)" if self.optional or self.nullable else "")

    @property
    def key(self) -> tuple[Any, ...]:
        """What its part of the schema depends on."""
        bounds = (
            self.low,
            self.high,
            self.above,
            self.under,
            self.multiple_of,
            self.min_length,
            self.max_length,
            self.least,
            self.most,
        )
        return (self.name, self.type, self.options, bounds, self.many, self.optional, self.nullable, repr(self.default))


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedAction:
    """An action open to one agent now. `name` is the one to call it by."""

    name: str
    description: str
    parameters: tuple[OfferedParameter, ...] = ()
    together: bool = False

    @property
    def line(self) -> str:
        """One line for a prompt: `buy_apples(seller: Bob|Carol, count: whole number of at least 1): Buy apples ...`."""
        return f"{self.name}({', '.join([each.line for each in self.parameters])}): {self.description}"

    @property
    def schema(self) -> type[BaseModel]:
        """A pydantic model with one field a parameter, for structured answers; the same class for the same domains."""
        key = (self.name, self.description, *[each.key for each in self.parameters])
        if key in _schemas:
            _schemas.move_to_end(key)
            return _schemas[key]
        title = "".join([word.capitalize() for word in self.name.replace(".", "_").split("_")]) or "Action"
        fields: dict[str, Any] = {each.name: _field(each) for each in self.parameters if not each.is_empty or not each.optional}
        made = create_model(title, __config__=ConfigDict(extra="forbid", allow_inf_nan=False), __doc__=self.description, **fields)
        _schemas[key] = made
        if len(_schemas) > _KEPT:
            _schemas.popitem(last=False)
        return made


def offered_parameter(parameter: ParameterDefinition, world: World, actor: str) -> OfferedParameter:
    """A parameter with its domain evaluated for `actor`."""
    outer = parameter.type
    kind = outer.items or outer
    low, high = kind.bounds(world, actor)
    return OfferedParameter(
        name=parameter.name,
        type=kind.kind,
        options=None if kind.domain is None else options(kind.domain, world, actor),
        low=low,
        high=high,
        above=kind.above,
        under=kind.under,
        multiple_of=kind.multiple_of,
        min_length=kind.min_length,
        max_length=kind.max_length,
        free_text=kind.kind == "text" and kind.domain is None,
        many=outer.items is not None,
        least=outer.min_length if outer.items is not None else 0,
        most=outer.max_length if outer.items is not None else None,
        optional=not parameter.required,
        nullable=outer.optional,
        default=parameter.default,
    )


def offer(name: str, definition: ActionDefinition, world: World, actor: str) -> OfferedAction | str:
    """The action as it is open to `actor`; in words why it isn't, when a needed parameter has no possible value now."""
    shown = [each for each in definition.parameters if not isinstance(each.type.domain, Recorded)]
    parameters = tuple([offered_parameter(each, world, actor) for each in shown])
    for each in parameters:
        needed = not each.optional and not each.nullable and not (each.many and each.least == 0)
        if needed and each.is_empty:
            return f"{name} isn't possible now: there is no {each.name} to choose"
        if needed and each.low is not None and each.high is not None and each.low > each.high:
            return f"{name} isn't possible now: {each.name} would have to be from {each.low:g} to {each.high:g}"
    return OfferedAction(name=name, description=definition.description, parameters=parameters, together=definition.together)


def _field(each: OfferedParameter) -> tuple[Any, Any]:
    if each.is_empty and not each.many:
        return (None, None)
    if each.options:
        kind: Any = Literal[each.options]
    else:
        rules: list[Any] = []
        bounds = ((each.low, Ge), (each.high, Le), (each.above, Gt), (each.under, Lt), (each.multiple_of, MultipleOf))
        rules += [rule(bound) for bound, rule in bounds if bound is not None]
        if each.min_length:
            rules.append(MinLen(each.min_length))
        if each.max_length is not None:
            rules.append(MaxLen(each.max_length))
        kind = Annotated[_TYPES[each.type], *rules] if rules else _TYPES[each.type]
    if each.many:
        lengths: list[Any] = [MinLen(each.least)] if each.least else []
        lengths += [MaxLen(0)] if each.is_empty else [MaxLen(each.most)] if each.most is not None else []
        kind = Annotated[list[kind], *lengths] if lengths else list[kind]
    if each.nullable:
        kind = kind | None
    return (kind, each.default if each.optional else None if each.nullable else ...)
