"""remembered_lines: memories as they stand in a prompt, oldest first, as many of the first given as the budget allows."""

from __future__ import annotations

from collections.abc import Iterable

from gamemaster.words import MemoryRecord, Turn

__all__ = ["remembered_lines"]


def remembered_lines(memories: Iterable[MemoryRecord], turn: Turn, budget: int) -> str:
    """A line for each, with its time before it but for formative ones; at least one where there is any.

    `memories` are given best first: the last of them are left out when `budget` tokens don't suffice.
    """
    room = budget * 3
    kept: list[tuple[float, str]] = []
    for memory in memories:
        line = memory.text if memory.kind == "formative" else f"[{turn.texts.stamp(turn.moment, memory.time)}] {memory.text}"
        room -= len(line) + 1
        if room < 0 and kept:
            break
        kept.append((memory.time, line))
    kept.sort(key=lambda each: each[0])
    return "\n".join(line for _, line in kept)
