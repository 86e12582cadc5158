"""WorldState: a pydantic model whose fields are tracked: what a World is before there is anything to do in it.

The one idea: when it has been made, its values are copied into tracked ones; from then on it can be read at any time and
written during an action only. It knows nothing of actions, people or time.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from gamemaster.words import DefinitionError
from gamemaster.world.build import BrokenRule, WrongType, build, dump
from gamemaster.world.context import Context
from gamemaster.world.model_node import ModelNode
from gamemaster.world.node import Node
from gamemaster.world.shape import model_shape
from gamemaster.world.tracked_model import set_face

__all__ = ["WorldState"]


class WorldState(BaseModel):
    """See `World`."""

    __slots__ = ("__node__",)
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, validate_default=True, protected_namespaces=())

    if TYPE_CHECKING:  # said as a ClassVar, since it would read as a field of every world
        __node__: ClassVar[ModelNode]

    def __init__(self, **fields: Any) -> None:
        cls = type(self)
        try:
            super().__init__(**fields)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join([cls.__name__, *map(str, first["loc"])])
            raise DefinitionError(f"{where} is {first['input']!r}: {first['msg']}.") from None
        shape = model_shape(cls)
        node = ModelNode(Context(cast("Any", self)), None, "", shape)
        try:
            values = {name: build(self.__dict__[name], inner, node, name) for name, inner in shape.fields.items()}
        except (BrokenRule, WrongType) as problem:
            where = ".".join([cls.__name__, *map(str, problem.where)])
            wrong = str(problem) if isinstance(problem, BrokenRule) else f"is {problem.value!r}; it {problem.wanted}"
            raise DefinitionError(f"{where} {wrong}.") from None
        set_face(self, node, values)

    def _repr_html_(self) -> str:
        from gamemaster.words.static_html import facts_html

        return facts_html(f"{type(self).__name__} (world)", self.dump().items())

    def dump(self) -> dict[str, Any]:
        """The fields as plain JSON values, which share nothing with the world."""
        return cast("dict[str, Any]", dump(self))

    def take_over(self, fresh: WorldState) -> None:
        """Take up the values of another world of this class; the worlds within stay the same objects."""
        mine = self.__node__
        values = mine.values
        for name, value in fresh.__dict__.items():
            if isinstance(value, WorldState):
                cast("WorldState", values[name]).take_over(value)
            else:
                values[name] = value
                inner: Node | None = getattr(value, "__node__", None)
                if inner is not None:
                    inner.parent = mine

    def __setattr__(self, name: str, value: Any) -> None:
        node: ModelNode | None = getattr(self, "__node__", None)
        if node is None:
            super().__setattr__(name, value)  # still being made: model_post_init fills in what is missing
        elif name not in node.shape.fields and isinstance(described := getattr(type(self), name, None), property):
            described.__set__(self, value)
        else:
            node.set(name, value)

    def __delattr__(self, name: str) -> None:
        raise DefinitionError(f"{type(self).__name__}.{name} was deleted; a field of the state can be set, not deleted.")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.dump() == cast("WorldState", other).dump()

    def __copy__(self) -> Self:
        return self.model_copy()

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return self.model_copy()

    def model_copy(self, **options: Any) -> Self:  # pyright: ignore[reportIncompatibleMethodOverride]
        """A world of its own with the same fields, not prepared."""
        fields = {name: self.__dict__[name] for name in type(self).model_fields}
        return type(self)(**{**fields, **(options.get("update") or {})})

    def model_dump(self, **options: Any) -> dict[str, Any]:
        """The fields as plain JSON values, as `dump` gives them; options are not looked at."""
        return self.dump()

    def model_dump_json(self, **options: Any) -> str:
        """The fields as JSON text; options are not looked at."""
        return json.dumps(self.dump(), ensure_ascii=False)
