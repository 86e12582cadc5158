"""Jobs: what the engine is given to do, in token ids; and what it did with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from gamemaster.language.local.grammar import Grammar
from gamemaster.language.request import Finish, Sampling

__all__ = ["ChoiceJob", "Job", "Outcome", "TextJob"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextJob:
    """Go on from `ids` with at most `room` tokens; end at one of the model's ends, or when `stops` finds a stop string.

    With a `grammar` the answer is held to it, from the token after `begins` on where that is not None.
    """

    ids: tuple[int, ...]
    seed: int
    sampling: Sampling
    room: int
    stops: Callable[[list[int]], bool] | None = None
    grammar: Grammar | None = None
    begins: int | None = None

    @property
    def same(self) -> tuple[object, ...]:
        """Jobs of which this is equal have one answer."""
        seed = None if self.sampling.temperature == 0 else self.seed
        return ("text", self.ids, seed, self.sampling, self.room, self.grammar and self.grammar.name, self.begins)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceJob:
    """The log-probability of each of `options` (token ids) after `ids`."""

    ids: tuple[int, ...]
    options: tuple[tuple[int, ...], ...]

    @property
    def same(self) -> tuple[object, ...]:
        return ("choice", self.ids, self.options)


Job: TypeAlias = TextJob | ChoiceJob


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`tokens` of a text and how it ended, or `scores` of a choice's options.

    `reused` tokens of the prompt were known before, or are counted at another job of the same batch. `queued` and `worked` are
    seconds of the wall's clock, `rows` how many were worked on with it at most.
    """

    tokens: tuple[int, ...] = ()
    finish: Finish = "stop"
    scores: tuple[float, ...] = ()
    reused: int = 0
    counted: int = 0
    queued: float = field(default=0.0, compare=False)
    worked: float = field(default=0.0, compare=False)
    rows: int = field(default=0, compare=False)
