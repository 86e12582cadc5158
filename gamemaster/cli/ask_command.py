"""gamemaster ask: an interview that leaves no trace."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["ask"]


def ask(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The run's folder.")],
    agent: Annotated[str, typer.Argument(metavar="AGENT", help="Who is asked.")],
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="What is asked, in words.")],
    file: Annotated[str | None, typer.Argument(metavar="[FILE]", help="The scenario's file, if it came from one.")] = None,
    step: Annotated[
        int | None, typer.Option(min=0, help="As the agent was at the end of this step; the last by default.")
    ] = None,
) -> int:
    """Ask an agent of a run something, as it was at the end of a step. The run stays as it is."""
    from gamemaster.cli.building import load_models
    from gamemaster.cli.resume_command import rebuilt
    from gamemaster.report import clean, open_console
    from gamemaster.simulation import Run, load_run
    from gamemaster.words import UnknownName

    with load_run(folder) as run:
        if agent not in run.agents:
            raise UnknownName.of("agent", agent, run.agents)
        asked = " ".join(shlex.quote(each) for each in (str(folder), agent, question))
        simulation = rebuilt(run, file, command=f"gamemaster ask {asked}")
        load_models(simulation)
        answer = Run(run.archive, simulation=simulation).ask(agent, question, step)
        open_console().print(clean(str(answer)))
    return 0
