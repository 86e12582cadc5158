"""The whole command under a pseudo-terminal of 80 columns, and without a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from gamemaster.cli import main
from tests.report.screen import Screen, at_a_terminal

SCENARIO = '''"""Two people at a well, one of whom says what a terminal would obey."""

import time

from gamemaster import ActionSpec, Agent, Person, Scene, ScenarioParameters, Scripted, Simulation, World, action, scenario


class Well(World):
    buckets_of_water_drawn_since_the_morning: dict[str, int] = {}
    water: int = 100

    @action
    def draw_a_bucket(self, actor: Person) -> str:
        """Draw water."""
        self.water -= 1
        drawn = self.buckets_of_water_drawn_since_the_morning
        drawn[actor] = drawn.get(actor, 0) + 1
        return f"{actor} draws a bucket of water from the old well in the middle of the square, and carries it all the way home."


def draws(view):
    time.sleep(0.15)
    return {"action": "draw_a_bucket", "arguments": {}}


def shouts(view):
    return "\\x1b[2J\\x1b]0;owned\\x07[red]red[/red] \\u202e" + "日本語" * 13 + "\\x9b31m"


NAMES = ["Ann of the Long Name, Keeper of the Well", "Bob"]


@scenario(parameters=ScenarioParameters, steps=6)
def well(parameters):
    agents = [Agent(NAMES[0], actor=Scripted(lambda view: (time.sleep(0.15), {})[1])), Agent(NAMES[1], actor=Scripted(shouts))]
    drawing = Scene("at the well", NAMES[:1], ActionSpec.of(Well.draw_a_bucket, "Draw?"), rounds=1)
    talking = Scene("[b]talk[/b]", NAMES[1:], ActionSpec.speech(), rounds=1)
    return Simulation(agents, Well(), scenes=[drawing, talking] * 3)
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "well.py").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


def test_a_run_fits_80_columns_and_obeys_nobody(folder: Path) -> None:
    code, screen = at_a_terminal(["run", "well.py", "--out", "r"], folder, environment={})
    text = "\n".join(screen.lines)
    assert code == 0, text
    assert any("step 1 of 6" in line for line in screen.seen) and any("left" in line for line in screen.seen)
    assert any(line.startswith("thinking: Ann of the Long Name") for line in screen.seen)
    assert "thinking" not in text and screen.coloured  # the lines at the bottom are gone
    assert "What changed in the world" in text and "water" in text and "-3" in text
    assert "[red]red[/red]" in text


def test_no_color_leaves_the_colours_out(folder: Path) -> None:
    code, screen = at_a_terminal(["run", "well.py", "--out", "r"], folder, environment={"NO_COLOR": "1"})
    assert code == 0 and not screen.coloured
    assert any("step 1 of 6" in line for line in screen.seen)


def test_without_a_terminal_there_are_plain_lines(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert main(["run", "well.py", "--out", "r"]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed and "thinking" not in printed
    events = [line for line in printed.splitlines() if line.startswith("[")]
    assert len(events) == 6 and events[0].endswith("carries it all the way home.")


@pytest.mark.parametrize("written", ["\x1b[2J", "\x1b]0;t\x07", "\x07", "x" * 81])
def test_the_screen_notices_what_it_is_there_for(written: str) -> None:
    with pytest.raises(AssertionError):
        Screen().feed(written)
