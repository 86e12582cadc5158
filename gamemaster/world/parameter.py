"""Parameters of actions: which values one may have, read off its type.

The one idea: a type says a closed set or a bounded number, and checking a value asks the world as it stands now. Only a
plain `str` is left to invention. A value is checked without listing the set; listing it is for offers.
"""

from __future__ import annotations

import inspect
import math
import types
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, Union, cast, get_args, get_origin

from annotated_types import Ge, Gt, Interval, Le, Len, Lt, MaxLen, MinLen, MultipleOf
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gamemaster.words import Between, Domain, InvalidAnswer, OneOf, PersonDomain, PlaceDomain, UnknownName
from gamemaster.world.recorded_answer import Recorded, RecordedAnswer
from gamemaster.world.tracked_dict import TrackedDict
from gamemaster.world.tracked_list import TrackedList

if TYPE_CHECKING:
    from gamemaster.world.world import World

__all__ = ["ParameterDefinition", "ParameterKind", "ParameterType", "TypeNotAllowed", "domain_of", "parameter_type"]

ParameterKind: TypeAlias = Literal["text", "whole number", "number", "yes or no"]
_KINDS: dict[Any, ParameterKind] = {str: "text", int: "whole number", float: "number", bool: "yes or no"}
_SHOWN = 20


