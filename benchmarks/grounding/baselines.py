"""Two baselines: always the most frequent action, and the action whose description is nearest by embedding.

The first is told what the others are not, how often each answer is right in this very half: it is the best that can be had
without reading the attempt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.grounding.attempts import MadeUpWorld
from benchmarks.grounding.outcome import Outcome
from gamemaster.language import Embedder
from gamemaster.words import ActionCall
from gamemaster.world import OfferedParameter

__all__ = ["most_frequent", "nearest_description"]


def most_frequent(worlds: Sequence[MadeUpWorld]) -> list[Outcome]:
    """Every attempt taken for the most frequent action of its world, with its most frequent arguments; ties: the first."""
    out: list[Outcome] = []
    for world in worlds:
        single = [item.calls[0] for item in world.items if len(item.calls) == 1]
        action = Counter(call.action for call in single).most_common(1)[0][0]
        calls = [call for call in single if call.action == action]
        call = max(calls, key=lambda each: calls.count(each))
        out += [_outcome(world, at, call) for at in range(len(world.items))]
    return out


def nearest_description(worlds: Sequence[MadeUpWorld], embedder: Embedder) -> list[Outcome]:
    """Every attempt taken for the action whose description is nearest; a value of a closed set likewise, a number the least."""
    out: list[Outcome] = []
    for world in worlds:
        values = [value for offer in world.offers for each in offer.parameters for value in each.options or ()]
        texts = list(dict.fromkeys([*(offer.description for offer in world.offers), *values]))
        place = {text: at for at, text in enumerate(texts)}
        known = np.asarray(embedder.embed(texts), dtype=np.float64)
        asked = np.asarray(embedder.embed([item.text for item in world.items]), dtype=np.float64)
        for at, likeness in enumerate(np.round(asked @ known.T, 4)):
            offer = max(world.offers, key=lambda each: likeness[place[each.description]])
            arguments: dict[str, Any] = {}
            for each in offer.parameters:
                if each.options:
                    arguments[each.name] = max(each.options, key=lambda value: likeness[place[value]])
                elif not each.optional:
                    arguments[each.name] = _plainest(each, world.items[at].text)
            out.append(_outcome(world, at, ActionCall(action=offer.name, arguments=arguments)))
    return out


def _plainest(parameter: OfferedParameter, text: str) -> Any:
    if parameter.type == "yes or no":
        return True
    if parameter.free_text:
        return text
    low = parameter.low if parameter.low is not None else 1
    return int(low) if parameter.type == "whole number" else low


def _outcome(world: MadeUpWorld, at: int, call: ActionCall) -> Outcome:
    item = world.items[at]
    unexplained = (call,) if item.category == "forged" and call not in item.calls else ()
    return Outcome(item=item, calls=(call,), world=world, unexplained=unexplained)
