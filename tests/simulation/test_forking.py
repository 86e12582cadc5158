"""A fork has its parent's past, a future of its own at the cost of that alone, and leaves its parent as it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from gamemaster import Intervention, Run, load_run
from gamemaster.record import Parent, verify
from gamemaster.simulation import RunBudget
from gamemaster.testing import ScriptedModel
from gamemaster.words import ArchiveInUse, BadInput, UnknownName
from tests.simulation.test_same_seed import exported
from tests.simulation.village import build_village, village_rule

STEPS = 7


def files(folder: Path) -> dict[str, str]:
    return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in sorted(folder.iterdir())}


def facts(run: Run, *, upto: int | None = None) -> list[str]:
    """The lines of the export, without what the fork itself is: its phase, and the digests that cover it."""
    kept: list[str] = []
    for line in exported(run).splitlines()[1:]:
        row = json.loads(line)
        if row["table"] == "phases" or (upto is not None and row.get("step", upto + 1) > upto):
            continue
        if row["table"] == "steps":
            del row["digest"]
        kept.append(json.dumps(row))
    return kept


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return build_village().run(STEPS, archive=tmp_path_factory.mktemp("parent") / "run")


@pytest.mark.parametrize("step", [0, 1, 3, 4, 6, 7])
def test_a_fork_without_a_change_is_the_same_run_again(parent: Run, tmp_path: Path, step: int) -> None:
    assert parent.folder is not None
    before = files(parent.folder)
    model = ScriptedModel(village_rule)
    child = parent.fork(step, tmp_path / "fork", simulation=build_village(model))
    assert files(parent.folder) == before
    assert facts(child) == facts(parent)
    assert len(model.requests) == len([call for call in parent.calls() if call.key.step > step])
    assert verify(child.archive) == []
    first, fork = child.phases
    assert (first.kind, fork.kind, fork.step) == ("run", "fork", step + 1)
    assert fork.parent == Parent(step=step, digest=parent.archive.steps[step].digest)
    assert [each.digest for each in child.archive.steps[: step + 1]] == [each.digest for each in parent.archive.steps[: step + 1]]
    named = child.archive.environment["forked_from"]
    assert (named["folder"], named["digest"]) == (str(parent.folder), parent.archive.steps[-1].digest)
    child.close()


def test_another_seed_is_another_future(parent: Run, tmp_path: Path) -> None:
    children = [parent.fork(3, tmp_path / str(seed), seed=seed) for seed in (11, 12, 13)]
    assert [child.seed for child in children] == [11, 12, 13]
    for child in children:
        assert facts(child, upto=3) == facts(parent, upto=3)
    assert facts(children[0]) == facts(parent)
    assert len({str(facts(child)) for child in children}) == 3


def test_another_model(parent: Run, tmp_path: Path) -> None:
    child = parent.fork(3, tmp_path / "fork", model=ScriptedModel(lambda request: village_rule(request), name="other"))
    assert child.model == "other"
    assert {call.model for call in child.calls()} == {"scripted", "other"}
    assert {call.key.step for call in child.calls() if call.model == "other"} == {
        call.key.step for call in parent.calls() if call.key.step > 3
    }


def test_a_persona_is_replaced_or_its_state_changed(parent: Run, tmp_path: Path) -> None:
    def changed(simulation: Any) -> None:
        simulation.agents[1].components[2].temper = "furious"

    # The temper is state: what the code says anew doesn't count, what `change` does is there before the first new step.
    kept = parent.fork(3, tmp_path / "code", simulation=build_village(temper="furious"))
    assert facts(kept) == facts(parent)
    child = parent.fork(3, tmp_path / "state", change=changed)
    assert all("Ben is calm" in call.prompt.text for call in child.calls(agent="Ben", component="actor", step=3))
    said = [call.prompt.text for call in child.calls(agent="Ben", component="actor", step=4)]
    assert said
    assert all("Ben is furious" in each for each in said)
    assert list(child.phases[-1].states) == ["agent/Ben/mood"]


def test_components_come_and_go(parent: Run, tmp_path: Path) -> None:
    simulation = build_village()
    for agent in simulation.agents:
        agent.set_components([each for each in agent.components if each.name != "mood"])
    child = parent.fork(4, tmp_path / "without", simulation=simulation)
    assert "agent/Ben/mood" in child.archive.states(4)
    assert "agent/Ben/mood" not in child.archive.states(5)
    assert verify(child.archive) == []
    again = child.fork(6, tmp_path / "with", simulation=build_village())
    counts = [int(str(run.archive.states(7)["agent/Ben/mood"][1]["noticed"])) for run in (again, parent)]
    assert counts[0] < counts[1]
    assert [phase.kind for phase in again.phases] == ["run", "fork", "fork"]
    assert verify(again.archive) == []


def test_what_is_told_and_what_is_done_to_the_world(parent: Run, tmp_path: Path) -> None:
    told = parent.fork(3, tmp_path / "told", tell={"Ben": ["Fire!", "Run!"]})
    heard = [each.text for each in told.observations("Ben") if each.id.startswith("4/")]
    assert heard[:2] == ["Fire!", "Run!"]
    assert not [each for each in told.observations("Ada") if "Fire" in each.text]
    flooded = parent.fork(
        3, tmp_path / "flooded", simulation=build_village(interventions=[Intervention(at=4, change=drown, text="It rains.")])
    )
    assert flooded.world(4)["rung"] == 100
    changed = parent.fork(3, tmp_path / "changed", change=flood)
    assert (changed.world(3)["rung"], changed.world(4)["rung"]) == (parent.world(3)["rung"], 100)


def drown(world: Any) -> None:
    world.rung = 100


def flood(simulation: Any) -> None:
    simulation.world.intervene(drown)


def test_a_fork_of_a_run_in_memory_and_of_one_that_was_killed(parent: Run, tmp_path: Path) -> None:
    child = build_village().run(STEPS).fork(3, tmp_path / "fork", simulation=build_village())
    assert facts(child) == facts(parent)


def test_a_fork_goes_on_after_a_stop(parent: Run, tmp_path: Path) -> None:
    def changed(simulation: Any) -> None:
        simulation.agents[1].components[2].temper = "furious"

    whole = parent.fork(3, tmp_path / "whole", seed=5, change=changed, tell={"Ada": "Hush."})
    for calls in (0, 1, 12):
        folder = tmp_path / str(calls)
        stopped = parent.fork(3, folder, seed=5, change=changed, tell={"Ada": "Hush."}, budget=RunBudget(calls=calls))
        assert stopped.status == "stopped"
        stopped.close()
        parts = build_village(seed=5).run(STEPS, archive=folder, resume=True)
        assert exported(parts) == exported(whole)
        parts.close()


def test_budgets_of_a_fork_count_the_future_alone(parent: Run, tmp_path: Path) -> None:
    future = len([call for call in parent.calls() if call.key.step > 5])
    child = parent.fork(5, tmp_path / "fork", budget={"calls": future})
    assert (child.status, child.last_step) == ("finished", STEPS)


def test_wrong_wishes_are_refused_and_nothing_is_written(parent: Run, tmp_path: Path) -> None:
    assert parent.folder is not None
    before = files(parent.folder)
    with pytest.raises(BadInput, match="no step 8 to be forked at; its committed steps are 0 to 7"):
        parent.fork(8, tmp_path / "a")
    with pytest.raises(BadInput, match="steps=2: the fork begins with the 3 steps"):
        parent.fork(3, tmp_path / "a", steps=2)
    with pytest.raises(UnknownName, match="Zoe"):
        parent.fork(3, tmp_path / "a", tell={"Zoe": "Hm."})
    with pytest.raises(BadInput, match="is the folder of the run"):
        parent.fork(3, parent.folder)
    assert not (tmp_path / "a").exists()
    parent.fork(3, tmp_path / "a").close()
    with pytest.raises(ArchiveInUse):
        parent.fork(3, tmp_path / "a")
    assert files(parent.folder) == before


def test_a_parent_with_a_log_beside_it_is_left_as_it_is(tmp_path: Path) -> None:
    """As a kill leaves it: the last steps stand in the write-ahead log alone."""
    simulation = build_village()
    for step in simulation.steps(STEPS, archive=tmp_path / "run"):
        if step.number == 5:
            (tmp_path / "killed").mkdir()
            for each in (tmp_path / "run").iterdir():
                if each.suffix != ".lock" and not each.name.endswith("-shm"):
                    (tmp_path / "killed" / each.name).write_bytes(each.read_bytes())
    assert (tmp_path / "killed/run.sqlite-wal").stat().st_size > 0
    before = files(tmp_path / "killed")
    with load_run(tmp_path / "killed") as run:
        child = run.fork(4, tmp_path / "fork", simulation=build_village(), steps=STEPS)
    after = files(tmp_path / "killed")
    assert {name: after[name] for name in before} == before
    assert child.last_step == STEPS
