"""Walking: a run from its first step, or the one after its last, to its end, shown while it goes and summed up then."""

from __future__ import annotations

import shlex
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gamemaster.cli.baseline import baseline_metrics
from gamemaster.cli.interrupted import INTERRUPTED, TERMINATED, Interrupted
from gamemaster.scenarios import Scenario
from gamemaster.simulation import Simulation, load_run
from gamemaster.simulation.loop import run_plain
from gamemaster.simulation.running import Running
from gamemaster.simulation.terminating import Terminating
from gamemaster.words import ArchiveError, BadInput, GamemasterError, StepFailed

if TYPE_CHECKING:
    from gamemaster.simulation import RunBudget

__all__ = ["walk"]


def walk(
    simulation: Simulation,
    steps: int,
    folder: Path,
    *,
    scenario: Scenario,
    resume: bool = False,
    quiet: bool = False,
    concurrent: int | None = None,
    budget: RunBudget | None = None,
    environment: Mapping[str, Any] | None = None,
    file: str | None = None,
) -> int:
    """Run, and print the summary; with `quiet` one line at the end and nothing before it. Returns the exit code.

    Raises: Interrupted after Ctrl-C and SIGTERM, and what the run raises, with the command that goes on.
    """
    from gamemaster.report import ConsoleProgress, last_line, open_console, print_summary

    console = open_console()
    go_on = f"gamemaster resume {shlex.quote(str(folder))}" + (f" {shlex.quote(file)}" if file else "")

    def stop() -> None:
        running.stop()
        print("Stopping at the end of this step; Ctrl-C once more stops at once.", file=sys.stderr)

    def terminate() -> None:
        running.stop("SIGTERM")
        print("SIGTERM: stopping at the end of this step; another one stops at once.", file=sys.stderr)

    prices = None if budget is None else budget.prices
    with ConsoleProgress(console, prices=prices) as progress, warnings.catch_warnings():
        warnings.showwarning = _show_warning
        running = Running(
            simulation,
            archive=folder,
            resume=resume,
            concurrent=concurrent,
            budget=budget,
            progress=None if quiet else progress,
            environment=environment,
        )
        terminating = Terminating(terminate)
        try:
            with terminating:
                run = run_plain(running.all(steps), on_interrupt=stop)
        except KeyboardInterrupt:
            by, code = ("SIGTERM", TERMINATED) if terminating.came else ("Ctrl-C", INTERRUPTED)
            raise Interrupted(f"Ended by {by} in the middle of a step. Go on with: {go_on}", code=code) from None
        except GamemasterError as error:
            raise _with_the_way_on(error, folder, go_on) from error
    with run:
        if quiet:
            console.print(last_line(run))
        else:
            played = run.last_step if run.status == "stopped" else steps
            print_summary(console, run, baseline=baseline_metrics(scenario, run, played), cost=progress.standing.cost())
        if run.stopped_by in ("interrupt", "SIGTERM"):
            by, code = ("Ctrl-C", INTERRUPTED) if run.stopped_by == "interrupt" else ("SIGTERM", TERMINATED)
            raise Interrupted(f"Ended by {by}; the run stands at step {run.last_step}. Go on with: {go_on}", code=code)
        if run.stopped_by.startswith("budget"):
            console.print(f"It stands at step {run.last_step}. Go on, with a larger budget or none: {go_on}")
        elif not quiet:
            console.print(f"Look further: gamemaster show {shlex.quote(str(folder))}")
    return 0


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    print(f"Note: {message}", file=sys.stderr)


def _with_the_way_on(error: GamemasterError, folder: Path, go_on: str) -> GamemasterError:
    """The same error, its message ending with the command that goes on, where there is something to go on with."""
    if isinstance(error, ArchiveError | StepFailed):
        if isinstance(error, StepFailed) and error.resume.startswith("The run stands"):
            head = error.resume.partition(" Mend it")[0]
            return StepFailed(error.what, place=error.place, resume=f"{head} Mend it, and go on with: {go_on}")
        return error
    try:
        with load_run(folder) as run:
            last = run.archive.last_step
    except BadInput:
        return error
    if last is None:
        return error
    return type(error)(f"{error}\nThe run stands at step {last}. Go on with: {go_on}")
