"""Written and Summarised: what a scene's beginning tells somebody, asked of the game master's model when it begins.

The one idea: it is asked for each person on their own, from what that person remembers and sees and from nothing else, so
that nobody learns by it what only others know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gamemaster.schedule.asking import scheduling_turn, unless_no_answer
from gamemaster.words import DefinitionError, Section, one_line

if TYPE_CHECKING:
    from gamemaster.simulation import Simulation

__all__ = ["Summarised", "Told", "Written"]


@dataclass(frozen=True, slots=True)
class Told:
    """Whom something is told as a scene begins, and what the scene is to them."""

    person: str
    who: Sequence[str]
    place: str | None
    what: str
    since: float
    """When the scene before ended, in simulated seconds; for what went on meanwhile."""
    game_master: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A premise that the game master's model writes when the scene begins, for each person from their point of view.

    `instruction` says what it is to tell: "How the storm finds {person}." The model is shown the latest `memories` of the
    person, what they see, who takes part and where. It answers in at most `max_tokens`. Where it gives no usable answer
    the person is told nothing.
    """

    instruction: str
    memories: int = 20
    max_tokens: int = 160

    def __post_init__(self) -> None:
        if not self.instruction.strip():
            raise DefinitionError('Written(""): say what the premise is to tell, as in Written("How the storm finds {person}.").')
        _check_bounds(self)

    async def text(self, told: Told, simulation: Simulation) -> str:
        """What this person is told; "" where the model gave no usable answer."""
        instruction = self.instruction.replace("{person}", told.person)
        return await _asked(self, told, simulation, "written", instruction=instruction)


@dataclass(frozen=True, slots=True)
class Summarised:
    """A summary of what went on since the scene before, which the game master's model writes for each who takes part.

    It is shown the latest `memories` of the person, and the times between which the summary lies.
    """

    memories: int = 20
    max_tokens: int = 160

    def __post_init__(self) -> None:
        _check_bounds(self)

    async def text(self, told: Told, simulation: Simulation) -> str:
        """What this person is told; "" where the model gave no usable answer."""
        since = simulation.texts.stamp(simulation.moment, told.since)
        return await _asked(self, told, simulation, "summarised", since=since)


def _check_bounds(part: Written | Summarised) -> None:
    for field, number, least in (("memories", part.memories, 0), ("max_tokens", part.max_tokens, 1)):
        if number < least:
            raise DefinitionError(f"{type(part).__name__}({field}={number}): it must be at least {least}.")


async def _asked(part: Written | Summarised, told: Told, simulation: Simulation, text: str, **values: object) -> str:
    turn = await scheduling_turn(simulation, told.what, game_master=told.game_master, without_notes=True)
    agent = next(each for each in simulation.agents if each.name == told.person)
    records = agent.memory.recent(part.memories) if part.memories else []
    lines = turn.texts.stamped(turn.moment, [(each.time, one_line(each.text)) for each in records])
    facts = [turn.prompt("taking_part", names=", ".join(told.who))]
    if told.place is not None:
        facts.append(turn.prompt("at_place", place=told.place))
    if sees := simulation.game_master.sees(told.person):
        facts.append(sees)
    notes = [
        Section(label=turn.prompt("remembers", person=told.person), text="\n".join(lines), kind="memory"),
        Section(label=turn.prompt("as_it_begins"), text="\n".join(facts), kind="situation"),
    ]
    question = turn.prompt(text, person=told.person, **values)
    notes = [each for each in notes if each.text]
    asked = turn.text(question, notes=notes, max_tokens=part.max_tokens, what="text")
    return one_line(await unless_no_answer(asked, ""))
