"""Each preset gives the numbers of its source's formula, written down here in plain Python, one memory after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gamemaster.memory import GENERATIVE_AGENTS_CODE, GOVSIM, PRESETS, MemoryBank
from gamemaster.words import MemoryInputError, MemoryRecord, Weights

HOUR = 3600.0
NOW = 40 * HOUR
Score = tuple[float, float, float]
RECORDS = st.lists(
    st.tuples(
        st.sampled_from([f"text {n}" for n in range(9)]),
        st.integers(0, 30).map(lambda hours: hours * HOUR),
        st.integers(0, 10).map(lambda hours: hours * HOUR),
        st.integers(1, 10),
    ),
    min_size=1,
    max_size=12,
)


def scaled(values: list[float]) -> list[float]:
    low, high = min(values), max(values)
    return [(1 - 0) / 2 if high == low else (value - low) * (1 - 0) / (high - low) + 0 for value in values]


def paper(records: list[MemoryRecord], cosines: list[float]) -> list[Score]:
    recency = [0.995 ** ((NOW - each.last_access) / HOUR) for each in records]
    rated = [each.importance or 0.0 for each in records]
    return list(zip(scaled(cosines), scaled(recency), scaled(rated), strict=True))


def generative_agents_code(records: list[MemoryRecord], cosines: list[float]) -> list[Score]:
    newest_first = sorted(range(len(records)), reverse=True)
    in_order = sorted(newest_first, key=lambda at: records[at].last_access)
    decayed = [0.995**i for i in range(1, len(records) + 1)]
    recency = [decayed[in_order.index(at)] for at in range(len(records))]
    rated = [each.importance or 0.0 for each in records]
    parts = zip(scaled(cosines), scaled(recency), scaled(rated), strict=True)
    return [(3 * first, 0.5 * second, 2 * third) for first, second, third in parts]


def genagents(records: list[MemoryRecord], cosines: list[float]) -> list[Score]:
    rated = [10 * (each.importance or 0.0) for each in records]  # 0 .. 100 there
    return [(first, 0.0, 0.5 * third) for first, third in zip(scaled(cosines), scaled(rated), strict=True)]


def govsim(records: list[MemoryRecord], cosines: list[float]) -> list[Score]:
    return [
        (2 * cosine, 0.5 * 0.99**i, 3 * ((each.importance or 0.0) - 1) / (10 - 1))
        for i, (each, cosine) in enumerate(zip(records, cosines, strict=True))
    ]


def plain(records: list[MemoryRecord], cosines: list[float]) -> list[Score]:
    return [(cosine, 0.0, 0.0) for cosine in cosines]


def recent(records: list[MemoryRecord], cosines: list[float]) -> list[Score]:
    return [(0.0, 0.995 ** ((NOW - each.last_access) / HOUR), 0.0) for each in records]


FORMULAS = {
    "paper": paper,
    "generative_agents_code": generative_agents_code,
    "genagents": genagents,
    "govsim": govsim,
    "plain": plain,
    "recent": recent,
}


def test_every_preset_has_a_formula_here() -> None:
    assert sorted(FORMULAS) == sorted(PRESETS)


@pytest.mark.parametrize("name", sorted(FORMULAS))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=RECORDS)
def test_a_preset_is_its_formula(name: str, rows: list[tuple[str, float, float, int]], make_embedder: Callable[[], Any]) -> None:
    embedder = make_embedder()
    bank = MemoryBank(embedder)
    bank.load(
        MemoryRecord(id=f"0/memory/{n}", holder="Ann", text=text, time=time, last_access=time + later, importance=rating)
        for n, (text, time, later, rating) in enumerate(rows)
    )
    hits = bank.view("Ann").recall("text 3", len(rows), now=NOW, weights=PRESETS[name], touch=False)
    found = {hit.memory.id: hit for hit in hits}
    in_order = [found[f"0/memory/{n}"] for n in range(len(rows))]
    records = [hit.memory for hit in in_order]
    wanted = FORMULAS[name](records, [hit.cosine for hit in in_order])
    for hit, parts in zip(in_order, wanted, strict=True):
        assert (hit.relevance, hit.recency, hit.importance) == pytest.approx(parts, abs=1e-12)
        assert hit.score == pytest.approx(sum(parts), abs=1e-12)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_in_the_published_code_the_oldest_is_the_most_recent() -> None:
    from gamemaster.testing import HashEmbedder

    bank = MemoryBank(HashEmbedder())
    for hour in range(3):
        bank.add("Ann", "the same words", time=hour * HOUR)
    for weights in (GENERATIVE_AGENTS_CODE, GOVSIM):
        hits = bank.view("Ann").recall("words", weights=weights, touch=False)
        assert [hit.memory.time / HOUR for hit in hits] == [0, 1, 2]
        assert hits[0].recency == 0.5


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (Weights(decay_by="days"), "decay by 'days'"),  # pyright: ignore[reportArgumentType]
        (Weights(importance_range=(10.0, 1.0)), "lower first"),
        (Weights(importance_range=(0.0, float("inf"))), "finite"),
    ],
)
def test_weights_that_mean_nothing_are_refused(weights: Weights, message: str) -> None:
    from gamemaster.testing import HashEmbedder

    bank = MemoryBank(HashEmbedder())
    bank.add("Ann", "bread")
    with pytest.raises(MemoryInputError, match=message):
        bank.view("Ann").recall("bread", weights=weights)
