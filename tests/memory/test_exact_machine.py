"""Whatever is added, recalled, forgotten, edited, saved, loaded and forked: a recall is what plain numpy gives, bit for bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import faiss
import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from numpy.typing import NDArray

from gamemaster.memory import GENAGENTS, GENERATIVE_AGENTS_CODE, GOVSIM, PAPER, PLAIN, RECENT, MemoryBank, RecallRequest
from gamemaster.memory.memory_changes import MemoryChanges
from gamemaster.words import Hit, MemoryRecord, Weights

WIDTH = 37
HOLDERS = ("Ann", "Bob", "Cleo")
holders = st.sampled_from(HOLDERS)
texts = st.sampled_from([f"text {n}" for n in range(14)])
times = st.integers(-3, 12).map(lambda hours: hours * 1800.0)
importances = st.none() | st.integers(0, 10)
presets = st.sampled_from([PAPER, PLAIN, RECENT, GENAGENTS, GENERATIVE_AGENTS_CODE, GOVSIM, Weights(relevance=-1.0)])
numbers = st.integers(0, 40)


class Drawn:
    """A direction for each text, drawn from it: cosines have all the bits that float32 has."""

    name = "drawn"
    width = WIDTH
    fingerprint = f"drawn/{WIDTH}"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([vector(text) for text in texts])


def vector(text: str) -> NDArray[np.float32]:
    seed = int.from_bytes(blake2b(text.encode(), digest_size=4).digest(), "big")
    made = np.random.default_rng(seed).standard_normal(WIDTH)
    return (made / np.sqrt((made * made).sum())).astype(np.float32)


def cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> np.float32:
    library: Any = faiss
    pointer = library.swig_ptr
    return np.clip(np.float32(library.fvec_inner_product(pointer(one), pointer(other), WIDTH)), np.float32(-1), np.float32(1))


def model(held: list[MemoryRecord], query: str, k: int, now: float, weights: Weights) -> list[Hit]:
    """Scores as the formulas say, over arrays; the best by a sort of everything."""
    if not held:
        return []
    cosines = np.array([cosine(vector(query), vector(each.text)) for each in held])
    accessed = np.array([each.last_access for each in held])
    count = np.arange(len(held))
    if weights.decay_by == "hours":
        steps = np.maximum(now - accessed, 0.0) / 3600.0
    elif weights.decay_by == "addition_order":
        steps = count.astype(float)
    else:  # 1, 2, … in ascending order of last access, of equals the one added last first
        steps = np.empty(len(held))
        steps[sorted(count, key=lambda at: (accessed[at] - now, -at))] = count + 1.0
    relevance, recency = cosines.astype(float), np.power(weights.decay, steps)
    rated = np.array([5.0 if each.importance is None else each.importance for each in held])
    if weights.scale == "none":
        low, high = weights.importance_range
        rated = (rated - low) / (high - low)
    else:
        relevance, recency, rated = (
            np.full(len(held), 0.5) if part.min() == part.max() else (part - part.min()) / (part.max() - part.min())
            for part in (relevance, recency, rated)
        )
    parts = (weights.relevance * relevance, weights.recency * recency, weights.importance * rated)
    total = parts[0] + parts[1] + parts[2]
    order = sorted(count, key=lambda at: (-total[at], held[at].time, at))
    return [
        Hit(
            memory=held[at],
            score=float(total[at]),
            relevance=float(parts[0][at]),
            recency=float(parts[1][at]),
            importance=float(parts[2][at]),
            cosine=float(cosines[at]),
        )
        for at in order[:k]
    ]


class Memories(RuleBasedStateMachine):
    @initialize(deferred=st.booleans())
    def begin(self, deferred: bool) -> None:
        self.bank = MemoryBank(Drawn(), deferred=deferred)
        self.held: dict[str, list[MemoryRecord]] = {holder: [] for holder in HOLDERS}
        self.noted: dict[str, float] = {}
        self.saved: dict[str, MemoryRecord] = {}
        self.vectors: dict[str, NDArray[np.float32]] = {}
        self.step = 0

    @rule(holder=holders, text=texts, time=times, importance=importances, tags=st.sampled_from([(), ("a",), ("a", "b")]))
    def add(self, holder: str, text: str, time: float, importance: int | None, tags: tuple[str, ...]) -> None:
        self.held[holder].append(self.bank.view(holder).add(text, time=time, importance=importance, tags=tags))

    @rule(who=st.lists(holders, min_size=1, max_size=3), query=texts, k=st.integers(1, 6), now=times, weights=presets)
    def recall(self, who: list[str], query: str, k: int, now: float, weights: Weights) -> None:
        found = self.bank.recall_many([RecallRequest(holder=each, query=query, k=k, now=now, weights=weights) for each in who])
        for holder, hits in zip(who, found, strict=True):
            assert hits == model(self.held[holder], query, k, now, weights)
        for hit in [hit for hits in found for hit in hits]:
            self.noted[hit.memory.id] = max(now, self.noted.get(hit.memory.id, now))
        if not self.bank.deferred:
            self.access()

    @rule(holder=holders, which=st.lists(numbers, min_size=1, max_size=3))
    def forget(self, holder: str, which: list[int]) -> None:
        gone = {self.held[holder][n].id for n in which if n < len(self.held[holder])}
        self.bank.view(holder).forget(sorted(gone))
        self.held[holder] = [each for each in self.held[holder] if each.id not in gone]

    @rule(holder=holders, which=numbers, text=texts, importance=importances)
    def edit(self, holder: str, which: int, text: str, importance: int | None) -> None:
        if which >= len(self.held[holder]):
            return
        old = self.held[holder][which]
        new = self.bank.view(holder).edit(old.id, text=text, importance=importance, time=1.0)
        assert (new.text, new.importance, new.time, new.last_access) == (text, importance, old.time, old.last_access)
        self.held[holder][which] = new

    @rule()
    def commit(self) -> None:
        self.bank.apply_accesses()
        self.access()
        changes = self.bank.take_changes()
        self.save(changes)
        self.step += 1
        self.bank.begin_step(self.step)

    @rule(lazily=st.booleans(), deferred=st.booleans())
    def fork(self, lazily: bool, deferred: bool) -> None:
        """Another bank goes on from what is saved; the first, still there, goes its own way."""
        self.commit()
        self.former, self.bank = self.bank, MemoryBank(Drawn(), deferred=deferred)
        read: list[str] = []

        def stored(texts: Sequence[str]) -> list[tuple[str, NDArray[np.float32]]]:
            read.extend(texts)
            return [(text, self.vectors[text]) for text in texts if text in self.vectors]

        vectors = stored if lazily else list(self.vectors.items())
        self.bank.load(self.saved.values(), vectors, fingerprint=Drawn.fingerprint)
        assert not read
        self.bank.begin_step(self.step)
        self.former.view("Ann").add("elsewhere")
        self.former.view("Ann").forget([each.id for each in self.former.view("Ann")])

    @invariant()
    def it_holds_what_is_held(self) -> None:
        if not hasattr(self, "bank"):
            return
        for holder in HOLDERS:
            view = self.bank.view(holder)
            assert list(view) == sorted(self.held[holder], key=lambda each: each.time)
            assert [view.get(each.id) for each in self.held[holder]] == self.held[holder]
        said = {each.text for held in self.held.values() for each in held}
        for text, row in self.bank.index.vectors([text for text in said if text in self.bank.index]):
            assert row.tobytes() == vector(text).tobytes()
        assert len(self.bank.index) <= len(said)  # what nobody says any more is let go

    def access(self) -> None:
        for held in self.held.values():
            held[:] = [
                replace(each, last_access=max(each.last_access, self.noted.get(each.id, each.last_access))) for each in held
            ]
        self.noted.clear()

    def save(self, changes: MemoryChanges) -> None:
        for each in changes.added:
            self.saved[each.id] = each
        for id, time in changes.accessed.items():
            self.saved[id] = replace(self.saved[id], last_access=time)
        for edit in changes.edited:
            self.saved[edit.id] = self.saved[edit.id].edited(edit.changes, step=edit.step, time=edit.time)
        for id in changes.forgotten:
            del self.saved[id]
        self.vectors.update(changes.vectors)


def test_recall_is_the_model_bit_for_bit() -> None:
    run_state_machine_as_test(Memories, settings=settings(max_examples=50, stateful_step_count=25, deadline=None))
