"""Standing offers: one that no longer stands is refused, and the reason says what became of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster import Person, World, action
from gamemaster.words import ActionCall
from gamemaster.world import Applied, Refused
from gamemaster.world.parts.standing_offers import StandingOffers


class Fair(World):
    """Ann and Bob offer one another amounts."""

    offers: StandingOffers

    @action
    def put(self, actor: Person, amount: float) -> str:
        """Offer an amount."""
        self.offers.make(actor, self.other(actor), amount)
        return "put"

    @action
    def accept(self, actor: Person) -> str:
        """Accept."""
        return f"accepted {self.offers.accept(self.other(actor), actor).amount:g}"

    @action
    def reject(self, actor: Person) -> str:
        """Reject."""
        return f"rejected {self.offers.reject(self.other(actor), actor).amount:g}"

    @action
    def withdraw(self, actor: Person) -> str:
        """Withdraw."""
        return f"withdrew {self.offers.withdraw(actor, self.other(actor)).amount:g}"

    @action
    def wait(self, actor: Person) -> str:
        """Let the time of all offers pass."""
        return f"{len(self.offers.lapse())} lapsed"

    def other(self, name: str) -> str:
        return "Bob" if name == "Ann" else "Ann"


def fair() -> Fair:
    made = Fair(offers=StandingOffers())
    made.prepare(seed=0, people=["Ann", "Bob"])
    return made


def do(world: Fair, who: str, what: str, **arguments: Any) -> str:
    """What came of it: the sentence, or the reason of the refusal."""
    done = world.apply(ActionCall(action=what, arguments=arguments), actor=who)
    assert isinstance(done, Applied | Refused)
    return (done.text if isinstance(done, Applied) else done.reason) or ""


def heard(world: Fair) -> None:
    world.run_hook("end_of_step")


def test_what_stands_can_be_accepted_once() -> None:
    world = fair()
    do(world, "Ann", "put", amount=40)
    heard(world)
    assert do(world, "Bob", "accept") == "accepted 40"
    assert "Ann's offer of 40 to Bob no longer stands: it has been accepted already" in do(world, "Bob", "accept")
    assert "accepted already" in do(world, "Ann", "withdraw")


@pytest.mark.parametrize("answer", ["accept", "reject"])
@pytest.mark.parametrize(
    ("who", "what", "reason"),
    [
        ("Ann", "withdraw", "Ann has withdrawn it"),
        ("Bob", "reject", "it has been rejected"),
        ("Ann", "wait", "its time is over"),
    ],
)
def test_what_no_longer_stands_is_refused_with_the_reason(answer: str, who: str, what: str, reason: str) -> None:
    world = fair()
    do(world, "Ann", "put", amount=40)
    heard(world)
    do(world, who, what)
    before = world.model_dump()
    assert do(world, "Bob", answer) == f"Ann's offer of 40 to Bob no longer stands: {reason}"
    assert world.model_dump() == before


def test_a_replaced_offer_is_not_accepted_unheard() -> None:
    world = fair()
    do(world, "Ann", "put", amount=40)
    heard(world)
    do(world, "Ann", "put", amount=10)
    assert do(world, "Bob", "accept") == "Ann's offer of 40 to Bob no longer stands: Ann has replaced it"
    heard(world)
    assert do(world, "Bob", "accept") == "accepted 10"
    assert [each.fate for each in world.offers.made] == ["replaced", "accepted"]


def test_nobody_accepts_what_was_not_offered() -> None:
    world = fair()
    assert do(world, "Bob", "accept") == "Ann has made Bob no offer"
    do(world, "Ann", "put", amount=40)
    assert do(world, "Bob", "accept") == "Ann has made Bob no offer"  # as far as Bob can know
    heard(world)
    assert do(world, "Ann", "accept") == "Bob has made Ann no offer"
    assert world.offers.last("Ann", "Bob") is not None
    assert world.offers.last("Bob", "Ann") is None


def test_offers_both_ways_stand_side_by_side() -> None:
    world = fair()
    do(world, "Ann", "put", amount=40)
    do(world, "Bob", "put", amount=55)
    heard(world)
    assert do(world, "Ann", "accept") == "accepted 55"
    assert do(world, "Bob", "accept") == "accepted 40"


moves = st.tuples(st.sampled_from(["Ann", "Bob"]), st.sampled_from(["put", "accept", "reject", "withdraw", "wait", "heard"]))


@given(st.lists(moves, max_size=25))
def test_each_offer_has_one_fate_and_at_most_one_stands(course: list[tuple[str, str]]) -> None:
    world = fair()
    fates: dict[int, str] = {}
    for number, (who, what) in enumerate(course):
        if what == "heard":
            heard(world)
        else:
            do(world, who, what, **({"amount": number} if what == "put" else {}))
        for offer in world.offers.made:
            assert fates.get(offer.number, "stands") in ("stands", offer.fate)  # what has ended stays as it ended
            fates[offer.number] = offer.fate
        for one, other in (("Ann", "Bob"), ("Bob", "Ann")):
            assert sum((each.by, each.to, each.fate) == (one, other, "stands") for each in world.offers.made) <= 1
    assert [each.number for each in world.offers.made] == list(range(1, len(world.offers.made) + 1))
