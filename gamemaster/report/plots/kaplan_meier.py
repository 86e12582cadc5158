"""kaplan_meier: how many last how long, when some were still going on at the end of what was seen."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist

from gamemaster.words import BadInput

__all__ = ["Survival", "kaplan_meier"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """What is known at `time`: of `at_risk` that had come so far `ended` ended then, and `share` are expected to last longer.

    `low` and `high` bound the share; None where nothing can be said.
    """

    time: float
    at_risk: int
    ended: int
    censored: int
    share: float
    low: float | None
    high: float | None


def kaplan_meier(lasted: Iterable[tuple[float, bool]], *, level: float = 0.95) -> list[Survival]:
    """The product-limit estimate at each time at which something ended or was last seen, in order of time.

    `lasted` are pairs: how long, and whether it ended then (False: it was still going on). What was last seen at a time counts
    as at risk at that time. The bounds are Greenwood's, on the scale of log(-log), so that they stay within 0 and 1.
    Source: Kaplan and Meier 1958; Kalbfleisch and Prentice 1980.
    Raises: BadInput for none, for a time below 0 or not finite, and for a level outside 0 to 1.
    """
    pairs = sorted((float(time), bool(ended)) for time, ended in lasted)
    if not pairs:
        raise BadInput("A survival curve needs at least one run.")
    if not all(math.isfinite(time) and time >= 0 for time, _ in pairs):
        raise BadInput("A survival time is below 0, or no number; times are counted from 0.")
    if not 0 < level < 1:
        raise BadInput(f"level={level}: a level lies between 0 and 1, as in 0.95.")
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, variance, at_risk = 1.0, 0.0, len(pairs)
    found: list[Survival] = []
    for time in sorted({time for time, _ in pairs}):
        ended = sum(each == (time, True) for each in pairs)
        censored = sum(each == (time, False) for each in pairs)
        share *= 1 - ended / at_risk
        if ended < at_risk:
            variance += ended / (at_risk * (at_risk - ended))
        low, high = _bounds(share, variance, z)
        found.append(Survival(time=time, at_risk=at_risk, ended=ended, censored=censored, share=share, low=low, high=high))
        at_risk -= ended + censored
    return found


def _bounds(share: float, variance: float, z: float) -> tuple[float | None, float | None]:
    if share in (0.0, 1.0):  # nothing has ended yet, or nothing is left: Greenwood's formula says nothing
        return None, None
    half = z * math.sqrt(variance) / abs(math.log(share))
    return share ** math.exp(half), share ** math.exp(-half)
