"""What an agent does next, says, plans, knows and rates, with the real sentence embedder, in a made-up village."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

import pytest
from pydantic import Field, create_model

from gamemaster.language import ChoiceRequest, ObjectRequest, Prompt, TextRequest
from gamemaster.language.embedded.embedded_model import EmbeddedModel
from gamemaster.words import CallKey, ModelError, Section, SectionKind

PERSONA = """\
Name: Ines Roth
Age: 41
Occupation: miller
Ines Roth is the miller of the village. She is friendly and curious.
Goals:
- get a horseshoe from Jonas Beck
Routine:
- works at the mill from 08:00 to 12:00
- has lunch at the tavern at 12:00
- fetches water at the well at 14:00"""
PLAN = "08:00 work at the mill\n12:00 have lunch at the tavern\n14:00 buy 2 horseshoe at the smithy\n16:00 drink water"
ACTS = """\
walk_to(spot: mill|smithy|tavern|well): Walk to another place.
purchase(thing: horseshoe|stew|flour, seller: Jonas Beck|Klara Vogt, count: whole number of at least 1): Buy things from somebody.
chat(to: Jonas Beck|Klara Vogt, words: text): Tell somebody here something.
do_chores(): Do the work of one's trade for a while."""
PARTY = "There is a harvest dance at the tavern at 18:00."
KEY = CallKey(1, "Ines Roth", "actor", "answer")
ITEMS = create_model("Items", items=(Annotated[list[str], Field(max_length=8)], ...))
RATING = create_model("Number", number=(Annotated[int, Field(ge=1, le=10)], ...))


@pytest.fixture(scope="module")
def model() -> EmbeddedModel:
    found = EmbeddedModel()
    try:
        found.fingerprint  # noqa: B018
    except ModelError as error:
        pytest.skip(f"no sentence embedder at hand: {error}")
    return found


def part(kind: SectionKind, text: str) -> Section:
    return Section(label=kind, text=text, kind=kind, component=kind)


def there(where: str, *who: str) -> str:
    return f"You are at the {where}. " + (f"{' and '.join(who)} are here too." if who else "Nobody else is here.")


def prompt_of(call: str, sections: Sequence[Section]) -> Prompt:
    return Prompt.of(sections, call, name="Ines Roth")


def does(
    model: EmbeddedModel,
    clock: str,
    sees: str,
    *past: str,
    plan: str = PLAN,
    persona: str = PERSONA,
    seed: int = 1,
    acts: str = ACTS,
) -> str:
    sections = [
        part("persona", persona), part("plan", plan), part("observation", "\n".join(past)),
        part("situation", sees), part("action", acts),
    ]  # fmt: skip
    call = f"It is Monday, 13 February 2023, {clock}. What does Ines Roth do next?"
    return asyncio.run(model.answer(TextRequest(prompt=prompt_of(call, sections), key=KEY, seed=seed))).text


# --- deeds ---


@pytest.mark.parametrize(
    ("clock", "place", "sentence"),
    [
        ("08:10", "well", "Ines Roth walks to the mill."),
        ("08:10", "mill", "Ines Roth does the work of one's trade for a while."),
        ("12:00", "mill", "Ines Roth walks to the tavern."),
        ("14:30", "tavern", "Ines Roth walks to the smithy."),
    ],
)
def test_the_plan_is_followed(model: EmbeddedModel, clock: str, place: str, sentence: str) -> None:
    assert does(model, clock, there(place)) == sentence


def test_what_is_planned_is_bought_where_it_is(model: EmbeddedModel) -> None:
    done = [does(model, "14:30", there("smithy", "Jonas Beck"), seed=seed) for seed in range(10)]
    assert done.count("Ines Roth buys 2 horseshoe from Jonas Beck.") >= 6
    assert all("Jonas Beck" in each for each in done)  # the others are a word with him


def test_what_was_done_is_not_done_again(model: EmbeddedModel) -> None:
    done = "[14:30] Ines Roth buys 2 horseshoe from Jonas Beck for 4 coins."
    assert "buys" not in does(model, "15:00", there("smithy", "Jonas Beck"), done, persona=PERSONA.replace("horseshoe", "hat"))


