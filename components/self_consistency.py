"""SelfConsistency: the answer that the agent comes to most often when it thinks a question over several times.

The one idea: reasons are drawn several times at the same time, each ends in a typed answer, and the answers are counted. Where
the answer is in words there is nothing to count; then the model is shown all of them and says which one most of them agree with.

Source: Wang et al. 2022 (Self-consistency improves chain of thought reasoning in language models), with the plain majority, which
they found as good as a weighted one; for words Chen et al. 2023 (Universal self-consistency). Departure: the answer is a typed
question of its own after the reasons, and isn't read out of them.
"""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from gamemaster.components.majority import majority, typical
from gamemaster.language import together
from gamemaster.words import AnswerFailed, Component, DefinitionError, Section, Turn, one_line

__all__ = ["SelfConsistency"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A question, and what answers it has: some of `options`, a number within bounds, or words."""

    question: str
    options: tuple[str, ...] = ()
    is_number: bool = False
    low: float | None = None
    high: float | None = None


class SelfConsistency(Component):
    """What the agent answers most often, thinking `question` over `n` times; by default what it is being asked in this turn.

    With a question of your own the answer is one of `options`, a number from `low` to `high`, or words. Reasons are drawn at
    `temperature`, each time anew, and each ends in an answer: 2 n calls in two rounds. Of options given equally often the one
    found first wins, of numbers the one nearest to the median. Answers in words are n calls, and one that chooses among them.
    A try without a usable answer isn't counted.

    Measures: `agreement`, the share of the tries that came to the answer (not for words).
    """

    kind = "question"

    def __init__(
        self,
        question: str = "",
        *,
        options: Sequence[str] = (),
        low: float | None = None,
        high: float | None = None,
        n: int = 5,
        temperature: float = 0.7,
        given: Sequence[Component] = (),
        label: str = "",
        name: str = "self_consistency",
        budget: int = 150,
    ) -> None:
        if n < 2:
            raise DefinitionError(f"The component {name!r} has n={n}; there is nothing to count below 2.")
        if not 0 < temperature < float("inf"):
            raise DefinitionError(f"The component {name!r} has temperature={temperature}; at 0 all tries would be the same.")
        is_number = low is not None or high is not None
        if (options or is_number) and not question.strip():
            raise DefinitionError(f"The component {name!r} is told what may be answered and not what is asked; give a question.")
        if options and is_number:
            raise DefinitionError(f"The component {name!r} has options and bounds of a number; give one of them.")
        if isinstance(options, str) or (options and len(set(options)) < max(2, len(options))):
            raise DefinitionError(f"The component {name!r} has options={options!r}; give a list of at least two, no two alike.")
        if low is not None and high is not None and low > high:
            raise DefinitionError(
                f"The component {name!r} has low={low}, high={high}; the low one must not be above the high one."
            )
        self.question = question.strip()
        self.options = tuple(options)
        self.low = low
        self.high = high
        self.n = n
        self.temperature = temperature
        self.given = tuple(given)
        self.label = label
        self.name = name
        self.budget = budget

    async def context(self, turn: Turn) -> str:
        """The answer, and how often it was come to."""
        asked = self._asked(turn)
        if not asked.options and not asked.is_number:
            return await self._in_words(turn, asked.question)
        tries = [each for each in await together([self._try(turn, asked, at) for at in range(self.n)]) if each is not None]
        if not tries:
            return ""
        if asked.is_number:
            number, votes = typical([float(each) for each in tries])
            answer = f"{number:g}"
        else:
            answer, votes = majority([str(each) for each in tries])
        turn.measure("agreement", round(votes / len(tries), 6))
        return self._fitting(turn.prompt("verdict", answer=one_line(answer), votes=votes, n=len(tries)))

    def _asked(self, turn: Turn) -> _Asked:
        if self.question:
            question = self.question.replace("{name}", turn.agent)
            is_number = self.low is not None or self.high is not None
            return _Asked(question=question, options=self.options, is_number=is_number, low=self.low, high=self.high)
        spec = turn.spec
        question = turn.texts.call(spec, name=turn.agent, time=turn.texts.moment(turn.moment))
        options = tuple(spec.options) if len(spec.options) > 1 else ()
        return _Asked(question=question, options=options, is_number=spec.kind == "number", low=spec.low, high=spec.high)

    async def _try(self, turn: Turn, asked: _Asked, at: int) -> str | float | None:
        """One answer, with reasons of its own; None where there was none."""
        try:
            reasons = await self._drawn(turn, turn.prompt("reasons", question=asked.question), "reasons", at)
            notes = [Section(label=turn.prompt("thought"), text=reasons, kind="question", component=self.name)]
            if asked.is_number:
                return await turn.number(
                    asked.question, asked.low, asked.high, given=self.given, notes=notes, what="answer", index=at
                )
            chosen = await turn.choose(asked.question, asked.options, given=self.given, notes=notes, what="answer", index=at)
            return chosen.option
        except AnswerFailed:
            return None

    async def _drawn(self, turn: Turn, question: str, what: str, at: int) -> str:
        temperature, most = self.temperature, self.budget
        return await turn.text(question, given=self.given, max_tokens=most, temperature=temperature, what=what, index=at)

    async def _in_words(self, turn: Turn, question: str) -> str:
        drawn = await together([self._unless_failed(self._drawn(turn, question, "answer", at)) for at in range(self.n)])
        said = [one_line(each)[: self.budget * 3] for each in drawn if each]
        if not said:
            return ""
        distinct = list(dict.fromkeys(said))
        if len(distinct) == 1:
            return distinct[0]
        likely = distinct.index(majority(said)[0])
        question = turn.prompt("which", question=question)
        chosen = await turn.choose(question, distinct, given=self.given, unsure=likely, what="which")
        return chosen.option

    async def _unless_failed(self, question: Coroutine[Any, Any, str]) -> str:
        try:
            return await question
        except AnswerFailed:
            return ""

    def _fitting(self, text: str) -> str:
        return text[: self.budget * 3]
