"""A town: places with opening hours and ways that take time, pastimes to spend time on there, and talk, by the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from annotated_types import MaxLen
from pydantic import Field

from gamemaster.agent import Agent
from gamemaster.game_master import GameMaster
from gamemaster.schedule import ByTime
from gamemaster.simulation import Simulation
from gamemaster.words import ActionSpec, DefinitionError, OneOf, Person, UnknownName, quote
from gamemaster.world import World, action
from gamemaster.world.parts import Hours, Places

__all__ = ["Town", "town"]

_HOUR = 3600


class Town(World):
    """Where everybody is, what there is to do in each place, and what each was last seen doing there."""

    places: Places
    pastimes: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    doing: dict[str, str] = Field(default_factory=dict[str, str])

    def pastimes_here(self, actor: str) -> list[str]:
        """What this person can spend time on."""
        here = self.places.place_of(actor)
        return list(self.pastimes.get(here, ())) if here is not None and self.places.is_open(here) else []

    def has_pastime(self, actor: str) -> bool:
        """Whether there is anything to spend time on here and now."""
        return bool(self.pastimes_here(actor))

    def company(self, actor: str) -> list[str]:
        """Who else is in the same place."""
        here = self.places.place_of(actor)
        return [] if here is None else [name for name in self.places.at(here) if name != actor]

    def has_company(self, actor: str) -> bool:
        """Whether somebody else is in the same place."""
        return bool(self.company(actor))

    @action(when="has_pastime")
    def spend_time_on(self, actor: Person, pastime: Annotated[str, OneOf("pastimes_here")]) -> str:
        """Spend time on something that one does here."""
        self.doing[actor] = pastime
        return f"{actor} spends time on this: {pastime}."

    @action(when="has_company")
    def talk_to(self, actor: Person, to: Annotated[str, OneOf("company")], words: Annotated[str, MaxLen(300)]) -> str:
        """Tell somebody who is here something, or talk to them."""
        return f"{actor} says to {to}: {quote(words)}"

    def perceive(self, name: str) -> str:
        """Where one is, with whom, and what one can do."""
        here = self.places.place_of(name)
        if here is None:
            return f"{name} is on the way."
        others = [f"{each} ({self.doing[each]})" if each in self.doing else each for each in self.company(name)]
        lines = [f"{name} is at the {here}.", f"Here too: {', '.join(others)}." if others else "Nobody else is here."]
        if pastimes := self.pastimes_here(name):
            lines.append(f"What one does here: {', '.join(pastimes)}.")
        return "\n".join(lines)

    def perceive_data(self, name: str) -> dict[str, Any]:
        """Place, company and pastimes, for policies."""
        place = self.places.place_of(name)
        return {"place": place, "present": self.company(name), "pastimes": self.pastimes_here(name)}


def town(
    agents: Sequence[Agent],
    ways: Mapping[tuple[str, str], int],
    *,
    homes: Mapping[str, str],
    pastimes: Mapping[str, Sequence[str]] | None = None,
    hours: Mapping[str, tuple[int, int]] | None = None,
    morning: int = 7,
    every: float = 1800,
    call: str = "It is {time}. What does {name} do next?",
    end: float | None = None,
    **simulation: Any,
) -> Simulation:
    """Agents live by the clock: walking takes its minutes, and who is due is asked, `every` simulated seconds at most.

    `ways` are minutes between places, both ways; `homes` is where each is at first; `hours` when places are open, as in
    `{"mill": (8, 17)}`; the run starts at the hour `morning` of a day. The rest are keyword arguments of `Simulation`.

    Raises: UnknownName, DefinitionError for homes, pastimes and hours that don't fit agents and places.
    """
    _check([agent.name for agent in agents], ways, homes, pastimes or {}, hours or {})
    open_at = {place: [Hours(opens=opens * _HOUR, closes=closes * _HOUR)] for place, (opens, closes) in (hours or {}).items()}
    places = Places.joined(ways, whereabouts=dict(homes), hours=open_at, clock_at_start=morning * _HOUR)
    world = Town(places=places, pastimes={place: list(each) for place, each in (pastimes or {}).items()})
    simulation.setdefault("start", f"2023-02-13 {morning:02d}:00")
    if "schedule" not in simulation and "scenes" not in simulation:
        simulation["schedule"] = ByTime(ActionSpec.free(call), every=every, end=end)
    return Simulation(agents, GameMaster(world), **simulation)


def _check(
    names: Sequence[str],
    ways: Mapping[tuple[str, str], int],
    homes: Mapping[str, str],
    pastimes: Mapping[str, Sequence[str]],
    hours: Mapping[str, tuple[int, int]],
) -> None:
    places = list(dict.fromkeys([place for way in ways for place in way]))
    for name in homes:
        if name not in names:
            raise UnknownName.of("agent", name, names, hint="(in the homes of the town)")
    homeless = next((name for name in names if name not in homes), None)
    if homeless is not None:
        raise DefinitionError(f"{homeless} has no home in the town; say in `homes` where everybody is at first.")
    for what, given in (("homes", homes.values()), ("pastimes", pastimes), ("hours", hours)):
        for place in given:
            if place not in places:
                raise UnknownName.of("place", place, places, hint=f"(in the {what} of the town; places are what `ways` join)")
    for place, each in pastimes.items():
        if isinstance(each, str):
            raise DefinitionError(f"The pastimes of the {place} are {each!r}; give a list.")
    for place, each in hours.items():
        if not (isinstance(each, tuple | list) and len(each) == 2 and all(0 <= hour <= 24 for hour in each)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise DefinitionError(f"The hours of the {place} are {each!r}; give two hours of a day, from 0 to 24, as in (8, 17).")