@pytest.mark.parametrize("reason", ["Jonas Beck has only 1 horseshoe", "Ines Roth has only 3 coins", "that can't be"])
def test_what_was_refused_is_not_tried_at_once_again(model: EmbeddedModel, reason: str) -> None:
    refused = f"[14:30] Ines Roth could not do it: {reason}"
    assert "buys 2 horseshoe" not in does(model, "14:40", there("smithy", "Jonas Beck"), refused)


def test_a_plan_given_up_is_left_alone(model: EmbeddedModel) -> None:
    plan = "14:00 (given up: buy 2 horseshoe at the smithy; the smithy is shut)"
    assert "smithy" not in does(model, "14:30", there("well"), plan=plan)


def test_without_a_plan_the_routine_is_followed(model: EmbeddedModel) -> None:
    assert does(model, "12:10", there("mill"), plan="") == "Ines Roth walks to the tavern."


def test_news_is_passed_on_once_and_not_to_its_source(model: EmbeddedModel) -> None:
    heard = f'[08:00] Klara Vogt said: "{PARTY}"'
    told = f'Ines Roth tells Jonas Beck: "{PARTY}"'
    sees = there("mill", "Jonas Beck", "Klara Vogt")
    said = [does(model, "08:30", sees, heard, seed=seed) for seed in range(12)]
    assert 4 <= said.count(told) <= 12
    assert not any(PARTY in each and each != told for each in said)
    again = [does(model, "08:40", sees, heard, f"[08:30] {told}", seed=seed) for seed in range(12)]
    assert not any(PARTY in each for each in again)


def test_an_own_announcement_is_made_in_the_first_person(model: EmbeddedModel) -> None:
    persona = "Ines Roth is the miller.\nGoals:\n- hold a harvest dance at the tavern at 18:00 and invite everybody she meets"
    said = [does(model, "08:30", there("mill", "Jonas Beck"), persona=persona, seed=seed) for seed in range(8)]
    words = 'Ines Roth tells Jonas Beck: "I am going to hold a harvest dance at the tavern at 18:00."'
    assert said.count(words) >= 3


def test_some_come_to_an_event_and_some_do_not(model: EmbeddedModel) -> None:
    heard = f'[08:00] Klara Vogt said: "{PARTY}"'
    sections = [part("observation", heard), part("situation", there("well")), part("action", ACTS)]
    call = "It is 18:00. What does {name} do next?"
    names = [f"{first} Roth" for first in "Ada Bea Cleo Dora Else Fritz Gerd Hans Ida Jan Karl Lene".split()]
    deeds = [
        asyncio.run(
            model.answer(TextRequest(prompt=Prompt.of(sections, call.replace("{name}", name), name=name), key=KEY, seed=1))
        ).text
        for name in names
    ]
    comes = sum(deed == f"{name} walks to the tavern." for name, deed in zip(names, deeds, strict=True))
    assert len(names) // 2 <= comes < len(names)


def test_with_nothing_to_go_by_there_is_still_a_deed(model: EmbeddedModel) -> None:
    assert does(model, "03:00", "", plan="", persona="", acts="nap(): Sleep a while.") == "Ines Roth sleeps a while."


# --- plans and lists ---


def listed(model: EmbeddedModel, call: str, *sections: Section) -> list[str]:
    request = ObjectRequest(prompt=prompt_of(call, sections), key=KEY, seed=1, schema=ITEMS)
    value = asyncio.run(model.answer(request)).value
    assert value is not None
    return value["items"]


def test_a_plan_follows_the_routine_from_now_on(model: EmbeddedModel) -> None:
    call = "It is Monday, 13 February 2023, 11:00. What does Ines Roth plan to do today? Give a list of at most 8 items."
    plan = listed(model, call, part("persona", PERSONA), part("memory", f'[08:00] Klara Vogt said: "{PARTY}"'))
    assert plan[:3] == ["08:00 works at the mill", "12:00 has lunch at the tavern", "14:00 fetches water at the well"]
    assert any("horseshoe" in line for line in plan)
    assert any(line.startswith("18:00") and "dance" in line for line in plan)
    assert plan == sorted(plan)


