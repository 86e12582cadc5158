"""The truel and its like: who shoots whom when shots are fired in turn, and how likely each is to be the last.

The one idea: who is left shrinks with every hit, so the game is solved for the smaller circles first. Within one circle misses
lead back to where one was; its values are a linear cycle with a closed form, and the targets are changed one shooter at a time
until nobody can do better by another target, or by missing on purpose.

Source: Kilgour 1975, The sequential truel. Where several targets are as good, the best shooter among them is taken, and a
shot rather than a miss.
"""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

__all__ = ["solve"]

Rates: TypeAlias = tuple[float, ...]
_SAME = 1e-12


@cache
def solve(rates: Rates) -> tuple[tuple[int | None, ...], tuple[tuple[float, ...], ...]]:
    """For a circle of shooters with these hit rates, in the order in which they shoot: targets, and chances.

    The first is whom each shoots at in its turn, None for a miss on purpose; the second, by whose turn it is, the
    probability of each to be the last. Shots go on without end; where all miss on purpose for ever, nobody is the last.
    Only the circle as it stands counts, not what was done before (a stationary equilibrium).
    """
    count = len(rates)
    if count == 1:
        return (None,), ((1.0,),)
    after = {(at, target): _after_hit(rates, at, target) for at in range(count) for target in range(count) if target != at}
    targets: list[int | None] = [
        max((other for other in range(count) if other != at), key=lambda o: (rates[o], -o)) for at in range(count)
    ]
    for _ in range(200):
        changed = False
        for at in range(count):
            chances = _chances(rates, targets, after)
            missed = chances[(at + 1) % count][at]
            options: list[tuple[float, float, int | None]] = [(missed, -1.0, None)]
            for other in range(count):
                if other != at:
                    worth = rates[at] * after[at, other][at] + (1 - rates[at]) * missed
                    options.append((worth, rates[other], other))
            best = max(worth for worth, _, _ in options)
            chosen = max((each for each in options if each[0] >= best - _SAME), key=lambda each: each[1])[2]
            present = next(worth for worth, _, other in options if other == targets[at])
            if chosen != targets[at] and best > present + _SAME:
                targets[at] = chosen
                changed = True
        if not changed:
            break
    return tuple(targets), tuple(_chances(rates, targets, after))


def _after_hit(rates: Rates, at: int, target: int) -> tuple[float, ...]:
    """The chances of all, in the order of the circle as it was, when `at` has hit `target` and the next one shoots."""
    left = [each for each in range(len(rates)) if each != target]
    following = (at + 1) % len(rates)
    if following == target:
        following = (target + 1) % len(rates)
    _, chances = solve(tuple(rates[each] for each in left))
    found = [0.0] * len(rates)
    for each, chance in zip(left, chances[left.index(following)], strict=True):
        found[each] = chance
    return tuple(found)


def _chances(rates: Rates, targets: list[int | None], after: dict[tuple[int, int], tuple[float, ...]]) -> list[tuple[float, ...]]:
    """The chances of all, by whose turn it is, when everybody keeps to these targets."""
    count = len(rates)
    hits = [0.0 if target is None else rates[at] for at, target in enumerate(targets)]
    once, left = [0.0] * count, 1.0  # what a turn around the circle brings, and how likely nobody is hit in it
    for at, target in enumerate(targets):
        if target is not None:
            once = [sum_ + left * hits[at] * chance for sum_, chance in zip(once, after[at, target], strict=True)]
        left *= 1 - hits[at]
    value = [each / (1 - left) if left < 1 else 0.0 for each in once]
    found: list[tuple[float, ...]] = [()] * count
    for at in reversed(range(count)):
        target = targets[at]
        if target is not None:
            value = [hits[at] * hit + (1 - hits[at]) * miss for hit, miss in zip(after[at, target], value, strict=True)]
        found[at] = tuple(value)
    return found
