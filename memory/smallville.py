"""Import a person from a folder published with Park et al. 2023, "Generative Agents".

The one idea: a node becomes a record, word for word, and what a record has no field for is given beside it. It runs nothing
and embeds nothing; vectors in the folder (another embedder's) are left alone, and so are the keyword strengths.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, Field, JsonValue, NaiveDatetime, TypeAdapter

from gamemaster.memory.imported_memories import ImportedMemories, KnownPlace, Utterance
from gamemaster.memory.published_json import read_object, read_rows
from gamemaster.words import MemoryInputError, MemoryRecord

__all__ = ["import_smallville"]

_CLOCK = "%B %d, %Y, %H:%M:%S"  # of scratch.json; nodes.json has ISO times
_KINDS = {"event": "observation", "thought": "thought", "chat": "chat"}


class _Node(BaseModel):
    """A row of nodes.json; `embedding_key`, `expiration`, `type_count` and the depth are not used."""

    node_count: int
    type: Literal["event", "thought", "chat"]
    created: NaiveDatetime
    predicate: str | None = None
    description: Annotated[str, Field(min_length=1)]
    poignancy: Annotated[float, Field(ge=0, le=10)] | None = None
    keywords: list[str] = []
    filling: JsonValue = None


_NODES: TypeAdapter[dict[str, _Node]] = TypeAdapter(dict[str, _Node])


def import_smallville(folder: str | Path, *, holder: str | None = None, start: datetime | None = None) -> ImportedMemories:
    """The person whose scratch.json, spatial_memory.json and associative_memory/nodes.json are in `folder`.

    They may also be in its bootstrap_memory/, as where the folders were published. `holder` is by default the name in
    scratch.json; `start` the moment that is to be time 0, by default the one at which the published run stood still: all
    memories then lie in the past of a new run, at times below 0.

    Each node is one record, in the order of `node_count`, also where several have one embedding key; its id is
    "{holder}/{node id}", its text the description (there a part of it was embedded), its tags the keywords, its importance
    the poignancy, its last access its time (the files don't tell). Kinds: an event is an observation, a thought with the
    predicate "plan" a plan. "Idle" events are kept, with the tag "idle" that their keywords give them. A `filling` that is
    a list of nodes, or a string naming one, is what a thought rests on; that of a chat is its transcript; of null,
    nothing. The depth is counted anew: there a thought that rests on nothing has 1, here 0. Expirations are left out:
    nothing in the published code reads them when it recalls.

    Raises: MemoryInputError, naming the file, when one is missing, truncated or something else.
    """
    if start is not None and start.tzinfo is not None:
        raise MemoryInputError(f"The start {start.isoformat()} has a time zone; the files' times have none, leave it out.")
    place = Path(folder)
    if (place / "bootstrap_memory").is_dir():
        place = place / "bootstrap_memory"
    facts = read_object(place / "scratch.json")
    rows = read_rows(place / "associative_memory" / "nodes.json", _NODES, dict)
    known = read_object(place / "spatial_memory.json")
    name = facts.get("name")
    who = holder or (name if isinstance(name, str) else "")
    if not who:
        raise MemoryInputError(f"{place / 'scratch.json'} has the name {name!r}; give the person's name as `holder`.")
    begin = _clock(facts.get("curr_time"), place / "scratch.json") if start is None else start
    records, transcripts, notes = _records(rows, who, begin)
    return ImportedMemories(
        holder=who,
        start=begin.isoformat(),
        records=tuple(records),
        facts=facts,
        places=tuple(_places(known, ())),
        transcripts=transcripts,
        notes=tuple(notes),
    )


def _records(
    rows: Mapping[str, _Node], who: str, start: datetime
) -> tuple[list[MemoryRecord], dict[str, tuple[Utterance, ...]], list[str]]:
    records: dict[str, MemoryRecord] = {}
    transcripts: dict[str, tuple[Utterance, ...]] = {}
    notes: list[str] = []
    for name, row in sorted(rows.items(), key=lambda each: each[1].node_count):
        grounds: dict[str, None] = {}
        odd: list[Any] = []
        said: list[Utterance] = []
        filling = cast("list[Any]", row.filling if isinstance(row.filling, list) else [row.filling] if row.filling else [])
        for each in filling:
            if isinstance(each, str) and each in records:
                grounds[each] = None
            elif _is_utterance(each):
                said.append(Utterance(speaker=each[0], text=each[1]))
            else:
                odd.append(each)
        if odd:
            notes.append(f"{name}: left out of what it rests on: {json.dumps(odd)[:200]}, no earlier node.")
        id = f"{who}/{name}"
        if said:
            transcripts[id] = tuple(said)
        time = (row.created - start).total_seconds()
        records[name] = MemoryRecord(
            id=id,
            holder=who,
            text=row.description,
            time=time,
            last_access=time,
            importance=row.poignancy,
            kind="plan" if row.type == "thought" and row.predicate == "plan" else _KINDS[row.type],
            tags=tuple(dict.fromkeys(row.keywords)),
            rests_on=tuple(f"{who}/{each}" for each in grounds),
            depth=1 + max(records[each].depth for each in grounds) if grounds else 0,
        )
    return list(records.values()), transcripts, notes


def _is_utterance(filling: Any) -> bool:
    """Whether a filling is a pair of speaker and words."""
    return isinstance(filling, list) and [type(each) for each in cast("list[Any]", filling)] == [str, str]


def _places(known: JsonValue, path: tuple[str, ...]) -> Iterator[KnownPlace]:
    """The innermost places of a tree of places."""
    if isinstance(known, dict) and known:
        for name, inner in known.items():
            yield from _places(inner, (*path, name))
    elif path:
        objects = known if isinstance(known, list) else []
        yield KnownPlace(path=path, objects=tuple(each for each in objects if isinstance(each, str)))


def _clock(value: JsonValue, path: Path) -> datetime:
    try:
        return datetime.strptime(str(value), _CLOCK)
    except ValueError as error:
        raise MemoryInputError(
            f"{path} has the curr_time {value!r}; right is the like of 'February 13, 2023, 00:00:00', or give `start`."
        ) from error
