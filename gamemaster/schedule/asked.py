"""Asked: which agents a schedule asks, of those who take part, and in which order what they do is applied."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from gamemaster.words import DefinitionError, draws

if TYPE_CHECKING:
    from gamemaster.simulation import Simulation

__all__ = ["Order", "check_order", "chosen", "in_order", "present", "those_present"]

Order: TypeAlias = Literal["asked", "random"]
"""The rule for conflicts between those who act at the same time: who comes first in the list comes first ("asked"), or
the order is drawn anew for each step from the run's seed ("random"), so that nobody is always first."""


def chosen(agents: Sequence[str] | None, schedule: str) -> tuple[str, ...] | None:
    """The names of those who are asked, None for everybody. Raises: DefinitionError for none, or a bare text."""
    if isinstance(agents, str):
        raise DefinitionError(f"{schedule}(agents={agents!r}); give a list of names.")
    if agents is not None and not agents:
        raise DefinitionError(f"{schedule}(agents=[]); name at least one, or leave it out for everybody.")
    return None if agents is None else tuple(agents)


def check_order(order: str, where: str, field: str = "order") -> Order:
    """The order, when it is one. Raises: DefinitionError."""
    if order != "asked" and order != "random":
        raise DefinitionError(f"{where} has {field}={order!r}; it is 'asked' or 'random'.")
    return order


def in_order(names: Sequence[str], order: Order, simulation: Simulation) -> list[str]:
    """These names in the order in which what they do is applied in this step; drawn by (seed, step), not by a stream."""
    ordered = list(names)
    if order == "random":
        draws(simulation.seed, "order of a step", simulation.step).shuffle(ordered)
    return ordered


def present(simulation: Simulation) -> Sequence[str]:
    """The names of all who take part now."""
    return getattr(simulation, "present", simulation.names)


def those_present(names: Sequence[str], simulation: Simulation) -> Sequence[str]:
    """Those of `names` who take part now, in their order. A name that nobody has is left in, to be refused when asked."""
    here = present(simulation)
    if here is simulation.names or names is here:
        return names
    known: Container[str] = frozenset(simulation.names)
    taking_part = frozenset(here)
    return [name for name in names if name in taking_part or name not in known]
