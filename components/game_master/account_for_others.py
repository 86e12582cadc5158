"""AccountForOthers: nobody is made to do or say what they did not choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gamemaster.components.game_master.thought_chain import Matter, Outcome, Thought, quotations
from gamemaster.words import Turn, one_line

__all__ = ["AccountForOthers"]

_MOST = 12


class AccountForOthers(Thought):
    """Asks the model once whose decision the attempt takes besides its actor's, and has the telling stop there.

    Where nobody else is concerned nothing is asked. One rule is held without the model: an outcome with quoted words that
    the attempt doesn't have would put them into somebody's mouth; then what was attempted is told instead, no facts
    are noted, and the outcome goes on record as a measure. What an outcome has others *do* is asked of the model and not checked.
    """

    def __init__(self, *, name: str = "account_for_others") -> None:
        self.name = name

    async def think(self, matter: Matter, turn: Turn) -> Matter:
        """The matter with whose turn it is to decide, where it is somebody's."""
        others = matter.others[:_MOST]
        if not others:
            return matter
        question = turn.prompt("who_else", actor=matter.actor)
        options = [turn.prompt("nobody_else"), *(turn.prompt("somebody_else", other=each) for each in others)]
        chosen = await turn.choose(question, options, notes=matter.notes(turn), unsure=0, what=self.name)
        if not chosen.index:
            return matter
        other = others[chosen.index - 1]
        return matter.and_settled(turn.prompt("others_decide", other=other, actor=matter.actor))

    def rule(self, matter: Matter, turn: Turn) -> str:
        """To leave the others their say."""
        return turn.prompt("leave_to_others", actor=matter.actor) if matter.others else ""

    def mend(self, outcome: Outcome, matter: Matter, turn: Turn) -> Outcome:
        """The outcome, or the attempt itself in its place where words were made up."""
        if not _made_up(quotations(outcome.text), matter.words):
            return outcome
        turn.measure("outcome not told", outcome.text)
        return replace(outcome, text="", facts=())


def _made_up(quoted: Sequence[str], attempt: str) -> bool:
    said = _plain(attempt)
    return any(_plain(words) not in said for words in quoted)


def _plain(words: str) -> str:
    """Without marks and letters' case: what a model changes when it sets words into a sentence of its own."""
    kept = "".join(each if each.isalnum() or each.isspace() else " " for each in words.casefold())
    return one_line(kept)
