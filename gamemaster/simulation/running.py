"""Running: one run of a simulation, from the opening of its archive to the last word on how it ended."""

from __future__ import annotations

import sys
from asyncio import CancelledError
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from gamemaster.record import Archive
from gamemaster.simulation.engine import Engine, Step
from gamemaster.simulation.loop import run_plain
from gamemaster.simulation.run import Run
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

PINNED = ("gamemaster", "pydantic", "numpy", "torch", "transformers", "sentence-transformers", "faiss-cpu", "langchain-core")


BUDGETS = ("calls", "tokens")


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

    `environment` is put on record with the versions, for those who look at the run; it is no fact of it.
    """

    def __init__(
        self,
        simulation: Simulation,
        *,
        archive: str | Path | None,
        resume: bool,
        concurrent: int | None = None,
        budget: Mapping[str, int] | None = None,
        progress: Progress | None = None,
        environment: Mapping[str, Any] | None = None,
    ) -> None:
        if resume and archive is None:
            raise BadInput("resume=True needs the archive of the run that is to go on; name its folder.")
        if concurrent is not None and concurrent < 1:
            raise BadInput(f"concurrent={concurrent}; at least one request must be in flight.")
        for name in budget or ():
            if name not in BUDGETS:
                raise BadInput(f"budget={dict(budget or {})} bounds {name!r}; what can be bounded is {' and '.join(BUDGETS)}.")
        self.simulation = simulation
        self.folder = None if archive is None else Path(archive)
        self.resume = resume
        self.concurrent = concurrent
        self.budget = budget
        self.progress = progress
        self.environment = dict(environment or {})
        self._stopping = False
        self._forgive = False

    def stop(self) -> None:
        """End the run at the step's end."""
        self._stopping = True

    async def all(self, steps: int) -> Run:
        """Run to the end and return the run."""
        engine = self._begin(steps)
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
        engine = self._begin(steps)
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
        return ("stopped", "interrupt") if self._stopping else None

    def _tell_step(self, step: Step) -> None:
        if self.progress is not None:
            self.progress.step(step)

    def _begin(self, steps: int) -> Engine:
        simulation = self.simulation
        if isinstance(steps, bool) or steps < 0:
            raise BadInput(f"steps={steps}; a run has at least 0 steps.")
        if simulation.engine is not None:
            raise BadInput("This simulation has run already; build it anew, and give resume=True to go on with its archive.")
        archive = self._open(steps)
        try:
            simulation.models.open(archive, concurrent=self.concurrent, budget=self.budget)
            engine = simulation.engine = Engine(simulation, archive, forgive=self._forgive)
            if self.progress is not None:
                engine.on_asks = self.progress.asked
                self.progress.begin(simulation, steps)
        except BaseException as error:
            archive.finish("failed", stopped_by=_said(error))
            archive.close()
            raise
        return engine

    def _open(self, steps: int) -> Archive:
        simulation = self.simulation
        configuration = configuration_of(simulation)
        if not self.resume:
            around = {**environment(), "steps": steps, **self.environment}
            return Archive.create(self.folder, configuration=configuration, environment=around)
        assert self.folder is not None
        archive = Archive.open(self.folder, write=True)
        try:
            _refuse_other(archive, configuration)
        except BaseException:
            archive.close()
            raise
        self._forgive = archive.stopped_by.startswith(TooManyFailures.__name__)
        archive.finish("running")
        return archive

    def _end(self, engine: Engine, status: str, stopped_by: str) -> Run:
        archive = engine.archive
        run = Run(archive, simulation=self.simulation)
        archive.finish(status, stopped_by=stopped_by, pinned=self._pinned(engine))
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
        status = "stopped" if isinstance(error, KeyboardInterrupt | CancelledError | TooManyFailures) else "failed"
        try:
            archive.finish(status, stopped_by=_said(error), pinned=self._pinned(engine))
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


def configuration_of(simulation: Simulation) -> dict[str, Any]:
    """What the run is made from, as JSON values: what two identical runs share."""
    gm = simulation.game_master
    return {
        "scenario": simulation.scenario,
        "seed": simulation.seed,
        "language": simulation.language,
        "perspective": simulation.texts.perspective,
        "prompt_texts": simulation.texts.digest,
        "start": None if simulation.start is None else simulation.start.isoformat(),
        "step": simulation.step_seconds,
        "model": _named(simulation.model),
        "models": {name: _named(model) for name, model in simulation.model_choices.items()},
        "order": list(simulation.names),  # the archive sorts the keys of what stands in braces
        "agents": {
            agent.name: {
                "components": [[each.name, type(each).__name__] for each in agent.components],
                "actor": type(agent.actor).__name__,
                "model": None if agent.model is None else _named(agent.model),
            }
            for agent in simulation.agents
        },
        "game_master": {
            "name": gm.name,
            "world": None if gm.world is None else type(gm.world).__name__,
            "grounding": type(gm.grounding).__name__,
            "plausibility": type(gm.plausibility).__name__,
            "narration": "world" if gm.narration is None else type(gm.narration).__name__,
        },
        "schedule": type(simulation.schedule).__name__,
        "max_failures": simulation.max_failures,
    }


def environment() -> dict[str, Any]:
    """What the run is made with: versions, which are no part of what two identical runs share."""
    versions: dict[str, str] = {}
    for package in PINNED:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return {"python": sys.version.split()[0], "platform": sys.platform, "packages": versions}


def _named(model: Any) -> str:
    if isinstance(model, str):
        return model
    return str(getattr(model, "name", None) or type(model).__name__)


def _refuse_other(archive: Archive, configuration: Mapping[str, Any]) -> None:
    recorded = archive.configuration
    for what in ("scenario", "seed", "agents", "order", "game_master", "schedule", "start", "step"):
        there, here = recorded.get(what), configuration.get(what)
        if what == "scenario":
            # Not the digest of its source: a run that failed goes on once the source is mended.
            there, here = _without_digest(there), _without_digest(here)
        if there != here:
            raise ArchiveError(
                f"{archive.folder} can't go on with this simulation: its {what} is {there!r}, "
                f"here it is {here!r}. Build the same simulation, or run into a new folder."
            )


def _without_digest(scenario: Any) -> dict[str, Any]:
    return {name: value for name, value in dict(scenario or {}).items() if name != "digest"}


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
