"""KeepDirectSpeech: words that somebody speaks stand in the outcome as they were spoken."""

from __future__ import annotations

from dataclasses import replace

from gamemaster.components.game_master.thought_chain import Matter, Outcome, Thought, quotations
from gamemaster.words import Turn, one_line, quote

__all__ = ["KeepDirectSpeech"]


class KeepDirectSpeech(Thought):
    """Says so to the model, and sees to it: quoted words of the attempt that the outcome lacks are put to its end.

    It asks nothing.
    """

    def __init__(self, *, name: str = "keep_direct_speech") -> None:
        self.name = name

    def rule(self, matter: Matter, turn: Turn) -> str:
        """Where words are spoken, to keep them."""
        return turn.prompt("keep_words", actor=matter.actor) if quotations(matter.words) else ""

    def mend(self, outcome: Outcome, matter: Matter, turn: Turn) -> Outcome:
        """The outcome with all words that were spoken."""
        if not outcome.text:
            return outcome  # it is the attempt itself, words and all
        told = one_line(outcome.text)
        lost = [words for words in dict.fromkeys(quotations(matter.words)) if words not in told]
        kept = [turn.prompt("in_words", actor=matter.actor, words=quote(words)) for words in lost]
        return replace(outcome, text=" ".join([told, *kept])) if kept else outcome
