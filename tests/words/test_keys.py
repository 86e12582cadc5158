"""Keys give the same numbers everywhere, and different ones for different names."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.words import CallKey, Draws, derive_seed, draws

PART = st.one_of(st.text(max_size=8), st.integers())


def test_a_seed_is_pinned() -> None:
    assert derive_seed(7, "Ann", 3) == 4045820523254756090
    assert CallKey(1, "Ann", "plan", "next").seed(7) == derive_seed(7, 1, "Ann", "plan", "next", 0)


@given(st.integers(), st.lists(PART, max_size=4), st.lists(PART, max_size=4))
def test_different_names_give_different_seeds(seed: int, one: list[str | int], other: list[str | int]) -> None:
    assert (derive_seed(seed, *one) == derive_seed(seed, *other)) == (one == other)


def test_where_a_part_ends_counts() -> None:
    assert derive_seed(0, "ab", "c") != derive_seed(0, "a", "bc")
    assert derive_seed(0, "1") != derive_seed(0, 1)


def test_draws_are_a_random_random() -> None:
    one, other = draws(7, "dice"), draws(7, "dice")
    assert isinstance(one, random.Random)
    assert [one.randint(1, 6) for _ in range(20)] == [other.randint(1, 6) for _ in range(20)]
    assert one.sample(range(10), 3) == other.sample(range(10), 3)
    assert one.gauss(0, 1) == other.gauss(0, 1)
    assert draws(7, "dice").random() != draws(8, "dice").random()


def test_draws_are_spread_out() -> None:
    chance = Draws(1)
    values = [chance.random() for _ in range(4000)]
    assert min(values) >= 0 and max(values) < 1
    assert abs(sum(values) / len(values) - 0.5) < 0.02
    counts = [0] * 6
    for _ in range(6000):
        counts[chance.randrange(6)] += 1
    assert min(counts) > 850


def test_draws_cannot_be_seeded_again() -> None:
    with pytest.raises(TypeError, match="under another name"):
        draws(1, "x").seed(2)


def test_draws_do_not_depend_on_the_hash_seed() -> None:
    code = "from gamemaster.words import draws; print(draws(3, 'a', 1).random(), draws(3, 'b').sample(range(99), 5))"
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "12345")
    }
    assert len(seen) == 1
