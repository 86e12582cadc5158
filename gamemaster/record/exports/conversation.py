"""Conversation: a run as one agent lived it, as the messages of a chat.

The one idea: what the agent noticed and was asked is the user's side, what it answered the assistant's; who it is (the part
of its prompt that doesn't change) the system's. What it had no usable answer to is left out, and what it had noticed until
then waits for the next question: so the sides take turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from gamemaster.record.exports.sheet import Sheet, columns
from gamemaster.record.json_text import to_json
from gamemaster.record.reading import Reading
from gamemaster.words import Attempt, Observation

__all__ = ["ChatMessage", "Role", "conversation", "messages"]

Role: TypeAlias = Literal["system", "user", "assistant"]

# The engine's measure of how many of a step's observations came before its turns.
_BEFORE = "observations before the turns"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """One message; `step` is that in which it was said."""

    step: int
    role: Role
    content: str


def conversation(archive: Reading, agent: str) -> Iterator[ChatMessage]:
    """The messages of one agent, in order; what it noticed after its last answer comes at the end.

    The system message comes first, and again when it has changed. Costs one pass over what concerns the agent.
    """
    before = {step: int(str(each.value)) for step, each in archive.measures(_BEFORE)}
    observed = archive.observations(to=agent)
    waiting: Observation | None = next(observed, None)
    news: list[str] = []
    system = ""
    last = 0
    asked = _Asked(archive, agent)
    for attempt in archive.attempts(actor=agent):
        last = attempt.step
        while waiting is not None and _order(waiting.id) < (attempt.step, before.get(attempt.step, 0)):
            if not (waiting.how == "own" and waiting.speaker == agent):  # its own words stand there as its answer
                news.append(waiting.sentence)
            waiting = next(observed, None)
        if attempt.failure is not None:
            continue
        frame, question = asked.of(attempt)
        if frame and frame != system:
            system = frame
            yield ChatMessage(step=attempt.step, role="system", content=system)
        yield ChatMessage(step=attempt.step, role="user", content="\n".join([*news, question]))
        news.clear()
        answer = attempt.answer
        yield ChatMessage(step=attempt.step, role="assistant", content=answer if isinstance(answer, str) else to_json(answer))
    while waiting is not None:
        last = _order(waiting.id)[0]
        if not (waiting.how == "own" and waiting.speaker == agent):
            news.append(waiting.sentence)
        waiting = next(observed, None)
    if news:
        yield ChatMessage(step=last, role="user", content="\n".join(news))


def messages(archive: Reading, agent: str | None = None) -> Sheet:
    """A row a message, agent by agent in their order."""
    held = "agent n:int step:int role content"

    def rows() -> Iterator[list[Any]]:
        known = dict.fromkeys(name for phase in archive.phases for name in phase.configuration.get("order", ()))
        for name in known if agent is None else [agent]:
            for n, each in enumerate(conversation(archive, name)):
                yield [name, n, each.step, each.role, each.content]

    return Sheet(name="messages", columns=columns(held), rows=rows())


class _Asked:
    """What the model that answers for an agent was asked, looked up in the order of the agent's attempts."""

    def __init__(self, archive: Reading, agent: str) -> None:
        self._calls = (each for each in archive.calls(who=agent, component="actor") if each.key.what.startswith("act/"))
        self._next = next(self._calls, None)

    def of(self, attempt: Attempt) -> tuple[str, str]:
        """(system message, question); without a model call, as with a policy, the question as the schedule put it."""
        while self._next is not None and self._next.key.step < attempt.step:
            self._next = next(self._calls, None)
        if self._next is None or self._next.key.step != attempt.step:
            return "", attempt.spec.call.replace("{name}", attempt.actor)
        return self._next.prompt.system, self._next.prompt.call


def _order(id: str) -> tuple[int, int]:
    step, _, rest = id.partition("/")
    return int(step), int(rest.rpartition("/")[2])
