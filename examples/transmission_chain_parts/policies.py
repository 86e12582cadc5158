"""The rules by which a text is retold without a model."""

from __future__ import annotations

from collections.abc import Callable

from gamemaster import View
from gamemaster.examples.transmission_chain_parts.propositions import sentences_of
from gamemaster.words import Policy

__all__ = ["POLICIES"]


def _retelling(change: Callable[[View, str], str]) -> Policy:
    """A policy that changes what was heard; texts heard from several are put one after the other, the same only once."""
    return lambda view: sentences_of(change(view, " ".join(dict.fromkeys(view.data["heard"]))))


def verbatim(argument: str | None) -> Policy:
    """`verbatim`: word for word."""
    if argument is not None:
        raise ValueError("it takes no argument")
    return _retelling(lambda view, text: text)


def drop(argument: str | None) -> Policy:
    """`drop:P`: each word is forgotten with probability P (0.1), by seed and name; the last one left is kept."""
    chance = 0.1 if argument is None else float(argument)
    if not 0 <= chance <= 1:
        raise ValueError("the probability must be from 0 to 1")

    def change(view: View, text: str) -> str:
        words = text.split()
        left = [word for word in words if view.random.random() >= chance]
        return " ".join(left or words[-1:])

    return _retelling(change)


def shorten(argument: str | None) -> Policy:
    """`shorten:N`: the first N words (50)."""
    count = _count(argument, 50)
    return _retelling(lambda view, text: " ".join(text.split()[:count]))


def forget(argument: str | None) -> Policy:
    """`forget:K`: all but K sentences (1), drawn by seed and name; the last one left is kept."""
    count = _count(argument, 1)

    def change(view: View, text: str) -> str:
        parts = sentences_of(text)
        gone = set(view.random.sample(range(len(parts)), min(count, len(parts) - 1)))
        return " ".join(part for at, part in enumerate(parts) if at not in gone)

    return _retelling(change)


def _count(argument: str | None, default: int) -> int:
    count = default if argument is None else int(argument)
    if count < 1:
        raise ValueError("the number must be at least 1")
    return count


POLICIES = {"verbatim": verbatim, "drop": drop, "shorten": shorten, "forget": forget}
