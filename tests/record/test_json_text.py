"""JSON text: what it keeps, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gamemaster.record.json_text import from_json, sorted_json, to_json
from gamemaster.words import ArchiveDamaged, ArchiveError


def test_order_is_kept_or_sorted_and_characters_are_as_they_are() -> None:
    assert to_json({"b": 1, "a": {"d": 1.0, "c": "é"}}) == '{"b":1,"a":{"d":1.0,"c":"é"}}'
    assert sorted_json({"b": 1, "a": {"d": 1.0, "c": "é"}}) == '{"a":{"c":"é","d":1.0},"b":1}'


@pytest.mark.parametrize("text", ["\ud800", "a\udfffé", "\x00", "\u2028</script>", '"\\'])
def test_any_text_comes_back(text: str) -> None:
    held = to_json([text])
    assert held.encode()
    assert from_json(held) == [text]


def deep(levels: int) -> Any:
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"x": [float("-inf")]}, {1, 2}, object(), deep(100_000)])
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(ArchiveError, match="can't be put on record"):
        to_json(value)
    with pytest.raises(ArchiveError, match="can't be put on record"):
        sorted_json({"x": value})


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a":1}x'])
def test_what_is_no_json_is_damage(text: str) -> None:
    with pytest.raises(ArchiveDamaged, match="in the event 3"):
        from_json(text, "the event 3")


def test_floats_are_written_so_that_they_come_back() -> None:
    for number in (0.1, 1e300, 5e-324, -0.0, 1 / 3):
        assert json.loads(to_json(number)).hex() == number.hex()
