"""Running: one run of a simulation, from the opening of its archive to the last word on how it ended."""

from __future__ import annotations

import time
import warnings
from asyncio import CancelledError
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from gamemaster.record import Archive, Phase
from gamemaster.simulation.configuration import configuration_of, environment
from gamemaster.simulation.engine import Engine, Step
from gamemaster.simulation.loop import run_plain
from gamemaster.simulation.run import Run
from gamemaster.simulation.run_budget import Price, RunBudget, as_budget, price_in
from gamemaster.simulation.taking_over import check_carry
from gamemaster.words import (
    ArchiveError,
    Ask,
    BadInput,
    BudgetSpent,
    GamemasterError,
    Moment,
    StepFailed,
    TooManyFailures,
)

if TYPE_CHECKING:
    from gamemaster.simulation.simulation import Simulation

__all__ = ["Progress", "Running"]

_AT_ONCE = ("prefix_bytes", "memory_bytes", "most_memory_bytes")
"""What a model's statistics say of a moment, and not in sum."""


class Progress(Protocol):
    """Somebody who wants to be told how a run goes on."""

    def begin(self, simulation: Simulation, steps: int) -> None:
        """The run begins, or goes on, towards `steps` steps."""
        ...

    def asked(self, moment: Moment, asks: Sequence[Ask]) -> None:
        """A step has begun: these are being asked."""
        ...

    def step(self, step: Step) -> None:
        """A step has been committed."""
        ...

    def end(self, run: Run) -> None:
        """The run has ended."""
        ...


