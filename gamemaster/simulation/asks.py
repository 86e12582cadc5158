"""asks: whether what a schedule asks can be asked, looked at before any model is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from gamemaster.words import Ask, DefinitionError, UnknownName

if TYPE_CHECKING:
    from gamemaster.simulation.simulation import Simulation

__all__ = ["check_asks", "check_named"]


def check_asks(simulation: Simulation, asks: Sequence[Ask]) -> None:
    """Raises: UnknownName for an agent, a hearer or a channel that there is not; DefinitionError for an agent asked twice."""
    known = frozenset(simulation.names)
    seen: set[str] = set()
    for ask in asks:
        if ask.agent not in known:
            raise UnknownName.of("agent", ask.agent, simulation.names, hint="(asked by the schedule)")
        if ask.agent in seen:
            raise DefinitionError(f"The schedule asks {ask.agent} twice in step {simulation.step}; ask once a step.")
        seen.add(ask.agent)
        if ask.spec.to and not known.issuperset(ask.spec.to):
            check_named(simulation, ask.spec.to, f"to whom {ask.agent} speaks")
        if ask.spec.channel:
            channels = dict.fromkeys([name for each in simulation.game_masters for name in each.channels if name])
            if ask.spec.channel not in channels:
                raise UnknownName.of("channel", ask.spec.channel, channels, hint=f"(what {ask.agent} says goes by it)")


def check_named(simulation: Simulation, names: Iterable[str], where: str) -> None:
    """Raises: UnknownName for a name that nobody has, where nobody can be born who will."""
    for name in names if simulation.born is None else ():
        if name not in simulation.names:
            raise UnknownName.of("agent", name, simulation.names, hint=f"({where})")
