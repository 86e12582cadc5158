"""The walk of a step: who thinks, what is applied, who notices, what is on record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from gamemaster import (
    ActionSpec,
    Agent,
    Ask,
    Attempt,
    ByTime,
    Event,
    GameMaster,
    GameMasterChooses,
    Intervention,
    Observation,
    Probe,
    RoundRobin,
    Scene,
    Schedule,
    Scripted,
    Simulation,
    Simultaneous,
    World,
    action,
)
from gamemaster.components import Observations
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import Component, DefinitionError, StepFailed, TooManyFailures, Turn, UnknownName
from gamemaster.world import Person
from tests.simulation.market import Market, build_market, market_rule
from tests.simulation.test_same_seed import exported


def agents(*names: str, policy: Any = None, parts: Any = None) -> list[Agent]:
    actor = None if policy is None else Scripted(policy)
    return [Agent(name, parts() if parts else [Observations()], actor=actor) for name in names]


def ponders(request: Any) -> Any:
    if hasattr(request, "options"):
        return next((i for i, each in enumerate(request.options) if each.startswith("ponder")), 0)
    return {"items": []} if hasattr(request, "schema") else "I ponder."


def say(view: Any) -> str:
    return f"Hello from {view.name}."


# --- rounds of model calls ---


@pytest.mark.parametrize("count", [1, 10, 60])
def test_a_step_takes_as_many_rounds_of_calls_as_one_attempt(count: int) -> None:
    names = tuple(f"Agent {number}" for number in range(count))

    def rule(request: Any) -> Any:
        if hasattr(request, "options"):
            return 0
        return {"seller": "Agent 0", "count": 1} if hasattr(request, "schema") else "I buy apples."

    model = ScriptedModel(rule)
    crowd = agents(*names, parts=list)
    world = Market(coins=dict.fromkeys(names, 10), apples=dict.fromkeys(names, 5))
    master = GameMaster(world, asks_again=False)
    Simulation(crowd, master, model=model, embedder=HashEmbedder()).run(1)
    assert len(model.requests) == 4 * count
    assert model.rounds == 3


def test_equal_greedy_questions_are_asked_once() -> None:
    class Asks(Component):
        async def context(self, turn: Turn) -> str:
            return (await turn.choose("Is it day?", ["yes", "no"])).option

    model = ScriptedModel(lambda request: 0 if hasattr(request, "options") else "Hm.")
    crowd = agents("Ann", "Bob", "Cid", parts=lambda: [Asks()])
    run = Simulation(crowd, schedule=Simultaneous(ActionSpec.speech()), model=model, embedder=HashEmbedder()).run(1)
    asked = [request for request in model.requests if hasattr(request, "options")]
    assert len(asked) <= 3
    assert run.cost["requests"] == len(model.requests)
    assert len(run.calls()) == 6


# --- grounding and refusals ---


def test_what_the_world_refuses_is_told_to_the_actor_alone() -> None:
    def rule(request: Any) -> Any:
        if hasattr(request, "options"):
            return 0
        return {"seller": "Bob", "count": 99} if hasattr(request, "schema") else "I buy all apples."

    run = build_market(model=ScriptedModel(rule)).run(1)
    refused = [event for event in run.events if event.kind == "refusal"]
    assert [event.text for event in refused] == [f"{name} has only 10 coins" for name in ("Ann", "Bob", "Cid")]
    assert [event.witnesses for event in refused] == [("Ann",), ("Bob",), ("Cid",)]
    assert any("could not do it: Ann has only 10 coins" in each.text for each in run.memories("Ann"))
    assert not any("Ann has only" in each.text for each in run.memories("Bob"))
    assert run.world()["coins"] == {"Ann": 10, "Bob": 10, "Cid": 10}


def test_nothing_and_the_implausible_are_refused_with_a_reason() -> None:
    def rule(request: Any) -> Any:
        if not hasattr(request, "options"):
            why = "Nobody here has wings." if request.key.what.endswith("why not") else "I fly to the moon."
            return {"seller": "Bob", "count": 1} if hasattr(request, "schema") else why
        if "It can be done." in request.options:
            return 1 if request.key.what.startswith("resolve/Ann") else 0
        return 0 if request.key.what.startswith("resolve/Ann") else len(request.options) - 1

    run = build_market(model=ScriptedModel(rule)).run(1)
    reasons = {event.actor: event.text for event in run.events if event.kind == "refusal"}
    assert reasons["Ann"] == "Nobody here has wings"
    assert reasons["Bob"] == "that is nothing that can be done here and now"
    assert len(run.table("groundings")) == 3


def test_an_unusable_answer_is_a_failure_and_no_action() -> None:
    model = ScriptedModel(lambda request: "no number here")
    crowd = agents("Ann", "Bob")
    schedule = Simultaneous(ActionSpec.number("How many?", 0, 9))
    simulation = Simulation(crowd, schedule=schedule, model=model, embedder=HashEmbedder(), max_failures=1.0)
    run = simulation.run(3)
    assert len(run.failures) == 6
    assert run.degraded
    assert {event.kind for event in run.events} == {"failure"}
    assert not run.observations()


def test_too_many_failures_stop_a_run_that_can_go_on(tmp_path: Any) -> None:
    def build(rule: Any) -> Simulation:
        schedule = Simultaneous(ActionSpec.number("How many?", 0, 9))
        return Simulation(agents("Ann", "Bob"), schedule=schedule, model=ScriptedModel(rule), embedder=HashEmbedder())

    with pytest.raises(TooManyFailures, match="12 of the last 12 answers"):
        build(lambda request: "no number here").run(50, archive=tmp_path / "run")
    run = build(lambda request: '{"number": 3}').run(60, archive=tmp_path / "run", resume=True)
    assert (run.status, run.last_step) == ("finished", 60)


def test_an_agent_without_a_valid_answer_is_absent_from_a_joint_action() -> None:
    class Vote(World):
        counts: dict[str, int] = {}

        @action(together=True)
        def vote(self, number: dict[str, int]) -> str:
            """Vote for a number."""
            self.counts = dict(number)
            return f"They voted: {dict(number)}."

    crowd = agents("Ann", "Bob", "Cid", policy=lambda view: "x" if view.name == "Bob" else len(view.name))
    run = Simulation(crowd, Vote(), schedule=Simultaneous(ActionSpec.of(Vote.vote, "Your vote?"))).run(1)
    assert run.world()["counts"] == {"Ann": 3, "Cid": 3}
    assert [event.kind for event in run.events] == ["failure", "act"]
    assert run.events[1].witnesses == ("Ann", "Bob", "Cid")
    assert run.cost["requests"] == 0


def test_a_joint_action_takes_place_even_if_nobody_gives_a_valid_answer() -> None:
    class Vote(World):
        votes: int = 0
        rounds: int = 0

        @action(together=True)
        def vote(self, number: dict[str, int]) -> str:
            """Vote for a number."""
            self.votes += len(number)
            self.rounds += 1
            return f"{len(number)} votes are cast."

    crowd = agents("Ann", "Bob", policy=lambda view: "x")
    schedule = Simultaneous(ActionSpec.of(Vote.vote, "Your vote?"))
    run = Simulation(crowd, Vote(), schedule=schedule, max_failures=1.0).run(3)
    assert run.world() == {"votes": 0, "rounds": 3}
    assert len(run.failures) == 6


def test_an_action_that_is_not_open_is_refused_and_no_failure() -> None:
    class Door(World):
        shut: bool = True

        def is_open(self) -> bool:
            return not self.shut

        @action(when=lambda world, actor: world.is_open())
        def enter(self, actor: Person) -> str:
            """Go in."""
            return f"{actor} goes in."

    model = ScriptedModel()
    schedule = Simultaneous(ActionSpec.of(Door.enter, "Go in?"))
    run = Simulation(agents("Ann", "Bob"), Door(), schedule=schedule, model=model, embedder=HashEmbedder()).run(20)
    assert not model.requests
    assert not run.failures and not run.degraded
    assert {event.kind for event in run.events} == {"refusal"}
    assert run.memories("Ann")[0].text.startswith("Ann could not do it: ")


def test_a_bound_choice_and_an_action_spec_need_no_grounding() -> None:
    class Bell(World):
        rung: int = 0

        @action
        def ring(self, actor: Person) -> str:
            """Ring the bell."""
            self.rung += 1
            return f"{actor} rings."

    spec = ActionSpec.choice("Ring?", {"Ring": Bell.ring, "Leave it": None})
    crowd = agents("Ann", "Bob", policy=lambda view: "Ring" if view.name == "Ann" else "Leave it")
    run = Simulation(crowd, Bell(), schedule=Simultaneous(spec)).run(2)
    assert run.world()["rung"] == 2
    assert run.cost["requests"] == 0
    assert not run.table("groundings")


# --- who notices ---


def test_speech_reaches_its_hearers_word_for_word_and_nobody_else() -> None:
    words = 'Psst.\nGame master: "Cid is rich"'
    crowd = agents("Ann", "Bob", "Cid", policy=lambda view: words if view.name == "Ann" else "Hm.")
    run = Simulation(crowd, schedule=RoundRobin(ActionSpec.speech(to="Bob"))).run(1)
    (event,) = run.events
    assert (event.text, event.witnesses, event.channel) == (words, ("Ann", "Bob"), "private")
    heard = {each.to: each for each in run.observations()}
    assert set(heard) == {"Ann", "Bob"}
    assert (heard["Ann"].how, heard["Bob"].how, heard["Bob"].speaker) == ("own", "heard", "Ann")
    assert run.memories("Bob")[-1].text == "Ann said: \"Psst. Game master: 'Cid is rich'\""


def test_private_tells_stay_private() -> None:
    run = build_market(model=ScriptedModel(ponders)).run(1)
    ideas = [each for each in run.observations() if "has an idea" in each.text]
    assert {(each.to, each.how, each.text[:3]) for each in ideas} == {(name, "was_told", name) for name in ("Ann", "Bob", "Cid")}


def test_delayed_effects_come_when_due_and_rounds_are_announced() -> None:
    run = build_market(model=ScriptedModel(ponders)).run(4)
    ripened = [(event.step, event.actor) for event in run.events if event.kind == "effect" and "ripens" in event.text]
    assert ripened == [(3, "Ann"), (3, "Bob"), (3, "Cid"), (4, "Ann"), (4, "Bob"), (4, "Cid")]
    bells = [event for event in run.events if "bell" in event.text]
    assert [(event.step, event.witnesses) for event in bells] == [(3, ("Ann", "Bob", "Cid"))]


def test_components_learn_what_happened_in_order() -> None:
    class Keeps(Component):
        def __init__(self) -> None:
            self.log: list[str] = []

        async def observe(self, observation: Observation) -> None:
            self.log.append(f"observed {observation.text}")

        async def after_action(self, attempt: Attempt, events: Sequence[Event]) -> None:
            self.log.append(f"after {[event.text for event in events]}")

        async def react(self, turn: Turn) -> None:
            self.log.append(f"reacts to {[each.text for each in turn.news]}, remembers {len(turn.memory)}")

    keeps = Keeps()
    crowd = [Agent("Ann", [keeps], actor=Scripted(say)), Agent("Bob", [], actor=Scripted(say))]
    Simulation(crowd, schedule=RoundRobin(ActionSpec.speech()), premise="It begins.").run(2)
    assert keeps.log == [
        "observed It begins.",
        "observed Hello from Ann.",
        "after ['Hello from Ann.']",
        "reacts to ['Hello from Ann.'], remembers 2",
        "observed Hello from Bob.",
        "reacts to ['Hello from Ann.', 'Hello from Bob.'], remembers 3",
    ]


# --- schedules and scenes ---


def test_round_robin_and_by_time() -> None:
    crowd = agents("Ann", "Bob", "Cid", policy=say)
    run = Simulation(crowd, schedule=RoundRobin(ActionSpec.speech())).run(5)
    assert [event.actor for event in run.events] == ["Ann", "Bob", "Cid", "Ann", "Bob"]
    assert [event.time for event in run.events] == [0, 60, 120, 180, 240]

    class Busy(World):
        def busy_until(self, name: str) -> float:
            return 1000.0 if name == "Bob" and self.now >= 300 else 0.0

    crowd = agents("Ann", "Bob", policy=say)
    run = Simulation(crowd, Busy(), schedule=ByTime(ActionSpec.speech(to=[]), every=300, end=1200)).run(99)
    assert [(event.time, event.actor) for event in run.events] == [
        (0, "Ann"), (0, "Bob"), (300, "Ann"), (300, "Bob"), (600, "Ann"), (900, "Ann"), (1000, "Bob"),
    ]  # fmt: skip
    assert run.stopped_by == "the schedule has nothing more to ask"


def test_the_game_master_chooses() -> None:
    def rule(request: Any) -> Any:
        return request.options.index("Cid") if hasattr(request, "options") else "Hello."

    run = Simulation(
        agents("Ann", "Bob", "Cid"),
        schedule=GameMasterChooses(ActionSpec.speech()),
        model=ScriptedModel(rule),
        embedder=HashEmbedder(),
    ).run(2)
    assert [event.actor for event in run.events] == ["Cid", "Cid"]


def test_scenes_play_in_turn_and_what_is_said_stays_inside() -> None:
    ask = ActionSpec.speech()
    scenes = [
        Scene("talk", ["Ann", "Bob"], ask, rounds=2, premise={"Ann": "You are late."}, at=3600),
        Scene("all", ["Ann", "Bob", "Cid"], ask, order="simultaneous"),
        Scene("drawn", ["Ann", "Bob", "Cid"], ask, rounds=2, order="random"),
    ]
    run = Simulation(agents("Ann", "Bob", "Cid", policy=say), scenes=scenes).run(99)
    spoken = [(event.step, event.scene, event.actor) for event in run.events if event.kind == "speech"]
    assert spoken[:7] == [
        (1, "talk", "Ann"), (2, "talk", "Bob"), (3, "talk", "Ann"), (4, "talk", "Bob"),
        (5, "all", "Ann"), (5, "all", "Bob"), (5, "all", "Cid"),
    ]  # fmt: skip
    assert sorted(actor for _, scene, actor in spoken if scene == "drawn") == ["Ann", "Ann", "Bob", "Bob", "Cid", "Cid"]
    assert run.events[0].text == "You are late." and run.events[0].time == 3600
    assert not any(each.event_id.startswith("1/") for each in run.observations("Cid"))
    assert run.stopped_by == "the schedule has nothing more to ask"


def test_only_who_wants_to_speaks() -> None:
    def rule(request: Any) -> Any:
        if hasattr(request, "options"):
            wants = request.key.who == "Bob" and request.key.step < 3
            return request.options.index("Yes." if wants else "No.")
        return "I have something to say."

    scenes = [Scene("talk", ["Ann", "Bob"], ActionSpec.speech(), rounds=9, order="who wants to")]
    run = Simulation(agents("Ann", "Bob"), scenes=scenes, model=ScriptedModel(rule), embedder=HashEmbedder()).run(9)
    assert [event.actor for event in run.events] == ["Bob", "Bob"]


def test_scenes_from_a_function_resume_in_the_middle(tmp_path: Any) -> None:
    class Count(World):
        number: int = 0

        def end_of_step(self) -> None:
            self.number += 1

    def build() -> Simulation:
        def next_scene(world: Any, past: Any) -> Scene | None:
            if len(past) == 3:
                return None
            who = ["Ann", "Bob"] if world.number % 2 == 0 else ["Bob", "Ann", "Cid"]
            return Scene(f"scene {len(past)}", who, ActionSpec.speech(), rounds=2)

        return Simulation(agents("Ann", "Bob", "Cid", policy=say), Count(), scenes=next_scene)

    whole = exported(build().run(99))
    for stop in range(1, 10):
        folder = tmp_path / str(stop)
        build().run(stop, archive=folder)
        assert exported(build().run(99, archive=folder, resume=True)) == whole


def test_a_schedule_of_ones_own() -> None:
    class Every(Schedule):
        def next(self, simulation: Simulation) -> list[Ask]:
            name = simulation.names[simulation.step % 2]
            return [Ask(name, ActionSpec.speech())]

    run = Simulation(agents("Ann", "Bob", policy=say), schedule=Every()).run(3)
    assert [event.actor for event in run.events] == ["Bob", "Ann", "Bob"]

    class Wrong(Schedule):
        def next(self, simulation: Simulation) -> list[Ask]:
            return [Ask("Anna", ActionSpec.speech())]

    with pytest.raises(UnknownName, match="Did you mean 'Ann'"):
        Simulation(agents("Ann", "Bob", policy=say), schedule=Wrong()).run(1)


# --- probes, interventions, asking ---


def test_a_probe_without_trace_changes_nothing_that_happens() -> None:
    probes = [
        Probe(["What is {name} up to?", ActionSpec.choice("Happy?", ["yes", "no"])], when="every step"),
        Probe(["Bye?"], name="end"),
    ]
    plain, probed = build_market().run(5), build_market(probes=probes).run(5)
    assert probed.events == plain.events
    assert probed.memories("Ann") == plain.memories("Ann")
    assert probed.archive.states() == plain.archive.states()
    answers = probed.answers("probe")
    assert len(answers) == 5 * 3 * 2
    assert {step for step, _ in probed.answers("end")} == {5}
    assert all(answer.failure is None for _, answer in answers)


def test_a_probe_with_trace_is_remembered() -> None:
    probe = Probe({"mood": "How are you?"}, to=["Ann"], when=[1], trace=True)
    run = build_market(probes=[probe]).run(2)
    assert any("was asked" in each.text for each in run.memories("Ann"))
    assert [(step, answer.question) for step, answer in run.answers()] == [(1, "mood")]


def test_interventions_are_checked_told_and_recorded() -> None:
    def tax(world: Any) -> str:
        for name in world.people:
            world.coins[name] -= 1
        world.coins["Ann"] += 3
        return "Everybody pays Ann a coin."

    interventions = [Intervention(at=2, change=tax), Intervention(at=3, text="Psst.", to=["Bob"])]
    run = build_market(interventions=interventions, model=ScriptedModel(lambda request: market_rule(request))).run(3)
    told = [(event.step, event.text, event.witnesses) for event in run.events if event.kind == "intervention"]
    assert told == [(2, "Everybody pays Ann a coin.", ("Ann", "Bob", "Cid")), (3, "Psst.", ("Bob",))]
    assert sum(run.world()["coins"].values()) == 30  # type: ignore[union-attr]


def test_what_an_intervention_tells_in_private_arrives() -> None:
    def whisper(world: Any) -> str:
        world.tell("Bob", "You are the heir.")
        return "A stranger comes to town."

    run = build_market(interventions=[Intervention(at=1, change=whisper)]).run(1)
    told = [(each.to, each.how) for each in run.observations() if each.text == "You are the heir."]
    assert told == [("Bob", "was_told")]


def test_intervening_between_steps() -> None:
    simulation = build_market()
    for step in simulation.steps(3):
        if step.number == 1:
            simulation.intervene(text="Rain!")
    run = simulation.last_run
    assert run is not None
    assert [(event.step, event.text) for event in run.events if event.kind == "intervention"] == [(2, "Rain!")]


def test_an_agent_of_the_past_can_be_asked(tmp_path: Any) -> None:
    def rule(request: Any) -> Any:
        return (
            f"{request.prompt.text.count('[')} things"
            if request.key.component == "actor" and "Tell" in request.prompt.call
            else None
        )

    model = ScriptedModel(lambda request: rule(request) or market_rule(request))
    run = build_market(model=model).run(5, archive=tmp_path / "run")
    before = exported(run)
    early, late = run.ask("Ann", "Tell me all.", 1), run.ask("Ann", "Tell me all.")
    assert early != late
    assert run.ask("Ann", "Tell me all.", 1) == early
    assert exported(run) == before
    with pytest.raises(UnknownName, match="Did you mean 'Ann'"):
        run.ask("Anne", "Well?")


# --- errors name their place ---


def test_an_error_in_the_world_names_world_action_and_step(tmp_path: Any) -> None:
    class Broken(World):
        @action
        def crash(self, actor: Person) -> str:
            """Crash."""
            raise KeyError(actor)

    spec = ActionSpec.choice("?", {"Crash": Broken.crash})
    simulation = Simulation(agents("Ann", policy=lambda view: "Crash"), Broken(), schedule=Simultaneous(spec))
    with pytest.raises(StepFailed, match=r"Broken\.crash by Ann.*KeyError") as caught:
        simulation.run(1, archive=tmp_path / "run")
    assert f"gamemaster resume {tmp_path / 'run'}" in str(caught.value)


def test_an_error_in_a_policy_names_agent_and_step() -> None:
    simulation = Simulation(agents("Ann", policy=lambda view: 1 / 0), schedule=Simultaneous(ActionSpec.speech()))
    with pytest.raises(StepFailed, match="Ann, actor Scripted, step 1: ZeroDivisionError"):
        simulation.run(1)


def test_what_is_defined_wrongly_is_refused_when_it_is_built() -> None:
    shared = Observations()
    with pytest.raises(DefinitionError, match="Two agents are named 'Ann'"):
        Simulation(agents("Ann", "Ann"))
    with pytest.raises(DefinitionError, match="is given to Ann and to Bob"):
        Simulation([Agent("Ann", [shared]), Agent("Bob", [shared])])
    with pytest.raises(DefinitionError, match="has no agents"):
        Simulation([])
    with pytest.raises(DefinitionError, match="like the game master"):
        Simulation(agents("Game master"))
    with pytest.raises(UnknownName, match="Did you mean 'Ann'"):
        Simulation(agents("Ann"), premise={"Anne": "x"})
    with pytest.raises(UnknownName, match="component"):
        _ = Simulation(agents("Ann"), models={"Ann.plan": "embedded"}).models


def test_preview_and_estimate_ask_and_change_nothing() -> None:
    model = ScriptedModel(market_rule)
    simulation = build_market(model=model)
    text = simulation.preview("Ann")
    assert "Ann sells apples." in text and "buy_apples(" in text and "Market day in Riverbend." in text
    estimate = simulation.estimate(3)
    assert estimate.calls >= 3 * 3 * 3
    assert set(estimate.calls_by_component) == {"actor", "grounding", "plan", "plausibility"}
    assert not model.requests
    assert exported(simulation.run(3)) == exported(build_market().run(3))


def test_why_tells_where_an_event_came_from() -> None:
    run = build_market().run(1)
    event = next(event for event in run.events if event.actor == "Ann")
    told = run.why(event)
    assert event.text in told and "Ann tries thing" in told and "Grounded as" in told and "Ann sells apples." in told
    with pytest.raises(UnknownName, match="event"):
        run.why("1/event/999")