class Running:
    """One run. `stop` may be called from any thread: the run then ends at the step's end.

    `archive` is a folder, None for a run in memory, or the archive of a run in memory that is to go on. With `carry` the
    simulation is a new one that goes on where another ended, and `steps` are its own. `environment` is put on
    record with the versions, for those who look at the run; it is no fact of it.
    """

    def __init__(
        self,
        simulation: Simulation,
        *,
        archive: str | Path | Archive | None,
        resume: bool,
        carry: Sequence[str] | None = None,
        concurrent: int | None = None,
        budget: RunBudget | Mapping[str, Any] | None = None,
        progress: Progress | None = None,
        environment: Mapping[str, Any] | None = None,
    ) -> None:
        if resume and archive is None:
            raise BadInput("resume=True needs the archive of the run that is to go on; name its folder.")
        if concurrent is not None and concurrent < 1:
            raise BadInput(f"concurrent={concurrent}; at least one request must be in flight.")
        self.simulation = simulation
        self._given = archive if isinstance(archive, Archive) else None
        self.folder = None if archive is None or isinstance(archive, Archive) else Path(archive)
        self.resume = resume
        self.carry = carry
        self.concurrent = concurrent
        self.budget = as_budget(budget)
        self.progress = progress
        self.environment = dict(environment or {})
        self._stopping = ""
        self._forgive = False
        self._began = time.monotonic()
        self._did: dict[str, dict[str, float]] = {}
        self._prices: dict[str, Price] = {}

    def stop(self, by: str = "interrupt") -> None:
        """End the run at the step's end; `by` is what it was stopped by."""
        self._stopping = self._stopping or by

    async def all(self, steps: int) -> Run:
        """Run to the end and return the run."""
        if (over := self._over_already()) is not None:
            return over
        engine, steps = self._begin(steps)
        try:
            await engine.prepare(steps)
            while (reason := self._reason(engine, steps)) is None:
                self._tell_step(await engine.step(steps))
        except BudgetSpent as spent:
            return self._end(engine, "stopped", f"budget: {spent}")
        except BaseException as error:
            raise self._failed(engine, error) from error.__cause__
        return self._end(engine, *reason)

    def plain_steps(self, steps: int) -> Iterator[Step]:
        """The steps, one by one, as plain calls."""
        if (over := self._over_already()) is not None:
            self.simulation.last_run = over
            return
        engine, steps = self._begin(steps)
        ended = ("stopped", "the caller")
        prepared = False
        try:
            while True:
                try:
                    if not prepared:
                        run_plain(engine.prepare(steps))
                        prepared = True
                    if (reason := self._reason(engine, steps)) is not None:
                        break
                    step = run_plain(engine.step(steps), on_interrupt=self.stop)
                except BudgetSpent as spent:
                    ended = ("stopped", f"budget: {spent}")
                    return
                except BaseException as error:
                    failed, ended = self._failed(engine, error), None
                    raise failed from error.__cause__
                self._tell_step(step)
                yield step
            ended = reason
        finally:
            if ended is not None:
                self.simulation.last_run = self._end(engine, *ended)

    def _reason(self, engine: Engine, steps: int) -> tuple[str, str] | None:
        reason = engine.ending(steps)
        if reason is not None:
            return ("finished", reason)
        spent = self.budget.reached(engine.archive.spent, time.monotonic() - self._began, self._prices)
        if spent is not None:
            return ("stopped", f"budget: {spent}")
        return ("stopped", self._stopping) if self._stopping else None

    def _tell_step(self, step: Step) -> None:
        if self.progress is not None:
            self.progress.step(step)

    def _begin(self, steps: int) -> tuple[Engine, int]:
        """The engine, and how many steps the run is to have in all."""
        simulation = self.simulation
        if isinstance(steps, bool) or steps < 0:
            raise BadInput(f"steps={steps}; a run has at least 0 steps.")
        if simulation.engine is not None:
            raise BadInput("This simulation has run already; build it anew, and give resume=True to go on with its archive.")
        self._began = time.monotonic()
        self._did = simulation.models.statistics()
        if self.budget.money is not None:
            self._look_up_prices()
        archive = self._open(steps)
        try:
            if self.carry is not None:
                steps += archive.phases[-1].step
            simulation.models.open(archive, concurrent=self.concurrent, budget=self.budget.wrapper)
            engine = simulation.engine = Engine(simulation, archive, forgive=self._forgive)
            if self.progress is not None:
                engine.on_asks = self.progress.asked
                self.progress.begin(simulation, steps)
        except BaseException as error:
            archive.finish("failed", stopped_by=_said(error))
            archive.close()
            raise
        return engine, steps

    def _look_up_prices(self) -> None:
        for model in self.simulation.models.all_chosen:
            if (price := price_in(model)) is not None:
                self._prices[model.name] = price
            self.budget.price(model.name, self._prices)  # told now, not after a step was paid for

    def _open(self, steps: int) -> Archive:
        if not self.resume:
            around = {**environment(), "steps": steps, **self.environment}
            archive = Archive.create(self.folder, configuration=configuration_of(self.simulation), environment=around)
            self._warn(archive)
            return archive
        archive = self._given
        if archive is None:
            assert self.folder is not None
            archive = Archive.open(self.folder, write=True)
        self._warn(archive)
        try:
            self._go_on(archive)
        except BaseException:
            if archive is not self._given:
                archive.close()
            raise
        self._forgive = archive.stopped_by.startswith(TooManyFailures.__name__)
        archive.finish("running")
        return archive

    def _warn(self, archive: Archive) -> None:
        if archive.note:
            warnings.warn(f"{self.folder}: {archive.note}.", stacklevel=2)

    def _go_on(self, archive: Archive) -> None:
        """Check that this simulation goes on with the run, and, where it is a new one, put on record that it does."""
        simulation, phases = self.simulation, archive.phases
        if simulation.start is None and (self.carry is not None or phases[-1].kind == "then"):
            simulation.start = _start_of(phases)
        configuration = configuration_of(simulation)
        if self.carry is None:
            _refuse_other(archive, phases[-1].configuration, configuration)
            return
        carry = tuple(self.carry)
        if phases[-1].kind == "then" and phases[-1].carry == carry and not _difference(phases[-1].configuration, configuration):
            return
        if archive.last_step is None:
            raise BadInput("The run has no committed step that another simulation could go on after; resume it first.")
        check_carry(carry, phases[-1].configuration["order"])
        if "world" in carry and simulation.world is None:
            raise BadInput("The new simulation has no world to carry the old one's state; leave 'world' out of carry.")
        archive.begin_phase(Phase(step=archive.last_step + 1, kind="then", configuration=configuration, carry=carry))

    def _over_already(self) -> Run | None:
        """The run, when it is to be resumed by a simulation after which another has gone on already."""
        if not self.resume or self.folder is None or self.carry is not None:
            return None
        archive = Archive.open(self.folder)
        phases = archive.phases
        configuration = configuration_of(self.simulation)
        if phases[-1].kind == "then" and _difference(phases[-1].configuration, configuration):
            for phase in phases[:-1]:
                if not _difference(phase.configuration, configuration):
                    return Run(archive, simulation=self.simulation)
        archive.close()
        return None

    def _end(self, engine: Engine, status: str, stopped_by: str) -> Run:
        archive = engine.archive
        run = Run(archive, simulation=self.simulation)
        archive.finish(status, stopped_by=stopped_by, pinned=self._pinned(engine), statistics=self._statistics())
        self._measure(run)
        if self.folder is not None:
            archive.close()
            run = Run(Archive.open(self.folder), simulation=self.simulation)
        if self.progress is not None:
            self.progress.end(run)
        return run

    def _pinned(self, engine: Engine) -> dict[str, Any]:
        """The fingerprints of what was loaded, by name."""
        models = {model.name: dict(model.fingerprint) for model in self.simulation.models.in_use}
        return {"models": models, "embedder": engine.embedder_fingerprint}

    def _statistics(self) -> dict[str, dict[str, float]]:
        """What the models that run here did since the run began, by name."""
        found: dict[str, dict[str, float]] = {}
        for model, now in self.simulation.models.statistics().items():
            before = self._did.get(model, {})
            found[model] = {
                name: round(value - (0 if name in _AT_ONCE else before.get(name, 0)), 6) for name, value in now.items()
            }
        return found

    def _measure(self, run: Run) -> None:
        metrics = self.simulation.metrics
        if metrics is None:
            return
        try:
            run.archive.set_metrics(metrics(run))
        except Exception as error:
            run.archive.finish("failed", stopped_by=_said(error))
            last = run.last_step
            run.close()
            if isinstance(error, GamemasterError):
                raise
            place = f"the metrics of {self.simulation.scenario.get('name') or 'the simulation'}"
            way = "" if self.folder is None else self._way_on(last)
            raise StepFailed(f"{type(error).__name__}: {error}", place=place, resume=way) from error

    def _failed(self, engine: Engine, error: BaseException) -> BaseException:
        archive = engine.archive
        if (close := getattr(self.progress, "close", None)) is not None:
            close()  # a display that is still up would stand in the way of the message
        status = "stopped" if isinstance(error, KeyboardInterrupt | CancelledError | TooManyFailures) else "failed"
        try:
            archive.finish(status, stopped_by=_said(error), pinned=self._pinned(engine), statistics=self._statistics())
        except GamemasterError:
            pass  # what failed may be the archive itself; the first error is the one to be told
        archive.close()
        if isinstance(error, StepFailed) and not error.resume:
            scene = engine.simulation.schedule.scene_name
            place = f"{error.place}, scene {scene!r}" if scene else error.place
            failed = StepFailed(error.what, place=place, resume=self._how_to_go_on(engine))
            failed.__cause__ = error.__cause__
            return failed
        return error

    def _how_to_go_on(self, engine: Engine) -> str:
        last = engine.archive.last_step
        if self.folder is None:
            return ""
        if last is None:
            return "Nothing has been committed yet; mend it and run it again."
        return self._way_on(last)

    def _way_on(self, last: int) -> str:
        return f"The run stands at step {last}. Mend it, and go on with: gamemaster resume {self.folder}"


