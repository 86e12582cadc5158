"""OtherMind: what one agent makes of one other: hypotheses, predictions, and what the other did.

The one idea: a frozen value and pure steps between values, so that the rule is tested without a model. Who asks a model for
words, and when, is `TheoryOfMind`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from gamemaster.components.deed import Deed
from gamemaster.components.hypothesis import HOLDS_ABOVE, RATE, Hypothesis, best, holds, kept, predicting
from gamemaster.words import JsonValue, one_line

__all__ = ["HISTORY", "OtherMind"]

HISTORY = 8
"""How many of the other's deeds are held."""

_MOST_TEXT = 200
_MOST_DEED = 80
_SPARE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherMind:
    """One agent's theory of one other.

    `met` counts the interactions, `made` the hypotheses ever made; `forecast` are the probabilities that the best
    hypothesis gave to the options when it last predicted, empty where the model gave none. `predicted` and `right` count
    the predictions of what was the best hypothesis at the time.
    """

    hypotheses: tuple[Hypothesis, ...] = ()
    met: int = 0
    made: int = 0
    predicted: int = 0
    right: int = 0
    forecast: tuple[tuple[str, float], ...] = ()
    deeds: tuple[tuple[str, str], ...] = ()
    last: str = ""

    # --- looking ---

    @property
    def best(self) -> Hypothesis | None:
        """The hypothesis of the highest value, the oldest of those; None while there is none."""
        found = best(self.hypotheses, 1)
        return found[0] if found else None

    @property
    def accuracy(self) -> float | None:
        """The share of the best hypothesis' predictions that came true; None before the first was scored."""
        return self.right / self.predicted if self.predicted else None

    def holds(self, above: float = HOLDS_ABOVE) -> bool:
        """Whether a hypothesis holds, so that no new one is wanted."""
        return holds(self.hypotheses, above)

    def predicting(self, n: int) -> list[Hypothesis]:
        """Those that predict the next move."""
        return predicting(self.hypotheses, n)

    def predictions(self) -> list[str]:
        """What was predicted of the next move, each once, in order of age."""
        return list(dict.fromkeys(each.prediction for each in self.hypotheses if each.prediction is not None))

    # --- what changes it ---

    def after(self, deed: Deed, verdicts: Mapping[str, bool], *, rate: float = RATE) -> OtherMind:
        """The theory after the other did something; `verdicts` say of each prediction whether it came true.

        A deed that couldn't be told changes nothing. The first interaction scores nothing: what was thought of a
        stranger is no prediction.
        """
        if deed.what is None:
            return self
        seen = (*self.deeds, (one_line(deed.mine)[:_MOST_DEED], one_line(deed.what)[:_MOST_DEED]))[-HISTORY:]
        met = replace(self, met=self.met + 1, deeds=seen, last=deed.id)
        if not self.met:
            return replace(met, hypotheses=tuple(replace(each, prediction=None) for each in self.hypotheses), forecast=())
        told = [None if each.prediction is None else verdicts.get(each.prediction) for each in self.hypotheses]
        leading = None if self.best is None else told[self.hypotheses.index(self.best)]
        return replace(
            met,
            hypotheses=tuple(
                each if right is None else each.judged(right, rate) for each, right in zip(self.hypotheses, told, strict=True)
            ),
            forecast=(),
            predicted=self.predicted + (leading is not None),
            right=self.right + (leading is True),
        )

    def thinking(self, text: str, *, spare: int = _SPARE) -> OtherMind:
        """The theory with one more hypothesis; of the others the `spare` best stay."""
        new = Hypothesis(number=self.made + 1, text=one_line(text)[:_MOST_TEXT])
        return replace(self, made=self.made + 1, hypotheses=kept((*self.hypotheses, new), spare))

    def expecting(self, predictions: Mapping[int, str], forecast: Mapping[str, float]) -> OtherMind:
        """The theory with these predictions of the next move, by the hypotheses' numbers."""
        return replace(
            self,
            hypotheses=tuple(replace(each, prediction=predictions.get(each.number)) for each in self.hypotheses),
            forecast=tuple((option, round(p, 6)) for option, p in forecast.items()),
        )

    def faded(self) -> OtherMind:
        """What stays of it when room is short: the two best hypotheses, and the counts."""
        return replace(self, hypotheses=kept(self.hypotheses, 2)[-2:], deeds=(), forecast=())

    # --- its state ---

    def as_json(self) -> dict[str, JsonValue]:
        """It as JSON values."""
        hypotheses: list[JsonValue] = [
            [each.number, each.text, each.value, each.scored, each.right, each.prediction] for each in self.hypotheses
        ]
        return {
            "hypotheses": hypotheses,
            "met": self.met,
            "made": self.made,
            "predicted": self.predicted,
            "right": self.right,
            "forecast": [[option, p] for option, p in self.forecast],
            "deeds": [[mine, what] for mine, what in self.deeds],
            "last": self.last,
        }

    @classmethod
    def from_json(cls, held: JsonValue) -> OtherMind:
        """What `as_json` gave."""
        state = cast("dict[str, Any]", held)
        return cls(
            hypotheses=tuple(
                Hypothesis(number=number, text=text, value=float(value), scored=scored, right=right, prediction=prediction)
                for number, text, value, scored, right, prediction in state["hypotheses"]
            ),
            met=state["met"],
            made=state["made"],
            predicted=state["predicted"],
            right=state["right"],
            forecast=tuple((option, float(p)) for option, p in state["forecast"]),
            deeds=tuple((mine, what) for mine, what in state["deeds"]),
            last=state["last"],
        )
