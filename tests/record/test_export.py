"""What is exported reads back as what the archive holds, in each format, whatever the texts; and says that it is synthetic."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gamemaster import Run, load_run
from gamemaster.record import Archive, ProbeAnswer, StepRecord, canonical_export
from gamemaster.record.exports import EXPORTS, export_run, export_to_stream
from gamemaster.record.json_text import to_json
from gamemaster.words import ActionSpec, BadInput, Event, Failure, UnknownName
from tests.record.test_round_trip import runs, write
from tests.simulation.village import NAMES, build_village

SHEETS = [each for each in EXPORTS if each not in ("run", "messages", "finetuning")]
HOSTILE = [
    "=1+1",
    "+49 30",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "'quoted",
    "\uff1d1",
    'a "b" c',
    "two\nlines\r\nthree",
    "nul\x00bell\x07esc\x1b[31m",
    "half \ud800 a letter",
    "separators \u2028 \u2029 \x85",
    "</data><script>alert(1)</script>&amp;",
    "\ufffe\uffff",
    "a,b;c",
    "",
    " ",
    "emoji 🐟",
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("export") / "village"
    build_village().run(7, archive=folder).close()
    with load_run(folder) as loaded:
        yield loaded


def exported(archive: Archive, what: str, format: str = "jsonl", **more: Any) -> bytes:
    stream = io.BytesIO()
    export_to_stream(archive, stream, what=what, format=format, **more)
    return stream.getvalue()


def lines(archive: Archive, what: str, **more: Any) -> list[dict[str, Any]]:
    return [json.loads(each) for each in exported(archive, what, **more).decode().splitlines()]


def hostile_archive(texts: list[str]) -> Archive:
    """Every text as the name of a speaker and hearer, as words, place, scene, question and answer."""
    archive = Archive.create(None, configuration={"order": texts}, environment={})
    events = [
        Event(
            id=f"0/event/{n}",
            step=0,
            time=0.5,
            kind="speech",
            actor=text,
            text=text,
            place=text,
            scene=text,
            witnesses=(text, "B"),
        )
        for n, text in enumerate(texts)
    ]
    answers = [
        ProbeAnswer(probe=text, who=text, question=text, answer=text, spec=ActionSpec.free(text)) for text in dict.fromkeys(texts)
    ]
    asyncio.run(archive.commit(StepRecord(step=0, events=events, probe_answers=answers)))
    return archive


def read_csv(text: bytes) -> list[dict[str, str]]:
    """The rows as a careful reader has them: one apostrophe taken from the start of each cell that has it."""
    rows = list(csv.reader(io.StringIO(text.decode(), newline="")))
    unguarded = [[cell.removeprefix("'") for cell in row] for row in rows]
    return [dict(zip(unguarded[0], row, strict=True)) for row in unguarded[1:]]


def visible(text: str) -> str:
    """The text as CSV and XML hold it."""
    escaped = re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)
    pictured = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", lambda found: chr(0x2400 + ord(found[0])), escaped).replace(
        "\x7f", "\u2421"
    )
    return re.sub("[\x80-\x84\x86-\x9f\ufffe\uffff]", "\ufffd", pictured)


# --- reading back ---


# Shrinking whole runs takes minutes; the first that fails is small enough to be read.
@settings(
    max_examples=5,
    suppress_health_check=[HealthCheck.too_slow],
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(made=runs())
def test_any_archive_reads_back_from_every_format(made: Any) -> None:
    arrow_parquet = pytest.importorskip("pyarrow.parquet")
    with Archive.create(None, configuration={"order": ["Ann"]}, environment={}) as archive:
        asyncio.run(write(archive, made))
        events = list(archive.events())
        read = lines(archive, "events")
        assert [(each["id"], each["text"], each["actor"], each["change"]) for each in read] == [
            (each.id, each.text, each.actor, each.change) for each in events
        ]
        assert [tuple(each["witnesses"]) for each in read] == [each.witnesses for each in events]
        memories = lines(archive, "memories")
        assert [(each["id"], each["text"], each["importance"]) for each in memories] == [
            (each.id, each.text, each.importance) for each in archive.memories()
        ]
        assert len(lines(archive, "calls")) == sum(1 for each in archive.calls() if each.key.step <= (archive.last_step or 0))
        for what in SHEETS:
            rows = lines(archive, what)
            assert all(each.pop("synthetic") is True for each in rows)
            table = arrow_parquet.read_table(io.BytesIO(exported(archive, what, "parquet")))
            assert table.schema.metadata[b"synthetic"] == b"true"
            held = table.to_pylist()
            assert [each.pop("synthetic") for each in held] == [True] * len(rows)
            cells = read_csv(exported(archive, what, "csv"))
            assert [each.pop("synthetic") for each in cells] == ["true"] * len(rows)
            for wanted, in_parquet, in_csv in zip(rows, held, cells, strict=True):
                plain = {name: as_plain(name, value) for name, value in wanted.items()}
                assert list(plain.values()) == list(in_parquet.values())
                lists = {name: value for name, value in wanted.items() if isinstance(plain[name], list)}
                assert [as_cell(value) for value in (plain | lists).values()] == list(in_csv.values())


def as_plain(name: str, value: Any) -> Any:
    """A value as Parquet holds it: JSON as text, and the same text but for halves of letters."""
    if value is None:
        return None
    if name in ("change", "value", "grounded_as", "probabilities") or (name == "answer" and not isinstance(value, str)):
        return to_json(value)
    if isinstance(value, int | float) and (
        name.count("/") > 1 or name in ("time", "last_access", "importance", "confidence", "number")
    ):
        return float(value)
    return [half_visible(each) for each in value] if isinstance(value, list) else half_visible(value)


def half_visible(value: Any) -> Any:
    return re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", value) if isinstance(value, str) else value


def as_cell(value: Any) -> str:
    """A plain value as a cell of CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return visible(value if isinstance(value, str) else to_json(value) if isinstance(value, list) else repr(value))


