"""Reminder: the persona again, close to the question, now and then."""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.words import Component, DefinitionError, JsonValue, Turn

__all__ = ["Reminder"]


class Reminder(Component):
    """Says what `given` says once more at the end of the prompt, at every `every`-th turn of the agent.

    In long contexts a model's answers drift away from the persona at their beginning; repeating it near the question holds
    them. No model is asked. The first turn has no reminder: the persona has just been read. Lines for which the
    budget has no room are left out.
    Source: Li et al. 2024 (Measuring and controlling instability in language model dialogs), who measure the drift and take
    the repeated system prompt as their baseline; their own remedy works inside the model and isn't this one.
    """

    kind = "persona"
    changes = "always"

    def __init__(self, *, given: Sequence[Component], every: int = 8, name: str = "reminder", budget: int = 150) -> None:
        if not given:
            raise DefinitionError(f"The component {name!r} is given nothing to remind of; give it the persona.")
        if every < 1:
            raise DefinitionError(f"The component {name!r} has every={every}; it must be at least 1.")
        self.given = tuple(given)
        self.every = every
        self.name = name
        self.budget = budget
        self._turns = 0
        self._step = -1

    async def context(self, turn: Turn) -> str:
        """The reminder when it is due, else nothing."""
        if turn.step != self._step:  # whoever asks for it again in this step sees the same
            self._step = turn.step
            self._turns += 1
        if self._turns == 1 or (self._turns - 1) % self.every:
            return ""
        room = self.budget * 3 - len(turn.prompt("reminder", text=""))
        kept: list[str] = []
        for line in "\n".join([await turn.context(each) for each in self.given]).splitlines():
            if line and len(line) < room:
                kept.append(line)
                room -= len(line) + 1
        return turn.prompt("reminder", text="\n".join(kept)) if kept else ""

    def state(self) -> dict[str, JsonValue]:
        """How many turns there were, and the step of the last."""
        return {"turns": self._turns, "step": self._step}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        turns, step = state["turns"], state["step"]
        assert isinstance(turns, int) and isinstance(step, int)
        self._turns, self._step = turns, step
