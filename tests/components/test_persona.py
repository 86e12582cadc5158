"""Persona: who somebody is, a line for each thing known."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster.components import Persona
from gamemaster.testing import turn_for
from gamemaster.words import DefinitionError, prompt_texts

WHOLE = """\
Name: Clara Holm
Age: 41
Occupation: innkeeper
Character: warm, talkative
Home: the inn
Workplace: the inn
Keeps the inn since her father died.
Goals:
- have a full house
- know what everybody is up to
Routine:
- 08:00 go to the market
- 10:00 work at the inn"""


def clara() -> Persona:
    return Persona(
        " Keeps the inn since her father died.\n",
        age=41,
        occupation="innkeeper",
        traits=["warm", "talkative"],
        goals=["have a full house", "know what everybody is up to"],
        routine=("08:00 go to the market", "10:00 work at the inn"),
        facts={"home": "the inn", "workplace": "the inn"},
    )


async def test_all_that_can_be_said_reads_like_this() -> None:
    persona = clara()
    assert await persona.context(turn_for(persona, agent="Clara Holm")) == WHOLE
    assert (persona.changes, persona.kind) == ("own", "persona")
    assert prompt_texts().label(persona, "Clara Holm") == "Who you are"


async def test_it_is_the_same_on_the_first_day_and_on_the_last() -> None:
    persona = clara()
    late = turn_for(persona, agent="Clara Holm", step=900, time=9e6, memories=["The inn burned down."], sees="Ashes.")
    assert await persona.context(late) == WHOLE
    assert persona.state() == {}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"description": "A baker."}, "Name: Ann\nA baker."),
        ({"age": 0}, "Name: Ann\nAge: 0"),
        ({"occupation": "baker"}, "Name: Ann\nOccupation: baker"),
        ({"traits": ["gruff"]}, "Name: Ann\nCharacter: gruff"),
        ({"goals": ["sleep"]}, "Name: Ann\nGoals:\n- sleep"),
        ({"routine": ["07:00 bake"]}, "Name: Ann\nRoutine:\n- 07:00 bake"),
        ({"facts": {"home": "Mill Lane 3"}}, "Name: Ann\nHome: Mill Lane 3"),
    ],
)
async def test_one_thing_is_enough(given: dict[str, Any], text: str) -> None:
    persona = Persona(**given)
    assert await persona.context(turn_for(persona)) == text


async def test_what_it_was_given_may_change_afterwards() -> None:
    goals, facts = ["sleep"], {"home": "Mill Lane 3"}
    persona = Persona(goals=goals, facts=facts)
    goals.append("rob the bank")
    facts["home"] = "jail"
    assert await persona.context(turn_for(persona)) == "Name: Ann\nHome: Mill Lane 3\nGoals:\n- sleep"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "says nothing about the person; give at least a description"),
        ({"description": " "}, "says nothing about the person"),
        ({"age": -1}, "age is -1; it must be at least 0"),
        ({"traits": "warm"}, "traits are 'warm'; give a list"),
        ({"goals": "sleep"}, "goals are 'sleep'; give a list"),
        ({"routine": "07:00 bake"}, "routine are '07:00 bake'; give a list"),
    ],
)
def test_what_is_no_persona_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        Persona(**given)
