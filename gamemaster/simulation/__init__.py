"""A simulation and its run."""

from gamemaster.simulation.backgrounds import Backgrounds, WrittenBackgrounds, write_backgrounds
from gamemaster.simulation.backstories import Backstories, seed_memories, write_backstories
from gamemaster.simulation.clock import Clock
from gamemaster.simulation.engine import Step
from gamemaster.simulation.formative_memories import FormativeMemories, backstories_of, load_backstories
from gamemaster.simulation.intervention import Intervention
from gamemaster.simulation.laws import laws_of
from gamemaster.simulation.preparation import Preparation, preparing
from gamemaster.simulation.probe import Probe
from gamemaster.simulation.rehearsal import Estimate
from gamemaster.simulation.replaying import Replay, replay
from gamemaster.simulation.run import Run, load_run
from gamemaster.simulation.run_budget import Price, RunBudget
from gamemaster.simulation.running import Progress
from gamemaster.simulation.simulation import Simulation

__all__ = [
    "Backgrounds",
    "Backstories",
    "Clock",
    "Estimate",
    "FormativeMemories",
    "Intervention",
    "Preparation",
    "Price",
    "Probe",
    "Progress",
    "Replay",
    "Run",
    "RunBudget",
    "Simulation",
    "Step",
    "WrittenBackgrounds",
    "backstories_of",
    "laws_of",
    "load_backstories",
    "load_run",
    "preparing",
    "replay",
    "seed_memories",
    "write_backgrounds",
    "write_backstories",
]
