"""ByChance: in each step each agent acts with a probability of its own.

The one idea: whether somebody acts in a step is drawn by (seed, step, name), from no stream: so nobody's turn hangs on who
else is there, nothing has to be saved, and a fork draws what its parent drew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from gamemaster.schedule.asked import Order, check_order, chosen, in_order, those_present
from gamemaster.schedule.schedule import Schedule
from gamemaster.words import ActionSpec, Ask, DefinitionError, derive_seed, user_code

if TYPE_CHECKING:
    from gamemaster.simulation import Simulation

__all__ = ["ByChance", "Chance", "falls_on"]

Chance: TypeAlias = float | Mapping[str, float] | Callable[[Any, str], float]
"""A probability for all; by name, 0 for who isn't named; or a function of the world and the name."""


def falls_on(simulation: Simulation, name: str, probability: float) -> bool:
    """Whether something of this probability happens to `name` in this step; drawn by key."""
    return derive_seed(simulation.seed, "acts in this step", simulation.step, name) < probability * 2**63


class ByChance(Schedule):
    """Each agent that is present is asked `spec` in a step with its own probability, whoever else is. A step is a round.

    There are steps in which nobody is asked. Those who act in one step act on the same world; see `Simultaneous` for
    `order`.
    Raises: DefinitionError for a probability that is none.
    """

    ends_round = True

    def __init__(
        self,
        spec: ActionSpec | None = None,
        *,
        chance: Chance,
        agents: Sequence[str] | None = None,
        order: Order = "asked",
    ) -> None:
        self.spec = spec if spec is not None else ActionSpec.free()
        self.chance = chance
        self.agents = chosen(agents, "ByChance")
        self.order: Order = check_order(order, "ByChance")
        stated: Iterable[float] = () if callable(chance) else chance.values() if isinstance(chance, Mapping) else (chance,)
        for each in stated:
            _checked(each, "chance")

    def next(self, simulation: Simulation) -> list[Ask]:
        """One ask for each on whom the chance falls."""
        names = those_present(self.agents or simulation.names, simulation)
        acting = [name for name in names if falls_on(simulation, name, self._of(name, simulation))]
        return [Ask(name, self.spec) for name in in_order(acting, self.order, simulation)]

    def _of(self, name: str, simulation: Simulation) -> float:
        chance = self.chance
        if not callable(chance):
            return chance.get(name, 0.0) if isinstance(chance, Mapping) else chance
        with user_code(f"chance of {name}, step {simulation.step}"):
            found = float(chance(simulation.world, name))
        return _checked(found, f"chance of {name}")


def _checked(given: float, what: str) -> float:
    if not 0 <= given <= 1:
        raise DefinitionError(f"ByChance: the {what} is {given!r}; a probability is a number from 0 to 1.")
    return given
