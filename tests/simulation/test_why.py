"""Where an event came from: what is told is what is on record, to the delayed effect and the joint action."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, Run, Simulation, Simultaneous, load_run
from gamemaster.memory import MemoryBank
from gamemaster.record import verify
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import Component, Turn, UnknownName
from tests.simulation.village import NAMES, build_village, village_rule

STEPS = 7


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("why") / "village"
    build_village().run(STEPS, archive=folder).close()
    with load_run(folder) as loaded:
        yield loaded


def event_of(run: Run, **wanted: Any) -> Any:
    return next(each for each in run.events if all(getattr(each, name) == value for name, value in wanted.items()))


def test_every_event_has_an_origin_in_text_and_in_json(run: Run) -> None:
    for event in run.events:
        found = json.loads(json.dumps(run.provenance(event), allow_nan=False))
        assert found["event"]["id"] == event.id and found["synthetic"] is True
        text = run.why(event.id)
        assert text.startswith(f"Event {event.id} ({event.kind}")
        assert {each["who"] for each in found["noticed"]} <= set(event.witnesses) | set(NAMES)


def test_an_act_tells_attempt_prompt_grounding_change_and_witnesses(run: Run) -> None:
    event = event_of(run, kind="act", action="give_sack", actor="Ada")
    found = run.provenance(event)
    assert found["cause"]["kind"] == "attempt"
    (attempt,) = found["attempts"]
    recorded = next(each for each in run.attempts if each.id == event.attempt_id)
    assert (attempt["id"], attempt["answer"]) == (recorded.id, recorded.answer)
    (asked,) = [each for each in attempt["calls"] if each["component"] == "actor"]
    row = next(each for each in run.calls(agent="Ada", step=event.step) if str(each.key) == asked["key"])
    assert [each["text"] for each in asked["sections"]] == [each.text for each in row.prompt.sections]
    assert {each["component"] for each in asked["sections"]} >= {"persona", "recall", "observations", "actor"}
    assert attempt["grounding"]["calls"][0]["action"] == "give_sack"
    assert {each["what"].split("/")[-1] for each in attempt["grounding_calls"]} >= {"which", "arguments"}
    assert {each["who"] for each in found["noticed"]} == set(event.witnesses)
    text = run.why(event)
    for part in ("Ada was asked:", "Recalled by recall", "Grounded as: give_sack(", "becomes", "Noticed by"):
        assert part in text


def test_changes_say_what_stood_there_before(run: Run) -> None:
    for event in run.events:
        if not event.change or event.step == 0:
            continue
        world = json.loads(json.dumps(run.world(event.step - 1)))
        for earlier in run.events:
            if earlier.step == event.step and earlier.id != event.id and earlier.change:
                for each in earlier.change:
                    put(world, each)
            elif earlier.id == event.id:
                break
        for each in run.provenance(event)["change"]:
            assert each["was"] == at(world, each["place"]), each
            put(world, each)


def at(world: Any, place: list[str]) -> Any:
    for each in place:
        world = world[each]
    return world


def put(world: Any, operation: dict[str, Any]) -> None:
    *path, last = operation["path"].split("/")[1:]
    at(world, path)[last] = operation["value"]


def test_a_joint_action_names_all_attempts(run: Run) -> None:
    event = event_of(run, action="share_harvest")
    found = run.provenance(event)
    assert found["cause"] == {
        "kind": "joint action",
        "action": "share_harvest",
        "attempts": [f"{event.step}/attempt/{n}" for n in range(3)],
    }
    assert [each["actor"] for each in found["attempts"]] == [each.actor for each in run.attempts if each.step == event.step]


def test_a_failed_try_and_the_one_that_counted_both_stand_there(run: Run) -> None:
    tries = [row for row in run.calls() if row.key.component == "actor" and row.key.what == "act/answer" and row.key.index]
    assert tries, "the model gives unusable answers now and then"
    row = tries[0]
    event = next(each for each in run.events if each.step == row.key.step and each.kind == "act")
    (attempt,) = [each for each in run.provenance(event)["attempts"] if each["actor"] == row.key.who]
    assert attempt["calls"][0]["failure"] and attempt["calls"][-1]["failure"] is None
    assert "not usable:" in run.why(event) and "try 2" in run.why(event)


def test_a_delayed_effect_leads_to_the_event_that_caused_it(run: Run) -> None:
    bells = [each for each in run.events if each.kind == "effect" and each.action == "ring_bell"]
    assert len(bells) == 2
    for bell in bells:
        cause = run.provenance(bell)["cause"]
        gift = event_of(run, action="give_sack", actor=bell.actor)
        assert cause["kind"] == "delayed action"
        assert (cause["put_off_in_step"], cause["due"]) == (gift.step, gift.time + 150)
        assert [each["id"] for each in cause["events"]] == [gift.id]
        assert f"--why {gift.id}" in run.why(bell)


def test_hooks_premises_scenes_and_interventions_are_told_apart(run: Run) -> None:
    def kind(**wanted: Any) -> str:
        return run.provenance(event_of(run, **wanted))["cause"]["kind"]

    assert kind(action="end_of_step") == "the world itself"
    assert kind(step=0, kind="narration") == "premise"
    assert kind(step=5, kind="intervention") == "intervention"
    assert "Changed in the world" in run.why(event_of(run, step=4, kind="intervention"))


def test_what_a_fork_was_told_is_told_as_that(run: Run, tmp_path: Path) -> None:
    child = run.fork(3, tmp_path / "fork", simulation=build_village(), tell={"Ben": "The mill burns."}, steps=4)
    event = event_of(child, kind="intervention", text="The mill burns.")
    assert child.provenance(event)["cause"] == {"kind": "intervention", "at_fork": True}
    assert list(child.archive.recalls(step=3)) == list(run.archive.recalls(step=3))
    child.close()


def test_an_event_that_is_not_there_is_named(run: Run) -> None:
    for wrong in ("3/event/99", "99/event/0", "that", "", "٣/event/0", "9" * 40 + "/event/0"):
        with pytest.raises(UnknownName):
            run.why(wrong)


# --- recalls ---


def test_recalls_on_record_are_what_the_memory_gives_again(run: Run) -> None:
    """Made again from the memories as of the step before and the query, wherever nothing came to memory in between."""
    checked = 0
    for step, each in run.archive.recalls():
        if each.phase != "act" or each.component != "recall":
            continue
        if any(seen.how == "announced" for seen in run.archive.observations(step=step, to=each.who)) or step in (1, 5, 7):
            continue
        bank = MemoryBank(HashEmbedder())
        bank.load(run.archive.memories(holder=each.who, step=step - 1))
        time = run.archive.steps[step].time - 60
        hits = bank.view(each.who).recall(each.query, each.k, now=time, touch=False)
        assert [hit.memory.id for hit in hits] == [hit.id for hit in each.hits]
        for made, recorded in zip(hits, each.hits, strict=True):
            assert made.score == pytest.approx(recorded.score, abs=2e-4)
            assert made.cosine == pytest.approx(recorded.cosine, abs=1e-4)
        checked += 1
    assert checked >= 5


def test_recalled_memories_come_with_their_texts(run: Run) -> None:
    known = {each.id: each.text for name in NAMES for each in run.memories(name)}
    recalls = [each for event in run.events for attempt in run.provenance(event)["attempts"] for each in attempt["recalled"]]
    hits = [hit for each in recalls for hit in each["hits"]]
    assert len(hits) > 10
    assert all(hit["text"] == known[hit["id"]] for hit in hits)
    assert all(hit["score"] == pytest.approx(hit["relevance"] + hit["recency"] + hit["importance"], abs=1e-4) for hit in hits)


def recalls_of(simulation: Simulation, folder: Path | None = None, **more: Any) -> list[Any]:
    with simulation.run(STEPS, archive=folder, **more) as run:
        assert verify(run.archive) == []
        return list(run.archive.recalls())


def test_recalls_do_not_depend_on_timing_nor_on_where_they_are_kept(run: Run, tmp_path: Path) -> None:
    wanted = list(run.archive.recalls())
    assert recalls_of(build_village()) == wanted
    assert recalls_of(build_village(), tmp_path / "one", concurrent=1) == wanted


def test_a_resumed_run_has_the_same_recalls(run: Run, tmp_path: Path) -> None:
    build_village().run(3, archive=tmp_path / "run").close()
    resumed = recalls_of(build_village(), tmp_path / "run", resume=True)

    # The probe at the end was asked at step 3, too: the run ended there, and then went on.
    def kept(recalls: list[Any]) -> list[Any]:
        return [(step, each) for step, each in recalls if not each.phase.startswith("probe/end") and step < 3]

    assert kept(resumed) == kept(list(run.archive.recalls()))


def test_a_damaged_recall_is_found_and_does_not_pass_for_one(tmp_path: Path) -> None:
    import sqlite3

    build_village().run(2, archive=tmp_path / "run").close()
    with sqlite3.connect(tmp_path / "run" / "run.sqlite") as connection:
        connection.execute("UPDATE recalls SET query = 'Who is the thief?' WHERE step = 1 AND who = 'Ada'")
    connection.close()
    with load_run(tmp_path / "run") as damaged:
        assert any("checksum differs" in each and "Ada" in each for each in verify(damaged.archive))
        with pytest.raises(Exception, match="checksum differs"):
            damaged.why("1/event/0")


def test_nothing_that_agents_say_looks_like_a_heading(tmp_path: Path) -> None:
    def rule(request: Any) -> Any:
        if hasattr(request, "options") or hasattr(request, "schema"):
            return village_rule(request)
        return "So be it.\nGrounded as: give_sack({})\nChanged in the world\n  barn: 30 becomes 0"

    with build_village(ScriptedModel(rule)).run(3) as run:
        for event in run.events:
            lines = run.why(event).splitlines()
            assert sum(line.startswith("Changed in the world") for line in lines) <= 1
            assert not any(line.startswith("Grounded as: give_sack({})") for line in lines)


def test_a_recall_of_what_was_just_added_names_the_memory_that_it_became() -> None:
    class Diary(Component):
        async def react(self, turn: Turn) -> None:
            turn.memory.add("The lighthouse is dark tonight.", kind="thought")
            assert len(await turn.memory.recall("Is the lighthouse dark tonight?", 1)) == 1

    agents = [Agent(name, [Diary()]) for name in ("Ida", "Ole")]
    simulation = Simulation(
        agents, schedule=Simultaneous(ActionSpec.speech()), model=ScriptedModel(lambda request: "Hm."), embedder=HashEmbedder()
    )
    with simulation.run(2) as run:
        recalls = [(step, each) for step, each in run.archive.recalls() if each.phase == "react"]
        assert [(step, each.who) for step, each in recalls] == [(1, "Ida"), (1, "Ole"), (2, "Ida"), (2, "Ole")]
        for _, each in recalls:
            known = {memory.id: memory.text for memory in run.memories(each.who)}
            assert known[each.hits[0].id] == "The lighthouse is dark tonight."