def test_hostile_texts_come_back_and_none_is_a_formula() -> None:
    with hostile_archive(HOSTILE) as archive:
        assert [each["text"] for each in lines(archive, "dialogue")] == HOSTILE
        assert len(exported(archive, "dialogue").decode().splitlines()) == len(HOSTILE)
        for what in ("dialogue", "events", "survey", "survey_wide", "network"):
            text = exported(archive, what, "csv")
            for row in csv.reader(io.StringIO(text.decode(), newline="")):
                for cell in row:
                    assert not re.match(r" *[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]", cell), cell
                    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", cell)
        assert [each["text"] for each in read_csv(exported(archive, "dialogue", "csv"))] == list(map(visible, HOSTILE))


def test_a_number_stays_a_number_where_a_text_would_be_guarded() -> None:
    with Archive.create(None, configuration={"order": []}, environment={}) as archive:
        event = Event(id="0/event/0", step=0, time=-0.5, kind="act", actor="A", text="-0.5")
        asyncio.run(archive.commit(StepRecord(step=0, events=[event])))
        (_, row) = exported(archive, "events", "csv").decode().split("\r\n")[:2]
        assert ",-0.5," in row and '"\'-0.5"' in row


def test_pandas_reads_what_is_written(run: Run) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_csv(io.BytesIO(exported(run.archive, "events", "csv")), keep_default_na=False)
    assert list(frame["text"]) == [each.text for each in run.events]
    parquet = pandas.read_parquet(io.BytesIO(exported(run.archive, "events", "parquet")))
    assert list(parquet["time"]) == [each.time for each in run.events]
    assert [list(each) for each in parquet["witnesses"]] == [list(each.witnesses) for each in run.events]
    assert parquet["synthetic"].all() and frame["synthetic"].all()


def test_the_same_run_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    build_village().run(7, archive=tmp_path / "again", concurrent=1).close()
    with load_run(tmp_path / "again") as again:
        for what in EXPORTS:
            for format in ("jsonl",) if what in ("run", "finetuning") else ("jsonl", "csv", "parquet"):
                assert exported(run.archive, what, format) == exported(run.archive, what, format)
                if what != "calls":  # holds token counts, which are costs
                    assert exported(run.archive, what, format) == exported(again.archive, what, format)
        assert exported(run.archive, "network", "graphml") == exported(again.archive, "network", "graphml")


# --- what is in the sheets ---


