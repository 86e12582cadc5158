"""Deed: what a named other did, as a component counts it; and `named_acts`, which reads it off an observation.

The one idea: predictions about somebody are compared with what that person did, so a scenario says in code, by a typed
reader, what counts as that. It interprets no words: what two texts have in common is asked of a model elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from gamemaster.components.named_in import first_named
from gamemaster.words import DefinitionError, Observation, one_line

__all__ = ["Deed", "DeedReader", "DeedsInData", "named_acts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """`other` did `what` in one interaction, and `mine` is what the agent itself did in it, where that is to be told.

    `what` None says that it couldn't be told (a tie that shows nothing): it then changes nothing. `id` names the
    interaction ("round 3"); a deed of an id that was counted for this other is not counted again.
    """

    other: str
    what: str | None
    mine: str = ""
    id: str = ""

    def __post_init__(self) -> None:
        if not self.other.strip():
            raise DefinitionError(f"A deed is told of nobody: {self.what!r}; give the other's name.")
        if self.what is not None and not self.what.strip():
            raise DefinitionError(f"A deed of {self.other} is empty; give a text, or None where it can't be told.")


DeedReader: TypeAlias = Callable[[Observation], "Deed | Iterable[Deed] | None"]
"""What an observation tells of others' deeds; None when nothing."""

DeedsInData: TypeAlias = Callable[[Mapping[str, Any]], Iterable[Deed]]
"""What the world's `perceive_data` tells of others' deeds, each with an id of its own."""


def named_acts(observation: Observation, names: Sequence[str]) -> Deed | None:
    """The deed of one of `names`, when the observation is of something seen that this one did, or that begins with the name.

    The sentence is the world's own, never somebody's words: what is said is heard, not seen. Where it isn't known who did
    it and two names begin alike, the longer one counts.
    """
    if observation.how != "saw" or observation.speaker is not None:
        return None
    text = one_line(observation.text)
    name = (observation.actor if observation.actor in names else None) if observation.actor else first_named(text, names)
    return None if name is None else Deed(other=name, what=text, id=observation.event_id or observation.id)
