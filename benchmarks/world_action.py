"""What one action costs, in a small world and in a large one: it should not depend on the world's size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from annotated_types import Ge

from benchmarks.measurement import Measurement, at_most
from benchmarks.timing import best_cpu_seconds
from gamemaster import Person, World, action, conserved
from gamemaster.words import ActionCall
from gamemaster.world import Refused

__all__ = ["world_action"]

_MOST_MICROSECONDS = 50
_MOST_GROWTH = 1.5


class Bank(World):
    """Accounts, and payments between them."""

    coins: dict[str, int]
    laws = [conserved("coins")]

    @action
    def pay(self, actor: Person, to: Person, count: Annotated[int, Ge(1)]) -> str:
        """Pay somebody."""
        if self.coins[actor] < count:
            self.refuse(f"{actor} has only {self.coins[actor]} coins")
        self.coins[actor] -= count
        self.coins[to] += count
        return f"{actor} pays {to} {count} coins."


def world_action(quick: bool) -> Iterator[Measurement]:
    """Microseconds of one payment under a law of conservation, at 10, 1,000 and 100,000 accounts."""
    sizes = (10, 100) if quick else (10, 1_000, 100_000)
    costs = {size: _microseconds(size, 20 if quick else 5_000, 1 if quick else 5) for size in sizes}
    for size, cost in costs.items():
        yield Measurement(what=f"{size:,} entries", value=cost, unit="us / action", target=at_most(_MOST_MICROSECONDS))
    yield Measurement(
        what=f"{sizes[-1]:,} entries against {sizes[0]:,}",
        value=costs[sizes[-1]] / costs[sizes[0]],
        unit="times",
        target=at_most(_MOST_GROWTH),
    )


def _microseconds(size: int, actions: int, tries: int) -> float:
    names = [f"p{at:06d}" for at in range(size)]
    bank = Bank(coins=dict.fromkeys(names, 10))
    bank.prepare(seed=1, people=names)
    there = ActionCall(action="pay", arguments={"to": names[-1], "count": 2})
    back = ActionCall(action="pay", arguments={"to": names[0], "count": 2})

    def pay() -> None:
        for _ in range(actions // 2):
            bank.apply(there, actor=names[0])
            bank.apply(back, actor=names[-1])

    if isinstance(outcome := bank.apply(there, actor=names[0]), Refused):
        raise AssertionError(outcome.reason)
    bank.apply(back, actor=names[-1])
    return best_cpu_seconds(lambda: pay, tries=tries) / actions * 1e6
