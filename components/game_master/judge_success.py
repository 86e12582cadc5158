"""JudgeSuccess: whether an attempt succeeds, and why."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Any, Literal

from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict, Field, create_model

from gamemaster.components.game_master.thought_chain import Matter, Outcome, Thought
from gamemaster.words import Turn, one_line, quote

__all__ = ["JudgeSuccess"]

_CHANCES = (1.0, 0.8, 0.5, 0.2, 0.0)
"""What the five likelihoods mean; nobody measured them."""

_EVEN = 0.5


class JudgeSuccess(Thought):
    """Asks the model once how likely the attempt is to succeed, and why; then chance decides, by key.

    With `chance=False` whatever is at least even succeeds. An attempt about which the model says nothing succeeds.
    """

    def __init__(self, *, chance: bool = True, name: str = "judge_success") -> None:
        self.chance = chance
        self.name = name

    async def think(self, matter: Matter, turn: Turn) -> Matter:
        """The matter with the verdict, which is the reason too where there is one."""
        likelihoods = turn.prompts("likelihoods")
        question = turn.prompt("how_likely", actor=matter.actor)
        verdict: Any = await turn.fill(question, _verdict(likelihoods), notes=matter.notes(turn), what=f"{self.name}")
        likely = _CHANCES[likelihoods.index(verdict.likelihood)]
        drawn = turn.random(self.name).random() if self.chance else _EVEN
        succeeds = drawn < likely or (not self.chance and likely >= _EVEN)
        why = one_line(verdict.reason)
        because = turn.prompt("because", why=why) if why and not matter.repeats(why) else ""
        told = turn.prompt("it_succeeds" if succeeds else "it_fails", actor=matter.actor, because=because)
        return replace(matter.and_settled(told), succeeds=succeeds)

    def mend(self, outcome: Outcome, matter: Matter, turn: Turn) -> Outcome:
        """What fails did not happen as attempted, nor did it bring its actor anywhere."""
        if matter.succeeds or outcome.text:
            return outcome
        return replace(outcome, text=turn.prompt("tries", actor=matter.actor, words=quote(matter.words)), place="")


@lru_cache(maxsize=64)
def _verdict(likelihoods: tuple[str, ...]) -> type[BaseModel]:
    fields: dict[str, Any] = {
        "reason": (Annotated[str, MaxLen(400)], Field("", description="why, in one sentence")),
        "likelihood": (Literal[likelihoods], Field(likelihoods[0], description="how likely it is to succeed")),
    }
    return create_model("Verdict", __config__=ConfigDict(extra="forbid"), **fields)
