"""What an agent is told after its turn: what it noticed, in the words that reached it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gamemaster import ActionSpec, Agent, GameMaster, Scene, Scripted, Simulation
from gamemaster.components import Observations
from gamemaster.components.game_master import Channel, Tampered
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import Attempt, Component, Event

NAMES = ("Ann", "Bob")


class Minds(Component):
    name = "minds"

    def __init__(self) -> None:
        self.told: list[list[str]] = []

    async def after_action(self, attempt: Attempt, events: Sequence[Event]) -> None:
        self.told.append([event.text for event in events])


def minded(channel: Channel, steps: int) -> list[list[str]]:
    """What Bob's component is told, a list for each of his turns."""
    minds = {name: Minds() for name in NAMES}
    says = Scripted(lambda view: f"{view.name} {view.moment.step}")
    crowd: list[Any] = [Agent(name, [Observations(), minds[name]], actor=says) for name in NAMES]
    scene = Scene("talk", NAMES, ActionSpec.speech(channel="radio"), rounds=steps, order="simultaneous")
    model = ScriptedModel(lambda request: None)
    Simulation(crowd, GameMaster(channels=[channel]), scenes=[scene], model=model, embedder=HashEmbedder()).run(steps)
    return minds["Bob"].told


def test_words_that_arrive_in_a_later_step_are_no_event_of_that_step() -> None:
    assert minded(Channel("radio", delay=90), 3) == [["Bob 1"], ["Bob 2"], ["Bob 3"]]


def test_who_heard_other_words_than_were_said_thinks_about_those_that_were_heard() -> None:
    garbled = Tampered(lambda message: "Noise.")
    assert minded(Channel("radio", hooks=[garbled]), 1) == [["Noise.", "Bob 1"]]
