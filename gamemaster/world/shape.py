"""Shapes: what may stand at each place of a world's state.

The one idea: a field's type is taken apart once, when the class is made, into a tree of shapes: scalar, dict, list,
model, union. A write deep inside is then checked against the one shape at its place, at a cost that doesn't depend on
what lies beside it. Types that couldn't be written to an archive and read back are refused here.
"""

from __future__ import annotations

import math
import types
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, ClassVar, ForwardRef, Literal, Union, get_args, get_origin

from annotated_types import Len, MaxLen, MinLen
from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.fields import FieldInfo

from gamemaster.words import DefinitionError
from gamemaster.world.tracked_model import tracked_class

__all__ = ["DictShape", "ListShape", "ModelShape", "ScalarShape", "Shape", "UnionShape", "model_shape", "shape_of"]

_SCALARS = (str, int, float, bool, type(None))
_ALLOWED = "a field may be str, int, float, bool, Literal, Optional, a pydantic model, dict[str, ...], list[...] or a World"


class Shape:
    """What may stand at one place; `min_length` and `max_length` bound a dict's or list's size."""

    min_length: int = 0
    max_length: int | None = None


class ScalarShape(Shape):
    """A JSON scalar; `passes` tells at little cost that a value is right, as far as its type alone says so."""

    def __init__(self, annotation: Any) -> None:
        self.adapter: TypeAdapter[Any] = TypeAdapter(annotation, config=ConfigDict(strict=True, allow_inf_nan=False))
        self.exact: type | None = annotation if annotation in (int, float, bool, str) else None

    def passes(self, value: Any) -> bool:
        """Whether the value needs no further check."""
        kind = value.__class__
        if kind is not self.exact:
            return False
        if kind is str:
            return value.isascii()  # what is not may hold half a surrogate pair, which no file would take
        return kind is not float or math.isfinite(value)


class DictShape(Shape):
    """A dict with str keys (which `keys` checks further, where it is set) and values of one shape."""

    def __init__(self, values: Shape, keys: ScalarShape | None) -> None:
        self.values = values
        self.keys = keys


class ListShape(Shape):
    """A list with items of one shape."""

    def __init__(self, items: Shape) -> None:
        self.items = items


class UnionShape(Shape):
    """Any one of several shapes; the first that fits is taken."""

    def __init__(self, options: list[Shape]) -> None:
        self.options = options


class ModelShape(Shape):
    """A pydantic model; `frozen` names the fields that can't be replaced. `is_world` for a world within a world."""

    known: ClassVar[dict[type[BaseModel], ModelShape]] = {}

    def __init__(self, cls: type[BaseModel], is_world: bool) -> None:
        self.cls = cls
        self.is_world = is_world

    @cached_property
    def fields(self) -> dict[str, Shape]:
        """The shapes of the fields by name. Raises: DefinitionError for a type that isn't allowed."""
        if not self.cls.__pydantic_complete__:
            self.cls.model_rebuild()
        fields: dict[str, Shape] = {}
        for name, info in self.cls.model_fields.items():
            annotation: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
            fields[name] = shape_of(annotation, f"{self.cls.__name__}.{name}")
        return fields

    @cached_property
    def frozen(self) -> frozenset[str]:
        every = bool(self.cls.model_config.get("frozen"))
        fields = self.fields.items()
        infos = self.cls.model_fields
        return frozenset(
            name for name, shape in fields if every or infos[name].frozen or (isinstance(shape, ModelShape) and shape.is_world)
        )

    @cached_property
    def tracked(self) -> type[BaseModel]:
        """The class of the faces: the world's own class, or the tracked subclass of a part's."""
        return self.cls if self.is_world else tracked_class(self.cls)

    @cached_property
    def has_validators(self) -> bool:
        """Whether the class has validators of its own, which run again after each change."""
        found = self.cls.__pydantic_decorators__
        return bool(found.field_validators or found.validators or found.model_validators or found.root_validators)


def model_shape(cls: type[BaseModel]) -> ModelShape:
    """The one shape of this class.

    Raises: DefinitionError for a class whose instances hold more than their fields.
    """
    if cls not in ModelShape.known:
        from gamemaster.world.world import World

        is_world = issubclass(cls, World)
        if cls.__private_attributes__:
            raise DefinitionError(
                f"{cls.__name__} has the private attribute {next(iter(cls.__private_attributes__))!r}, which no archive would "
                "keep; make it a field."
            )
        if cls.model_config.get("extra") == "allow":
            raise DefinitionError(f"{cls.__name__} allows extra fields, which have no type; name the fields, or use a dict.")
        ModelShape.known[cls] = ModelShape(cls, is_world)
    return ModelShape.known[cls]


