"""Presets: weights for recall that somebody has published, or that people ask for by name.

A preset is a `Weights` value and nothing more; to add one, add it here and to `PRESETS`. Each says its source, and where
the published code does otherwise than the published text. What a source leaves out of its candidates (chats, idle things)
is for the caller to leave out, by `kinds` and `matching`: weights see what they are given.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gamemaster.words import Weights

__all__ = ["GENAGENTS", "GENERATIVE_AGENTS_CODE", "GOVSIM", "PAPER", "PLAIN", "PRESETS", "RECENT"]

PAPER = Weights(relevance=1.0, recency=1.0, importance=1.0, decay=0.995, scale="min_max")
"""Relevance, recency and importance count alike, each scaled to 0 .. 1 over the candidates.

Recency is 0.995 to the number of hours since the last access. Source: Park et al. 2023, section 4.1. Their code does
otherwise: see `GENERATIVE_AGENTS_CODE`.
"""

GENERATIVE_AGENTS_CODE = Weights(
    relevance=3.0, recency=0.5, importance=2.0, decay=0.995, scale="min_max", decay_by="access_order"
)
"""What the code published with Park et al. 2023 computes (`new_retrieve` in cognitive_modules/retrieve.py).

Against the paper: the weights are 0.5, 3 and 2 for recency, relevance and importance. Recency is decay^i with i = 1, 2, ...
in ascending order of last access, so that what was accessed longest ago is the most recent. A flat part becomes 0.5. The
decay is a field of the person: 0.995 in the published folders, 0.99 for a person made without one.
Candidates there are events and thoughts, without chats and idle things: recall with
`kinds=("observation", "thought", "plan"), matching=r"(?s)^(?!.*idle)"`. One difference remains: of one last access, there all
events come before all thoughts, in each the newest first; here the newest first, whatever its kind.
"""

GENAGENTS = Weights(relevance=1.0, recency=0.0, importance=0.5, decay=0.99, scale="min_max")
"""Relevance and half the importance, each scaled to 0 .. 1 over the candidates; recency doesn't count.

Source: the code published with Park et al. 2024, "Generative agent simulations of 1,000 people" (`MemoryStream.retrieve`,
whose `hp` is 0, 1, 0.5). Importance is 0 .. 100 there and 0 .. 10 here, which the scaling makes the same. The k best are
returned in order of creation there, and best first here.
"""

GOVSIM = Weights(
    relevance=2.0,
    recency=0.5,
    importance=3.0,
    decay=0.99,
    scale="none",
    decay_by="addition_order",
    importance_range=(1.0, 10.0),
)
"""Half the recency, three times the importance and twice the raw cosine; nothing is scaled over the candidates.

Recency is 0.99^i with i = 0, 1, ... in the order of addition, so that the oldest is the most recent; the text beside the
code says that what is newer counts more. Importance 1 .. 10 becomes 0 .. 1. Source: the code published with Piatti et al.
2024 (GovSim), `RetrieveComponent`. There chats and what has expired are no candidates (use `kinds`), what is marked
`always_include` comes first, and the hits come in order of creation.
"""

PLAIN = Weights(relevance=1.0, recency=0.0, importance=0.0, scale="none")
"""Likeness to the query alone; the score is the cosine."""

RECENT = Weights(relevance=0.0, recency=1.0, importance=0.0, scale="none")
"""What was accessed last, whatever it says; the score is the decay since then. For the latest records by time use `recent`."""

PRESETS: Mapping[str, Weights] = MappingProxyType(
    {
        "paper": PAPER,
        "generative_agents_code": GENERATIVE_AGENTS_CODE,
        "genagents": GENAGENTS,
        "govsim": GOVSIM,
        "plain": PLAIN,
        "recent": RECENT,
    }
)
"""The presets by name."""
