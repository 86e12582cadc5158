"""Attempt: what an agent answered when it was asked; and Ask, the asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from gamemaster.words.action_spec import ActionSpec

__all__ = ["Ask", "Attempt", "Failure"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One agent, by name, is asked one thing. `hears` are those whom its speech reaches when the spec names nobody.

    `game_master` is the one in whose charge the answer is, "" for the one who is in charge of the agent.
    """

    agent: str
    spec: ActionSpec
    hears: tuple[str, ...] | None = None
    place: str | None = None
    scene: str = ""
    game_master: str = ""


FailureKind: TypeAlias = Literal["unparsable", "invalid", "empty", "length", "refused", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an answer could not be used: what kind, in words, and the raw answer as it came.

    "closed" is no fault of who answers: the action asked for was not open to the agent, and nobody was asked.
    """

    kind: FailureKind
    reason: str
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What `actor` answered to `spec`; `answer` is None when there is a `failure`, and then no action follows."""

    id: str
    step: int
    actor: str
    spec: ActionSpec
    answer: Any = None
    failure: Failure | None = None

    @property
    def failed(self) -> bool:
        """Whether an answer was asked for and could not be used."""
        return self.failure is not None and self.failure.kind != "closed"
