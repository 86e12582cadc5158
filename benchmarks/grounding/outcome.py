"""What comes of an attempt: asked of a model as a game master asks, and held against what was meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.grounding.attempts import Item, MadeUpWorld
from gamemaster.components.game_master import AskPlausibility, ModelGrounding
from gamemaster.language import LanguageModel, together
from gamemaster.testing import turn_for
from gamemaster.words import ActionCall, ActionSpec, Attempt
from gamemaster.world import OfferedAction

__all__ = ["Outcome", "grounded", "grounded_all", "same_calls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a model made of an item.

    `calls` are the actions that would be applied. `unexplained` are those of a forged attempt that neither were meant nor
    come of its honest part alone.
    """

    item: Item
    calls: tuple[ActionCall, ...]
    world: MadeUpWorld
    unexplained: tuple[ActionCall, ...] = ()

    @property
    def has_right_actions(self) -> bool:
        """Whether these are the actions that were meant, in their order, with whatever arguments."""
        return [each.action for each in self.calls] == [each.action for each in self.item.calls]

    @property
    def is_right(self) -> bool:
        """Whether actions and arguments are those that were meant."""
        return same_calls(self.calls, self.item.calls, self.world.offers)


def same_calls(found: Sequence[ActionCall], meant: Sequence[ActionCall], offers: Sequence[OfferedAction]) -> bool:
    """Whether these are the same actions with the same arguments in the same order.

    Values are compared as they are; words of a parameter of free text without regard to capitals and to the stop at the
    end. What may be left out and was, counts as its default.
    """
    by_name = {offer.name: offer for offer in offers}
    return [_plain(each, by_name) for each in found] == [_plain(each, by_name) for each in meant]


def _plain(call: ActionCall, offers: Mapping[str, OfferedAction]) -> tuple[str, dict[str, Any]]:
    out: dict[str, Any] = {}
    for each in offers[call.action].parameters:
        value = call.arguments.get(each.name, each.default)
        out[each.name] = value.casefold().strip(" .!?\"'") if each.free_text and isinstance(value, str) else value
    return call.action, out


async def grounded_all(worlds: Sequence[MadeUpWorld], model: LanguageModel) -> list[Outcome]:
    """The outcomes of all items of these worlds, in their order; all asked at the same time."""
    return await together([_outcome(world, item, model) for world in worlds for item in world.items])


async def grounded(world: MadeUpWorld, text: str, model: LanguageModel) -> tuple[ActionCall, ...]:
    """The actions that would be applied: what the attempt is, unless it is found implausible."""
    attempt = Attempt(id="1/attempt/0", step=1, actor=world.actor, spec=ActionSpec.free(), answer=text)
    grounding, plausibility = ModelGrounding(), AskPlausibility()
    found, objection = await _both(
        grounding.ground(attempt, world.offers, world.situation, turn_for(grounding, agent="Game master", model=model)),
        plausibility.judge(attempt, world.situation, turn_for(plausibility, agent="Game master", model=model)),
    )
    return () if found.call is None or objection else (found.call, *found.then)


async def _both(grounding: Any, judging: Any) -> Any:
    return await together([grounding, judging])


async def _outcome(world: MadeUpWorld, item: Item, model: LanguageModel) -> Outcome:
    calls = await grounded(world, item.text, model)
    unexplained: tuple[ActionCall, ...] = ()
    if item.category == "forged" and calls:
        honest = await grounded(world, item.honest, model) if item.honest else ()
        known = [*item.calls, *honest]
        unexplained = tuple(call for call in calls if not any(same_calls([call], [each], world.offers) for each in known))
    return Outcome(item=item, calls=calls, world=world, unexplained=unexplained)
