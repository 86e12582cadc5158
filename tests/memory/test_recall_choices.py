"""What a recall chooses from and how many it takes: patterns, unlike hits, a budget of tokens, many requests in one call."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gamemaster.memory import PAPER, PLAIN, RECENT, AssociativeMemory, MemoryBank, RecallRequest
from gamemaster.testing import HashEmbedder
from gamemaster.words import Hit, MemoryInputError, MemoryRecord

TEXTS = st.lists(st.sampled_from([f"text {n}" for n in range(12)]), min_size=1, max_size=14)
BREAD = ("bread rises", "the bed is idle", "Bread is sold", "a river")


def memory_of(*texts: str, embedder: Any = None) -> AssociativeMemory:
    memory = AssociativeMemory(embedder or HashEmbedder(), holder="Ann")
    for at, text in enumerate(texts):
        memory.add(text, time=float(at))
    return memory


def texts(hits: list[Hit]) -> list[str]:
    return [hit.memory.text for hit in hits]


def test_only_what_matches_is_a_candidate() -> None:
    memory = memory_of(*BREAD)
    assert sorted(texts(memory.recall("bread", matching="[Bb]read", touch=False))) == ["Bread is sold", "bread rises"]
    assert sorted(texts(memory.recall("bread", matching=re.compile("BREAD", re.I), touch=False))) == [
        "Bread is sold",
        "bread rises",
    ]
    assert "the bed is idle" not in texts(memory.recall("bread", matching=r"(?s)^(?!.*idle)"))
    late = memory.recall("bread", matching="e", since=1.0, until=2.0)
    assert sorted(texts(late)) == ["Bread is sold", "the bed is idle"]
    assert memory.recall("bread", matching="nothing like it") == []


def test_a_pattern_chooses_among_additions_too() -> None:
    more = [MemoryRecord(id=f"pending/{n}", holder="Ann", text=text, time=9.0, last_access=9.0) for n, text in enumerate("xy")]
    assert texts(memory_of(*BREAD).recall("y", matching="^y$", extra=more)) == ["y"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    held=TEXTS,
    stored=st.integers(0, 14),
    k=st.integers(1, 6),
    diversity=st.sampled_from([0.25, 0.5, 1.0]),
    weights=st.sampled_from([PLAIN, PAPER]),
)
def test_diverse_hits_are_those_of_the_formula(
    held: list[str], stored: int, k: int, diversity: float, weights: Any, make_embedder: Callable[[], Any]
) -> None:
    embedder = make_embedder()
    memory = memory_of(*held[:stored], embedder=embedder)
    more = [
        MemoryRecord(id=f"pending/{at}", holder="Ann", text=text, time=float(at), last_access=float(at))
        for at, text in enumerate(held)
        if at >= stored
    ]
    options: dict[str, Any] = {"weights": weights, "extra": more, "touch": False}
    everything = sorted(memory.recall("text 3", len(held), **options), key=lambda hit: hit.memory.time)
    whole = weights.relevance + weights.recency + weights.importance
    vectors = {text: embedder.embed([text])[0].astype(float) for text in held}
    taken: list[Hit] = []
    while len(taken) < min(k, len(held)):

        def worth(hit: Hit) -> float:
            if not taken:
                return hit.score
            near = max(float(np.dot(vectors[hit.memory.text], vectors[each.memory.text])) for each in taken)
            return (1.0 - diversity) * (hit.score / whole) - diversity * near

        left = [hit for hit in everything if hit not in taken]
        taken.append(max(left, key=worth))  # the first, so the oldest, of equals
    assert memory.recall("text 3", k, diversity=diversity, **options) == taken


def test_diverse_recall_passes_over_what_was_said_already() -> None:
    memory = memory_of("bread is baked", "bread is baked", "bread is baked", "a cold river")
    assert texts(memory.recall("bread", 2, weights=PLAIN)) == ["bread is baked", "bread is baked"]
    assert texts(memory.recall("bread", 2, weights=PLAIN, diversity=0.7)) == ["bread is baked", "a cold river"]


@given(sizes=st.lists(st.integers(1, 9), min_size=1, max_size=8), tokens=st.integers(1, 40))
def test_a_budget_takes_the_best_that_fit(sizes: list[int], tokens: int) -> None:
    memory = memory_of(*("w " * size + str(at) for at, size in enumerate(sizes)))

    def count(text: str) -> int:
        return len(text.split())

    hits = memory.recall("w", tokens=tokens, count_tokens=count, weights=RECENT, touch=False)
    ranked = memory.recall("w", len(sizes), weights=RECENT, touch=False)
    assert hits == ranked[: len(hits)]
    spent = sum(count(text) for text in texts(hits))
    assert spent <= tokens
    if len(hits) < len(ranked):
        assert spent + count(ranked[len(hits)].memory.text) > tokens
    assert memory.recall("w", 2, tokens=tokens, count_tokens=count, weights=RECENT, touch=False) == hits[:2]


def test_without_a_counter_a_token_is_three_characters() -> None:
    memory = memory_of("a" * 9, "b" * 10)
    assert texts(memory.recall("a", tokens=4, weights=RECENT)) == ["b" * 10]
    assert len(memory.recall("a", tokens=7, weights=RECENT)) == 2


def test_a_budget_is_not_limited_to_ten() -> None:
    memory = memory_of(*(f"a{n}" for n in range(30)))
    assert len(memory.recall("a", weights=RECENT, touch=False)) == 10
    assert len(memory.recall("a", tokens=1000, weights=RECENT, touch=False)) == 30


def filled() -> tuple[MemoryBank, HashEmbedder]:
    embedder = HashEmbedder()
    bank = MemoryBank(embedder)
    for holder in ("Ann", "Bob"):
        for at, text in enumerate(BREAD):
            bank.add(holder, f"{text} {holder}", time=float(at))
    return bank, embedder


REQUESTS = [
    RecallRequest(holder="Ann", query="bread", k=2, now=50.0),
    RecallRequest(holder="Bob", query="river", k=1, now=60.0, weights=PLAIN),
    RecallRequest(holder="Ann", query="bread", k=2, now=99.0),
    RecallRequest(holder="Cy", query="bread"),
]


@pytest.mark.parametrize("waiting", [False, True])
def test_many_requests_are_answered_as_one_by_one_and_embedded_at_once(waiting: bool) -> None:
    alone, _ = filled()
    wanted = [
        alone.view(each.holder).recall(each.query, each.k, now=each.now, weights=each.weights, touch=False) for each in REQUESTS
    ]
    bank, embedder = filled()
    found = asyncio.run(bank.arecall_many(REQUESTS)) if waiting else bank.recall_many(iter(REQUESTS))
    assert found == wanted  # the third request too: all read memory as it was before
    assert found[3] == []
    assert embedder.calls == 1
    accessed = {record.id: record.last_access for record in bank.view("Ann")}
    assert [accessed[hit.memory.id] for hit in found[2]] == [99.0, 99.0]


def test_one_bad_request_stops_all() -> None:
    bank, embedder = filled()
    before = list(bank.view("Ann"))
    with pytest.raises(MemoryInputError, match="Bob recalls with k=0"):
        bank.recall_many([*REQUESTS, RecallRequest(holder="Bob", query="x", k=0)])
    assert list(bank.view("Ann")) == before
    assert embedder.calls == 0


BAD: dict[str, dict[str, Any]] = {
    "no regular expression": {"matching": "("},
    "from 0 to 1": {"diversity": 1.5},
    "diversity=nan": {"diversity": float("nan")},
    "tokens must be": {"tokens": 0},
    "tokens=True": {"tokens": True},
}


@pytest.mark.parametrize("message", BAD)
def test_bad_choices_change_nothing(message: str) -> None:
    memory = memory_of(*BREAD)
    before = list(memory)
    with pytest.raises(MemoryInputError, match=message):
        memory.recall("bread", now=99.0, **BAD[message])
    assert list(memory) == before
