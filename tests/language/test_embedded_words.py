"""Stems, numbers, clock times, and which values a text mentions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.language.embedded.quantity import clock_spans, clock_text, quantities, without_clock
from gamemaster.language.embedded.words import content, find_mentions, overlap, stem


@pytest.mark.parametrize(
    "words",
    [
        "bake bakes baking baked",
        "carry carries carried",
        "shop shops shopping shopped",
        "Bob Bob's",
        "go goes going",
        "pay pays paying",
    ],
)
def test_forms_of_a_word_have_one_stem(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize("pair", ["her herring", "king ring", "market mark", "bus bush"])
def test_other_words_do_not(pair: str) -> None:
    one, other = pair.split()
    assert not find_mentions([other], one)


def test_a_longer_value_wins_over_one_inside_it() -> None:
    values = ["market", "fish market", "Ann Weaver", "Bob Miller", "Bob Smith"]
    found = find_mentions(values, "Off to the fish market with Ann and Bob Miler")
    assert [each.value for each in found] == ["fish market", "Ann Weaver", "Bob Miller"]


def test_a_first_name_that_two_have_is_nobodys() -> None:
    assert find_mentions(["Bob Miller", "Bob Smith"], "Bob is here") == []


@pytest.mark.parametrize("text", ["two loaves", "a loaf", "the loaf's crust"])
def test_number_of_a_noun_does_not_matter(text: str) -> None:
    assert [each.value for each in find_mentions(["loaf", "stool"], text)] == ["loaf"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2 of them for 1,200", [2, 1200]),
        ("twenty-five and then two hundred and ten", [25, 210]),
        ("half a dozen, a dozen, a couple of", [6, 12, 2]),
        ("two and three", [2, 3]),
        ("-4 degrees or 2.5", [-4, 2.5]),
        ("at 18:00 there are 3", [3]),
        ("version 1.2.3 and no.5th", []),
    ],
)
def test_numbers(text: str, numbers: list[float]) -> None:
    assert [each.value for each in quantities(text) if not each.weak] == numbers


def test_an_article_is_a_weak_one() -> None:
    assert [(each.value, each.weak) for each in quantities("an oar")] == [(1.0, True)]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("opens at 07:00", [("07:00", None)]),
        ("from 9 to 12", [("09:00", "12:00")]),
        ("09:00-10:30: rows", [("09:00", "10:30")]),
        ("at 8 am, then 7.30pm to 9 pm", [("08:00", None), ("19:30", "21:00")]),
        ("noon, midnight", [("12:00", None), ("00:00", None)]),
        ("at 5 coins each, 2.50 in all", []),
        ("meets at 9 and rests", [("09:00", None)]),
        ("Monday, 13 February 2023, 09:10", [("09:10", None)]),
    ],
)
def test_times_of_day(text: str, spans: list[tuple[str, str | None]]) -> None:
    found = [(clock_text(each.begins), each.ends and clock_text(each.ends)) for each in clock_spans(text)]
    assert found == spans


def test_without_its_time_a_line_says_what() -> None:
    assert without_clock("09:00-10:00: row to the isle") == "row to the isle"
    assert without_clock("works at the quay from 8 to 12.") == "works at the quay."


def test_overlap_is_of_content_words() -> None:
    assert content("the and of") == frozenset()
    assert overlap("rows the boat", "a boat is rowed by me") == 1.0
    assert overlap("the", "the") == 0.0


@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=20), max_size=6, unique=True))
def test_any_text_is_survived(text: str, values: list[str]) -> None:
    assert {each.value for each in find_mentions(values, text)} <= set(values)
    assert all(each.start < each.end <= len(text) for each in quantities(text))
    assert all(0 <= each.begins <= 24 * 60 + 59 for each in clock_spans(text))
    without_clock(text)
