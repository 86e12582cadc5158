"""Haggling: two take turns to make an offer, which the other accepts or not; of what, the games made from it say.

The one idea: what is said is heard and changes nothing; only an offer and its answer do, and an answer counts for an offer
that stands. A stage is words, an offer, an answer; its end is the world's to see, since an offer or an answer may fail to come.
"""

from __future__ import annotations

from typing import Literal

from gamemaster import Person, World, action
from gamemaster.words import Event, JsonValue
from gamemaster.world.parts.ledger import Ledger, in_units
from gamemaster.world.parts.standing_offers import Offer, StandingOffers
from gamemaster.world.parts.taking_turns import TakingTurns

__all__ = ["LONGEST", "Haggling"]

LONGEST = 99
"""After how many stages a game without a last stage is given up; nobody is told. As in the published games."""


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
    made_in_stage: int = 0
    """How many offers this stage has seen; one may be replaced, once."""
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
    def proposer(self) -> str:
        """Who makes the offer of this stage."""
        return self.turns.whose()

    def other(self, name: str) -> str:
        """The one whom this player faces."""
        return self.names[1] if name == self.names[0] else self.names[0]

    def _make(self, actor: str, amount: float) -> None:
        self.made_in_stage += 1
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
        self.spoken = self.made_in_stage = 0
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
