"""Where the rows of two runs part: each table read in its order from both archives at once, up to the first difference.

The one idea: rows are compared while they are read, so two runs of any length take the memory of two rows. Where the hash
chains agree nothing is read at all: equal links mean equal steps. Columns of clock and cost are no facts, and are left out;
so is what merely repeats a pinned difference (the seeds of calls in runs of different seeds).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gamemaster.record import Archive
from gamemaster.record.call_rows import Stored as Lookup
from gamemaster.record.call_rows import asked_in, read_call
from gamemaster.record.json_text import from_json
from gamemaster.record.request_difference import Difference, differences
from gamemaster.record.schema import (
    ASKS,
    ATTEMPTS,
    CALLS,
    CHANGES,
    EVENTS,
    GROUNDINGS,
    KEYFRAMES,
    MEASURES,
    MEMORIES,
    MEMORY_CHANGES,
    OBSERVATIONS,
    PHASES,
    PROBE_ANSWERS,
    STEPS,
)
from gamemaster.record.stored import Stored
from gamemaster.record.table import Row, Table

__all__ = ["TABLES_COMPARED", "Parting", "first_parting", "same_up_to"]

_Label = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """The first row of one table that differs: in which step, which row, and what of it.

    `only` is "first" or "second" where the other run has no such row, and "" where both have it; `differences` then say
    what differs, each with the first run's value as `expected` and the second's as `got`.
    """

    what: str
    step: int
    row: str
    only: str = ""
    differences: tuple[Difference, ...] = ()


TABLES_COMPARED: Mapping[str, tuple[Table, _Label]] = {
    "phases": (PHASES, lambda row: str(row["kind"])),
    "asks": (ASKS, lambda row: str(row["agent"])),
    "calls": (CALLS, lambda row: f"{row['who']}, {row['component']}, {row['what']}, {row['idx']}"),
    "attempts": (ATTEMPTS, lambda row: f"{row['id']} of {row['actor']}"),
    "groundings": (GROUNDINGS, lambda row: f"of {row['attempt_id']}"),
    "events": (EVENTS, lambda row: str(row["id"])),
    "observations": (OBSERVATIONS, lambda row: f"{row['id']} of {row['to']}"),
    "measures": (MEASURES, lambda row: f"{row['name']}" + (f" of {row['who']}" if row["who"] else "")),
    "memories": (MEMORIES, lambda row: f"{row['id']} of {row['holder']}"),
    "memory changes": (MEMORY_CHANGES, lambda row: f"{row['field']} of {row['ids'][:60]}"),
    "probe answers": (PROBE_ANSWERS, lambda row: f"{row['probe']}, {row['who']}"),
    "states at the start": (KEYFRAMES, lambda row: str(row["part"])),
    "states": (CHANGES, lambda row: str(row["part"])),
}
"""What is compared, in the order of a step's walk, with how a row is named."""

_PLACES = frozenset({"step", "n", "idx"})
_SPECS = frozenset({"spec"})


def same_up_to(first: Archive, second: Archive) -> int:
    """The last step up to which the hash chains are the same, so that nothing before it differs; -1 where they part at once."""
    last = -1
    for one, other in zip(STEPS.rows(first.reader()), STEPS.rows(second.reader()), strict=False):
        if one[3] != other[3]:
            break
        last = one[0]
    return last


def first_parting(
    what: str, first: Archive, second: Archive, *, start: int, end: int, ignored: frozenset[str] = frozenset()
) -> Parting | None:
    """The first row of a table of TABLES_COMPARED that differs in the steps from `start` to `end`; None when none does.

    `ignored` are columns of calls that are left out.
    """
    table, label = TABLES_COMPARED[what]
    if table is KEYFRAMES:  # later ones follow from this and from the changes
        end = min(end, 0)
    compared = [at for at, each in enumerate(table.columns) if each.fact and each.name not in ignored]
    keys = [table.names.index(name) for name in table.key]

    def key(row: Row) -> tuple[Any, ...]:
        return tuple([row[at] for at in keys])

    for one, other in _pairs(table, first, second, start, end):
        if one is not None and other is not None and key(one) == key(other):
            if all(one[at] == other[at] for at in compared):
                continue
            found = _differences(table, one, other, first, second, ignored)
            return Parting(what=what, step=one[0], row=label(_named(table, one)), differences=found)
        only = "second" if one is None or (other is not None and key(other) < key(one)) else "first"
        row = other if only == "second" else one
        assert row is not None
        return Parting(what=what, step=row[0], row=label(_named(table, row)), only=only)
    return None


def _pairs(table: Table, first: Archive, second: Archive, start: int, end: int) -> Iterator[tuple[Row | None, Row | None]]:
    """The rows of both, side by side; None where one has come to its end."""
    rows = [table.rows(each.reader(), "step >= ? AND step <= ?", (start, end)) for each in (first, second)]
    while True:
        one, other = next(rows[0], None), next(rows[1], None)
        if one is None and other is None:
            return
        yield one, other


def _named(table: Table, row: Row) -> dict[str, Any]:
    return dict(zip(table.names, row, strict=True))


def _differences(
    table: Table, one: Row, other: Row, first: Archive, second: Archive, ignored: frozenset[str]
) -> tuple[Difference, ...]:
    """What differs in two rows of one key, column by column; of a call, section by section."""
    stored = Stored(first.reader()), Stored(second.reader())
    if table is CALLS:
        return _of_calls(one, other, *stored, ignored)
    found: list[Difference] = []
    for at, column in enumerate(table.columns):
        if not column.fact or column.name in _PLACES or one[at] == other[at]:
            continue
        texts = [_text(row[at], column.name, column.kind == "json", held) for row, held in zip((one, other), stored, strict=True)]
        found.append(Difference(where=column.name, expected=texts[0], got=texts[1]))
    return tuple(found)


def _of_calls(one: Row, other: Row, first: Lookup, second: Lookup, ignored: frozenset[str]) -> tuple[Difference, ...]:
    calls = read_call(one, first), read_call(other, second)
    asked = differences(asked_in(one), calls[0].prompt, asked_in(other), calls[1].prompt)
    found = [each for each in asked if each.where not in ignored]
    answers = calls[0].answer, calls[1].answer
    for name in ("text", "failure", "value", "index", "probabilities", "finish", "reasoning"):
        then, now = getattr(answers[0], name), getattr(answers[1], name)
        if then != now:
            where = "answer" if name == "text" else f"the answer's {name}"
            found.append(Difference(where=where, expected=_said(then), got=_said(now)))
    if "model" not in ignored and calls[0].model != calls[1].model:
        found.append(Difference(where="model", expected=calls[0].model, got=calls[1].model))
    return tuple(found)


def _text(value: Any, column: str, is_json: bool, stored: Stored) -> str:
    if value is None:
        return "nothing"
    if column in _SPECS:
        spec = stored.spec(value)
        return f"{spec.kind}: {spec.call}" + (f" {list(spec.options)}" if spec.options else "")
    if is_json:
        held = from_json(value, column)
        return held if isinstance(held, str) else str(value)
    return str(value)


def _said(value: object) -> str:
    return "nothing" if value is None else str(value)
