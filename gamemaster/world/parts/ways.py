"""Ways: which place leads to which, how long that takes on foot, and which ways are closed for now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

from annotated_types import Ge
from pydantic import Field

from gamemaster.world.invariant import invariant
from gamemaster.world.parts.journey import shortest_path
from gamemaster.world.parts.part import Part

__all__ = ["Ways"]


class Ways(Part):
    """A map; `Places` is one with people on it.

    `ways` are minutes from place to place, one way as given (`Places.joined` makes both); every place is a key of it. `closed`
    are ways that can't be walked for now.
    """

    ways: dict[str, dict[str, Annotated[int, Ge(0)]]]
    closed: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])

    @classmethod
    def joined(cls, ways: Mapping[tuple[str, str], int], **fields: Any) -> Self:
        """Places joined by ways that can be walked in both directions: `{("mill", "market"): 5}`, in minutes."""
        both: dict[str, dict[str, int]] = {}
        for (one, other), minutes in ways.items():
            both.setdefault(one, {})[other] = minutes
            both.setdefault(other, {})[one] = minutes
        return cls(ways=both, **fields)

    @invariant
    def ways_lead_somewhere(self) -> bool | str:
        """A way would lead to what is no place."""
        for start, ends in self.ways.items():
            for end in ends:
                if end not in self.ways:
                    return f"a way leads from {start!r} to {end!r}, which is no place"
        return next((f"{place!r} is no place" for place in self.closed if place not in self.ways), True)

    def place_names(self) -> Sequence[str]:
        """All places, in order."""
        return list(self.ways)

    def next_to(self, place: str) -> dict[str, int]:
        """The places next to one and how many minutes away, as far as the ways are not closed."""
        closed = self.closed.get(place, ())
        return {there: far for there, far in self.ways.get(place, {}).items() if there not in closed}

    def minutes(self, start: str, end: str) -> int | None:
        """The least minutes on foot from one place to another; None when no way leads there."""
        found = shortest_path(start, end, self.next_to)
        return None if found is None else found[0]

    def path(self, start: str, end: str) -> list[str]:
        """The places on the shortest way, both ends included; empty when no way leads there."""
        found = shortest_path(start, end, self.next_to)
        return [] if found is None else found[1]

    def close_way(self, one: str, other: str) -> None:
        """Close a way in both directions; for use in actions and hooks."""
        for start, end in ((one, other), (other, one)):
            if end in self.ways.get(start, {}) and end not in self.closed.get(start, ()):
                self.closed.setdefault(start, []).append(end)

    def reopen_way(self, one: str, other: str) -> None:
        """Open a way again in both directions; for use in actions and hooks."""
        for start, end in ((one, other), (other, one)):
            if end in self.closed.get(start, ()):
                self.closed[start].remove(end)
