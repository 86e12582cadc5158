"""Who does better is imitated, with the probability of the rule, and all look at the texts as they were."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest

from gamemaster.world.parts.imitation import Comparison, Imitation, likelihood

NAMES = ("Ann", "Bob", "Cid")


def spread(
    strategies: dict[str, str], returns: Mapping[str, float], seed: int, what: str = "x"
) -> tuple[list[Comparison], Imitation]:
    part = Imitation(strategies=strategies)
    part.prepare(seed=seed, people=NAMES)
    found: list[Comparison] = []
    part.intervene(lambda world: found.extend(world.spread(returns, what=what)))
    return found, part


def test_the_likelihood_is_that_of_the_rule() -> None:
    assert likelihood(7, 7, 10) == 0.5
    assert likelihood(0, 10, 10) == pytest.approx(1 / (1 + math.exp(-1)))
    assert likelihood(10, 0, 10) == pytest.approx(1 - likelihood(0, 10, 10))
    assert likelihood(1e9, 0, 10) == 0.0
    assert likelihood(0, 1e9, 10) == 1.0


def test_texts_are_taken_over_as_often_as_the_rule_says() -> None:
    adopted = sum(spread({"Bob": "much"}, {"Ann": 0, "Bob": 10}, seed)[0][0].adopted for seed in range(600))
    assert pytest.approx(adopted, abs=35) == 600 * 0.731


def test_everybody_looks_at_the_texts_as_they_were() -> None:
    for seed in range(30):
        found, part = spread({"Ann": "a", "Bob": "b"}, {"Ann": 0, "Bob": 0}, seed)
        assert [each.text for each in found] == ["b", "a"]
        expected = {each.name: each.text for each in found if each.adopted}
        assert dict(part.strategies) == {"Ann": "a", "Bob": "b", **expected}
        assert part.adopted == len(expected)


def test_who_has_no_text_is_not_looked_at_and_may_get_one() -> None:
    found, part = spread({"Bob": "b"}, {"Ann": -1e9, "Bob": 0, "Cid": 5}, seed=1)
    assert [(each.name, each.other) for each in found] == [("Ann", "Bob"), ("Cid", "Bob")]
    assert part.strategies["Ann"] == "b"
    assert spread({"Bob": "b"}, {"Bob": 0}, seed=1)[0] == []
    assert spread({}, {"Ann": 1, "Bob": 0}, seed=1)[0] == []


def test_draws_are_those_of_their_name() -> None:
    strategies = {name: name.lower() for name in NAMES}
    one = [spread(strategies, {"Ann": 3, "Bob": 2, "Cid": 1}, 5, f"x/{at}")[0] for at in range(20)]
    assert one == [spread(strategies, {"Ann": 3, "Bob": 2, "Cid": 1}, 5, f"x/{at}")[0] for at in range(20)]
    assert len({str(each) for each in one}) > 1
