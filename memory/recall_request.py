"""RecallRequest: one recall as data, so that many can be asked for in one call.

The one idea: all that a recall can be told stands here once, and is checked here. It holds no memory and computes nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from gamemaster.language.embedder_cache import Vector, vector_problem
from gamemaster.memory.presets import PAPER
from gamemaster.memory.record_checks import as_names, check_record, checked_time
from gamemaster.memory.scoring import check_weights
from gamemaster.words import MemoryInputError, MemoryKind, MemoryRecord, Weights

__all__ = ["CheckedRecall", "Query", "RecallRequest", "checked", "estimated_tokens"]

Query: TypeAlias = str | Vector
"""What a recall looks for: a text, or a vector of the embedder's."""
_DEFAULT_K = 10
_CHARACTERS_PER_TOKEN = 3  # below what tokenizers need for prose, so that a budget is rather kept than spent


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RecallRequest:
    """What `holder` is to recall; the fields mean what the arguments of `AssociativeMemory.recall` mean."""

    holder: str
    query: Query
    k: int | None = None
    now: float | None = None
    weights: Weights | None = None
    since: float | None = None
    until: float | None = None
    kinds: Collection[MemoryKind] | None = None
    tags: Collection[str] | None = None
    matching: str | re.Pattern[str] | None = None
    diversity: float = 0.0
    tokens: int | None = None
    count_tokens: Callable[[str], int] | None = None
    extra: Sequence[MemoryRecord] = ()
    touch: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CheckedRecall:
    """A request that has been checked, with its defaults filled in. `k` is None where only `tokens` limits."""

    holder: str
    query: Query
    k: int | None
    now: float | None
    weights: Weights
    since: float | None
    until: float | None
    kinds: tuple[MemoryKind, ...] | None
    tags: tuple[str, ...] | None
    matching: re.Pattern[str] | None
    diversity: float
    tokens: int | None
    count_tokens: Callable[[str], int]
    extra: tuple[MemoryRecord, ...]
    touch: bool


def estimated_tokens(text: str) -> int:
    """About how many tokens `text` is, rather too many than too few: one for every three characters."""
    return -(-len(text) // _CHARACTERS_PER_TOKEN)


def checked(request: RecallRequest) -> CheckedRecall:
    """The request with its defaults. Raises: MemoryInputError for what can't be used."""
    who = request.holder or "The memory"
    for name, number in (("k", request.k), ("tokens", request.tokens)):
        whole = isinstance(number, int) and not isinstance(number, bool)
        if number is not None and not (whole and number >= 1):
            raise MemoryInputError(f"{who} recalls with {name}={number!r}; {name} must be a whole number of at least 1.")
    query = request.query
    if isinstance(query, str):
        if not query.strip():
            raise MemoryInputError(f"{who} recalls with the query {query!r}; a query is a text that isn't empty.")
    else:
        query = _as_query(query, who)
    weights = PAPER if request.weights is None else request.weights
    check_weights(weights)
    for name, time in (("now", request.now), ("since", request.since), ("until", request.until)):
        if time is not None:
            checked_time(time, f"{who} recalls with {name} at")
    if not (math.isfinite(request.diversity) and 0.0 <= request.diversity <= 1.0):
        raise MemoryInputError(f"{who} recalls with diversity={request.diversity!r}; it must be from 0 to 1.")
    for record in request.extra:
        check_record(record)
    return CheckedRecall(
        holder=request.holder,
        query=query,
        k=_DEFAULT_K if request.k is None and request.tokens is None else request.k,
        now=None if request.now is None else float(request.now),
        weights=weights,
        since=request.since,
        until=request.until,
        kinds=None if request.kinds is None else as_names(request.kinds),
        tags=None if request.tags is None else as_names(request.tags),
        matching=_pattern(request.matching, who),
        diversity=request.diversity,
        tokens=request.tokens,
        count_tokens=request.count_tokens or estimated_tokens,
        extra=tuple(request.extra),
        touch=request.touch,
    )


def _pattern(given: str | re.Pattern[str] | None, who: str) -> re.Pattern[str] | None:
    if not isinstance(given, str):
        return given
    try:
        return re.compile(given)
    except re.error as error:
        raise MemoryInputError(f"{who} recalls what matches {given!r}, which is no regular expression: {error}.") from error


def _as_query(query: Vector, who: str) -> Vector:
    """A vector of length 1 along `query`."""
    vector = np.asarray(query, np.float64)
    problem = vector_problem(vector)
    if problem and not problem.startswith("has the length"):
        raise MemoryInputError(f"{who} recalls with a vector that {problem}; give a vector of the embedder's, or a text.")
    return (vector / np.sqrt(np.sum(vector * vector))).astype(np.float32)
