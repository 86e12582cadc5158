"""Options: what the agent could do now; and BestOption, the one that serves it best.

The two are the rational agent of the field: think of several things, then take the one that is best by a stated measure.
Source: Vezhnevets et al. 2023 (Concordia), the rational-choice agent.
"""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.words import Component, DefinitionError, Turn, one_line

__all__ = ["BestOption", "Options"]


class Options(Component):
    """At most `n` things that the agent could do now, one a line; one call, answered from `given`."""

    kind = "question"

    def __init__(self, *, given: Sequence[Component] = (), n: int = 4, name: str = "options", budget: int = 250) -> None:
        if n < 2:
            raise DefinitionError(f"The component {name!r} has n={n}; there is a choice between at least 2.")
        self.given = tuple(given)
        self.n = n
        self.name = name
        self.budget = budget

    async def context(self, turn: Turn) -> str:
        """The options, one a line, no two alike."""
        asked = await turn.list(turn.prompt("question", n=self.n), self.n, given=self.given, what="options")
        return "\n".join(f"- {each}" for each in dict.fromkeys(map(one_line, asked)) if each)


class BestOption(Component):
    """The option of `options` that serves the agent's goals best, chosen by the model; measured as `options_considered`.

    Two rounds of calls, that of the options included: the options are read from the other component, which need not be shown.
    """

    kind = "question"

    def __init__(
        self, options: Options, *, given: Sequence[Component] = (), name: str = "best_option", budget: int = 150
    ) -> None:
        self.options = options
        self.given = tuple(given) if options in given else (*given, options)
        self.name = name
        self.budget = budget

    async def context(self, turn: Turn) -> str:
        """The option chosen."""
        if self.options not in self.given:  # left out
            return ""
        lines = [line.removeprefix("- ") for line in (await turn.context(self.options)).splitlines() if line.strip()]
        turn.measure("options_considered", len(lines))
        if not lines:
            return ""
        if len(lines) == 1:
            return lines[0]
        before = [each for each in self.given if each is not self.options]
        chosen = await turn.choose(turn.prompt("question"), lines, given=before, unsure=0, what="best")
        return chosen.option
