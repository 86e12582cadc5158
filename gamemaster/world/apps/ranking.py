"""Ranking: which of some texts speak of some words, the best first.

The one idea: Okapi BM25 over the texts given, and over nothing else: how rare a word is, is counted among what the searcher
may see, so that the order of results says nothing about anybody else's texts. Words are compared as they are written, in
small letters.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

__all__ = ["bm25"]

_WORD = re.compile(r"\w+")
_K1, _B = 1.5, 0.75


def bm25(query: str, texts: Sequence[str]) -> list[tuple[float, int]]:
    """(score, index) of the texts that have a word of the query, best first; ties in the order of the texts.

    k1 = 1.5, b = 0.75, and a word's weight is ln(1 + (N - n + 0.5) / (n + 0.5)), which is never below 0.
    Source: Robertson & Zaragoza 2009, The Probabilistic Relevance Framework: BM25 and Beyond, section 3.
    """
    asked = list(dict.fromkeys(_words(query)))
    counted = [Counter(_words(text)) for text in texts]
    lengths = [each.total() for each in counted]
    mean = sum(lengths) / len(lengths) if lengths else 0.0
    scores = [0.0] * len(texts)
    for word in asked:
        holding = [at for at, each in enumerate(counted) if word in each]
        weight = math.log(1 + (len(texts) - len(holding) + 0.5) / (len(holding) + 0.5))
        for at in holding:
            often = counted[at][word]
            scores[at] += weight * often * (_K1 + 1) / (often + _K1 * (1 - _B + _B * lengths[at] / mean))
    return [(scores[at], at) for at in sorted(range(len(texts)), key=lambda at: (-scores[at], at)) if scores[at] > 0]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
