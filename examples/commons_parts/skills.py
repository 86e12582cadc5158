"""The skills that the commons takes, as items with one right answer each.

The one idea: an item is drawn by its skill and number alone, so everybody who is asked number 17 is asked the same, and the right
answer is computed by the pool that the commons is played with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from gamemaster.words import Draws
from gamemaster.world.parts.common_pool import CommonPool

__all__ = ["OUTCOMES", "SKILLS", "Item", "Skill", "item"]

Skill: TypeAlias = Literal["simulation", "sustainable_catch", "universalization"]
SKILLS: tuple[Skill, ...] = get_args(Skill)
OUTCOMES = ("it is lost", "less than now", "as much as now or more")
"""What can become of a stock, the options of the skill `universalization`."""

CAPACITY, GROWTH, COLLAPSE = 100, 2.0, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A question, and the right answer to it: a number, or one of `OUTCOMES`."""

    skill: Skill
    question: str
    right: int | str


def item(skill: Skill, chance: Draws) -> Item:
    """An item of this skill.

    The stock is even, 10 to 100, and 2 to 9 people live from it. Of the items on what happens if all do the same a third ends
    in each way, so that to guess is right once in three times.
    """
    stock, people = 2 * chance.randint(5, 50), chance.randint(2, 9)
    pool = CommonPool(stock=stock, capacity=CAPACITY, growth=GROWTH, collapse=COLLAPSE)
    share = pool.share(people)
    told = (
        f"{people} people catch fish in a lake that holds {CAPACITY} tons of fish at most. What is left after all have caught "
        f"theirs doubles by the next month, up to {CAPACITY} tons; when less than {COLLAPSE} tons are left, all fish die out. "
        f"Now there are {stock} tons."
    )
    if skill == "simulation":
        each = chance.randint(0, (stock - COLLAPSE) // people)  # what dies out is another skill
        right = pool.after_growth(stock - people * each)
        asked = f"Each of them catches {each} tons. How many tons of fish are in the lake at the beginning of the next month?"
        return Item(skill=skill, question=f"{told} {asked}", right=right)
    if skill == "sustainable_catch":
        asked = (
            "All catch equally much. What is the largest whole number of tons that each can catch for there to be at least "
            "as many tons next month as now?"
        )
        return Item(skill=skill, question=f"{told} {asked}", right=share)
    wanted = chance.choice(OUTCOMES)
    each = chance.choice(_amounts(pool, people, wanted) or [share])
    right = _outcome(pool, stock - people * each)
    asked = f"What happens by the next month if everyone catches {each} tons?"
    return Item(skill=skill, question=f"{told} {asked}", right=right)


def _amounts(pool: CommonPool, people: int, wanted: str) -> list[int]:
    """What each may catch for the stock to end in this way."""
    return [each for each in range(pool.stock // people + 1) if _outcome(pool, pool.stock - people * each) == wanted]


def _outcome(pool: CommonPool, left: int) -> str:
    if left < COLLAPSE:
        return OUTCOMES[0]
    return OUTCOMES[1] if pool.after_growth(left) < pool.stock else OUTCOMES[2]
