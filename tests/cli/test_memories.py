"""gamemaster memories: listed, searched, written; edited as an intervention on record that a resumed run goes on with."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from gamemaster import load_run
from gamemaster.memory import read_jsonl, read_parquet
from gamemaster.record import Archive, canonical_export, verify
from gamemaster.testing import HashEmbedder


def exported(folder: str) -> bytes:
    stream = BytesIO()
    with load_run(folder) as run:
        canonical_export(run.archive, stream)
    return stream.getvalue()


@pytest.fixture
def folder(command: Any, market: str) -> str:
    assert command("run", market, "--set", "policy=random", "--steps", "3", "--quiet", "--out", "a").code == 0
    return "a"


def edit(path: str, change: Any) -> None:
    """Write the memories of a file with their rows changed."""
    head, *lines = Path(path).read_text().splitlines()
    rows = [json.loads(each) for each in lines]
    change(rows)
    Path("edited.jsonl").write_text("\n".join([head, *map(json.dumps, rows)]) + "\n")


def test_they_are_listed_with_their_times_and_ids(command: Any, folder: str) -> None:
    told = command("memories", folder, "Ann")
    with load_run(folder) as run:
        held = run.memories("Ann")
        assert told.code == 0
        assert told.out.splitlines()[-1] == f"Ann: {len(held)} memories"
        for record, line in zip(held, told.out.splitlines(), strict=False):
            assert record.text in line and record.id in line and "day 1 00:0" in line
        early = command("memories", folder, "Ann", "--step", "1")
        assert early.out.splitlines()[-1] == f"Ann: {len(run.memories('Ann', 1))} memories"
    rows = [json.loads(each) for each in command("memories", folder, "Ann", "--json").out.splitlines()]
    assert [(each["id"], each["text"]) for each in rows] == [(each.id, each.text) for each in held]


def test_they_are_written_as_both_kinds_of_file(command: Any, folder: str) -> None:
    with load_run(folder) as run:
        held = run.memories("Ann")
    assert command("memories", folder, "Ann", "-o", "m.jsonl").out == f"m.jsonl: {len(held)} memories of Ann\n"
    assert command("memories", folder, "Ann", "-o", "m.parquet").code == 0
    assert read_jsonl("m.jsonl") == list(read_parquet("m.parquet").records) == held


def test_an_edit_is_an_intervention_that_a_resumed_run_goes_on_with(command: Any, folder: str, market: str) -> None:
    command("memories", folder, "Ann", "-o", "m.jsonl")
    held = read_jsonl("m.jsonl")

    def change(rows: list[Any]) -> None:
        rows[0] |= {"text": "Ann dreamt of figs.", "importance": 9}
        rows[1]["deleted"] = True
        rows.append({"text": "Ann owes Bob 3 coins.", "kind": "thought", "rests_on": [rows[0]["id"]]})

    edit("m.jsonl", change)
    told = command("memories", folder, "Ann", "--edit", "edited.jsonl")
    assert (told.code, "1 changed, 1 added, 1 forgotten" in told.out) == (0, True)
    with load_run(folder) as run:
        assert verify(run.archive) == []
        assert run.last_step == 3
        event = run.events[-1]
        assert (event.kind, event.step, event.witnesses) == ("intervention", 3, ())
        now = run.memories("Ann")
        assert (now[0].text, now[0].importance, now[0].versions[0].text) == ("Ann dreamt of figs.", 9.0, held[0].text)
        assert (now[-1].text, now[-1].depth, now[-1].rests_on) == ("Ann owes Bob 3 coins.", 1, (held[0].id,))
        assert held[1].id not in {each.id for each in now}
        assert run.memories("Bob")
    assert b"Ann dreamt of figs." in exported(folder) and held[0].text.encode() in exported(folder)
    listed = command("memories", folder, "Ann").out
    assert f"until step 3: {held[0].text}" in listed
    assert command("resume", folder, market, "--steps", "5", "--quiet").code == 0
    with load_run(folder) as run:
        assert verify(run.archive) == []
        later = {each.id: each for each in run.memories("Ann")}
        assert later[held[0].id].versions == now[0].versions
        assert (later[now[-1].id].text, run.last_step) == ("Ann owes Bob 3 coins.", 5)
        assert held[1].id not in later


def test_a_wrong_line_changes_nothing(command: Any, folder: str) -> None:
    before = exported(folder)
    command("memories", folder, "Ann", "-o", "m.jsonl")
    edit("m.jsonl", lambda rows: rows[0].update(text="x") or rows[1].update(importance=11))
    told = command("memories", folder, "Ann", "--edit", "edited.jsonl")
    assert (told.code, "edited.jsonl, line 3" in told.err, "importance 11" in told.err) == (2, True, True)
    edit("m.jsonl", lambda rows: rows[0].update(time=5.5))
    assert "line 2, field time" in command("memories", folder, "Ann", "--edit", "edited.jsonl").err
    told = command("memories", folder, "Ann", "--edit", "m.jsonl")
    assert (told.code, "changes nothing" in told.out) == (0, True)
    assert exported(folder) == before


def test_bad_input_is_told_in_one_line(command: Any, folder: str) -> None:
    for arguments, message in (
        (("memories", folder, "Anne"), "Did you mean 'Ann'"),
        (("memories", "nowhere", "Ann"), "There is no folder"),
        (("memories", folder, "Ann", "--step", "9"), "no step 9"),
        (("memories", folder, "Ann", "-o", "m.txt"), ".jsonl or .parquet"),
        (("memories", folder, "Ann", "-o", "m.jsonl", "--json"), "one of them"),
        (("memories", folder, "Ann", "--edit", "m.jsonl"), "m.jsonl can't be read"),
        (("memories", folder, "Ann", "--edit", "m.jsonl", "--step", "1"), "--edit changes"),
        (("memories", folder, "Anne", "--edit", "m.jsonl"), "Did you mean 'Ann'"),
        (("memories", folder, "Ann", "-o", "no/m.jsonl"), "can't be written"),
        (("memories", folder, "Ann", "--search", " "), "isn't empty"),
    ):
        told = command(*arguments)
        assert told.code == 2, arguments
        assert message in told.err.replace("\n", " "), told.err


def test_somebody_else_who_writes_is_waited_for(command: Any, folder: str) -> None:
    Path("m.jsonl").write_text('{"gamemaster_memories": 1}\n{"text": "new"}\n')
    with Archive.open(folder, write=True):
        assert "is writing" in command("memories", folder, "Ann", "--edit", "m.jsonl").err
    assert command("memories", folder, "Ann", "--edit", "m.jsonl").code == 0


def test_a_search_shows_scores_by_their_parts(command: Any, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gamemaster.memory.load_embedder", HashEmbedder)
    with load_run(folder) as run:
        wanted = run.memories("Ann")[0]
    told = command("memories", folder, "Ann", "--search", wanted.text, "--json")
    rows = [json.loads(each) for each in told.out.splitlines()]
    assert 0 < len(rows) <= 10
    assert rows[0]["score"] == rows[0]["relevance_part"] + rows[0]["recency_part"] + rows[0]["importance_part"]
    assert [each["score"] for each in rows] == sorted((each["score"] for each in rows), reverse=True)
    assert "relevance" in command("memories", folder, "Ann", "--search", wanted.text).out.splitlines()[0]
