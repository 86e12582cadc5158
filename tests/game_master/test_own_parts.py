"""What replaces the game master's parts, and what components of its own bring."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import (
    ActionSpec,
    Agent,
    GameMaster,
    Scripted,
    Simulation,
    Simultaneous,
)
from gamemaster.components import Constant, Observations
from gamemaster.components.game_master import WorldDecides
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import ActionCall, Component, DefinitionError, Grounding, StepFailed, Turn
from tests.game_master.bazaar import NAMES, Bazaar, bazaar, by_form, deed, play, scripted
from tests.simulation.test_same_seed import exported

# --- narration ---


def test_narration_replaces_the_words_and_nothing_else() -> None:
    def rule(request: Any) -> Any:
        if request.key.component == "narration":
            return "With a flourish, an apple changes hands, and Ann becomes queen."
        return by_form(which="buy_apples", arguments={"seller": "Bob", "count": 1})(request)

    told, model = play(rule, GameMaster(bazaar(), narration="model"))
    plain, _ = play(rule, GameMaster(bazaar()))
    assert {event.text for event in told.events} == {"With a flourish, an apple changes hands, and Ann becomes queen."}
    assert [event.change for event in told.events] == [event.change for event in plain.events]
    assert told.world() == plain.world()
    assert {each.text for each in told.observations()} == {event.text for event in told.events}
    assert len(model.asked(component="narration")) == len(NAMES)


def test_an_unusable_narration_leaves_the_worlds_own_words() -> None:
    def rule(request: Any) -> Any:
        return "" if request.key.component == "narration" else by_form(which="close_gate")(request)

    run, _ = play(rule, GameMaster(bazaar(), narration="model"))
    assert [event.text for event in run.events] == [f"{name} closes the gate." for name in NAMES]


def test_refusals_are_not_narrated() -> None:
    run, model = play(by_form(which="none of these"), GameMaster(bazaar(), narration="model"))
    assert not model.asked(component="narration")
    assert {event.kind for event in run.events} == {"refusal"}


# --- witnesses and ends ---


def test_witnesses_can_be_decided_by_a_function() -> None:
    def only_neighbours(world: Any, event: Any) -> set[str]:
        assert isinstance(world, Bazaar)
        return {"Bob", "Nobody"}

    run = scripted({"Ann": deed("close_gate"), "Cid": "Hello."}, bazaar(), witnesses=only_neighbours, specs={
        "Ann": ActionSpec.free(), "Cid": ActionSpec.speech(),
    })  # fmt: skip
    assert [event.witnesses for event in run.events] == [("Ann",), ("Cid",)], "Bob does not take part in this run"
    wide = scripted({"Ann": deed("close_gate"), "Bob": deed("close_gate")}, bazaar(), witnesses=only_neighbours)
    assert [event.witnesses for event in wide.events] == [("Ann", "Bob"), ("Bob",)]


def test_without_a_world_witnesses_are_decided_just_so() -> None:
    run = scripted({"Ann": "I hide.", "Bob": "I seek."}, None, witnesses=lambda world, event: set())
    assert [event.witnesses for event in run.events] == [("Ann",), ("Bob",)]


def test_an_end_of_ones_own_comes_after_the_worlds() -> None:
    class Short(Bazaar):
        def over(self) -> str | None:
            return "the gate is closed" if not self.open else None

    def ends(world: Any) -> str | None:
        return "enough" if world.now >= 120 or not world.open else None

    names = ("Ann", "Bob")

    def run_of(answer: str) -> str:
        crowd = [Agent(name, actor=Scripted(lambda view: deed(answer))) for name in names]
        world = Short(coins=dict.fromkeys(names, 10), apples=dict.fromkeys(names, 5))
        run = Simulation(crowd, GameMaster(world, ends=ends), schedule=Simultaneous()).run(9)
        return f"{run.stopped_by} at {run.last_step}"

    assert run_of("close_gate") == "the gate is closed at 1"
    assert run_of("go_out") == "enough at 3"


# --- parts and components of its own ---


def test_parts_can_be_replaced() -> None:
    class Always:
        """Everything is the closing of the gate."""

        async def ground(self, attempt: Any, offers: Any, sees: str, turn: Turn) -> Grounding:
            return Grounding(attempt_id=attempt.id, call=ActionCall(action="close_gate"))

    class Nobody:
        async def judge(self, attempt: Any, sees: str, turn: Turn) -> str:
            return "" if attempt.actor == "Ann" else f"{attempt.actor} is asleep"

    class Louder:
        async def narrate(self, event: Any, turn: Turn) -> str:
            return event.text.upper()

    master = GameMaster(bazaar(), grounding=Always(), plausibility=Nobody(), narration=Louder())
    run, model = play(by_form(), master)
    assert [event.text for event in run.events] == ["ANN CLOSES THE GATE.", *(f"{name} is asleep" for name in NAMES[1:])]
    assert not model.asked(who="Game master")


def test_an_error_in_a_part_names_its_place() -> None:
    class Broken:
        async def ground(self, attempt: Any, offers: Any, sees: str, turn: Turn) -> Grounding:
            raise KeyError("lost")

    with pytest.raises(StepFailed, match=r"Game master, Broken, step 1: KeyError: 'lost'"):
        play(by_form(), GameMaster(bazaar(), grounding=Broken()))


def test_an_error_in_a_function_names_its_place() -> None:
    def lost(*_: Any) -> Any:
        raise KeyError("lost")

    for master, name in ((GameMaster(bazaar(), witnesses=lost), "witnesses"), (GameMaster(bazaar(), ends=lost), "ends")):
        with pytest.raises(StepFailed, match=rf"Game master, {name}.*KeyError: 'lost'"):
            play(by_form(which="close_gate"), master)


def test_a_part_that_gets_no_usable_answer_refuses_and_does_not_end_the_run() -> None:
    class Asks:
        async def ground(self, attempt: Any, offers: Any, sees: str, turn: Turn) -> Grounding:
            await turn.choose("Which?", ["one", "two"])
            raise AssertionError("no answer came")

    run, _ = play(by_form(which="!neither"), GameMaster(bazaar(), grounding=Asks(), plausibility=WorldDecides()))
    assert {event.kind for event in run.events} == {"refusal"}


def test_its_components_speak_in_its_questions_and_not_in_those_of_agents() -> None:
    law = Constant("Nobody may buy apples on a Monday.", label="The law of the land", name="law")
    master = GameMaster(bazaar(), components=[law], narration="model")
    _, model = play(by_form(which="buy_apples", arguments={"seller": "Bob", "count": 1}), master)
    for component in ("grounding", "plausibility", "narration"):
        asked = model.asked(who="Game master", component=component)
        assert asked
        assert all("# The law of the land\nNobody may buy apples on a Monday." in each.prompt.system for each in asked)
    for name in NAMES:
        assert not any("Monday" in each.prompt.text for each in model.asked(who=name))


class Keeps(Component):
    """A component with a state, which it changes when its context is asked."""

    version = 3

    def __init__(self, name: str = "keeps") -> None:
        self.name = name
        self.steps: list[int] = []

    async def context(self, turn: Turn) -> str:
        turn.memory.add(f"Step {turn.step}.", kind="thought")
        self.steps = [*self.steps, turn.step][-3:]
        return f"It has thought {len(turn.memory)} times."

    def state(self) -> dict[str, Any]:
        return {"steps": list(self.steps)}

    def restore(self, state: dict[str, Any]) -> None:
        self.steps = list(state["steps"])


def test_its_memory_is_its_own_and_its_state_is_on_record(tmp_path: Any) -> None:
    def build() -> Simulation:
        crowd = [Agent(name, [Observations()]) for name in NAMES]
        rule = by_form(which="close_gate")
        master = GameMaster(bazaar(), components=[Keeps()], remembers=False)
        return Simulation(crowd, master, schedule=Simultaneous(), model=ScriptedModel(rule), embedder=HashEmbedder())

    run = build().run(3, archive=tmp_path / "run")
    assert {each.text for each in run.memories("Game master")} == {"Step 1.", "Step 2.", "Step 3."}
    assert not any("Step" in each.text for name in NAMES for each in run.memories(name))
    assert run.archive.states(2)["game_master/keeps"][0] == 3
    whole = exported(build().run(5))
    resumed = build().run(5, archive=tmp_path / "run", resume=True)
    assert exported(resumed) == whole


def test_states_of_other_components_are_not_taken_up() -> None:
    master = GameMaster(bazaar(), components=[Keeps()])
    with pytest.raises(DefinitionError, match="has no component 'kept'"):
        master.restore_states({"kept": (3, {"steps": []})})
    with pytest.raises(DefinitionError, match="has version 2, this code has version 3"):
        master.restore_states({"keeps": (2, {"steps": []})})


def test_it_does_not_see_what_agents_think() -> None:
    secret = Constant("I am the thief.", label="Secret")
    model = ScriptedModel(by_form(which="close_gate"))
    simulation = Simulation([Agent("Ann", [secret])], bazaar(("Ann", "Bob")), model=model, embedder=HashEmbedder())
    simulation.run(1)
    assert any("I am the thief." in each.prompt.text for each in model.asked(who="Ann"))
    assert not any("thief" in each.prompt.text for each in model.asked(who="Game master"))
