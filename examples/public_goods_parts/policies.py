"""The rules by which the public goods game is played without a model."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, fsum

from gamemaster import View
from gamemaster.words import Policy

__all__ = ["POLICIES"]


def _amounts(argument: str | None, default: int) -> tuple[int, int]:
    gift, _, points = (argument or str(default)).partition("/")
    amounts = (int(gift), int(points or 0))
    if amounts[0] < 0 or not 0 <= amounts[1] <= 10:
        raise ValueError("write GIFT or GIFT/POINTS, the gift at least 0, the points from 0 to 10")
    return amounts


def _policy(gift: Callable[[View], int], points: int) -> Policy:
    """A policy that puts in what `gift` says, and gives `points` to whoever puts in less than oneself."""

    def policy(view: View) -> object:
        if view.spec.kind != "action":
            return "..."
        if view.data["other"] is None:
            return min(gift(view), view.data["endowment"])
        gifts = view.data["gifts"]
        return points if gifts.get(view.data["other"], 0) < gifts.get(view.name, 0) else 0

    return policy


def give(argument: str | None) -> Policy:
    """`give:G` puts in G (10), the endowment at most; `give:G/P` then gives P points to each who put in less."""
    gift, points = _amounts(argument, 10)
    return _policy(lambda view: gift, points)


def conditional(argument: str | None) -> Policy:
    """`conditional:G/P`: puts in G (10) first, then what the others put in on average last time, halves up; P points for less."""
    gift, points = _amounts(argument, 10)

    def amount(view: View) -> int:
        others = [each for name, each in view.data["last_gifts"].items() if name != view.name]
        return floor(fsum(others) / len(others) + 0.5) if others else gift

    return _policy(amount, points)


def free_ride(argument: str | None) -> Policy:
    """`free_ride`: puts in nothing, and gives no points: the best reply of one who counts own money alone."""
    if argument is not None:
        raise ValueError("it takes no argument")
    return _policy(lambda view: 0, 0)


POLICIES = {"give": give, "conditional": conditional, "free_ride": free_ride}
