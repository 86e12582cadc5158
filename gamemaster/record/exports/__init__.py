"""Exports: a run as tables, networks, surveys, messages and training data, for other programs.

`export_run` is the door. What is exported is a `Sheet`, streamed from the archive; how it is written is a format's business.
"""

from gamemaster.record.exports.conversation import ChatMessage, conversation
from gamemaster.record.exports.export import EXPORTS, FORMATS, export_run, export_to_stream
from gamemaster.record.exports.network import Edge, Network, network_of

__all__ = [
    "EXPORTS",
    "FORMATS",
    "ChatMessage",
    "Edge",
    "Network",
    "conversation",
    "export_run",
    "export_to_stream",
    "network_of",
]
