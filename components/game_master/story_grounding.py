"""StoryGrounding: what happens when somebody attempts something in a story, as an action of the story.

The one idea: there is no action to find; anything may be attempted. A chain of thoughts settles what is to be settled, one
answer tells what happens and what is true from then on, and the story takes it up as one change. An attempt of which the
model tells nothing happens as attempted, and no fact is invented. Who it is about, and who notices, is no model's to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Any, Literal

from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict, Field, create_model

from gamemaster.components.game_master.account_for_others import AccountForOthers
from gamemaster.components.game_master.judge_success import JudgeSuccess
from gamemaster.components.game_master.keep_direct_speech import KeepDirectSpeech
from gamemaster.components.game_master.thought_chain import Matter, Outcome, Thought, ThoughtChain
from gamemaster.words import ActionCall, AnswerFailed, Attempt, Component, Grounding, JsonValue, Turn, one_line
from gamemaster.world import OfferedAction
from gamemaster.world.parts.story import LONGEST_DEED, LONGEST_FACT, LONGEST_NAME, MOST_FACTS_AT_ONCE, sentence_of

__all__ = ["StoryGrounding"]

_MINUTES = (0, 1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480)


class _Noted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    about: Annotated[str, MaxLen(LONGEST_NAME)] = Field(description="the person, place or thing")
    statement: Annotated[str, MaxLen(LONGEST_FACT)] = Field(description="one sentence")


class StoryGrounding(Component):
    """Makes every attempt the action `happens` of a `Story`: the thoughts of `chain` in turn, then one question.

    That is as many rounds of questions as there are thoughts that ask, and one more, however many attempts. The answer names
    a place only among those there are, or, with `new_places`, one that is new, which the story bounds. By default the chain
    is `JudgeSuccess`, `KeepDirectSpeech`, `AccountForOthers`; `chain=[]` has the one question alone.
    """

    kind = "action"
    version = 1

    def __init__(
        self, chain: Sequence[Thought] | None = None, *, new_places: bool = True, max_tokens: int = 400, name: str = "grounding"
    ) -> None:
        thoughts = [JudgeSuccess(), KeepDirectSpeech(), AccountForOthers()] if chain is None else chain
        self.chain = ThoughtChain(thoughts)
        self.new_places = new_places
        self.max_tokens = max_tokens
        self.name = name

    async def ground(self, attempt: Attempt, offers: Sequence[OfferedAction], sees: str, turn: Turn) -> Grounding:
        """What happens, as one action of the story; `offers` say which places there are."""
        matter = Matter(attempt=attempt, sees=sees)
        matter = replace(matter, others=_named(turn.people, matter))
        self.chain.begin(matter, turn)
        matter = await self.chain.think(matter, turn)
        outcome = await self._told(matter, _places(offers), turn)
        outcome = self.chain.mend(outcome, matter, turn)
        text = outcome.text
        if not text:
            text = " ".join([sentence_of(matter.actor, matter.words), *([matter.besides] if matter.besides else [])])
        arguments: dict[str, Any] = {"what": one_line(text)[:LONGEST_DEED]}
        if outcome.place:
            arguments["place"] = outcome.place
        if outcome.minutes:
            arguments["minutes"] = outcome.minutes
        if outcome.facts:
            arguments["about"] = [about for about, _ in outcome.facts]
            arguments["facts"] = [statement for _, statement in outcome.facts]
        return Grounding(attempt_id=attempt.id, call=ActionCall(action="happens", arguments=arguments))

    async def _told(self, matter: Matter, places: tuple[str, ...], turn: Turn) -> Outcome:
        question = turn.prompt("what_happens", actor=matter.actor, rules=self.chain.rules(matter, turn))
        try:
            schema = _outcome(places, self.new_places)
            told: Any = await turn.fill(
                question, schema, notes=matter.notes(turn), max_tokens=self.max_tokens, what="what happens"
            )
        except AnswerFailed:
            return Outcome()
        text = one_line(told.happens)
        new_place = one_line(getattr(told, "new_place", ""))
        facts = [(one_line(each.about), one_line(each.statement)) for each in told.facts]
        return Outcome(
            text="" if matter.repeats(text) else text,
            place=getattr(told, "place", None) or ("" if matter.repeats(new_place) and not text else new_place),
            minutes=int(told.minutes),
            facts=tuple([fact for fact in facts if all(fact)]),
        )

    def state(self) -> dict[str, JsonValue]:
        """The states of its thoughts."""
        return self.chain.state()

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        self.chain.restore(state)


def _named(people: Sequence[str], matter: Matter) -> tuple[str, ...]:
    """Who else is named: in the attempt first, then in what its actor perceives."""
    others = [name for name in people if name != matter.actor]
    tried = [name for name in others if name in matter.words]
    return (*tried, *(name for name in others if name in matter.sees and name not in tried))


def _places(offers: Sequence[OfferedAction]) -> tuple[str, ...]:
    """The places that the story offers to go to."""
    ways = [offer for offer in offers if offer.name.rpartition(".")[2] == "go_to"]
    found = [each.options for offer in ways for each in offer.parameters if each.name == "to" and each.options]
    return found[0] if found else ()


@lru_cache(maxsize=256)
def _outcome(places: tuple[str, ...], new_places: bool) -> type[BaseModel]:
    fields: dict[str, Any] = {
        "happens": (Annotated[str, MaxLen(LONGEST_DEED)], Field("", description="what happens; empty when as attempted"))
    }
    if places:
        one_of: Any = Literal[places]
        fields["place"] = (one_of | None, Field(None, description="where the actor goes; null for nowhere else"))
    if new_places:
        about = "the name of a place that is not there yet, if the actor goes to one; else empty"
        fields["new_place"] = (Annotated[str, MaxLen(LONGEST_NAME)], Field("", description=about))
    fields["minutes"] = (Literal[_MINUTES], Field(0, description="how many minutes it takes"))
    noted = Annotated[list[_Noted], MaxLen(MOST_FACTS_AT_ONCE)]
    fields["facts"] = (noted, Field(default_factory=list, description="what is true from now on"))
    return create_model("Outcome", __config__=ConfigDict(extra="forbid"), **fields)
