"""Law: a rule that every action leaves standing, checked in the cost of what the action touched.

The one idea: a law sees the changes of an action, not the state. What it must remember of the state (an index), it
builds once at the start and carries on with the same changes. A law that can't be said of changes is a free
`@invariant`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, cast

from gamemaster.words import DefinitionError, UnknownName
from gamemaster.world.change import Change
from gamemaster.world.node import Path
from gamemaster.world.shape import DictShape, ListShape, ModelShape, ScalarShape, Shape, UnionShape, walk

__all__ = ["FieldPath", "Law", "Watch"]


@dataclass(frozen=True, slots=True)
class FieldPath:
    """Places of the state: `"till"`, `"coins.Ann"`, `"residents.*.coins"`; all that lies below them is meant too.

    `*` stands for any key of a dict and any item of a list.
    """

    text: str
    prefix: Path = ()

    @property
    def parts(self) -> Path:
        return (*self.prefix, *self.text.split("."))

    def below(self, prefix: Path) -> FieldPath:
        """The same places of a world that is itself a field at `prefix`."""
        return FieldPath(self.text, (*prefix, *self.prefix))

    def check(self, shape: ModelShape, law: str, kinds: tuple[type, ...]) -> None:
        """Raises: DefinitionError when the world has no such place, or nothing of these kinds can stand there."""
        here: list[Shape] = [shape]
        for part in self.text.split("."):
            here = [inner for each in here for inner in _inside(each, part)]
            if not here:
                fields = UnknownName.of("field", part, shape.fields)
                raise DefinitionError(f"{shape.cls.__name__}: the law {law} names the place {self.text!r}. {fields}")
        if not any(_holds(each, kinds) for each in here):
            wanted = "texts" if str in kinds else "numbers"
            raise DefinitionError(f"{shape.cls.__name__}: the law {law} is about {wanted}, and {self.text!r} holds none.")


def field_paths(fields: tuple[str, ...], law: str) -> tuple[FieldPath, ...]:
    """The paths of a law. Raises: DefinitionError for none, and for one that lies within another."""
    if not fields:
        raise DefinitionError(f"{law}() names no field; say {law}('coins').")
    for one, other in permutations(fields, 2):
        pairs = list(zip(one.split("."), other.split("."), strict=False))
        if one.count(".") <= other.count(".") and all(a == b or "*" in (a, b) for a, b in pairs):
            raise DefinitionError(f"{law} names {one!r} and {other!r}, which lies within it; name one of them.")
    return tuple(FieldPath(each) for each in fields)


def _inside(shape: Shape, part: str) -> list[Shape]:
    if isinstance(shape, UnionShape):
        return [inner for each in shape.options for inner in _inside(each, part)]
    if isinstance(shape, ModelShape):
        return [shape.fields[part]] if part in shape.fields else []
    if isinstance(shape, DictShape):
        return [shape.values]
    return [shape.items] if isinstance(shape, ListShape) and part == "*" else []


def covered(parts: Path, path: Path, value: Any) -> Iterable[Any]:
    """What of `value`, which stands at `path`, lies at or below the places `parts`."""
    for part, key in zip(parts, path, strict=False):
        if part != "*" and part != key:
            return ()
    return (value,) if len(path) >= len(parts) else _descend(value, parts[len(path) :])


def _descend(value: Any, parts: Path) -> Iterator[Any]:
    if not parts:
        yield value
        return
    part, rest = parts[0], parts[1:]
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        for each in list(fields.values()) if part == "*" else [fields[str(part)]] if part in fields else []:
            yield from _descend(each, rest)
    elif isinstance(value, list) and part == "*":
        for each in cast("list[Any]", value):
            yield from _descend(each, rest)


def numbers(value: Any) -> Iterator[int | float]:
    """All numbers in a JSON value."""
    kind = value.__class__
    if kind is int or kind is float:
        yield value
    elif kind is dict:
        for each in value.values():
            yield from numbers(each)
    elif kind is list:
        for each in value:
            yield from numbers(each)


def texts(value: Any) -> Iterator[str]:
    """All texts in a JSON value, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in cast("dict[str, Any]", value).values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in cast("list[Any]", value):
            yield from texts(each)


def _holds(shape: Shape, kinds: tuple[type, ...]) -> bool:
    found = {str: "string", int: "integer", float: "number"}
    wanted = {found[kind] for kind in kinds} | {"enum", "const", "anyOf", "oneOf"}
    for each in walk(shape, set()):
        if isinstance(each, ScalarShape):
            schema = each.adapter.json_schema()
            if schema.get("type") in wanted or wanted & set(schema):
                return True
    return False


class Law(ABC):
    """Something declared of a world's fields; `name` says it in a refusal. Subclass it for a law of your own."""

    name: str

    @abstractmethod
    def check_fields(self, shape: ModelShape) -> None:
        """Raises: DefinitionError when the law can't be said of a world of this shape."""

    @abstractmethod
    def watch(self, prefix: Path) -> Watch:
        """What checks it in one world, whose fields stand at `prefix` of the whole state."""


class Watch(ABC):
    """The law called `name`, at work in one world."""

    name: str

    @abstractmethod
    def start(self, state: Any) -> str | None:
        """Take up a whole state; why the law doesn't hold in it, or None."""

    @abstractmethod
    def check(self, changes: Sequence[Change], action: str) -> str | None:
        """Why the law wouldn't hold after these changes, or None. Changes nothing."""

    def settle(self, changes: Sequence[Change]) -> None:
        """Go on from the state after these changes, which have been made. Does nothing unless overridden."""
        return
