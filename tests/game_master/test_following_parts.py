"""What follows from an act, how it is told to each, and when all ends: the parts for it, as the game master asks them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import pytest

from gamemaster import Agent, Event, GameMaster, Person, Scripted, Simulation, World, action, bounded
from gamemaster.components import Observations
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import Component, StepFailed, Turn
from gamemaster.words.grounding import ActionCall
from gamemaster.world import Ge, Le, OfferedAction
from tests.simulation.test_same_seed import exported

NAMES = ("Ann", "Bob", "Cid")


class Garden(World):
    """Pots that can be knocked over, which only the game master can have happen."""

    pots: int = 5
    laws = [bounded("pots", low=0)]

    @action
    def dance_about(self, actor: Person) -> str:
        """Dance about."""
        return f"{actor} dances about."

    @action(by="game_master")
    def knock_over(self, actor: Person, count: Annotated[int, Ge(1), Le(3)]) -> str:
        """Pots fall over."""
        self.pots -= count
        self.tell(actor, "Your foot hurts.")
        self.later(60, self.sweep_up)
        return f"{actor} knocks over {count} pots."

    @action(offered=False)
    def sweep_up(self, actor: Person) -> str:
        """Somebody sweeps up."""
        return "The shards are swept up."

    def witnesses(self, event: Any) -> set[str]:
        return set(self.people)


class Clumsy(Component):
    """Has so many pots fall over after each act."""

    def __init__(self, *counts: int) -> None:
        self.name = "clumsy"
        self.counts = counts
        self.seen: list[tuple[str, list[str]]] = []

    async def propose(self, event: Event, offers: Sequence[OfferedAction], turn: Turn) -> Sequence[ActionCall]:
        self.seen.append((event.text, [offer.name for offer in offers]))
        return [ActionCall(action="knock_over", arguments={"count": count}) for count in self.counts]


def dance(view: Any) -> Any:
    return {"action": "dance_about", "arguments": {}}


def garden(**parts: Any) -> Simulation:
    crowd = [Agent(name, [Observations()], actor=Scripted(dance)) for name in NAMES]
    return Simulation(crowd, GameMaster(Garden(), **parts), model=ScriptedModel(lambda request: "."), embedder=HashEmbedder())


def test_what_follows_is_applied_through_the_same_checks_after_the_acts_and_is_on_record() -> None:
    clumsy = Clumsy(2)
    run = garden(consequences=clumsy).run(1)
    assert clumsy.seen == [(f"{name} dances about.", ["knock_over"]) for name in NAMES]
    assert [(event.kind, event.actor) for event in run.events] == [
        *(("act", name) for name in NAMES),
        ("effect", "Ann"),
        ("effect", "Bob"),
    ]
    assert run.world()["pots"] == 1
    assert [(each.who, each.value) for _, each in run.archive.measures("consequence refused")] == [
        ("Cid", "1/event/2: pots would be -1, and must not be below 0.")
    ]
    assert "Your foot hurts." in [each.text for each in run.observations("Bob")]
    assert "Ann knocks over 2 pots." in [each.text for each in run.observations("Cid")]
    assert run.events[3].attempt_id == run.events[0].attempt_id


def test_what_it_proposes_out_of_bounds_or_of_the_agents_own_never_happens() -> None:
    run = garden(consequences=Clumsy(4)).run(1)
    assert run.world()["pots"] == 5
    assert {event.kind for event in run.events} == {"act"}


def test_an_agent_cannot_choose_what_is_the_game_masters() -> None:
    simulation = garden()
    for agent in simulation.agents:
        agent.actor = Scripted(lambda view: {"action": "knock_over", "arguments": {"count": 1}})
    run = simulation.run(1)
    assert {event.kind for event in run.events} == {"refusal"}
    assert run.world()["pots"] == 5
    assert simulation.world is not None
    assert [each.name for each in simulation.world.offered("Ann")] == ["dance_about"]


def test_delayed_effects_of_what_follows_come_in_their_time() -> None:
    run = garden(consequences=Clumsy(1)).run(2)
    assert [event.text for event in run.events if event.step == 2][:3] == ["The shards are swept up."] * 3


class FromWhereOneStands(Component):
    name = "views"

    async def narrate(self, event: Event, turn: Turn) -> str:
        return event.text

    async def view(self, event: Event, name: str, turn: Turn) -> str:
        return f"Seen by {name}: {event.text}" if name != "Cid" else " "


def test_each_witness_is_told_from_its_point_of_view_and_the_event_stays_as_it_is() -> None:
    run = garden(narration=FromWhereOneStands()).run(1)
    assert next(event.text for event in run.events) == "Ann dances about."
    assert next(each.text for each in run.observations("Bob")) == "Seen by Bob: Ann dances about."
    assert next(each.text for each in run.observations("Cid")) == "Ann dances about.", "an empty view is none"


class Enough(Component):
    """Ends after so many steps, and counts them."""

    version = 1

    def __init__(self, steps: int) -> None:
        self.name = "enough"
        self.steps = steps
        self.count = 0

    async def over(self, latest: str, turn: Turn) -> str | None:
        assert "dances" in latest
        self.count += 1
        return "they have danced enough" if self.count >= self.steps else None

    def state(self) -> dict[str, Any]:
        return {"count": self.count}

    def restore(self, state: dict[str, Any]) -> None:
        self.count = state["count"]


def test_a_part_ends_the_run_and_its_state_is_on_record(tmp_path: Any) -> None:
    run = garden(ends=Enough(3)).run(9)
    assert (run.last_step, run.stopped_by) == (3, "they have danced enough")
    garden(ends=Enough(3)).run(2, archive=tmp_path / "run")
    resumed = garden(ends=Enough(3)).run(9, archive=tmp_path / "run", resume=True)
    assert exported(resumed) == exported(run)


def test_an_error_in_a_part_names_it() -> None:
    class Broken(Component):
        name = "broken"

        async def propose(self, event: Event, offers: Sequence[OfferedAction], turn: Turn) -> Sequence[ActionCall]:
            raise KeyError("pots")

    with pytest.raises(StepFailed, match="Game master, broken, step 1: KeyError"):
        garden(consequences=Broken()).run(1)
