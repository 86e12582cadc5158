"""Clarity: what somebody is told whose attempt was not understood well enough to be tried.

The one idea: who is asked to be clearer should learn what was nearly understood, so the two likeliest actions are named in the
world's own words for them.
"""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.words import Turn, one_line
from gamemaster.world import OfferedAction

__all__ = ["in_words", "unclear"]

MOST = 120
"""Characters of an action in words."""


def unclear(offers: Sequence[OfferedAction], probabilities: Sequence[float], turn: Turn) -> str:
    """That it isn't clear what is meant, with the two likeliest of `offers`, the likelier first; ties in their order.

    `probabilities` begin with those of `offers`; where there is but one action, none is named.
    """
    order = sorted(range(len(offers)), key=lambda at: (-probabilities[at], at))
    if len(order) < 2:
        return turn.texts.text("game_master", "unclear")
    one, other = (in_words(offers[at]) for at in order[:2])
    return turn.prompt("unclear_which", one=one, other=other)


def in_words(offer: OfferedAction) -> str:
    """The first sentence of an action's description with no stop; its name in words where it has none."""
    sentence = one_line(offer.description).partition(". ")[0].rstrip(".。 ")
    words = sentence or offer.name.rpartition(".")[2].replace("_", " ")
    return words if len(words) <= MOST else f"{words[: MOST - 1].rstrip()}…"
