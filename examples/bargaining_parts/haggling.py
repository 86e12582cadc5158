"""Haggling: two take turns to make an offer, which the other accepts or not; dividing a pot, and agreeing on a price.

The one idea: what is said is heard and changes nothing; only an offer and its answer do, and an answer counts for an offer
that stands. A stage is words, an offer, an answer; its end is the world's to see, since an offer or an answer may fail to come.
"""

from __future__ import annotations

from math import fsum
from typing import Annotated, Literal

from gamemaster import Between, Person, World, action, invariant
from gamemaster.words import Event, JsonValue
from gamemaster.world.parts.ledger import Ledger, in_units
from gamemaster.world.parts.standing_offers import Offer, StandingOffers
from gamemaster.world.parts.taking_turns import TakingTurns

__all__ = ["LONGEST", "Haggling", "Negotiation", "PotDivision"]

LONGEST = 99
"""After how many stages a game without a last stage is given up; nobody is told. As in the published games."""

POT = "the pot"


class Haggling(World):
    """Whose turn it is, what is offered, and whether the two have agreed."""

    names: list[str]
    money: Ledger
    offers: StandingOffers
    turns: TakingTurns
    horizon: int | None
    """The last stage as the players know it."""
    speakers: int = 0
    """How many speak before an offer: nobody, the proposer, or both."""
    phase: Literal["words", "offer", "answer"] = "words"
    spoken: int = 0
    answering: int = 0
    """The number of the offer that is being answered."""
    agreed: bool = False
    ended: str | None = None

    def start(self) -> None:
        """The first stage begins."""
        self._begin_stage()

    # --- the moves that are common to both games ---

    @action(when="may_answer")
    def accept_offer(self, actor: Person) -> str:
        """Accept the offer that the other has made."""
        offer = self.offers.accept(self.proposer, actor)
        self.agreed = True
        self.measure("agreement stage", self.turns.turn)
        said = self._settle(offer)
        for name in self.names:
            self.measure(f"gain of {name}", self.money.balance(name))
        self.ended = f"they agree in stage {self.turns.turn}"
        return said

    @action(when="may_answer")
    def reject_offer(self, actor: Person) -> str:
        """Reject the offer that the other has made."""
        offer = self.offers.reject(self.proposer, actor)
        return f"{actor} rejects {offer.by}'s offer of {in_units(offer.amount)}."

    @action(when="may_withdraw")
    def withdraw_offer(self, actor: Person) -> str:
        """Take back the offer that one has made."""
        offer = self.offers.withdraw(actor, self.other(actor))
        return f"{actor} withdraws the offer of {in_units(offer.amount)}."

    @action(when="may_withdraw")
    def let_offer_stand(self, actor: Person) -> str:
        """Leave the offer that one has made as it is."""
        return f"{actor} lets the offer stand."

    def may_offer(self, actor: str) -> bool:
        return self.ended is None and actor == self.proposer and self.phase != "words" and self.made_in_stage < 2

    def may_answer(self, actor: str) -> bool:
        return actor in self.names and actor != self.proposer

    def may_withdraw(self, actor: str) -> bool:
        return actor == self.proposer and self.phase == "answer"

    @property
    def made_in_stage(self) -> int:
        """How many offers this stage has seen; one may be replaced, once."""
        return sum(each.turn == self.turns.turn for each in self.offers.made)

    @property
    def proposer(self) -> str:
        """Who makes the offer of this stage."""
        return self.turns.whose()

    def other(self, name: str) -> str:
        """The one whom this player faces."""
        return self.names[1] if name == self.names[0] else self.names[0]

    def _make(self, actor: str, amount: float) -> None:
        self.offers.make(actor, self.other(actor), amount, turn=self.turns.turn)
        self.measure(f"offer of {actor}", amount)

    def _settle(self, offer: Offer) -> str:
        raise NotImplementedError

    def _part(self) -> None:
        """What happens when they part without an agreement."""

    # --- stages ---

    def end_of_step(self) -> str | None:
        """The next phase of the stage, or the next stage, or the end."""
        if self.ended is not None:
            return None
        stands = self.offers.standing(self.proposer, self.other(self.proposer))
        if self.phase == "words":
            self.spoken += 1
            if self.spoken >= self.speakers:
                self.phase = "offer"
        elif stands is not None and stands.number != self.answering:
            self.phase, self.answering = "answer", stands.number
        else:
            return self._end_stage()
        return None

    def _end_stage(self) -> str | None:
        self.offers.lapse()
        stage = self.turns.turn
        self.turns.advance()
        if self.turns.is_over:
            return self._end(f"there is no agreement by stage {stage}")
        self._begin_stage()
        return None

    def _begin_stage(self) -> None:
        self.spoken = 0
        self.phase = "words" if self.speakers else "offer"

    def _end(self, reason: str) -> str:
        self._part()
        for name in self.names:
            self.measure(f"gain of {name}", self.money.balance(name))
        self.ended = reason
        return f"It is over: {reason}."

    def over(self) -> str | None:
        return self.ended

    # --- what is seen ---

    def witnesses(self, event: Event) -> set[str]:
        return set(self.names)

    def perceive(self, name: str) -> str:
        of = f" of {self.horizon}" if self.horizon is not None else ""
        lines = [f"It is stage {self.turns.turn}{of}."]
        offer = self.offers.standing(self.proposer, self.other(self.proposer))
        lines.append(self._told(offer, name) if offer is not None else f"It is {self.proposer}'s turn to make an offer.")
        return "\n".join(lines)

    def _told(self, offer: Offer, name: str) -> str:
        raise NotImplementedError

    def perceive_data(self, name: str) -> dict[str, JsonValue]:
        offer = self.offers.standing(self.proposer, self.other(self.proposer))
        return {
            "stage": self.turns.turn,
            "last": self.horizon,
            "player": self.names.index(name),
            "proposer": self.proposer,
            "phase": self.phase,
            "offer": None if offer is None else offer.amount,
        }


