"""Network: who can tell whom, as a line, a ring, a tree, or any graph.

The one idea: arrows from tellers to hearers, in an order that is kept, so that whatever walks along them is the same in
every run. It says who is reached and how far away; what is told is the world's. Nobody tells, or is told anything, who is not
present.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Self

from pydantic import Field

from gamemaster.words import BadInput, UnknownName
from gamemaster.world.parts.part import Part

__all__ = ["Network"]

_EDGE = re.compile(r"\s*(.+?)\s*([->])\s*(.+?)\s*")


class Network(Part):
    """Whom each can tell, by name; made with `line`, `ring`, `tree` or `of_edges`."""

    ways: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])

    @classmethod
    def line(cls, names: Sequence[str]) -> Self:
        """Each tells the next."""
        return cls(ways={name: list(names[at + 1 : at + 2]) for at, name in enumerate(names)})

    @classmethod
    def ring(cls, names: Sequence[str]) -> Self:
        """Each tells the next, and the last the first; one name alone tells nobody."""
        return cls(ways={name: [names[(at + 1) % len(names)]] if len(names) > 1 else [] for at, name in enumerate(names)})

    @classmethod
    def tree(cls, names: Sequence[str], branching: int = 2) -> Self:
        """Each tells `branching` others, in the order of the names, as long as there are some left."""
        if branching < 1:
            raise BadInput(f"branching={branching}; in a tree each tells at least 1.")
        return cls(ways={name: list(names[at * branching + 1 : (at + 1) * branching + 1]) for at, name in enumerate(names)})

    @classmethod
    def of_edges(cls, names: Sequence[str], edges: str) -> Self:
        """As a text says it: "Ann>Bob, Bob-Cleo" (from Ann to Bob, and between Bob and Cleo both ways).

        Numbers stand for names, 1 for the first. Raises: BadInput, UnknownName for what can't be read.
        """
        ways: dict[str, list[str]] = {name: [] for name in names}
        for edge in (part for part in edges.split(",") if part.strip()):
            match = _EDGE.fullmatch(edge)
            if match is None:
                raise BadInput(f"The edge {edge.strip()!r} can't be read; write 1>2 for one way, 1-2 for both ways.")
            first, second = _named(match[1], names), _named(match[3], names)
            if first == second:
                raise BadInput(f"The edge {edge.strip()!r} leads from {first} to {first}; nobody tells oneself.")
            for teller, hearer in ((first, second), (second, first))[: 1 if match[2] == ">" else 2]:
                if hearer not in ways[teller]:
                    ways[teller].append(hearer)
        return cls(ways=ways)

    def hearers(self, name: str) -> list[str]:
        """Whom somebody can tell: those who are present."""
        return self._taking_part(self.ways.get(name, ()))

    def distances(self, start: str) -> dict[str, int]:
        """How many tellings away from `start` everybody is who can be reached, the nearest first."""
        found = {start: 0}
        queue = [start]
        here = frozenset(self._taking_part([*self.ways, *[hearer for hearers in self.ways.values() for hearer in hearers]]))
        for teller in queue:
            for hearer in self.ways.get(teller, ()):
                if hearer not in found and hearer in here:
                    found[hearer] = found[teller] + 1
                    queue.append(hearer)
        return found

    def unreached(self, start: str, names: Iterable[str]) -> list[str]:
        """Those of `names` whom nothing told at `start` can reach."""
        reached = self.distances(start)
        return [name for name in names if name not in reached]


def _named(text: str, names: Sequence[str]) -> str:
    if text.isdecimal() and 1 <= int(text) <= len(names):
        return names[int(text) - 1]
    if text not in names:
        raise UnknownName.of("name", text, names, hint=f"(in an edge; or a number from 1 to {len(names)})")
    return text
