"""gamemaster resume: a run that was stopped, killed or failed goes on where it stood."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gamemaster.cli.limits import MaxCalls, MaxCost, MaxSeconds, MaxTokens, PriceOption, budget_of
from gamemaster.words import BadInput

if TYPE_CHECKING:
    from gamemaster.scenarios import Scenario
    from gamemaster.simulation import Run, Simulation

__all__ = ["find_again", "rebuilt", "resume"]


def resume(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The run's folder.")],
    file: Annotated[str | None, typer.Argument(metavar="[FILE]", help="The scenario's file, if it came from one.")] = None,
    steps: Annotated[int | None, typer.Option(help="How many steps in all; by default what was asked for first.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print one line at the end.")] = False,
    concurrent: Annotated[int | None, typer.Option(min=1, help="The most requests in flight at a model.")] = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_cost: MaxCost = None,
    max_seconds: MaxSeconds = None,
    price: PriceOption = None,
) -> int:
    """Go on with a run; one that is finished is left as it is."""
    from gamemaster.cli.building import check_steps, load_models
    from gamemaster.cli.walking import walk
    from gamemaster.report import last_line
    from gamemaster.scenarios import find_scenario
    from gamemaster.simulation import load_run

    budget = budget_of(max_calls, max_tokens, max_cost, max_seconds, price)
    with load_run(folder) as run:
        total = _total(run, None if steps is None else check_steps(steps))
        if _is_at_its_end(run, total):
            print(last_line(run))
            print("It is finished; there is nothing to go on with." + _how_to_lengthen(run))
            return 0
        simulation = rebuilt(run, file, command=f"gamemaster resume {shlex.quote(str(folder))}")
        scenario = find_scenario(file or str(run.scenario))
        _say_if_changed(run, simulation)
    load_models(simulation)
    return walk(
        simulation,
        total,
        folder,
        scenario=scenario,
        resume=True,
        quiet=quiet,
        concurrent=concurrent,
        budget=budget,
        file=file,
    )


def rebuilt(run: Run, file: str | None, *, command: str) -> Simulation:
    """The simulation that a run was made from, made anew; `command` is the one to be given again with the file.

    Raises: BadInput when it can't be, with what to do.
    """
    from gamemaster.cli.building import refuse_raising
    from gamemaster.scenarios import rebuild

    _refuse_without_file(run, file, command)
    with refuse_raising(file or str(run.scenario)):
        return rebuild(run.configuration, file=file)


def find_again(run: Run, file: str | None, *, command: str) -> Scenario:
    """The scenario that a run is of, looked up again; `command` is the one to be given again with the file.

    Raises: BadInput when it can't be found, or the run has none.
    """
    from gamemaster.scenarios import find_scenario

    _refuse_without_file(run, file, command)
    if run.scenario is None:
        raise BadInput("This run was made from a simulation built by hand; the code that built it has to do this, by the run.")
    found = find_scenario(file or run.scenario)
    if found.name != run.scenario:
        raise BadInput(f"The run is of the scenario {run.scenario!r}, but {file} holds {found.name!r}.")
    return found


def _refuse_without_file(run: Run, file: str | None, command: str) -> None:
    came_from: Any = run.archive.environment.get("file")
    if file is None and run.scenario and came_from:
        again = f"{command} {shlex.quote(came_from)}"
        raise BadInput(f"The run's scenario {run.scenario!r} came from a file, {came_from}; give it again: {again}")


def _total(run: Run, steps: int | None) -> int:
    if steps is None:
        return int(run.archive.environment.get("steps", run.last_step))
    if steps < run.last_step:
        raise BadInput(f"--steps {steps}: the run has {run.last_step} steps already; --steps is how many it is to have in all.")
    return steps


def _is_at_its_end(run: Run, total: int) -> bool:
    if run.status != "finished":
        return False
    return not _lengthens(run) or total <= run.last_step


def _lengthens(run: Run) -> bool:
    """Whether it was the number of steps that ended it."""
    return run.stopped_by == f"{run.last_step} steps"


def _how_to_lengthen(run: Run) -> str:
    return " A longer run: --steps with a larger number." if _lengthens(run) else ""


def _say_if_changed(run: Run, simulation: Simulation) -> None:
    then, now = run.configuration["scenario"].get("digest"), simulation.scenario.get("digest")
    if then != now:
        print(f"The source of the scenario {run.scenario!r} has changed since the run began.", file=sys.stderr)
