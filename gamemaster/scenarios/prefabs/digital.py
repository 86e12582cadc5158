"""A digital space: people act through the apps on their phones, by the clock, and see nothing but their screens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from gamemaster.agent import Agent
from gamemaster.game_master import GameMaster
from gamemaster.schedule import ByTime
from gamemaster.simulation import Simulation
from gamemaster.words import ActionSpec
from gamemaster.world import World
from gamemaster.world.apps import Calendar, Chat, Mail, UserAccounts, screen, screen_data

__all__ = ["Phones", "digital"]


class Phones(World):
    """One sign-in for calendar, mail and chat."""

    accounts: UserAccounts
    calendar: Calendar = Field(default_factory=Calendar)
    mail: Mail = Field(default_factory=Mail)
    chat: Chat = Field(default_factory=Chat)

    def perceive(self, name: str) -> str:
        """What this person's apps show."""
        return screen(self, name)

    def perceive_data(self, name: str) -> dict[str, Any]:
        """The same as JSON values, by app."""
        return screen_data(self, name)


def digital(
    agents: Sequence[Agent],
    apps: World | None = None,
    *,
    every: float = 600,
    call: str = "It is {time}. What does {name} do on the phone next?",
    end: float | None = None,
    **simulation: Any,
) -> Simulation:
    """Everybody is asked `every` simulated seconds what to do next with the actions of `apps`.

    `apps` is a world with apps as its fields; by default calendar, mail and chat, with an account for each agent. Nobody
    notices what another does on the phone but by what arrives on the own one. The rest are keyword arguments of `Simulation`.
    """
    world = Phones(accounts=UserAccounts.one_each([agent.name for agent in agents])) if apps is None else apps
    simulation.setdefault("start", "2023-02-13 08:00")
    if "schedule" not in simulation and "scenes" not in simulation:
        simulation["schedule"] = ByTime(ActionSpec.free(call), every=every, end=end)
    return Simulation(agents, GameMaster(world), **simulation)
