"""HashEmbedder: an embedder without weights, for tests.

The one idea: each word has a direction that follows from its letters alone, and a text's is the sum of its words'. Texts
that share words are alike; synonyms are not, and word order does not count. Nothing in it depends on the machine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from gamemaster.words import BadInput

__all__ = ["HashEmbedder"]

_WORDS = re.compile(r"\w+")


class HashEmbedder:
    """Vectors of length 1 from the words of a text; `calls` counts how often it was asked, `texts` for how many texts.

    Two texts' similarity is near the share of words that they have in common. Upper and lower case are the same.
    """

    def __init__(self, width: int = 128) -> None:
        if width < 8:
            raise BadInput(f"A hash embedder of width {width} can't tell texts apart; give a width of at least 8.")
        self.name = "hash"
        self.width = width
        self.fingerprint = f"hash/{width}/1"
        self.calls = 0
        self.texts = 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A float32 array of shape (len(texts), width), rows of length 1."""
        self.calls += 1
        self.texts += len(texts)
        out = np.empty((len(texts), self.width), np.float32)
        for row, text in zip(out, texts, strict=True):
            whole = np.zeros(self.width, np.int64)
            for word in _WORDS.findall(text.lower()):
                whole += self._direction(word)
            if not whole.any():  # no words, or words that cancel each other
                whole = self._direction(text)
            # The sum of squares is a whole number and the root correctly rounded: the same bits on every machine.
            row[:] = whole / np.sqrt(np.float64((whole * whole).sum()))
        return out

    def _direction(self, word: str) -> NDArray[np.int64]:
        """-1 or 1 in every place, by the word's digest."""
        data = word.encode("utf-8", "surrogatepass")
        blocks = -(-self.width // 512)
        digest = b"".join(blake2b(data, digest_size=64, salt=block.to_bytes(4, "big")).digest() for block in range(blocks))
        bits = np.unpackbits(np.frombuffer(digest, np.uint8))[: self.width]
        return bits.astype(np.int64) * 2 - 1
