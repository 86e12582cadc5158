"""Hooks on words: what they may give back, how their errors are told, and whom the model is asked about what."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, GameMaster, Scene, Scripted, Simulation
from gamemaster.components import Observations
from gamemaster.components.game_master import Channel, Delayed, Filtered, Moderated, Tampered, Translated
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import AnswerFailed, DefinitionError, GamemasterError, StepFailed, UnknownName

NAMES = ("Ann", "Bob", "Cid")


def said(channel: Channel, rule: Any = lambda request: None, **options: Any) -> tuple[dict[str, str], ScriptedModel]:
    """What each hears of Ann's words by this channel, and the model with what it was asked."""
    model = ScriptedModel(rule)
    crowd = [Agent(name, [Observations()], actor=Scripted(lambda view: "The key is here.")) for name in NAMES]
    scene = Scene("talk", ["Ann"], ActionSpec.speech(channel=channel.called), **options)
    run = Simulation(crowd, GameMaster(channels=[channel]), scenes=[scene], model=model, embedder=HashEmbedder()).run(1)
    return {each.to: each.text for each in run.observations() if each.how == "heard"}, model


def test_two_hooks_of_one_kind_ask_two_questions() -> None:
    heard, model = said(Channel("radio", hooks=[Moderated("No shells."), Moderated("No swords.")]), lambda request: 0)
    assert set(heard) == {"Bob", "Cid"}
    assert len(model.requests) == 2


def test_words_that_differ_by_hearer_are_translated_apart() -> None:
    differ = Tampered(lambda message: f"{message.text} {message.to}")

    def translate(request: Any) -> str:
        return "Til Bob." if "here. Bob" in request.prompt.text else "Til Cid."

    heard, _ = said(Channel("radio", hooks=[differ, Translated({"Bob": "Danish", "Cid": "Danish"})]), translate)
    assert heard == {"Bob": "Til Bob.", "Cid": "Til Cid."}


def test_a_hook_without_an_answer_leaves_the_words_as_they_are() -> None:
    async def fails(message: Any, turn: Any) -> Any:
        raise AnswerFailed("nothing usable")

    assert said(Channel("radio", hooks=[fails]))[0] == {"Bob": "The key is here.", "Cid": "The key is here."}


@pytest.mark.parametrize(
    ("hook", "error", "words"),
    [
        (
            Filtered(lambda message: bool(1 // 0)),
            StepFailed,
            "the channel 'radio', hook filtered, on words of Ann to Bob, step 1",
        ),
        (lambda message, turn: "Hi.", DefinitionError, "a hook gives back the message"),
        (Tampered(lambda message: 5), DefinitionError, "text=5"),  # pyright: ignore[reportArgumentType]
        (lambda message, turn: replace(message, event_id="9/event/9"), DefinitionError, "nor what was said"),
        (Delayed(lambda message: math.nan), DefinitionError, "puts words off by nan s"),
        (Delayed(lambda message: -4), DefinitionError, "puts words off by -4"),
    ],
)
def test_what_is_wrong_with_a_hook_is_told_with_its_place(hook: Any, error: type[GamemasterError], words: str) -> None:
    with pytest.raises(error, match="radio") as caught:
        said(Channel("radio", hooks=[hook]))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"delay": math.nan}, "delay=nan"),
        ({"delay": math.inf}, "delay=inf"),
        ({"hooks": [Moderated]}, "an object such as"),
        ({"hooks": ["x"]}, "has the hook 'x'"),
        ({"graph": {"Ann": "Bob"}}, "a text for 'Ann'"),
    ],
)
def test_a_channel_that_can_not_be_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(DefinitionError, match=words):
        Channel("radio", **options)


def test_in_the_open_there_is_no_reach_and_a_delay_is_a_number() -> None:
    with pytest.raises(DefinitionError, match="in the open"):
        Channel(reach="broadcast")
    with pytest.raises(DefinitionError, match="Delayed"):
        Delayed(math.inf)


def test_who_is_named_and_is_nobody_is_told_before_the_run() -> None:
    for channel in (Channel("radio", members=["Ann", "Bbo"]), Channel("radio", graph={"Ann": ["Bbo"]})):
        with pytest.raises(UnknownName, match=r"'Bbo'. Did you mean 'Bob'\? \(in the channel 'radio'"):
            said(channel)


def test_errors_in_the_code_that_says_who_hears_name_the_channel() -> None:
    with pytest.raises(StepFailed, match="the members of the channel 'radio'"):
        said(Channel("radio", members=lambda world: [str(1 // 0)]))
