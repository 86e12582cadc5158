"""Background: a text on the agent's life so far, written before the run and checked against what is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, Field, create_model

from gamemaster.components.profile import Profile
from gamemaster.components.profile_words import public_text
from gamemaster.words import AnswerFailed, Component, DefinitionError, JsonValue, Section, Turn

__all__ = ["Background", "WrittenBackground"]

_Verdict = Literal["agrees", "silent", "contradicts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenBackground:
    """What came of the drafts: the text, "" where none could be used, and the problems of each draft that was rejected."""

    text: str
    rejected: tuple[tuple[str, ...], ...] = ()

    @property
    def failure(self) -> str:
        """Why there is no text; "" when there is."""
        return "" if self.text else "; ".join([f"draft {at}: {', '.join(each)}" for at, each in enumerate(self.rejected, 1)])


class Background(Component):
    """The life of the agent so far, in a short text.

    The text is given, or written before the first step by `gamemaster.Backgrounds`: a draft of at most `words` words from
    what is public of the persona. It must name each of `mention` (facts of the persona, or "name") word for word, and a
    second question asks of every fact whether the draft contradicts it. A draft that fails is written anew, at most
    `drafts` in all, each told what was wrong with the one before. What fails every time is not kept.
    """

    changes = "own"
    kind = "persona"

    def __init__(
        self,
        text: str = "",
        *,
        words: int = 80,
        mention: Sequence[str] = ("age",),
        drafts: int = 3,
        name: str = "background",
        budget: int = 300,
    ) -> None:
        if isinstance(mention, str):
            raise DefinitionError(f"Background(mention={mention!r}): give a list of facts.")
        for what, value in (("words", words), ("drafts", drafts)):
            if value < 1:
                raise DefinitionError(f"Background({what}={value}): {what} must be at least 1.")
        self.text = text.strip()
        self.words = words
        self.mention = tuple(mention)
        self.drafts = drafts
        self.name = name
        self.budget = budget

    async def context(self, turn: Turn) -> str:
        """The text; nothing while there is none."""
        return self.text

    def state(self) -> dict[str, JsonValue]:
        """The text."""
        return {"text": self.text}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up the text."""
        self.text = str(state["text"])

    async def write(self, turn: Turn, profile: Profile) -> WrittenBackground:
        """Draft it, check it, and draft it again until it can be used or the drafts are spent; `text` is what came of it.

        Takes two questions a draft, the second only where there are facts and the first check is passed.
        """
        known = Section(
            label=turn.prompt("known"), text=public_text(profile, turn.texts, name=turn.agent), changes="own", kind="persona"
        )
        facts = profile.stated
        mentioned = {what: turn.agent if what == "name" else facts[what] for what in self.mention if what in (*facts, "name")}
        rejected: list[tuple[str, ...]] = []
        for draft in range(self.drafts):
            call = turn.prompt("draft", words=self.words)
            if mentioned:
                call += " " + turn.prompt("mention", mentioned=turn.texts.text("persona", "comma").join(mentioned.values()))
            if rejected:
                call += "\n" + turn.prompt("rejected", problems="; ".join(rejected[-1]))
            try:
                text = await turn.text(call, notes=[known], max_tokens=self.budget, what="draft", index=draft)
                problems = self._missing(turn, text, mentioned)
                if not problems and facts:
                    problems = await self._contradicted(turn, text, known, facts, draft)
            except AnswerFailed as error:
                problems, text = [turn.prompt("no_answer", reason=str(error))], ""
            if not problems:
                self.text = text
                return WrittenBackground(text=text, rejected=tuple(rejected))
            rejected.append(tuple(problems))
        self.text = ""
        return WrittenBackground(text="", rejected=tuple(rejected))

    def _missing(self, turn: Turn, text: str, mentioned: Mapping[str, str]) -> list[str]:
        """What can be seen without asking."""
        folded = text.casefold()
        problems = [
            turn.prompt("unmentioned", what=what, value=value)
            for what, value in mentioned.items()
            if not _stands_in(value.casefold(), folded)
        ]
        # Half as many again is let pass: models count badly, and the budget is the bound that counts.
        if len(text.split()) > self.words * 1.5 or len(text) > self.budget * 3:
            problems.append(turn.prompt("too_long", words=self.words))
        return problems

    async def _contradicted(self, turn: Turn, text: str, known: Section, facts: Mapping[str, str], draft: int) -> list[str]:
        listed = [
            turn.prompt("fact", number=number, what=what, value=value) for number, (what, value) in enumerate(facts.items(), 1)
        ]
        note = Section(label=turn.prompt("the_text"), text=text)
        call = turn.prompt("check", facts="\n".join(listed))
        verdicts = await turn.fill(call, _verdicts(len(facts)), notes=[known, note], what="check", index=draft)
        return [
            turn.prompt("contradicted", what=what, value=value)
            for number, (what, value) in enumerate(facts.items(), 1)
            if getattr(verdicts, f"fact_{number}") == "contradicts"
        ]


def _stands_in(value: str, text: str) -> bool:
    """Whether it stands in the text as a whole: 4 does not stand in 41."""
    at = text.find(value)
    while at >= 0:
        before, after = text[at - 1 : at] if at else "", text[at + len(value) : at + len(value) + 1]
        if not (value[:1].isdigit() and before.isdigit()) and not (value[-1:].isdigit() and after.isdigit()):
            return True
        at = text.find(value, at + 1)
    return False


@lru_cache(maxsize=64)
def _verdicts(facts: int) -> type[BaseModel]:
    fields: dict[str, Any] = {f"fact_{number}": (_Verdict, Field()) for number in range(1, facts + 1)}
    return create_model("Verdicts", **fields)
