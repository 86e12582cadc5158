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
    assert (world.offers.count, world.offers.last("Ann", "Bob").fate) == (2, "accepted")  # type: ignore[union-attr]


def test_what_is_replaced_twice_in_a_step_is_what_was_heard() -> None:
    world = fair()
    do(world, "Ann", "put", amount=40)
    heard(world)
    for amount in (10, 5):
        do(world, "Ann", "put", amount=amount)
    assert do(world, "Bob", "reject") == "Ann's offer of 40 to Bob no longer stands: Ann has replaced it"
    heard(world)
    assert do(world, "Bob", "accept") == "accepted 5"


def test_one_withdrawn_before_it_was_heard_of_never_was() -> None:
    world = fair()
    do(world, "Ann", "put", amount=40)
    assert do(world, "Ann", "withdraw") == "withdrew 40"
    assert "no offer" in do(world, "Bob", "accept")
    assert "Ann has withdrawn it" in do(world, "Ann", "withdraw")


def test_nobody_accepts_what_was_not_offered() -> None:
    world = fair()
    assert do(world, "Bob", "accept") == "Ann has made Bob no offer that Bob could know of"
    do(world, "Ann", "put", amount=40)
    assert do(world, "Bob", "accept") == "Ann has made Bob no offer that Bob could know of"  # as far as Bob can know
    heard(world)
    assert do(world, "Ann", "accept") == "Bob has made Ann no offer that Ann could know of"
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
def test_an_answer_counts_for_what_stands_and_was_heard_and_for_nothing_else(course: list[tuple[str, str]]) -> None:
    """The part against a plain list of what was offered."""
    world = fair()
    made: list[dict[str, Any]] = []

    def standing(by: str) -> dict[str, Any] | None:
        return next((each for each in made if each["by"] == by and each["fate"] == "stands"), None)

    for number, (who, what) in enumerate(course):
        if what == "heard":
            heard(world)
            for each in made:
                each["heard"] = True
            continue
        done = do(world, who, what, **({"amount": number} if what == "put" else {}))
        if what == "put":
            if (before := standing(who)) is not None:
                before["fate"] = "replaced"
            made.append({"by": who, "amount": number, "fate": "stands", "heard": False})
        elif what == "wait":
            for each in made:
                each["fate"] = "over" if each["fate"] == "stands" else each["fate"]
        else:
            of = who if what == "withdraw" else world.other(who)
            offer = standing(of)
            if offer is not None and (what == "withdraw" or offer["heard"]):
                offer["fate"] = what
                assert done.endswith(f" {offer['amount']}")
            else:
                assert "no longer stands" in done or "no offer" in done
        for one, other in (("Ann", "Bob"), ("Bob", "Ann")):
            now, expected = world.offers.standing(one, other), standing(one)
            assert (now and now.amount) == (expected and expected["amount"])
    assert world.offers.count == len(made)
