"""The rules by which a matrix game is played without a model.

The one idea: a rule says which move comes next from the meetings with the one who is met now; one who was never met is a
stranger, whatever others lived through. Meetings in which the other showed no move are passed over. To cooperate is the
first move and to defect is the second, in every game; of an inventory all is brought in one kind.

Sources: Axelrod & Hamilton 1981 (tit for tat); Axelrod 1984 (tit for two tats; the grudger is its "Friedman"); Nowak &
Sigmund 1993 (win stay, lose shift).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import fsum
from typing import Any

from gamemaster import View
from gamemaster.words import Policy

__all__ = ["POLICIES"]

Met = Sequence[Mapping[str, Any]]
"""The meetings with the other in which it showed a move, oldest first; moves as numbers, from 0."""


def _maker(rule: Callable[[Met, View], int]) -> Callable[[str | None], Policy]:
    def policy(view: View) -> object:
        if view.spec.kind != "action":
            return "..."
        options: Sequence[str] = view.data["options"]
        numbers = {option: at for at, option in enumerate(options)}
        met = [
            {**each, "mine": numbers.get(each["mine"]), "theirs": numbers[each["theirs"]]}
            for each in view.data["met"]
            if each["theirs"] in numbers
        ]
        move = rule(met, view) % len(options)
        size = view.data["inventory"]
        if not size:
            return options[move]
        return dict(zip(("first", "second", "third"), [size * (at == move) for at in range(len(options))], strict=False))

    def maker(argument: str | None) -> Policy:
        if argument is not None:
            raise ValueError("it takes no argument")
        return policy

    return maker


def _defected(met: Met) -> list[bool]:
    return [each["theirs"] == 1 for each in met]


def _tit_for_tat(met: Met, view: View) -> int:
    """Cooperate first, then do what the other did last."""
    return met[-1]["theirs"] if met else 0


def _tit_for_two_tats(met: Met, view: View) -> int:
    """Defect only after the other has defected twice in a row."""
    return int(len(met) > 1 and all(_defected(met)[-2:]))


def _grudger(met: Met, view: View) -> int:
    """Cooperate until the other has defected once, and never again."""
    return int(any(_defected(met)))


def _win_stay_lose_shift(met: Met, view: View) -> int:
    """Do the same again after more than the table's mean, else the next move; cooperate first.

    In the prisoner's dilemma that is: the same again after 5 or 3, the other after 1 or 0.
    """
    if not met or met[-1]["mine"] is None:
        return 0
    cells = [each for line in view.data["table"] for each in line]
    return met[-1]["mine"] + (met[-1]["payoff"] <= fsum(cells) / len(cells))


def _alternator(met: Met, view: View) -> int:
    """The moves in turn, the first in the first round."""
    return view.data["round"] - 1


POLICIES = {
    "always_cooperate": _maker(lambda met, view: 0),
    "always_defect": _maker(lambda met, view: 1),
    "tit_for_tat": _maker(_tit_for_tat),
    "tit_for_two_tats": _maker(_tit_for_two_tats),
    "grudger": _maker(_grudger),
    "win_stay_lose_shift": _maker(_win_stay_lose_shift),
    "alternator": _maker(_alternator),
}
