"""CallRecord: one answered model call on its way to the archive; CallRow: the same, read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from gamemaster.language.prompt import Prompt
from gamemaster.language.request import Answer, Request
from gamemaster.words import CallKey

__all__ = ["CallKind", "CallRecord", "CallRow", "Work"]

CallKind: TypeAlias = Literal["text", "choice", "object"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """A request and its answer. `started` and `ended` are wall-clock seconds since 1970."""

    request: Request
    answer: Answer
    model: str
    started: float = 0.0
    ended: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """A model call as the archive holds it, with the prompt made whole again.

    `parameters` are the request's: `sampling`, `answer_prefix`, and `options` and `unsure` of a choice or the JSON
    `schema` of an object. `request` is the digest by which a repeated request is known.
    """

    key: CallKey
    kind: CallKind
    prompt: Prompt
    parameters: Mapping[str, Any]
    seed: int
    request: str
    answer: Answer
    model: str
    started: float
    ended: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one call took of a model that runs here: seconds that it waited and was worked on, the most rows worked on with it."""

    key: CallKey
    queued: float
    worked: float
    rows: int
