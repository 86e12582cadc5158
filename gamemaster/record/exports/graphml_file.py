"""GraphML: the network of a run, for Gephi, igraph, networkx and whatever else reads it.

Names and counts are data of nodes and edges, and nodes have ids of their own ("n0"): a name may hold anything. Two nodes may
be joined by an edge of either kind. Source: the GraphML primer, graphml.graphdrawing.org.
"""

from __future__ import annotations

from typing import Any, BinaryIO
from xml.sax.saxutils import XMLGenerator

from gamemaster.record.exports.network import Network
from gamemaster.record.exports.plain_text import without_controls

__all__ = ["write_graphml"]

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_KEYS = (
    ("synthetic", "graph", "boolean"),
    ("name", "node", "string"),
    ("utterances", "node", "int"),
    ("deeds", "node", "int"),
    ("kind", "edge", "string"),
    ("weight", "edge", "int"),
    ("first_step", "edge", "int"),
    ("last_step", "edge", "int"),
)


def write_graphml(network: Network, stream: BinaryIO) -> None:
    """UTF-8; `synthetic` is data of the graph. Control characters, which XML can't hold, become their pictures."""
    out = _Writer(stream)
    out.start("graphml", xmlns=_NAMESPACE)
    for name, of, kind in _KEYS:
        out.empty("key", **{"id": name, "for": of, "attr.name": name, "attr.type": kind})
    out.start("graph", id="run", edgedefault="directed")
    out.data("synthetic", "true")
    ids: dict[str, str] = {}
    for name, (utterances, deeds) in network.nodes.items():
        ids[name] = f"n{len(ids)}"
        out.start("node", id=ids[name])
        out.data("name", name)
        out.data("utterances", str(utterances))
        out.data("deeds", str(deeds))
        out.end("node")
    for n, ((source, target, kind), edge) in enumerate(network.edges.items()):
        out.start("edge", id=f"e{n}", source=ids[source], target=ids[target])
        out.data("kind", kind)
        out.data("weight", str(edge.weight))
        out.data("first_step", str(edge.first_step))
        out.data("last_step", str(edge.last_step))
        out.end("edge")
    out.end("graph")
    out.end("graphml")
    out.close()


class _Writer:
    """Elements on lines of their own."""

    def __init__(self, stream: BinaryIO) -> None:
        self._xml: Any = XMLGenerator(stream, encoding="utf-8", short_empty_elements=True)
        self._xml.startDocument()

    def start(self, element: str, **attributes: str) -> None:
        self._xml.startElement(element, attributes)
        self._xml.characters("\n")

    def end(self, element: str) -> None:
        self._xml.endElement(element)
        self._xml.characters("\n")

    def empty(self, element: str, **attributes: str) -> None:
        self._xml.startElement(element, attributes)
        self.end(element)

    def data(self, key: str, value: str) -> None:
        self._xml.startElement("data", {"key": key})
        # A reader takes a bare carriage return for a line feed (XML 1.0, section 2.11); nothing keeps it.
        self._xml.characters(without_controls(value))
        self.end("data")

    def close(self) -> None:
        self._xml.endDocument()
