"""Domains: what a parameter of an action may be, said in its type.

A plain `str` is free text, the only type that a model may invent. Everything else names a closed set, evaluated
against the world when the action is offered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

__all__ = ["Between", "Domain", "OneOf", "Person", "PersonDomain", "Place", "PlaceDomain"]


class Domain:
    """A closed set of allowed values, as an annotation: `Annotated[str, OneOf("stock")]`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class PersonDomain(Domain):
    """Anyone in the world; `others=True` leaves out whoever acts."""

    others: bool = False


@dataclass(frozen=True, slots=True)
class PlaceDomain(Domain):
    """A place of the world."""


@dataclass(frozen=True, slots=True)
class OneOf(Domain):
    """One of the values that a field or method of the world gives, or of values stated here.

    `OneOf("stock")`: the keys of the dict `stock`, the items of the list, or what the method `stock()` returns; a
    method with a parameter besides `self` is given the actor's name. `OneOf(("red", "green"))` and a function
    `OneOf(lambda world, actor: ...)` work too.
    """

    source: str | tuple[str, ...] | Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Between(Domain):
    """A number from `low` to `high`, both included; either may be the name of a field or method of the world.

    `Annotated[int, Between(0, "stock")]`: at most what the field `stock` holds when the action is offered.
    """

    low: float | str | None = None
    high: float | str | None = None


Person = Annotated[str, PersonDomain()]
"""The name of a person of the world. A parameter `actor: Person` is filled in by the engine and never asked for."""

Place = Annotated[str, PlaceDomain()]
"""The name of a place of the world."""
