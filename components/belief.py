"""Belief: a question about what somebody else believes; of the second order, about what they think that one believes.

The one idea: a belief is asked for as a choice of yes and no, so that its answer is a probability and can be scored. The
same question stands in a probe (`belief.spec()`) or is asked by a component (`TheoryOfMind(beliefs=[...])`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gamemaster.words import ActionSpec, Chosen, DefinitionError, PromptTexts, one_line, prompt_texts

__all__ = ["Belief", "probability_of_yes"]

_FILE = "belief"


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """Whether `other` believes that `proposition`; with `order=2`, whether `other` thinks that the agent itself does.

    `proposition` is a sentence without its full stop, as it stands after "that". `name` is what its measure is called,
    by default the question's own words.
    Raises: DefinitionError for an empty other or proposition, and an order other than 1 or 2.
    """

    other: str
    proposition: str
    order: Literal[1, 2] = 1
    name: str = ""

    def __post_init__(self) -> None:
        if not self.other.strip() or not self.proposition.strip():
            raise DefinitionError(
                f"A belief of {self.other!r} that {self.proposition!r}: give the other's name and a proposition."
            )
        if self.order not in (1, 2):
            raise DefinitionError(f"The belief that {self.proposition!r} has order={self.order!r}; it is 1 or 2.")

    @property
    def measure(self) -> str:
        """The name of its measure."""
        return self.name or f"belief of order {self.order}: {self.other}, {one_line(self.proposition)}"

    def question(self, texts: PromptTexts, name: str) -> str:
        """The question, as put to the agent `name`."""
        asked = "believes" if self.order == 1 else "thinks_that_i_believe"
        return texts.text(_FILE, asked, other=self.other, proposition=one_line(self.proposition), name=name)

    def statement(self, texts: PromptTexts, name: str, probability: float) -> str:
        """What is thought of it, for a prompt."""
        asked = "believed" if self.order == 1 else "thought_to_believe"
        told = texts.text(_FILE, asked, other=self.other, proposition=one_line(self.proposition), name=name)
        return texts.text(_FILE, "how_likely", statement=told, percent=round(100 * probability))

    def options(self, texts: PromptTexts) -> tuple[str, ...]:
        """Yes and no, in this order."""
        return texts.texts(_FILE, "yes_and_no")

    def spec(self, texts: PromptTexts | None = None) -> ActionSpec:
        """The question for a probe: `Probe([Belief(other="Bob", proposition="the tin is empty").spec()], to=["Ann"])`.

        `texts` are the run's prompt texts where these aren't the English ones.
        """
        known = texts if texts is not None else prompt_texts()
        return ActionSpec.choice(self.question(known, "{name}"), self.options(known), tag=self.measure)


def probability_of_yes(chosen: Chosen) -> float:
    """The probability of the first of the options; 1 or 0 where the model gives none."""
    return float(chosen.index == 0) if chosen.probabilities is None else chosen.probabilities[0]
