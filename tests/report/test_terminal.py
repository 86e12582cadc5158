"""Text made fit for a terminal, and the console that prints it."""

from __future__ import annotations

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.report import clean, event_line, open_console
from gamemaster.words import Event, Moment


@given(st.text())
def test_nothing_is_left_that_a_terminal_obeys(text: str) -> None:
    shown = clean(text)
    shown.encode()
    assert all(each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cs") for each in shown)
    assert clean(shown) == shown


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_words_stay_as_they_are(text: str) -> None:
    assert clean(text) == text


def event(text: str, kind: str = "speech") -> Event:
    return Event(id="3/event/0", step=3, time=0.0, kind=kind, actor="Ann", text=text)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("text", ["[red]x[/red]", "[/]", ":smile:", "\x1b[2J\x1b]0;title\x07", "a\nb", "\u202egnp.exe", "\ud800"])
def test_what_is_said_is_printed_as_data_on_one_line(text: str) -> None:
    stream = io.StringIO()
    open_console(stream).print(event_line(event(text), Moment(step=3, time=33600.0)))
    printed = stream.getvalue()
    assert printed.startswith('[3 09:20] Ann: "') and printed.endswith('"\n') and printed.count("\n") == 1
    assert "\x1b" not in printed and "\x07" not in printed and "\u202e" not in printed
    printed.encode()
    if text.isprintable():
        assert text in printed


def test_a_later_day_is_named() -> None:
    assert event_line(event("Hello."), Moment(step=3, time=86400 + 60)).plain == '[3 day 2 00:01] Ann: "Hello."'


def test_without_a_terminal_lines_are_as_long_as_they_are() -> None:
    stream = io.StringIO()
    console = open_console(stream)
    console.print(event_line(event("long " * 200), Moment(step=3, time=0.0)))
    assert stream.getvalue().count("\n") == 1


def test_a_reader_that_left_is_no_error() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    console = open_console(Closed())
    console.print("one")
    console.print("two")
    assert console.quiet
