"""The three questions of appropriateness: what situation is this, what kind of person am I, and what does such a person do.

The one idea: they are three `Question`s, the last answered from the first two, with their words in the prompt texts. Nothing
here weighs consequences.

Source: March & Olsen 2011, The logic of appropriateness; Vezhnevets et al. 2023 (Concordia), where they are the default of an
agent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

from gamemaster.components.question import Question
from gamemaster.words import Component, DefinitionError, Turn, prompt_texts

__all__ = ["AppropriatenessQuestion", "Appropriate", "appropriateness"]

Appropriate: TypeAlias = Literal["situation", "person", "deed"]
"""Which of the three: what situation this is, what kind of person one is, what such a person does in it."""


class AppropriatenessQuestion(Question):
    """One of the three questions, in the run's language; the rest is as in `Question`.

    Its name is `which_situation`, `which_person` or `which_deed` unless you give another.
    """

    texts_file = "appropriateness"

    def __init__(
        self,
        which: Appropriate,
        *,
        given: Sequence[Component] = (),
        memories: int = 0,
        remember: bool = False,
        shown: bool = True,
        label: str = "",
        name: str = "",
        budget: int = 150,
    ) -> None:
        if which not in get_args(Appropriate):
            raise DefinitionError(
                f"There is no question of appropriateness {which!r}; it is one of {', '.join(get_args(Appropriate))}."
            )
        self.which: Appropriate = which
        self.label_text = f"{which}_label"
        super().__init__(
            prompt_texts().text(self.texts_file, which, name="{name}"),
            name=name or f"which_{which}",
            given=given,
            label=label,
            memories=memories,
            remember=remember,
            shown=shown,
            budget=budget,
        )

    def asked(self, turn: Turn) -> tuple[str, str]:
        """The question and the beginning of its answer."""
        return turn.prompt(self.which), turn.prompt(f"{self.which}_begins")


def appropriateness(
    *, given: Sequence[Component] = (), memories: int = 0, remember: bool = False, shown: bool = True
) -> tuple[AppropriatenessQuestion, AppropriatenessQuestion, AppropriatenessQuestion]:
    """Situation, person and deed: three components for an agent's list, in this order.

    The first two are answered from `given`, at the same time; the third from them and `given`. So they take two rounds of
    calls, three calls in all. `memories` and `remember` are those of each `Question`; with `shown=False` only the last
    stands in the prompt.
    """
    situation = AppropriatenessQuestion("situation", given=given, memories=memories, remember=remember, shown=shown)
    person = AppropriatenessQuestion("person", given=given, memories=memories, remember=remember, shown=shown)
    deed = AppropriatenessQuestion("deed", given=[*given, situation, person], memories=memories, remember=remember)
    return situation, person, deed