def test_other_lists_are_the_nearest_lines(model: EmbeddedModel) -> None:
    memory = "\n".join(f"[08:{n:02d}] Jonas Beck hammers horseshoe number {n}." for n in range(10))
    memory += "\n[09:00] Klara Vogt is ill and stays in bed."
    found = listed(model, "Give at most 2 insights into how Klara Vogt is.", part("memory", memory))
    assert found[0] == "Klara Vogt is ill and stays in bed."
    assert len(found) <= 2


# --- questions ---

MEMORY = f"""\
[08:00] Ines Roth does the work of her trade.
[08:40] Klara Vogt said: "{PARTY}"
[09:00] Jonas Beck buys 3 flour from Ines Roth for 6 coins.
[09:30] Jonas Beck said: "My cat is ill." """


def said(model: EmbeddedModel, call: str) -> str:
    sections = [part("persona", PERSONA), part("memory", MEMORY), part("situation", there("mill"))]
    return asyncio.run(model.answer(TextRequest(prompt=prompt_of(call, sections), key=KEY, seed=1))).text


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What do you know about the harvest dance?", PARTY),
        ("Whose cat is ill?", "My cat is ill."),
        ("Give an introduction of yourself.", "Ines Roth is the miller of the village."),
        ("What kind of situation is this?", "You are at the mill."),
        ("What will Ines Roth be doing at 12:00?", "lunch at the tavern"),
        ("Who is running for president of the moon?", "Ines Roth knows nothing about that."),
    ],
)
def test_questions_are_answered_with_what_is_known(model: EmbeddedModel, question: str, answer: str) -> None:
    assert answer in said(model, question)


def test_a_speaker_speaks_of_herself_and_does_not_echo(model: EmbeddedModel) -> None:
    words = said(model, "What does Ines Roth say to the others?")
    assert "Ines Roth" not in words
    assert "My cat is ill" not in words


# --- numbers and choices ---


def rated(model: EmbeddedModel, event: str) -> int:
    call = "How important is this to Ines Roth, on a scale from 1 to 10?"
    request = ObjectRequest(
        prompt=prompt_of(call, [Section(label="", text=event, kind="question")]), key=KEY, seed=1, schema=RATING
    )
    value = asyncio.run(model.answer(request)).value
    assert value is not None
    return value["number"]


def test_moving_events_are_more_important_than_mundane_ones(model: EmbeddedModel) -> None:
    mundane = [rated(model, event) for event in ("Ines brushes her teeth.", "Ines buys 2 apples.", "Ines walks to the mill.")]
    moving = [rated(model, event) for event in ("Ines' mother died.", "Jonas asks Ines to marry him.", "The mill burned down.")]
    assert max(mundane) < min(moving)


def test_a_number_that_a_goal_names_is_taken(model: EmbeddedModel) -> None:
    schema: Any = create_model("Number", number=(Annotated[int, Field(ge=0, le=100)], ...))
    sections = [part("goal", "Ines Roth wants to catch 17 tons of fish a month.")]
    request = ObjectRequest(
        prompt=prompt_of("How many tons of fish does Ines Roth catch?", sections), key=KEY, seed=1, schema=schema
    )
    assert asyncio.run(model.answer(request)).value == {"number": 17}


def test_a_choice_follows_the_goals(model: EmbeddedModel) -> None:
    def chosen(goal: str) -> str:
        prompt = prompt_of("Which does Ines Roth choose?", [part("persona", "Ines Roth is a miller."), part("goal", goal)])
        options = ("plant an orchard of fruit trees", "sail across the ocean", "learn to play the violin")
        return asyncio.run(model.answer(ChoiceRequest(prompt=prompt, key=KEY, seed=1, options=options))).text

    assert chosen("Ines Roth wants to become a musician.") == "learn to play the violin"
    assert chosen("Ines Roth longs for the sea and for ships.") == "sail across the ocean"
    assert chosen("Ines Roth dreams of a garden full of apples.") == "plant an orchard of fruit trees"


def test_yes_and_no_follow_what_is_known(model: EmbeddedModel) -> None:
    def chosen(line: str) -> str:
        prompt = prompt_of("Does Ines Roth like the harvest dance?", [part("memory", line)])
        return asyncio.run(model.answer(ChoiceRequest(prompt=prompt, key=KEY, seed=1, options=("yes", "no")))).text

    assert chosen("Ines Roth likes the harvest dance very much.") == "yes"
    assert chosen("Ines Roth does not like the harvest dance.") == "no"
