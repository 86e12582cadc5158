"""The metrics of the classic games, from what their worlds have measured."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum
from typing import Literal

from gamemaster import Run
from gamemaster.words import JsonValue

__all__ = ["figures"]

FIGURES: dict[str, dict[str, tuple[str, Literal["list", "mean", "last"]]]] = {
    "guess": {"mean_by_round": ("mean", "list"), "mean_guess": ("mean", "mean"), "last_mean": ("mean", "last")},
    "bar": {"attendance_by_round": ("attendance", "list"), "mean_attendance": ("attendance", "mean")},
    "dollar": {"claimed_by_round": ("claimed", "list"), "efficiency": ("paid share", "mean")},
    "diner": {"costly_by_round": ("costly share", "list"), "costly_rate": ("costly share", "mean")},
    "auction": {
        "bid_by_value": ("bid by value", "mean"),
        "price_by_round": ("price", "list"),
        "efficiency": ("value won", "mean"),
    },
    "royale": {"left_by_shot": ("left", "list"), "at_the_strongest": ("at the strongest", "mean")},
    "pirates": {"kept_by_proposers": ("kept by the proposer", "list"), "votes_for": ("votes for", "list")},
}
"""For each game its own metrics: the measure that each is made of, and how."""


def figures(run: Run, names: Sequence[str], game: str) -> dict[str, JsonValue]:
    """The metrics by name; lists are in the order of the players, or by round."""
    paid = [_numbers(run, f"payoff of {name}") for name in names]
    earned = [fsum(each) for each in paid]
    played, same, best = any(paid), _numbers(run, "as in equilibrium"), max(earned)
    winners = [name for name, each in zip(names, earned, strict=True) if each > best - 1e-9]
    found: dict[str, JsonValue] = {
        "payoffs": [round(each, 9) for each in earned],
        "mean_payoff": round(fsum(earned) / len(names), 9) if played else None,
        "winner": winners[0] if played and len(winners) == 1 else None,
        "equilibrium_share": fsum(same) / len(same) if same else None,
    }
    for name, (measure, how) in FIGURES[game].items():
        values = _numbers(run, measure)
        listed: list[JsonValue] = [round(each, 9) for each in values]
        mean = round(fsum(values) / len(values), 9) if values else None
        found[name] = listed if how == "list" else mean if how == "mean" else listed[-1] if listed else None
    return found


def _numbers(run: Run, name: str) -> list[float]:
    return [float(str(measure.value)) for _, measure in run.archive.measures(name) if measure.value is not None]
