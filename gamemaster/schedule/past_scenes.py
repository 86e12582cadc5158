"""PastScenes: the scenes that have ended, as they stand in the state of a run.

The one idea: they are written a line each, in chunks that are made once: a run of many scenes writes its state at every step.
"""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.schedule.scene import Past
from gamemaster.words import JsonValue

__all__ = ["PastScenes"]

_CHUNK = 64
"""How many scenes make a chunk."""


class PastScenes:
    """The scenes past, oldest first."""

    def __init__(self) -> None:
        self._all: list[Past] = []
        self._chunks: list[str] = []

    def __len__(self) -> int:
        return len(self._all)

    def all(self) -> Sequence[Past]:
        """All of them, as they are now."""
        return tuple(self._all)

    def add(self, past: Past) -> None:
        """Another one has ended."""
        self._all.append(past)

    def state(self) -> list[JsonValue]:
        """All of them, in chunks of text."""
        while len(self._all) >= (len(self._chunks) + 1) * _CHUNK:
            start = len(self._chunks) * _CHUNK
            self._chunks.append(_lines(self._all[start : start + _CHUNK]))
        rest = _lines(self._all[len(self._chunks) * _CHUNK :])
        return [*self._chunks, *([rest] if rest else [])]

    def restore(self, state: JsonValue) -> None:
        """Take up what `state()` gave."""
        assert isinstance(state, list)
        self._all = [scene for each in state for scene in _read(each)]
        self._chunks.clear()


def _lines(past: Sequence[Past]) -> str:
    return "\n".join([f"{each.began}\t{each.rounds}\t{each.name}" for each in past])


def _read(chunk: JsonValue) -> list[Past]:
    if isinstance(chunk, list):  # of a scene, as the first version wrote it
        return [Past(str(chunk[0]), int(str(chunk[1])), int(str(chunk[2])))]
    rows = [line.split("\t", 2) for line in str(chunk).split("\n")]
    return [Past(name, int(rounds), int(began)) for began, rounds, name in rows]
