"""JointMove and Repeated: moves in, payoffs out, and rounds that can be looked back on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gamemaster.words import ActionCall, Person
from gamemaster.world import Applied, World, action
from gamemaster.world.parts.joint_move import JointMove
from gamemaster.world.parts.repeated import Repeated


class Table(World):
    joint: JointMove
    repeated: Repeated

    @action(together=True)
    def bid(self, amount: dict[str, int]) -> str:
        """Bid."""
        self.joint.settle(amount, {name: float(each) / 2 for name, each in amount.items()})
        return self.joint.told(["Ann", "Bob", "Cleo"])

    @action
    def close(self, actor: Person) -> str:
        """Close the round."""
        partners = {"Ann": "Bob", "Bob": "Ann"} if self.repeated.round % 2 else {"Ann": "Cleo", "Cleo": "Ann"}
        self.repeated.note(self.joint.moves, self.joint.payoffs, partners)
        return "Closed."


def table(*rounds: dict[str, int], most: int = 3) -> Table:
    world = Table(joint=JointMove(), repeated=Repeated(rounds=most))
    world.prepare(seed=0, people=["Ann", "Bob", "Cleo"])
    for moves in rounds:
        world.apply_together("bid", {name: {"amount": amount} for name, amount in moves.items()})
        world.apply(ActionCall(action="close"), actor="Ann")
    return world


def test_a_joint_move_is_paid_told_and_put_on_record() -> None:
    world = Table(joint=JointMove(), repeated=Repeated())
    world.prepare(seed=0, people=["Ann", "Bob", "Cleo"])
    outcome = world.apply_together("bid", {"Ann": {"amount": 3}, "Bob": {"amount": 0}})
    assert isinstance(outcome, Applied)
    assert outcome.text == "Ann 3 (gets 1.5), Bob 0 (gets 0), Cleo no answer"
    assert dict(outcome.measures) == {"move of Ann": 3, "move of Bob": 0, "payoff of Ann": 1.5, "payoff of Bob": 0.0}
    assert world.joint.told(["Ann"], payoffs=False) == "Ann 3"
    assert (world.joint.earned("Ann"), world.joint.earned("Cleo")) == (1.5, 0)


def test_meetings_are_those_of_a_player_or_of_two() -> None:
    world = table({"Ann": 1, "Bob": 2}, {"Ann": 3}, {"Ann": 5, "Bob": 6, "Cleo": 7})
    assert [tuple(each) for each in world.repeated.meetings("Ann")] == [
        (1, "Bob", 1, 2, 0.5),
        (2, "Cleo", 3, None, 1.5),
        (3, "Bob", 5, 6, 2.5),
    ]
    assert [each.round for each in world.repeated.meetings("Ann", "Bob")] == [1, 3]
    assert [tuple(each) for each in world.repeated.meetings("Cleo")] == [(2, "Ann", None, 3, 0.0)]
    assert world.repeated.meetings("Bob", "Cleo") == []
    assert world.repeated.moves_of("Bob") == [2, None, 6]


def test_it_is_over_after_its_last_round() -> None:
    assert Repeated().last is None
    world = table({"Ann": 1}, {}, most=3)
    assert (world.repeated.round, world.repeated.over()) == (3, None)
    assert table({}, {}, {}).repeated.over() == "round 3 is over"


@given(st.lists(st.dictionaries(st.sampled_from(["Ann", "Bob", "Cleo"]), st.integers(-9, 9)), max_size=6))
def test_what_is_earned_is_the_sum_over_the_rounds(rounds: list[dict[str, int]]) -> None:
    world = table(*rounds, most=9)
    assert len(world.repeated.past) == len(rounds)
    for name in ("Ann", "Bob", "Cleo"):
        assert world.joint.earned(name) == sum(each.payoffs.get(name, 0) for each in world.repeated.past)
