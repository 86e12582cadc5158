"""WorldClass: all that is known of a world's class, checked when the class is made.

The one idea: what is wrong with a world is said where the class is written, not in step 300 of a run: a field that no
archive could keep, an action that nobody could be offered, a law about a field that isn't there.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, cast, get_origin, get_type_hints

from gamemaster.words import DefinitionError
from gamemaster.world.action import ActionDefinition, complete
from gamemaster.world.law import Law
from gamemaster.world.node import Path
from gamemaster.world.shape import ModelShape, model_shape, shape_of, walk

if TYPE_CHECKING:
    from gamemaster.world.world import World

__all__ = ["WorldClass"]

HOOKS = ("start", "end_of_step", "end_of_round")
# The methods and attributes of World that a subclass may define anew; the other public names are the library's.
OVERRIDABLE = frozenset(HOOKS) | frozenset(
    "over perceive perceive_data witnesses place_of place_names present_people laws version model_config model_post_init".split()
)
# What stands on the stack between a class statement and these checks.
_BETWEEN = (__name__, "gamemaster.world.world", "pydantic.", "abc", "typing")


class WorldClass:
    """Shape, actions, invariants, laws of one class, and the worlds that are its fields."""

    known: ClassVar[dict[type[World], WorldClass]] = {}

    def __init__(self, cls: type[World], names: dict[str, Any]) -> None:
        self.cls = cls
        self.shape: ModelShape = model_shape(cls)
        self.actions: dict[str, ActionDefinition] = {}
        self.invariants: dict[str, Callable[[Any], Any]] = {}
        for _ in walk(self.shape, set()):
            pass  # looking at a shape checks the types of its fields
        for name in _attributes(cls):
            function = inspect.getattr_static(cls, name)
            if hasattr(function, "__action__"):
                if function.__action__.name != name:
                    raise DefinitionError(
                        f"{cls.__name__}.{name} is the action {function.__action__.name!r}; give both one name."
                    )
                self.actions[name] = function.__action__ = complete(cls, function, {**names, cls.__name__: cls})
            elif hasattr(function, "__invariant__"):
                self.invariants[name] = function
        self.laws = _laws(cls)
        for law in self.laws:
            law.check_fields(self.shape)

    @classmethod
    def of(cls, world: type[World], names: dict[str, Any] | None = None) -> WorldClass:
        """What is known of this class; `names` resolve annotations where the module's don't.

        Raises: DefinitionError.
        """
        if world not in cls.known:
            cls.known[world] = WorldClass(world, names or {})
        return cls.known[world]

    @cached_property
    def parts(self) -> dict[str, WorldClass]:
        """The worlds that are fields of this one, by field."""
        from gamemaster.world.world import World

        found: dict[str, WorldClass] = {}
        for name, shape in self.shape.fields.items():
            if isinstance(shape, ModelShape) and issubclass(shape.cls, World):
                found[name] = WorldClass.of(shape.cls)
        return found

    def all_worlds(self, prefix: Path = ()) -> Iterator[tuple[Path, WorldClass]]:
        """This world and all within it with their paths, this one first, then in the order of the fields."""
        yield prefix, self
        for name, part in self.parts.items():
            yield from part.all_worlds((*prefix, name))


def check_namespace(cls: type[World]) -> None:
    """Check the names and types in a class body, before pydantic does.

    Raises: DefinitionError.
    """
    from gamemaster.world.world import World

    taken = frozenset(name for name in dir(World) if not name.startswith("_"))
    annotations: dict[str, Any] = inspect.get_annotations(cls)
    for name, value in cls.__dict__.items():
        if isinstance(value, cached_property):
            raise DefinitionError(
                f"{cls.__name__}.{name} is a cached property, which would not follow the state; make it a property."
            )
        if name in taken - OVERRIDABLE and name not in annotations:
            raise DefinitionError(f"{cls.__name__}.{name} is a name of the library's; rename the method.")
        if (name in HOOKS or hasattr(value, "__invariant__")) and inspect.iscoroutinefunction(value):
            raise DefinitionError(f"{cls.__name__}.{name} is a coroutine; a world asks no model, make it a plain method.")
    private = [name for name in cls.__private_attributes__ if name in cls.__dict__ or name in annotations]
    names = caller_names()
    for name, annotation in annotations.items():
        if _is_class_var(annotation):
            continue
        if name.startswith("_"):
            private.append(name)
        elif name in taken:
            raise DefinitionError(f"{cls.__name__} has the field {name!r}, which is a name of the library's; rename the field.")
        else:
            _check_type(cls, name, annotation, names)
    if private:
        raise DefinitionError(
            f"{cls.__name__} has the private attribute {private[0]!r}, which no archive would keep; make it a field."
        )


def check_decorators(cls: type[World]) -> None:
    """Raises: DefinitionError for pydantic validators, which would run when the world is made and never again."""
    found = cls.__pydantic_decorators__
    for name in [*found.field_validators, *found.model_validators, *found.validators, *found.root_validators]:
        raise DefinitionError(
            f"{cls.__name__}.{name} is a pydantic validator, which would run only once; make it an @invariant, put the rule into "
            "the field's type, or fill in what is missing in model_post_init."
        )


def caller_names() -> dict[str, Any]:
    """The local names where the class statement stands (none at the top of a module)."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_BETWEEN):
        frame = frame.f_back
    return dict(frame.f_locals) if frame.f_locals is not frame.f_globals else {}


def _check_type(cls: type[World], name: str, annotation: Any, names: dict[str, Any]) -> None:
    holder = type(cls.__name__, (), {"__annotations__": {name: annotation}})
    module = sys.modules.get(cls.__module__)
    try:
        hints = get_type_hints(holder, globalns=vars(module) if module else {}, localns=names, include_extras=True)
    except (NameError, TypeError):
        return  # a name that isn't there yet; pydantic looks again, and so does the first instance
    shape_of(hints[name], f"{cls.__name__}.{name}")


def _is_class_var(annotation: Any) -> bool:
    if isinstance(annotation, str):
        return annotation.startswith(("ClassVar", "typing.ClassVar", "t.ClassVar"))
    return annotation is ClassVar or get_origin(annotation) is ClassVar


def _attributes(cls: type[World]) -> Iterator[str]:
    seen: set[str] = set()
    for base in reversed(cls.__mro__):
        for name in base.__dict__:
            if name not in seen and not name.startswith("__"):
                seen.add(name)
                yield name


def _laws(cls: type[World]) -> list[Law]:
    laws: list[Law] = []
    for base in reversed(cls.__mro__):
        own: Any = base.__dict__.get("laws", ())
        for law in cast("Iterable[Any]", own if isinstance(own, list | tuple) else [own]):
            if not isinstance(law, Law):
                raise DefinitionError(f"{cls.__name__}.laws holds {law!r}; a law is made by conserved, bounded or unique_place.")
            if law not in laws:
                laws.append(law)
    return laws
