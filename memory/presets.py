"""Presets: weights for recall that somebody has published, or that people ask for by name.

A preset is a `Weights` value and nothing more; to add one, add it here and to `PRESETS`. Each says its source, and where
the published code does otherwise than the published text.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gamemaster.words import Weights

__all__ = ["PAPER", "PLAIN", "PRESETS", "RECENT"]

PAPER = Weights(relevance=1.0, recency=1.0, importance=1.0, decay=0.995, scale="min_max")
"""Relevance, recency and importance count alike, each scaled to 0 .. 1 over the candidates.

Recency is 0.995 to the number of hours since the last access. Source: Park et al. 2023, section 4.1. Their code does
otherwise: it decays by the place in the order of access, not by hours, and weighs relevance 3, recency 0.5, importance 2.
"""

PLAIN = Weights(relevance=1.0, recency=0.0, importance=0.0, scale="none")
"""Likeness to the query alone; the score is the cosine."""

RECENT = Weights(relevance=0.0, recency=1.0, importance=0.0, scale="none")
"""What was accessed last, whatever it says; the score is the decay since then. For the latest records by time use `recent`."""

PRESETS: Mapping[str, Weights] = MappingProxyType({"paper": PAPER, "plain": PLAIN, "recent": RECENT})
