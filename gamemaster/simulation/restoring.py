"""Restoring: everybody as they were at the end of a recorded step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gamemaster.memory import MemoryBank
from gamemaster.record import Archive
from gamemaster.words import DefinitionError, JsonValue

if TYPE_CHECKING:
    from gamemaster.simulation.simulation import Simulation

__all__ = ["BEFORE_TURNS", "restore"]

BEFORE_TURNS = "observations before the turns"
"""The measure that says how many of a step's observations came before its turns; none were where it is missing."""


def restore(simulation: Simulation, bank: MemoryBank, archive: Archive, last: int) -> None:
    """Put world, clock, schedule, components, memories, histories and news where they were after step `last`.

    Agents, game master and world must have taken their places. Raises: DefinitionError for a state of which this
    simulation has no part, or which has another version.
    """
    vectors = list(archive.vectors())
    bank.load(
        archive.memories(step=last),
        [(each.text, each.vector) for each in vectors],
        fingerprint=vectors[0].embedder if vectors else None,
    )
    simulation.step = last
    by_name = {agent.name: agent for agent in simulation.agents}
    agents: dict[str, dict[str, Any]] = {}
    masters: dict[str, Any] = {}
    for part, (version, state) in archive.states(last).items():
        kind, _, rest = part.partition("/")
        if kind == "agent":
            name, _, component = rest.rpartition("/")
            agents.setdefault(name, {})[component] = (version, state)
        elif kind == "game_master":
            masters[rest] = (version, state)
        else:
            _restore_part(simulation, kind, version, state)
    for name, parts in agents.items():
        if name not in by_name:
            raise DefinitionError(
                f"The archive holds an agent {name!r}, whom this simulation lacks; run it with the same agents."
            )
        by_name[name].restore_states(parts)
    simulation.game_master.restore_states(masters)
    simulation.game_master.world_changed()
    _restore_histories(simulation, archive, last)


def _restore_part(simulation: Simulation, part: str, version: int, state: dict[str, JsonValue]) -> None:
    target: Any = {"clock": simulation.clock, "schedule": simulation.schedule, "world": simulation.world}.get(part)
    if target is None:
        raise DefinitionError(f"The archive holds a state of {part!r}, which this simulation lacks; run it with the same code.")
    if target.version != version:
        raise DefinitionError(
            f"The archive's state of {part!r} has version {version}, this code's {type(target).__name__} has "
            f"version {target.version}; run it with the version that wrote it."
        )
    target.restore(state)


def _restore_histories(simulation: Simulation, archive: Archive, last: int) -> None:
    by_name = {agent.name: agent for agent in simulation.agents}
    for attempt in archive.attempts():
        if attempt.step <= last and attempt.actor in by_name:
            by_name[attempt.actor].turn_taken(attempt)
    before = {step: int(str(measure.value)) for step, measure in archive.measures(BEFORE_TURNS)}
    for observation in archive.observations():
        agent = by_name.get(observation.to)
        step, number = _order(observation.id)
        if agent is None or step > last:
            continue
        if step > agent.last_turn or (step == agent.last_turn and number >= before.get(step, 0)):
            agent.news.append(observation)


def _order(id: str) -> tuple[int, int]:
    step, _, number = id.split("/")
    return int(step), int(number)
