"""gamemaster fork: a counterfactual; the same past as a run's, and a new future."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gamemaster.cli.limits import MaxCalls, MaxCost, MaxSeconds, MaxTokens, PriceOption, budget_of
from gamemaster.words import BadInput

if TYPE_CHECKING:
    from gamemaster.scenarios import Scenario
    from gamemaster.simulation import Run, Simulation

__all__ = ["fork"]


def fork(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The run's folder; it isn't changed.")],
    file: Annotated[str | None, typer.Argument(metavar="[FILE]", help="The scenario's file, if it came from one.")] = None,
    *,
    step: Annotated[int, typer.Option(min=0, help="The last step that both have.")],
    out: Annotated[Path, typer.Option(help="The fork's folder.")],
    seed: Annotated[int | None, typer.Option(help="Another seed for the steps to come.")] = None,
    model: Annotated[str | None, typer.Option(help="Another model: embedded, or hf:NAME, or hf:FOLDER.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Another value of a parameter.")] = None,
    tell: Annotated[
        list[str] | None, typer.Option("--tell", metavar="AGENT=TEXT", help="What an agent is told before the first new step.")
    ] = None,
    steps: Annotated[int | None, typer.Option(help="How many steps in all; by default as many as the run was to have.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print one line at the end.")] = False,
    concurrent: Annotated[int | None, typer.Option(min=1, help="The most requests in flight at a model.")] = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_cost: MaxCost = None,
    max_seconds: MaxSeconds = None,
    price: PriceOption = None,
) -> int:
    """Make a run with the past of another, and go on with it: what if …?"""
    from gamemaster.cli.building import load_models
    from gamemaster.cli.walking import walk
    from gamemaster.simulation import load_run
    from gamemaster.simulation.forking import make_fork, total_steps

    budget = budget_of(max_calls, max_tokens, max_cost, max_seconds, price)
    told = _told(tell or [])
    with load_run(folder) as run:
        if step > run.last_step or run.archive.last_step is None:
            raise BadInput(f"--step {step}: the run has the steps 0 to {run.last_step}.")
        if steps is not None and steps < step:
            raise BadInput(f"--steps {steps}: the fork begins with {step} steps; --steps is how many it is to have in all.")
        total = total_steps(run.archive, step, steps)
        scenario, simulation = _changed(run, folder, file, set_ or [], model=model, seed=seed)
        load_models(simulation)
        around = {} if file is None else {"file": file}
        make_fork(run.archive, step, out, simulation, tell=told, steps=total, around=around)
    return walk(
        simulation, total, out, scenario=scenario, resume=True, quiet=quiet, concurrent=concurrent, budget=budget, file=file
    )


def _told(given: Sequence[str]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for each in given:
        agent, equals, text = each.partition("=")
        if not equals or not agent.strip() or not text.strip():
            raise BadInput(f"--tell {shlex.quote(each)}: write it --tell 'AGENT=TEXT'.")
        told.setdefault(agent.strip(), []).append(text.strip())
    return told


def _changed(
    run: Run, folder: Path, file: str | None, given: Sequence[str], *, model: str | None, seed: int | None
) -> tuple[Scenario, Simulation]:
    """The run's scenario and simulation, with other parameters, model and seed where these are given."""
    from gamemaster.cli.building import build
    from gamemaster.cli.resume_command import find_again
    from gamemaster.cli.settings import read_settings

    scenario = find_again(run, file, command=f"gamemaster fork {shlex.quote(str(folder))}")
    values: dict[str, Any] = dict(run.parameters)
    models = values.pop("model", {})
    values.update({f"model.{name}": each for name, each in models.items()})
    values.update(read_settings(scenario, given))
    chosen = run.configuration["model"] if model is None else model
    return scenario, build(scenario, values, model=chosen, seed=run.seed if seed is None else seed)
