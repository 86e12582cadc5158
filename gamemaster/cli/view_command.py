"""gamemaster view: a run in the browser, served on this machine; with --control it goes on as one wishes."""

from __future__ import annotations

import contextlib
import shlex
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gamemaster.words import ArchiveInUse, BadInput

if TYPE_CHECKING:
    from gamemaster.report.viewer.server import ViewServer
    from gamemaster.report.viewer.stepping import Stepping

__all__ = ["view"]

PORT = 8765


def view(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The run's folder.")],
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="With --control: the scenario's file, if it came from one.")
    ] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help=f"The port; by default {PORT}, or a free one.")] = None,
    control: Annotated[bool, typer.Option("--control", help="Go on with the run from the page: step, tell, edit.")] = False,
    steps: Annotated[int | None, typer.Option(help="With --control: how many steps the run may have in all.")] = None,
) -> int:
    """Serve a run on 127.0.0.1, to be read in a browser, while it goes on too. Ctrl-C ends it."""
    from gamemaster.simulation import load_run
    from gamemaster.simulation.terminating import Terminating

    if not control and (file is not None or steps is not None):
        raise BadInput("FILE and --steps are for going on with the run; give --control with them.")
    load_run(folder).close()
    stepping, note = _stepping(folder, file, steps) if control else (None, "")
    try:
        server = _serving(folder, port, stepping, note)
        if note:
            print(f"Note: {note}", file=sys.stderr)
        print(f"{folder} is shown at {server.address}", flush=True)
        print(
            "Whoever has this address can change the run; it is for you alone. Ctrl-C ends." if stepping else "Ctrl-C ends.",
            flush=True,
        )
        serving = threading.Thread(target=server.serve, name="gamemaster-serve", daemon=True)
        serving.start()
        ended = threading.Event()
        with Terminating(ended.set), contextlib.suppress(KeyboardInterrupt):
            while not ended.wait(0.5):
                pass
        server.stop()
        serving.join()
    finally:
        if stepping is not None:
            if stepping.state()["phase"] == "stepping":
                print("Waiting for the end of this step; Ctrl-C once more stops at once.", file=sys.stderr)
            stepping.close()
    return 0


def _serving(folder: Path, port: int | None, stepping: Stepping | None, note: str) -> ViewServer:
    """The server on the port that was asked for, or on the usual one, or, where that is taken, on a free one."""
    from gamemaster.report.viewer.server import ViewServer

    if port is not None:
        return ViewServer(folder, port=port, control=stepping, note=note)
    try:
        return ViewServer(folder, port=PORT, control=stepping, note=note)
    except BadInput:
        return ViewServer(folder, port=0, control=stepping, note=note)


def _stepping(folder: Path, file: str | None, steps: int | None) -> tuple[Stepping | None, str]:
    """Who goes on with the run; where somebody else does, nobody, and a note that says so."""
    from gamemaster.cli.building import check_steps, load_models
    from gamemaster.cli.resume_command import rebuilt
    from gamemaster.record.archive_folder import ArchiveFolder
    from gamemaster.report.viewer.stepping import Stepping
    from gamemaster.simulation import load_run

    place = ArchiveFolder(folder)
    try:
        place.lock()
        place.unlock()
    except ArchiveInUse as error:
        return None, f"{str(error).partition('. ')[0]}, so it is only shown: stop that first, and start this again to change it."
    with load_run(folder) as run:
        asked = int(run.archive.environment.get("steps", run.last_step))
        total = max(asked, run.last_step) if steps is None else check_steps(steps)
        if total < run.last_step:
            raise BadInput(f"--steps {steps}: the run has {run.last_step} steps already; --steps is how many it may have in all.")
        if run.status == "finished" and total <= run.last_step and run.stopped_by == f"{run.last_step} steps":
            raise BadInput(
                f"The run has all its {run.last_step} steps; to go on with it give more: "
                f"gamemaster view {shlex.quote(str(folder))} --control --steps {run.last_step + 10}"
            )
        simulation = rebuilt(run, file, command=f"gamemaster view --control {shlex.quote(str(folder))}")
    load_models(simulation)
    return Stepping(simulation, folder, steps=total), ""
