"""ChainOfQuestions: several questions that the agent puts to itself one after the other, each knowing the answers before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

from gamemaster.words import Component, DefinitionError, Section, Turn, one_line

__all__ = ["ChainOfQuestions", "ShownAnswers"]

ShownAnswers: TypeAlias = Literal["all", "last"]
"""Which answers stand in the agent's prompt."""


class ChainOfQuestions(Component):
    """The answer to the last of `questions`, each of them asked with the answers before it in view.

    `{name}` in a question is the agent. Without questions of your own there are three: what matters here, what could be done and
    what would come of it, and what follows. With `shows="all"` every question stands in the prompt with its answer. A chain of
    n questions takes n calls, one after the other; `given` stands before each. When one of them gets no usable answer the chain
    says nothing in that turn: half a thought is no conclusion.

    Source: Wei et al. 2022 (chain-of-thought prompting), with a call for each thought in place of one long answer, so that each
    is on record by itself.
    """

    kind = "question"

    def __init__(
        self,
        questions: Sequence[str] = (),
        *,
        given: Sequence[Component] = (),
        shows: ShownAnswers = "last",
        label: str = "",
        name: str = "chain_of_questions",
        budget: int = 250,
    ) -> None:
        if isinstance(questions, str) or any(not each.strip() for each in questions):
            raise DefinitionError(
                f"The component {name!r} has questions={questions!r}; give a list of texts, none of them empty."
            )
        if shows not in get_args(ShownAnswers):
            raise DefinitionError(f"The component {name!r} has shows={shows!r}; it is 'all' or 'last'.")
        self.questions = tuple(questions)
        self.given = tuple(given)
        self.shows: ShownAnswers = shows
        self.label = label
        self.name = name
        self.budget = budget

    async def context(self, turn: Turn) -> str:
        """The last answer, or all of them, a line for each question."""
        questions = [each.replace("{name}", turn.agent) for each in self.questions] or list(turn.prompts("questions"))
        answers: list[str] = []
        lines: list[str] = []
        for number, question in enumerate(questions):
            heading = turn.prompt("so_far")
            notes = [Section(label=heading, text="\n".join(lines), kind="question", component=self.name)] if lines else []
            said = await turn.text(question, given=self.given, notes=notes, max_tokens=120, what=f"question/{number}")
            answers.append(one_line(said)[: self.budget * 3])
            lines.append(turn.prompt("step", question=question, answer=answers[-1]))
        if self.shows == "last":
            return answers[-1]
        return "\n".join(self._fitting(lines))

    def _fitting(self, lines: Sequence[str]) -> Sequence[str]:
        """As many of the last lines as the budget has room for."""
        room, kept = self.budget * 3, 0
        for line in reversed(lines):
            room -= len(line) + 1
            if room < 0:
                break
            kept += 1
        return lines[len(lines) - kept :]
