"""Editing what somebody remembers, between two steps of a run on record.

The one idea: it is an intervention like any other. It stands behind the last committed step as an event that nobody witnesses,
with the changes of the memories, so that a resumed or forked run goes on with them and an export shows them. What was
remembered before stays on record, as versions.
"""

from __future__ import annotations

from pathlib import Path

from gamemaster.memory import MemoryEdits, read_edits
from gamemaster.record import Archive, MemoryChange, StepRecord
from gamemaster.simulation.run import Run
from gamemaster.words import ArchiveError, Event, JsonValue

__all__ = ["edit_memories"]


def edit_memories(folder: str | Path, agent: str, path: str | Path) -> MemoryEdits:
    """What the edited file has changed of the memories of `agent` (or the game master) in a run's archive; see `read_edits`.

    The changes hold from the end of the last committed step; it is on disk when this returns. What models had answered for
    the step after it is asked again, for they had answered with other memories.
    Raises: MemoryInputError, naming file, line and field, when any line is wrong; UnknownName for an agent; ArchiveError
    when there is no archive, no committed step, or somebody else writes to it. Nothing has changed then.
    """
    with Archive.open(folder, write=True) as archive:
        step = archive.last_step
        if step is None:
            raise ArchiveError(f"The run in {folder} has no committed step yet; resume it before its memories are edited.")
        time = archive.steps[step].time
        records = Run(archive).memories(agent)
        edits = read_edits(path, records, holder=agent, step=step, time=time, taken=archive.memory_holders())
        if edits:
            archive.amend(_record(agent, edits, step, time, _place(archive, step)))
        return edits


def _record(agent: str, edits: MemoryEdits, step: int, time: float, n: int) -> StepRecord:
    counts = ((len(edits.changed), "changed"), (len(edits.added), "added"), (len(edits.forgotten), "forgotten"))
    done = ", ".join(f"{count} {what}" for count, what in counts if count)
    event = Event(
        id=f"{step}/event/{n}",
        step=step,
        time=time,
        kind="intervention",
        actor="",
        text=f"What {agent} remembers is edited by hand: {done}.",
    )
    changes: list[MemoryChange] = []
    for id, fields in edits.changed.items():
        edit: dict[str, JsonValue] = {"step": step, "time": time, **fields}
        changes.append(MemoryChange(id=id, field="edited", value=[edit]))
    return StepRecord(
        step=step, time=time, events=[event], memories=edits.added, memory_changes=changes, forgotten=edits.forgotten
    )


def _place(archive: Archive, step: int) -> int:
    """The place of one more event in a step."""
    return 1 + max((int(event.id.rpartition("/")[2]) for event in archive.events(step=step)), default=-1)
