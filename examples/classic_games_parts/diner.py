"""Diner's dilemma: the bill is split, so the costly dish pays for each, and for nobody when all order it.

Source: Glance & Huberman 1994, The dynamics of social dilemmas.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from gamemaster import ActionSpec, OneOf, action
from gamemaster.examples.classic_games_parts.joint_game import JointGame

__all__ = ["COSTLY", "PLAIN", "Diner"]

COSTLY, PLAIN = "the costly dish", "the plain dish"
PRICES = {COSTLY: 20, PLAIN: 10}
WORTH = {COSTLY: 20, PLAIN: 15}
"""Prices and joys are ours; they are a dilemma for more than two: alone one would order the plain dish (5 against 0)."""


class Diner(JointGame):
    """What a dish is worth, less an equal part of the bill of all who ordered.

    Equilibrium: the costly dish is dominant wherever its 5 more in worth exceed its 10 more in price split by all; with two
    people the two are worth the same, and `answer_of` is the plain dish, best for both.
    """

    title: ClassVar[str] = "diner"

    @action(together=True)
    def order_dish(self, dish: dict[str, Annotated[str, OneOf((COSTLY, PLAIN))]]) -> str:
        """Order the costly dish or the plain one; the bill is split equally."""
        bill = sum(PRICES[each] for each in dish.values())
        self.settled(dish, {name: WORTH[each] - bill / len(dish) for name, each in dish.items()})
        self.measure("costly share", list(dish.values()).count(COSTLY) / len(dish) if dish else None)
        return f"{self.told()} The bill is {bill}."

    def rules(self) -> str:
        return (
            f"{len(self.names)} people eat together and split the bill equally. {COSTLY.capitalize()} costs {PRICES[COSTLY]} and "
            f"is worth {WORTH[COSTLY]} to whoever eats it; {PLAIN} costs {PRICES[PLAIN]} and is worth {WORTH[PLAIN]}. "
            "What one gets is the worth of one's dish less one's part of the bill. Who orders nothing pays nothing."
        )

    def asked(self) -> dict[str, ActionSpec]:
        spec = ActionSpec.of(Diner.order_dish, "Which dish does {name} order?", tag=f"order {self.repeated.round}")
        return dict.fromkeys(self.names, spec)

    def leanings(self) -> list[str]:
        return [f"order {PLAIN}", f"order {COSTLY}"]

    def answer_of(self, name: str) -> str:
        gain = WORTH[COSTLY] - WORTH[PLAIN]
        return COSTLY if gain * len(self.names) > PRICES[COSTLY] - PRICES[PLAIN] else PLAIN

    def reply_of(self, name: str) -> str | None:
        return None if self.others_last(name) is None else self.answer_of(name)

    def known(self, name: str) -> dict[str, Any]:
        return {"options": [PLAIN, COSTLY]}
