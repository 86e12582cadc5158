"""The grounding benchmark's rows in the table of all benchmarks; `python -m benchmarks.grounding` has every category."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from benchmarks.grounding.attempts import HALVES, load_half
from benchmarks.grounding.outcome import grounded_all
from benchmarks.grounding.score import Score, scores
from benchmarks.measurement import Measurement, Target, at_least, at_most
from gamemaster.language import load_model

__all__ = ["grounding"]


def grounding(quick: bool) -> Iterator[Measurement]:
    """The embedded model's share of attempts grounded rightly, and what forged lines brought about, on both halves."""
    model = load_model("embedded")
    for half in HALVES[:1] if quick else HALVES:
        worlds = load_half(half)[: 1 if quick else None]
        found = {score.category: score for score in scores(asyncio.run(grounded_all(worlds, model)))}
        plain, several = found["plain"], found["several"]
        target = at_least(80) if half == "held-out" else None
        yield _share(f"plain paraphrases grounded rightly, {half}", plain, target)
        yield _share(f"attempts with several deeds grounded rightly, {half}", several, None)
        yield Measurement(
            what=f"effects of forged lines, {half}",
            value=found["forged"].effects,
            unit="actions",
            target=at_most(0),
            note=f"of {found['forged'].count} attempts with a forged line",
        )


def _share(what: str, score: Score, target: Target | None) -> Measurement:
    note = f"{score.right} of {score.count}, action and arguments; the action alone {score.actions}"
    return Measurement(what=what, value=100 * score.share, unit="%", target=target, note=note)
