"""A published folder becomes an agent with its persona, its memories and the places it knows; it runs and resumes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gamemaster import Simulation
from gamemaster.components import Persona
from gamemaster.components.prefabs import genagents_agent, known_places, smallville_agent
from gamemaster.memory import KnownPlace, import_smallville
from gamemaster.testing import HashEmbedder, ScriptedModel, turn_for
from gamemaster.words import DefinitionError, MemoryInputError

PUBLISHED = Path(__file__).parents[3].parent / "shared" / "data" / "smallville" / "Isabella Rodriguez"
published = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published folder is not beside the repository")

SCRATCH = {
    "name": "Ann Lee",
    "curr_time": "February 13, 2023, 01:00:00",
    "age": 34,
    "innate": "friendly, outgoing",
    "learned": "Ann Lee bakes.",
    "currently": "Ann Lee is baking.",
    "living_area": "the Ville:Mill",
}
NODES: dict[str, dict[str, Any]] = {
    f"node_{n}": {
        "node_count": n,
        "type": "event" if n < 3 else "thought",
        "created": f"2023-02-13 00:0{n}:00",
        "description": f"thing {n}",
        "poignancy": n,
        "keywords": ["oven"],
        "filling": [] if n < 3 else "node_1",
    }
    for n in (1, 2, 3)
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "person" / "associative_memory").mkdir(parents=True)
    place = tmp_path / "person"
    (place / "scratch.json").write_text(json.dumps(SCRATCH))
    (place / "spatial_memory.json").write_text(json.dumps({"the Ville": {"Mill": {"bakery": ["oven", "sink"], "": []}}}))
    (place / "associative_memory" / "nodes.json").write_text(json.dumps(NODES))
    return place


@pytest.fixture
def thousandth(tmp_path: Path) -> Path:
    place = tmp_path / "thousandth"
    (place / "memory_stream").mkdir(parents=True)
    facts = {
        "first_name": "Cid",
        "last_name": "Moe",
        "age": 40,
        "marital_status": "Divorced",
        "hobbies": ["sea", "birds"],
        "x": "",
    }
    (place / "scratch.json").write_text(json.dumps(facts))
    rows = [
        {"node_id": 0, "node_type": "observation", "content": "a", "importance": 50, "created": 1, "last_retrieved": 2},
        {"node_id": 1, "node_type": "reflection", "content": "b", "importance": 90, "created": 2, "pointer_id": [0]},
    ]
    (place / "memory_stream" / "nodes.json").write_text(json.dumps(rows))
    return place


async def persona_of(agent: Any) -> str:
    persona = agent.components[0]
    assert isinstance(persona, Persona)
    return await persona.context(turn_for(persona, agent=agent.name))


async def test_a_folder_is_an_agent(folder: Path) -> None:
    agent = smallville_agent(folder)
    assert agent.name == "Ann Lee"
    assert [each.name for each in agent.components] == ["persona", "known_places", "observations", "recall", "plan"]
    for told in ("Name: Ann Lee", "Age: 34", "friendly, outgoing", "Ann Lee bakes.", "Ann Lee is baking.", "the Ville:Mill"):
        assert told in await persona_of(agent)
    places = agent.components[1]
    assert await places.context(turn_for(places)) == "Mill, bakery: oven, sink\nMill"
    assert list(agent.memory) == list(import_smallville(folder).records)


def test_it_runs_with_its_memories_before_the_start_and_resumes(folder: Path, tmp_path: Path) -> None:
    def built() -> Simulation:
        found = import_smallville(folder)
        return Simulation(
            [smallville_agent(found)], start=found.start, model=ScriptedModel(), embedder=HashEmbedder(), step=3600.0
        )

    with built().run(2, archive=tmp_path / "run") as run:
        held = {each.id: each for each in run.memories("Ann Lee")}
        assert held["Ann Lee/node_3"].rests_on == ("Ann Lee/node_1",)
        assert (held["Ann Lee/node_3"].depth, held["Ann Lee/node_1"].time) == (1, -3540.0)
    with built().run(3, archive=tmp_path / "run", resume=True) as run:
        assert set(held) < {each.id for each in run.memories("Ann Lee")}


async def test_a_person_of_the_thousand_is_an_agent(thousandth: Path) -> None:
    agent = genagents_agent(thousandth)
    told = await persona_of(agent)
    for line in ("Name: Cid Moe", "Age: 40", "Marital status: Divorced", "Hobbies: sea, birds"):
        assert line in told.splitlines()
    assert [(each.text, each.time, each.last_access, each.depth) for each in agent.memory] == [
        ("a", -3600.0, 0.0, 0),
        ("b", 0.0, 0.0, 1),
    ]
    assert genagents_agent(thousandth, holder="C").name == "C"


def test_what_is_wrong_is_named(folder: Path, thousandth: Path) -> None:
    (thousandth / "scratch.json").write_text('{"first_name": "Cid"}')
    with pytest.raises(DefinitionError, match="Cid says nothing"):
        genagents_agent(thousandth)
    (folder / "scratch.json").write_text(json.dumps({**SCRATCH, "age": "old"}))
    with pytest.raises(DefinitionError, match=r"Ann Lee.*age"):
        smallville_agent(folder)
    (folder / "spatial_memory.json").write_text("{")
    with pytest.raises(MemoryInputError, match=r"spatial_memory\.json is no whole JSON"):
        smallville_agent(folder)


async def test_a_place_without_a_name_of_its_own_is_its_sector() -> None:
    places = known_places([KnownPlace(path=("Here",), objects=()), KnownPlace(path=("W", "A", "b"), objects=("x",))])
    assert await places.context(turn_for(places)) == "Here\nA, b: x"


@published
def test_the_published_person_is_an_agent() -> None:
    found = import_smallville(PUBLISHED)
    agent = smallville_agent(found)
    assert len(agent.memory) == 912
    assert list(agent.memory) == sorted(found.records, key=lambda each: each.time)
    simulation = Simulation([agent], start=found.start, model=ScriptedModel(), embedder=HashEmbedder(), step=3600.0)
    told = simulation.preview("Isabella Rodriguez")
    assert "Hobbs Cafe, cafe: refrigerator" in told and "Tuesday, 14 February 2023, 00:02" in told


def test_looking_at_its_memory_first_changes_nothing(folder: Path, thousandth: Path) -> None:
    def final(look: bool) -> Any:
        agents = [smallville_agent(folder), genagents_agent(thousandth)]
        if look:
            assert len(agents[0].memory) == 3 and len(agents[1].memory) == 2
        with Simulation(agents, model=ScriptedModel(), embedder=HashEmbedder()).run(1) as run:
            return run.memories("Ann Lee"), run.memories("Cid Moe")

    assert final(look=True) == final(look=False)


def test_its_state_moves_with_what_its_memories_rest_on(folder: Path) -> None:
    agent, other = smallville_agent(folder), smallville_agent(folder)
    agent.memory.forget(["Ann Lee/node_2"])
    state = json.loads(json.dumps(agent.state()))
    other.restore(state)
    first, last = other.memory
    assert (last.text, last.rests_on, last.depth, last.last_access) == ("thing 3", (first.id,), 1, -3420.0)
