"""A run as somebody at the console follows it."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from rich.console import Console

from gamemaster import ActionSpec, Agent, Scene, Scripted, Simulation
from gamemaster.report import ConsoleProgress, last_line, open_console, summarize
from gamemaster.testing import ScriptedModel

NAMES = ["Ann", "Bob", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hanna"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def talk(*, model: bool = False) -> Simulation:
    actor = None if model else Scripted(lambda view: f"I am {view.name}.")
    return Simulation(
        [Agent(name, actor=actor) for name in NAMES],
        premise="It is late.",
        scenes=[Scene("evening", NAMES, ActionSpec.speech(), rounds=9, order="simultaneous")],
        model=ScriptedModel() if model else "embedded",
    )


def terminal() -> Console:
    return Console(file=Terminal(), force_terminal=True, width=80, markup=False, color_system="standard", _environ={})


def shown(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_without_a_terminal_there_is_one_line_an_event() -> None:
    console = open_console(io.StringIO())
    with ConsoleProgress(console) as progress:
        run = talk().run(3, progress=progress)
    lines = shown(console).splitlines()
    assert len(lines) == len(run.events) == 25
    assert lines[0] == "[0 00:00] It is late."
    assert lines[1] == '[1 00:00] Ann: "I am Ann."'


def test_what_is_shown_does_not_change_what_happens() -> None:
    with ConsoleProgress(terminal()) as progress:
        watched = talk().run(3, progress=progress)
    assert watched.events == talk().run(3).events


def test_the_lines_at_the_bottom_say_how_far_it_is_who_is_asked_and_how_fast() -> None:
    seen: list[list[str]] = []

    class Watching(ConsoleProgress):
        def asked(self, moment: Any, asks: Any) -> None:
            super().asked(moment, asks)
            self._began -= 2.0  # as if two seconds had gone by
            look = Console(file=io.StringIO(), width=80, color_system=None)
            look.print(self.status())
            seen.append(shown(look).splitlines())

    console = terminal()
    with Watching(console) as progress:
        talk(model=True).run(4, progress=progress)
    first, second = seen[0], seen[3]
    assert "step 1 of 4" in first[0] and "left" not in first[0] and "requests/s" not in first[0]
    assert "asking Ann, Bob, Cleo, Dora, Emil, Fay and 2 more (evening)" in first[1]
    assert "step 4 of 4" in second[0] and "0:03 left" in second[0] and "requests/s" in second[0] and "Day 1, 00:03" in second[0]
    assert all(len(line) <= 80 for lines in seen for line in lines)


def test_the_terminal_is_as_it_was_when_the_run_fails() -> None:
    def fails(view: Any) -> str:
        if view.moment.step == 2:
            time.sleep(0.3)
            raise ValueError("no voice")
        return "Yes."

    console = terminal()
    simulation = Simulation([Agent("Ann", actor=Scripted(fails))])
    with pytest.raises(Exception, match="no voice"), ConsoleProgress(console) as progress:
        simulation.run(3, progress=progress)
    assert shown(console).count("\x1b[?25l") == shown(console).count("\x1b[?25h") == 1  # the cursor is hidden, and shown again


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    console = open_console(Terminal())
    console.print("red", style="red")
    assert "\x1b[31m" not in shown(console) and "red" in shown(console)


def test_the_summary_counts_a_joint_action_for_each_who_took_part() -> None:
    from gamemaster import World, action

    class Lake(World):
        stock: int = 100

        @action(together=True)
        def harvest(self, wants: dict[str, int]) -> str:
            """Take fish."""
            self.stock -= sum(wants.values())
            return f"{len(wants)} fish."

    scene = Scene("lake", ["Ann", "Bob"], ActionSpec.of(Lake.harvest, "How many?"), rounds=9, order="simultaneous")
    agents = [Agent("Ann", actor=Scripted(lambda view: 3)), Agent("Bob", actor=Scripted(lambda view: "many"))]
    run = Simulation(agents, Lake(), scenes=[scene], max_failures=1).run(2)
    summary = summarize(run)
    assert summary.deeds == {"Ann": {"harvest": 2}, "Bob": {"no usable answer": 2}}
    assert [(each.place, each.start, each.end) for each in summary.changes] == [("stock", 100, 94)]
    assert summary.degraded and (summary.failures, summary.attempts) == (2, 4)
    assert last_line(run, summary) == "run, seed 0: 2 steps, finished (2 steps), degraded; no model asked"
