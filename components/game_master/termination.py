"""AskWhetherOver: whether it has come to its end, in the game master's judgement."""

from __future__ import annotations

from gamemaster.words import AnswerFailed, Component, DefinitionError, JsonValue, Section, Turn

__all__ = ["AskWhetherOver"]

_MOST_CHARACTERS = 6000


class AskWhetherOver(Component):
    """Asks the model once in every `every` steps, from what happened since; a doubtful answer, or none, means that it goes on.

    `question` is answered by yes or no: "Has the shop been sold?" The reason on record is the question with its answer.
    """

    version = 1

    def __init__(self, question: str = "", *, every: int = 1, name: str = "termination") -> None:
        if every < 1:
            raise DefinitionError(f"AskWhetherOver(every={every}); it is a number of steps, at least 1.")
        self.question = question
        self.every = every
        self.name = name
        self._asked = 0
        self._since = ""

    async def over(self, latest: str, turn: Turn) -> str | None:
        """Why it is over, None when it isn't; `latest` is what happened of late."""
        since = "\n".join([each for each in (self._since, latest) if each])[-_MOST_CHARACTERS:]
        if turn.step - self._asked < self.every:
            self._since = since
            return None
        self._asked, self._since = turn.step, ""
        asked = self.question or turn.texts.of(self, "is_it_over")
        label = turn.texts.text("game_master", "what_happened_of_late")
        notes = [Section(label=label, text=since, kind="observation")] if since else []
        options = [turn.texts.of(self, "goes_on"), turn.texts.of(self, "over")]
        try:
            chosen = await turn.choose(asked, options, notes=notes, unsure=0, what="over")
        except AnswerFailed:
            return None
        return turn.texts.of(self, "reason", question=asked) if chosen.index else None

    def state(self) -> dict[str, JsonValue]:
        """The step in which it was asked last, and what has happened since."""
        return {"asked": self._asked, "since": self._since} if self.every > 1 else {}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        self._asked, self._since = int(str(state.get("asked", 0))), str(state.get("since", ""))
