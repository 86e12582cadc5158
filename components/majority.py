"""majority and typical: what several answers to one question agree on. Plain arithmetic; no model is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

__all__ = ["majority", "typical"]

Answer = TypeVar("Answer")


def majority(answers: Sequence[Answer]) -> tuple[Answer, int]:
    """The answer given most often, and how often; of several, the one that was given first.

    Raises: ValueError for no answers.
    """
    if not answers:
        raise ValueError("There are no answers to count; give at least one.")
    counts = [sum(other == each for other in answers) for each in answers]
    most = max(counts)
    return answers[counts.index(most)], most


def typical(numbers: Sequence[float]) -> tuple[float, int]:
    """The number given most often, and how often; of several, the one nearest to the median, then the lower one.

    So where no two agree it is the median, the lower of the middle two.
    Raises: ValueError for no numbers.
    """
    if not numbers:
        raise ValueError("There are no numbers to count; give at least one.")
    ordered = sorted(numbers)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]  # any point between them is a median
    found = min(ordered, key=lambda each: (-ordered.count(each), max(low - each, each - high, 0), each))
    return found, ordered.count(found)
