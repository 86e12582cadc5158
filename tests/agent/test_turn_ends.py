"""When a turn is over nothing of it is left for the garbage collector."""

import gc

import pytest

from gamemaster import ActionSpec, Agent
from gamemaster.components import Instructions, Observations, Persona
from gamemaster.testing import ScriptedModel
from gamemaster.words import Component, Turn


class Diary(Component):
    """Adds to the memory in its turn."""

    async def context(self, turn: Turn) -> str:
        turn.memory.add(f"Turn {turn.step} came.")
        return "It keeps a diary."


@pytest.fixture
def leftovers():
    """What only the garbage collector could take away since the fixture was made: a function that names the types."""
    gc.collect()
    enabled = gc.isenabled()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)

    def found() -> set[str]:
        gc.collect()
        names = {type(each).__name__ for each in gc.garbage}
        gc.garbage.clear()
        return names

    yield found
    gc.set_debug(0)
    gc.garbage.clear()
    if enabled:
        gc.enable()


@pytest.mark.parametrize("listen", [True, False])
async def test_a_turn_leaves_no_circle(leftovers, listen):
    agent = Agent("Ann", [Instructions(), Persona("Fond of tea."), Observations(), Diary()], model=ScriptedModel(batched=False))
    await agent.observe("It rains.")
    for _ in range(3):
        await agent.answer(ActionSpec.choice("Tea?", ["Yes", "No"]), listen=listen)
    assert not {"Thinking", "ComponentTurn", "TurnMemory"} & leftovers()
    assert len(agent.memory) == (4 if listen else 1)
