"""Building: plain values into tracked ones and back.

The one idea: whatever enters the state is checked against its place's shape and copied, so the state is a tree that
nobody outside holds a piece of. `build` is the only way in; `dump` and `plain` are the ways out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from gamemaster.words import DefinitionError
from gamemaster.world.dict_node import DictNode
from gamemaster.world.list_node import ListNode
from gamemaster.world.model_node import ModelNode
from gamemaster.world.node import Node
from gamemaster.world.shape import DictShape, ListShape, ModelShape, ScalarShape, Shape, UnionShape
from gamemaster.world.tracked_dict import TrackedDict
from gamemaster.world.tracked_list import TrackedList
from gamemaster.world.tracked_model import set_face

__all__ = ["BrokenRule", "WrongType", "build", "check_rules", "committed", "dump", "plain"]

# What pydantic says of a value that has the right type and breaks a rule of the field; anything else is a wrong type.
_RULES = frozenset(
    "greater_than greater_than_equal less_than less_than_equal multiple_of string_too_short string_too_long "
    "string_pattern_mismatch literal_error too_long too_short value_error assertion_error finite_number predicate_failed".split()
)
_SHOULD = re.compile(r"^\w+ should")


class BrokenRule(Exception):
    """A value of the right type outside what its field allows.

    `said` goes on from the field's name, as in "would be 3", `rule` from "it"; `where` is the path below the node at hand.
    """

    def __init__(self, said: str, rule: str, where: tuple[str | int, ...] = ()) -> None:
        self.said, self.rule, self.where = said, rule, where
        super().__init__(f"{said}; it {rule}")


class WrongType(Exception):
    """A value that could not stand at its place at all: a mistake in the world's code."""

    def __init__(self, wanted: str, value: Any, where: tuple[str | int, ...] = ()) -> None:
        self.wanted, self.value, self.where = wanted, value, where
        super().__init__(wanted)


def build(value: Any, shape: Shape, parent: Node, key: str | int, *, stored: bool = False) -> Any:
    """`value` as it stands in the state under `parent`: scalars checked, containers and models copied and tracked.

    With `stored` it comes from `dump`, and models come as dicts.
    Raises: BrokenRule, WrongType.
    """
    if isinstance(shape, ScalarShape):
        return _scalar(value, shape)
    try:
        if isinstance(shape, DictShape):
            return _dict(value, shape, parent, key, stored)
        if isinstance(shape, ListShape):
            return _list(value, shape, parent, key, stored)
        if isinstance(shape, ModelShape):
            return _model(value, shape, parent, key, stored)
    except RecursionError:
        raise WrongType("a tree, without a value inside itself", "...") from None
    return _one_of(value, cast("UnionShape", shape), parent, key, stored)


def _scalar(value: Any, shape: ScalarShape) -> Any:
    if shape.passes(value):
        return value
    try:
        return shape.adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        rule = _SHOULD.sub("must", first["msg"])
        if first["type"] in _RULES:
            raise BrokenRule(f"would be {value!r}", rule) from None
        raise WrongType(rule, value) from None


def _dict(value: Any, shape: DictShape, parent: Node, key: str | int, stored: bool) -> TrackedDict:
    if not isinstance(value, dict | TrackedDict):
        raise WrongType("must be a dict", value)
    node = DictNode(parent.context, parent, key, shape)
    inner, values = shape.values, node.values
    for name, each in cast("Mapping[Any, Any]", value).items():
        try:
            check_key(name, shape)
            values[name] = build(each, inner, node, name, stored=stored)
        except (BrokenRule, WrongType) as problem:
            problem.where = (str(name), *problem.where)
            raise
    check_length(len(values), shape)
    return TrackedDict(node)


def _list(value: Any, shape: ListShape, parent: Node, key: str | int, stored: bool) -> TrackedList:
    if not isinstance(value, list | TrackedList):
        raise WrongType("must be a list", value)
    node = ListNode(parent.context, parent, key, shape)
    inner, values = shape.items, node.values
    for index, each in enumerate(cast("list[Any]", value)):
        try:
            values.append(build(each, inner, node, index, stored=stored))
        except (BrokenRule, WrongType) as problem:
            problem.where = (index, *problem.where)
            raise
    check_length(len(values), shape)
    return TrackedList(node)


