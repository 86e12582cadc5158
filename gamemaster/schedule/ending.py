"""Ending: what says that a talk has come to its end before its rounds are over.

The one idea: it is looked at after each round, with what the round was; what it keeps of the past, the scene keeps for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from gamemaster.schedule.asking import latest_lines, scheduling_turn, unless_no_answer
from gamemaster.words import Chosen, DefinitionError, Section

if TYPE_CHECKING:
    from gamemaster.simulation import Simulation

__all__ = ["Ending", "Silence", "Talk", "TalkIsOver"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A scene after one of its rounds: how many it has had, and in how many of the last ones in a row nobody said anything.

    `began` is the step in which it began, `number` how many scenes were before it.
    """

    scene: str
    who: Sequence[str]
    rounds: int
    silent: int
    began: int
    number: int
    game_master: str | None = None


@runtime_checkable
class Ending(Protocol):
    """What says whether a talk is over; it has no state."""

    async def is_over(self, talk: Talk, simulation: Simulation) -> bool: ...


@dataclass(frozen=True, slots=True)
class Silence:
    """Over when nobody has said anything for this many rounds in a row. Asks no model.

    Said is what went out as words: a refusal, a failed answer and a deed are none.
    """

    rounds: int = 1

    def __post_init__(self) -> None:
        if self.rounds < 1:
            raise DefinitionError(f"Silence(rounds={self.rounds}); it must be at least 1.")

    async def is_over(self, talk: Talk, simulation: Simulation) -> bool:
        """Whether it has been silent for long enough."""
        return talk.silent >= self.rounds


@dataclass(frozen=True, slots=True)
class TalkIsOver:
    """Over when the game master's model says so, asked after each round from the `after`-th on.

    It is shown the last `lines` of what was said and done in the scene. Without a usable answer the talk goes on; the
    scene's `rounds` are its bound.
    """

    question: str = ""
    lines: int = 30
    after: int = 1

    def __post_init__(self) -> None:
        if self.lines < 1 or self.after < 1:
            raise DefinitionError(f"TalkIsOver(lines={self.lines}, after={self.after}); both must be at least 1.")

    async def is_over(self, talk: Talk, simulation: Simulation) -> bool:
        """What the model says."""
        if talk.rounds < self.after:
            return False
        what = f"is over/{talk.number}/{talk.rounds}"
        turn = await scheduling_turn(simulation, what, game_master=talk.game_master)
        said = latest_lines(simulation, talk.began, self.lines, scene=talk.scene)
        notes = [Section(label=turn.prompt("what_was_said"), text="\n".join(said), kind="observation")] if said else []
        yes, no = turn.texts.texts("actor", "yes_and_no")
        asked = turn.choose(self.question or turn.prompt("talk_is_over"), [yes, no], notes=notes, unsure=1, what="over")
        return (await unless_no_answer(asked, Chosen(option=no, index=1))).index == 0
