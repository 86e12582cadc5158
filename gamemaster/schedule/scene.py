"""Scene: some of the agents, asked something for some rounds, at a place of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from gamemaster.words import ActionSpec, DefinitionError, one_line

if TYPE_CHECKING:
    from gamemaster.world import World

__all__ = ["Past", "Scene", "SceneOrder"]

SceneOrder: TypeAlias = Literal["fixed", "random", "simultaneous", "who wants to"]


@dataclass(frozen=True, slots=True)
class Past:
    """A scene that has ended: its name, how many rounds it had, and the step in which it began."""

    name: str
    rounds: int
    began: int


@dataclass(frozen=True, slots=True)
class Scene:
    """`who` are asked `ask`, for at most `rounds` rounds.

    `ask` is one spec for all, a spec by name, or a function of the world and the name; who has none isn't asked.
    In `order` "fixed" or "random" one agent is asked a step, a round being once around ("random" is drawn anew each
    round); "simultaneous" asks all in one step; with "who wants to" a round is one step: everybody is asked in private
    whether they want to speak, one of those who do is drawn and asked, and when nobody does the scene ends. `premise` is
    told to all, or by name, when the scene begins; `at` moves the clock (simulated seconds); what is said reaches `hears`
    (by default `who`) and nobody else; `until` ends the scene early, looked at after every step. The world's
    `end_of_round` runs after "each" round of the scene, after its "last", or "never" (where a round of the game takes
    several scenes); the round that `until` cuts short is the last.
    """

    name: str
    who: Sequence[str]
    ask: ActionSpec | Mapping[str, ActionSpec] | Callable[[Any, str], ActionSpec | None]
    rounds: int = 1
    order: SceneOrder = "fixed"
    premise: str | Mapping[str, str] = field(default_factory=dict[str, str])
    at: float | None = None
    place: str | None = None
    hears: Sequence[str] | None = None
    game_master: str | None = None
    until: Callable[[Any], bool] | None = None
    ends_round: Literal["each", "last", "never"] = "each"

    def __post_init__(self) -> None:
        if self.name != one_line(self.name):
            raise DefinitionError(f"A scene is named {self.name!r}; give a name on one line.")
        if self.rounds < 1:
            raise DefinitionError(f"The scene {self.name!r} has rounds={self.rounds}; it must be at least 1.")
        if isinstance(self.who, str):
            raise DefinitionError(f"The scene {self.name!r} has who={self.who!r}; give a list of names.")
        if not self.who:
            raise DefinitionError(f"The scene {self.name!r} has nobody in it; name at least one agent in `who`.")
        if isinstance(self.hears, str):
            raise DefinitionError(f"The scene {self.name!r} has hears={self.hears!r}; give a list of names.")
        if self.ends_round not in ("each", "last", "never"):
            raise DefinitionError(f"The scene {self.name!r} has ends_round={self.ends_round!r}; it is 'each', 'last' or 'never'.")
        if self.order not in ("fixed", "random", "simultaneous", "who wants to"):
            raise DefinitionError(
                f"The scene {self.name!r} has order={self.order!r}; it is 'fixed', 'random', 'simultaneous' or 'who wants to'."
            )

    def spec(self, world: World | None, name: str) -> ActionSpec | None:
        """What is asked of one agent, None when it isn't asked."""
        if isinstance(self.ask, ActionSpec):
            return self.ask
        if callable(self.ask):
            return self.ask(world, name)
        return self.ask.get(name)

    def premises(self) -> list[tuple[str, tuple[str, ...]]]:
        """What is told to whom when the scene begins."""
        if isinstance(self.premise, str):
            return [(self.premise, tuple(self.who))] if self.premise else []
        return [(text, (name,)) for name, text in self.premise.items()]