def test_changes_of_the_world_make_the_world(run: Run) -> None:
    from gamemaster.record.json_patch import apply_patch

    world: dict[str, Any] = run.world(0)
    patch = [
        {"op": each["op"], "path": each["path"], "value": each["value"]} for each in lines(run.archive, "world") if each["step"]
    ]
    assert patch and apply_patch(world, patch) == run.world()


def test_dialogue_names_those_whom_it_reached(run: Run) -> None:
    said = lines(run.archive, "dialogue")
    assert len(said) == sum(event.kind == "speech" for event in run.events) > 0
    for each in said:
        heard = {seen.to for seen in run.archive.observations() if seen.event_id == each["id"] and seen.how == "heard"}
        assert set(each["hearers"]) == heard and each["speaker"] not in heard
        assert each["scene"] == "talk"


def test_the_network_counts_what_reached_whom(run: Run) -> None:
    counted: dict[tuple[str, str, str], int] = {}
    actors = {event.id: event for event in run.events}
    for seen in run.archive.observations():
        event = actors[seen.event_id]
        if event.actor and seen.to != event.actor and seen.how in ("heard", "saw"):
            key = (event.actor, seen.to, "said to") if event.kind == "speech" else (seen.to, event.actor, "noticed")
            counted[key] = counted.get(key, 0) + 1
    assert {(each["source"], each["target"], each["kind"]): each["weight"] for each in lines(run.archive, "network")} == counted

    root = ElementTree.fromstring(exported(run.archive, "network", "graphml"))
    space = "{http://graphml.graphdrawing.org/xmlns}"
    graph = root.find(f"{space}graph")
    assert graph is not None
    assert {each.get("key"): each.text for each in graph.findall(f"{space}data")} == {"synthetic": "true"}
    names = {node.get("id"): of(node)["name"] for node in graph.findall(f"{space}node")}
    assert list(names.values()) == list(NAMES)
    edges = {
        (names[edge.get("source")], names[edge.get("target")], of(edge)["kind"]): int(of(edge)["weight"])
        for edge in graph.findall(f"{space}edge")
    }
    assert edges == counted


def of(element: ElementTree.Element) -> dict[str, str]:
    return {str(each.get("key")): each.text or "" for each in element if each.tag.endswith("data")}


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(texts=st.lists(st.text(st.characters(exclude_categories=()), max_size=8), max_size=5).map(lambda each: [*each, *HOSTILE]))
def test_any_name_fits_into_graphml(texts: list[str]) -> None:
    with hostile_archive(list(dict.fromkeys(texts))) as archive:
        root = ElementTree.fromstring(exported(archive, "network", "graphml"))
        names = [of(each)["name"] for each in root.iter() if each.tag.endswith("node")]
        wanted = [visible(each).replace("\r\n", "\n").replace("\r", "\n") for each in dict.fromkeys(texts) if each]
        assert [each for each in names if each] == list(dict.fromkeys([*wanted, "B"])) or set(wanted) <= set(names)


def test_networkx_reads_it(run: Run) -> None:
    networkx = pytest.importorskip("networkx")
    graph = networkx.read_graphml(io.BytesIO(exported(run.archive, "network", "graphml")))
    assert graph.graph["synthetic"] is True and graph.number_of_nodes() == 3


def test_survey_tables_are_long_and_wide(run: Run) -> None:
    long = lines(run.archive, "survey")
    assert [(each["probe"], each["agent"], each["answer"]) for each in long] == [
        (each.probe, each.who, each.answer) for _, each in run.answers()
    ]
    assert {(each["probe"], each["step"], each["wave"]) for each in long} == {
        ("start", 0, 1), ("third", 3, 1), ("third", 6, 2), ("end", 7, 1)
    }  # fmt: skip
    wide = lines(run.archive, "survey_wide")
    assert [each["agent"] for each in wide] == sorted(NAMES)
    for each in long:
        (row,) = [one for one in wide if one["agent"] == each["agent"]]
        assert row[f"{each['probe']}/{each['question']}/{each['wave']}"] == each["answer"]


