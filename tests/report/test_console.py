"""A run as somebody at the console follows it."""

from __future__ import annotations

import asyncio
import io
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from gamemaster import ActionSpec, Agent, AskModel, Scene, Scripted, Simulation
from gamemaster.language import Answer, Request, Usage
from gamemaster.record import Archive, CallRecord
from gamemaster.report import ConsoleProgress, last_line, open_console, summarize
from gamemaster.report.run_standing import RunStanding, duration
from gamemaster.testing import ScriptedModel
from gamemaster.words import StepFailed

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


class Priced(ScriptedModel):
    """A model that tells what it costs, and what a batch of it held."""

    metadata = {"price": {"prompt": 1000.0, "generated": 2000.0}}
    statistics = {"decode_batches": 4, "decode_rows": 26}

    @property
    def deterministic(self) -> bool:
        return False

    async def answer(self, request: Request) -> Answer:
        answer = await super().answer(request)
        return replace(answer, usage=Usage(prompt_tokens=100, answer_tokens=50))


def looked_at(progress: ConsoleProgress) -> list[str]:
    look = Console(file=io.StringIO(), width=80, color_system=None)
    look.print(progress.status())
    return shown(look).splitlines()


def test_the_lines_at_the_bottom_say_how_far_it_is_how_fast_at_what_cost_and_who_thinks() -> None:
    seen: list[list[str]] = []
    now = [0.0]

    class Watching(ConsoleProgress):
        def begin(self, simulation: Simulation, steps: int) -> None:
            self.standing = RunStanding(clock=lambda: now[0])
            super().begin(simulation, steps)

        def asked(self, moment: Any, asks: Any) -> None:
            super().asked(moment, asks)
            now[0] += 2.0  # as if two seconds had gone by
            seen.append(looked_at(self))

    simulation = talk()
    simulation.use_only(Priced())
    for agent in simulation.agents:
        agent.actor = AskModel()
    with Watching(terminal()) as progress:
        simulation.run(4, progress=progress)
    first, last = seen[0], seen[3]
    assert "step 1 of 4" in first[0] and "left" not in first[0] and len(first) == 2
    assert first[1] == "thinking: Ann, Bob, Cleo, Dora and 4 more (evening)"
    assert "step 4 of 4 · 0:03 left · Day 1, 00:03" in last[0]
    # 24 requests in 8 seconds, 100 + 50 tokens each, at 1000 and 2000 a million; 26 rows in 4 batches.
    assert last[1] == "150 tokens/s · 3.0 requests/s · 24 requests, 3,600 tokens · cost 4.8 · 6 a batch"
    assert all(len(line) <= 80 for lines in seen for line in lines)


def test_who_has_answered_is_told_while_others_think() -> None:
    said: list[str] = []
    progress = ConsoleProgress(terminal())

    class Looking(ScriptedModel):
        async def answer(self, request: Request) -> Answer:
            said.append(progress.standing.who_thinks())
            await asyncio.sleep(0.001 * NAMES.index(request.key.who))
            return await super().answer(request)

    simulation = Simulation(
        [Agent(name) for name in NAMES[:3]],
        scenes=[Scene("evening", NAMES[:3], ActionSpec.speech(), rounds=1, order="simultaneous")],
        model=Looking(),
    )
    watched: list[str] = []
    record = Archive.record_call

    async def recorded(self: Archive, call: CallRecord) -> None:
        await record(self, call)
        watched.append(progress.standing.who_thinks())

    with progress, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Archive, "record_call", recorded)
        simulation.run(1, progress=progress)
    assert said[0] == "thinking: Ann, Bob, Cleo (evening)"
    assert watched == [
        "thinking: Bob, Cleo; 1 answered (evening)",
        "thinking: Cleo; 2 answered (evening)",
        "Cleo: actor; 3 answered (evening)",
    ]


def test_what_names_hold_is_not_obeyed() -> None:
    name = "[red]Eve[/red]"
    lines: list[list[str]] = []

    class Looking(ConsoleProgress):
        def asked(self, moment: Any, asks: Any) -> None:
            super().asked(moment, asks)
            lines.append(looked_at(self))

    progress = Looking(terminal())
    simulation = Simulation(
        [Agent(name, actor=Scripted(lambda view: "\x1b[2J[bold]x[/bold]"))],
        scenes=[Scene("[b]late[/b]", [name], ActionSpec.speech(), rounds=1)],
    )
    with progress:
        simulation.run(1, progress=progress)
    assert lines[0][-1] == "thinking: [red]Eve[/red] ([b]late[/b])"
    assert '[red]Eve[/red]: "[2J[bold]x[/bold]"' in shown(progress.console)


@given(st.floats(0, 1e6))
def test_a_duration_is_minutes_and_seconds(seconds: float) -> None:
    parts = [int(each) for each in duration(seconds).split(":")]
    assert sum(each * 60**place for place, each in enumerate(reversed(parts))) == round(seconds)
    assert all(each < 60 for each in parts[1:])


def test_the_terminal_is_as_it_was_when_the_run_fails() -> None:
    def fails(view: Any) -> str:
        if view.moment.step == 2:
            time.sleep(0.3)
            raise ValueError("no voice")
        return "Yes."

    console = terminal()
    simulation = Simulation([Agent("Ann", actor=Scripted(fails))])
    with pytest.raises(StepFailed, match="no voice"):  # also where nobody wrote `with`
        simulation.run(3, progress=ConsoleProgress(console))
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
    assert "no model asked, cost 0.046" in last_line(run, summary, cost=0.046)
