"""invariant: a rule in the world's own words, checked again only when something that it read has changed.

The one idea: an invariant runs on a double of the world that notes which fields it reads. As long as an action touches
none of them, the invariant must still hold, and isn't asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from gamemaster.world.node import Path
from gamemaster.world.tracked_model import bare_subclass

if TYPE_CHECKING:
    from gamemaster.world.world import World

__all__ = ["FreeInvariant", "invariant"]

Rule = TypeVar("Rule", bound=Callable[[Any], "bool | str | None"])
Field: TypeAlias = tuple[Path, str]
# Read these, and all fields may have been read.
_WHOLESALE = frozenset("__dict__ __node__ dump state model_dump model_dump_json model_copy __copy__ __deepcopy__".split())
# Read these, and the rule depends on more than the fields.
_BEYOND = frozenset("now people has_person random place_of place_names witnesses over offered offer".split())
_doubles: dict[type[Any], type[Any]] = {}


def invariant(method: Rule) -> Rule:
    """Make a method of a world a rule that holds after every action; an action that would break it is refused.

    It returns False, or a text that says what would be wrong, or raises AssertionError or ValueError, when broken; True
    or None when it holds. It may only read.
    """
    method.__invariant__ = True  # pyright: ignore[reportFunctionMemberAccess]
    return method


@dataclass(slots=True)
class _Reads:
    fields: set[Field] = field(default_factory=set[Field])
    wholes: set[Path] = field(default_factory=set[Path])
    beyond: bool = False


class FreeInvariant:
    """One invariant of one world at `path` of the whole; `reads` are known once it has run."""

    __slots__ = ("_pending", "_reads", "name", "path", "rule", "world")

    def __init__(self, world: World, path: Path, name: str, rule: Callable[[Any], Any]) -> None:
        self.world, self.path, self.name, self.rule = world, path, name, rule
        self._reads: _Reads | None = None
        self._pending: _Reads | None = None

    def concerns(self, touched: set[Field]) -> bool:
        """Whether a change of these fields could break it."""
        reads = self._reads
        if reads is None or reads.beyond or not reads.fields.isdisjoint(touched):
            return True
        return bool(reads.wholes) and any(path[: len(whole)] == whole for path, _ in touched for whole in reads.wholes)

    def check(self) -> str | None:
        """Why it doesn't hold, as the state stands; None when it does. `settle` makes what it read known."""
        self._pending = _Reads()
        try:
            result = self.rule(_double(self.world, self.path, self._pending))
        except (AssertionError, ValueError) as error:
            return str(error).split("\n")[0] or self._meaning()
        if result is None or result is True:
            return None
        return result if isinstance(result, str) else self._meaning()

    def settle(self) -> None:
        """The state last checked has become the state."""
        if self._pending is not None:
            self._reads, self._pending = self._pending, None

    def abort(self) -> None:
        """The state last checked has been dropped."""
        self._pending = None

    def _meaning(self) -> str:
        text = (self.rule.__doc__ or "").strip().split("\n")[0]
        return text or f"{self.name.replace('_', ' ')} would no longer hold"


class _Double:
    """What a double of a world does otherwise: note what is read."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        found = object.__getattribute__(self, name)
        reads, path = cast("tuple[_Reads, Path]", object.__getattribute__(self, "__reads__"))
        if name in object.__getattribute__(self, "__class__").model_fields:
            reads.fields.add((path, name))
            node = getattr(found, "__node__", None)
            if node is not None and getattr(node.shape, "is_world", False):
                return _double(found, (*path, name), reads)
        elif name in _WHOLESALE:
            reads.wholes.add(path)
        elif name in _BEYOND:
            reads.beyond = True
        return found

    def __iter__(self) -> Any:
        self._note_all()
        return super().__iter__()  # pyright: ignore[reportAttributeAccessIssue,reportUnknownVariableType,reportUnknownMemberType]

    def __eq__(self, other: object) -> bool:
        self._note_all()
        return bool(super().__eq__(other))

    def __repr__(self) -> str:
        self._note_all()
        return super().__repr__()

    def _note_all(self) -> None:
        reads, path = cast("tuple[_Reads, Path]", object.__getattribute__(self, "__reads__"))
        reads.wholes.add(path)


def _double(world: Any, path: Path, reads: _Reads) -> Any:
    cls = world.__class__
    if cls not in _doubles:
        _doubles[cls] = bare_subclass(cls, _Double, "__reads__")
    double = object.__new__(_doubles[cls])
    for name in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__", "__node__"):
        object.__setattr__(double, name, getattr(world, name))
    object.__setattr__(double, "__reads__", (reads, path))
    return double
