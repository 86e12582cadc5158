"""What a component can ask of its memory during a turn is what the memory can be asked."""

from __future__ import annotations

import asyncio
import inspect
import re
from typing import Any

import pytest

from gamemaster.agent.turn_memory import TurnMemory
from gamemaster.memory import PLAIN, AssociativeMemory
from gamemaster.testing import HashEmbedder
from gamemaster.words import MemoryInputError, Remembers


def turn_memory() -> TurnMemory:
    memory = AssociativeMemory(HashEmbedder(), holder="Ann")
    for time in range(20):
        memory.add(f"bread number {time}", time=float(time))
    turn = TurnMemory(memory, 19.5)
    turn.add("bread of the turn")
    return turn


def texts(turn: TurnMemory, *given: Any, **options: Any) -> list[str]:
    return [hit.memory.text for hit in asyncio.run(turn.recall("bread", *given, **options))]


def test_ten_unless_told() -> None:
    assert len(texts(turn_memory())) == 10
    assert len(texts(turn_memory(), 3)) == len(texts(turn_memory(), k=3)) == 3


def test_options_reach_the_memory() -> None:
    turn = turn_memory()
    assert sorted(texts(turn, since=3.0, until=5.0)) == ["bread number 3", "bread number 4", "bread number 5"]
    assert "bread of the turn" in texts(turn, 30)
    assert "bread of the turn" not in texts(turn, 30, until=19.0)
    assert sorted(texts(turn, matching=r"1\d$", k=30)) == sorted(f"bread number {n}" for n in range(10, 20))
    assert sorted(texts(turn, matching=re.compile("TURN", re.IGNORECASE))) == ["bread of the turn"]
    assert len(texts(turn, tokens=12, count_tokens=lambda text: len(text.split()))) == 4
    assert len(texts(turn, 2, tokens=12, count_tokens=lambda text: len(text.split()))) == 2
    assert texts(turn, 5, weights=PLAIN, diversity=1.0) != texts(turn, 5, weights=PLAIN)
    with pytest.raises(MemoryInputError, match="diversity=2"):
        texts(turn, diversity=2)


def test_the_protocol_says_the_same() -> None:
    promised = inspect.signature(Remembers.recall).parameters
    given = inspect.signature(TurnMemory.recall).parameters
    assert [(each.name, each.default) for each in promised.values()] == [(each.name, each.default) for each in given.values()]
    known = set(inspect.signature(AssociativeMemory.recall).parameters)
    assert known - set(given) == {"now", "extra", "touch"}  # the turn's own affair
