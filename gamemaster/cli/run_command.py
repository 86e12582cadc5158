"""gamemaster run: a scenario, from its first step."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["run"]


def run(
    scenario: Annotated[str, typer.Argument(metavar="NAME|FILE", help="A scenario's name, or a file (.py, .yaml).")],
    model: Annotated[str, typer.Option(help="embedded, or hf:NAME, or hf:FOLDER.")] = "embedded",
    steps: Annotated[int | None, typer.Option(help="How many steps; the scenario's own number by default.")] = None,
    seed: Annotated[int, typer.Option(help="The seed of everything that chance decides.")] = 0,
    out: Annotated[Path | None, typer.Option(help="The run's folder; a new one under runs/ by default.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A parameter; see `list NAME`.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would run and what it would cost; run nothing.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print one line at the end.")] = False,
    concurrent: Annotated[int | None, typer.Option(min=1, help="The most requests in flight at a model.")] = None,
) -> int:
    """Run a scenario and put everything on record."""
    from gamemaster.cli.building import build, load_models, read_steps
    from gamemaster.cli.run_folder import new_folder
    from gamemaster.cli.settings import read_settings
    from gamemaster.cli.walking import walk
    from gamemaster.scenarios import find_scenario

    found = find_scenario(scenario)
    values = read_settings(found, set_ or [])
    total = read_steps(found, values, steps)
    simulation = build(found, values, model=model, seed=seed)
    if dry_run:
        from gamemaster.cli.dry_run import print_dry_run
        from gamemaster.report import open_console

        load_models(simulation, only_names=True)
        print_dry_run(open_console(), simulation, total)
        return 0
    load_models(simulation)
    file = scenario if Path(scenario).suffix else None
    folder = out if out is not None else new_folder(found.name, seed)
    environment = {} if file is None else {"file": file}
    return walk(simulation, total, folder, scenario=found, quiet=quiet, concurrent=concurrent, environment=environment, file=file)
