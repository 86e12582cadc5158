"""A simulation and its run."""

from gamemaster.simulation.clock import Clock
from gamemaster.simulation.engine import Step
from gamemaster.simulation.intervention import Intervention
from gamemaster.simulation.probe import Probe
from gamemaster.simulation.rehearsal import Estimate
from gamemaster.simulation.run import Run, load_run
from gamemaster.simulation.running import Progress
from gamemaster.simulation.simulation import Simulation

__all__ = ["Clock", "Estimate", "Intervention", "Probe", "Progress", "Run", "Simulation", "Step", "load_run"]
