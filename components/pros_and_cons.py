"""ProsAndCons: what speaks for and against each thing that the agent could do, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from annotated_types import MaxLen
from pydantic import BaseModel

from gamemaster.components.options import Options
from gamemaster.language import together
from gamemaster.words import AnswerFailed, Component, DefinitionError, Section, Turn, one_line

__all__ = ["ProsAndCons"]

_MOST = 3
_LONGEST = 120


class Weighed(BaseModel):
    """What speaks for and against one option."""

    advantages: Annotated[list[str], MaxLen(_MOST)]
    disadvantages: Annotated[list[str], MaxLen(_MOST)]


class ProsAndCons(Component):
    """The option that the agent decides for, with up to three advantages and disadvantages of each, the chosen one first.

    What is weighed is what `options` (an `Options` of the same agent) came up with; without it, the options of the choice that
    the agent is being asked to make. Where there is neither it says nothing. All options are weighed at the same time, a call
    each, and one more call is the verdict: two rounds, after that of the options. An option without a usable weighing is
    decided on without one.

    Measures: `options_weighed`.
    """

    kind = "question"

    def __init__(
        self,
        options: Options | None = None,
        *,
        given: Sequence[Component] = (),
        name: str = "pros_and_cons",
        budget: int = 400,
    ) -> None:
        if options is not None and not isinstance(options, Options):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise DefinitionError(f"The component {name!r} is given options={options!r}; give the agent's `Options` component.")
        self.options = options
        self.given = tuple(given) if options is None or options in given else (*given, options)
        self.name = name
        self.budget = budget

    async def context(self, turn: Turn) -> str:
        """The verdict, then a paragraph for each option as far as the budget goes."""
        options = await self._options(turn)
        if not options:
            return ""
        before = [each for each in self.given if each is not self.options]
        found = await together([self._weigh(turn, before, option, at) for at, option in enumerate(options)])
        turn.measure("options_weighed", sum(each is not None for each in found))
        told = [self._told(turn, option, each) for option, each in zip(options, found, strict=True)]
        notes = [Section(label=turn.prompt("weighed"), text="\n".join(told), kind="question", component=self.name)]
        chosen = await turn.choose(turn.prompt("verdict"), options, given=before, notes=notes, unsure=0, what="verdict")
        lines = [told[chosen.index], *(each for at, each in enumerate(told) if at != chosen.index)]
        return self._fitting([turn.prompt("decided", option=chosen.option), *"\n".join(lines).splitlines()])

    async def _options(self, turn: Turn) -> list[str]:
        """What is to be weighed; one option alone is nothing to weigh."""
        if self.options is not None and self.options in self.given:
            lines = (await turn.context(self.options)).splitlines()
            options = [line.removeprefix("- ").strip() for line in lines if line.strip()]
        else:
            options = list(turn.spec.options)
        return options if len(options) > 1 else []

    async def _weigh(self, turn: Turn, before: Sequence[Component], option: str, at: int) -> Weighed | None:
        question = turn.prompt("question", option=option, n=_MOST)
        try:
            return await turn.fill(question, Weighed, given=before, max_tokens=200, what=f"weigh/{at}")
        except AnswerFailed:
            return None

    def _told(self, turn: Turn, option: str, weighed: Weighed | None) -> str:
        lines = [turn.prompt("option", option=option)]
        if weighed is not None:
            for what, points in (("for", weighed.advantages), ("against", weighed.disadvantages)):
                lines += [turn.prompt(what, point=one_line(each)[:_LONGEST]) for each in points if each.strip()]
        return "\n".join(lines)

    def _fitting(self, lines: Sequence[str]) -> str:
        """As many of the first lines as the budget has room for."""
        room = self.budget * 3
        kept: list[str] = []
        for line in lines:
            room -= len(line) + 1
            if room < 0:
                break
            kept.append(line)
        return "\n".join(kept)
