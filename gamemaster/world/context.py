"""Context: what a world and all its parts share; and Stage, what the action under way has changed so far.

The one idea: there is one stage or none. Every tracked value asks its context for the stage before it writes, so a
write outside of an action can't happen, and when the action ends all that it touched is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gamemaster.words import DefinitionError

if TYPE_CHECKING:
    from gamemaster.world.agenda import Delayed
    from gamemaster.world.node import Node
    from gamemaster.world.world import World

__all__ = ["Context", "Stage"]


class Stage:
    """One action under way: whose it is, which nodes it has touched, and what it has announced.

    `sealed` is set while invariants look at the result; nothing may be written then.
    """

    __slots__ = ("action", "actor", "measures", "scheduled", "sealed", "tells", "touched")

    def __init__(self, action: str, actor: str) -> None:
        self.action = action
        self.actor = actor
        self.sealed = False
        self.touched: list[Node] = []
        self.tells: list[tuple[str, str]] = []
        self.measures: list[tuple[str, Any]] = []
        self.scheduled: list[Delayed] = []

    def abort(self) -> None:
        """Put everything back as it was, the order of dicts included."""
        for node in self.touched:
            node.abort()


class Context:
    """The clock, people, seed, agenda and stage of one world; each tracked value of the world holds it."""

    __slots__ = ("agenda", "now", "people", "people_set", "prepared", "reserved", "seed", "stage", "world")

    def __init__(self, world: World) -> None:
        self.world = world
        self.stage: Stage | None = None
        self.prepared = False
        self.seed = 0
        self.now = 0.0
        self.people: tuple[str, ...] = ()
        self.people_set: frozenset[str] = frozenset()
        self.reserved: frozenset[str] = frozenset()
        self.agenda: list[Delayed] = []

    def writable(self) -> Stage:
        """The stage, for a write.

        Raises: DefinitionError outside of an action, and while invariants are checked.
        """
        stage = self.stage
        if stage is None:
            raise DefinitionError(
                f"The state of {type(self.world).__name__} was written to outside of an action. Change it in an @action or in "
                "start, end_of_step or end_of_round; from outside, with world.intervene(lambda world: ...)."
            )
        if stage.sealed:
            raise DefinitionError(f"An invariant of {type(self.world).__name__} wrote to the state; an invariant may only read.")
        return stage

    def acting(self, what: str) -> Stage:
        """The stage, for `refuse`, `tell`, `later` and `measure`.

        Raises: DefinitionError outside of an action.
        """
        stage = self.stage
        if stage is None or stage.sealed:
            raise DefinitionError(
                f"{type(self.world).__name__} called self.{what}(...) outside of an action; call it in an @action, "
                "in start, end_of_step or end_of_round, or in an intervention."
            )
        return stage