def test_numbers_failures_and_questions_asked_twice_in_a_survey() -> None:
    steps: list[list[tuple[str, str, str, Any]]] = [
        [("trust", "Ann", "How much?", 3), ("trust", "Bob", "How much?", -4)],
        [("trust", "Ann", "How much?", 10**400), ("trust", "Bob", "How much?", None), ("mood", "Bob", "Well?", {"a": 1})],
    ]
    steps[0] += [("trust", "Ann", "Why?", "=so"), ("trust", "Ann", "Why?", 7)]
    with Archive.create(None, configuration={"order": ["Ann", "Bob"]}, environment={}) as archive:
        for step, asked in enumerate(steps):
            failed = Failure(kind="empty", reason="nothing came")
            answers = [
                ProbeAnswer(probe=p, who=who, question=q, answer=a, failure=failed if a is None else None)
                for p, who, q, a in asked
            ]
            asyncio.run(archive.commit(StepRecord(step=step, probe_answers=answers)))
        long = lines(archive, "survey")
        assert [each["number"] for each in long] == [3.0, -4.0, None, 7.0, None, None, None]
        assert [each["failure"] for each in long][5] == "nothing came"
        ann, bob = lines(archive, "survey_wide")
        assert (ann["trust/How much?/1"], bob["trust/How much?/1"]) == (3, -4)
        assert (ann["trust/Why?/1"], ann["trust/Why? #2/1"], bob["trust/Why?/1"]) == ("=so", 7, None)
        assert (ann["trust/How much?/2"], bob["mood/Well?/1"]) == ("1" + "0" * 400, '{"a":1}')
        text = exported(archive, "survey_wide", "csv").decode().splitlines()
        assert text[1].startswith('"Ann",3.0,"\'=so",7.0,"10')


# --- messages and training data ---


def test_messages_tell_a_run_as_one_agent_lived_it(run: Run) -> None:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    for name in NAMES:
        told = run.messages(name)
        assert isinstance(told[0], SystemMessage) and f"{name} lives in the village." in str(told[0].content)
        assert all(each.additional_kwargs["synthetic"] is True for each in told)
        answers = [each for each in run.attempts if each.actor == name and each.failure is None]
        given = [each for each in told if isinstance(each, AIMessage)]
        assert [each.additional_kwargs["step"] for each in given] == [each.step for each in answers]
        heard = "\n".join(str(each.content) for each in told if isinstance(each, HumanMessage))
        for seen in run.observations(name):
            if seen.how != "own" or seen.speaker is None:
                assert seen.sentence in heard
        sides = [type(each) for each in told[1:]]
        assert all(a is not b for a, b in pairwise(sides))


def test_what_comes_before_a_turn_stands_before_its_answer(run: Run) -> None:
    told = [(each["step"], each["role"], each["content"]) for each in lines(run.archive, "messages", agent="Cleo")]
    at = next(n for n, (_, _, content) in enumerate(told) if "A stranger comes to the well." in content)
    assert told[at][:2] == (5, "user") and told[at + 1][:2] == (5, "assistant")
    assert told[at][2].endswith("How much does Cleo want?")
    assert json.loads(told[at + 1][2]) == next(each.answer for each in run.attempts if each.step == 5 and each.actor == "Cleo")


def test_training_data_holds_the_answers_that_could_be_used(run: Run) -> None:
    rows = lines(run.archive, "finetuning")
    usable = [each for each in run.calls() if each.answer.failure is None and each.key.who in NAMES]
    assert len(rows) == len(usable) < len([each for each in run.calls() if each.key.who in NAMES])
    for row, call in zip(rows, usable, strict=True):
        assert row["synthetic"] is True and row["agent"] == call.key.who
        *asked, answer = row["messages"]
        system = ["system"] if call.prompt.system else []  # a component's own question has none
        assert [each["role"] for each in row["messages"]] == [*system, "user", "assistant"]
        assert [each["content"] for each in asked[:-1]] == ([call.prompt.system] if system else [])
        assert asked[-1]["content"].startswith(call.prompt.user)
        if call.kind == "object":
            assert json.loads(answer["content"]) == call.answer.value and "properties" in asked[-1]["content"]
        elif call.kind == "choice":
            assert answer["content"] in call.parameters["options"] and answer["content"] in asked[-1]["content"]
        else:
            assert answer["content"] == call.answer.text
    assert {each["agent"] for each in lines(run.archive, "finetuning", agent="Ben")} == {"Ben"}
    assert {each["agent"] for each in lines(run.archive, "finetuning", agent="Game master")} == {"Game master"}


