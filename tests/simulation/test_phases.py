"""Studies in phases: another simulation goes on where one ended, in one archive, and each phase can be resumed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, Simulation, Simultaneous, load_run
from gamemaster.components import Recall
from gamemaster.record import verify
from gamemaster.simulation import replay
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import ArchiveError, BadInput, UnknownName
from tests.simulation.market import build_market, market_rule
from tests.simulation.test_same_seed import exported


def first(**more: Any) -> Simulation:
    return build_market(start="2024-05-01 08:00", **more)


def second(names: tuple[str, ...] = ("Ann", "Bob", "Cid"), **more: Any) -> Simulation:
    simulation = build_market(names, seed=9, **more)
    simulation.premise = "A year has passed."
    return simulation


def test_everything_goes_on(tmp_path: Path) -> None:
    one = first().run(3, archive=tmp_path / "run")
    noticed = len(one.observations("Ann"))
    run = one.then(second(), 2)
    assert (run.status, run.last_step, run.seed) == ("finished", 6, 9)
    assert [(each.step, each.kind, each.carry) for each in run.phases] == [
        (0, "run", ()),
        (4, "then", ("agents", "memories", "world")),
    ]
    told = [event.text for event in run.events if event.step == 4]
    assert told == ["A year has passed."]
    assert run.world(4)["coins"] == run.world(3)["coins"]
    assert run.archive.steps[4].time == run.archive.steps[3].time
    texts = [each.text for each in run.memories("Ann", 4)]
    assert texts[: len(one.memories("Ann", 3))] == [each.text for each in one.memories("Ann", 3)]
    assert len(run.observations("Ann")) > noticed
    assert run.configuration["start"] == "2024-05-01T08:00:00"
    assert verify(run.archive) == []
    assert replay(tmp_path / "run", first(), second()).same
    one.close()


def test_what_is_not_carried_begins_anew() -> None:
    run = first().run(3).then(second(), 1, carry=["agents"])
    assert run.world(4)["coins"] == dict.fromkeys(("Ann", "Bob", "Cid"), 10)
    assert [each.text for each in run.memories("Bob", 4)] == [
        "Bob was born in Riverbend.",
        "The mayor is called Dora.",
        "A year has passed.",
    ]
    assert run.archive.states(3)["agent/Ann/plan"] == run.archive.states(4)["agent/Ann/plan"]
    fresh = first().run(3).then(second(), 1, carry=[])
    assert fresh.archive.states(4)["agent/Ann/plan"] == fresh.archive.states(0)["agent/Ann/plan"]


def test_single_agents_go_on_among_others() -> None:
    run = first().run(3).then(second(("Ann", "Zoe")), 2, carry=["Ann"])
    assert run.agents == ["Ann", "Zoe"]
    assert "agent/Bob/plan" in run.archive.states(3)
    assert "agent/Bob/plan" not in run.archive.states(4)
    assert run.memories("Bob", 4) == []
    assert run.memories("Bob", 3) != []
    assert run.memories("Zoe", 4)[0].text == "Zoe was born in Riverbend."
    assert len(run.memories("Ann", 4)) > len(run.memories("Ann", 3))
    assert verify(run.archive) == []


@pytest.mark.parametrize("stops", [(2, 3), (3, 0), (3, 1)])
def test_a_study_goes_on_in_the_phase_in_which_it_stopped(tmp_path: Path, stops: tuple[int, int]) -> None:
    folder = tmp_path / "run"
    models = [ScriptedModel(market_rule) for _ in range(3)]
    done = first(model=models[0]).run(stops[0], archive=folder)
    if stops[0] == 3:
        done.then(second(model=models[1]), stops[1]).close()
    # The whole script again, as after a kill.
    run = first(model=models[2]).run(3, archive=folder, resume=True).then(second(model=models[2]), 3)
    whole = first().run(3).then(second(), 3)
    assert exported(run) == exported(whole)
    assert sum(len(model.requests) for model in models) == whole.cost["requests"]
    assert verify(run.archive) == []
    # And by the second simulation alone.
    assert exported(second().run(7, archive=folder, resume=True)) == exported(run)


def test_a_broken_phase_goes_on_once_mended(tmp_path: Path) -> None:
    def broken(request: Any) -> Any:
        if request.key.step == 4:
            raise RuntimeError("the machine is on fire")
        return market_rule(request)

    folder = tmp_path / "run"
    run = first().run(3, archive=folder)
    with pytest.raises(Exception, match="on fire"):
        run.then(second(model=ScriptedModel(lambda request: broken(request) if request.key.step < 5 else broken_at_5())), 3)
    with load_run(folder) as found:
        assert found.phases[-1].step == 4
        assert found.last_step == 4
    run = first().run(3, archive=folder, resume=True).then(second(), 3)
    assert exported(run) == exported(first().run(3).then(second(), 3))


def broken_at_5() -> Any:
    raise RuntimeError("the machine is on fire")


def test_a_third_phase_without_a_world(tmp_path: Path) -> None:
    def built() -> Simulation:
        agents = [Agent("Ann", [Recall(k=2)]), Agent("Bob")]
        speech, model = Simultaneous(ActionSpec.speech()), ScriptedModel(market_rule)
        return Simulation(agents, schedule=speech, model=model, embedder=HashEmbedder(width=16))

    talk = built()
    run = first().run(2, archive=tmp_path / "run").then(second(), 1)
    with pytest.raises(BadInput, match="has no world to carry"):
        run.then(talk, 1)
    run = run.then(talk, 1, carry=["memories"])
    assert (run.last_step, run.world()) == (6, {})
    assert run.world(4)["coins"]
    assert len(run.phases) == 3
    assert verify(run.archive) == []
    assert {each.embedder for each in run.archive.vectors()} == {"hash/128/1", "hash/16/1"}
    longer = built().run(8, archive=tmp_path / "run", resume=True)
    assert exported(longer) == exported(first().run(2).then(second(), 1).then(built(), 3, carry=["memories"]))


def test_wrong_wishes_are_refused(tmp_path: Path) -> None:
    run = first().run(2, archive=tmp_path / "run")
    with pytest.raises(UnknownName, match=r"part to carry 'agent'.*'agents'"):
        run.then(second(), 1, carry=["agent"])
    run.then(second(), 1).close()
    with pytest.raises(ArchiveError, match=r"its order is|its agents is|its seed is"):
        build_market(seed=77).run(5, archive=tmp_path / "run", resume=True)
