"""Situation: a running paragraph on what is going on, brought up to date from what is new."""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.words import AnswerFailed, Component, DefinitionError, JsonValue, Section, Turn, one_line

__all__ = ["Situation"]


class Situation(Component):
    """What the agent takes the situation to be, in one paragraph that is kept and revised, and not written anew each time.

    At a turn with news, the model is shown the last paragraph and the news since, and writes the next: one call. Without news
    nothing is asked and the paragraph stands, as it does when there is no usable answer. So its cost does not grow with what has
    happened.
    """

    kind = "situation"
    changes = "slowly"

    def __init__(self, *, given: Sequence[Component] = (), news: int = 20, name: str = "situation", budget: int = 200) -> None:
        if news < 1:
            raise DefinitionError(f"The component {name!r} has news={news}; it must be at least 1.")
        self.given = tuple(given)
        self.news = news
        self.name = name
        self.budget = budget
        self._text = ""

    async def context(self, turn: Turn) -> str:
        """The paragraph."""
        latest = turn.news[-self.news :]
        if not latest and self._text:
            return self._text
        lines = turn.texts.stamped(turn.moment, [(each.time, turn.texts.sentence(each)) for each in latest])
        notes: list[Section] = []
        if self._text:
            notes.append(Section(label=turn.prompt("so_far"), text=self._text, kind="situation", component=self.name))
        if lines:
            notes.append(Section(label=turn.prompt("new"), text="\n".join(lines), kind="observation", component=self.name))
        if not notes and not self.given:
            return ""
        question = turn.prompt("revise" if self._text else "first")
        try:
            said = await turn.text(question, given=self.given, notes=notes, max_tokens=self.budget, what="situation")
        except AnswerFailed:
            return self._text
        self._text = one_line(said)[: self.budget * 3] or self._text
        return self._text

    def state(self) -> dict[str, JsonValue]:
        """The paragraph."""
        return {"text": self._text}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        self._text = str(state["text"])
