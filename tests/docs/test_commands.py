"""Every command that a page names exists and takes the options that it is shown with; every link leads somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from gamemaster.cli.command_line import app, main
from gamemaster.cli.settings import read_settings
from gamemaster.record.schema import TABLES
from gamemaster.scenarios import find_scenario, list_scenarios
from gamemaster.words import BadInput
from tests.docs.pages import PAGES, ROOT, blocks, inline_commands, links, shell_lines

TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
COMMANDS: Any = typer.main.get_command(app)


def problem_of(command: str, files: dict[str, str], folder: Path) -> str:
    """Why a command of a page can't be given as it stands; "" when it can."""
    words = shlex.split(command)
    while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
        words = words[1:]
    if words[0] == "make":
        wrong = [word for word in words[1:] if "=" not in word and word not in TARGETS]
        return f"make has no target {wrong[0]!r}" if wrong else ""
    if words[0] != "gamemaster":
        return ""
    if len(words) == 1 or words[1].startswith("-"):
        return ""
    if words[1] not in COMMANDS.commands:
        return f"gamemaster has no command {words[1]!r}"
    part = COMMANDS.commands[words[1]]
    try:
        given = part.make_context(words[1], words[2:]).params
    except typer.Exit:
        return ""
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return _wrong_setting(given, files, folder) if words[1] == "run" else ""


def _wrong_setting(given: dict[str, Any], files: dict[str, str], folder: Path) -> str:
    name = given["scenario"]
    if name in files:
        (folder / name).write_text(files[name], encoding="utf-8")
    elif name not in list_scenarios():
        return f"there is no scenario {name!r}"
    try:
        read_settings(find_scenario(str(folder / name) if name in files else name), given["set_"] or [])
    except BadInput as error:
        return str(error)
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_exist(page: Path, tmp_path: Path) -> None:
    files = {block.title: block.text for block in blocks(page) if block.title}
    problems = [
        f"line {line}: {command}: {problem}"
        for line, command in shell_lines(page)
        if (problem := problem_of(command, files, tmp_path))
    ]
    assert not problems, "\n".join(problems)
    for command in inline_commands(page):  # may leave out what a reader puts in
        words = command.split()
        known = TARGETS if words[0] == "make" else COMMANDS.commands
        if words[1][0].islower():
            assert words[1] in known, command
        options = [word for word in words[2:] if word.startswith("--")]
        if words[0] == "gamemaster" and options:
            taken = {option for parameter in COMMANDS.commands[words[1]].params for option in parameter.opts}
            assert set(options) <= taken, command


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("gamemaster rum commons", "no command"),
        ("gamemaster run commons --sed 3", "--sed"),
        ("gamemaster run commons --set polcy=take:1", "polcy"),
        ("gamemaster run comons", "no scenario"),
        ("gamemaster resume", "folder"),
        ("make demoo", "no target"),
    ],
)
def test_a_wrong_command_is_noticed(command: str, said: str, tmp_path: Path) -> None:
    assert said in problem_of(command, {}, tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        if "://" not in link:
            target, _, _ = link.partition("#")
            assert not target or (page.parent / target).exists(), f"{page.name}: {link}"


def test_every_page_can_be_found_from_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    indices = [index, ROOT / "docs" / "components" / "README.md"]
    linked = {(each.parent / link.partition("#")[0]).resolve() for each in indices for link in links(each)}
    wanted = {page for page in (ROOT / "docs").rglob("*.md") if page != index} | set((ROOT / "docs").rglob("*.ipynb"))
    assert not {page for page in wanted if ".ipynb_checkpoints" not in page.parts} - linked


def test_pages_name_no_path_of_a_machine() -> None:
    for page in PAGES:
        assert not re.search(r"(?<![\w.])/(home|root|work|tmp|Users)/", page.read_text(encoding="utf-8")), page.name


def test_the_readme_is_short() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 230  # a page, not a manual; that is what docs/ is for


def test_the_scenario_of_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (block,) = [each for each in blocks(ROOT / "README.md") if each.title]
    Path(block.title).write_text(block.text, encoding="utf-8")
    assert main(["run", "pool.py", "--set", "policy=give:4", "--set", "people=4", "--out", "given"]) == 0
    assert "They put in: Ann 4, Bob 4, Cleo 4, Dan 4. Each gets 6 coins back." in capsys.readouterr().out
    assert main(["run", "pool.py", "--steps", "2", "--out", "played"]) == 0
    assert main(["resume", "played", "pool.py", "--steps", "5"]) == 0
    assert main(["prompts", "pool.py", "--agent", "Ann"]) == 0
    assert main(["verify", "played"]) == 0


def test_the_archive_page_names_every_table_and_column() -> None:
    page = (ROOT / "docs" / "archive_format.md").read_text(encoding="utf-8")
    rows = {
        row[1]: set(re.findall(r"`(\w+)`", row[2]))
        for row in re.finditer(r"^\| `(\w+)` \|(?:[^|]*)\|(.*)\|$", page, re.MULTILINE)
    }
    for table in TABLES:
        assert {column.name for column in table.columns} == rows.pop(table.name), table.name
    assert not rows
