"""SummaryOfSelf: who the agent has become, in its own view, from what it remembers."""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.language import together
from gamemaster.words import AnswerFailed, Component, DefinitionError, JsonValue, Section, Turn, one_line

__all__ = ["SummaryOfSelf"]

_ASKED = ("core", "occupation", "feeling")


class SummaryOfSelf(Component):
    """Core characteristics, present occupation, and feeling about how things go: three questions, each from `memories` recalled.

    Made at the first turn and again every `hours` simulated hours; the three questions are asked at the same time, and the
    summary stands until the next. A question without a usable answer keeps its last one.
    Source: Park et al. 2023, appendix A ("agent summary description"), which makes it anew at regular intervals.
    """

    kind = "persona"
    changes = "slowly"

    def __init__(
        self,
        *,
        given: Sequence[Component] = (),
        memories: int = 10,
        hours: float = 24.0,
        name: str = "summary_of_self",
        budget: int = 250,
    ) -> None:
        if memories < 1 or not 0 < hours < float("inf"):
            raise DefinitionError(
                f"The component {name!r} has memories={memories}, hours={hours}; both must be above 0, the hours finite."
            )
        self.given = tuple(given)
        self.memories = memories
        self.hours = hours
        self.name = name
        self.budget = budget
        self._made: float | None = None
        self._lines: tuple[str, ...] = ("",) * len(_ASKED)

    def is_due(self, time: float) -> bool:
        """Whether the summary is to be made at this simulated time: never made yet, or too old."""
        return self._made is None or time - self._made >= self.hours * 3600.0

    async def context(self, turn: Turn) -> str:
        """The summary, a line for each question."""
        if self.is_due(turn.time) and (len(turn.memory) or self.given):
            lines = await together([self._ask(turn, what) for what in _ASKED])
            if any(lines):
                self._made = turn.time
            self._lines = tuple(new or old for new, old in zip(lines, self._lines, strict=True))
        return "\n".join(line for line in self._lines if line)

    async def _ask(self, turn: Turn, what: str) -> str:
        hits = await turn.memory.recall(turn.prompt(f"{what}_query"), self.memories) if len(turn.memory) else []
        lines = [one_line(hit.memory.text) for hit in sorted(hits, key=lambda hit: hit.memory.time)]
        label = turn.texts.text("question", "what_is_remembered", name=turn.agent)
        notes = [Section(label=label, text="\n".join(lines), kind="memory", component=self.name)] if lines else []
        try:
            said = await turn.text(turn.prompt(what), given=self.given, notes=notes, max_tokens=self.budget // 3, what=what)
        except AnswerFailed:
            return ""
        return one_line(said)[: self.budget - 1]

    def state(self) -> dict[str, JsonValue]:
        """When it was made, and its lines."""
        lines: list[JsonValue] = []
        lines.extend(self._lines)
        return {"made": self._made, "lines": lines}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        made, lines = state["made"], state["lines"]
        assert (made is None or isinstance(made, (int, float))) and isinstance(lines, list)
        self._made = None if made is None else float(made)
        self._lines = tuple(str(each) for each in lines)
