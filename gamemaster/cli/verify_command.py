"""gamemaster verify: whether an archive is whole; and what is whole of it, saved."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gamemaster.record import Archive
    from gamemaster.record.verify import LawCheck

__all__ = ["verify"]


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The run's folder.")],
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="The scenario's file, if it came from one; its laws are checked.")
    ] = None,
    laws: Annotated[
        bool | None,
        typer.Option(
            "--laws/--no-laws",
            help="Check the world's laws at every keyframe, by the scenario's installed code; by default where there is one.",
        ),
    ] = None,
    salvage: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Write the steps that are whole into this new folder.")
    ] = None,
) -> int:
    """Check an archive: its file, the chain of its steps, its states, rows and laws. Exits with 1 when something is wrong.

    No code that the archive brings is run; laws are checked by what is installed here, or by the FILE given.
    """
    from gamemaster.record import Archive
    from gamemaster.record.verify import examine
    from gamemaster.report.terminal import clean, open_console
    from gamemaster.words import ArchiveDamaged

    console = open_console()
    if salvage is not None:
        return _salvage(folder, salvage)
    try:
        archive = Archive.open(folder)
    except ArchiveDamaged as error:
        console.print(clean(str(error)))
        return 1
    with archive:
        check, unchecked, first = _laws(archive, folder, file, laws)
        found = examine(archive, laws=check, laws_from=first)
    for problem in (*found.problems, *(f"A law does not hold. {each}" for each in found.broken_laws)):
        console.print(clean(problem))
    problems = len(found.problems) + len(found.broken_laws)
    if found.problems:
        sound = f"steps 0 to {found.sound} are whole" if found.sound >= 0 else "no step is whole"
        console.print(f"{folder}: {problems} problem{'' if problems == 1 else 's'}; {sound}")
        if found.sound >= 0:
            console.print(f"Save them: gamemaster verify {shlex.quote(str(folder))} --salvage OUT")
    else:
        steps = f"steps 0 to {found.steps - 1}" if found.steps else "no step committed yet"
        console.print(f"{folder}: whole; {steps}" + ("" if problems else ", no problem found"))
    if check is not None:
        held = "all laws hold" if not found.broken_laws else "not all laws hold"
        states = f"{found.checked_states} recorded state{'' if found.checked_states == 1 else 's'}"
        console.print(f"Laws: checked in {states} of the world; {held}" if found.checked_states else "Laws: no state to check")
    else:
        console.print(clean(f"Laws: not checked; {unchecked}"))
    return 1 if problems else 0


def _laws(archive: Archive, folder: Path, file: str | None, wanted: bool | None) -> tuple[LawCheck | None, str, int]:
    """What checks the laws, from which step on (the last phase's first); or None, and why they aren't checked.

    Raises: BadInput when they were asked for and can't be.
    """
    from gamemaster.cli.building import refuse_raising
    from gamemaster.scenarios import rebuild
    from gamemaster.simulation.laws import laws_of
    from gamemaster.words import BadInput

    if wanted is False:
        return None, "--no-laws.", 0
    try:
        phase = archive.phases[-1]
        came_from = archive.environment.get("file")
        if file is None and came_from:
            again = f"gamemaster verify {shlex.quote(str(folder))} {shlex.quote(str(came_from))}"
            raise BadInput(f"the scenario came from a file, whose code is run only when you name it: {again}")
        with refuse_raising(file or "the scenario"):
            check = laws_of(rebuild(phase.configuration, file=file))
    except BadInput as error:
        if wanted or file is not None:
            raise
        return None, str(error), 0
    return check, "the scenario has no world.", phase.step


def _salvage(folder: Path, out: Path) -> int:
    from gamemaster.record.salvage import salvage
    from gamemaster.report.terminal import clean, open_console

    saved = salvage(folder, out)
    console = open_console()
    for problem in saved.found.problems:
        console.print(clean(problem))
    lost = saved.found.steps - 1 - saved.last
    left = f"; {lost} of its steps were not whole, or came after one that was not" if lost > 0 else ""
    console.print(f"{out}: steps 0 to {saved.last} of {folder}{left}")
    return 0
