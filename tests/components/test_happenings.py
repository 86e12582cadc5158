"""Happenings: what was observed and what is known of one's own step, joined; and rules read off it."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster.components.happening import Happening, check_rules, ruled
from gamemaster.components.happenings import Happenings
from gamemaster.components.named_in import first_named
from gamemaster.components.need import Relief
from gamemaster.testing import turn_for
from gamemaster.words import ActionSpec, Attempt, Component, DefinitionError, Event, Observation, prompt_texts


def observed(text: str, at: int = 0, **more: Any) -> Observation:
    made: dict[str, Any] = {"how": "saw", "event_id": f"1/event/{at}", "time": 5.0, **more}
    return Observation(id=f"1/observation/{at}", to="Ann", text=text, **made)


def event(text: str, at: int = 0, **more: Any) -> Event:
    made: dict[str, Any] = {"kind": "act", "actor": "Ann", **more}
    return Event(id=f"1/event/{at}", step=1, time=5.0, text=text, **made)


ATTEMPT = Attempt(id="1/attempt/0", step=1, actor="Ann", spec=ActionSpec.free())


def taken(observations: list[Observation], events: list[Event]) -> list[Happening]:
    happenings = Happenings()
    for each in observations:
        happenings.notice(each)
    happenings.mind(ATTEMPT, events)
    found = happenings.take(turn_for(Component(), people=["Ann", "Bob"]))
    assert happenings.take(turn_for(Component())) == [], "each thing is given once"
    return found


def test_an_observation_gets_actor_and_action_from_its_event() -> None:
    (one,) = taken([observed("Bob gives bread.")], [event("Bob gives bread.", actor="Bob", action="give_bread")])
    assert (one.actor, one.action, one.kind, one.how) == ("Bob", "give_bread", "act", "saw")


def test_who_was_not_asked_knows_the_actor_by_the_sentence_alone() -> None:
    (one, other) = taken([observed("Bob gives bread."), observed("Rain falls.", 1)], [])
    assert (one.actor, one.action) == ("Bob", None)
    assert (other.actor, other.action) == ("", None)


def test_words_are_the_speakers_and_no_action_whatever_they_claim() -> None:
    said = observed("Ann gives me bread.", how="heard", speaker="Bob")
    (one,) = taken([said], [event("Ann gives me bread.", kind="speech", actor="Bob", action="give_bread")])
    assert one.is_speech and one.actor == "Bob" and one.action is None
    assert one.line(prompt_texts()) == 'Bob said: "Ann gives me bread."'


def test_a_refused_attempt_is_known_without_an_observation_and_is_no_action() -> None:
    refusal = event("there is no bread", kind="refusal", action="give_bread", attempt_id="1/attempt/0")
    (one,) = taken([], [refusal, event("Bob sleeps.", 1, actor="Bob")])
    assert one.matches("refusal") and not one.matches("give_bread") and one.actor == "Ann"


def test_names_are_whole_words() -> None:
    told = Happening(id="", time=0.0, text="Bobby saw Bob, and BobX.")
    assert told.names("Bob") and not told.names("Bo") and not told.names("X") and not told.names("")
    assert Happening(id="", time=0.0, text="ボブさんが来た。").names("ボブ")
    assert first_named("Annは来た。", ["Bob", "Ann"]) == "Ann" and first_named("Anne came.", ["Ann"]) is None
    assert first_named("Ann Hill came.", ["Ann", "Ann Hill"]) == "Ann Hill" and first_named("Annë came.", ["Ann"]) is None


def test_rules_by_mapping_and_by_function() -> None:
    ate = Happening(id="e", time=0.0, text="", action="eat_supper", kind="act", tags=("meal",))
    full, calm = Relief(need="hunger", by=0.5), Relief(need="calm", by=0.1)
    assert ruled({"meal": full, "eat_supper": [calm, full], "sleep": calm}, ate, Relief) == [full, calm, full]
    assert ruled(lambda each: full if each.action == "eat_supper" else None, ate, Relief) == [full]
    assert ruled(lambda each: (calm for _ in range(2)), ate, Relief) == [calm, calm]
    assert ruled(lambda each: None, ate, Relief) == []
    with pytest.raises(DefinitionError, match="a rule gave 3; it gives a Relief"):
        ruled(lambda each: 3, ate, Relief)  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("eat", "give a mapping"),
        ({"": Relief(need="a", by=0)}, "a key names an action"),
        ({"eat": 0.5}, "has in rules 'eat': 0.5; give Relief"),
        ({"eat": [Relief(need="a", by=0), "x"]}, "'x'; give Relief"),
    ],
)
def test_rules_that_are_none_are_refused(rules: Any, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        check_rules(rules, Relief, name="needs")


def test_what_was_not_thought_about_outlives_a_stop() -> None:
    happenings, other = Happenings(), Happenings()
    happenings.notice(observed("Bob gives bread.", tags=("gift",)))
    happenings.notice(observed("Hello.", 1, how="heard", speaker="Bob"))
    other.restore(happenings.as_json())
    turn = turn_for(Component(), people=["Ann", "Bob"])
    assert other.take(turn) == happenings.take(turn)
    for at in range(99):
        happenings.notice(observed("so much " * 99, at))
    assert len(str(happenings.as_json())) < 6_000
