"""RecordedAnswer: what came into a run from outside, as an argument that the game master alone fills in.

The one idea: a class of its own. A text that a model, an agent or a policy gives is a plain str, and passes for no answer
of a tool.
"""

from __future__ import annotations

from typing import Annotated

from gamemaster.words import Domain

__all__ = ["FromTool", "Recorded", "RecordedAnswer"]


class RecordedAnswer(str):
    """A text that is on record as the answer of a tool."""

    __slots__ = ()


class Recorded(Domain):
    """The domain of such an argument: it is not offered, and nothing but a `RecordedAnswer` is in it."""

    __slots__ = ()


FromTool = Annotated[str, Recorded()]
"""The type of a parameter that holds what a mounted tool answered."""