def _model(value: Any, shape: ModelShape, parent: Node, key: str | int, stored: bool) -> BaseModel:
    cls = shape.cls
    if stored and isinstance(value, dict):
        source = cast("dict[str, Any]", value)
        if set(source) != set(shape.fields):
            raise WrongType(f"must have the fields {', '.join(shape.fields)}", sorted(source))
    elif type(value) in (cls, shape.tracked):
        source = cast("BaseModel", value).__dict__
    else:
        raise WrongType(f"must be a {cls.__name__}", value)
    face = cls.__new__(shape.tracked)
    node = ModelNode(parent.context, parent, key, shape)
    fields: dict[str, Any] = {}
    set_face(face, node, fields)
    for name, inner in shape.fields.items():
        try:
            if name not in source:
                raise WrongType("must be set", None)
            fields[name] = build(source[name], inner, node, name, stored=stored)
        except (BrokenRule, WrongType) as problem:
            problem.where = (name, *problem.where)
            raise
    object.__setattr__(face, "__pydantic_fields_set__", set(fields))
    if shape.has_validators and not stored:
        check_rules(node)
    return face


def _one_of(value: Any, shape: UnionShape, parent: Node, key: str | int, stored: bool) -> Any:
    problem: BrokenRule | WrongType | None = None
    for option in shape.options:
        try:
            return build(value, option, parent, key, stored=stored)
        except BrokenRule as broken:
            problem = broken
        except WrongType as wrong:
            # Of two wrong types the one that got further in says more.
            if problem is None or (isinstance(problem, WrongType) and len(wrong.where) > len(problem.where)):
                problem = wrong
    raise problem or WrongType("must be one of its types", value)


def check_key(key: Any, shape: DictShape) -> None:
    """Raises: BrokenRule, WrongType for a key that the dict can't have."""
    if type(key) is not str:
        raise WrongType("must have str keys", key)
    if shape.keys is not None or not key.isascii():
        _scalar(key, shape.keys or _TEXT)


def check_length(length: int, shape: Shape) -> None:
    """Raises: BrokenRule for a container that has become too short or too long."""
    if length < shape.min_length:
        raise BrokenRule(f"would have {length} items", f"must have at least {shape.min_length}")
    if shape.max_length is not None and length > shape.max_length:
        raise BrokenRule(f"would have {length} items", f"must have at most {shape.max_length}")


def check_rules(node: ModelNode) -> None:
    """Run the validators of a part's own class on it as it stands now.

    Raises: BrokenRule when one doesn't hold; DefinitionError when one changes the value, which it may not.
    """
    shape = node.shape
    values = dump(node.face)
    try:
        checked = shape.cls.model_validate(values, by_name=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BrokenRule("would break a rule", f"fails its own check: {first['msg']}", first["loc"]) from None
    if dump(checked) != values:
        raise DefinitionError(
            f"A validator of {shape.cls.__name__} changes what it is given; in a world's state it may only check."
        ) from None


_TEXT = ScalarShape(str)
_SCALARS = frozenset((str, int, float, bool, type(None)))


def dump(value: Any) -> Any:
    """A value of the state as plain JSON values that share nothing with it, with what the action under way did."""
    if value.__class__ in _SCALARS:
        return value
    if isinstance(value, TrackedDict):
        return {key: dump(each) for key, each in value.__node__.children()}
    if isinstance(value, TrackedList):
        return [dump(each) for each in value.__node__.items()]
    if isinstance(value, BaseModel):
        return {name: dump(value.__dict__[name]) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {key: dump(each) for key, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [dump(each) for each in cast("list[Any]", value)]
    return value


def committed(value: Any) -> Any:
    """A value of the state as plain JSON values, as it was before the action under way."""
    if value.__class__ in _SCALARS:
        return value
    node: Node = value.__node__
    if isinstance(node, ListNode):
        return [committed(each) for _, each in node.committed()]
    return {key: committed(each) for key, each in node.committed()}


def plain(value: Any) -> Any:
    """A value of the state in plain Python: dicts, lists, and models of the parts' own classes."""
    if isinstance(value, TrackedDict | dict):
        return {key: plain(each) for key, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, TrackedList | list):
        return [plain(each) for each in cast("list[Any]", value)]
    if isinstance(value, BaseModel) and hasattr(value, "__node__"):
        shape: ModelShape = cast("Any", value).__node__.shape
        if not shape.is_world:
            fields = {name: plain(value.__dict__[name]) for name in shape.fields}
            return shape.cls.model_construct(_fields_set=set(fields), **fields)
    return value


def is_json(value: Any) -> bool:
    """Whether `value` is made of plain JSON values only, all numbers finite."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_json(each) for key, each in cast("dict[Any, Any]", value).items())
    if isinstance(value, list):
        return all(is_json(each) for each in cast("list[Any]", value))
    return value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))
