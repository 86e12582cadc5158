"""What the viewer is given is what is on record."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.record import Archive, Measure, StepRecord
from gamemaster.record.json_patch import apply_patch
from gamemaster.report.viewer.contents import Contents
from gamemaster.report.viewer.paging import cut
from gamemaster.report.viewer.thought import Thinking, details_page
from gamemaster.simulation.loop import run_plain
from gamemaster.simulation.provenance import provenance
from gamemaster.words import ArchiveError


def details(archive: Archive) -> dict[str, Any]:
    contents = Contents(archive)
    steps: dict[str, Any] = {}
    for page in range(len(contents.pages)):
        steps |= contents.make(f"details/{page}")["steps"]
    return steps


@given(st.lists(st.integers(0, 900), max_size=80))
def test_pages_hold_every_step_once_and_never_half_a_step(counts: list[int]) -> None:
    pages = cut(enumerate(counts))
    assert [step for page in pages for step in range(page.first, page.last + 1)] == list(range(len(counts)))
    for page in pages:
        assert page.count == sum(counts[page.first : page.last + 1])
        assert page.start == sum(counts[: page.first])
        assert page.count <= 400 or page.first == page.last
    # What has been written stays as it is when the run goes on.
    assert cut(enumerate([*counts, 5]))[: len(pages) - 1] == pages[: len(pages) - 1]


def test_the_events_are_those_on_record_with_whoever_noticed_them(archive: Archive) -> None:
    contents = Contents(archive)
    shown = [event for page in range(len(contents.pages)) for event in contents.make(f"events/{page}")["events"]]
    events = list(archive.events())
    assert [(each["id"], each["kind"], each["text"], each.get("change")) for each in shown] == [
        (each.id, each.kind, each.text, each.change or None) for each in events
    ]
    texts = {each.id: each.text for each in events}
    noticed = {
        (event["id"], seen[0], seen[1], seen[2] if len(seen) > 2 else texts[event["id"]])
        for event in shown
        for seen in event.get("seen", ())
    }
    assert noticed == {(each.event_id, each.to, each.how, each.text) for each in archive.observations()}
    outline = contents.make("outline")
    assert [outline["names"][at] for at in outline["actor"]] == [each.actor for each in events]


def test_every_event_has_the_cause_that_why_tells(archive: Archive) -> None:
    steps = details(archive)
    kinds = set[str]()
    for event in archive.events():
        told = provenance(archive, event.id)
        kinds.add(told["cause"]["kind"])
        assert steps[str(event.step)]["causes"][event.id] == json.loads(json.dumps(told["cause"]))
        for attempt in told["attempts"]:
            shown = next(each for each in steps[str(event.step)]["attempts"] if each["id"] == attempt["id"])
            assert shown["answer"] == attempt["answer"]
            assert shown.get("grounding") == attempt["grounding"]
    assert {"attempt", "joint action", "delayed action", "intervention", "premise"} <= kinds


def test_calls_and_recalls_are_whole(archive: Archive) -> None:
    steps = details(archive)
    for row in archive.calls():
        key = row.key
        found = [
            each
            for each in steps[str(key.step)]["calls"]
            if (each["who"], each["component"], each["what"], each["idx"]) == (key.who, key.component, key.what, key.index)
        ]
        assert len(found) == 1
        assert len(found[0]["sections"]) == len(row.prompt.sections)
        assert (found[0]["call"], found[0]["answer"]["text"]) == (row.prompt.call, row.answer.text)
    recalls = [(step, each.query, len(each.hits)) for step, each in archive.recalls()]
    assert recalls
    assert recalls == [(int(step), each["query"], len(each["hits"])) for step in steps for each in steps[step]["recalls"]]


def test_what_is_left_out_says_so_and_failures_never_are(archive: Archive) -> None:
    contents = Contents(archive)
    page = details_page(archive, contents.pages[0], Thinking(wanted=lambda step, who, what: False, short=5))
    calls = [call for step in page["steps"].values() for call in step["calls"]]
    assert any(call.get("failure") for call in calls)
    for call in calls:
        assert ("sections" in call) == bool(call.get("failure"))
        assert "omitted" not in call or len(call["answer"]["text"]) <= 6
    assert all(each == {**each, "omitted": True} and "hits" not in each for s in page["steps"].values() for each in s["recalls"])


def test_the_world_is_the_recorded_one_at_every_step(archive: Archive) -> None:
    page = Contents(archive).make("world/0")
    fields = page["fields"]
    changed = {step: (kind, value) for step, kind, value in page["steps"]}
    for step in range(page["last"] + 1):
        if step in changed:
            kind, value = changed[step]
            fields = (
                apply_patch({"fields": fields}, [{**each, "path": f"/fields{each['path']}"} for each in value])["fields"]
                if kind == "patch"
                else value
            )
        assert fields == archive.states(step)["world"][1]["fields"]


def test_the_rest_of_a_run_is_there(archive: Archive) -> None:
    contents = Contents(archive)
    held = {name: contents.make(name) for name in contents.names()}
    json.dumps(held, allow_nan=False)
    assert sum(len(each["memories"]) for name, each in held.items() if name.startswith("memories/")) == len(archive.memories())
    asked = sum(row.answer.usage.asked for row in archive.calls())
    assert sum(part[4] for part in held["costs"]["parts"]) == asked
    assert held["failures"]["totals"]["failed"] == sum(each.failed for each in archive.attempts())
    assert held["probes"]["rows"]
    assert set(held["states"]["parts"]) == set(archive.states()) - {"world"}


@pytest.mark.parametrize("name", ["", "nothing", "events/99", "events/-1", "events/x", "../run.sqlite", "memories/99", "world/9"])
def test_what_there_is_not_is_told(archive: Archive, name: str) -> None:
    with pytest.raises(ArchiveError, match=r"no|nothing"):
        Contents(archive).make(name)


def test_those_who_were_born_in_the_run_are_there(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "run", configuration={"order": ["Ann"], "seed": 1}, environment={}) as archive:
        run_plain(archive.commit(StepRecord(step=0, measures=[Measure(name="born", value=True, who="Dora")])))
        assert Contents(archive).index["agents"] == ["Ann", "Dora"]


def test_what_a_model_on_this_machine_took_is_told(village: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(village, folder)
    with closing(sqlite3.connect(folder / "run.sqlite")) as database:
        key = database.execute("SELECT step, who, component, what, idx FROM calls ORDER BY 1, 2, 3, 4, 5").fetchone()
        database.execute("INSERT INTO work VALUES (?, ?, ?, ?, ?, 0.25, 1.5, 8)", key)
        database.commit()
    with Archive.open(folder) as archive:
        calls = details(archive)[str(key[0])]["calls"]
        assert [call["work"] for call in calls if "work" in call] == [[0.25, 1.5, 8]]