# --- files ---


def test_files_appear_whole_or_not_at_all(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = run.export(tmp_path / "all", format="csv")
    assert [each.name for each in written] == [f"{each}.csv" for each in SHEETS]
    assert sorted(each.name for each in (tmp_path / "all").iterdir()) == sorted(each.name for each in written)
    before = {each.name: each.read_bytes() for each in written}
    with pytest.raises(BadInput, match="is there already"):
        run.export(tmp_path / "all", format="csv")

    from gamemaster.record.exports import export as module

    def fails(sheet: Any, stream: Any) -> None:
        stream.write(b"half")
        if sheet.name == "memories":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_WRITERS", {"csv": fails})
    for place, force in ((tmp_path / "all", True), (tmp_path / "new", False)):
        with pytest.raises(BadInput, match=r"memories\.csv can't be written: No space left"):
            run.export(place, format="csv", force=force)
    assert {each.name: each.read_bytes() for each in (tmp_path / "all").iterdir()} == before
    assert not (tmp_path / "new").exists()


def test_force_replaces_a_file(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "events.jsonl"
    target.write_text("old")
    with pytest.raises(BadInput, match="--force"):
        run.export(target, what="events")
    assert target.read_text() == "old"
    assert run.export(target, what="events", force=True) == [target]
    assert target.read_bytes() == exported(run.archive, "events")


def test_the_ending_says_the_format(run: Run, tmp_path: Path) -> None:
    for name, what in (("e.csv", "events"), ("e.parquet", "events"), ("n.graphml", None), ("r.jsonl", None), ("e.txt", "events")):
        (file,) = run.export(tmp_path / name, what=what)
        assert file.stat().st_size
    stream = io.BytesIO()
    canonical_export(run.archive, stream)
    assert (tmp_path / "r.jsonl").read_bytes() == stream.getvalue()
    assert (tmp_path / "e.txt").read_bytes() == exported(run.archive, "events")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"what": "evnts"}, "Did you mean 'events'"),
        ({"what": "events", "format": "xls"}, "'xls'; take one of jsonl"),
        ({"what": "run", "format": "csv"}, "take jsonl"),
        ({"what": "events", "format": "graphml"}, "network alone"),
        ({"what": "events", "agent": "Ada"}, "for one agent alone; calls, memories"),
        ({"what": "memories", "agent": "Adam"}, "Did you mean 'Ada'"),
    ],
)
def test_what_cannot_be_is_refused(run: Run, tmp_path: Path, given: dict[str, Any], message: str) -> None:
    with pytest.raises((BadInput, UnknownName), match=re.escape(message)):
        export_run(run.archive, tmp_path / "x", **given)
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_into_the_run(run: Run) -> None:
    assert run.folder is not None
    with pytest.raises(BadInput, match="part of the run itself"):
        run.export(run.folder / "events.csv", what="events", force=True)
    assert sorted(each.name for each in run.folder.iterdir() if each.name.startswith("events") or "part" in each.name) == []


def test_parquet_without_pyarrow_says_what_to_install(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(BadInput, match=r"gamemaster\[experiment\]"):
        run.export(tmp_path / "events.parquet", what="events")
    assert not list(tmp_path.iterdir())


def test_memory_does_not_grow_with_the_run(tmp_path: Path) -> None:
    import tracemalloc

    def peak(steps: int, format: str) -> int:
        with Archive.create(tmp_path / f"{steps}-{format}", configuration={"order": ["A"]}, environment={}) as archive:
            for step in range(steps):
                events = [
                    Event(id=f"{step}/event/{n}", step=step, time=0.0, kind="speech", actor="A", text="x" * 500, witnesses=("B",))
                    for n in range(100)
                ]
                asyncio.run(archive.commit(StepRecord(step=step, events=events)))
            tracemalloc.start()
            with tempfile.TemporaryFile() as stream:
                export_to_stream(archive, stream, what="dialogue", format=format)
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            return most

    for format in ("jsonl", "csv"):
        assert peak(30, format) < 400_000  # of 1.5 MB of text
