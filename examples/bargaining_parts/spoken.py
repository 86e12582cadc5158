"""The numbers that a message names, by one exact rule.

A number is what is written in digits, with a decimal point or commas between thousands ("1,200.50"), and no letter or digit
touching it; with a % sign it is that share of the whole. Numbers in words ("half") aren't read, and the size of the whole
itself isn't counted: "40 of the 100" names 40.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["gap", "spoken_numbers"]

_NUMBER = re.compile(r"(?<![\w.,])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(%?)(?![\w]|[.,]\d)")


def spoken_numbers(text: str, whole: float) -> list[float]:
    """The numbers named in a text, in order; `whole` is what percentages are of, and isn't itself one of them."""
    found: list[float] = []
    for number, percent in _NUMBER.findall(text):
        value = float(number.replace(",", ""))
        found.append(value / 100 * whole if percent else value)
    return [each for each in found if each != whole]


def gap(spoken: Iterable[float], deeds: Iterable[float]) -> float:
    """How far the nearest of the spoken numbers is from the nearest of those that the deed set; both hold at least one."""
    numbers = list(deeds)
    return min(abs(each - deed) for each in spoken for deed in numbers)
