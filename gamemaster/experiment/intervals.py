"""Intervals: what is known of a mean or a share from a few observations.

The one idea: small samples need no statistics package. A mean gets the interval of Student's t distribution, a share the one of
Wilson, which stays within 0 and 1 and holds when all or none were right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from gamemaster.words import BadInput

__all__ = ["Interval", "mean_interval", "t_quantile", "wilson"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate from `n` observations, and the interval around it; None where nothing can be said of how sure it is."""

    mean: float
    low: float | None
    high: float | None
    n: int


def mean_interval(values: Sequence[float], *, level: float = 0.95) -> Interval | None:
    """The mean of some values with the interval of Student's t distribution; None for no values.

    One value has no interval. It assumes that the mean is about normally distributed, which a few runs that either
    collapse or not do not promise.
    """
    _check(level)
    n = len(values)
    if n == 0:
        return None
    mean = math.fsum(values) / n
    if n == 1:
        return Interval(mean=mean, low=None, high=None, n=1)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
    half = t_quantile((1 + level) / 2, n - 1) * deviation / math.sqrt(n)
    return Interval(mean=mean, low=mean - half, high=mean + half, n=n)


def wilson(right: int, n: int, *, level: float = 0.95) -> Interval | None:
    """The share `right` of `n` with Wilson's score interval; None for no observations. Source: Wilson 1927.

    Raises: BadInput unless 0 <= right <= n.
    """
    _check(level)
    if not 0 <= right <= n:
        raise BadInput(f"wilson({right}, {n}): of n observations 0 to n are right.")
    if n == 0:
        return None
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = right / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Interval(mean=share, low=0.0 if right == 0 else middle - half, high=1.0 if right == n else middle + half, n=n)


def t_quantile(p: float, degrees: int) -> float:
    """The value below which Student's t with so many degrees of freedom lies with probability `p`, to within 1e-10.

    Found by halving from the finite sums for a whole number of degrees (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4).
    Raises: BadInput unless 0 < p < 1 and there is at least 1 degree of freedom.
    """
    if not 0 < p < 1 or degrees < 1:
        raise BadInput(f"t_quantile({p}, {degrees}): p lies between 0 and 1, and there is at least 1 degree of freedom.")
    if p < 0.5:
        return -t_quantile(1 - p, degrees)
    low, high = 0.0, 1.0
    while _inside(high, degrees) < 2 * p - 1:
        low, high = high, 2 * high
    while high - low > 1e-11 * max(1.0, high):
        middle = (low + high) / 2
        low, high = (middle, high) if _inside(middle, degrees) < 2 * p - 1 else (low, middle)
    return (low + high) / 2


def _inside(t: float, degrees: int) -> float:
    """How likely Student's t lies between -t and t."""
    angle = math.atan(t / math.sqrt(degrees))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = degrees % 2 == 1
    term, total = (cosine, 0.0) if odd else (1.0, 0.0)
    for at in range(degrees // 2):
        total += term
        term *= cosine * cosine * ((2 * at + 2) / (2 * at + 3) if odd else (2 * at + 1) / (2 * at + 2))
    return 2 / math.pi * (angle + sine * total) if odd else sine * total


def _check(level: float) -> None:
    if not 0 < level < 1:
        raise BadInput(f"level={level}: a level lies between 0 and 1, as in 0.95.")
