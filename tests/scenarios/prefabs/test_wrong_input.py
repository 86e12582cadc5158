"""Prefabs given what doesn't fit: one message that says what and where, before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent
from gamemaster.scenarios.prefabs import Trial, experiment, game, script, town
from gamemaster.words import GamemasterError

WAYS = {("home", "mill"): 30}
HOMES = {"Ann": "home", "Bob": "mill"}
SAY = ActionSpec.speech()


def people() -> list[Agent]:
    return [Agent("Ann"), Agent("Bob")]


def nothing(moves: Mapping[str, str]) -> Mapping[str, float]:
    """What nobody gets."""
    return {}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: town(people(), WAYS, homes={**HOMES, "Bbo": "mill"}), "'Bbo'. Did you mean 'Bob'? (in the homes"),
        (lambda: town(people(), WAYS, homes={"Ann": "home"}), "Bob has no home"),
        (lambda: town(people(), WAYS, homes={**HOMES, "Bob": "mil"}), "'mil'. Did you mean 'mill'? (in the homes"),
        (lambda: town(people(), WAYS, homes=HOMES, pastimes={"mil": ["rest"]}), "(in the pastimes"),
        (lambda: town(people(), WAYS, homes=HOMES, pastimes={"mill": "rest"}), "are 'rest'; give a list"),
        (lambda: town(people(), WAYS, homes=HOMES, hours={"mil": (8, 9)}), "(in the hours"),
        (lambda: town(people(), WAYS, homes=HOMES, hours={"mill": (8, 25)}), "from 0 to 24"),
        (lambda: town(people(), WAYS, homes=HOMES, hours={"mill": 8}), "from 0 to 24"),  # pyright: ignore[reportArgumentType]
        (lambda: game(people(), {"Ann": ["stay"]}, nothing), "'Bob'. Known: Ann. (in the moves"),
        (lambda: game(people(), [], nothing), "Ann has no moves"),
        (lambda: game(people(), ["stay"], 5), "payoffs 5"),  # pyright: ignore[reportArgumentType]
        (lambda: script([("Ann",)]), "Line 1 of the screenplay is ('Ann',)"),  # pyright: ignore[reportArgumentType]
        (lambda: script([5]), "Line 1 of the screenplay is 5"),  # pyright: ignore[reportArgumentType]
        (lambda: experiment(people(), [Trial("a|b", "", SAY)]), "no '|'"),
        (lambda: experiment(people(), [Trial("a", "", SAY)], conditions=["x|y"]), "no '|'"),
        (lambda: experiment(people(), [Trial("a", {"x": ""}, SAY)]), "no `conditions`"),
        (lambda: experiment(people(), [Trial("a", "", SAY)], order="x"), "order='x'"),  # pyright: ignore[reportArgumentType]
    ],
)
def test_one_message_says_what_and_where(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(GamemasterError) as caught:
        make()
    assert words in str(caught.value)
