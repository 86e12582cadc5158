"""Who steps a run from the page changes it between steps, and all of that is on record."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, Scene, Scripted, Simulation, load_run
from gamemaster.record import verify
from gamemaster.report.viewer.stepping import Stepping
from gamemaster.simulation import replay
from gamemaster.testing import HashEmbedder
from gamemaster.words import BadInput, Component, Turn, UnknownName

NAMES = ("Ada", "Ben", "Cleo")


class Count(Component):
    """Holds a number."""

    def __init__(self) -> None:
        self.number = 0

    async def context(self, turn: Turn) -> str:
        return str(self.number)

    def state(self) -> dict[str, Any]:
        return {"number": self.number}

    def restore(self, state: Any) -> None:
        self.number = int(state["number"])


def build() -> Simulation:
    """Two talk; Cleo is there, but takes no part, so no step touches her unless somebody does."""
    agents = [Agent(name, [Count()], actor=Scripted(lambda view: "Hello.")) for name in NAMES]
    talk = Scene("talk", NAMES[:2], ActionSpec.speech(), rounds=50, order="simultaneous", hears=NAMES[:2])
    return Simulation(agents, premise="It begins.", scenes=[talk], embedder=HashEmbedder())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    build().run(2, archive=folder).close()
    return folder


@pytest.fixture
def stepping(folder: Path) -> Iterator[Stepping]:
    made = Stepping(build(), folder, steps=20)
    yield made
    made.close()


def until(reached: Callable[[], bool]) -> None:
    for _ in range(2000):
        if reached():
            return
        time.sleep(0.01)
    raise AssertionError("It was not reached in 20 seconds.")


def last(folder: Path) -> int:
    with load_run(folder) as run:
        return run.last_step


def paused_at(stepping: Stepping, folder: Path, step: int) -> None:
    until(lambda: stepping.state()["phase"] == "paused" and last(folder) == step)


def test_nothing_is_written_before_the_first_step(folder: Path, stepping: Stepping) -> None:
    before = (folder / "run.sqlite").read_bytes()
    assert stepping.state()["phase"] == "paused"
    stepping.close()
    assert (folder / "run.sqlite").read_bytes() == before


def test_steps_are_counted_and_pausing_ends_them(folder: Path, stepping: Stepping) -> None:
    stepping.order({"do": "step"})
    paused_at(stepping, folder, 3)
    stepping.order({"do": "step", "count": 2})
    paused_at(stepping, folder, 5)
    stepping.order({"do": "play"})
    until(lambda: last(folder) >= 7)
    stepping.order({"do": "pause"})
    until(lambda: stepping.state()["phase"] != "stepping")
    stands = last(folder)
    time.sleep(0.1)
    assert last(folder) == stands


def test_changes_are_made_before_the_next_step_and_are_on_record(folder: Path, stepping: Stepping) -> None:
    with load_run(folder) as run:
        memory = run.memories("Ada")[0]
    stepping.order({"do": "tell", "text": "The bridge is closed.", "to": ["Ben"]})
    stepping.order({"do": "memory", "agent": "Ada", "id": memory.id, "text": "It ended.", "importance": 3.0})
    stepping.order({"do": "memory", "agent": "Cleo", "text": "A dream of apples."})
    stepping.order({"do": "state", "agent": "Cleo", "component": "count", "state": {"number": 7}})
    taken_back = stepping.order({"do": "tell", "text": "Never mind.", "to": None})["waiting"][-1]
    stepping.order({"do": "drop", "number": taken_back["number"]})
    assert len(stepping.state()["waiting"]) == 4
    assert last(folder) == 2
    stepping.order({"do": "step"})
    paused_at(stepping, folder, 3)
    assert stepping.state()["waiting"] == []
    assert stepping.state()["told"] == []
    stepping.close()
    with load_run(folder) as run:
        made = [event for event in run.events if event.kind == "intervention"]
        assert [(event.step, event.text, event.witnesses) for event in made] == [
            (3, "The bridge is closed.", ("Ben",)),
            (3, "What Ada remembers is edited by hand: 1 changed.", ()),
            (3, "What Cleo remembers is edited by hand: 1 added.", ()),
            (3, "The state of Cleo's count is edited by hand.", ()),
        ]
        edited = next(each for each in run.memories("Ada") if each.id == memory.id)
        assert (edited.text, edited.importance, edited.versions[0].text) == ("It ended.", 3.0, memory.text)
        assert "A dream of apples." in [each.text for each in run.memories("Cleo")]
        assert "The bridge is closed." in [each.text for each in run.memories("Ben")]
        assert "The bridge is closed." not in [each.text for each in run.memories("Ada")]
        states = run.archive.states()
        assert [states[f"agent/{name}/count"][1]["number"] for name in NAMES] == [0, 0, 7]
        assert verify(run.archive) == []
    resumed = build()
    with resumed.run(4, archive=folder, resume=True) as run:
        assert run.archive.states()["agent/Cleo/count"][1] == {"number": 7}


def test_a_memory_is_forgotten(folder: Path, stepping: Stepping) -> None:
    with load_run(folder) as run:
        memory = run.memories("Ada")[0]
    stepping.order({"do": "memory", "agent": "Ada", "id": memory.id, "forget": True})
    stepping.order({"do": "step"})
    paused_at(stepping, folder, 3)
    with load_run(folder) as run:
        assert memory.id not in [each.id for each in run.memories("Ada")]
        assert "What Ada remembers is edited by hand: 1 forgotten." in [each.text for each in run.events if each.step == 3]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "do|tag"),
    ({"do": "jump"}, "jump"),
    ({"do": "step", "count": 0}, "count"),
    ({"do": "step", "count": True}, "count"),
    ({"do": "tell", "text": "   "}, "text"),
    ({"do": "tell", "text": "x", "to": []}, "Nobody"),
    ({"do": "tell", "text": "x", "to": ["Dora"]}, "Dora"),
    ({"do": "tell", "text": 3}, "text"),
    ({"do": "memory", "agent": "Ada", "id": "9/memory/9", "text": "x"}, "9/memory/9"),
    ({"do": "memory", "agent": "Ada", "id": "", "forget": True}, "id"),
    ({"do": "memory", "agent": "Ada", "id": "0/memory/0"}, "Nothing"),
    ({"do": "memory", "agent": "Dora", "text": "x"}, "Dora"),
    ({"do": "state", "agent": "Ada", "component": "plan", "state": {}}, "plan"),
    ({"do": "state", "agent": "Ada", "component": "count", "state": {"x": "y" * 20_000}}, "characters"),
    ({"do": "state", "agent": "Ada", "component": "count", "state": {}, "more": 1}, "more"),
]


@pytest.mark.parametrize(("order", "said"), WRONG)
def test_what_can_not_be_is_refused_at_once(stepping: Stepping, order: dict[str, Any], said: str) -> None:
    with pytest.raises((BadInput, UnknownName), match=said):
        stepping.order(order)
    assert stepping.state()["waiting"] == []


def test_a_state_that_a_component_can_not_take_up_is_told_and_the_run_goes_on(folder: Path, stepping: Stepping) -> None:
    stepping.order({"do": "state", "agent": "Ada", "component": "count", "state": {"wrong": 1}})
    stepping.order({"do": "step"})
    paused_at(stepping, folder, 3)
    (told,) = stepping.state()["told"]
    assert "Ada's count can't take up that state" in told
    with load_run(folder) as run:
        assert run.archive.states()["agent/Ada/count"][1] == {"number": 0}


def test_the_end_is_told_and_nothing_is_taken_after_it(folder: Path) -> None:
    stepping = Stepping(build(), folder, steps=3)
    stepping.order({"do": "play"})
    until(lambda: stepping.state()["phase"] == "ended")
    assert stepping.state()["ended"] == "3 steps"
    for order in ({"do": "step"}, {"do": "tell", "text": "x"}):
        with pytest.raises(BadInput, match="no further"):
            stepping.order(order)
    stepping.close()
    with load_run(folder) as run:
        assert (run.last_step, run.status, run.stopped_by) == (3, "finished", "3 steps")


def test_a_run_that_somebody_else_writes_is_not_touched(folder: Path) -> None:
    other = build().steps(9, archive=folder, resume=True)
    next(other)
    stepping = Stepping(build(), folder, steps=20)
    stepping.order({"do": "step"})
    until(lambda: stepping.state()["phase"] == "ended")
    assert "is writing" in stepping.state()["failed"]
    stepping.close()
    next(other)
    assert last(folder) == 4
    del other


def test_closing_lets_the_run_stand_resumable(folder: Path, stepping: Stepping) -> None:
    stepping.order({"do": "step"})
    paused_at(stepping, folder, 3)
    stepping.close()
    with load_run(folder) as run:
        assert (run.status, run.stopped_by) == ("stopped", "the caller")
    with build().run(5, archive=folder, resume=True) as run:
        assert run.last_step == 5


def test_what_was_told_is_replayed_and_edits_by_hand_are_a_difference(folder: Path, stepping: Stepping) -> None:
    stepping.order({"do": "tell", "text": "The bridge is closed.", "to": ["Ben"]})
    stepping.order({"do": "step"})
    paused_at(stepping, folder, 3)
    stepping.order({"do": "memory", "agent": "Cleo", "text": "A dream of apples."})
    stepping.order({"do": "step"})
    paused_at(stepping, folder, 4)
    stepping.close()
    again = replay(folder, build())
    assert (again.steps, again.place.split(",")[0]) == (3, "step 4")
    assert "memories" in again.message or "Cleo" in again.message
