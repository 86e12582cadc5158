"""ModelConsequences: what follows from an event beyond what the world computed, as actions of the game master's own.

The one idea: a game master may propose, and no more: one of the actions that the world keeps for it, with arguments from
their domains, applied like any other. What the world has no action for doesn't follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal

from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict, Field, create_model

from gamemaster.language import together
from gamemaster.words import ActionCall, AnswerFailed, Component, DefinitionError, Event, Section, Turn
from gamemaster.world import OfferedAction

__all__ = ["ModelConsequences"]

_MOST_CHARACTERS = 3000


class ModelConsequences(Component):
    """Asks the model in two rounds: which of the game master's actions follow, at most `most`; then their arguments.

    A doubtful answer, or none, means that nothing more follows; so does an action whose arguments can't be told. Where the
    world keeps no action for the game master nothing is asked.
    """

    kind = "action"

    def __init__(self, *, most: int = 1, name: str = "consequences") -> None:
        if most < 1:
            raise DefinitionError(f"ModelConsequences(most={most}); it must be at least 1.")
        self.most = most
        self.name = name

    async def propose(self, event: Event, offers: Sequence[OfferedAction], turn: Turn) -> Sequence[ActionCall]:
        """The actions that follow, in their order; `offers` are the game master's, as the world stands."""
        if not offers:
            return ()
        notes = [Section(label=turn.prompt("event"), text=event.text[:_MOST_CHARACTERS], kind="question")]
        try:
            following = await (self._one(offers, notes, turn) if self.most == 1 else self._several(offers, notes, turn))
        except AnswerFailed:
            return ()
        calls = await together([self._call(at, offer, notes, turn) for at, offer in enumerate(following)])
        return [call for call in calls if call is not None]

    async def _one(self, offers: Sequence[OfferedAction], notes: Sequence[Section], turn: Turn) -> list[OfferedAction]:
        lines = [turn.prompt("it_follows", action=offer.name, description=offer.description) for offer in offers]
        options = [*lines, turn.prompt("nothing_more")]
        chosen = await turn.choose(turn.prompt("what_follows"), options, notes=notes, unsure=len(offers), what="what follows")
        return [] if chosen.index == len(offers) else [offers[chosen.index]]

    async def _several(self, offers: Sequence[OfferedAction], notes: Sequence[Section], turn: Turn) -> list[OfferedAction]:
        by_name = {offer.name: offer for offer in offers}
        lines = "\n".join(f"- {offer.line}" for offer in offers)
        possible = Section(label=turn.prompt("possible"), text=lines, kind="other")
        schema = _following(tuple(by_name), self.most)
        question = turn.prompt("which_follow", most=self.most)
        answer: Any = await turn.fill(question, schema, notes=[*notes, possible], what="what follows")
        return [by_name[name] for name in answer.actions]

    async def _call(self, at: int, offer: OfferedAction, notes: Sequence[Section], turn: Turn) -> ActionCall | None:
        if not offer.parameters:
            return ActionCall(action=offer.name)
        question = turn.prompt("arguments", action=offer.line.rstrip("."))
        try:
            filled = await turn.fill(question, offer.schema, notes=notes, what="arguments", index=at)
        except AnswerFailed:
            return None
        return ActionCall(action=offer.name, arguments=filled.model_dump(mode="json", exclude_unset=True))


@lru_cache(maxsize=256)
def _following(names: tuple[str, ...], most: int) -> type[BaseModel]:
    kind = Annotated[list[Literal[names]], MaxLen(most)]
    about = "the names of those that follow, in their order; none when nothing more does"
    fields: dict[str, Any] = {"actions": (kind, Field(default_factory=list, description=about))}
    return create_model("Following", __config__=ConfigDict(extra="forbid"), **fields)
