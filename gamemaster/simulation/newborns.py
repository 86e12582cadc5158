"""newborns: those whom the world has born in the run, made as agents and put in their places.

The one idea: who was born is on record as a measure, so that a run that goes on makes them anew, in the same order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gamemaster.agent import Agent, Circumstances
from gamemaster.memory import MemoryBank
from gamemaster.record import Measure, Reading

if TYPE_CHECKING:
    from gamemaster.simulation.simulation import Simulation

__all__ = ["BORN", "admit_born", "admit_newborn"]

BORN = "born"
"""The measure that names who has come into the world in a step."""


def admit_born(simulation: Simulation, by_name: dict[str, Agent], reading: Reading, last: int) -> set[str]:
    """Make the agents anew whom the world had born until step `last`, in their order; their names."""
    born = [measure.who for step, measure in reading.measures(BORN) if step <= last]
    for name in born:
        if name not in by_name:
            by_name[name] = simulation.admit(name)
    return set(born)


def admit_newborn(simulation: Simulation, by_name: dict[str, Agent], bank: MemoryBank, circumstances: Circumstances) -> set[str]:
    """Let those take their places who take part in the world from this step on and were not there before; their names."""
    gm = simulation.game_master
    born = [name for name in gm.present_names() if name not in by_name]
    for name in born:
        agent = by_name[name] = simulation.admit(name)
        agent.join(bank.view(name))
        circumstances.measures.append(Measure(name=BORN, who=name, value=simulation.step))
    if born:
        gm.admit(simulation.names)
        for master in simulation.game_masters:
            master.meet(simulation.names)
    return set(born)