def shape_of(annotation: Any, where: str, *, in_container: bool = False) -> Shape:
    """The shape that an annotation describes; `where` names the field in messages.

    Raises: DefinitionError for a type that a state can't have.
    """
    if type(annotation).__name__ == "TypeAliasType":
        raise _refused(annotation, where)
    plain, metadata = _taken_apart(annotation)
    origin, arguments = get_origin(plain), get_args(plain)
    if plain in _SCALARS:
        return ScalarShape(annotation)
    if origin is Literal:
        if not all(type(each) in _SCALARS for each in arguments):
            raise _refused(annotation, where)
        return ScalarShape(annotation)
    if origin in (Union, types.UnionType):
        return _union(annotation, arguments, where)
    if origin is dict:
        if not _is_text(arguments[0]):
            raise DefinitionError(f"{where} is a dict with keys of type {_named(arguments[0])}; JSON has str keys only.")
        keys = None if arguments[0] is str or not _rules(arguments[0]) else ScalarShape(arguments[0])
        return _bounded(DictShape(shape_of(arguments[1], where, in_container=True), keys), metadata)
    if origin is list:
        return _bounded(ListShape(shape_of(arguments[0], where, in_container=True)), metadata)
    if isinstance(plain, type) and issubclass(plain, BaseModel):
        shape = model_shape(plain)
        if shape.is_world and in_container:
            raise DefinitionError(f"{where} holds worlds in a list or dict; a world within a world is a field of its own.")
        return shape
    raise _refused(annotation, where)


def walk(shape: Shape, seen: set[int]) -> Iterator[Shape]:
    """This shape and all below it, each once."""
    if id(shape) in seen:
        return
    seen.add(id(shape))
    yield shape
    below: list[Shape] = []
    if isinstance(shape, DictShape):
        below = [shape.values]
    elif isinstance(shape, ListShape):
        below = [shape.items]
    elif isinstance(shape, UnionShape):
        below = shape.options
    elif isinstance(shape, ModelShape):
        below = list(shape.fields.values())
    for each in below:
        yield from walk(each, seen)


def _union(annotation: Any, arguments: tuple[Any, ...], where: str) -> Shape:
    options = [shape_of(each, where, in_container=True) for each in arguments]
    if all(isinstance(each, ScalarShape) for each in options):
        return ScalarShape(annotation)
    return UnionShape(options)


def _taken_apart(annotation: Any) -> tuple[Any, list[Any]]:
    if get_origin(annotation) is Annotated:
        plain, *metadata = get_args(annotation)
        return plain, metadata
    return annotation, []


def _is_text(annotation: Any) -> bool:
    plain, _ = _taken_apart(annotation)
    return plain is str or (get_origin(plain) is Literal and all(isinstance(each, str) for each in get_args(plain)))


def _rules(annotation: Any) -> bool:
    from gamemaster.words import Domain

    plain, metadata = _taken_apart(annotation)
    return plain is not str or not all(isinstance(each, Domain) for each in metadata)


def _bounded(shape: Shape, metadata: list[Any]) -> Shape:
    for each in metadata:
        for rule in each.metadata if isinstance(each, FieldInfo) else [each]:
            if isinstance(rule, Len | MinLen):
                shape.min_length = rule.min_length
            if isinstance(rule, Len | MaxLen):
                shape.max_length = rule.max_length
    return shape


def _named(annotation: Any) -> str:
    if isinstance(annotation, ForwardRef):
        return annotation.__forward_arg__
    return (
        annotation.__name__
        if isinstance(annotation, type) and not get_args(annotation)
        else str(annotation).replace("typing.", "")
    )


def _refused(annotation: Any, where: str) -> DefinitionError:
    plain, _ = _taken_apart(annotation)
    mends = {
        set: "use a list, or a dict with True",
        tuple: "use a list, or a model with named fields",
        bytes: "use a str",
        Any: "name the type",
        dict: "say dict[str, ...]",
        list: "say list[...]",
    }
    mend = mends.get(get_origin(plain) or plain, "")
    return DefinitionError(f"{where} has the type {_named(annotation)}; {_ALLOWED}" + (f": {mend}." if mend else "."))
