"""ThoughtChain: what a game master settles about an attempt, one thing after the other, before it tells what happens.

The one idea: each thought is a part of its own, which may ask the model once, and later look over the outcome and mend it
by a rule. What a thought has settled stands before every question after it. A thought without a usable answer settles
nothing, and the chain goes on.

After the thought chains of Concordia's game master (Vezhnevets et al. 2023).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gamemaster.components.game_master.grounding import attempt_notes
from gamemaster.words import AnswerFailed, Attempt, Component, DefinitionError, JsonValue, Section, Turn, one_line

__all__ = ["Matter", "Outcome", "Thought", "ThoughtChain", "quotations"]

_QUOTED = re.compile(r"\"([^\"]+)\"|“([^”]+)”|«([^»]+)»|「([^」]+)」")


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """An attempt as it is thought about: what its actor perceives, who else may be concerned, and what is settled so far.

    `others` are those whom the attempt or the situation names. `besides` is what happens of itself at the same time.
    """

    attempt: Attempt
    sees: str = ""
    others: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    succeeds: bool = True
    besides: str = ""

    @property
    def actor(self) -> str:
        """Who attempts it."""
        return self.attempt.actor

    @property
    def words(self) -> str:
        """The attempt in the actor's own words, on one line."""
        return one_line(str(self.attempt.answer))

    def and_settled(self, thought: str) -> Matter:
        """The same with one more thing settled."""
        return replace(self, settled=(*self.settled, thought))

    def repeats(self, text: str) -> bool:
        """Whether a text says no more than the attempt itself."""
        return one_line(text).strip(" \"'“”«».").casefold() in self.words.casefold()

    def notes(self, turn: Turn) -> list[Section]:
        """Situation, attempt (as a quotation) and what is settled, as sections of a question."""
        notes = attempt_notes(self.attempt, self.sees, turn)
        if self.settled:
            notes.append(Section(label=turn.prompt("settled"), text="\n".join(self.settled), kind="other"))
        return notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What happens: a text, empty while it is just what was attempted; where the actor is then, if that is another place.

    `facts` are (about, statement).
    """

    text: str = ""
    place: str = ""
    minutes: int = 0
    facts: tuple[tuple[str, str], ...] = ()


class Thought(Component):
    """One thing to be settled about an attempt. Subclass it and override what it needs."""

    def begin(self, matter: Matter, turn: Turn) -> None:
        """Told of each attempt of a step, in their order, before any of them is thought about; asks nothing."""

    async def think(self, matter: Matter, turn: Turn) -> Matter:
        """The matter with what this thought has settled. It may ask the model once; several questions at the same time."""
        return matter

    def rule(self, matter: Matter, turn: Turn) -> str:
        """A sentence to be kept to when what happens is told; empty for none."""
        return ""

    def mend(self, outcome: Outcome, matter: Matter, turn: Turn) -> Outcome:
        """The outcome as this thought lets it stand; asks nothing."""
        return outcome


class ThoughtChain:
    """Thoughts in the order in which they are thought.

    Raises: DefinitionError for what is no thought, or two of one name.
    """

    def __init__(self, thoughts: Sequence[Thought]) -> None:
        for each in thoughts:
            if not isinstance(each, Thought):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise DefinitionError(f"A thought chain is given {each!r}; give objects of Thought classes.")
        names = [each.name for each in thoughts]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise DefinitionError(f"A thought chain has two thoughts named {twice!r}; give one of them another name.")
        self.thoughts = tuple(thoughts)

    def begin(self, matter: Matter, turn: Turn) -> None:
        """Tell all of an attempt."""
        for each in self.thoughts:
            each.begin(matter, turn)

    async def think(self, matter: Matter, turn: Turn) -> Matter:
        """The matter when all have been thought, one after the other: as many rounds as there are thoughts, at most."""
        for each in self.thoughts:
            try:
                matter = await each.think(matter, turn)
            except AnswerFailed:
                continue
        return matter

    def rules(self, matter: Matter, turn: Turn) -> str:
        """The sentences to be kept to."""
        return "".join([f" {rule}" for each in self.thoughts if (rule := each.rule(matter, turn))])

    def mend(self, outcome: Outcome, matter: Matter, turn: Turn) -> Outcome:
        """The outcome as all of them let it stand, in their order."""
        for each in self.thoughts:
            outcome = each.mend(outcome, matter, turn)
        return outcome

    def state(self) -> dict[str, JsonValue]:
        """The states of those that have one, by name."""
        return {each.name: each.state() for each in self.thoughts if type(each).state is not Component.state}

    def restore(self, state: Mapping[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        for each in self.thoughts:
            own = state.get(each.name)
            if isinstance(own, dict):
                each.restore(own)


def quotations(text: str) -> list[str]:
    """What stands between quotation marks in a text, each on one line."""
    found = (next((group for group in match.groups() if group), "") for match in _QUOTED.finditer(text))
    return [words for each in found if (words := one_line(each))]
