"""A published person of the thousand becomes records, word for word; odd rows are understood or noted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gamemaster.memory import import_genagents
from gamemaster.words import MemoryInputError


def node(id: int, text: str, **changes: Any) -> dict[str, Any]:
    row = {
        "node_id": id,
        "node_type": "observation",
        "content": text,
        "importance": 80,
        "created": id,
        "last_retrieved": id,
        "pointer_id": None,
    }
    return row | changes


NODES = [
    node(0, "Interviewer: Hello.\n\nAnn: Hi.\n"),
    node(1, "Ann moved to the coast.", importance=0, last_retrieved=7),
    node(2, "Ann likes the sea.", node_type="reflection", pointer_id=[0, 1, 0, 9]),
    node(3, "Ann will stay.", node_type="reflection", pointer_id=2, importance=35),
    node(4, "Ann: Good day.", node_type="conversation"),
]
SCRATCH = {"first_name": "Ann", "last_name": "Lee", "age": 36, "city": "Plano", "interests": ["sea", "birds"]}


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    def make(nodes: Any = NODES, scratch: Any = SCRATCH) -> Path:
        (tmp_path / "memory_stream").mkdir()
        (tmp_path / "meta.json").write_text('{"id": "x"}')
        for path, value in (("memory_stream/nodes.json", nodes), ("scratch.json", scratch)):
            if value is not None:
                (tmp_path / path).write_text(value if isinstance(value, str) else json.dumps(value))
        return tmp_path

    return make


def test_a_node_is_a_record(folder: Callable[..., Path]) -> None:
    person = import_genagents(folder(), step=60.0)
    assert (person.holder, person.start, person.facts["city"]) == ("Ann Lee", "", "Plano")
    assert [each.id for each in person.records] == [f"Ann Lee/node_{n}" for n in range(5)]
    assert [each.text for each in person.records] == [each["content"] for each in NODES]
    assert [each.kind for each in person.records] == ["observation", "observation", "thought", "thought", "conversation"]
    assert [each.importance for each in person.records] == [8.0, 0.0, 8.0, 3.5, 8.0]
    assert [(each.time, each.last_access) for each in person.records[:2]] == [(-420.0, -420.0), (-360.0, 0.0)]
    assert [each.rests_on for each in person.records[2:4]] == [("Ann Lee/node_0", "Ann Lee/node_1"), ("Ann Lee/node_2",)]
    assert [each.depth for each in person.records] == [0, 0, 1, 2, 0]
    assert person.notes == ("node_2: left out of what it rests on: [9], no earlier node.",)


def test_a_person_of_the_demographic_bank_has_no_memories(folder: Callable[..., Path]) -> None:
    person = import_genagents(folder(nodes=[]), holder="Annie")
    assert (person.holder, person.records) == ("Annie", ())


BAD: dict[str, dict[str, Any]] = {
    r"nodes\.json is no whole JSON": {"nodes": json.dumps(NODES)[:-30]},
    r"nodes\.json holds a dict; a JSON list": {"nodes": {}},
    r"nodes\.json at 0\.importance.*101": {"nodes": [node(0, "x", importance=101)]},
    r"nodes\.json at 0\.content": {"nodes": [node(0, "")]},
    r"nodes\.json at 1\.node_id": {"nodes": [node(0, "x"), {"content": "y"}]},
    r"nodes\.json at 0\.pointer_id": {"nodes": [node(0, "x", pointer_id="node_1")]},
    r"nodes\.json: the node_id 0 is there twice": {"nodes": [node(0, "x"), node(0, "y")]},
    r"nodes\.json can't be read": {"nodes": None},
    r"scratch\.json can't be read": {"scratch": None},
    r"scratch\.json holds a list": {"scratch": []},
    r"scratch\.json has no first_name": {"scratch": {"age": 3}},
}


@pytest.mark.parametrize("message", BAD)
def test_another_file_is_refused_by_name(folder: Callable[..., Path], message: str) -> None:
    with pytest.raises(MemoryInputError, match=message):
        import_genagents(folder(**BAD[message]))


@pytest.mark.parametrize("step", [0.0, -1.0, float("nan"), float("inf")])
def test_a_step_lasts_some_time(folder: Callable[..., Path], step: float) -> None:
    with pytest.raises(MemoryInputError, match="seconds above 0"):
        import_genagents(folder(), step=step)
