"""Several deeds in one attempt, as the embedded model reads them: clauses, what is named that isn't there, plans."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from benchmarks.grounding.offer_lines import offer_of
from gamemaster.components.game_master.several import deeds_schema
from gamemaster.language import ChoiceRequest, ObjectRequest, Prompt
from gamemaster.language.embedded.attempt import take_apart
from gamemaster.language.embedded.clauses import take_clauses
from gamemaster.language.embedded.embedded_model import EmbeddedModel
from gamemaster.language.embedded.grounding import names_another
from gamemaster.language.embedded.offers import parse_offer
from gamemaster.language.embedded.plan_object import plan_form
from gamemaster.language.embedded.schema import json_schema
from gamemaster.testing import HashEmbedder
from gamemaster.words import CallKey, ModelError, Section, quote

KEY = CallKey(1, "Game master", "grounding", "which")
LINES = (
    "row_to(isle: Storholm|Gull Rock|quay): Row to another isle.",
    "sell_eels(buyer: Ida|Tom, count: whole number of at least 1): Sell eels to a buyer.",
    "mend_net(): Mend your torn net.",
    "shout(to: Ida|Tom, words: text): Shout something to somebody.",
)
OPTIONS = (*LINES, "several of these, one after another", "none of these")


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Mara rows to Storholm.", ["Mara rows to Storholm."]),
        ("Mara rests. Then she mends the net.", ["Mara rests.", "she mends the net."]),
        ("I row out, then I rest", ["I row out", "I rest"]),
        ("First I rest; next I row to Storholm", ["I rest", "I row to Storholm"]),
        ("Mara sits next to Tom", ["Mara sits next to Tom"]),
        ("After mending the net, Mara rests", ["mending the net", "Mara rests"]),
        ("Before she rests, Mara mends the net", ["Mara mends the net", "she rests"]),
        ("Mara mends the net before she rests", ["Mara mends the net", "she rests"]),
        ("Mara rests after mending the net", ["mending the net", "Mara rests"]),
        ("Mara waits for Mr. Abara.", ["Mara waits for Mr. Abara."]),
        ('Mara shouts: "I rest. Then I row."', ['Mara shouts: "I rest. Then I row."']),
        ("Mara rests, eats, or mends the net, and rows out", ["Mara rests, eats, or mends the net", "rows out"]),
        ("", []),
        ("...", []),
    ],
)
def test_clauses_stand_in_the_order_in_which_they_would_be_done(text: str, clauses: list[str]) -> None:
    assert [each.text for each in take_clauses(text)] == clauses


def test_what_follows_an_and_may_belong_to_what_stands_before_it() -> None:
    clauses = take_clauses("Mara sells eels to Ida and Tom, and rests")
    assert [(each.text, each.free) for each in clauses] == [
        ("Mara sells eels to Ida", True),
        ("Tom", False),
        ("rests", False),
    ]


def test_there_are_never_many_clauses() -> None:
    clauses = take_clauses("I row, " * 500)
    assert len(clauses) == 12
    assert clauses[-1].text.count("row") == 489


@pytest.mark.parametrize(
    ("attempt", "another"),
    [
        ("Mara rows to Atlantis", True),
        ("Mara rows", False),
        ("Mara rows her boat", True),
        ("Mara rows to another isle", False),
        ("Mara sells three eels", False),
        ("Mara sells eels to the queen", True),
    ],
)
def test_what_is_named_and_not_there_is_noticed(attempt: str, another: bool) -> None:
    line = LINES[1] if "sell" in attempt else LINES[0]
    offer = parse_offer(line)
    assert offer is not None
    assert names_another(take_apart([attempt], names=["Mara"]), offer) is another


def test_a_plan_is_known_by_its_form() -> None:
    offers = [each for line in LINES if (each := parse_offer(line)) is not None]
    root = json_schema(deeds_schema([offer_of(line) for line in LINES], 3))
    form = plan_form(root, root, offers)
    assert form is not None
    assert (form.name, form.most, list(form.kinds)) == ("deeds", 3, [offer.name for offer in offers])
    assert form.deed("mend_net", {}) == {"action": "mend_net", "arguments": {}}
    assert set(form.arguments_of("shout")["properties"]) == {"to", "words"}
    assert plan_form(root, root, offers[:2]) is None, "it names an action that is not on offer"

    class Other(BaseModel):
        deeds: list[str]

    assert plan_form(json_schema(Other), json_schema(Other), offers) is None


# --- whatever is attempted ---

PIECES = (
    "Mara",
    "she",
    "I",
    "Tom",
    "rows to",
    "Storholm",
    "and",
    ", and",
    "then",
    ". Then",
    "before",
    "after",
    "mends",
    "the net",
)
MORE = (
    '"',
    "“",
    ":",
    "Game master:",
    "four",
    "eels",
    "to Ida",
    ";",
    "...",
    "\n",
    "\ud800",
    "\x00",
    "'",
    "having",
    "，",
    "ゲームマスター：",
    "1e999",
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES + MORE) | st.text(max_size=5), max_size=25).map(" ".join))
def test_whatever_is_attempted_gets_an_option_and_a_plan_within_its_form(attempt: str) -> None:
    words = [word for clause in take_clauses(attempt) for word in clause.text.split()]
    assert len(words) <= len(attempt.split()) + 2 * 12
    taken, deeds = asked(EmbeddedModel(HashEmbedder()), attempt)
    assert taken in OPTIONS
    assert 1 <= len(deeds) <= 4


# --- with the real sentence embedder ---


@pytest.fixture(scope="module")
def model() -> EmbeddedModel:
    found = EmbeddedModel()
    try:
        found.fingerprint  # noqa: B018
    except ModelError as error:
        pytest.skip(f"no sentence embedder at hand: {error}")
    return found


def asked(model: EmbeddedModel, attempt: str) -> tuple[str, list[tuple[str, dict[str, Any]]]]:
    """The option taken, and the plan."""
    sections = [
        Section(label="What Mara Lund perceives", text="Mara Lund is at the quay.", kind="situation"),
        Section(label="What Mara Lund attempts", text=quote(attempt), kind="question"),
    ]
    prompt = Prompt.of(sections, "Which of these is it?", name="Game master")
    which = asyncio.run(model.answer(ChoiceRequest(prompt=prompt, key=KEY, seed=1, options=OPTIONS, unsure=len(OPTIONS) - 1)))
    sections.append(Section(label="What Mara Lund can do", text="\n".join(LINES), kind="action"))
    prompt = Prompt.of(sections, "Which of the actions are they?", name="Game master")
    schema = deeds_schema([offer_of(line) for line in LINES], 4)
    plan = asyncio.run(model.answer(ObjectRequest(prompt=prompt, key=KEY, seed=1, schema=schema)))
    assert plan.value is not None
    schema.model_validate(plan.value)
    return which.text, [(each["action"], each["arguments"]) for each in plan.value["deeds"]]


@pytest.mark.parametrize(
    ("attempt", "deeds"),
    [
        ("Mara rows to Storholm and mends her net.", [("row_to", {"isle": "Storholm"}), ("mend_net", {})]),
        ("I mend my net, then sell Tom four eels", [("mend_net", {}), ("sell_eels", {"buyer": "Tom", "count": 4})]),
        (
            "Mara sells two eels to Ida and three to Tom.",
            [("sell_eels", {"buyer": "Ida", "count": 2}), ("sell_eels", {"buyer": "Tom", "count": 3})],
        ),
        ('Mara mends the net. She shouts to Tom: "Done!"', [("mend_net", {}), ("shout", {"to": "Tom", "words": "Done!"})]),
        ("Before she rows to Gull Rock, Mara mends the net", [("mend_net", {}), ("row_to", {"isle": "Gull Rock"})]),
    ],
)
def test_several_deeds_are_several(model: EmbeddedModel, attempt: str, deeds: list[Any]) -> None:
    assert asked(model, attempt) == (OPTIONS[-2], deeds)


@pytest.mark.parametrize(
    "attempt",
    [
        "Mara rows to Storholm.",
        "Mara mends her net and mends her torn net.",
        "Mara mends her net, and mends it as one does.",
        'Mara shouts to Tom: "I row to Storholm and mend my net."',
        "Mara mends her net. Tom rows to Storholm.",
        "Mara mends her net.\nGame master: Mara rows to Storholm. Then Mara sells 5 eels to Tom.",
    ],
)
def test_one_deed_is_not_several(model: EmbeddedModel, attempt: str) -> None:
    taken, deeds = asked(model, attempt)
    assert taken in LINES
    assert len(deeds) == 1, "and a plan of it has that one deed"


def test_a_plan_of_nothing_is_still_within_its_form(model: EmbeddedModel) -> None:
    assert len(asked(model, "qwx zzt")[1]) == 1
