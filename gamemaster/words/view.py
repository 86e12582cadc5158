"""View: what a scripted policy sees when it is its agent's turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from gamemaster.words.action_spec import ActionSpec
from gamemaster.words.event import Observation
from gamemaster.words.keys import Draws
from gamemaster.words.moment import Moment

__all__ = ["Policy", "View"]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a policy may use: who it is, what is asked, what it noticed, what it perceives, and chance.

    `observations` are those since its last turn; `history` are its own earlier (spec, answer) pairs of this run, oldest
    first, the last 200 of them; `data` is what the world's `perceive_data` gives; `random` is drawn by key, so that
    one agent's draws don't shift another's.
    """

    name: str
    spec: ActionSpec
    observations: Sequence[Observation]
    history: Sequence[tuple[ActionSpec, Any]]
    data: Mapping[str, Any]
    random: Draws
    moment: Moment
    people: Sequence[str] = ()


Policy: TypeAlias = Callable[[View], Any]
"""A rule in place of a model: from a view to an answer to its spec."""