class TypeNotAllowed(Exception):
    """A type that a parameter can't have; the message goes on from "has the parameter 'x' "."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterType:
    """A kind and what narrows it. With `items` it is a list of those, and `kind` is the items' kind.

    `low` and `high` are numbers, or names of a field or method of the world; `above` and `under` are bounds that are
    not included themselves.
    """

    kind: ParameterKind
    domain: Domain | None = None
    low: float | str | None = None
    high: float | str | None = None
    above: float | None = None
    under: float | None = None
    multiple_of: float | None = None
    min_length: int = 0
    max_length: int | None = None
    optional: bool = False
    items: ParameterType | None = None

    def sources(self) -> Iterator[str]:
        """The names of fields and methods of the world that it refers to."""
        for each in (self.low, self.high, self.domain.source if isinstance(self.domain, OneOf) else None):
            if isinstance(each, str):
                yield each
        if self.items is not None:
            yield from self.items.sources()

    def check(self, value: Any, world: World, actor: str) -> Any:
        """The value in its proper form. Raises: InvalidAnswer, saying what it must be."""
        if value is None and self.optional:
            return None
        if self.items is not None:
            if not isinstance(value, list | tuple):
                raise InvalidAnswer("must be a list")
            values = [self.items.check(each, world, actor) for each in cast("Collection[Any]", value)]
            self._check_length(len(values), "items")
            return values
        if self.kind == "text":
            return self._text(value, world, actor)
        if self.kind == "yes or no":
            if not isinstance(value, bool):
                raise InvalidAnswer("must be true or false")
            return value
        return self._number(value, world, actor)

    def _text(self, value: Any, world: World, actor: str) -> str:
        if not isinstance(value, str):
            raise InvalidAnswer("must be a text")
        if isinstance(self.domain, Recorded):
            if not isinstance(value, RecordedAnswer):
                raise InvalidAnswer("is what a tool answers, which nobody else can say")
            return str(value)
        if self.domain is None:
            self._check_length(len(value), "characters")
        elif not self._in_domain(value, world, actor):
            known = options(self.domain, world, actor)
            if not known:
                raise InvalidAnswer("has no possible value now")
            if len(known) > _SHOWN:
                raise InvalidAnswer(f"is none of the {len(known)} possible ones. {UnknownName.of('value', value, known)}")
            raise InvalidAnswer(f"must be {known[0]}" if len(known) == 1 else f"must be one of {', '.join(known)}")
        return value

    def _in_domain(self, value: str, world: World, actor: str) -> bool:
        if isinstance(self.domain, PersonDomain):
            return world.has_person(value) and not (self.domain.others and value == actor)
        if isinstance(self.domain, OneOf) and isinstance(self.domain.source, str):
            source = resolve(world, self.domain.source, actor)
            if isinstance(source, TrackedDict | TrackedList | Mapping | set | frozenset):
                return value in source
        return value in options(cast("Domain", self.domain), world, actor)

    def _number(self, value: Any, world: World, actor: str) -> int | float:
        kind = value.__class__
        if kind is not int and (
            kind is not float or not math.isfinite(value) or (self.kind == "whole number" and value != int(value))
        ):
            raise InvalidAnswer(f"must be a {self.kind}")
        low, high = self.bounds(world, actor)
        too_low = (low is not None and value < low) or (self.above is not None and value <= self.above)
        too_high = (high is not None and value > high) or (self.under is not None and value >= self.under)
        if too_low or too_high:
            raise InvalidAnswer(f"must be a {range_in_words(self.kind, low, high, self.above, self.under)}")
        if self.multiple_of is not None and value % self.multiple_of:
            raise InvalidAnswer(f"must be a multiple of {self.multiple_of:g}")
        return int(value) if self.kind == "whole number" else float(value)

    def _check_length(self, length: int, what: str) -> None:
        if length < self.min_length:
            raise InvalidAnswer(f"must have at least {self.min_length} {what}")
        if self.max_length is not None and length > self.max_length:
            raise InvalidAnswer(f"must have at most {self.max_length} {what}")

    def bounds(self, world: World, actor: str) -> tuple[float | None, float | None]:
        """`low` and `high` as numbers, as the world stands."""
        low, high = self.low, self.high
        return (
            resolve(world, low, actor) if isinstance(low, str) else low,
            resolve(world, high, actor) if isinstance(high, str) else high,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterDefinition:
    """One parameter of an action: its name and type, and a default where it may be left out."""

    name: str
    type: ParameterType
    required: bool = True
    default: Any = None

    def __post_init__(self) -> None:
        if self.name.startswith(("_", "model_")) or hasattr(BaseModel, self.name):
            raise TypeNotAllowed("whose name is taken by pydantic; choose another.")
        if not self.required and not isinstance(self.default, str | int | float | bool | None | tuple | list):
            raise TypeNotAllowed(f"with the default {self.default!r}; a default is a JSON value.")

    def check(self, value: Any, world: World, actor: str) -> Any:
        """The value in its proper form. Raises: InvalidAnswer with name, value and what would have been allowed."""
        try:
            return self.type.check(value, world, actor)
        except InvalidAnswer as problem:
            raise InvalidAnswer(f"{self.name} is {value!r}; it {problem}.") from None


def options(domain: Domain, world: World, actor: str) -> tuple[str, ...]:
    """All values that a domain has for this actor now, in the world's order."""
    if isinstance(domain, PersonDomain):
        here = frozenset(world.present_people())  # whoever is gone can be named, and is not offered
        return tuple([each for each in world.people if each in here and not (domain.others and each == actor)])
    if isinstance(domain, PlaceDomain):
        return tuple(world.place_names())
    source = cast("OneOf", domain).source
    if isinstance(source, str):
        found: Any = resolve(world, source, actor)
    else:
        found = source(world, actor) if callable(source) else source
    return tuple([str(each) for each in cast("Iterable[Any]", found)])


def resolve(world: World, name: str, actor: str) -> Any:
    """The field of the world called `name`, or what its method of that name returns (given the actor if it takes one)."""
    found: Any = world
    for part in name.split("."):
        found = getattr(found, part)
    return call_with(found, actor) if callable(found) else found


def call_with(method: Callable[..., Any], *arguments: Any) -> Any:
    """What a bound method returns, given as many of these arguments as it has parameters."""
    code = getattr(method, "__code__", None)
    count = code.co_argcount - 1 if code is not None and inspect.ismethod(method) else len(inspect.signature(method).parameters)
    return method(*arguments[:count])


def range_in_words(
    kind: ParameterKind, low: float | None, high: float | None, above: float | None = None, under: float | None = None
) -> str:
    """A kind with its bounds, as in "whole number from 1 to 5"."""
    if low is not None and high is not None:
        return f"{kind} from {low:g} to {high:g}"
    least = f"of at least {low:g}" if low is not None else f"above {above:g}" if above is not None else ""
    most = f"of at most {high:g}" if high is not None else f"below {under:g}" if under is not None else ""
    return " ".join([kind, " and ".join([each for each in (least, most) if each])]).strip()


