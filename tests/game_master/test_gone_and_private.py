"""Who is gone notices nothing more; what is said in private stays so; what a channel does, it does to all it reaches."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, GameMaster, Person, Scene, Scripted, Simulation, World, action
from gamemaster.components import Observations
from gamemaster.components.game_master import Channel, PointsOfView, Tampered, WorldDecides
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import ActionCall, Grounding, UnknownName
from gamemaster.world.parts import Presence

NAMES = ("Ann", "Bob", "Cid")
FREE, SPEECH = ActionSpec.free(), ActionSpec.speech()


class Yard(World):
    presence: Presence

    @action
    def send_away(self, actor: Person, whom: Person) -> str:
        """Send somebody away."""
        self.presence.leave(whom)
        return f"{actor} sends {whom} away."

    @action
    def set_bell(self, actor: Person) -> str:
        """Set a bell that rings later."""
        self.later(100, "ring_bell")
        return f"{actor} sets a bell."

    @action(offered=False)
    def ring_bell(self, actor: Person) -> str:
        """The bell rings."""
        return f"The bell of {actor} rings."

    @action(together=True)
    def pull_rope(self, strength: dict[str, int]) -> str:
        """Pull together."""
        return f"{' and '.join(strength)} pull."

    def witnesses(self, event: Any) -> set[str]:
        return set(self.people)


def policy(view: Any) -> Any:
    if view.spec.kind == "speech":
        return f"{view.name} says it."
    if view.spec.kind == "action":
        return {"strength": 1}
    return {"action": "set_bell"} if view.name == "Bob" else {"action": "send_away", "arguments": {"whom": "Bob"}}


def yard(*asks: dict[str, ActionSpec], channels: Any = (), steps: int = 9, **options: Any) -> Any:
    crowd = [Agent(name, [Observations()], actor=Scripted(policy)) for name in NAMES]
    scenes = [Scene(f"scene {at}", list(each), each, order="simultaneous", hears=NAMES) for at, each in enumerate(asks)]
    master = GameMaster(Yard(presence=Presence()), channels=channels, **options)
    model = ScriptedModel(lambda request: None)
    return Simulation(crowd, master, scenes=scenes, model=model, embedder=HashEmbedder()).run(steps)


def told(run: Any, name: str) -> list[str]:
    return [each.text for each in run.observations(name)]


@pytest.mark.parametrize("spec", [SPEECH, ActionSpec.speech(to=["Bob", "Ann"])])
def test_who_was_sent_away_in_the_step_hears_nothing_more(spec: ActionSpec) -> None:
    run = yard({"Ann": FREE, "Cid": spec}, {"Cid": spec})
    assert told(run, "Ann").count("Cid says it.") == 2
    assert told(run, "Bob") == []


def test_who_is_gone_does_not_notice_what_they_put_off() -> None:
    run = yard({"Bob": FREE}, {"Ann": FREE}, {"Cid": SPEECH})
    assert [event.text for event in run.events if event.kind == "effect"] == ["The bell of Bob rings."]
    assert told(run, "Bob") == ["Bob sets a bell."]


def test_who_goes_before_a_joint_action_is_refused_and_does_not_notice_it() -> None:
    rope = ActionSpec.of(Yard.pull_rope, "?")
    run = yard({"Ann": rope, "Bob": rope, "Cid": FREE})
    assert [(event.kind, event.actor) for event in run.events] == [("act", "Cid"), ("refusal", "Bob"), ("act", "")]
    assert run.events[-1].witnesses == ("Ann",)
    assert told(run, "Bob") == []


def test_what_does_not_reach_who_is_gone_is_on_record() -> None:
    run = yard({"Cid": ActionSpec.speech(channel="post")}, {"Ann": FREE}, {"Cid": SPEECH}, channels=[Channel("post", delay=90)])
    lost = [(step, each.who, each.value) for step, each in run.archive.measures("message lost")]
    assert lost == [(3, "Bob", "1/event/0: gone")]
    assert "Cid says it." in told(run, "Ann")


def test_a_whisper_can_be_overheard_in_the_open() -> None:
    run = yard({"Ann": ActionSpec.speech(to="Bob")}, channels=[Channel(overheard=1.0)])
    assert told(run, "Cid") == ["Ann says it."]
    assert told(yard({"Ann": ActionSpec.speech(to="Bob")}, channels=[Channel(overheard=0.0)]), "Cid") == []


def test_a_broadcast_reaches_everybody_by_its_own_way() -> None:
    hooks = [Tampered(lambda message: "Static.")]
    run = yard(
        {"Ann": ActionSpec.speech(channel="air")}, channels=[Channel("air", members=["Ann"], reach="broadcast", hooks=hooks)]
    )
    assert (told(run, "Bob"), told(run, "Cid")) == (["Static."], ["Static."])


def test_who_speaks_to_nobody_known_is_told() -> None:
    with pytest.raises(UnknownName, match=r"'Bbo'. Did you mean 'Bob'\? \(to whom Ann speaks\)"):
        yard({"Ann": ActionSpec.speech(to="Bbo")})


class _Bell:
    """Grounds every attempt as setting the bell, and asks about it."""

    async def ground(self, attempt: Any, offers: Any, sees: str, turn: Any) -> Grounding:
        await turn.text("What is it?")
        return Grounding(attempt_id=attempt.id, call=ActionCall(action="set_bell"))


@pytest.mark.parametrize("spec", [ActionSpec.speech(to="Bob"), ActionSpec.speech(channel="post")])
def test_private_words_stand_in_no_question_about_another(spec: ActionSpec) -> None:
    model = ScriptedModel(lambda request: None)
    crowd = [Agent(name, [Observations()], actor=Scripted(lambda view: f"{view.name} tells of the key.")) for name in NAMES]
    master = GameMaster(
        Yard(presence=Presence()),
        grounding=_Bell(),
        plausibility=WorldDecides(),
        narration=PointsOfView(),
        components=[Observations()],
        channels=[Channel("post", members=["Ann", "Bob"])],
    )
    scenes = [
        Scene("open", ["Bob"], SPEECH),
        Scene("hidden", ["Ann"], spec),
        Scene("deed", ["Cid"], FREE),
    ]
    run = Simulation(crowd, master, scenes=scenes, model=model, embedder=HashEmbedder()).run(3)
    asked = [request.prompt.text for request in model.requests]
    assert asked and not any("Ann tells" in each for each in asked)
    assert any("Bob tells" in each for each in asked), "what all could hear it knows"
    views = [request.prompt.text for request in model.requests if "view" in request.key.what]
    assert views and not any("Bob tells" in each for each in views), "one's point of view needs nothing else"
    assert "Ann tells of the key." in told(run, "Bob")
    assert "Ann tells of the key." not in told(run, "Cid")


def test_names_of_game_masters_that_begin_alike_are_told_apart() -> None:
    from gamemaster.game_master import GameMasters

    masters = [GameMaster(name=name, channels=[Channel("post", delay=9)]) for name in ("Lead", "A", "A/B")]
    states = GameMasters(masters).states()
    assert set(states) == {"channel post", "A/channel post", "A/B/channel post"}
    GameMasters(masters).restore_states(states)


def test_a_channel_of_one_game_master_is_open_to_those_in_anothers_charge() -> None:
    crowd = [Agent(name, [Observations()], actor=Scripted(policy)) for name in NAMES]
    masters = [GameMaster(name="Hall"), GameMaster(name="Attic", channels=[Channel("radio")])]
    scenes = [Scene("talk", ["Ann"], ActionSpec.speech(channel="radio"), game_master="Hall")]
    model = ScriptedModel(lambda request: None)
    assert told(Simulation(crowd, masters, scenes=scenes, model=model, embedder=HashEmbedder()).run(1), "Cid") == ["Ann says it."]


def test_a_channel_that_nobody_has_is_told_before_anybody_is_asked() -> None:
    model = ScriptedModel(lambda request: "Hello.")
    scenes = [Scene("talk", ["Ann"], ActionSpec.speech(channel="raido"))]
    master = GameMaster(channels=[Channel("radio")])
    with pytest.raises(UnknownName, match=r"'raido'. Did you mean 'radio'\?"):
        Simulation([Agent("Ann")], master, scenes=scenes, model=model, embedder=HashEmbedder()).run(1)
    assert not model.requests


def test_the_same_words_on_their_way_to_many_are_kept_once() -> None:
    run = yard({"Ann": ActionSpec.speech(channel="post")}, {"Cid": FREE}, channels=[Channel("post", delay=9999)])
    version, state = run.archive.states(2)["game_master/channel post"]
    entry = {"due": 9999.0, "event": "1/event/0", "speaker": "Ann", "text": "Ann says it.", "to": ["Bob", "Cid"]}
    assert (version, state) == (1, {"waiting": [entry]})