class PotDivision(Haggling):
    """Dividing a pot that is worth less to each with every stage that passes."""

    pot: float
    discounts: dict[str, float]
    informed: bool

    @action(when="may_offer")
    def propose_division(self, actor: Person, to_other: Annotated[float, Between(0, "pot")]) -> str:
        """Offer the other an amount of the pot, and keep the rest."""
        self._make(actor, to_other)
        rest = in_units(self.pot - to_other)
        return f"{actor} offers {self.other(actor)} {in_units(to_other)} of the {in_units(self.pot)} and would keep {rest}."

    def _settle(self, offer: Offer) -> str:
        shares = {offer.to: offer.amount, offer.by: self.pot - offer.amount}
        self.money.book(POT, -self.pot, "divided")
        worth: list[str] = []
        for name, share in shares.items():
            self.money.book(name, share, "share of the pot")
            left = share * self.discounts[name] ** (self.turns.turn - 1)
            self.money.book(name, left - share, "lost by waiting")
            self.measure(f"share of {name}", share)
            worth.append(f"{in_units(share)} for {name} (worth {in_units(left)} now)")
        return f"{offer.to} accepts: {', '.join(worth)}."

    def _told(self, offer: Offer, name: str) -> str:
        for_other, for_self = in_units(offer.amount), in_units(self.pot - offer.amount)
        return f"{offer.by} offers {offer.to} {for_other} of the {in_units(self.pot)} and would keep {for_self}."

    def perceive_data(self, name: str) -> dict[str, JsonValue]:
        known: dict[str, JsonValue] = {
            each: value for each, value in self.discounts.items() if self.informed or each == name
        }
        return {**super().perceive_data(name), "pot": self.pot, "discounts": known}

    @invariant
    def pot_adds_up(self) -> bool | str:
        """What is in the pot, in the players' hands and lost by waiting is what the pot held at first."""
        lost = -self.money.booked("lost by waiting")
        total = fsum([*self.money.balances.values(), lost])
        if abs(total - self.pot) > 1e-9 * max(1.0, self.pot):
            return f"the pot of {in_units(self.pot)} would have become {in_units(total)}"
        return True


class Negotiation(Haggling):
    """Agreeing on the price of a product that the first of the two has, and each values differently."""

    values: dict[str, float]
    outside: dict[str, float]
    scale: float
    informed: bool
    owner: str
    price: float | None = None

    @action(when="may_offer")
    def name_price(self, actor: Person, price: Annotated[float, Between(0, "ceiling")]) -> str:
        """Name the price at which one would sell, or buy."""
        self._make(actor, price)
        return f"{actor} offers to {'sell' if actor == self.seller else 'buy'} at a price of {in_units(price)}."

    @action(when="may_leave")
    def take_outside_option(self, actor: Person) -> str:
        """Leave, and deal with somebody else."""
        self.offers.lapse()
        said = self._end(f"{actor} leaves in stage {self.turns.turn}")
        return f"{actor} leaves to deal with somebody else. {said}"

    def may_leave(self, actor: str) -> bool:
        return self.ended is None and actor in self.names and actor != self.proposer and self.phase == "answer"

    @property
    def seller(self) -> str:
        """Who has the product at first."""
        return self.names[0]

    @property
    def buyer(self) -> str:
        """Who might want it."""
        return self.names[1]

    def ceiling(self) -> float:
        """The highest price that can be named."""
        return 2 * self.scale

    def _settle(self, offer: Offer) -> str:
        self.price, self.owner = offer.amount, self.buyer
        self.money.book(self.buyer, -offer.amount, "price")
        self.money.book(self.seller, offer.amount, "price")
        self.money.book(self.seller, -self.values[self.seller], "product")
        self.money.book(self.buyer, self.values[self.buyer], "product")
        self.measure("price", offer.amount)
        return f"{offer.to} accepts: {self.seller} sells the product to {self.buyer} for {in_units(offer.amount)}."

    def _part(self) -> None:
        for name in self.names:
            self.money.book(name, self.outside[name], "outside option")

    def _told(self, offer: Offer, name: str) -> str:
        return f"{offer.by} offers to {'sell' if offer.by == self.seller else 'buy'} at a price of {in_units(offer.amount)}."

    def perceive_data(self, name: str) -> dict[str, JsonValue]:
        def known(each: dict[str, float]) -> dict[str, JsonValue]:
            return {key: value for key, value in each.items() if self.informed or key == name}

        return {
            **super().perceive_data(name),
            "values": known(self.values),
            "outside": known(self.outside),
            "scale": self.scale,
        }

    @invariant
    def money_and_product_add_up(self) -> bool | str:
        """The price only changes hands, and the product is where the books say."""
        if abs(self.money.booked("price")) > 1e-9:
            return f"{in_units(self.money.booked('price'))} would come from nowhere"
        sold = self.owner == self.buyer
        worth = self.values[self.buyer] - self.values[self.seller] if sold else 0.0
        if sold != self.agreed or sold != (self.price is not None) or abs(self.money.booked("product") - worth) > 1e-9 * self.scale:
            return f"the product would be {self.owner}'s, and the books say otherwise"
        return True
