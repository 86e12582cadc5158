"""Loading: stored records checked before a bank takes them up.

The one idea: what comes as columns is checked a column at a time; only where something is wrong is a record made, to say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

import numpy as np

from gamemaster.memory.record_checks import check_record
from gamemaster.record.memory_columns import MemoryColumns
from gamemaster.words import MemoryInputError, MemoryRecord

__all__ = ["checked_columns", "columns_by_holder"]


def checked_columns(records: Iterable[MemoryRecord] | MemoryColumns, taken: Set[str]) -> MemoryColumns:
    """The records as columns. `taken` are the ids that none of them may have.

    Raises: MemoryInputError for a record that can't be used, and for an id that is taken or there twice.
    """
    if isinstance(records, MemoryColumns):
        new = records
        if not _are_sound(new):
            for record in new.records():
                check_record(record)
    else:
        held = list(records)
        for record in held:
            check_record(record)
        new = MemoryColumns.of(held)
    ids = set(new.id)
    if len(ids) == len(new) and taken.isdisjoint(ids):
        return new
    for at, id in enumerate(new.id):
        if id not in ids or id in taken:
            raise MemoryInputError(f"The stored memory {id!r} of {new.holder[at]!r} is there twice; each id may be there once.")
        ids.remove(id)
    return new


def columns_by_holder(records: MemoryColumns) -> dict[str, MemoryColumns]:
    """Each holder's records, holders in the order of first mention."""
    places: dict[str, list[int]] = {holder: [] for holder in records.holder}
    if len(places) == 1:
        return dict.fromkeys(places, records)
    for at, holder in enumerate(records.holder):
        places[holder].append(at)
    return {holder: records.picked(own) for holder, own in places.items()}


def _are_sound(records: MemoryColumns) -> bool:
    """Whether all of them can be used, as `check_record` sees it; False also where that has to look more closely."""
    try:
        times = np.array([records.time, records.last_access], np.float64)
        rated = np.array([each for each in records.importance if each is not None], np.float64)
    except (TypeError, ValueError, OverflowError):
        return False
    return (
        all(map(str.strip, records.text))
        and all(records.kind)
        and all(records.id)
        and bool(np.isfinite(times).all())
        and bool(((rated >= 0.0) & (rated <= 10.0)).all())
    )
