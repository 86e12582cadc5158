"""Old, unimportant memories of a time become one thought that rests on them; nothing changes when that fails."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.memory import AssociativeMemory, ConsolidateOld, MemoryBank, consolidate
from gamemaster.testing import HashEmbedder
from gamemaster.words import MemoryInputError, MemoryRecord

DAY = 86_400.0


def memory_of(rows: Sequence[tuple[float, float | None, str]]) -> AssociativeMemory:
    memory = AssociativeMemory(HashEmbedder(), holder="Ann")
    for at, (days, importance, kind) in enumerate(rows):
        memory.add(f"thing {at}", time=days * DAY, importance=importance, kind=kind)
    return memory


async def said(episode: Sequence[MemoryRecord], number: int) -> str:
    return f" {number}: {', '.join(each.text for each in episode)} "


ROWS = st.lists(
    st.tuples(
        st.floats(-2, 6, allow_nan=False),
        st.none() | st.sampled_from([0.0, 4.0, 5.0, 9.0]),
        st.sampled_from(["observation", "thought", "formative"]),
    ),
    max_size=14,
)


@given(ROWS, st.integers(2, 3), st.integers(3, 6))
async def test_episodes_are_old_and_unimportant_and_of_one_day(rows: list[Any], least: int, most: int) -> None:
    memory = memory_of(rows)
    before = {each.id: each for each in memory}
    policy = ConsolidateOld(age=DAY, least=least, most=most)
    new = await consolidate(memory, policy, said, now=5 * DAY)
    gone = [id for id in before if memory.get(id) is None]
    assert [id for each in new for id in each.rests_on] == sorted(gone, key=lambda id: (before[id].time, list(before).index(id)))
    for thought in new:
        episode = [before[id] for id in thought.rests_on]
        assert least <= len(episode) <= most
        assert len({math.floor(each.time / DAY) for each in episode}) == 1
        assert all(each.kind == "observation" and (5.0 if each.importance is None else each.importance) <= 5 for each in episode)
        assert all(math.floor(each.time / DAY) < 4 - 1 + 1 and 5 * DAY - each.last_access > DAY for each in episode)
        assert (thought.kind, thought.depth, thought.tags) == ("thought", 1, ("consolidated",))
        assert (thought.time, thought.last_access) == (episode[-1].time, 5 * DAY)
        assert thought.importance == max((each.importance for each in episode if each.importance is not None), default=None)
        assert thought.text.endswith(", ".join(each.text for each in episode))
    left = [each for each in memory if each.kind == "observation" and (each.importance or 5.0) <= 5 and each.time < 3 * DAY]
    days = [math.floor(each.time / DAY) for each in left]
    assert all(days.count(day) < least for day in days)
    assert await consolidate(memory, policy, said, now=5 * DAY) == []


async def test_thoughts_of_thoughts_have_their_depth() -> None:
    memory = memory_of([(0.1, 1, "observation"), (0.2, 1, "observation"), (0.3, 1, "observation")])
    (first,) = await consolidate(memory, ConsolidateOld(least=2), said, now=3 * DAY)
    memory.add("another", time=0.4 * DAY, kind="thought", importance=2, last_access=0.4 * DAY)
    policy = ConsolidateOld(least=2, kinds=("thought",))
    assert await consolidate(memory, policy, said, now=4 * DAY) == []  # made a day ago
    (second,) = await consolidate(memory, policy, said, now=9 * DAY)
    assert (second.depth, second.rests_on[0]) == (2, first.id)


async def test_what_is_recalled_stays() -> None:
    memory = memory_of([(0.1, 1, "observation"), (0.2, 1, "observation"), (0.3, 1, "observation")])
    memory.recall("thing 1", 1, now=6.5 * DAY)
    (thought,) = await consolidate(memory, ConsolidateOld(least=2), said, now=7 * DAY)
    assert [each.text for each in memory] == ["thing 1", thought.text]


async def test_nothing_said_or_an_error_changes_nothing() -> None:
    memory = memory_of([(0.1, 1, "observation"), (0.2, 1, "observation"), (2.1, 1, "observation"), (2.2, 1, "observation")])
    before = list(memory)

    async def silent(episode: Sequence[MemoryRecord], number: int) -> str:
        return " "

    async def failing(episode: Sequence[MemoryRecord], number: int) -> str:
        if number:
            raise RuntimeError("no more")
        return "fine"

    async def forgetting(episode: Sequence[MemoryRecord], number: int) -> str:
        if number:
            memory.forget([before[0].id])
        return "fine"

    policy = ConsolidateOld(least=2)
    assert await consolidate(memory, policy, silent, now=9 * DAY) == []
    with pytest.raises(RuntimeError, match="no more"):
        await consolidate(memory, policy, failing, now=9 * DAY)
    with pytest.raises(MemoryInputError, match="simulated seconds"):
        await consolidate(memory, policy, said, now=math.nan)
    assert list(memory) == before
    with pytest.raises(MemoryInputError, match="is gone since"):
        await consolidate(memory, policy, forgetting, now=9 * DAY)
    assert list(memory) == before[1:]


async def test_the_changes_of_a_step_hold_it() -> None:
    bank = MemoryBank(HashEmbedder(), deferred=True)
    memory = bank.view("Ann")
    for at in range(3):
        memory.add(f"thing {at}")
    bank.take_changes()
    bank.begin_step(9)
    (thought,) = await consolidate(memory, ConsolidateOld(least=2), said, now=3 * DAY)
    changes = bank.take_changes()
    assert changes.added == (thought,)
    assert changes.forgotten == thought.rests_on == ("0/memory/0", "0/memory/1", "0/memory/2")


@pytest.mark.parametrize(
    "wrong",
    [
        {"age": -1.0},
        {"age": math.inf},
        {"window": 0.0},
        {"window": math.nan},
        {"importance": 10.5},
        {"importance": math.nan},
        {"least": 1},
        {"least": 5, "most": 4},
    ],
)
def test_numbers_that_mean_nothing_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(MemoryInputError, match=r"consolidated|An episode"):
        ConsolidateOld(**wrong)  # type: ignore[arg-type]
