"""main: the command `gamemaster`, and how what goes wrong is told.

Each command has a file of its own. Here stands what they share: bad input gets one message on standard error and the exit
code 2, a run that failed 1, one that was ended by Ctrl-C 130, by SIGTERM 143, and none of them a traceback unless `--debug`
asks for it.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from gamemaster.cli.ablation_command import ablation
from gamemaster.cli.ask_command import ask
from gamemaster.cli.bench_command import bench
from gamemaster.cli.compare_command import compare
from gamemaster.cli.export_command import export
from gamemaster.cli.fork_command import fork
from gamemaster.cli.interrupted import INTERRUPTED, Interrupted
from gamemaster.cli.list_command import list_
from gamemaster.cli.memories_command import memories
from gamemaster.cli.prompts_command import prompts
from gamemaster.cli.replay_command import replay
from gamemaster.cli.report_command import report
from gamemaster.cli.resume_command import resume
from gamemaster.cli.run_command import run
from gamemaster.cli.show_command import show
from gamemaster.cli.verify_command import verify
from gamemaster.cli.view_command import view
from gamemaster.words import BadInput, GamemasterError

__all__ = ["main"]

DONE, FAILED, BAD_INPUT = 0, 1, 2

app = typer.Typer(name="gamemaster", add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

# Typer has its parser's errors from click in some versions and from a copy of it in others; this one is exported by all.
_UsageError = cast("type[Exception]", typer.BadParameter.__mro__[1])


def _print_version(wanted: bool) -> None:
    if wanted:
        from gamemaster import __version__

        print(f"gamemaster {__version__}")
        raise typer.Exit


@app.callback()
def gamemaster(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Generative agent-based modelling: agents of language models in a world that a game master keeps."""


app.command("list")(list_)
app.command("run")(run)
app.command("resume")(resume)
app.command("fork")(fork)
app.command("replay")(replay)
app.command("show")(show)
app.command("report")(report)
app.command("view")(view)
app.command("prompts")(prompts)
app.command("ask")(ask)
app.command("ablation")(ablation)
app.command("memories")(memories)
app.command("compare")(compare)
app.command("bench")(bench)
app.command("export")(export)
app.command("verify")(verify)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line with these arguments, those of the process by default, and return its exit code.

    0: done. 1: the run, or whatever was asked for, failed. 2: the input is wrong. 130: ended by Ctrl-C. 143: by SIGTERM.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in arguments
    if debug:  # wherever it stands
        arguments = [each for each in arguments if each != "--debug"]
    for stream in (sys.stdout, sys.stderr):
        # A terminal that can't show a letter gets an escape for it, not an error.
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="backslashreplace")
    try:
        return _invoke(arguments)
    except typer.Exit as ended:
        return int(ended.exit_code)
    except BaseException as error:
        if debug:
            traceback.print_exception(error)
        code, message = _told(error)
        if message:
            _print_error(message)
        return code


def _invoke(arguments: list[str]) -> int:
    command = typer.main.get_command(app)
    with command.make_context("gamemaster", arguments or ["--help"]) as context:
        code: Any = command.invoke(context)
    return code if isinstance(code, int) else DONE


def _told(error: BaseException) -> tuple[int, str]:
    """The exit code and the message of what went wrong. Raises what isn't to be told: the exit of a program."""
    if isinstance(error, _UsageError):
        return BAD_INPUT, _usage(error)
    if isinstance(error, BadInput):
        return BAD_INPUT, str(error)
    if isinstance(error, Interrupted):
        return error.code, str(error)
    if isinstance(error, GamemasterError):
        return FAILED, str(error)
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED, "Ended by Ctrl-C."
    if isinstance(error, BrokenPipeError):  # whoever read the output has enough
        sys.stdout = open("/dev/null", "w")  # noqa: SIM115  # the interpreter flushes it at its end
        return FAILED, ""
    if isinstance(error, Exception):
        return FAILED, f"{type(error).__name__}: {error}{_place(error)}. The option --debug shows the traceback."
    raise error


def _usage(error: Exception) -> str:
    said = cast("Any", error).format_message()
    context = cast("Any", error).ctx
    path = "gamemaster" if context is None else context.command_path
    said = said.rstrip(".").replace("?.", "?")
    return f"{said}{'' if said.endswith('?') else '.'} `{path} --help` shows what it takes."


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""


def _print_error(message: str) -> None:
    from gamemaster.report.terminal import clean, open_console

    try:
        open_console(sys.stderr).print(clean(message), style="red" if sys.stderr.isatty() else None, soft_wrap=True)
    except BrokenPipeError:
        pass
