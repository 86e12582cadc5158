"""Happenings: what was observed and what is known of one's own step, joined; and rules read off it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, GameMaster, Person, RoundRobin, Simulation, World, action
from gamemaster.components import Opinion, Relief, Reputation
from gamemaster.components.happening import Happening, check_rules, ruled
from gamemaster.components.happenings import Happenings
from gamemaster.components.named_in import first_named
from gamemaster.testing import HashEmbedder, ScriptedModel, turn_for
from gamemaster.words import Attempt, Component, DefinitionError, Event, Observation, Turn, prompt_texts


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
    assert one.kind == "act"
    assert (other.actor, other.action) == ("", None)


def test_an_observation_tells_by_itself_who_did_what() -> None:
    (one, other) = taken([observed("パンを渡す。", actor="Bob", action="give_bread"), observed("Bob, run!", 1, actor="Cem")], [])
    assert (one.actor, one.action, one.kind) == ("Bob", "give_bread", "act")
    assert (other.actor, other.action) == ("Cem", None), "not the one whose name the sentence begins with"


def test_a_deed_of_which_only_results_are_told_counts_once_for_who_did_it() -> None:
    told = [observed(text, how="was_told") for text in ("You have 3 coins.", "Bob has 5.")]
    (one,) = taken(told, [event("", action="pay_toll", attempt_id="1/attempt/0")])
    assert (one.actor, one.action, one.text) == ("Ann", "pay_toll", "You have 3 coins. Bob has 5.")
    assert [(each.actor, each.action) for each in taken(told, [event("", action="pay_toll", actor="Bob")])] == [("", None)] * 2


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


class Row(World):
    """Three in a row who pass a bucket, and say in private what it weighs."""

    @action
    def pass_bucket(self, actor: Person) -> str:
        """Pass the bucket on."""
        self.tell("Cem", "The bucket was heavy.")
        return "The bucket goes on."

    @action
    def spill_bucket(self, actor: Person) -> str:
        """Spill it."""
        if actor == "Ann":
            self.refuse("it is empty")
        return "There is a splash."

    def witnesses(self, event: Event) -> set[str]:
        return {"Ann", "Bob"}


class Ledger(Component):
    """Counts what others did, by action; and nothing that can't be told."""

    def __init__(self) -> None:
        self.happenings = Happenings()
        self.counts: dict[str, int] = {}

    async def observe(self, observation: Observation) -> None:
        self.happenings.notice(observation)

    async def after_action(self, attempt: Attempt, events: Sequence[Event]) -> None:
        self.happenings.mind(attempt, events)

    async def react(self, turn: Turn) -> None:
        for each in self.happenings.take(turn):
            for known in ("pass_bucket", "spill_bucket"):
                if each.matches(known):
                    self.counts[f"{each.actor} {known}"] = self.counts.get(f"{each.actor} {known}", 0) + 1

    def state(self) -> dict[str, Any]:
        return {"counts": dict(self.counts), "noticed": self.happenings.as_json()}

    def restore(self, state: dict[str, Any]) -> None:
        self.counts = dict(state["counts"])
        self.happenings.restore(state["noticed"])


def in_a_row() -> Simulation:
    return Simulation(
        [Agent(name, [Ledger(), Reputation(rules={"pass_bucket": Opinion(value=1)})]) for name in ("Ann", "Bob", "Cem")],
        GameMaster(Row()),
        schedule=RoundRobin(ActionSpec.choice("?", {"on": Row.pass_bucket, "spill": Row.spill_bucket})),
        model=ScriptedModel(lambda request: 0 if request.key.step in (1, 3) else 1),
        embedder=HashEmbedder(),
    )


SEEN = {"Ann pass_bucket": 1, "Bob spill_bucket": 1, "Cem pass_bucket": 1}
COUNTS = {"Ann": SEEN, "Bob": SEEN, "Cem": {"Cem pass_bucket": 1}}


def counts(simulation: Simulation) -> dict[str, Any]:
    return {agent.name: agent.states()["ledger"][1]["counts"] for agent in simulation.agents}


def test_a_rule_keyed_by_an_action_holds_for_others_deeds_whoever_is_asked(tmp_path: Path) -> None:
    simulation = in_a_row()
    run = simulation.run(4, archive=tmp_path / "run")  # Ann passes, Bob spills, Cem passes, Ann's spilling is refused
    # Cem sees nothing but its own deeds: what it is told in private of a deed is no deed, and doesn't count its own twice.
    assert counts(simulation) == COUNTS
    bob: Any = simulation.agents[1].components[1]
    assert bob.of("Ann") > 0 and bob.of("Cem") > 0
    told = {(each.to, each.how): (each.actor, each.action) for each in run.observations() if each.id.startswith("1/")}
    assert told[("Bob", "saw")] == told[("Ann", "own")] == ("Ann", "pass_bucket")
    assert told[("Cem", "was_told")] == ("", None)
    assert [(each.actor, each.action) for each in run.observations("Ann") if each.how == "own"][-1] == ("Ann", None)


def test_it_holds_when_the_run_was_stopped_in_between(tmp_path: Path) -> None:
    in_a_row().run(2, archive=tmp_path / "run")
    resumed = in_a_row()
    run = resumed.run(4, archive=tmp_path / "run", resume=True)
    assert counts(resumed) == COUNTS
    whole = in_a_row().run(4, archive=tmp_path / "whole")
    assert run.observations() == whole.observations()


def test_the_archive_says_of_an_observation_what_the_run_did(tmp_path: Path) -> None:
    simulation = in_a_row()
    run = simulation.run(1, archive=tmp_path / "run")
    (news,) = [each for each in simulation.agents[1].news if each.how == "saw"]
    assert news in run.observations("Bob") and news.action == "pass_bucket"
