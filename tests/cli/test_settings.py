"""What `--set KEY=VALUE` means."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster import PolicySpec, ScenarioParameters
from gamemaster.cli.list_command import bounds, type_name
from gamemaster.cli.settings import read_settings
from gamemaster.scenarios import Scenario
from gamemaster.words import BadInput


class Parameters(ScenarioParameters):
    count: int = 1
    share: float | None = 0.5
    loud: bool = False
    note: str = ""
    maybe: str | None = None
    skin: Literal["fish", "grass"] = "fish"
    names: list[str] = []
    day: date | None = None
    policy: PolicySpec | None = None


def nothing(parameters: Any) -> Any:
    raise AssertionError


SCENARIO = Scenario(name="some", description="Some.", build=nothing, parameters=Parameters)


def read(*texts: str) -> Parameters:
    parameters = SCENARIO.read(read_settings(SCENARIO, texts))
    assert isinstance(parameters, Parameters)
    return parameters


@given(st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False), st.booleans())
def test_numbers_and_truth_values_come_back(count: int, share: float, loud: bool) -> None:
    found = read(f"count={count}", f"share={share}", f"loud={str(loud).lower()}")
    assert (found.count, found.share, found.loud) == (count, share, loud)


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_a_text_is_taken_as_it_is(note: str) -> None:
    assert read(f"note={note}").note == note


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("loud=yes", "loud", True),
        ("loud=no", "loud", False),
        ("share=none", "share", None),
        ("share=1e-3", "share", 0.001),
        ("maybe=null", "maybe", None),
        ("maybe=07", "maybe", "07"),
        ("skin=grass", "skin", "grass"),
        ("names=[Ann, no, '7']", "names", ["Ann", "no", "7"]),
        ("names=[]", "names", []),
        ("day=2023-02-13", "day", date(2023, 2, 13)),
        ("policy=take:12,,share", "policy", PolicySpec((("take", "12"), ("", None), ("share", None)))),
        ("policy=none", "policy", None),
        ("model.Ann=hf:some/model", "model", {"Ann": "hf:some/model"}),
        ("model.*.plan=embedded", "model", {"*.plan": "embedded"}),
        ("count = 3", "count", 3),
    ],
)
def test_values_by_field(text: str, name: str, value: Any) -> None:
    assert getattr(read(text), name) == value


@pytest.mark.parametrize(
    "text", ["count=9:30", "count=", "count=1.5", "names=Ann", "skin=sand", "day=today", "=3", "count", "loud=2"]
)
def test_values_that_do_not_fit(text: str) -> None:
    with pytest.raises(BadInput):
        read(text)


def test_types_and_bounds_are_told_in_words() -> None:
    fields = Parameters.model_fields
    shown = {name: type_name(fields[name].annotation) for name in ("count", "share", "loud", "note", "skin", "names", "policy")}
    assert shown == {
        "count": "whole number",
        "share": "number",
        "loud": "true|false",
        "note": "text",
        "skin": "fish|grass",
        "names": "list of text",
        "policy": "policy",
    }
    assert bounds(fields["count"]) == ""