def _refuse_other(archive: Archive, recorded: Mapping[str, Any], configuration: Mapping[str, Any]) -> None:
    found = _difference(recorded, configuration)
    if found is not None:
        what, there, here = found
        raise ArchiveError(
            f"{archive.folder} can't go on with this simulation: its {what} is {there!r}, "
            f"here it is {here!r}. Build the same simulation, fork the run, or run into a new folder."
        )


def _difference(recorded: Mapping[str, Any], configuration: Mapping[str, Any]) -> tuple[str, Any, Any] | None:
    """The first thing in which a run can't go on, as recorded and as it is here."""
    for what in ("scenario", "seed", "agents", "order", "game_master", "schedule", "start", "step"):
        there, here = recorded.get(what), configuration.get(what)
        if what == "scenario":
            # Not the digest of its source: a run that failed goes on once the source is mended.
            there, here = _without_digest(there), _without_digest(here)
        if there != here:
            return what, there, here
    return None


def _start_of(phases: Sequence[Phase]) -> datetime | None:
    """The calendar time of second 0, where the phases before had one."""
    starts = [each.configuration.get("start") for each in phases]
    last = next((start for start in reversed(starts) if start is not None), None)
    return None if last is None else datetime.fromisoformat(last)


def _without_digest(scenario: Any) -> dict[str, Any]:
    return {name: value for name, value in dict(scenario or {}).items() if name != "digest"}


def _said(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt | CancelledError):
        return "interrupt, in the middle of a step"
    return f"{type(error).__name__}: {error}".splitlines()[0]
