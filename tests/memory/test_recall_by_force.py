"""Whatever is added, recalled, forgotten and reloaded: a recall is what a plain pass over all records gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from gamemaster.memory import PAPER, PLAIN, RECENT, MemoryBank
from gamemaster.words import Hit, MemoryRecord, Weights

HOLDERS = st.sampled_from(["Ann", "Bob"])
TEXTS = st.sampled_from([f"text {n}" for n in range(12)])
TIMES = st.integers(-3, 12).map(lambda hours: hours * 1800.0)
KINDS = st.sampled_from(["observation", "thought", "plan"])
TAGS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=2)
WEIGHTS = st.sampled_from([PAPER, PLAIN, RECENT, Weights(relevance=3.0, recency=0.5, importance=2.0), Weights(scale="none")])


def by_force(embedder: Any, candidates: list[MemoryRecord], query: str, k: int, now: float, weights: Weights) -> list[Hit]:
    """A recall as one would write it down: floats, one record after the other."""
    asked = embedder.embed([query])[0].astype(float)

    def scaled(values: list[float]) -> list[float]:
        if weights.scale == "none":
            return values
        low, high = min(values), max(values)
        return [0.5 if low == high else (value - low) / (high - low) for value in values]

    if not candidates:
        return []
    cosines = [float(np.dot(asked, embedder.embed([each.text])[0].astype(float))) for each in candidates]
    recency = scaled(
        [float(np.power(weights.decay, np.array([max(0.0, now - each.last_access) / 3600.0]))[0]) for each in candidates]
    )
    rated = [5.0 if each.importance is None else each.importance for each in candidates]
    importance = scaled([value / 10 for value in rated] if weights.scale == "none" else rated)
    hits: list[tuple[float, float, int, Hit]] = []
    for place, (record, cosine, first, second, third) in enumerate(
        zip(candidates, cosines, scaled(cosines), recency, importance, strict=True)
    ):
        parts = (weights.relevance * first, weights.recency * second, weights.importance * third)
        total = parts[0] + parts[1] + parts[2]
        hit = Hit(memory=record, score=total, relevance=parts[0], recency=parts[1], importance=parts[2], cosine=cosine)
        hits.append((-total, record.time, place, hit))
    return [hit for *_, hit in sorted(hits, key=lambda each: each[:3])[:k]]


class Recalls(RuleBasedStateMachine):
    make_embedder: Callable[[], Any]

    @initialize(deferred=st.booleans())
    def begin(self, deferred: bool) -> None:
        self.embedder = self.make_embedder()
        self.bank = MemoryBank(self.embedder, deferred=deferred)
        self.held: dict[str, list[MemoryRecord]] = {"Ann": [], "Bob": []}
        self.noted: dict[str, float] = {}
        self.stored: dict[str, Any] = {}
        self.step = 0

    @rule(holder=HOLDERS, text=TEXTS, time=TIMES, importance=st.none() | st.integers(0, 10), kind=KINDS, tags=TAGS)
    def add(self, holder: str, text: str, time: float, importance: float | None, kind: str, tags: list[str]) -> None:
        record = self.bank.view(holder).add(text, time=time, importance=importance, kind=kind, tags=tags)
        self.held[holder].append(record)

    @rule(
        holder=HOLDERS,
        query=TEXTS,
        k=st.integers(1, 8),
        now=TIMES,
        weights=WEIGHTS,
        since=st.none() | TIMES,
        until=st.none() | TIMES,
        kinds=st.none() | st.lists(KINDS, max_size=2),
        tags=st.none() | TAGS,
        extra=st.lists(st.tuples(TEXTS, TIMES), max_size=2),
    )
    def recall(
        self,
        holder: str,
        query: str,
        k: int,
        now: float,
        weights: Weights,
        since: float | None,
        until: float | None,
        kinds: list[str] | None,
        tags: list[str] | None,
        extra: list[tuple[str, float]],
    ) -> None:
        more = [
            MemoryRecord(id=f"pending/{n}", holder=holder, text=text, time=time, last_access=time)
            for n, (text, time) in enumerate(extra)
        ]
        hits = self.bank.view(holder).recall(
            query, k, now=now, weights=weights, since=since, until=until, kinds=kinds, tags=tags, extra=more
        )
        candidates = [
            each
            for each in self.held[holder] + more
            if (since is None or each.time >= since)
            and (until is None or each.time <= until)
            and (kinds is None or each.kind in kinds)
            and (tags is None or set(tags) & set(each.tags))
        ]
        assert hits == by_force(self.embedder, candidates, query, k, now, weights)
        for hit in hits:
            self.noted[hit.memory.id] = max(now, self.noted.get(hit.memory.id, now))
        if not self.bank.deferred:
            self._access()

    @rule(holder=HOLDERS, which=st.lists(st.integers(0, 30), max_size=3))
    def forget(self, holder: str, which: list[int]) -> None:
        gone = {self.held[holder][n].id for n in which if n < len(self.held[holder])}
        self.bank.view(holder).forget(gone)
        self.held[holder] = [each for each in self.held[holder] if each.id not in gone]

    @rule(reload=st.booleans())
    def commit(self, reload: bool) -> None:
        self.bank.apply_accesses()
        self._access()
        changes = self.bank.take_changes()
        for each in changes.added:
            self.stored[each.id] = each
        for id, time in changes.accessed.items():
            self.stored[id] = replace(self.stored[id], last_access=time)
        for id in changes.forgotten:
            del self.stored[id]
        for text, vector in changes.vectors:
            assert vector.tobytes() == self.embedder.embed([text])[0].tobytes()
        self.vectors = {**getattr(self, "vectors", {}), **dict(changes.vectors)}
        assert list(self.stored.values()) == sorted(
            self.held["Ann"] + self.held["Bob"], key=lambda each: tuple(int(part) for part in each.id.split("/memory/"))
        )
        if reload:
            self.bank = MemoryBank(self.make_embedder(), deferred=self.bank.deferred)
            self.bank.load(self.stored.values(), self.vectors.items())
        self.step += 1
        self.bank.begin_step(self.step)

    @rule(holder=HOLDERS, n=st.integers(0, 5), kinds=st.none() | st.lists(KINDS, max_size=2))
    def look(self, holder: str, n: int, kinds: list[str] | None) -> None:
        view = self.bank.view(holder)
        in_order = sorted(self.held[holder], key=lambda each: each.time)
        assert list(view) == in_order
        assert len(view) == len(in_order)
        wanted = [each for each in in_order if kinds is None or each.kind in kinds]
        assert view.recent(n, kinds=kinds) == wanted[len(wanted) - n if n < len(wanted) else 0 :]

    def _access(self) -> None:
        for holder, records in self.held.items():
            self.held[holder] = [
                replace(each, last_access=max(each.last_access, self.noted.get(each.id, each.last_access))) for each in records
            ]
        self.noted.clear()


@pytest.mark.filterwarnings("error")
def test_recall_is_what_a_plain_pass_gives(make_embedder: Callable[[], Any]) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    machine = type("Machine", (Recalls,), {"make_embedder": staticmethod(make_embedder)})
    run_state_machine_as_test(machine, settings=settings(max_examples=60, stateful_step_count=30))
