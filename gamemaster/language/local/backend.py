"""Which engine runs a model: the own one, transformers' paged batching beside it, or one request at a time."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from gamemaster.language.local.engine import Engine
from gamemaster.language.local.paged import PagedLoop, Unsuited
from gamemaster.language.local.paged_engine import PagedEngine
from gamemaster.language.local.plain import PlainEngine
from gamemaster.language.local.runner import Runner, device_of

__all__ = ["AnyEngine", "Backend", "make_engine"]

Backend: TypeAlias = Literal["auto", "own", "paged"]
AnyEngine: TypeAlias = Engine | PagedEngine | PlainEngine


def make_engine(
    name: str,
    model: Any,
    ends: Sequence[int],
    *,
    backend: Backend = "auto",
    rows: int | None = None,
    tokens: int | None = None,
    prefixes: int | None = None,
) -> AnyEngine:
    """The engine for `model`, a transformers causal language model; `ends` are the tokens that end an answer.

    "auto" is the own engine on every device, as nothing measured so far speaks for the other. A model whose rows can't share
    a batch is computed one request at a time, and one that the paged loop can't run is run by the own engine; where "paged"
    was asked for, a warning says so, with the reason.
    """
    on_gpu = device_of(model).type != "cpu"
    rows = rows or (128 if on_gpu else 16)
    tokens = tokens or (16_384 if on_gpu else 2_048)
    prefixes = (4 * 2**30 if on_gpu else 2**30) if prefixes is None else prefixes
    runner = Runner(model)
    if not runner.fits:
        if backend == "paged":
            _tell(name, "its rows can't share a batch", "its requests are computed one by one")
        return PlainEngine(model, ends)
    own = Engine(runner, ends, rows=rows, tokens=tokens, prefixes=prefixes)
    if backend != "paged":
        return own
    try:
        loop = PagedLoop(model, ends, rows=rows, tokens=tokens, bytes_kept=prefixes)
    except Unsuited as reason:
        _tell(name, str(reason), "its requests go to the own engine")
        return own
    return PagedEngine(own, loop)


def _tell(name: str, reason: str, instead: str) -> None:
    warnings.warn(f'{name} can\'t be run with backend="paged" ({reason}); {instead}.', RuntimeWarning, stacklevel=4)
