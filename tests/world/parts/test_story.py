"""Story: facts, places and time that stay bounded, change wholly or not at all, and are seen by those who are there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamemaster import Event, Person, action
from gamemaster.words import ActionCall, DefinitionError
from gamemaster.world import Applied, Refused, World
from gamemaster.world.parts import Presence
from gamemaster.world.parts.story import MOST_FACTS_AT_ONCE, Story

PEOPLE = ["Ann", "Bob", "Cid"]


def story(**fields: Any) -> Story:
    fields = {
        "facts": {"Bob": "Bob keeps the ferry.", "river": "The river is high."},
        "places": {"landing": "A wooden pier.", "Hill Road": ""},
        "whereabouts": {"Ann": "landing", "Bob": "landing", "Cid": "Hill Road"},
        **fields,
    }
    facts = fields.pop("facts")
    made = Story.told(facts, **fields)
    made.prepare(seed=0, people=PEOPLE)
    return made


def do(world: World, action: str, actor: str = "Ann", **arguments: Any) -> Applied | Refused:
    return world.apply(ActionCall(action=action, arguments=arguments), actor=actor, by="game_master")


# --- what agents may do, and what the game master alone ---


def test_the_game_masters_actions_are_offered_to_nobody_and_open_to_nobody() -> None:
    world = story()
    assert [each.name for each in world.offered("Ann")] == ["go_to", "talk_to", "do_something"]
    own = [each.name for each in world.offered_to_game_master("Ann")]
    assert own == ["happens", "note_fact", "find_place", "time_passes"]
    for name in own:
        refused = world.apply(ActionCall(action=name, arguments={}), actor="Ann")
        assert isinstance(refused, Refused) and "not for anyone to choose" in refused.reason


def test_ways_and_company_are_offered_where_there_are_any() -> None:
    world = story()
    (way,) = [each for each in world.offered("Cid") if each.name == "go_to"]
    assert way.parameters[0].options == ("landing",)
    assert [each.name for each in world.offered("Cid")] == ["go_to", "do_something"], "nobody is there to talk to"
    bare = Story()
    bare.prepare(seed=0, people=PEOPLE)
    assert [each.name for each in bare.offered("Ann")] == ["talk_to", "do_something"], "no places, and all are together"
    assert bare.perceive("Ann") == "Bob and Cid are here too."


def test_deeds_are_told_in_a_sentence() -> None:
    world = story()
    told = [
        do(world, "go_to", to="Hill Road"),
        do(world, "go_to", to="landing"),
        do(world, "talk_to", to="Bob", words='Is it "high"?'),
        do(world, "do_something", what="Ann  waits."),
        do(world, "do_something", what="I wait."),
    ]
    assert [each.text for each in told if isinstance(each, Applied)] == [
        "Ann goes to Hill Road.",
        "Ann goes to the landing.",
        "Ann says to Bob: \"Is it 'high'?\"",
        "Ann waits.",
        "Ann: I wait.",
    ]
    assert do(world, "talk_to", to="Cid", words="Hello").__class__ is Refused, "Cid is elsewhere"


# --- what happens ---


def test_a_happening_is_one_change() -> None:
    world = story()
    happens = do(
        world, "happens", what="Ann climbs up and falls.", place="the hill road", minutes=20,
        about=["ann", "fence"], facts=["Ann limps.", "The fence is broken."],
    )  # fmt: skip
    assert isinstance(happens, Applied) and happens.text == "Ann climbs up and falls."
    assert (world.whereabouts["Ann"], world.busy["Ann"]) == ("Hill Road", 1200.0)
    assert (world.facts["Ann"], world.facts["fence"]) == (["Ann limps."], ["The fence is broken."])
    assert world.perceive("Cid") == (
        "Cid is at Hill Road.\nAnn is here too.\nAnn limps.\nOther places: landing.\nThe river is high.\nThe fence is broken."
    )


def test_a_happening_that_cannot_be_changes_nothing() -> None:
    world = story(most_places=2)
    before = world.state()
    wrong: list[dict[str, Any]] = [
        {"what": "Ann flies off.", "place": "the moon", "minutes": 5},
        {"what": "Ann flies off.", "about": ["Ann"], "facts": []},
        {"what": "Ann flies off.", "about": ["Ann"] * 9, "facts": ["Gone."] * 9},
        {"what": ""},
        {"what": "Ann flies off.", "minutes": -1},
        {"what": "Ann flies off.", "about": [" "], "facts": ["Gone."]},
    ]
    for arguments in wrong:
        assert isinstance(do(world, "happens", **arguments), Refused), arguments
    assert world.state() == before


def test_places_turn_up_within_a_bound() -> None:
    world = story(most_places=4)
    do(world, "happens", what="Ann finds a cave.", place="cave")
    assert (world.whereabouts["Ann"], list(world.places)) == ("cave", ["landing", "Hill Road", "cave"])
    found = do(world, "find_place", place="chapel", description="Half a roof.")
    assert isinstance(found, Applied) and found.text == "There is another place to go to: chapel. Half a roof."
    assert "find_place" not in [each.name for each in world.offered_to_game_master("Ann")]
    refused = do(world, "happens", what="Ann goes on.", place="tower")
    assert isinstance(refused, Refused) and "there is no place called 'tower'" in refused.reason
    assert isinstance(do(story(), "find_place", place="The Landing"), Refused), "it is there already"


def test_the_longest_deed_of_a_step_is_the_time_that_passes() -> None:
    world = story()
    do(world, "happens", what="Ann rows.", minutes=30)
    do(world, "happens", actor="Bob", what="Bob sings.", minutes=10)
    world.run_hook("end_of_step")
    assert (world.minutes, world.longest) == (30, 0)
    assert world.run_hook("end_of_step") is None, "a step in which nothing takes time changes nothing"
    assert [world.busy_until(name) for name in PEOPLE] == [1800.0, 600.0, 0.0]
    do(world, "time_passes", minutes=5)
    assert world.busy_until("Ann") == 2100.0, "what takes longer goes on behind what was begun"


# --- what is known stays small ---


def test_the_oldest_statements_and_subjects_are_forgotten() -> None:
    world = story(facts={}, statements_each=2, most_subjects=2)
    for number in range(4):
        do(world, "note_fact", about="Ann", fact=f"Ann has {number} cuts.")
    assert world.facts == {"Ann": ["Ann has 2 cuts.", "Ann has 3 cuts."]}
    do(world, "note_fact", about="Bob", fact="Bob is wet.")
    do(world, "note_fact", about="Ann", fact="Ann has 2 cuts.")
    assert world.facts["Ann"] == ["Ann has 3 cuts.", "Ann has 2 cuts."], "what is noted again is the latest"
    do(world, "note_fact", about="boat", fact="The boat leaks.")
    assert list(world.facts) == ["Ann", "boat"], "of Bob something was noted longest ago"


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=80)


@given(st.lists(st.tuples(st.sampled_from(PEOPLE), words, words, st.integers(-1, 500), st.lists(words, max_size=6)), max_size=25))
@settings(max_examples=60, deadline=None)
def test_whatever_is_told_the_story_stays_whole_and_small(tellings: list[tuple[str, str, str, int, list[str]]]) -> None:
    world = story(statements_each=3, most_subjects=5, most_places=4)
    for actor, what, place, minutes, facts in tellings:
        do(world, "happens", actor, what=what, place=place, minutes=minutes, about=[each[:20] for each in facts], facts=facts)
        do(world, "find_place", actor, place=place, description=what)
    world.run_hook("end_of_step")
    assert len(world.facts) <= 5 and all(len(each) <= 3 for each in world.facts.values())
    assert len(world.places) <= 4 and set(world.whereabouts.values()) <= set(world.places)
    assert all(len(world.perceive(name)) <= 2000 for name in PEOPLE)
    again = story(statements_each=3, most_subjects=5, most_places=4)
    again.restore(world.state())
    assert again.state() == world.state()


# --- who notices ---


def test_those_in_the_same_place_notice() -> None:
    world = story()
    event = Event(id="1/event/0", step=1, time=0.0, kind="act", actor="Ann", text="Ann waves.", place="landing")
    assert world.witnesses(event) == {"Ann", "Bob"}
    bare = Story()
    bare.prepare(seed=0, people=PEOPLE)
    assert bare.witnesses(Event(id="1/event/0", step=1, time=0.0, kind="act", actor="Ann", text="Ann waves.")) == set(PEOPLE)


def test_a_story_may_be_a_part_of_a_world() -> None:
    class Village(World):
        story: Story
        bread: int = 3

    world = Village(story=Story.told(places=["green"], whereabouts={"Ann": "green"}))
    world.prepare(seed=0, people=["Ann", "Bob"])
    assert world.place_of("Ann") == "green"
    assert next(each.name for each in world.offered_to_game_master("Ann")) == "story.happens"
    assert isinstance(do(world, "happens", what="Rain falls.", about=["green"], facts=["The green is wet."]), Applied)
    assert world.story.facts == {"green": ["The green is wet."]}


def test_who_leaves_is_nowhere_and_who_comes_is_somewhere() -> None:
    class Tale(Story):
        presence: Presence

        @action(by="game_master")
        def call_away(self, actor: Person) -> str:
            """Somebody is called away."""
            self.presence.leave(actor)
            return f"{actor} is called away."

        @action(by="game_master")
        def send_for(self, actor: Person, who: Person) -> str:
            """Somebody is sent for."""
            self.presence.enter(who, place="Hill Road")
            return f"{who} comes."

    world = Tale(
        presence=Presence(),
        facts={"Bob": ["Bob keeps the ferry."]},
        places={"landing": "", "Hill Road": ""},
        whereabouts=dict.fromkeys(PEOPLE, "landing"),
    )
    world.prepare(seed=0, people=PEOPLE)
    do(world, "happens", "Bob", what="Bob rows.", minutes=60)
    assert isinstance(do(world, "call_away", "Bob"), Applied)
    assert (world.whereabouts, world.busy, world.company("Ann")) == ({"Ann": "landing", "Cid": "landing"}, {}, ["Cid"])
    assert world.facts == {"Bob": ["Bob keeps the ferry."]}, "what is known stays"
    assert isinstance(do(world, "send_for", "Ann", who="Bob"), Applied)
    assert world.whereabouts["Bob"] == "Hill Road"


def test_what_does_not_fit_is_told_when_it_is_made() -> None:
    with pytest.raises(DefinitionError, match="Ann is at 'moon', which is no place of the story"):
        story(whereabouts={"Ann": "moon"})
    assert MOST_FACTS_AT_ONCE == 4