def domain_of(annotation: Any) -> Domain | None:
    """The domain in an annotation, as in `Annotated[str, OneOf("stock")]`."""
    if get_origin(annotation) is Annotated:
        for each in get_args(annotation)[1:]:
            if isinstance(each, Domain):
                return each
    return None


def parameter_type(annotation: Any) -> ParameterType:
    """What a parameter's annotation means. Raises: TypeNotAllowed."""
    plain, *metadata = get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
    origin, arguments = get_origin(plain), get_args(plain)
    narrowed: dict[str, Any] = {}
    for each in metadata:
        _narrow(each, narrowed)
    if plain in _KINDS:
        return _plain_type(_KINDS[plain], narrowed)
    if origin is Literal:
        if not all(isinstance(each, str) for each in arguments):
            raise TypeNotAllowed(
                f"of type {_named(plain)}; a Literal has texts only; for numbers say Annotated[int, Between(...)]."
            )
        return ParameterType(kind="text", domain=OneOf(tuple(arguments)))
    if origin is list:
        items = parameter_type(arguments[0])
        lengths = {name: value for name, value in narrowed.items() if name in ("min_length", "max_length")}
        if lengths != narrowed or items.items is not None:
            raise TypeNotAllowed(f"of type {_named(annotation)}; a list has lengths, and items with rules of their own.")
        return ParameterType(kind=items.kind, items=items, **lengths)
    if origin in (Union, types.UnionType):
        some = [each for each in arguments if each is not type(None)]
        if len(some) == 1 and len(arguments) == 2:
            inner = Annotated[some[0], *metadata] if metadata else some[0]
            return replace(parameter_type(inner), optional=True)
    raise TypeNotAllowed(
        f"of type {_named(annotation)}; it may be str, int, float, bool, Literal, Person, Place, Annotated with bounds or OneOf, "
        "a list of those, or one of those or None."
    )


def _plain_type(kind: ParameterKind, narrowed: dict[str, Any]) -> ParameterType:
    fitting = {"text": {"domain", "min_length", "max_length"}, "yes or no": set[str]()}
    wrong = set(narrowed) - fitting.get(kind, {"low", "high", "above", "under", "multiple_of"})
    if wrong:
        raise TypeNotAllowed(f"that is a {kind} with {', '.join(sorted(wrong))}, which doesn't go together.")
    if kind == "whole number":
        # For whole numbers "above 0" is "at least 1", which is easier to read.
        if "above" in narrowed:
            narrowed["low"] = math.floor(narrowed.pop("above")) + 1
        if "under" in narrowed:
            narrowed["high"] = math.ceil(narrowed.pop("under")) - 1
    return ParameterType(kind=kind, **narrowed)


def _narrow(rule: Any, narrowed: dict[str, Any]) -> None:
    found: dict[str, Any] = {}
    match rule:
        case str():
            pass
        case FieldInfo():
            for each in rule.metadata:
                _narrow(each, narrowed)
        case Between():
            found = {"low": rule.low, "high": rule.high}
        case Domain():
            found = {"domain": rule}
        case Ge():
            found = {"low": rule.ge}
        case Gt():
            found = {"above": rule.gt}
        case Le():
            found = {"high": rule.le}
        case Lt():
            found = {"under": rule.lt}
        case Interval():
            found = {"low": rule.ge, "above": rule.gt, "high": rule.le, "under": rule.lt}
        case MultipleOf():
            found = {"multiple_of": rule.multiple_of}
        case Len():
            found = {"min_length": rule.min_length, "max_length": rule.max_length}
        case MinLen():
            found = {"min_length": rule.min_length}
        case MaxLen():
            found = {"max_length": rule.max_length}
        case _:
            raise TypeNotAllowed(
                f"with the rule {rule!r}, which the world doesn't know; use Ge, Gt, Le, Lt, Between, OneOf, MaxLen."
            )
    narrowed.update({name: value for name, value in found.items() if value is not None})


def _named(annotation: Any) -> str:
    return (
        annotation.__name__
        if isinstance(annotation, type) and not get_args(annotation)
        else str(annotation).replace("typing.", "")
    )
