"""Scene: some of the agents, asked something for some rounds, at a place of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from gamemaster.schedule.asked import Order, check_order
from gamemaster.schedule.ending import Ending
from gamemaster.schedule.written import Summarised, Written
from gamemaster.words import ActionSpec, DefinitionError, one_line

if TYPE_CHECKING:
    from gamemaster.world import World

__all__ = ["Past", "Scene", "SceneOrder", "TellsAtStart", "Until"]

SceneOrder: TypeAlias = Literal["fixed", "random", "simultaneous", "who wants to"]
TellsAtStart: TypeAlias = str | Written | Summarised
"""A text, or what the game master's model is asked for when the scene begins."""
Until: TypeAlias = Callable[[Any], bool] | Ending
"""A function of the world, looked at after every step; or a part that is asked after every round."""


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
    whether they want to speak, one of those who do is drawn and asked, and when nobody does the scene ends. In
    "simultaneous" what they do is applied in the order of `who`, or with `applied="random"` in one drawn anew each round.
    Who isn't present is passed over, is told nothing and hears nothing.

    `premise` is told to all, or by name, when the scene begins: a text, or `Written(...)`, which the game master's model
    writes from each one's point of view. `at` moves the clock (simulated seconds), and `meanwhile` tells before the premise
    what went on since the scene before: a text for all, or by name, or `Summarised()`. What is said reaches `hears`
    (by default `who`) and nobody else, or goes by the `channel` of that name; `game_master` is in whose charge the scene
    is, where there are several; `until` ends the scene early: a function of the world, looked at after every step, a part
    such as `TalkIsOver()` or `Silence(2)`, asked after every round, or a list of these, any of which will do. The world's
    `end_of_round` runs after "each" round of the scene, after its "last", or "never" (where a round of the game takes
    several scenes); the round that `until` cuts short is the last.
    """

    name: str
    who: Sequence[str]
    ask: ActionSpec | Mapping[str, ActionSpec] | Callable[[Any, str], ActionSpec | None]
    rounds: int = 1
    order: SceneOrder = "fixed"
    premise: TellsAtStart | Mapping[str, TellsAtStart] = field(default_factory=dict[str, TellsAtStart])
    at: float | None = None
    place: str | None = None
    hears: Sequence[str] | None = None
    game_master: str | None = None
    until: Until | Sequence[Until] | None = None
    ends_round: Literal["each", "last", "never"] = "each"
    channel: str = ""
    meanwhile: TellsAtStart | Mapping[str, TellsAtStart] = ""
    applied: Order = "asked"

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
        check_order(self.applied, f"The scene {self.name!r}", "applied")
        for each in self.untils():
            if isinstance(each, type) or not (callable(each) or isinstance(each, Ending)):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise DefinitionError(
                    f"The scene {self.name!r} has until={each!r}; give a function of the world, or a part such as TalkIsOver()."
                )
        for given in (self.meanwhile, self.premise):
            for each in given.values() if isinstance(given, Mapping) else (given,):
                if not isinstance(each, str | Written | Summarised):  # pyright: ignore[reportUnnecessaryIsInstance]
                    raise DefinitionError(
                        f"The scene {self.name!r} tells {each!r} as it begins; give a text, Written(...) or Summarised()."
                    )
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

    def untils(self) -> Sequence[Until]:
        """What may end it early, as a list."""
        if self.until is None:
            return ()
        given = cast("Any", self.until)
        return tuple(given) if isinstance(given, list | tuple) else (given,)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]

    def told(self) -> list[str]:
        """Those who are told something by name when the scene begins."""
        return [name for given in (self.meanwhile, self.premise) if isinstance(given, Mapping) for name in given]
