"""Asking: how a schedule asks a game master's model.

The one idea: a question of the schedule is a turn of the game master's part "scheduling", under a name of its own; so any
number of them can be asked at the same time, each is on record, and what nobody could answer is no reason to end a run.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from gamemaster.words import AnswerFailed, Event, Section, Turn, one_line, quote

if TYPE_CHECKING:
    from gamemaster.simulation import Simulation

__all__ = ["latest_lines", "lines_of", "scheduling_turn", "unless_no_answer"]

Result = TypeVar("Result")


async def scheduling_turn(
    simulation: Simulation, what: str, *, game_master: str | None = None, without_notes: bool = False
) -> Turn:
    """A turn of the game master of this name (by default the first); `what` names it within the step.

    What the game master's own components have to say stands before the question, unless it is asked `without_notes`: for
    what is told to an agent, who must not learn by it what the game master alone knows.
    """
    engine = simulation.engine
    assert engine is not None
    masters = {each.name: each for each in simulation.game_masters}
    gm = simulation.game_master if game_master is None else masters[game_master]
    circumstances = replace(engine.circumstances, moment=simulation.moment)
    before: Sequence[Section] = () if without_notes else await gm.says(circumstances)
    return gm.thinking(circumstances, phase=f"schedule/{what}", before=before).turn(gm.scheduling)


async def unless_no_answer(asked: Awaitable[Result], otherwise: Result) -> Result:
    """What was answered; `otherwise` when the model gave no usable answer, which is on record as a failure."""
    try:
        return await asked
    except AnswerFailed:
        return otherwise


def lines_of(events: Sequence[Event]) -> list[str]:
    """What was said and done, a line each; somebody's words as a quotation."""
    told = [event for event in events if event.text and event.kind in ("act", "speech", "effect", "narration")]
    return [f"{event.actor}: {quote(event.text)}" if event.kind == "speech" else one_line(event.text) for event in told]


def latest_lines(simulation: Simulation, since: int, most: int, *, scene: str | None = None) -> list[str]:
    """The last `most` lines of what happened from step `since` on, the step at hand included; in one `scene`, or in all."""
    engine = simulation.engine
    assert engine is not None
    at_hand = engine.chronicle
    found: list[str] = []
    for step in range(simulation.step, max(since, 1) - 1, -1):
        is_at_hand = at_hand is not None and at_hand.step == step
        events = list(at_hand.events) if at_hand is not None and is_at_hand else list(engine.archive.events(step=step))
        found[:0] = lines_of([event for event in events if scene is None or event.scene == scene])
        if len(found) >= most:
            break
    return found[-most:]
