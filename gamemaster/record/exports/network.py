"""Network: who spoke to whom and who noticed whom, counted over a run.

The one idea: an edge is what reached somebody, as the game master decided it, not what a text says. "said to" goes from the
speaker to each hearer; "noticed" from the one who noticed to the one who acted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from gamemaster.record.exports.sheet import Sheet, columns
from gamemaster.record.reading import Reading

__all__ = ["Edge", "Network", "network", "network_of"]


@dataclass(slots=True, kw_only=True)
class Edge:
    """How often it happened between two, and in which steps first and last."""

    weight: int
    first_step: int
    last_step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """`nodes`: by name how many utterances and deeds were theirs; `edges`: by (source, target, kind)."""

    nodes: dict[str, tuple[int, int]]
    edges: dict[tuple[str, str, str], Edge]


def network_of(archive: Reading) -> Network:
    """Counted in one pass; memory for the pairs that have met. Agents come first, in their order, then whoever else acted."""
    order: list[str] = [name for phase in archive.phases for name in phase.configuration.get("order", ())]
    nodes: dict[str, tuple[int, int]] = dict.fromkeys(order, (0, 0))
    edges: dict[tuple[str, str, str], Edge] = {}
    for event in archive.events():
        actor = event.actor
        if not actor or event.kind in ("failure", "refusal"):
            continue
        spoke = event.kind == "speech"
        said, did = nodes.get(actor, (0, 0))
        nodes[actor] = (said + spoke, did + (not spoke))
        for other in event.witnesses:
            if other == actor:
                continue
            nodes.setdefault(other, (0, 0))
            key = (actor, other, "said to") if spoke else (other, actor, "noticed")
            edge = edges.get(key)
            if edge is None:
                edges[key] = Edge(weight=1, first_step=event.step, last_step=event.step)
            else:
                edge.weight += 1
                edge.last_step = event.step
    return Network(nodes=nodes, edges=dict(sorted(edges.items(), key=itemgetter(0))))


def network(archive: Reading) -> Sheet:
    """The edges as a list."""

    def rows() -> Iterator[list[Any]]:
        for (source, target, kind), edge in network_of(archive).edges.items():
            yield [source, target, kind, edge.weight, edge.first_step, edge.last_step]

    held = "source target kind weight:int first_step:int last_step:int"
    return Sheet(name="network", columns=columns(held), rows=rows())
