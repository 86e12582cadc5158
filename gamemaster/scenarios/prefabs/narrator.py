"""A story that a game master narrates: anything may be attempted, and what comes of it becomes facts, places and time.

The set-up of Concordia's generic game master (Vezhnevets et al. 2023), over a `Story`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from gamemaster.agent import Agent
from gamemaster.components.game_master import AskWhetherOver, StoryGrounding, Thought, WorldDecides
from gamemaster.game_master import GameMaster
from gamemaster.schedule import RoundRobin
from gamemaster.simulation import Simulation
from gamemaster.words import Component
from gamemaster.world import World
from gamemaster.world.parts.story import Story

__all__ = ["narrator"]


def narrator(
    agents: Sequence[Agent],
    story: Story | None = None,
    *,
    chain: Sequence[Thought] | None = None,
    consequences: Any = None,
    narration: Literal["world", "model"] | Any = "world",
    ends: str | Callable[[World | None], str | None] | Any = None,
    components: Sequence[Component] = (),
    **simulation: Any,
) -> Simulation:
    """Agents in turn say what they do, and the game master tells what happens, through `chain` (see `StoryGrounding`).

    `ends` may be a question that the game master is asked after each step, or what `GameMaster(ends=)` takes. The rest
    are a game master's parts, and keyword arguments of `Simulation`; without `schedule` or `scenes` it is round robin.
    """
    master = GameMaster(
        Story() if story is None else story,
        grounding=StoryGrounding(chain),
        plausibility=WorldDecides(),
        consequences=consequences,
        narration=narration,
        ends=AskWhetherOver(ends) if isinstance(ends, str) else ends,
        components=components,
    )
    if "schedule" not in simulation and "scenes" not in simulation:
        simulation["schedule"] = RoundRobin()
    return Simulation(agents, master, **simulation)
