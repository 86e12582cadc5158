"""Replaying: a run made again from its recorded answers, with no model, to see whether the same code still makes it.

Every request is held against the recorded one, and every step against the recorded step: the first thing that differs is
named. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gamemaster.record import Archive, Difference, Phase, Replayed, RequestDiffers
from gamemaster.record.schema import STEP_TABLES
from gamemaster.record.table import Table
from gamemaster.simulation.again import recorded_interventions
from gamemaster.simulation.configuration import configuration_of
from gamemaster.words import BadInput

if TYPE_CHECKING:
    from gamemaster.simulation.engine import Engine
    from gamemaster.simulation.simulation import Simulation

__all__ = ["Replay", "replay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What came of a replay: how far it went, and the first difference.

    `steps` is the last step that was the recorded one, -1 when not even the preparation was; `requests` how many were
    answered from the record. Without a difference `place` is "" and the run is the recorded one, row by row.
    """

    steps: int
    requests: int
    place: str = ""
    message: str = ""
    differences: tuple[Difference, ...] = ()

    @property
    def same(self) -> bool:
        """Whether the run is the recorded one."""
        return not self.place


def replay(folder: str | Path, *simulations: Simulation, file: str | None = None) -> Replay:
    """Make the run in `folder` again from its recorded answers, up to its last committed step.

    `simulations` are those it was made from, built anew, one for each phase; a run of a scenario needs none: the scenario
    is looked up among what is installed, or in `file`. With changed code the replay says what that changes first.
    Raises: BadInput, ArchiveError for a run that can't be replayed; what the code raises, as in a run.
    """
    from gamemaster.simulation.loop import run_plain

    with Archive.open(folder) as recorded:
        last = recorded.last_step
        if last is None:
            raise BadInput(f"The run in {folder} has no committed step; there is nothing to replay.")
        phases = [phase for phase in recorded.phases if phase.step <= last]
        made = list(simulations) if simulations else [_rebuilt(phase, file) for phase in phases]
        if len(made) != len(phases):
            begin = ", ".join(f"step {phase.step} ({phase.kind})" for phase in phases)
            raise BadInput(f"{len(made)} simulations are given for a run of {len(phases)} phases, which begin with {begin}.")
        return run_plain(_replay(recorded, last, phases, made))


def _rebuilt(phase: Phase, file: str | None) -> Simulation:
    from gamemaster.scenarios import rebuild

    return rebuild(phase.configuration, file=file)


async def _replay(recorded: Archive, last: int, phases: Sequence[Phase], simulations: Sequence[Simulation]) -> Replay:
    from gamemaster.simulation.engine import Engine

    # The configuration is the recorded one: what the code makes of it is what is to be seen.
    archive = Archive.create(None, configuration=recorded.configuration, environment={})
    model = Replayed(recorded, archive)
    reached = -1
    with archive:
        try:
            for at, (phase, simulation) in enumerate(zip(phases, simulations, strict=True)):
                _look_the_same(phase, simulation)
                simulation.max_failures = 1.0  # whether the run stopped for that is on record
                simulation.models.answer_by(model)
                _count_as(model, simulation)
                engine = simulation.engine = Engine(simulation, archive, forgive=True)
                if at:
                    archive.begin_phase(phase)
                model.new_step(phase.step)
                await engine.prepare(_total(recorded, phase.step, simulation))
                for step in range(phase.step, phases[at + 1].step if at + 1 < len(phases) else last + 1):
                    if step > phase.step or phase.kind == "fork":
                        found = await _step(recorded, engine, step, model)
                        if found is not None:
                            return Replay(steps=reached, requests=model.asked, place=f"step {step}", message=found)
                    different = _step_difference(recorded, archive, step, model)
                    if different is not None:
                        return Replay(steps=reached, requests=model.asked, **different)
                    reached = step
        except RequestDiffers as error:
            return Replay(
                steps=reached, requests=model.asked, place=str(error.key), message=str(error), differences=error.differences
            )
    return Replay(steps=reached, requests=model.asked)


