"""World and clock keep the rules of what has a state; for each rule there is one object that breaks it and no other."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from annotated_types import Ge

from gamemaster.agent import Agent, Puppet
from gamemaster.components import Persona, Plan
from gamemaster.simulation.clock import Clock
from gamemaster.simulation.loop import run_plain
from gamemaster.testing import ScriptedModel, StatefulSuite
from gamemaster.words import ActionCall, Person
from gamemaster.world import World, action, conserved


class Market(World):
    """A market with coins that change hands, in an order that counts, and debts that are paid later."""

    coins: dict[str, int]
    shelf: list[str]
    laws = [conserved("coins")]

    @action
    def pay(self, actor: Person, count: Annotated[int, Ge(1)]) -> str:
        """Pay coins to Bob, and the same again an hour later."""
        if self.coins[actor] < count:
            self.refuse(f"{actor} has only {self.coins[actor]} coins")
        self.coins[actor] -= count
        self.coins["Bob"] = self.coins.pop("Bob") + count
        self.shelf.append(f"receipt of {actor}")
        self.later(3600, "pay", count=count)
        return f"{actor} pays {count} coins."


class TestClock(StatefulSuite[Clock]):
    def make(self) -> Clock:
        return Clock()

    def advance(self, part: Clock, move: int) -> None:
        part.set(part.time + 60.5 * (move + 1))


class TestWorld(StatefulSuite[Market]):
    def make(self) -> Market:
        world = Market(coins={"Ann": 20, "Bob": 3, "Cyn": 1}, shelf=[])
        world.prepare(seed=3, people=["Ann", "Bob", "Cyn"])
        return world

    def advance(self, part: Market, move: int) -> None:
        part.set_time(part.now + 1800.0)
        part.due()
        part.apply(ActionCall(action="pay", arguments={"count": 1 + move % 2}), actor="Ann")


class TestPuppet(StatefulSuite[Puppet]):
    def make(self) -> Puppet:
        return Puppet([f"answer {n}" for n in range(20)])

    def advance(self, part: Puppet, move: int) -> None:
        run_plain(Agent("Ann", actor=part).answer("What now?"))


class TestAgent(StatefulSuite[Agent]):
    """Memories, the state of a plan and of an actor."""

    def make(self) -> Agent:
        persona = Persona("Ann bakes.")
        return Agent("Ann", [persona, Plan(given=[persona])], memories=["Bob owes Ann a coin."], model=ScriptedModel())

    def advance(self, part: Agent, move: int) -> None:
        run_plain(part.observe(f"Bob waves for the {move + 1}th time.", speaker="Bob" if move % 2 else None))
        run_plain(part.answer("What now?"))


# --- one that breaks each rule ---


class Diary:
    version = 1

    def __init__(self) -> None:
        self.entries: list[Any] = []
        self.last = ""

    def note(self, move: int) -> None:
        self.entries.append({"move": move})
        self.last = f"move {move}"

    def state(self) -> dict[str, Any]:
        return {"entries": [dict(each) for each in self.entries], "last": self.last}

    def restore(self, state: dict[str, Any]) -> None:
        self.entries = [dict(each) for each in state["entries"]]
        self.last = state["last"]


class DiarySuite(StatefulSuite[Diary]):
    def advance(self, part: Diary, move: int) -> None:
        part.note(move)


class TestDiary(DiarySuite):
    def make(self) -> Diary:
        return Diary()


class VersionNought(Diary):
    version = 0


class TupleInState(Diary):
    def state(self) -> dict[str, Any]:
        return {"entries": tuple(dict(each) for each in self.entries), "last": self.last}


class ForgetsWhenLookedAt(Diary):
    def state(self) -> dict[str, Any]:
        state = super().state()
        self.last = ""
        return state


class ForgetsWhenRestored(Diary):
    def restore(self, state: dict[str, Any]) -> None:
        super().restore(state)
        self.last = ""


class AddsToWhatItHas(Diary):
    def restore(self, state: dict[str, Any]) -> None:
        self.entries += [dict(each) for each in state["entries"]]
        self.last = state["last"]


class GivesOutItsOwn(Diary):
    def state(self) -> dict[str, Any]:
        return {"entries": self.entries, "last": self.last}


class KeepsWhatItIsGiven(Diary):
    def restore(self, state: dict[str, Any]) -> None:
        self.entries, self.last = state["entries"], state["last"]


class TakesFromTheGiven(Diary):
    def restore(self, state: dict[str, Any]) -> None:
        self.last = state.pop("last")
        self.entries = [dict(each) for each in state["entries"]]


class HiddenCount(Diary):
    count = 0

    def note(self, move: int) -> None:
        self.count += 1
        super().note(self.count)


class NoTrace(Diary):
    def state(self) -> dict[str, Any]:
        return {"entries": [], "last": ""}


BROKEN: dict[str, type[Diary]] = {
    "version_is_a_whole_number": VersionNought,
    "state_is_json": TupleInState,
    "state_can_be_looked_at": ForgetsWhenLookedAt,
    "state_comes_back": ForgetsWhenRestored,
    "state_goes_back": AddsToWhatItHas,
    "state_given_out_is_a_copy": GivesOutItsOwn,
    "state_taken_up_is_a_copy": KeepsWhatItIsGiven,
    "taking_up_leaves_the_given_alone": TakesFromTheGiven,
    "it_goes_on_alike": HiddenCount,
    "something_happens": NoTrace,
}


@pytest.mark.parametrize("rule", StatefulSuite.rules())
def test_what_breaks_one_rule_is_told_which(rule: str) -> None:
    assert list(DiarySuite.broken_rules(BROKEN[rule])) == [rule]


@pytest.mark.parametrize("value", [float("nan"), {1: "a"}, {"a": {2}}, object(), b"a", [1, (2,)], float("inf")])
def test_what_is_no_json_is_found_wherever_it_stands(value: Any) -> None:
    class Odd(Diary):
        def state(self) -> dict[str, Any]:
            return {"odd": {"deep": [0, value]}}

    found = DiarySuite.broken_rules(Odd, "state_is_json")["state_is_json"].found
    assert "state['odd']['deep'][1]" in found


def test_order_of_members_is_part_of_a_state() -> None:
    class Sorts(Diary):
        def restore(self, state: dict[str, Any]) -> None:
            super().restore(state)
            self.sorted = True

        def state(self) -> dict[str, Any]:
            state = super().state()
            return dict(reversed(state.items())) if hasattr(self, "sorted") else state

    assert "state_comes_back" in DiarySuite.broken_rules(Sorts)


def test_without_advance_it_says_that_little_was_tried() -> None:
    assert StatefulSuite.broken_rules(Diary) == {}
