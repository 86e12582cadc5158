"""Restoring: everybody as they were at the end of a recorded step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from gamemaster.memory import MemoryBank
from gamemaster.record import Reading
from gamemaster.simulation.taking_over import TakingOver
from gamemaster.words import ArchiveDamaged, DefinitionError, GamemasterError, JsonValue

if TYPE_CHECKING:
    from gamemaster.simulation.simulation import Simulation

__all__ = ["BEFORE_TURNS", "Restored", "restore"]

BEFORE_TURNS = "observations before the turns"
"""The measure that says how many of a step's observations came before its turns; none were where it is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """Parts, by name: `gone` are on record, but nobody has them any more; `renewed` are not as they are on record."""

    gone: tuple[str, ...] = ()
    renewed: frozenset[str] = frozenset()


def restore(simulation: Simulation, bank: MemoryBank, archive: Reading, last: int, taking: TakingOver) -> Restored:
    """Put world, clock, schedule, components, memories, histories and news where they were after step `last`.

    Agents, game master and world must have taken their places. Where a phase begins, parts that it doesn't take over
    are left as they are made.
    Raises: DefinitionError for a state of which this simulation has no part, or which has another version;
    ArchiveDamaged for one that can't be taken up.
    """
    try:
        return _restore(simulation, bank, archive, last, taking)
    except GamemasterError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise ArchiveDamaged(
            f"What is on record of step {last} can't be taken up: {type(error).__name__}: {error}. "
            "`gamemaster verify DIR` says whether the archive is whole; if it is, go on with the code that wrote it."
        ) from error


def _restore(simulation: Simulation, bank: MemoryBank, archive: Reading, last: int, taking: TakingOver) -> Restored:
    _restore_memories(simulation, bank, archive, last, taking)
    simulation.step = last
    by_name = {agent.name: agent for agent in simulation.agents}
    agents: dict[str, dict[str, Any]] = {}
    masters: dict[str, Any] = {}
    left: list[str] = []
    renewed = set(taking.states)
    recorded = archive.states(last)
    people: list[JsonValue] = [*simulation.names]
    here = _parts(simulation) if taking.begins else frozenset[str]()
    for part, (version, state) in {**recorded, **taking.states}.items():
        kind, _, rest = part.partition("/")
        if taking.begins and not (part in here and taking.carries(part)):
            left.append(part)
        elif kind == "agent":
            name, _, component = rest.rpartition("/")
            agents.setdefault(name, {})[component] = (version, state)
        elif kind == "game_master":
            masters[rest] = (version, state)
        else:
            if kind == "world" and taking.begins and state["people"] != people:
                state = cast("dict[str, JsonValue]", {**state, "people": people})
                renewed.add(kind)
            _restore_part(simulation, kind, version, state)
    for name, parts in agents.items():
        if name not in by_name:
            raise DefinitionError(
                f"The archive holds an agent {name!r}, whom this simulation lacks; run it with the same agents."
            )
        by_name[name].restore_states(parts)
    simulation.game_masters.restore_states(masters)
    simulation.game_master.world_restored()
    _restore_histories(simulation, archive, last, taking)
    renewed |= {part for part in here if part not in recorded or part in left}
    return Restored(gone=tuple(part for part in left if part not in here), renewed=frozenset(renewed))


def _parts(simulation: Simulation) -> frozenset[str]:
    """The names of all parts of a simulation that have a state."""
    agents = [f"agent/{agent.name}/{component}" for agent in simulation.agents if agent.has_state for component in agent.states()]
    masters = [f"game_master/{part}" for part in simulation.game_masters.states()]
    return frozenset(["clock", "schedule", *agents, *masters, *(() if simulation.world is None else ("world",))])


def _restore_memories(simulation: Simulation, bank: MemoryBank, archive: Reading, last: int, taking: TakingOver) -> None:
    embedder = next(iter(archive.embedders()), None)
    if embedder is not None and taking.several:  # each phase may have its own; what is of another's is embedded anew
        embedder = bank.cache.embedder.fingerprint
    held = archive.memory_columns(step=last)

    def stored(texts: Sequence[str]) -> list[tuple[str, Any]]:
        return [(each.text, each.vector) for each in archive.vectors(embedder, texts=texts)]

    bank.load(held, () if embedder is None else stored, fingerprint=embedder)
    here = {*simulation.names, *simulation.game_masters.names}
    left: dict[str, list[str]] = {}
    for id, holder in zip(held.id, held.holder, strict=True) if taking.begins else ():
        if holder not in here or not taking.carries_memories(holder):
            left.setdefault(holder, []).append(id)
    for holder, ids in left.items():
        bank.forget(holder, ids)


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


def _restore_histories(simulation: Simulation, archive: Reading, last: int, taking: TakingOver) -> None:
    by_name = {agent.name: agent for agent in simulation.agents}
    for attempt in archive.attempts():
        agent = by_name.get(attempt.actor)
        if agent is not None and attempt.step <= last and taking.carries_history(agent.name, attempt.step):
            agent.turn_taken(attempt)
    before = {step: int(str(measure.value)) for step, measure in archive.measures(BEFORE_TURNS)}
    for observation in archive.observations():
        agent = by_name.get(observation.to)
        step, number = _order(observation.id)
        if agent is None or step > last or not taking.carries_history(agent.name, step):
            continue
        if step > agent.last_turn or (step == agent.last_turn and number >= before.get(step, 0)):
            agent.news.append(observation)


def _order(id: str) -> tuple[int, int]:
    step, _, number = id.split("/")
    return int(step), int(number)
