"""token_draw: the next token, from logits and a seed.

The one idea: a token is drawn as argmax(logits / temperature + Gumbel noise), and the noise is a pure function of (seed,
position, token id). It has no state, so a draw depends on nothing that happened before or beside it, and two runs whose
logits differ in the last bits still draw the same tokens almost always. Source: Gumbel-max, Maddison et al. 2014.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy
from numpy.typing import NDArray

from gamemaster.language.request import Sampling

__all__ = ["draw_token", "gumbel_noise"]

Floats: TypeAlias = NDArray[numpy.float64]
Ids: TypeAlias = NDArray[numpy.uint64]

_MASK = 2**64 - 1
_STEP = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB


def draw_token(logits: NDArray[numpy.floating], sampling: Sampling, *, seed: int, position: int) -> int:
    """The token drawn from `logits` (one for each id of the vocabulary); greedy at temperature 0.

    The temperature applies first, then top_k, top_p and min_p, each to what the one before left. Of equal values the
    lowest id wins; at the edge of top_k all equal ones stay.
    """
    values = numpy.asarray(logits, dtype=numpy.float64)
    if sampling.temperature == 0:
        return int(numpy.argmax(values))
    ids, values = _kept(values / sampling.temperature, sampling)
    return int(ids[numpy.argmax(values + gumbel_noise(seed, position, ids))])


def gumbel_noise(seed: int, position: int, ids: Ids) -> Floats:
    """Standard Gumbel noise for the token `ids` at `position`, a pure function of the three."""
    start = _mixed_number(_mixed_number(seed & _MASK) ^ ((position * _STEP) & _MASK))
    with numpy.errstate(over="ignore"):  # the wrap-around at 64 bits is meant
        bits = _mixed(ids * numpy.uint64(_STEP) + numpy.uint64(start))
    uniform = ((bits >> numpy.uint64(11)).astype(numpy.float64) + 0.5) * 2.0**-53
    return -numpy.log(-numpy.log(uniform))


def _kept(values: Floats, sampling: Sampling) -> tuple[Ids, Floats]:
    ids = numpy.arange(len(values), dtype=numpy.uint64)
    if 0 < sampling.top_k < len(values):
        ids, values = _where(values >= numpy.partition(values, -sampling.top_k)[-sampling.top_k], ids, values)
    if sampling.top_p < 1:
        mass = _probabilities(values)
        # Those below this weigh less than 1 - top_p all together: they are never needed, and need not be sorted.
        likely = numpy.flatnonzero(mass >= (1 - sampling.top_p) / len(mass))
        order = likely[numpy.argsort(-mass[likely], kind="stable")]
        enough = int(numpy.searchsorted(numpy.cumsum(mass[order]), sampling.top_p)) + 1
        keep = numpy.zeros(len(mass), dtype=numpy.bool_)
        keep[order[:enough]] = True
        ids, values = _where(keep, ids, values)
    if sampling.min_p > 0:
        ids, values = _where(values >= values.max() + numpy.log(sampling.min_p), ids, values)
    return ids, values


def _where(keep: NDArray[numpy.bool_], ids: Ids, values: Floats) -> tuple[Ids, Floats]:
    return ids[keep], values[keep]


def _probabilities(values: Floats) -> Floats:
    weights = numpy.exp(values - values.max())
    return weights / weights.sum()


def _mixed(bits: Ids) -> Ids:
    """The finishing steps of SplitMix64, on an array (Steele, Lea and Flood 2014)."""
    bits = (bits ^ (bits >> numpy.uint64(30))) * numpy.uint64(_FIRST)
    bits = (bits ^ (bits >> numpy.uint64(27))) * numpy.uint64(_SECOND)
    return bits ^ (bits >> numpy.uint64(31))


def _mixed_number(bits: int) -> int:
    bits = ((bits ^ (bits >> 30)) * _FIRST) & _MASK
    bits = ((bits ^ (bits >> 27)) * _SECOND) & _MASK
    return bits ^ (bits >> 31)
