"""Conversations: begun by an act, held by those who noticed it, ended when nobody has more to say."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from gamemaster import (
    ActionSpec,
    Agent,
    ByTime,
    Conversations,
    GameMaster,
    Person,
    Scripted,
    Simulation,
    Simultaneous,
    World,
    action,
)
from gamemaster.components import Observations
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import DefinitionError
from gamemaster.world.parts import Places
from tests.simulation.test_same_seed import exported

NAMES = ("Ann", "Bob", "Cid", "Dan", "Eve")


class Green(World):
    """Two places; in each people hear each other."""

    places: Places
    gone: list[str] = []

    def present_people(self) -> list[str]:
        return [name for name in self.people if name not in self.gone]

    @action
    def greet(self, actor: Person, words: str) -> str:
        """Say something to all who are here."""
        return f'{actor} says: "{words}"'

    @action
    def nap(self, actor: Person) -> str:
        """Sleep a little."""
        return f"{actor} naps."


def green() -> Green:
    where = {"Ann": "pond", "Bob": "pond", "Cid": "pond", "Dan": "barn", "Eve": "barn"}
    return Green(places=Places.joined({("pond", "barn"): 5}, whereabouts=where))


def village(greets: dict[str, set[int]], *, quiet: Any = (), around: Any = None, **options: Any) -> Simulation:
    """Who greets at which time (in half hours); `quiet` never want to say anything in a conversation."""

    def policy(view: Any) -> Any:
        if view.spec.kind == "choice":
            return view.spec.options[1 if view.name in quiet else 0]
        if view.spec.kind == "speech":
            return f"{view.name} answers."
        at = int(view.moment.time // 1800)
        if at in greets.get(view.name, ()):
            return {"action": "greet", "arguments": {"words": "Hello."}}
        return {"action": "nap", "arguments": {}}

    crowd = [Agent(name, [Observations()], actor=Scripted(policy)) for name in NAMES]
    schedule = Conversations(around or ByTime(ActionSpec.free(), every=1800, end=3 * 1800), begins="greet", **options)
    return Simulation(
        crowd, GameMaster(green()), schedule=schedule, model=ScriptedModel(lambda r: 0), embedder=HashEmbedder(), seed=2
    )


def spoken(run: Any) -> list[tuple[int, str]]:
    return [(event.step, event.actor) for event in run.events if event.kind == "speech"]


def test_those_who_noticed_answer_by_turns_and_nobody_else_hears_it() -> None:
    run = village({"Ann": {0}}, turns=3).run(99)
    said = spoken(run)
    assert [step for step, _ in said] == [2, 3, 4]
    assert said[0][1] in ("Bob", "Cid")
    assert all(first != second for (_, first), (_, second) in itertools.pairwise(said)), "nobody answers themselves"
    assert all(set(event.witnesses) == {"Ann", "Bob", "Cid"} for event in run.events if event.kind == "speech")
    assert {event.scene for event in run.events if event.kind == "speech"} == {"conversation"}


def test_time_stands_still_while_they_talk_and_then_goes_on() -> None:
    run = village({"Ann": {0}}, turns=3).run(99)
    times = {event.step: event.time for event in run.events}
    assert [times[step] for step in (1, 2, 3, 4, 5, 6)] == [0, 0, 0, 0, 1800, 3600]
    assert run.last_step == 6


def test_it_ends_when_nobody_wants_to_say_more() -> None:
    run = village({"Ann": {0}}, quiet=("Bob", "Cid")).run(99)
    assert spoken(run) == []
    assert run.last_step == 3
    run = village({"Ann": {0}}, quiet=("Ann", "Cid"), turns=9).run(99)
    assert [name for _, name in spoken(run)] == ["Bob"], "and then nobody but the last speaker wants to"


def test_conversations_in_two_places_take_their_turns_in_the_same_steps() -> None:
    run = village({"Ann": {0}, "Eve": {0}}, turns=2).run(99)
    by_step = {step: sorted(name for at, name in spoken(run) if at == step) for step in (2, 3)}
    assert by_step[2][-1] == "Dan"
    assert by_step[3][-1] == "Eve"
    assert all(len(names) == 2 for names in by_step.values())


def test_nobody_is_in_two_conversations_and_one_alone_is_none() -> None:
    run = village({"Ann": {0}, "Bob": {0}}, turns=1).run(99)
    assert len(spoken(run)) == 1
    run = village({"Dan": {0}}, quiet=(), turns=1, most=2).run(99)
    assert [name for _, name in spoken(run)] == ["Eve"]


def test_who_has_left_is_in_it_no_more() -> None:
    simulation = village({"Dan": {0}}, turns=5)
    steps = []
    for step in simulation.steps(99):
        steps.append(step.number)
        if step.number == 2:
            simulation.intervene(lambda world: world.gone.append("Eve"))
    assert [name for _, name in spoken(simulation.last_run)] in (["Eve", "Dan"], ["Eve"])


@pytest.mark.parametrize("at", range(1, 8))
def test_a_stop_anywhere_changes_nothing(tmp_path: Any, at: int) -> None:
    def build() -> Simulation:
        return village({"Ann": {0, 1}, "Eve": {0}, "Dan": {2}}, turns=2)

    whole = build().run(99)
    build().run(at, archive=tmp_path / "run")
    assert exported(build().run(99, archive=tmp_path / "run", resume=True)) == exported(whole)


def test_around_a_schedule_that_keeps_no_time_rounds_end_as_without() -> None:
    run = village({"Ann": {0}}, around=Simultaneous(), turns=1).run(3)
    assert spoken(run)[0][0] == 2
    assert [event.time for event in run.events if event.kind == "speech"] == [60.0]


def test_what_is_none_is_refused() -> None:
    for options, reason in (
        ({"begins": []}, "at least one action"),
        ({"begins": "greet", "turns": 0}, "turns=0"),
        ({"begins": "greet", "most": 1}, "most=1"),
        ({"begins": "greet", "spec": ActionSpec.free()}, "is speech"),
    ):
        with pytest.raises(DefinitionError, match=reason):
            Conversations(Simultaneous(), **options)  # type: ignore[arg-type]
    other = Conversations(Simultaneous(), begins="greet")
    with pytest.raises(DefinitionError, match="version 7"):
        other.restore({"talks": [], "around": {}, "version": 7})
