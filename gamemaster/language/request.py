"""The three requests that a language model answers, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel

from gamemaster.language.prompt import Prompt
from gamemaster.words import CallKey, DefinitionError

__all__ = ["Answer", "ChoiceRequest", "Finish", "ObjectRequest", "Request", "Sampling", "TextRequest", "Usage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How an answer is drawn. Temperature 0 is greedy: the answer then does not depend on the seed.

    `max_tokens` bounds the answer; `stop` are texts at which it ends, themselves not part of it.
    """

    temperature: float = 0.7
    max_tokens: int = 256
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    stop: tuple[str, ...] = ()


GREEDY = Sampling(temperature=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRequest:
    """Words are wanted. The answer goes on from `answer_prefix`, which is not repeated in it."""

    prompt: Prompt
    key: CallKey
    seed: int
    sampling: Sampling = Sampling()
    answer_prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRequest:
    """One of `options` is wanted: at least one, no two alike. `unsure` is the one for a model that can't tell."""

    prompt: Prompt
    key: CallKey
    seed: int
    options: tuple[str, ...]
    unsure: int | None = None
    sampling: Sampling = GREEDY
    answer_prefix: str = ""

    def __post_init__(self) -> None:
        if not self.options or len(set(self.options)) < len(self.options):
            raise DefinitionError(f"{self.key} offers the options {list(self.options)}; give at least one, and no two alike.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRequest:
    """An instance of the pydantic model `schema` is wanted."""

    prompt: Prompt
    key: CallKey
    seed: int
    schema: type[BaseModel]
    sampling: Sampling = Sampling(temperature=0.0, max_tokens=512)
    answer_prefix: str = ""


Request: TypeAlias = TextRequest | ChoiceRequest | ObjectRequest
Finish: TypeAlias = Literal["stop", "length", "refused", "unparsable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one request; `reused_tokens` of the prompt's were not computed again. `asked` is 0 for a repeat.

    `queued` and `worked` are the seconds that it waited and was worked on, `rows` the most that were worked on at a time, for
    a model that runs here and tells. What was reused, and what it took, are a matter of company and of timing, and no part
    of the answer: usages that differ in these alone are equal.
    """

    prompt_tokens: int = 0
    answer_tokens: int = 0
    reused_tokens: int = field(default=0, compare=False)
    asked: int = 1
    queued: float = field(default=0.0, compare=False)
    worked: float = field(default=0.0, compare=False)
    rows: int = field(default=0, compare=False)


NO_USAGE = Usage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a model answered.

    `text` is the words as they came, without the prefix. A choice has its place in `index` and, where the model gives
    them, a probability per option; an object has its JSON value in `value`. When `failure` is set the answer is
    unusable: it says why, and `text` holds what came. `reasoning` is what a thinking model thought, kept apart.
    """

    text: str
    index: int | None = None
    probabilities: tuple[float, ...] | None = None
    value: Mapping[str, Any] | None = None
    finish: Finish = "stop"
    failure: str | None = None
    reasoning: str = ""
    usage: Usage = NO_USAGE
