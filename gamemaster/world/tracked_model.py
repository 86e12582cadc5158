"""TrackedModel: a pydantic model in the state.

The one idea: the part's own class gets one subclass, made without building a schema again, whose fields can be written
during an action only. To the world's author it is the class: `isinstance` and `==` say so, and what is copied or dumped
from it is the plain class again.
"""

from __future__ import annotations

from abc import ABCMeta
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import BaseModel

from gamemaster.words import DefinitionError

if TYPE_CHECKING:
    from gamemaster.world.model_node import ModelNode

__all__ = ["TrackedModel", "set_face", "tracked_class"]

Model = TypeVar("Model", bound=BaseModel)


class TrackedModel:
    """What a tracked part does otherwise than its class; mixed in before it."""

    __slots__ = ()
    __node__: ModelNode

    def __setattr__(self, name: str, value: Any) -> None:
        node = self.__node__
        described = getattr(type(self), name, None)
        if name not in node.shape.fields and isinstance(described, property):
            described.__set__(self, value)
        else:
            node.set(name, value)

    def __delattr__(self, name: str) -> None:
        raise DefinitionError(f"{type(self).__name__}.{name} was deleted; a field of the state can be set, not deleted.")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BaseModel):
            return NotImplemented
        from gamemaster.world.build import plain

        return bool(plain(self) == plain(other))

    def __hash__(self) -> int:
        raise TypeError(f"A {type(self).__name__} of the state can change and can't be hashed; use a field of it as key.")

    def model_dump(self, **options: Any) -> dict[str, Any]:
        return self._plain().model_dump(**options)

    def model_dump_json(self, **options: Any) -> str:
        return self._plain().model_dump_json(**options)

    def model_copy(self, **options: Any) -> BaseModel:
        return self._plain().model_copy(**options)

    def __copy__(self) -> BaseModel:
        return self._plain()

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> BaseModel:
        return self._plain()

    def _plain(self) -> BaseModel:
        from gamemaster.world.build import plain

        return cast("BaseModel", plain(self))


def tracked_class(cls: type[Model]) -> type[Model]:
    """The tracked subclass of a part's class; make it once a class."""
    return cast("type[Model]", bare_subclass(cls, TrackedModel, "__node__"))


def bare_subclass(cls: Any, mixin: type, slot: str) -> Any:
    """A subclass of a pydantic class, under the same name, with `mixin` before it and one more slot.

    It goes past pydantic's own metaclass: fields and validators are inherited, and aren't built again.
    """
    names = {"__slots__": (slot,), "__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__}
    names["__hash__"] = mixin.__hash__
    made: Any = ABCMeta.__new__(cls.__class__, cls.__name__, (mixin, cls), names)
    return made


def set_face(face: BaseModel, node: ModelNode, values: dict[str, Any]) -> None:
    """Make `face` the face of `node`, with these field values."""
    node.values, node.face = values, face
    object.__setattr__(face, "__dict__", values)
    object.__setattr__(face, "__pydantic_fields_set__", set(values))
    object.__setattr__(face, "__pydantic_extra__", None)
    object.__setattr__(face, "__pydantic_private__", None)
    object.__setattr__(face, "__node__", node)
