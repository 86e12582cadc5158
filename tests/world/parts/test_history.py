"""History: the trace of deeds that a reputation is made of."""

from __future__ import annotations

from gamemaster.words import ActionCall, Person
from gamemaster.world import World, action
from gamemaster.world.parts.history import History


class Village(World):
    history: History
    round: int = 0

    @action
    def give(self, actor: Person, to: Person, amount: float, of: float) -> str:
        """Give somebody something."""
        self.history.note(actor, self.round, "gave", to, amount, of=of)
        self.round += 1
        return "Given."

    @action
    def move_away(self, actor: Person) -> str:
        """Forget it all."""
        self.history.forget()
        return "Forgotten."


def village(*gifts: tuple[str, str, float, float]) -> Village:
    world = Village(history=History())
    world.prepare(seed=0, people=["Ann", "Bob", "Cleo", "Dan"])
    for actor, to, amount, of in gifts:
        world.apply(ActionCall(action="give", arguments={"to": to, "amount": amount, "of": of}), actor=actor)
    return world


def links(world: Village, actor: str, before: int, most: int) -> list[tuple[str, str, int]]:
    return [(who, deed.to, deed.round) for who, deed in world.history.trace(actor, before=before, most=most)]


def test_a_trace_follows_whom_something_was_done_to() -> None:
    world = village(("Dan", "Ann", 1, 4), ("Cleo", "Dan", 2, 4), ("Bob", "Cleo", 3, 4), ("Ann", "Bob", 4, 4))
    assert links(world, "Ann", 4, 9) == [("Ann", "Bob", 3), ("Bob", "Cleo", 2), ("Cleo", "Dan", 1), ("Dan", "Ann", 0)]
    assert links(world, "Ann", 4, 3) == [("Ann", "Bob", 3), ("Bob", "Cleo", 2), ("Cleo", "Dan", 1)]
    assert links(world, "Ann", 4, 0) == []


def test_only_what_came_before_counts() -> None:
    world = village(("Ann", "Bob", 1, 4), ("Bob", "Ann", 1, 4), ("Ann", "Cleo", 2, 4))
    assert links(world, "Ann", 3, 5) == [("Ann", "Cleo", 2)]  # Cleo has done nothing
    assert links(world, "Ann", 2, 5) == [("Ann", "Bob", 0)]  # what Bob did came after it
    assert links(world, "Bob", 3, 5) == [("Bob", "Ann", 1), ("Ann", "Bob", 0)]
    assert links(world, "Dan", 3, 5) == []


def test_a_share_of_nothing_is_not_defined() -> None:
    world = village(("Ann", "Bob", 0, 0), ("Bob", "Ann", 1, 4))
    assert [deed.share for deeds in world.history.deeds.values() for deed in deeds] == [None, 0.25]


def test_forgetting() -> None:
    world = village(("Ann", "Bob", 1, 4))
    world.apply(ActionCall(action="move_away"), actor="Ann")
    assert world.history.last("Ann", before=9) is None
