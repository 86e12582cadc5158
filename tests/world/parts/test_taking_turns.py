"""Taking turns: whose turn it is, now and later, and the end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.words import DefinitionError
from gamemaster.world.parts.taking_turns import TakingTurns


def turns(order: str = "abc", *, turn: int = 1, last: int | None = None) -> TakingTurns:
    made = TakingTurns(order=list(order), turn=turn, last=last)
    made.prepare(seed=0, people=list("abcde"))
    return made


@given(st.integers(1, 5), st.integers(1, 60))
def test_everybody_has_a_turn_in_turn(count: int, turn: int) -> None:
    order = "abcde"[:count]
    at = turns(order, turn=turn)
    assert at.whose() == order[(turn - 1) % count]
    assert at.following() == at.whose(turn + 1)
    assert [at.whose(turn + each) for each in range(count)] == [at.whose(turn + count + each) for each in range(count)]


def test_the_last_turn_and_the_end() -> None:
    at = turns("ab", last=2)
    seen: list[tuple[str, bool, bool]] = []
    for _ in range(2):
        seen.append((at.whose(), at.is_last, at.is_over))
        at.intervene(lambda world: world.advance())
    assert seen == [("a", False, False), ("b", True, False)]
    assert at.is_over
    with pytest.raises(DefinitionError, match="the last turn is over"):
        at.intervene(lambda world: world.advance())
    assert at.turn == 3


def test_without_a_last_turn_it_goes_on() -> None:
    at = turns("ab", turn=1000)
    assert not at.is_last
    assert not at.is_over


def test_nobody_is_in_the_order_twice() -> None:
    with pytest.raises(DefinitionError, match="twice"):
        turns("aba")
