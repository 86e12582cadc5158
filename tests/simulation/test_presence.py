"""Who takes part: leaving, dying, coming, being born, in the middle of a run."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import (
    ActionSpec,
    Agent,
    GameMaster,
    Intervention,
    Person,
    Scene,
    Scripted,
    Simulation,
    Simultaneous,
    World,
    action,
)
from gamemaster.components import Observations
from gamemaster.components.game_master import Channel
from gamemaster.simulation import load_run
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import StepFailed
from tests.simulation.test_same_seed import exported

NAMES = ("Ann", "Bob", "Cid")


class House(World):
    """Who is in the house; what is done there is noticed by all who are."""

    inside: list[str]

    def present_people(self) -> list[str]:
        return list(self.inside)

    @action
    def leave_house(self, actor: Person) -> str:
        """Leave for good."""
        self.inside.remove(actor)
        return f"{actor} leaves."

    @action
    def push_out(self, actor: Person, whom: Person) -> str:
        """Push somebody out of the house."""
        if whom not in self.inside:
            self.refuse(f"{whom} is not in the house")
        self.inside.remove(whom)
        return f"{actor} pushes {whom} out."

    @action
    def bear_child(self, actor: Person, name: str) -> str:
        """Have a child."""
        self.inside.append(name)
        return f"{actor} has a child, {name}."

    @action
    def do_nothing(self, actor: Person) -> str:
        """Do nothing."""
        return f"{actor} does nothing."

    @action(together=True)
    def lift_table(self, strength: dict[str, int]) -> str:
        """Lift the table together."""
        return f"Lifted by {' and '.join(strength)}."

    def witnesses(self, event: Any) -> set[str]:
        return set(self.people)


def let_in(world: World) -> None:
    assert isinstance(world, House)
    world.inside.append("Cid")


def deed(action: str, **arguments: Any) -> dict[str, Any]:
    return {"action": action, "arguments": arguments}


def house(deeds: dict[str, list[dict[str, Any]]], *, inside: Any = NAMES, born: Any = None, **options: Any) -> Simulation:
    def policy(view: Any) -> Any:
        own = deeds.get(view.name, [])
        return own[view.moment.step - 1] if view.moment.step <= len(own) else deed("do_nothing")

    def agent(name: str) -> Agent:
        return Agent(name, [Observations()], actor=Scripted(policy), memories=[f"{name} was always curious."])

    return Simulation(
        [agent(name) for name in NAMES],
        GameMaster(House(inside=list(inside))),
        born=agent if born is None else born,
        schedule=options.pop("schedule", None) or Simultaneous(),
        model=ScriptedModel(lambda request: 0),
        embedder=HashEmbedder(),
        **options,
    )


def told(run: Any, name: str) -> list[str]:
    return [each.text for each in run.observations(name)]


def test_who_has_left_is_asked_nothing_and_notices_nothing() -> None:
    run = house({"Bob": [deed("leave_house")]}).run(3)
    assert [attempt.actor for attempt in run.archive.attempts()] == ["Ann", "Bob", "Cid", "Ann", "Cid", "Ann", "Cid"]
    assert told(run, "Bob") == ["Ann does nothing.", "Bob leaves."], "its own leaving it notices; what comes after, it doesn't"
    assert "Bob leaves." in told(run, "Cid")


def test_the_pending_attempt_of_who_is_gone_is_void() -> None:
    run = house({"Ann": [deed("push_out", whom="Bob")], "Bob": [deed("push_out", whom="Ann")]}).run(1)
    assert [(event.kind, event.actor) for event in run.events] == [("act", "Ann"), ("refusal", "Bob"), ("act", "Cid")]
    assert run.events[1].text == "Bob does not take part any more"
    assert run.world()["inside"] == ["Ann", "Cid"]
    assert run.failures == {} or not run.failures


def test_a_joint_action_takes_place_without_who_is_gone() -> None:
    spec = {"Ann": ActionSpec.free(), "Bob": ActionSpec.of(House.lift_table, "?"), "Cid": ActionSpec.of(House.lift_table, "?")}

    def policy(view: Any) -> Any:
        return deed("push_out", whom="Bob") if view.name == "Ann" else {"strength": 3}

    crowd = [Agent(name, [Observations()], actor=Scripted(policy)) for name in NAMES]
    scene = Scene("lifting", NAMES, spec, order="simultaneous")
    run = Simulation(
        crowd, House(inside=list(NAMES)), scenes=[scene], model=ScriptedModel(lambda r: 0), embedder=HashEmbedder()
    ).run(1)
    assert [event.text for event in run.events] == ["Ann pushes Bob out.", "Bob does not take part any more", "Lifted by Cid."]
    assert "Lifted by Cid." not in told(run, "Bob")


def test_who_has_not_come_yet_is_there_from_when_it_comes() -> None:
    coming = Intervention(at=2, change=let_in, text="Somebody knocks.")
    run = house({}, inside=["Ann", "Bob"], premise="It rains.", interventions=[coming]).run(3)
    assert [attempt.actor for attempt in run.archive.attempts(step=3)] == ["Ann", "Bob", "Cid"]
    assert [attempt.actor for attempt in run.archive.attempts(step=1)] == ["Ann", "Bob"]
    assert told(run, "Cid")[0] == "Somebody knocks."
    assert "It rains." in told(run, "Bob")


def test_channels_shrink_with_those_who_take_part() -> None:
    crowd = [Agent(name, [Observations()], actor=Scripted(lambda view: "Hello.")) for name in NAMES]
    scene = Scene("talk", NAMES, ActionSpec.speech(channel="radio"), rounds=1, order="fixed")
    master = GameMaster(House(inside=["Ann", "Cid"]), channels=[Channel("radio", delay=30)])
    run = Simulation(crowd, master, scenes=[scene], model=ScriptedModel(lambda r: 0), embedder=HashEmbedder()).run(3)
    assert told(run, "Bob") == []
    assert [event.actor for event in run.events if event.kind == "speech"] == ["Ann", "Cid"]


def test_a_child_is_asked_remembers_and_is_a_person_from_the_next_step_on(tmp_path: Any) -> None:
    deeds = {
        "Ann": [deed("bear_child", name="Eva")],
        "Bob": [deed("do_nothing"), deed("push_out", whom="Eva")],
    }
    run = house(deeds).run(2)
    assert run.agents == [*NAMES, "Eva"]
    assert [attempt.actor for attempt in run.archive.attempts(step=2)] == [*NAMES, "Eva"]
    assert run.events[-1].actor == "Eva"
    assert run.events[-1].kind == "refusal", "Bob, asked before, pushed her out"
    assert told(run, "Eva") == ["Ann does nothing."]
    assert next(each.text for each in run.memories("Eva")) == "Eva was always curious."
    assert run.archive.states(1)["world"][1]["people"] == [*NAMES, "Eva"]


def test_a_run_with_a_birth_goes_on_after_a_stop_and_can_be_forked_and_asked(tmp_path: Any) -> None:
    deeds = {"Ann": [deed("bear_child", name="Eva"), deed("bear_child", name="Ida")], "Bob": [deed("leave_house")]}
    whole = house(deeds).run(4)
    house(deeds).run(1, archive=tmp_path / "run")
    house(deeds).run(2, archive=tmp_path / "run", resume=True)
    resumed = house(deeds).run(4, archive=tmp_path / "run", resume=True)
    assert exported(resumed) == exported(whole)
    assert resumed.agents == [*NAMES, "Eva", "Ida"]
    forked = resumed.fork(2, tmp_path / "fork", simulation=house(deeds))
    assert [event.text for event in forked.events] == [event.text for event in whole.events]
    assert resumed.ask("Eva", ActionSpec.free("What now?")) == deed("do_nothing")
    assert load_run(tmp_path / "run").agents == [*NAMES, "Eva", "Ida"]
    assert [event.text for event in house(deeds).run(4).events] == [event.text for event in whole.events]


def test_who_is_born_where_no_agent_can_be_made_stops_the_run_with_the_way_out() -> None:
    simulation = house({"Ann": [deed("bear_child", name="Eva")]})
    simulation.born = None
    with pytest.raises(Exception, match=r"Simulation\(born=\.\.\.\)"):
        simulation.run(1)
    wrong = house({"Ann": [deed("bear_child", name="Eva")]}, born=lambda name: Agent("Somebody"))
    with pytest.raises(Exception, match="returns an agent of that name"):
        wrong.run(1)

    def failing(name: str) -> Agent:
        raise KeyError(name)

    with pytest.raises(StepFailed, match="born, step 1"):
        house({"Ann": [deed("bear_child", name="Eva")]}, born=failing).run(1)
