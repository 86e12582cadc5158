"""Parts that users bring: one that is none, or answers something else, is told in one message that names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gamemaster import Agent, GameMaster, Person, Scripted, Simulation, World, action
from gamemaster.components import Observations
from gamemaster.components.game_master import AskWhetherOver, Channel, ModelGrounding
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import ActionCall, DefinitionError


class Room(World):
    @action
    def wave_hand(self, actor: Person) -> str:
        """Wave."""
        return f"{actor} waves."

    @action(by="game_master")
    def creak(self, actor: Person) -> str:
        """A board creaks."""
        return "A board creaks."


def part(**methods: Any) -> Any:
    """An object with coroutines that answer these."""

    def answering(value: Any) -> Callable[..., Any]:
        async def method(self: Any, *arguments: Any) -> Any:
            return value

        return method

    return type("Odd", (), {name: answering(value) for name, value in methods.items()})()


def played(**options: Any) -> Any:
    waving = Scripted(lambda view: "I wave." if "grounding" in options or "plausibility" in options else {"action": "wave_hand"})
    return Simulation(
        [Agent("Ann", [Observations()], actor=waving)],
        GameMaster(Room(), **options),
        model=ScriptedModel(lambda request: 0 if hasattr(request, "options") else None),
        embedder=HashEmbedder(),
    ).run(1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": ""}, "name is ''"),
        ({"name": "A\nB"}, "on one line"),
        ({"grounding": object()}, "a coroutine `ground`"),
        ({"grounding": ModelGrounding}, "give an object"),
        ({"plausibility": 5}, "a coroutine `judge`"),
        ({"consequences": 5}, "a coroutine `propose`"),
        ({"narration": 5}, "narration=5"),
        ({"witnesses": 5}, "give a function"),
        ({"ends": 5}, "such as AskWhetherOver"),
        ({"ends": AskWhetherOver}, "such as AskWhetherOver"),
        ({"channels": Channel("radio")}, "a list of Channel objects"),
        ({"channels": ["radio"]}, "a list of Channel objects"),
    ],
)
def test_what_is_no_part_is_refused_at_once(options: dict[str, Any], words: str) -> None:
    with pytest.raises(DefinitionError, match=words):
        GameMaster(Room(), **options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"grounding": part(ground=None)}, "Game master, Odd, step 1: `ground` answered None to Ann's attempt"),
        ({"plausibility": part(judge=5)}, "`judge` answered 5"),
        ({"consequences": part(propose=None)}, "`propose` answered None"),
        ({"consequences": part(propose=["creak"])}, "a list of ActionCalls"),
        ({"narration": part(narrate=None)}, "`narrate` answered None"),
        ({"narration": part(narrate="So.", view=5)}, "`view` answered 5"),
        ({"ends": part(over=True)}, "`over` answered True"),
        ({"ends": lambda world: True}, "`ends` returned True"),
        ({"witnesses": lambda world, event: "Ann"}, "`witnesses` returned 'Ann'; it returns a list or set of names"),
    ],
)
def test_what_is_no_answer_of_a_part_is_told(options: dict[str, Any], words: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        played(**options)
    assert words in str(caught.value)


def test_what_follows_is_the_game_masters_to_do_and_no_agents_deed() -> None:
    proposes = part(propose=[ActionCall(action="wave_hand"), ActionCall(action="creak"), ActionCall(action="fly")])
    run = played(consequences=proposes)
    assert [(event.kind, event.text) for event in run.events] == [("act", "Ann waves."), ("effect", "A board creaks.")]
    refused = [each.value for _, each in run.archive.measures("consequence refused")]
    assert refused == [f"1/event/0: {name} is not the game master's to choose now" for name in ("wave_hand", "fly")]


@pytest.mark.parametrize(
    ("method", "answer", "words"),
    [
        ("over", True, "Odd.over returned True"),
        ("over", False, "Odd.over returned False"),
        ("witnesses", None, "Odd.witnesses returned None"),
        ("witnesses", "Ann", "Odd.witnesses returned 'Ann'"),
        ("present_people", "Ann", "Odd.present_people returned 'Ann'"),
        ("present_people", None, "Odd.present_people returned None"),
        ("perceive", None, "Odd.perceive returned None for Ann"),
    ],
)
def test_a_world_that_answers_something_else_is_told_which(method: str, answer: Any, words: str) -> None:
    odd: Any = type("Odd", (Room,), {method: lambda self, *arguments: answer, "__module__": __name__})
    ann = Agent("Ann", [Observations()], model=ScriptedModel(lambda request: "I wave."))
    model = ScriptedModel(lambda request: 0 if hasattr(request, "options") else None)
    with pytest.raises(DefinitionError) as caught:
        Simulation([ann], GameMaster(odd()), model=model, embedder=HashEmbedder()).run(1)
    assert words in str(caught.value)
