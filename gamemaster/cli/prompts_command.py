"""gamemaster prompts: the exact prompts, of a run on record or of a scenario that has not run; and the set to translate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["prompts"]


def prompts(
    what: Annotated[
        str | None, typer.Argument(metavar="NAME|DIR", help="A scenario's name or file, or the folder of a run.")
    ] = None,
    agent: Annotated[str | None, typer.Option(help="Those of this agent alone.")] = None,
    step: Annotated[int | None, typer.Option(min=0, help="Those of this step alone.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A parameter of the scenario.")] = None,
    seed: Annotated[int, typer.Option(help="The seed of a scenario's run.")] = 0,
    export: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write the library's own prompt texts there, to be translated.")
    ] = None,
    language: Annotated[str, typer.Option(help="The set that --export writes: en or ja.")] = "en",
) -> int:
    """Show prompts: recorded ones, or those that a scenario would begin with, with placeholders for answers.

    With --export, write the files of a set of prompt texts into a new folder instead. Translate them and hand the folder
    to `Simulation(language="FOLDER")`.
    """
    from gamemaster.report import clean, open_console
    from gamemaster.words import BadInput

    console = open_console()
    if export is not None:
        files = _export(export, language)
        console.print(clean(f"{files} files of prompt texts ({language}) written to {export}."))
        return 0
    if what is None:
        raise BadInput("Say whose prompts: the name of a scenario or the folder of a run; or --export FOLDER.")
    found = False
    for key, text in _recorded(Path(what), agent, step) if _is_run(what) else _rehearsed(what, set_ or [], seed, agent, step):
        console.print(f"--- {clean(key)}", style="bold")
        console.print(clean(text), end="\n\n")
        found = True
    if not found:
        whom = "anybody" if agent is None else agent
        console.print(f"No model is asked for {clean(whom)}" + ("." if step is None else f" in step {step}."))
    return 0


def _export(folder: Path, language: str) -> int:
    """Write the set's files into a new or empty folder, and return how many."""
    import shutil

    from gamemaster.words import LANGUAGES, PROMPTS, BadInput, UnknownName

    if language not in LANGUAGES:
        raise UnknownName.of("language of prompts", language, LANGUAGES)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(f"--export {folder}: there is something already; name a new folder, so that nothing is lost.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = sorted((PROMPTS / language).glob("*.toml"))
        for file in files:
            shutil.copyfile(file, folder / file.name)
        (folder / "set.toml").write_text(_SET, "utf-8")
    except OSError as error:
        raise BadInput(f"--export {folder}: {error.strerror}.") from None
    return len(files)


_SET = """\
# A set of prompt texts of your own: Simulation(language="this folder"). Placeholders in braces stay as they are.
# `base` is the set whose texts stand where a file or a text is missing here; empty: every text must be here.
base = ""
"""


def _is_run(what: str) -> bool:
    """Whether it names a run: a folder that holds one, or a path that can't be a scenario's."""
    path = Path(what)
    return (path / "run.sqlite").exists() or ("/" in what and path.suffix not in (".py", ".yaml", ".yml"))


def _recorded(folder: Path, agent: str | None, step: int | None) -> Iterator[tuple[str, str]]:
    from gamemaster.simulation import load_run
    from gamemaster.words import BadInput, UnknownName

    with load_run(folder) as run:
        master = run.configuration["game_master"]
        names = [*run.agents, master["name"], *master.get("others", ())]
        if agent is not None and agent not in names:
            raise UnknownName.of("agent", agent, names)
        if step is not None and step > run.last_step + 1:
            raise BadInput(f"--step {step}: the run has the steps 0 to {run.last_step}.")
        for row in run.archive.calls(step=step, who=agent):
            yield str(row.key), row.prompt.text


def _rehearsed(name: str, given: list[str], seed: int, agent: str | None, step: int | None) -> Iterator[tuple[str, str]]:
    from gamemaster.cli.building import build
    from gamemaster.cli.settings import read_settings
    from gamemaster.scenarios import find_scenario
    from gamemaster.simulation.rehearsal import rehearse
    from gamemaster.words import UnknownName

    scenario = find_scenario(name)
    simulation = build(scenario, read_settings(scenario, given), seed=seed)
    names = [*simulation.names, *simulation.game_masters.names]
    if agent is not None and agent not in names:
        raise UnknownName.of("agent", agent, names)
    # Whoever is asked one after the other is asked once in as many steps as there are agents.
    requests = rehearse(simulation, len(simulation.names) if step is None else step).requests
    kept = _first_of_each(requests) if step is None else [each for each in requests if each.key.step == step]
    for request in kept:
        if agent is None or request.key.who == agent:
            yield str(request.key), request.prompt.text


def _first_of_each(requests: Iterable[Any]) -> list[Any]:
    """Of each agent those of the first step in which a model is asked for it."""
    first: dict[str, int] = {}
    return [each for each in requests if each.key.step > 0 and first.setdefault(each.key.who, each.key.step) == each.key.step]
