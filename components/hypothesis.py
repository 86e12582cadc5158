"""Hypothesis: one guess at how somebody decides, and the rule by which its value changes.

The one idea: a guess is worth what its predictions were worth. All here are pure functions of frozen values; words are made
and compared elsewhere.

Source: Cross et al. 2024, Hypothetical Minds: each hypothesis gets a Rescorla-Wagner update by whether its prediction
came true.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from gamemaster.words import one_line

__all__ = ["HOLDS_ABOVE", "RATE", "Hypothesis", "best", "brier_score", "canonical", "holds", "kept", "predicting", "revalued"]

RATE = 0.3
"""How far one outcome moves a value (Cross et al. 2024)."""

HOLDS_ABOVE = 0.7
"""A hypothesis holds while its value is above this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """A guess in words; `number` says which it was, from 1. `prediction` is of the next move, None while there is none."""

    number: int
    text: str
    value: float = 0.0
    scored: int = 0
    right: int = 0
    prediction: str | None = None

    def judged(self, right: bool, rate: float = RATE) -> Hypothesis:
        """The same after its prediction was found right or wrong; the prediction is used up."""
        return replace(
            self,
            value=revalued(self.value, right, rate),
            scored=self.scored + 1,
            right=self.right + right,
            prediction=None,
        )


def revalued(value: float, right: bool | None, rate: float = RATE) -> float:
    """V + rate (c - V) with c = 1 when right, -1 when wrong; V itself when that couldn't be told (None)."""
    if right is None:
        return value
    return value + rate * ((1.0 if right else -1.0) - value)


def holds(hypotheses: Iterable[Hypothesis], above: float = HOLDS_ABOVE) -> bool:
    """Whether one of them has a value above the threshold."""
    return any(each.value > above for each in hypotheses)


def best(hypotheses: Iterable[Hypothesis], n: int) -> list[Hypothesis]:
    """The `n` of the highest value, best first; ties in order of age, older first."""
    return sorted(hypotheses, key=lambda each: (-each.value, each.number))[:n]


def predicting(hypotheses: Collection[Hypothesis], n: int) -> list[Hypothesis]:
    """Those that predict the next move: the `n` best, and the newest if it isn't among them."""
    found = best(hypotheses, n)
    newest = max(hypotheses, key=lambda each: each.number, default=None)
    return found if newest is None or newest in found else [*found, newest]


def kept(hypotheses: Collection[Hypothesis], n: int) -> tuple[Hypothesis, ...]:
    """The `n` best and the newest, in order of age: those that will ever predict again, and some to spare."""
    return tuple(sorted(predicting(hypotheses, n), key=lambda each: each.number))


def canonical(text: str) -> str:
    """A move as it is compared: on one line, in one case."""
    return one_line(text).casefold()


def brier_score(options: Sequence[str], probabilities: Mapping[str, float], actual: str) -> float:
    """The sum over options of (p - o) squared, o being 1 for what happened: 0 is best, 2 is worst (Brier 1950).

    `actual` need not be among the options: then o is 0 for each of them, and 1 for what nobody thought of.
    """
    score = sum((probabilities.get(each, 0.0) - (each == actual)) ** 2 for each in options)
    return score if actual in options else score + 1.0
