"""Where two runs part, and what was pinned differently."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from gamemaster import ActionSpec, Agent, Person, Run, Scene, Scripted, Simulation, World, action
from gamemaster.cli import main
from gamemaster.components import Constant
from gamemaster.language import Request
from gamemaster.record.table import Row, Table
from gamemaster.report import Comparison, compare, open_console, print_comparison
from gamemaster.report.side_by_side import around, side_by_side
from gamemaster.testing import HashEmbedder, ScriptedModel

NAMES = ["Ann", "Bob", "Cleo"]


class Well(World):
    water: int = 100
    drawn: dict[str, int] = {}

    @action
    def draw_a_bucket(self, actor: Person, count: int = 1) -> str:
        """Draw water."""
        self.water -= count
        self.drawn[actor] = self.drawn.get(actor, 0) + count
        self.measure("left", self.water)
        return f"{actor} draws {count}."


def talk(other: dict[tuple[int, str], str] | None = None, *, seed: int = 0, told: str = "Be brief.", **more: Any) -> Simulation:
    """Everybody says in every step which step it is; `other` says what somebody says instead, by step and name."""

    def answer(request: Request) -> str:
        return (other or {}).get((request.key.step, request.key.who), f"Step {request.key.step}.")

    return Simulation(
        [Agent(name, [Constant(told, label="Rules")]) for name in NAMES],
        scenes=[Scene("talk", NAMES, ActionSpec.speech(), rounds=99, order="simultaneous")],
        model=ScriptedModel(answer),
        embedder=HashEmbedder(),
        seed=seed,
        **more,
    )


def draw(counts: dict[int, int] | None = None, steps: int = 6) -> Run:
    agents = [Agent("Ann", actor=Scripted(lambda view: {"count": (counts or {}).get(view.moment.step, 1)}))]
    scene = Scene("well", ["Ann"], ActionSpec.of(Well.draw_a_bucket, "How many?"), rounds=99)
    return Simulation(agents, Well(), scenes=[scene], embedder=HashEmbedder()).run(steps)


def printed(found: Comparison, first: Run, second: Run) -> str:
    stream = io.StringIO()
    print_comparison(open_console(stream), found, first, second)
    text = stream.getvalue()
    read = [line for line in text.splitlines() if not line.startswith("Look further")]  # a command is to be copied
    assert all(cell_len(line) <= 80 for line in read), text
    return text


def test_the_same_run_is_the_same() -> None:
    first, second = talk().run(4), talk().run(4)
    found = compare(first, second)
    assert found.same and found.step is None and found.common == 4 and not found.pinned and not found.partings
    assert "The same run, steps 0 to 4." in printed(found, first, second)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 5), st.sampled_from(NAMES), st.booleans())
def test_they_part_where_one_answer_is_another(step: int, who: str, turned: bool) -> None:
    runs = talk().run(5), talk({(step, who): "No."}).run(5)
    first, second = reversed(runs) if turned else runs
    found = compare(first, second)
    assert not found.same and found.step == step
    call, event = found.parting("calls"), found.parting("events")
    assert call is not None and (call.step, call.row) == (step, f"{who}, actor, act/answer, 0")
    assert [each.where for each in call.differences] == ["answer"]
    assert event is not None and (event.step, event.row) == (step, f"{step}/event/{NAMES.index(who)}")
    assert {each.expected for each in event.differences} == {"No." if turned else f"Step {step}."}
    assert found.partings[0].what == "calls" and {"asks", "phases", "states at the start"} <= set(found.alike)
    text = printed(found, first, second)
    assert f"They part in step {step}." in text and "≠" in text


def test_prompts_may_differ_where_nothing_else_does() -> None:
    first, second = talk().run(3), talk(told="Be brief, please.").run(3)
    found = compare(first, second)
    call = found.parting("calls")
    assert [each.what for each in found.partings] == ["calls"] and call is not None and call.step == 1
    assert [(each.where, each.expected) for each in call.differences] == [("section 'Rules'", "Be brief.")]
    assert not found.same and "Be brief, please." in printed(found, first, second)


def test_another_seed_is_pinned_and_hides_nothing_else() -> None:
    first, second = talk(seed=1).run(3), talk(seed=2).run(3)
    found = compare(first, second)
    assert [(each.what, each.first, each.second, each.made_from) for each in found.pinned] == [("seed", 1, 2, True)]
    assert not found.partings and not found.same
    assert "The same happened in steps 0 to 3." in printed(found, first, second)


def test_what_the_world_came_to_is_told() -> None:
    first, second = draw(), draw({3: 2})
    found = compare(first, second)
    assert found.step == 3
    assert [(each.place, each.start, each.end) for each in found.world] == [("water", 97, 96), ("drawn.Ann", 3, 4)]
    text = printed(found, first, second)
    assert "The world after step 3" in text and "Ann draws 1." in text and "Ann draws 2." in text


def test_a_longer_run_goes_on() -> None:
    first, second = draw(steps=3), draw(steps=5)
    found = compare(first, second)
    assert not found.same and not found.partings and found.common == 3
    assert "The same up to step 3; the second goes on." in printed(found, first, second)


def test_a_row_that_only_one_has_is_named() -> None:
    quiet = Scripted(lambda view: None if view.moment.step == 2 else "Yes.")
    loud = Scripted(lambda view: "Yes.")
    runs = [
        Simulation([Agent("Ann", actor=each)], scenes=[Scene("t", ["Ann"], ActionSpec.speech(), rounds=9)]).run(3)
        for each in (quiet, loud)
    ]
    found = compare(*runs)
    observation = found.parting("attempts")
    assert found.step == 2 and observation is not None and observation.only == ""
    agents = [Simulation([Agent(name, actor=loud) for name in names]).run(1) for names in (["Ann"], ["Ann", "Bob"])]
    other = compare(*agents).parting("asks")
    assert other is not None and (other.only, other.row, other.step) == ("second", "Bob", 1)
    assert [(each.what, each.first) for each in compare(*agents).pinned] == [("agents.Bob", None), ("order", ["Ann"])]


def test_rows_are_read_up_to_the_difference_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = talk().run(30), talk({(2, "Bob"): "No."}).run(30)
    read = 0
    rows = Table.rows

    def counted(self: Table, *arguments: Any) -> Iterator[Row]:
        nonlocal read
        for row in rows(self, *arguments):
            read += self.name in ("events", "calls", "attempts")
            yield row

    monkeypatch.setattr(Table, "rows", counted)
    assert compare(first, second).step == 2
    assert 0 < read < 40  # of some 540


def test_where_the_chains_agree_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = talk().run(20), talk({(20, "Ann"): "No."}).run(20)
    read: set[int] = set()
    rows = Table.rows

    def noted(self: Table, *arguments: Any) -> Iterator[Row]:
        for row in rows(self, *arguments):
            read.update([row[0]] if self.name == "events" else [])
            yield row

    monkeypatch.setattr(Table, "rows", noted)
    assert compare(first, second).step == 20 and read == {20}


def test_a_fork_parts_where_it_was_made(tmp_path: Path) -> None:
    run = talk().run(4, archive=tmp_path / "parent")
    with run, run.fork(2, tmp_path / "child", simulation=talk(), tell={"Ann": "It rains."}) as child:
        found = compare(run, child)
        assert found.step == 3 and found.partings[0].what == "phases" and found.partings[0].only == "second"
        assert ("phases", "run", "run, fork from step 3") in [(each.what, each.first, each.second) for each in found.pinned]
        assert "They part in step 3." in printed(found, run, child)


def test_the_command_tells_both_and_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [tmp_path / name for name in ("a", "b", "c")]
    for folder, other in zip(folders, ({}, {}, {(2, "Bob"): "\x1b[2J</script>[red]\u202eNo."}), strict=True):
        talk(other).run(3, archive=folder).close()
    a, b, c = map(str, folders)
    assert main(["compare", a, b]) == 0
    assert "The same run" in capsys.readouterr().out
    assert main(["compare", a, c]) == 1
    text = capsys.readouterr().out
    assert "--why 2/event/1" in text and text.count("Look further") == 2
    assert "They part in step 2." in text and "[red]No." in text and "\x1b" not in text and "\u202e" not in text
    assert main(["compare", a, c, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["same"], told["step"], told["partings"][0]["what"]) == (False, 2, "calls")
    assert told["partings"][0]["differences"][0]["first"] == "Step 2."
    assert main(["compare", a, b, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["same"] is True
    assert main(["compare", a, str(tmp_path / "none")]) == 2
    assert "There is no folder" in capsys.readouterr().err
    assert main(["compare", a]) == 2


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")), st.integers(20, 200))
def test_side_by_side_loses_no_line(first: list[str], second: list[str], width: int) -> None:
    table = side_by_side(first, second, ("one", "two"), width=width, most=1000)
    stream = io.StringIO()
    open_console(stream).print(table, width=width)
    lines = stream.getvalue().splitlines()[1:]
    if first == second:
        assert len(lines) <= max(1, len(first))
    else:
        left = [line[:3].strip() for line in lines if line[:3].strip()]
        assert left == first[len(first) - len(left) :]
    assert all(cell_len(line) <= width for line in lines)


@given(st.text(), st.text(), st.integers(10, 50))
def test_around_shows_where_texts_part(first: str, second: str, most: int) -> None:
    one, other = around(first, second, most)
    assert max(len(one), len(other)) <= max(most + 4, len("(empty)"))
