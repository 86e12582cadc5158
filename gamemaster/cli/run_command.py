"""gamemaster run: a scenario, from its first step."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gamemaster.cli.limits import MaxCalls, MaxCost, MaxSeconds, MaxTokens, PriceOption, budget_of

__all__ = ["run"]


def run(
    scenario: Annotated[str, typer.Argument(metavar="NAME|FILE", help="A scenario's name, or a file (.py, .yaml).")],
    model: Annotated[str, typer.Option(help="embedded, or hf:NAME, or hf:FOLDER.")] = "embedded",
    steps: Annotated[int | None, typer.Option(help="How many steps; the scenario's own number by default.")] = None,
    seed: Annotated[int, typer.Option(help="The seed of everything that chance decides.")] = 0,
    seeds: Annotated[
        str | None, typer.Option(metavar="N|LIST", help="Many runs: how many seeds, from --seed on, or a list such as 1,2,3.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="With --seeds: how many runs at the same time.")] = None,
    out: Annotated[Path | None, typer.Option(help="The run's folder; a new one under runs/ by default.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A parameter; see `list NAME`.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would run and what it would cost; run nothing.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print one line at the end.")] = False,
    concurrent: Annotated[int | None, typer.Option(min=1, help="The most requests in flight at a model.")] = None,
    max_calls: MaxCalls = None,
    max_tokens: MaxTokens = None,
    max_cost: MaxCost = None,
    max_seconds: MaxSeconds = None,
    price: PriceOption = None,
) -> int:
    """Run a scenario and put everything on record."""
    from gamemaster.cli.building import build, load_models, read_steps
    from gamemaster.cli.run_folder import new_folder
    from gamemaster.cli.seeds import as_options, read_seeds, run_seeds
    from gamemaster.cli.settings import read_settings
    from gamemaster.cli.walking import walk
    from gamemaster.scenarios import find_scenario

    budget = budget_of(max_calls, max_tokens, max_cost, max_seconds, price)
    found = find_scenario(scenario)
    values = read_settings(found, set_ or [])
    total = read_steps(found, values, steps)
    many = [] if seeds is None else read_seeds(seeds, seed)
    simulation = build(found, values, model=model, seed=many[0] if many else seed)
    if dry_run:
        from gamemaster.cli.dry_run import print_dry_run
        from gamemaster.report import open_console

        load_models(simulation, only_names=True)
        print_dry_run(open_console(), simulation, total)
        if many:
            print(f"That is one of {len(many)} runs, seeds {', '.join(map(str, many))}.")
        return 0
    if many:
        load_models(simulation, only_names=True)
        limits = {"max_calls": max_calls, "max_tokens": max_tokens, "max_cost": max_cost, "max_seconds": max_seconds}
        return run_seeds(
            found,
            scenario,
            many,
            out if out is not None else new_folder(found.name, "seeds"),
            simulation=simulation,
            steps=total,
            options=as_options(model=model, set=set_),
            limits=as_options(concurrent=concurrent, price=price, **limits),
            workers=workers,
            quiet=quiet,
        )
    load_models(simulation)
    file = scenario if Path(scenario).suffix else None
    folder = out if out is not None else new_folder(found.name, seed)
    environment = {} if file is None else {"file": file}
    return walk(
        simulation,
        total,
        folder,
        scenario=found,
        quiet=quiet,
        concurrent=concurrent,
        budget=budget,
        environment=environment,
        file=file,
    )