async def _step(recorded: Archive, engine: Engine, step: int, model: Replayed) -> str | None:
    """Make one step again; why it can't be made, None when it was."""
    total = _total(recorded, step, engine.simulation)
    if (reason := engine.ending(max(total, step))) is not None:
        return f"The run is at its end before step {step} ({reason}); the recorded one went on."
    for each in recorded_interventions(recorded, step, engine.simulation):
        engine.simulation.queue(each)
    model.new_step(step)
    await engine.step(total)
    return None


def _total(recorded: Archive, step: int, simulation: Simulation) -> int:
    """How many steps the run was to have when it made this one: these, where those asked at the end were asked then."""
    last = {probe.name for probe in simulation.probes if probe.when == "end"}
    answers = recorded.reader().execute("SELECT DISTINCT probe FROM probe_answers WHERE step = ?", (step,)) if last else ()
    return step if any(name in last for (name,) in answers) else step + 1


def _look_the_same(phase: Phase, simulation: Simulation) -> None:
    """Refuse what isn't the recorded run with changed code but another: other agents, or another seed."""
    start = phase.configuration.get("start")
    if phase.kind == "then" and simulation.start is None and start is not None:
        simulation.start = datetime.fromisoformat(start)
    here = configuration_of(simulation)
    for what in ("order", "seed"):
        if here[what] != phase.configuration.get(what):
            raise BadInput(
                f"The run can't be replayed with this simulation: its {what} is {phase.configuration.get(what)!r}, "
                f"here it is {here[what]!r}."
            )


def _count_as(model: Replayed, simulation: Simulation) -> None:
    """Count tokens as the run's model does where that is at hand; a model given by name isn't loaded for it."""
    given: Any = None if isinstance(simulation.model, str) else simulation.model
    count: Callable[[str], int] | None = getattr(given, "count_tokens", None)
    if count is not None:
        model.count_tokens = count


def _step_difference(recorded: Archive, archive: Archive, step: int, model: Replayed) -> dict[str, Any] | None:
    """What differs in a step, None when it is the recorded one."""
    here, there = archive.reader(), recorded.reader()
    digests = [next(iter(each.execute("SELECT digest FROM steps WHERE step = ?", (step,))))[0] for each in (there, here)]
    if digests[0] == digests[1]:
        return None
    if model.unasked:
        key = model.unasked[0]
        call = next(call for call in recorded.calls(step=step) if call.key == key)
        message = f"The request of {key} is on record, but was not made. It asked:\n{call.prompt.text}"
        return {"place": str(key), "message": message}
    for table in STEP_TABLES:
        found = _row_difference(table, recorded, archive, step)
        if found is not None:
            return found
    return {"place": f"step {step}", "message": f"Step {step} differs in its time or scene, or follows a step that does."}


def _row_difference(table: Table, recorded: Archive, archive: Archive, step: int) -> dict[str, Any] | None:
    rows = [list(table.rows(each.reader(), "step = ?", (step,))) for each in (recorded, archive)]
    facts = [at for at, column in enumerate(table.columns) if column.fact]
    for n in range(max(map(len, rows))):
        then, now = (each[n] if n < len(each) else None for each in rows)
        differing = facts if then is None or now is None else [at for at in facts if then[at] != now[at]]
        if not differing:
            continue
        place = f"step {step}, {table.name}, row {n}"
        if then is None or now is None:
            row: Any = now if then is None else then
            what = "came, but is not on record" if then is None else "is on record, but did not come"
            said = ", ".join(f"{table.names[at]}={row[at]!r}" for at in facts if row[at] is not None)[:1000]
            return {"place": place, "message": f"This {what}: {said}"}
        differences = tuple(Difference(where=table.names[at], expected=str(then[at]), got=str(now[at])) for at in differing)
        return {"place": place, "message": f"{table.name} of step {step} differ.", "differences": differences}
    return None
