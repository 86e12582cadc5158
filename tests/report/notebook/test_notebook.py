"""Runs in a notebook: as static HTML, listings and frames."""

from __future__ import annotations

import sys

import pytest

from gamemaster import ActionSpec, Agent, Probe, Run, Scene, Scripted, Simulation
from gamemaster.record import Archive
from gamemaster.report import FRAMES, Listing, frame, run_html
from gamemaster.words import BadInput, UnknownName
from tests.words.test_static_html import ATTACKS, read

SAID = [each.replace("\ud800", "") for each in ATTACKS]


def talk(rounds: int = 6) -> Run:
    said = Scripted(lambda view: 5 if view.spec.kind == "number" else SAID[view.moment.step % len(SAID)])
    scene = Scene("evening", ["Ann", "Bob"], ActionSpec.speech(), rounds=rounds)
    probe = Probe({"mood": ActionSpec.number("How are you, {name}?", 0, 10)}, when="every step")
    agents = [Agent("Ann", actor=said), Agent("Bob", actor=said)]
    simulation = Simulation(agents, premise="Late.", scenes=[scene], probes=[probe])
    simulation.metrics = lambda run: {"<b>": len(run.events)}
    return simulation.run(2 * rounds)


def test_a_run_shows_how_it_ended_its_metrics_and_its_last_events() -> None:
    run = talk()
    told = read(run._repr_html_())  # pyright: ignore[reportPrivateUsage]
    assert (
        "finished (the schedule has nothing more to ask)" in told and "in memory" in told and "The last 10 of 13 events" in told
    )
    assert "<b>13" in told and "12/event/0" in told and "2/event/0" not in told.replace("12/event/0", "")


def test_only_the_last_events_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    run, steps = talk(20), list[int | None]()
    events = Archive.events

    def noted(self: Archive, *, step: int | None = None, **more: object) -> object:
        steps.append(step)
        return events(self, step=step)

    monkeypatch.setattr(Archive, "events", noted)
    run_html(run)
    assert steps == list(range(40, 30, -1))


def test_a_listing_has_a_column_for_each_field_of_interest() -> None:
    run = talk()
    told = read(Listing(run.events, most=3)._repr_html_())
    assert "idkindactor" in told and "0/event/0" in told and "3/event/0" not in told and "… and 10 more" in told
    assert "heard" in read(Listing(run.observations("Ann"))._repr_html_())
    assert "importance" in read(Listing(run.memories("Ann"))._repr_html_())
    assert "question" in read(Listing(run.table("answers"))._repr_html_())
    assert "spec" in read(Listing(run.attempts)._repr_html_())
    assert read(Listing([])._repr_html_()) == "nothing"
    assert read(Listing([1, 2])._repr_html_()) == "int12"
    with pytest.raises(BadInput, match="Event and Attempt"):
        Listing([*run.events, *run.attempts])
    with pytest.raises(BadInput, match="at least one row"):
        Listing([], most=0)


@pytest.mark.parametrize("name", FRAMES)
def test_every_frame_has_the_rows_of_its_table(name: str) -> None:
    pytest.importorskip("pandas")
    run = talk(2)
    found = run.frame(name)
    if name in ("events", "observations", "attempts", "answers", "asks"):
        rows = run.table(name)
        assert len(found) == len(rows) > 0 and list(found.columns) == list(rows[0])
    if name == "dialogue":
        assert list(found["speaker"]) == ["Ann", "Bob", "Ann", "Bob"]


def test_a_frame_that_is_not_there_is_told() -> None:
    with pytest.raises(UnknownName, match=r"'event'.*'events'"):
        talk(1).frame("event")


def test_without_pandas_a_frame_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(BadInput, match=r"pip install 'gamemaster\[experiment\]'.*run\.table"):
        frame(talk(1), "events")


def test_a_step_shows_what_happened_in_it() -> None:
    simulation = Simulation([Agent("Ann", actor=Scripted(lambda view: "<i>hm</i>"))])
    told = [read(step._repr_html_()) for step in simulation.steps(2)]  # pyright: ignore[reportPrivateUsage]
    assert told[1].startswith("Step 2") and "askedAnn" in told[1] and "Ann: <i>hm</i>" in told[1]
