"""Channels: who is reached, what arrives, when, and what is on record of it."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, GameMaster, Scene, Scripted, Simulation, World
from gamemaster.components import Observations
from gamemaster.components.game_master import Channel, Delayed, Filtered, Moderated, Tampered, Translated
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import DefinitionError, StepFailed, UnknownName
from gamemaster.world.parts import Places
from tests.simulation.test_same_seed import exported

NAMES = ("Ann", "Bob", "Cid", "Dan")


class Rooms(World):
    """Two rooms, and who is in which club."""

    places: Places
    club: list[str]
    knows: dict[str, list[str]]

    def friends(self, name: str) -> list[str]:
        return self.knows.get(name, [])


def rooms() -> Rooms:
    where = {"Ann": "hall", "Bob": "attic", "Cid": "hall", "Dan": "hall"}
    return Rooms(
        places=Places.joined({("hall", "attic"): 1}, whereabouts=where),
        club=["Ann", "Bob"],
        knows={"Ann": ["Dan"], "Bob": ["Ann"]},
    )


def say(view: Any) -> str:
    return f"This is {view.name}, step {view.moment.step}."


def talk(*channels: Channel, channel: str = "", steps: int = 1, who: Any = ("Ann",), model: Any = None, **options: Any) -> Any:
    crowd = [Agent(name, [Observations()], actor=Scripted(say)) for name in NAMES]
    scenes = [Scene("talk", who, ActionSpec.speech(channel=channel, **options), rounds=steps, order="simultaneous", hears=NAMES)]
    master = GameMaster(rooms(), channels=channels)
    answers = model or ScriptedModel(lambda request: 0)
    return Simulation(crowd, master, scenes=scenes, model=answers, embedder=HashEmbedder(), seed=5, step=60)


def heard(run: Any) -> dict[str, list[str]]:
    return {name: [each.text for each in run.observations(name) if each.how == "heard"] for name in NAMES}


WORDS = "This is Ann, step 1."


def test_members_hear_and_nobody_else() -> None:
    run = talk(Channel("radio", members=["Ann", "Bob"]), channel="radio").run(1)
    assert heard(run) == {"Ann": [], "Bob": [WORDS], "Cid": [], "Dan": []}
    event = run.events[0]
    assert (event.channel, event.witnesses) == ("radio", ("Ann", "Bob"))
    assert run.observations("Bob")[0].tags == ("radio",)


@pytest.mark.parametrize(
    ("channel", "hearers"),
    [
        (Channel("radio", members="club"), {"Bob"}),
        (Channel("radio", members=lambda world: world.places.at("hall")), {"Cid", "Dan"}),
        (Channel("radio", graph={"Ann": ["Bob", "Cid"]}), {"Bob", "Cid"}),
        (Channel("radio", graph="knows"), {"Dan"}),
        (Channel("radio", graph="friends"), {"Dan"}),
        (Channel("radio", members=["Ann", "Bob"], reach="public"), {"Bob", "Cid", "Dan"}),
        (Channel("radio", members=["Ann"], reach="broadcast"), {"Bob", "Cid", "Dan"}),
        (Channel("radio", members=["Ann", "Bob"], overheard=1.0), {"Bob", "Cid", "Dan"}),
        (Channel("radio", members=["Ann", "Bob"], loss=1.0), set[str]()),
        (Channel("radio"), {"Bob", "Cid", "Dan"}),
    ],
)
def test_whom_it_reaches(channel: Channel, hearers: set[str]) -> None:
    run = talk(channel, channel="radio").run(1)
    assert {name for name, texts in heard(run).items() if texts} == hearers
    assert set(run.events[0].witnesses) == {"Ann", *hearers}


def test_who_is_no_member_is_refused() -> None:
    run = talk(Channel("radio", members=["Bob", "Cid"]), channel="radio").run(1)
    assert [(event.kind, event.text) for event in run.events] == [("refusal", "Ann is not in radio")]
    assert heard(run) == {name: [] for name in NAMES}


def test_to_names_some_of_the_members() -> None:
    run = talk(Channel("radio", members=["Ann", "Bob", "Cid"]), channel="radio", to=["Bob", "Dan"]).run(1)
    assert [name for name, texts in heard(run).items() if texts] == ["Bob"]


def test_words_arrive_later_and_a_stop_in_between_changes_nothing(tmp_path: Any) -> None:
    def build() -> Any:
        return talk(Channel("post", delay=100), channel="post", steps=4)

    run = build().run(4)
    arrived = [(each.time, each.text, each.event_id) for each in run.observations("Bob")]
    assert arrived == [(120.0, WORDS, "1/event/0"), (180.0, "This is Ann, step 2.", "2/event/0")]
    build().run(1, archive=tmp_path / "run")
    build().run(2, archive=tmp_path / "run", resume=True)
    assert exported(build().run(4, archive=tmp_path / "run", resume=True)) == exported(run)
    assert run.why(run.observations("Bob")[0].event_id)


def test_loss_is_drawn_for_each_hearer_by_key_and_on_record() -> None:
    run = talk(Channel("radio", loss=0.5), channel="radio", steps=40).run(40)
    counts = {name: len(texts) for name, texts in heard(run).items()}
    lost = [measure for _, measure in run.archive.measures("message lost")]
    assert len(lost) + sum(counts.values()) == 40 * 3
    assert 30 < len(lost) < 90
    again = talk(Channel("other"), Channel("radio", loss=0.5), channel="radio", steps=40).run(40)
    assert heard(again) == heard(run), "another channel disturbs no draw"


def test_hooks_work_in_order_and_both_texts_are_on_record() -> None:
    shout = Tampered(lambda message: message.text.upper() if message.to == "Bob" else message.text)
    hooks = [Filtered(lambda message: message.to != "Cid"), shout]
    run = talk(Channel("radio", hooks=hooks), channel="radio").run(1)
    assert heard(run) == {"Ann": [], "Bob": [WORDS.upper()], "Cid": [], "Dan": [WORDS]}
    assert run.events[0].text == WORDS
    assert [(each.who, each.value) for _, each in run.archive.measures("message lost")] == [("Cid", "1/event/0: filtered")]


def test_hooks_work_in_the_open_too() -> None:
    run = talk(Channel(hooks=[Tampered(lambda message: "..." if message.to == "Dan" else message.text)])).run(1)
    assert heard(run) == {"Ann": [], "Bob": [WORDS], "Cid": [WORDS], "Dan": ["..."]}
    assert run.events[0].channel == ""


def test_words_are_translated_once_for_all_of_one_language_and_moderated_once() -> None:
    def rule(request: Any) -> Any:
        return 0 if hasattr(request, "options") else "Dette er Ann."

    model = ScriptedModel(rule)
    hooks = [Moderated("Nobody tells where the shell is."), Translated({"Bob": "Danish", "Cid": "Danish"})]
    run = talk(Channel("radio", hooks=hooks), channel="radio", model=model).run(1)
    assert heard(run) == {"Ann": [], "Bob": ["Dette er Ann."], "Cid": ["Dette er Ann."], "Dan": [WORDS]}
    assert len(model.requests) == 2
    assert all(WORDS in request.prompt.text for request in model.requests)


def test_what_breaks_the_rule_reaches_nobody() -> None:
    model = ScriptedModel(lambda request: 1)
    run = talk(Channel("radio", hooks=[Moderated("Nobody says their name.")]), channel="radio", model=model).run(1)
    assert heard(run) == {name: [] for name in NAMES}
    assert len(list(run.archive.measures("message lost"))) == 3


def test_delays_add_up() -> None:
    run = talk(
        Channel("post", delay=30, hooks=[Delayed(lambda message: 60 if message.to == "Bob" else 0)]), channel="post", steps=3
    ).run(3)
    assert [each.time for each in run.observations("Cid")] == [60.0, 120.0]
    assert [each.time for each in run.observations("Bob")] == [120.0]


def test_what_does_not_go_is_refused_with_the_reason() -> None:
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"loss": 1.5}, "loss=1.5; it is a chance"),
        ({"overheard": -1}, "overheard=-1"),
        ({"delay": -1}, "nothing arrives before"),
        ({"members": [], "graph": {}}, "members and a graph"),
        ({"reach": "all"}, "reach='all'"),
    )
    for options, reason in wrong:
        with pytest.raises(DefinitionError, match=reason):
            Channel("radio", **options)
    with pytest.raises(DefinitionError, match="two channels named 'radio'"):
        GameMaster(channels=[Channel("radio"), Channel("radio")])
    with pytest.raises(DefinitionError, match="without a name"):
        Channel(members=["Ann"])
    with pytest.raises((UnknownName, StepFailed), match="no channel 'radoi'"):
        talk(Channel("radio"), channel="radoi").run(1)
    with pytest.raises((UnknownName, StepFailed), match="no such field or method"):
        talk(Channel("radio", members="klub"), channel="radio").run(1)

    def forging(message: Any, turn: Any) -> Any:
        from dataclasses import replace

        return replace(message, speaker="Game master")

    with pytest.raises((DefinitionError, StepFailed), match="neither who speaks"):
        talk(Channel("radio", hooks=[forging]), channel="radio").run(1)
