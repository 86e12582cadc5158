"""Scenes: who is asked in which order, who hears it, when a scene and a round end, and going on after a stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, Run, Scene, Scripted, Simulation, World
from gamemaster.schedule import Past, Scenes
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import DefinitionError, StepFailed, UnknownName
from tests.schedule.stopping import stopped_after_each_step
from tests.simulation.test_same_seed import exported

NAMES = ("Ann", "Bob", "Cid")
SAY = ActionSpec.speech()


class Count(World):
    """Counts steps and rounds."""

    steps: int = 0
    rounds: int = 0

    def end_of_step(self) -> None:
        self.steps += 1

    def end_of_round(self) -> None:
        self.rounds += 1


def scene(**given: Any) -> Scene:
    """A scene in which Ann is asked, with this changed."""
    values: dict[str, Any] = {"name": "talk", "who": ["Ann"], "ask": SAY, **given}
    return Scene(**values)


def built(scenes: Any, *, names: Sequence[str] = NAMES, world: World | None = None, **more: Any) -> Simulation:
    crowd = [Agent(name, actor=Scripted(lambda view: f"{view.name} speaks.")) for name in names]
    return Simulation(crowd, Count() if world is None else world, scenes=scenes, **more)


def spoken(run: Run) -> list[tuple[int, str]]:
    return [(event.step, event.actor) for event in run.events if event.kind == "speech"]


def rounds_by_step(run: Run) -> list[Any]:
    return [run.world(step)["rounds"] for step in range(run.last_step + 1)]


@pytest.mark.parametrize(
    ("ends_round", "counts"),
    [("each", [0, 0, 1, 1, 2, 3]), ("last", [0, 0, 0, 0, 1, 2]), ("never", [0, 0, 0, 0, 0, 0])],
)
def test_the_worlds_round_ends_after_each_round_or_the_last_or_never(ends_round: Any, counts: list[int]) -> None:
    scenes = [
        Scene("talk", ["Ann", "Bob"], SAY, rounds=2, ends_round=ends_round),
        Scene("all", NAMES, SAY, order="simultaneous", ends_round=ends_round),
    ]
    assert rounds_by_step(built(scenes).run(99)) == counts


def test_until_ends_a_scene_after_the_step_in_which_it_came_true() -> None:
    scenes = [Scene("talk", NAMES, SAY, rounds=9, until=lambda world: world.steps >= 4), Scene("end", ["Ann"], SAY)]
    run = built(scenes).run(99)
    assert spoken(run) == [(1, "Ann"), (2, "Bob"), (3, "Cid"), (4, "Ann"), (5, "Ann")]
    assert [event.scene for event in run.events if event.kind == "speech"] == ["talk"] * 4 + ["end"]


def test_until_that_is_true_from_the_start_still_lets_one_step_pass() -> None:
    scenes = [Scene("talk", NAMES, SAY, until=lambda world: True)]
    assert spoken(built(scenes).run(99)) == [(1, "Ann")]


@pytest.mark.parametrize(("ends_round", "rounds"), [("each", 2), ("last", 1), ("never", 0)])
def test_a_scene_that_ends_early_ends_its_round(ends_round: Any, rounds: int) -> None:
    scenes = [Scene("talk", ["Ann", "Bob"], SAY, rounds=9, until=lambda world: world.steps >= 3, ends_round=ends_round)]
    run = built(scenes).run(99)
    assert len(spoken(run)) == 3
    assert run.world()["rounds"] == rounds


def test_until_looks_at_what_the_end_of_the_round_brought_and_a_round_ends_once() -> None:
    scenes = [Scene("talk", ["Ann", "Bob"], SAY, rounds=9, until=lambda world: world.rounds == 2)]
    run = built(scenes).run(99)
    assert (len(spoken(run)), run.world()["rounds"]) == (4, 2)


@pytest.mark.parametrize("hears", [None, ["Cid"], []])
def test_what_is_said_reaches_those_who_hear_and_the_speaker(hears: list[str] | None) -> None:
    run = built([Scene("talk", ["Ann", "Bob"], SAY, hears=hears)]).run(1)
    expected = {"Ann", *(["Ann", "Bob"] if hears is None else hears)}
    assert {each.to for each in run.observations()} == expected
    assert run.events[0].witnesses == tuple(sorted(expected))


def test_a_spec_that_names_its_hearers_goes_before_the_scenes() -> None:
    run = built([Scene("talk", ["Ann"], ActionSpec.speech(to="Bob"), hears=NAMES)]).run(1)
    assert {each.to for each in run.observations()} == {"Ann", "Bob"}


def test_a_scene_may_have_a_place_of_its_own() -> None:
    run = built([Scene("talk", ["Ann"], SAY, place="the cellar"), Scene("out", ["Ann"], SAY)]).run(2)
    assert [event.place for event in run.events if event.kind == "speech"] == ["the cellar", None]


def test_the_clock_is_moved_and_premises_are_told_when_the_scene_begins() -> None:
    scenes = [
        Scene("first", ["Ann"], SAY, rounds=2, premise="It rains."),
        Scene("second", ["Bob"], SAY, premise={"Ann": "Run!", "Bob": "Hide!"}, at=7200),
    ]
    run = built(scenes).run(3)
    told = [(event.step, event.time, event.text, event.witnesses) for event in run.events if event.kind == "narration"]
    assert told == [
        (1, 0.0, "It rains.", ("Ann",)),
        (3, 7200.0, "Run!", ("Ann",)),
        (3, 7200.0, "Hide!", ("Bob",)),
    ]
    assert [event.time for event in run.events if event.kind == "speech"] == [0.0, 60.0, 7200.0]


def test_a_scene_in_the_past_is_refused() -> None:
    with pytest.raises(DefinitionError, match=r"stands at 120.0 s and can't be set to 60; simulated time only goes on"):
        built([Scene("talk", ["Ann"], SAY, rounds=2), Scene("before", ["Ann"], SAY, at=60)]).run(9)


def test_each_may_be_asked_something_of_their_own_and_who_has_none_is_not_asked() -> None:
    asked = {"Ann": ActionSpec.speech("A?"), "Cid": ActionSpec.speech("C?")}
    for ask in (asked, lambda world, name: asked.get(name)):
        for order in ("fixed", "simultaneous"):
            run = built([Scene("talk", NAMES, ask, rounds=2, order=order)]).run(99)
            assert [each.spec.call for each in run.attempts] == ["A?", "C?", "A?", "C?"]


def test_scenes_in_which_nobody_is_asked_for_ever_are_an_error() -> None:
    with pytest.raises(DefinitionError, match=r"A thousand scenes in a row had nobody to ask; the last is 'empty'"):
        built(lambda world, past: Scene("empty", ["Ann"], {})).run(1)


def test_a_random_order_is_drawn_anew_each_round_and_does_not_hang_on_scenes_before() -> None:
    names = [f"Agent {number}" for number in range(6)]
    drawn = Scene("drawn", names, SAY, rounds=3, order="random")

    def orders(seed: int) -> list[list[str]]:
        actors = [actor for _, actor in spoken(built([drawn], names=names, seed=seed).run(99))]
        return [actors[at : at + 6] for at in range(0, 18, 6)]

    first = orders(1)
    assert all(sorted(each) == sorted(names) for each in first)
    assert len({tuple(each) for each in first}) == 3
    assert orders(1) == first != orders(2)


def test_who_wants_to_is_asked_again_after_each_has_spoken() -> None:
    wishes = {0: {"Ann", "Bob", "Cid"}, 1: {"Cid"}, 2: {"Ann", "Cid"}, 3: set[str]()}

    def rule(request: Any) -> Any:
        if hasattr(request, "options"):
            number = int(request.key.what.split("/")[2])
            return request.options.index("Yes." if request.key.who in wishes[number] else "No.")
        return "I have something to say."

    model = ScriptedModel(rule)
    scenes = [Scene("talk", NAMES, SAY, rounds=9, order="who wants to")]
    run = Simulation([Agent(name) for name in NAMES], scenes=scenes, model=model, embedder=HashEmbedder()).run(99)
    actors = [actor for _, actor in spoken(run)]
    assert len(actors) == 3 and actors[1] == "Cid" and actors[2] != "Bob"
    assert len([request for request in model.requests if hasattr(request, "options")]) == 4 * 3
    assert not any("want" in each.text for each in run.observations()), "asked in private"


def build_varied() -> Simulation:
    """Scenes of all orders, some that end early, from a function that looks at the world."""

    def next_scene(world: Any, past: Any) -> Scene | None:
        number = len(past)
        if number == 5:
            return None
        order: Any = ("fixed", "random", "simultaneous")[number % 3]
        who = NAMES if world.steps % 2 else NAMES[:2]
        return Scene(
            f"scene {number}",
            who,
            SAY,
            rounds=2,
            order=order,
            premise=f"Scene {number} begins.",
            until=lambda now: now.steps in (4, 11),
            ends_round=("each", "last", "never")[number % 3],  # type: ignore[arg-type]
        )

    return built(next_scene, seed=3)


def test_a_run_stopped_at_any_step_of_any_scene_goes_on(tmp_path: Any) -> None:
    whole = build_varied().run(99)
    assert whole.last_step > 9
    assert exported(stopped_after_each_step(build_varied, 99, tmp_path)) == exported(whole)


def test_scenes_past_are_told_to_the_function() -> None:
    seen: list[Any] = []

    def next_scene(world: Any, past: Any) -> Scene | None:
        seen.append([(each.name, each.rounds, each.began) for each in past])
        return Scene(f"scene {len(past)}", ["Ann"], SAY, rounds=len(past) + 1) if len(past) < 2 else None

    built(next_scene).run(99)
    assert seen == [[], [("scene 0", 1, 1)], [("scene 0", 1, 1), ("scene 1", 2, 2)]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rounds": 0}, "rounds=0; it must be at least 1"),
        ({"who": "Ann"}, "who='Ann'; give a list"),
        ({"who": []}, "nobody in it"),
        ({"order": "shuffled"}, "order='shuffled'; it is 'fixed'"),
        ({"hears": "Ann"}, "hears='Ann'; give a list"),
        ({"ends_round": "always"}, "ends_round='always'; it is 'each', 'last' or 'never'"),
    ],
)
def test_what_is_no_scene_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        scene(**given)


@pytest.mark.parametrize(
    "given", [{"who": ["Anna"]}, {"hears": ["Anna"]}, {"premise": {"Anna": "Run!"}}], ids=["who", "hears", "premise"]
)
def test_nobody_is_called_that(given: dict[str, Any]) -> None:
    with pytest.raises(UnknownName, match=r"'Anna'.*Did you mean 'Ann'.*in scene 'talk'"):
        built([scene(**given)]).run(1)


def test_wrong_scenes_are_refused() -> None:
    with pytest.raises(UnknownName, match=r"game master 'Ghost'.*in scene 'talk'"):
        built([Scene("talk", ["Ann"], SAY, game_master="Ghost")]).run(1)
    with pytest.raises(DefinitionError, match="no scenes; give at least one"):
        built([])


@pytest.mark.parametrize("where", ["until", "ask", "next"])
def test_an_error_in_a_function_names_scene_and_step(where: str, tmp_path: Any) -> None:
    def lost(*_: Any) -> Any:
        raise KeyError("lost")

    first = Scene("first", ["Ann"], SAY)
    broken = Scene("talk", ["Ann"], lost if where == "ask" else SAY, rounds=2, until=lost if where == "until" else None)

    def next_scene(world: Any, past: Sequence[Any]) -> Scene | None:
        return first if not past else lost() if where == "next" else broken

    with pytest.raises(StepFailed, match=r"KeyError: 'lost'") as caught:
        built(next_scene).run(9, archive=tmp_path / "run")
    assert f"gamemaster resume {tmp_path / 'run'}" in str(caught.value)
    assert ("next scene" if where == "next" else "'talk'") in str(caught.value)


def test_many_scenes_past_are_a_small_state_and_come_back_as_they_were() -> None:
    scenes = Scenes([Scene("market", ["Ann"], ActionSpec.free())])
    past = [Past(f"day {number}: talk", 1 + number % 3, 2 * number) for number in range(300)]
    scenes.restore(
        {"past": [[each.name, each.rounds, each.began] for each in past], "playing": False, "began": 0, "round": 0, "queue": []}
    )
    assert list(scenes.past) == past  # the form of the first version
    state = scenes.state()
    assert isinstance(state["past"], list)
    assert len(state["past"]) == 5
    other = Scenes([Scene("market", ["Ann"], ActionSpec.free())])
    other.restore(state)
    assert list(other.past) == past
    assert other.state() == state


def test_a_scenes_name_stands_on_one_line() -> None:
    with pytest.raises(DefinitionError, match="give a name on one line"):
        Scene("a\nb", ["Ann"], ActionSpec.free())
