"""Question: the agent asks itself something before it acts."""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.words import Component, DefinitionError, Section, Turn

__all__ = ["Question"]


class Question(Component):
    """The model's answer to `question`, asked anew at each turn.

    `given` are the components whose contexts it is answered from. `answer_prefix` begins the answer, and `{name}` in
    both is the agent. `memories` recalls as many memories by the question; `remember` keeps the answer as a thought.
    `question` and `answer_prefix` are yours, in whatever language the run has. Without a `label` the question stands before its
    answer. The three questions of appropriateness are three of these: see `appropriateness`.
    """

    changes = "always"
    kind = "question"

    def __init__(
        self,
        question: str,
        *,
        name: str,
        given: Sequence[Component] = (),
        label: str = "",
        answer_prefix: str = "",
        memories: int = 0,
        remember: bool = False,
        shown: bool = True,
        budget: int = 200,
    ) -> None:
        if not question.strip():
            raise DefinitionError(f"The component {name!r} asks nothing; give it a question.")
        if memories < 0:
            raise DefinitionError(f"The question {name!r} has memories={memories}; it must be at least 0.")
        self.question = question
        self.name = name
        self.given = tuple(given)
        self.label = label
        self.answer_prefix = answer_prefix
        self.memories = memories
        self.remember = remember
        self.shown = shown
        self.budget = budget

    def asked(self, turn: Turn) -> tuple[str, str]:
        """The question and the beginning of its answer, as they are put in this turn."""
        return self.question.replace("{name}", turn.agent), self.answer_prefix.replace("{name}", turn.agent)

    async def context(self, turn: Turn) -> str:
        """The answer, with its prefix."""
        question, prefix = self.asked(turn)
        notes: list[Section] = []
        if self.memories and len(turn.memory):
            hits = await turn.memory.recall(question, self.memories)
            lines = "\n".join(hit.memory.text for hit in sorted(hits, key=lambda hit: hit.memory.time))
            label = turn.texts.text("question", "what_is_remembered", name=turn.agent)
            notes.append(Section(label=label, text=lines, kind="memory", component=self.name))
        answer = await turn.text(
            question, answer_prefix=prefix, given=self.given, notes=notes, max_tokens=self.budget, what="question"
        )
        said = turn.texts.text("question", "joined", prefix=prefix, answer=answer).strip() if prefix else answer
        if self.remember:
            turn.memory.add(said, kind="thought")
        return said if turn.texts.label(self, turn.agent) else f"{question}\n{said}"
