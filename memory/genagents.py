"""Import a person from a folder published with Park et al. 2024, "Generative Agent Simulations of 1,000 People".

The one idea: a node becomes a record, word for word. Its time is counted in steps there and in seconds here, its importance
0 .. 100 there and 0 .. 10 here. It runs nothing and embeds nothing; embeddings.json (another embedder's) is left alone.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, TypeAdapter

from gamemaster.memory.imported_memories import ImportedMemories
from gamemaster.memory.published_json import read_object, read_rows
from gamemaster.words import MemoryInputError, MemoryRecord

__all__ = ["import_genagents"]

_KINDS = {"observation": "observation", "reflection": "thought"}


class _Node(BaseModel):
    """A row of nodes.json."""

    node_id: int
    node_type: Annotated[str, Field(min_length=1)]
    content: Annotated[str, Field(min_length=1)]
    importance: Annotated[float, Field(ge=0, le=100)] | None = None
    created: Annotated[float, Field(allow_inf_nan=False)]
    last_retrieved: Annotated[float, Field(allow_inf_nan=False)] | None = None
    pointer_id: int | list[int] | None = None


_NODES: TypeAdapter[list[_Node]] = TypeAdapter(list[_Node])


def import_genagents(folder: str | Path, *, holder: str | None = None, step: float = 3600.0) -> ImportedMemories:
    """The person whose scratch.json and memory_stream/nodes.json are in `folder`.

    `holder` is by default the first and last name in scratch.json. A time step lasts `step` simulated seconds, and the
    latest step that the nodes know of is time 0: all memories lie in the past of a new run. A published person of the
    demographic bank has facts and no memories.

    Each node is one record, in the order of the file; its id is "{holder}/node_{node_id}", its importance a tenth of
    the published one. An observation is an observation, a reflection a thought; another type is a kind of that name.
    What `pointer_id` names (one node or several) is what a reflection rests on; what it names that isn't further up is left
    out, and noted.

    Raises: MemoryInputError, naming the file, when one is missing, truncated or something else, for a node whose id is there
    twice, and for a `step` that is no number of seconds above 0.
    """
    if not (math.isfinite(step) and step > 0):
        raise MemoryInputError(f"A time step is to last {step!r}; give seconds above 0.")
    place = Path(folder)
    facts = read_object(place / "scratch.json")
    path = place / "memory_stream" / "nodes.json"
    rows = read_rows(path, _NODES, list)
    names = [str(facts[each]).strip() for each in ("first_name", "last_name") if isinstance(facts.get(each), str)]
    who = holder or " ".join(each for each in names if each)
    if not who:
        raise MemoryInputError(f"{place / 'scratch.json'} has no first_name and last_name; give the person's name as `holder`.")
    now = max((max(each.created, _accessed(each)) for each in rows), default=0.0)
    records: dict[int, MemoryRecord] = {}
    notes: list[str] = []
    for row in rows:
        if row.node_id in records:
            raise MemoryInputError(f"{path}: the node_id {row.node_id} is there twice. Is it another program's file?")
        named = row.pointer_id if isinstance(row.pointer_id, list) else [] if row.pointer_id is None else [row.pointer_id]
        grounds = [each for each in dict.fromkeys(named) if each in records]
        odd = [each for each in named if each not in records]
        if odd:
            notes.append(f"node_{row.node_id}: left out of what it rests on: {odd}, no earlier node.")
        records[row.node_id] = MemoryRecord(
            id=f"{who}/node_{row.node_id}",
            holder=who,
            text=row.content,
            time=(row.created - now) * step,
            last_access=(_accessed(row) - now) * step,
            importance=None if row.importance is None else row.importance / 10.0,
            kind=_KINDS.get(row.node_type, row.node_type),
            rests_on=tuple(records[each].id for each in grounds),
            depth=1 + max(records[each].depth for each in grounds) if grounds else 0,
        )
    return ImportedMemories(
        holder=who, start="", records=tuple(records.values()), facts=facts, places=(), transcripts={}, notes=tuple(notes)
    )


def _accessed(row: _Node) -> float:
    return row.created if row.last_retrieved is None else row.last_retrieved
