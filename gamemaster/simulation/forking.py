"""Forking a run: the same past, a new future, at the cost of the future's calls alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from gamemaster.record import Archive, State, fork_archive
from gamemaster.record.json_text import to_json
from gamemaster.simulation.configuration import configuration_of, environment
from gamemaster.simulation.interview import copied
from gamemaster.words import BadInput, UnknownName

if TYPE_CHECKING:
    from gamemaster.simulation.simulation import Simulation

__all__ = ["Tell", "make_fork", "total_steps"]

Tell: TypeAlias = Mapping[str, "str | Sequence[str]"]
"""What agents are told before the first new step, by name."""


def make_fork(
    archive: Archive,
    step: int,
    folder: Path | str,
    simulation: Simulation,
    *,
    change: Callable[[Simulation], object] | None = None,
    tell: Tell | None = None,
    steps: int,
    around: Mapping[str, Any] | None = None,
) -> None:
    """Make the fork's archive; `simulation` isn't touched, and is then run with resume=True.

    `change` is given a copy of it as it stands after `step`; what it leaves changed there is how the fork begins.
    Raises: BadInput, UnknownName, ArchiveError; DefinitionError for a simulation that can't take up the states on record.
    """
    from gamemaster.simulation.engine import Engine

    last = archive.last_step
    if last is None or not 0 <= step <= last:
        known = "none is committed yet" if last is None else f"its committed steps are 0 to {last}"
        raise BadInput(f"The run has no step {step} to be forked at; {known}.")
    if archive.folder is not None and Path(folder).resolve() == archive.folder.resolve():
        raise BadInput(f"{folder} is the folder of the run that is to be forked; name another for the fork.")
    told = [(name, text) for name, said in (tell or {}).items() for text in ([said] if isinstance(said, str) else said)]
    for name, text in told:
        if name not in simulation.names:
            raise UnknownName.of("agent", name, simulation.names, hint="(to be told)")
        if not text:
            raise BadInput(f"{name} is to be told nothing; give a text.")
    configuration = configuration_of(simulation)
    # A rehearsal of how it begins: what doesn't fit is told before anything is written.
    other = copied(simulation)
    engine = other.engine = Engine(other, archive)
    engine.start_from(archive, step, configuration)
    before = engine.all_states()
    states: dict[str, State] = {}
    if change is not None:
        change(other)
        states = {part: after for part, after in engine.all_states().items() if to_json(after) != to_json(before.get(part))}
    head = archive.steps[-1]
    fork_archive(
        archive,
        step,
        folder,
        configuration=configuration,
        environment={
            **environment(),
            **(around or {}),
            "steps": steps,
            "forked_from": {
                "folder": None if archive.folder is None else str(archive.folder),
                "step": step,
                "last_step": head.step,
                "digest": head.digest,
            },
        },
        states=states,
        told=tuple(told),
    )


def total_steps(archive: Archive, step: int, steps: int | None) -> int:
    """How many steps a fork at `step` is to have in all: as many as its parent was to have, or has, where nobody says."""
    if steps is None:
        return max(step, int(archive.environment.get("steps", 0)), archive.last_step or 0)
    if steps < step:
        raise BadInput(f"steps={steps}: the fork begins with the {step} steps of its past; give how many it is to have in all.")
    return steps
