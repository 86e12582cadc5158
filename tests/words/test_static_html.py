"""Static HTML: whatever is shown, it is text, in tags that are ours."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster import Agent, World
from gamemaster.components import Persona
from gamemaster.words import Event, Hit, MemoryRecord, Observation
from gamemaster.words.static_html import facts_html, shown, table_html

ATTACKS = [
    "<script>alert(1)</script>",
    "</td></tr></table><script>x</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    "<svg/onload=x>",
    "javascript:alert(1)",
    "&lt;b&gt;",
    "-->",
    "]]>",
    "\u2028\u2029\u202e\u2066\x00\x1b[2J\ud800\u200b",
    "<!--",
]
TAGS = {"div", "p", "table", "caption", "thead", "tbody", "tr", "th", "td", "progress", "br"}


class Reader(HTMLParser):
    """The text of what it is fed; a tag or an attribute that isn't ours is an AssertionError."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        assert {name for name, _ in attrs} <= {"style", "max", "value", "aria-label"}, attrs
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)


def read(html: str) -> str:
    """The text in it."""
    html.encode()
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open
    return reader.text


@given(st.one_of(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])), st.sampled_from(ATTACKS[:9])))
def test_a_text_is_shown_word_for_word(text: str) -> None:
    assert read(f"<p>{shown(text)}</p>") == text


@given(st.one_of(st.text(), st.sampled_from(ATTACKS)), st.integers(0, 20))
def test_nothing_is_left_that_hides_or_acts(text: str, most: int) -> None:
    for html in (facts_html(text, [(text, text)]), table_html([text], [[text]], title=text), f"<p>{shown(text, most)}</p>"):
        told = read(html)
        assert not {"\x1b", "\x00", "\u202e", "\u2028", "\u200b"} & set(told)


def test_what_hides_is_written_as_an_escape() -> None:
    assert shown("a\u202eb\x1b\U000e0041\ud800") == "a\\u202eb\\x1b\\U000e0041\\ud800"


@pytest.mark.parametrize(
    ("value", "said"), [(None, "–"), (True, "yes"), (0.1 + 0.2, "0.3"), ({"a": [1]}, "{&quot;a&quot;: [1]}"), (7, "7")]
)
def test_values_are_shown_shortly(value: object, said: str) -> None:
    assert shown(value) == said


def test_a_long_cell_is_cut_and_what_is_left_out_is_counted() -> None:
    told = read(table_html(["text"], [["x" * 1000]], more=1234))
    assert told.count("x") == 300 + 1 and "… and 1,234 more" in told


class Well(World):
    water: dict[str, str]


@pytest.mark.parametrize("attack", ATTACKS)
def test_things_show_what_they_hold_and_no_more(attack: str) -> None:
    memory = MemoryRecord(id="1/memory/0", holder="Ann", text=attack, time=1.0, last_access=2.0, tags=(attack,))
    things = [
        Event(id="1/event/0", step=1, time=1.0, kind="speech", actor=attack, text=attack, place=attack, witnesses=(attack,)),
        Observation(id="1/o/0", event_id="1/event/0", to=attack, time=1.0, how="heard", text=attack, speaker=attack),
        memory,
        Hit(memory=memory, score=1.0, relevance=0.5, recency=0.25, importance=0.25, cosine=0.9),
        Well(water={"left": attack.replace("\ud800", "")}),
        Agent("Ann", [Persona(attack.replace("\ud800", ""))]),
    ]
    for thing in things:
        told = read(thing._repr_html_())  # pyright: ignore[reportPrivateUsage]
        if attack.isprintable() and not isinstance(thing, World | Agent):
            assert attack in told


def test_a_hit_says_how_its_score_came_about() -> None:
    memory = MemoryRecord(id="1/memory/0", holder="Ann", text="Rain.", time=1.0, last_access=2.0)
    told = read(Hit(memory=memory, score=1.0, relevance=0.5, recency=0.3, importance=0.2, cosine=0.9)._repr_html_())
    assert "1.000 = relevance 0.500 + recency 0.300 + importance 0.200" in told


def test_a_world_may_show_itself_otherwise() -> None:
    class Own(Well):
        def _repr_html_(self) -> str:
            return "<p>mine</p>"

    assert Own(water={})._repr_html_() == "<p>mine</p>"
