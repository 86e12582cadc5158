"""FormativeMemories: what agents remember from before the run, and its frozen form.

The one idea: what was written once is data. As lines of JSON (the form of `gamemaster.memory.write_jsonl`) it can be read,
mended by hand, and given to the agents of any later run, which then asks no model for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gamemaster.agent import Agent, Circumstances, remember
from gamemaster.memory import read_jsonl, write_jsonl
from gamemaster.words import DefinitionError, MemoryRecord

if TYPE_CHECKING:
    from gamemaster.simulation.run import Run

__all__ = ["TAG", "FormativeMemories", "backstories_of", "load_backstories"]

TAG = "backstory"
"""The tag that each of these memories has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormativeMemories:
    """Memories from before the run, by holder; `failures` says for whom there are none, and why.

    It is a preparation too: `Simulation(preparation=[load_backstories("stories.jsonl")])`.
    """

    records: tuple[MemoryRecord, ...]
    failures: Mapping[str, str] = field(default_factory=dict[str, str])
    source: str = "The backstories"
    name: str = TAG

    @property
    def holders(self) -> tuple[str, ...]:
        """Who has any, in order."""
        return tuple(dict.fromkeys(record.holder for record in self.records))

    def of(self, name: str) -> list[MemoryRecord]:
        """Those of one agent, in order."""
        return [record for record in self.records if record.holder == name]

    def write(self, path: str | Path) -> None:
        """Freeze them as lines of JSON, which `load_backstories` reads."""
        write_jsonl(self.records, path)

    def give(self, agents: Sequence[Agent]) -> None:
        """Have the agents remember them. Raises: DefinitionError that lists the agents of whom there are none."""
        self.check(agents)
        for agent in agents:
            memories = [
                {"text": each.text, "time": each.time, "kind": each.kind, "importance": each.importance, "tags": list(each.tags)}
                for each in self.of(agent.name)
            ]
            if agent.own_memory is None:
                agent.memories = (*agent.memories, *memories)
            else:
                remember(agent.own_memory, memories, where=agent.name)

    def check(self, agents: Sequence[Agent]) -> None:
        """Raises: DefinitionError that lists the agents of whom there are none, and who didn't fail."""
        missing = [each.name for each in agents if each.name not in self.holders and each.name not in self.failures]
        if missing:
            raise DefinitionError(
                f"{self.source}: there is no backstory of {', '.join(missing)}; there are those of "
                f"{', '.join(self.holders) or 'nobody'}. Write them for these agents, or leave the agents out."
            )

    async def prepare(self, agents: Sequence[Agent], circumstances: Circumstances) -> None:
        """Give them, before the first step."""
        self.give(agents)


def load_backstories(path: str | Path, agents: Sequence[Agent] = ()) -> FormativeMemories:
    """The memories that `FormativeMemories.write` froze; `agents`, where there are any, remember them from now on.

    Raises: MemoryInputError for a file that can't be read; DefinitionError that lists the agents whom the file doesn't
    know.
    """
    found = FormativeMemories(records=tuple(read_jsonl(path)), source=str(path))
    found.give(agents)
    return found


def backstories_of(run: Run) -> FormativeMemories:
    """Those that were written in the preparation of a run, to be frozen."""
    records: list[MemoryRecord] = []
    for name in run.archive.configuration["order"]:
        held = [each for each in run.memories(name, step=0) if TAG in each.tags]
        records += [replace(each, id=f"{name}/{TAG}/{at}", last_access=each.time) for at, each in enumerate(held)]
    return FormativeMemories(records=tuple(records), source="The run's backstories")
