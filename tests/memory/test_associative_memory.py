"""What a memory gives back: scores by the formulas, ties by age, filters, and errors that change nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from gamemaster.memory import PAPER, PLAIN, RECENT, AssociativeMemory
from gamemaster.testing import HashEmbedder
from gamemaster.words import Hit, MemoryInputError, MemoryRecord, ModelError, Weights

HOUR = 3600.0


def memory_of(*texts: str, **options: Any) -> AssociativeMemory:
    memory = AssociativeMemory(HashEmbedder(), holder="Ann")
    for n, text in enumerate(texts):
        memory.add(text, time=n * HOUR, **options)
    return memory


def texts(hits: list[Hit]) -> list[str]:
    return [hit.memory.text for hit in hits]


def test_what_is_most_alike_comes_first() -> None:
    memory = memory_of("Bob sells bread", "The river is cold", "Bob sells apples at the market")
    hits = memory.recall("Who sells apples?", 2, weights=PLAIN)
    assert texts(hits) == ["Bob sells apples at the market", "Bob sells bread"]
    assert hits[0].score == hits[0].relevance == hits[0].cosine > hits[1].score
    assert hits[0].recency == hits[0].importance == 0.0


def test_paper_scores_are_the_formula() -> None:
    memory = AssociativeMemory(HashEmbedder())
    memory.add("bread", time=0.0, importance=2.0)
    memory.add("bread and apples", time=10 * HOUR, importance=8.0)
    memory.add("cold river", time=4 * HOUR)  # unrated: counts as 5
    now = 20 * HOUR
    hits = {hit.memory.text: hit for hit in memory.recall("bread", 3, now=now, weights=PAPER)}
    cosine = {text: hit.cosine for text, hit in hits.items()}
    decay = {"bread": 0.995**20, "bread and apples": 0.995**10, "cold river": 0.995**16}
    importance = {"bread": 2.0, "bread and apples": 8.0, "cold river": 5.0}

    def scaled(values: dict[str, float], text: str) -> float:
        low, high = min(values.values()), max(values.values())
        return (values[text] - low) / (high - low)

    assert cosine["bread"] == pytest.approx(1.0)
    for text, hit in hits.items():
        assert hit.relevance == pytest.approx(scaled(cosine, text))
        assert hit.recency == pytest.approx(scaled(decay, text))
        assert hit.importance == pytest.approx(scaled(importance, text))
        assert hit.score == hit.relevance + hit.recency + hit.importance


def test_a_flat_part_is_one_half() -> None:
    hit = memory_of("bread").recall("bread", weights=Weights(relevance=2.0, importance=0.5))[0]
    assert (hit.relevance, hit.recency, hit.importance, hit.score) == (1.0, 0.5, 0.25, 1.75)


def test_unscaled_parts_are_cosine_decay_and_a_tenth() -> None:
    memory = memory_of("bread", importance=7.0)
    hit = memory.recall("bread", now=3 * HOUR, weights=Weights(scale="none"))[0]
    assert hit.relevance == hit.cosine
    assert hit.recency == pytest.approx(0.995**3)
    assert hit.importance == pytest.approx(0.7)


def test_ties_go_to_the_older() -> None:
    memory = AssociativeMemory(HashEmbedder())
    late = memory.add("bread", time=5.0)
    first = memory.add("bread", time=1.0)
    second = memory.add("bread", time=1.0)
    assert [hit.memory.id for hit in memory.recall("bread", 3, weights=PLAIN)] == [first.id, second.id, late.id]
    assert [hit.memory.id for hit in memory.recall("bread", 1, weights=PLAIN)] == [first.id]


def test_a_recall_is_an_access() -> None:
    memory = memory_of("bread", "apples", "river")
    hit = memory.recall("bread", 1, now=9 * HOUR, weights=PLAIN)[0]
    assert hit.memory.last_access == 0.0  # as it was before
    assert [record.last_access for record in memory] == [9 * HOUR, HOUR, 2 * HOUR]
    memory.recall("bread", 1, now=2 * HOUR, weights=PLAIN)  # never back in time
    memory.recall("apples", 1, now=99 * HOUR, weights=PLAIN, touch=False)
    assert [record.last_access for record in memory] == [9 * HOUR, HOUR, 2 * HOUR]
    assert texts(memory.recall("anything", 1, weights=RECENT)) == ["bread"]


def test_now_is_the_latest_time_known_unless_given() -> None:
    memory = memory_of("bread", "apples")
    memory.recall("bread", 1, weights=PLAIN)
    assert [record.last_access for record in memory] == [HOUR, HOUR]


def test_filters() -> None:
    memory = memory_of("bread", "bread again", "bread once more")
    memory.add("bread is dear", time=9 * HOUR, kind="thought", tags=("money", "food"))
    assert texts(memory.recall("bread", since=HOUR, until=2 * HOUR, weights=RECENT)) == ["bread once more", "bread again"]
    assert texts(memory.recall("bread", kinds=["thought", "no such"])) == ["bread is dear"]
    assert texts(memory.recall("bread", kinds="thought", tags="money")) == ["bread is dear"]
    assert texts(memory.recall("bread", tags=("river", "food"))) == ["bread is dear"]
    assert memory.recall("bread", kinds=()) == []
    assert memory.recall("bread", tags=["mon"]) == []
    assert memory.recall("bread", since=99 * HOUR) == []


def test_fewer_come_back_when_fewer_are_held() -> None:
    assert len(memory_of("a", "b").recall("a", 10)) == 2
    assert memory_of().recall("a") == []


def test_extra_records_are_candidates_like_the_stored() -> None:
    stored = memory_of("bread", "river", "apples")
    *most, last = list(stored)
    partly = AssociativeMemory(HashEmbedder(), holder="Ann")
    for record in most:
        partly.add(record.text, time=record.time)
    with_extra = partly.recall("bread and apples", 3, extra=[last], touch=False)
    assert with_extra == stored.recall("bread and apples", 3, touch=False)
    assert len(partly) == 2
    assert texts(AssociativeMemory(HashEmbedder()).recall("bread", extra=[last])) == ["apples"]
    assert texts(partly.recall("bread", extra=[last], until=HOUR, weights=PLAIN)) == ["bread", "river"]


def test_recent_and_iteration_are_by_time_oldest_first() -> None:
    memory = memory_of("a", "b", "c")
    memory.add("long ago", time=-HOUR, kind="formative")
    assert [record.text for record in memory] == ["long ago", "a", "b", "c"]
    assert [record.text for record in memory.recent(2)] == ["b", "c"]
    assert [record.text for record in memory.recent(9, kinds=("formative",))] == ["long ago"]
    assert memory.recent(0) == []
    memory.forget([memory.recent(1)[0].id])
    assert [record.text for record in memory.recent(2)] == ["a", "b"]


def test_depth_is_one_more_than_the_deepest() -> None:
    memory = AssociativeMemory(HashEmbedder())
    seen = memory.add("Bob gave me bread")
    thought = memory.add("Bob is kind", kind="thought", rests_on=[seen.id])
    deeper = memory.add("I like Bob", kind="thought", rests_on=[seen.id, thought.id])
    assert (seen.depth, thought.depth, deeper.depth) == (0, 1, 2)
    assert deeper.rests_on == (seen.id, thought.id)


def test_forgotten_is_forgotten() -> None:
    memory = memory_of("bread", "river", "apples")
    ids = [record.id for record in memory]
    memory.recall("bread", 1)
    memory.forget([ids[0], ids[0]])
    assert texts(memory.recall("bread", weights=RECENT, touch=False)) == ["apples", "river"]
    assert len(memory) == 2
    assert memory.add("more").id not in ids


def test_a_query_may_be_a_vector_of_any_length() -> None:
    memory = memory_of("bread", "river", "apples")
    vector = HashEmbedder().embed(["apples"])[0] * 3
    hits = memory.recall(vector, 3, weights=PLAIN, touch=False)
    assert texts(hits)[0] == "apples"
    assert [hit.cosine for hit in hits] == pytest.approx(
        [hit.cosine for hit in memory.recall("apples", 3, weights=PLAIN)], abs=1e-6
    )


def test_waiting_gives_the_same() -> None:
    memory, other = memory_of("bread", "river", "apples"), memory_of("bread", "river", "apples")
    assert asyncio.run(memory.arecall("apples", 2, now=9.0)) == other.recall("apples", 2, now=9.0)


def test_a_waiting_recall_sees_memory_as_it_was() -> None:
    memory = memory_of("bread", "river", "apples")
    first = next(iter(memory))

    async def meanwhile() -> list[Hit]:
        waiting = asyncio.ensure_future(memory.arecall("bread", weights=PLAIN))
        await asyncio.sleep(0)
        memory.forget([first.id])
        memory.add("bread and more bread", time=99.0)
        return await waiting

    assert texts(asyncio.run(meanwhile()))[0] == "bread"
    assert texts(memory.recall("bread", weights=PLAIN))[0] == "bread and more bread"


BAD_RECALLS: dict[str, dict[str, Any]] = {
    "k must be": {"k": 0},
    "k must be a whole": {"k": 2.0},
    "isn't empty": {"query": "  "},
    "is zero": {"query": np.zeros(128, np.float32)},
    "not finite": {"query": np.full(128, np.nan, np.float32)},
    "width 3; the memories have width 128": {"query": np.ones(3, np.float32)},
    "one dimension": {"query": np.ones((1, 128), np.float32)},
    "weight of recency": {"weights": Weights(recency=float("nan"))},
    "decay per hour": {"weights": Weights(decay=0.0)},
    "number of simulated seconds": {"now": float("inf")},
    "isn't empty.": {"extra": [MemoryRecord(id="x", holder="Ann", text="", time=0.0, last_access=0.0)]},
}


@pytest.mark.parametrize("message", BAD_RECALLS)
def test_a_bad_recall_changes_nothing(message: str) -> None:
    memory = memory_of("bread", "river")
    before = list(memory)
    options: dict[str, Any] = {"query": "bread", "now": 9 * HOUR, **BAD_RECALLS[message]}
    with pytest.raises(MemoryInputError, match=message):
        memory.recall(**options)
    assert list(memory) == before


BAD_ADDS: dict[str, dict[str, Any]] = {
    "isn't empty": {"text": " \n"},
    "importance 11": {"importance": 11},
    "importance -0.1": {"importance": -0.1},
    "importance nan": {"importance": float("nan")},
    "importance True": {"importance": True},
    "simulated seconds": {"time": float("nan")},
    "name a kind": {"kind": ""},
    "resting on 'nobody'": {"rests_on": ["nobody"]},
    "empty id": {"id": ""},
    "is taken": {"id": "0/memory/0"},
}


@pytest.mark.parametrize("message", BAD_ADDS)
def test_a_bad_addition_stores_nothing(message: str) -> None:
    memory = memory_of("bread")
    options: dict[str, Any] = {"text": "river", **BAD_ADDS[message]}
    with pytest.raises(MemoryInputError, match=message):
        memory.add(**options)
    assert [record.text for record in memory] == ["bread"]
    assert memory.add("next").id == "0/memory/1"


def test_forgetting_what_is_not_held_forgets_nothing() -> None:
    memory = memory_of("bread")
    with pytest.raises(MemoryInputError, match="'9/memory/9'"):
        memory.forget([next(iter(memory)).id, "9/memory/9"])
    assert len(memory) == 1


class Failing(HashEmbedder):
    def embed(self, texts: Any) -> Any:
        if self.calls == 1:
            self.calls += 1
            return np.full((len(texts), self.width), np.nan, np.float32)
        return super().embed(texts)


def test_a_failing_embedder_loses_nothing() -> None:
    embedder = Failing()
    memory = AssociativeMemory(embedder)
    memory.add("bread")
    memory.recall("bread")
    memory.add("river", time=1.0)
    with pytest.raises(ModelError, match="not finite"):
        memory.recall("cold")
    assert [record.last_access for record in memory] == [0.0, 1.0]
    assert texts(memory.recall("river", 1, weights=PLAIN)) == ["river"]


def test_a_bank_has_its_own_embedder() -> None:
    from gamemaster.memory import MemoryBank

    with pytest.raises(MemoryInputError, match="leave one out"):
        AssociativeMemory(HashEmbedder(), bank=MemoryBank(HashEmbedder()))
    with pytest.raises(MemoryInputError, match="at least 0"):
        memory_of().recent(-1)
