"""The rules by which the commons is played without a model.

The one idea: a rule says how much to take; what it says to the other questions (talk, points, a strategy, what was agreed) is
the same for all but those that are about it. Where strategies are imitated, the strategy of a rule is its own name and argument,
and whoever takes over the text "take:12" plays by it from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from gamemaster import View
from gamemaster.words import Policy

__all__ = ["POLICIES"]

Amount: TypeAlias = Callable[[Mapping[str, Any]], int]
"""How much to take, from what the world shows as data."""


def playing(
    amount: Amount, strategy: str, *, said: int | None = None, points: Callable[[View], tuple[str, int]] | None = None
) -> Policy:
    """A policy that takes `amount`; it says that each should take `said`, if a number is given."""

    def policy(view: View) -> object:
        data = view.data
        if view.spec.kind == "speech":
            return "..." if said is None else f"{said}!"
        if view.spec.kind == "number":
            return -1 if said is None else said
        if view.spec.action == "state_strategy":
            return {"text": strategy}
        if view.spec.action == "spend_points":
            whom, number = points(view) if points is not None else (data["others"][0], 0)
            return {"whom": whom, "points": number}
        wanted = min(int((_read(data["strategy"]) or amount)(data)), int(data["stock"]))
        return max(0, int(data["load"]) - wanted) if view.spec.action == "bear_load" else wanted

    return policy


def take(argument: str | None) -> Policy:
    """`take:N`: take N every round, or what is left when that is less."""
    text = "10" if argument is None else argument
    return playing(_take(text), f"take:{text}")


def share(argument: str | None) -> Policy:
    """`share` or `share:K`: take K times the sustainable share f, or what is left when that is less."""
    text = "1" if argument is None else argument
    return playing(_share(text), "share" if argument is None else f"share:{text}")


def pledge(argument: str | None) -> Policy:
    """`pledge:N` or `pledge:N/M`: say that each should take N, and take N, or M."""
    said, slash, taken = ("10" if argument is None else argument).partition("/")
    number = _whole(said)
    amount = taken if slash else said
    return playing(_take(amount), f"take:{amount}", said=number)


def enforce(argument: str | None) -> Policy:
    """`enforce` or `enforce:P`: take the share, and spend P points (3) on whoever took most above it, ties by lot."""
    number = _whole("3" if argument is None else argument)
    if number > 10:
        raise ValueError("at most 10 points can be spent")

    def points(view: View) -> tuple[str, int]:
        catches: Mapping[str, int] = view.data["catches"]
        guilty = [name for name in view.data["over_users"] if name != view.name]
        if not guilty:
            return view.data["others"][0], 0
        most = max(catches[name] for name in guilty)
        return view.random.choice([name for name in guilty if catches[name] == most]), number

    return playing(_share("1"), "share", points=points)


POLICIES = {"take": take, "share": share, "pledge": pledge, "enforce": enforce}


def _take(text: str) -> Amount:
    amount = _whole(text)
    return lambda data: amount


def _share(text: str) -> Amount:
    factor = float(text)
    if not 0 <= factor < 1e6:
        raise ValueError("the factor must be at least 0")
    return lambda data: int(factor * data["share"])


def _whole(text: str) -> int:
    if not text.strip().isdecimal():
        raise ValueError("it is a whole number, from 0 on")
    return int(text)


def _read(strategy: Any) -> Amount | None:
    """The rule that a strategy's text names, None when it names none."""
    if not isinstance(strategy, str):
        return None
    name, _, argument = strategy.partition(":")
    try:
        return _take(argument) if name == "take" else _share(argument or "1") if name == "share" else None
    except ValueError:
        return None
