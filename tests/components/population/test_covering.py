"""Points that cover a space of traits."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from gamemaster.components.population import cover_traits, profiles_of
from gamemaster.words import DefinitionError


def test_every_part_of_the_space_has_somebody() -> None:
    points = cover_traits(64, {"openness": (0, 1), "extraversion": (0, 1), "diet": ["meat", "plants"]}, seed=3)
    cells = {(int(float(p["openness"]) * 4), int(float(p["extraversion"]) * 4), p["diet"]) for p in points}
    assert len(points) == 64 and len(cells) == 4 * 4 * 2
    assert sum(p["diet"] == "meat" for p in points) == 32


def test_the_seed_says_which_points() -> None:
    axes: Any = {"openness": (0, 1), "wealth": (-10, 10)}
    assert cover_traits(5, axes, seed=1) == cover_traits(5, axes, seed=1)
    assert cover_traits(5, axes, seed=1) != cover_traits(5, axes, seed=2)
    assert all(-10 <= float(p["wealth"]) <= 10 for p in cover_traits(33, axes))
    assert len(cover_traits(1, axes)) == 1


def test_they_are_people() -> None:
    first = profiles_of(cover_traits(3, {"openness": (0, 1), "diet": ["meat", "plants"]}))[0]
    assert first.big_five.openness is not None and first.facts["diet"] in ("meat", "plants")


@pytest.mark.parametrize(
    ("n", "axes", "message"),
    [
        (0, {"a": (0, 1)}, "n=0"),
        (3, {}, "no axes to cover"),
        (3, {"a": (1, 0)}, "the lower first"),
        (3, {"a": (0, 1, 2)}, "numbers are a pair"),
        (3, {"a": "abc"}, "give a pair of numbers, or a list of words"),
        (3, {"a": []}, "give a pair of numbers, or a list of words"),
    ],
)
def test_what_is_no_space_is_refused(n: int, axes: Any, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        cover_traits(n, axes)


def test_without_scipy_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    with pytest.raises(DefinitionError, match=r'pip install "gamemaster\[experiment\]"'):
        cover_traits(3, {"a": (0, 1)})
