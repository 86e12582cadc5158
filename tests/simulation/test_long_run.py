"""A long run takes no more memory, no more open files, and a file that grows by as much in each of its steps.

How long is set by GAMEMASTER_LONG_RUN, 100,000 steps by default.
"""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, GameMaster, Person, Simulation, Simultaneous, World, action
from gamemaster.components import Observations, Persona
from gamemaster.record import verify
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import Component, Turn

AGENTS = 25


class Yard(World):
    """Somebody sweeps."""

    swept: dict[str, int]

    @action
    def sweep_yard(self, actor: Person) -> str:
        """Sweep the yard."""
        self.swept[actor] = (self.swept[actor] + 1) % 1000
        return f"{actor} sweeps."


class Forgetful(Component):
    """Forgets all but the last memories, as whoever lives long must: what is held would grow otherwise."""

    async def react(self, turn: Turn) -> None:
        held = [each.id for each in turn.memory.recent(1000)]
        if len(held) > 40:
            turn.memory.forget(held[:-20] if held[0] < held[-1] else held[20:])


def build_yard(agents: int = AGENTS) -> Simulation:
    names = [f"p{number:02d}" for number in range(agents)]
    choice = ActionSpec.choice("What does {name} do?", {"Sweep": Yard.sweep_yard, "Rest": None})
    people = [Agent(name, [Persona(f"{name} lives here."), Observations(last=4), Forgetful()]) for name in names]
    return Simulation(
        people,
        GameMaster(Yard(swept=dict.fromkeys(names, 0))),
        schedule=Simultaneous(choice),
        model=ScriptedModel(lambda request: request.seed % 2),
        embedder=HashEmbedder(),
    )


def memory() -> int:
    """Bytes that this process has in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def walked(folder: Path, steps: int) -> list[tuple[int, int, int]]:
    """(memory, open files, bytes of the archive) at twenty points of the run."""
    simulation = build_yard()
    model: Any = simulation.model
    seen: list[tuple[int, int, int]] = []
    for step in simulation.steps(steps, archive=folder):
        model.requests.clear()  # the scripted model's own, which a test looks at
        if step.number % (steps // 20) == 0:
            size = sum(each.stat().st_size for each in folder.iterdir())
            seen.append((memory(), len(os.listdir("/proc/self/fd")), size))
    assert simulation.last_run is not None
    simulation.last_run.close()
    return seen


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system doesn't tell what a process holds")
def test_a_long_run_takes_no_more_than_a_short_one(tmp_path: Path) -> None:
    steps = int(os.environ.get("GAMEMASTER_LONG_RUN", "100000"))
    seen = walked(tmp_path / "run", steps)
    warm = seen[5]
    assert max(each[0] for each in seen[5:]) <= 1.05 * warm[0], [each[0] for each in seen]
    assert max(each[1] for each in seen) <= warm[1]
    sizes = [each[2] for each in seen]
    grown = [later - earlier for earlier, later in pairwise(sizes[5:])]
    assert max(grown) <= 1.35 * min(grown), sizes
    from gamemaster.record import Archive

    with Archive.open(tmp_path / "run") as archive:
        assert archive.last_step == steps
        if steps <= 5000:
            assert verify(archive) == []
