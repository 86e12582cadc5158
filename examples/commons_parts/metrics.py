"""The metrics of the commons, from a run's archive alone.

Piatti et al. 2024, section 2.2, define survival, gain, efficiency, equality and over-usage. A run that was stopped before it was
decided has no survival time, survival or efficiency: they are None.

`agreement_kept` is ours. After every discussion each of those who took part is asked in private, without a trace, how much the
group agreed that each may take (a number; -1 for none). What more than half of them name is the agreement for the next
round; kept is the share of the answers of the rounds with an agreement that asked for no more than that (with a burden: that bore
no less). Nothing is read off what was said. It is None when nothing was ever agreed on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from gamemaster import Run
from gamemaster.examples.commons_parts.world import Commons
from gamemaster.words import JsonValue
from gamemaster.world.parts.common_pool import CommonPool

__all__ = ["AGREEMENT", "figures"]

AGREEMENT = "agreement"
"""The name of the probe."""


def figures(run: Run, *, rounds: int, capacity: int, growth: float, collapse: int) -> dict[str, JsonValue]:
    """The metrics by name; lists are by round or in agent order."""
    before, after = _values(run, "stock before"), _values(run, "stock after")
    gains = [(_values(run, f"gain of {name}") or [0])[-1] for name in run.agents]
    over, played = sum(_values(run, "over-usage")), sum(_values(run, "played"))
    lost = next((at for at, stock in enumerate(after, 1) if stock < collapse), None)
    decided = lost is not None or len(after) == rounds
    best = rounds * CommonPool(stock=capacity, capacity=capacity, growth=growth).sustainable()
    total, count = sum(gains), len(gains)
    apart = sum(abs(mine - other) for mine in gains for other in gains)
    points, adoptions = _values(run, "points spent"), _values(run, "adoptions")
    agreements, kept = _agreements(run)
    return {
        "survival_time": lost if lost is not None else rounds if decided else None,
        "survived": lost is None if decided else None,
        "gain": list(gains),
        "efficiency": 1 - max(0, best - total) / best if decided and best else None,
        "equality": 1 - apart / (2 * count * total) if total else None,
        "over_usage": over / played if played else None,
        "stock_before": list(before),
        "stock_after": list(after),
        "agreements": agreements,
        "agreement_kept": kept,
        "points_spent": sum(points) if points else None,
        "adoptions": adoptions[-1] if adoptions else None,
    }


def _agreements(run: Run) -> tuple[int | None, float | None]:
    """How many discussions ended with an agreement (None without discussions), and how far what was agreed on was kept."""
    named: dict[int, list[int]] = {}
    for step, answer in run.answers(AGREEMENT):
        named.setdefault(step, []).append(-1 if answer.failure is not None else int(answer.answer))
    if not named:
        return None, None
    agreed = {step: _majority(numbers) for step, numbers in named.items()}
    agreements = {step: number for step, number in agreed.items() if number is not None}
    deeds = _deeds(run)
    kept: list[bool] = []
    for step, number in agreements.items():
        following = min((each for each in deeds if each > step), default=None)
        if following is not None:
            action, answers = deeds[following]
            kept += [each <= number if action == Commons.harvest.__name__ else each >= number for each in answers]
    return len(agreements), sum(kept) / len(kept) if kept else None


def _majority(numbers: Sequence[int]) -> int | None:
    number, count = Counter(numbers).most_common(1)[0]
    return number if number >= 0 and 2 * count > len(numbers) else None


def _deeds(run: Run) -> Mapping[int, tuple[str, list[int]]]:
    """What was asked of the pool, by step: the action, and the valid answers."""
    found: dict[int, tuple[str, list[int]]] = {}
    for attempt in run.archive.attempts():
        action = attempt.spec.action
        if action in ("harvest", "bear_load") and not attempt.failed:
            answers = found.setdefault(attempt.step, (action, []))[1]
            answers += [int(value) for value in attempt.answer.values()]
    return found


def _values(run: Run, name: str) -> list[int]:
    return [int(str(measure.value)) for _, measure in run.archive.measures(name)]
