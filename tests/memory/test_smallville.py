"""A published person becomes records, word for word, odd rows included; the published trigger of reflection replays."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gamemaster.memory import (
    GENERATIVE_AGENTS_CODE,
    ImportanceTrigger,
    ImportedMemories,
    KnownPlace,
    MemoryBank,
    Utterance,
    import_smallville,
)
from gamemaster.testing import HashEmbedder
from gamemaster.words import MemoryInputError

PUBLISHED = Path(__file__).parents[2].parent / "shared" / "data" / "smallville" / "Isabella Rodriguez"
published = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published folder is not beside the repository")


def node(count: int, kind: str, text: str, **changes: Any) -> tuple[str, dict[str, Any]]:
    row = {
        "node_count": count,
        "type_count": count,
        "type": kind,
        "depth": 0,
        "created": f"2023-02-13 00:00:{count:02}",
        "expiration": None,
        "predicate": "is",
        "description": text,
        "embedding_key": text,
        "poignancy": 3,
        "keywords": ["bread", "Ann", "bread"],
        "filling": [],
    }
    return f"node_{count}", row | changes


NODES = [
    node(7, "thought", "Ann likes bread", filling=["node_1", "node_2"], poignancy=8, expiration="2023-03-15 00:00:00"),
    node(6, "thought", "this is blank", filling="node_1"),
    node(5, "thought", "This is Ann's plan: bake.", filling=None, predicate="plan"),
    node(4, "chat", "conversing about bread", filling=[["Ann", "Hello"], ["Bob", "Bye"]]),
    node(3, "event", "bed is idle", keywords=["idle", "bed"], poignancy=1),
    node(2, "event", "Ann is baking", embedding_key="baking"),
    node(1, "event", "bed is idle", keywords=["idle", "bed"], poignancy=1),
    node(8, "thought", "deep", filling=["node_7", "node_99", "node_8", 5]),
]
SCRATCH = {"name": "Ann Lee", "curr_time": "February 13, 2023, 01:00:00", "age": 34, "currently": "baking"}
PLACES = {"the Ville": {"Cafe": {"kitchen": ["oven", "sink"], "": []}, "Park": {}}}


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    def make(nodes: Any = None, scratch: Any = SCRATCH, places: Any = PLACES, inside: str = "") -> Path:
        whole = tmp_path / inside
        (whole / "associative_memory").mkdir(parents=True)
        for path, value in (
            ("associative_memory/nodes.json", dict(NODES) if nodes is None else nodes),
            ("scratch.json", scratch),
            ("spatial_memory.json", places),
        ):
            if value is not None:
                (whole / path).write_text(value if isinstance(value, str) else json.dumps(value))
        return tmp_path

    return make


@pytest.mark.parametrize("inside", ["", "bootstrap_memory"])
def test_a_node_is_a_record(folder: Callable[..., Path], inside: str) -> None:
    person = import_smallville(folder(inside=inside))
    assert (person.holder, person.start) == ("Ann Lee", "2023-02-13T01:00:00")
    assert [each.id for each in person.records] == [f"Ann Lee/node_{n}" for n in range(1, 9)]
    assert [each.kind for each in person.records] == [
        "observation",
        "observation",
        "observation",
        "chat",
        "plan",
        "thought",
        "thought",
        "thought",
    ]
    baked = person.records[1]
    assert (baked.text, baked.time, baked.last_access, baked.importance) == ("Ann is baking", -3598.0, -3598.0, 3.0)
    assert baked.tags == ("bread", "Ann")
    assert person.records[0].tags == ("idle", "bed")
    assert [each.text for each in person.records].count("bed is idle") == 2


def test_odd_fillings_are_understood_or_noted(folder: Callable[..., Path]) -> None:
    person = import_smallville(folder())
    records = {each.id.partition("/")[2]: each for each in person.records}
    assert records["node_7"].rests_on == ("Ann Lee/node_1", "Ann Lee/node_2")
    assert records["node_6"].rests_on == ("Ann Lee/node_1",)
    assert records["node_5"].rests_on == records["node_4"].rests_on == ()
    assert records["node_8"].rests_on == ("Ann Lee/node_7",)
    assert [records[f"node_{n}"].depth for n in (4, 5, 6, 7, 8)] == [0, 0, 1, 1, 2]
    said = (Utterance(speaker="Ann", text="Hello"), Utterance(speaker="Bob", text="Bye"))
    assert person.transcripts == {"Ann Lee/node_4": said}
    assert person.notes == ('node_8: left out of what it rests on: ["node_99", "node_8", 5], no earlier node.',)


def test_facts_and_places_come_along(folder: Callable[..., Path]) -> None:
    person = import_smallville(folder(), holder="Ann", start=datetime(2023, 2, 13))
    assert (person.holder, person.records[0].time, person.facts["age"]) == ("Ann", 1.0, 34)
    assert person.records[0].id == "Ann/node_1"
    assert person.places == (
        KnownPlace(path=("the Ville", "Cafe", "kitchen"), objects=("oven", "sink")),
        KnownPlace(path=("the Ville", "Cafe", ""), objects=()),
        KnownPlace(path=("the Ville", "Park"), objects=()),
    )


BAD: dict[str, dict[str, Any]] = {
    r"nodes\.json is no whole JSON": {"nodes": json.dumps(dict(NODES))[:-40]},
    r"nodes\.json holds a list": {"nodes": [1]},
    r"nodes\.json at node_1\.poignancy.*11": {"nodes": dict([node(1, "event", "x", poignancy=11)])},
    r"nodes\.json at node_1\.description": {"nodes": dict([node(1, "event", "")])},
    r"nodes\.json at node_1\.type.*dream": {"nodes": dict([node(1, "dream", "x")])},
    r"nodes\.json at node_1\.created": {"nodes": dict([node(1, "event", "x", created="2023-02-13T00:00:00Z")])},
    r"scratch\.json can't be read": {"scratch": None},
    r"scratch\.json has the name 5": {"scratch": {**SCRATCH, "name": 5}},
    r"scratch\.json has the curr_time None": {"scratch": {"name": "Ann"}},
    r"spatial_memory\.json can't be read": {"places": None},
}


@pytest.mark.parametrize("message", BAD)
def test_another_file_is_refused_by_name(folder: Callable[..., Path], message: str) -> None:
    with pytest.raises(MemoryInputError, match=message):
        import_smallville(folder(**BAD[message]))


def test_a_start_has_no_zone(folder: Callable[..., Path]) -> None:
    with pytest.raises(MemoryInputError, match="time zone"):
        import_smallville(folder(), start=datetime(2023, 2, 13, tzinfo=UTC))


def test_the_trigger_counts_a_moment_at_once() -> None:
    trigger = ImportanceTrigger(budget=10.0)
    assert not trigger.spend([4.0, None])
    assert (trigger.left, trigger.elements) == (1.0, 2)
    assert trigger.spend([1.0, 9.0])  # the 9 counts for this one
    assert (trigger.left, trigger.elements) == (10.0, 0)
    assert not ImportanceTrigger(left=1.0).spend([])
    with pytest.raises(MemoryInputError, match="above 0"):
        ImportanceTrigger(budget=0.0)


@pytest.fixture(scope="module")
def isabella() -> ImportedMemories:
    return import_smallville(PUBLISHED)


@published
def test_the_published_person_comes_whole(isabella: ImportedMemories) -> None:
    rows = json.loads((PUBLISHED / "associative_memory" / "nodes.json").read_text())
    assert len(isabella.records) == len(rows) == 912
    assert isabella.notes == ()
    depths: dict[str, int] = {}
    seen: dict[str, int] = {}
    for record in isabella.records:
        row = rows[record.id.partition("/")[2]]
        assert (record.text, record.importance) == (row["description"], row["poignancy"])
        if row["type"] != "chat":
            filling = [row["filling"]] if isinstance(row["filling"], str) else row["filling"] or []
            assert sorted(record.rests_on) == sorted({f"{isabella.holder}/{each}" for each in filling})
        # There a thought counts 1 even when it rests on nothing.
        depths[record.id] = (row["type"] == "thought") + max((depths[each] for each in record.rests_on), default=0)
        assert depths[record.id] == row["depth"]
        assert record.depth == 1 + max(seen[each] for each in record.rests_on) if record.rests_on else record.depth == 0
        seen[record.id] = record.depth
    assert len(isabella.transcripts) == 4
    tree = json.loads((PUBLISHED / "spatial_memory.json").read_text())
    arenas = [arena for sectors in tree.values() for sector in sectors.values() for arena in sector.values()]
    assert [list(place.objects) for place in isabella.places] == arenas
    assert isabella.places[-1].path == ("the Ville", "Carlos Gomez's apartment", "bathroom")


@published
def test_the_published_reflections_replay(isabella: ImportedMemories) -> None:
    trigger = ImportanceTrigger(budget=float(str(isabella.facts["importance_trigger_max"])))
    reflections = 0
    for _, moment in itertools.groupby(isabella.records, key=lambda each: each.time):
        reflections += trigger.spend(each.importance for each in moment if each.kind == "observation")
    assert reflections == 9
    assert trigger.left == isabella.facts["importance_trigger_curr"] == 122
    assert trigger.elements == isabella.facts["importance_ele_n"] == 20


@published
def test_the_published_person_recalls(isabella: ImportedMemories) -> None:
    bank = MemoryBank(HashEmbedder())
    bank.load(isabella.records)
    hits = bank.view(isabella.holder).recall(
        "the party at Hobbs Cafe",
        30,
        weights=GENERATIVE_AGENTS_CODE,
        kinds=("observation", "thought", "plan"),
        matching=r"(?s)^(?!.*idle)",
        now=0.0,
    )
    assert len(hits) == 30
    assert not any("idle" in hit.memory.text or hit.memory.kind == "chat" for hit in hits)
    assert [record.last_access for record in bank.view(isabella.holder) if record.id == hits[0].memory.id] == [0.0]
