"""An embedder whose dot products are exact in float32, so that a recall can be compared bit for bit."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import pytest
from numpy.typing import NDArray


class ExactEmbedder:
    """Four places of sixteen are 0.5 or -0.5, drawn from the text: every product is a multiple of 1/4, many are equal."""

    name = "exact"
    width = 16
    fingerprint = "exact/16"

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.batches.append(list(texts))
        out = np.zeros((len(texts), 16), np.float32)
        for row, text in zip(out, texts, strict=True):
            digest = blake2b(text.encode(), digest_size=16).digest()
            for at, place in enumerate(sorted(range(16), key=lambda each: digest[each])[:4]):
                row[place] = 0.5 if digest[at] % 2 else -0.5
        return out


@pytest.fixture
def embedder() -> ExactEmbedder:
    return ExactEmbedder()


@pytest.fixture
def make_embedder() -> type[ExactEmbedder]:
    return ExactEmbedder
