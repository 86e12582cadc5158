"""drawing: the next token of each row of a batch, on the device where the logits are.

The same rule as `token_draw`, for a whole batch at once: argmax(logits / temperature + Gumbel noise), where the noise is a
pure function of (seed, position, token id). A row's token depends on nothing that is in the batch beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from gamemaster.language.request import Sampling

__all__ = ["draw_tokens"]

_STEP = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB


def draw_tokens(logits: Any, samplings: Sequence[Sampling], seeds: Sequence[int], positions: Sequence[int]) -> list[int]:
    """A token for each row of `logits` (rows, vocabulary); greedy where the temperature is 0.

    `positions` count the tokens of the row's answer before this one.
    """
    torch: Any = import_module("torch")
    best = [int(each) for each in logits.argmax(dim=-1).tolist()]
    drawn = [row for row, sampling in enumerate(samplings) if sampling.temperature > 0]
    if not drawn:
        return best
    index = torch.tensor(drawn, device=logits.device)
    heat = torch.tensor([samplings[row].temperature for row in drawn], dtype=torch.float64, device=logits.device)
    values = logits[index].double() / heat[:, None]
    values = _limited(torch, values, [samplings[row] for row in drawn])
    noise = _noise(torch, [seeds[row] for row in drawn], [positions[row] for row in drawn], int(logits.shape[-1]), logits.device)
    for row, token in zip(drawn, (values + noise).argmax(dim=-1).tolist(), strict=True):
        best[row] = int(token)
    return best


def _limited(torch: Any, values: Any, samplings: Sequence[Sampling]) -> Any:
    """The values, minus infinity for those that top_k, top_p and min_p leave out, in this order."""
    none = float("-inf")
    size = int(values.shape[-1])
    for row, sampling in enumerate(samplings):
        if 0 < sampling.top_k < size:
            edge = values[row].topk(sampling.top_k).values[-1]
            values[row] = values[row].masked_fill(values[row] < edge, none)
        if sampling.top_p < 1:
            shares = torch.softmax(values[row], dim=-1)
            ordered, order = shares.sort(descending=True, stable=True)
            enough = int(torch.searchsorted(ordered.cumsum(dim=-1), sampling.top_p)) + 1
            values[row] = values[row].index_fill(0, order[enough:], none)
        if sampling.min_p > 0:
            edge = values[row].max() + float(torch.log(torch.tensor(sampling.min_p, dtype=torch.float64)))
            values[row] = values[row].masked_fill(values[row] < edge, none)
    return values


def _noise(torch: Any, seeds: Sequence[int], positions: Sequence[int], size: int, device: Any) -> Any:
    """Standard Gumbel noise (rows, size); SplitMix64 on signed integers, which wrap around in the same way."""
    starts = torch.tensor(
        [_signed(_mixed(_mixed(seed) ^ (position * _STEP))) for seed, position in zip(seeds, positions, strict=True)],
        device=device,
    )
    ids = torch.arange(size, device=device)
    bits = ids[None, :] * _signed(_STEP) + starts[:, None]
    bits = (bits ^ _shifted(bits, 30)) * _signed(_FIRST)
    bits = (bits ^ _shifted(bits, 27)) * _signed(_SECOND)
    bits = bits ^ _shifted(bits, 31)
    uniform = (_shifted(bits, 11).double() + 0.5) * 2.0**-53
    return -torch.log(-torch.log(uniform))


def _shifted(bits: Any, by: int) -> Any:
    """A shift to the right that fills with zeros: torch's own keeps the sign."""
    return (bits >> by) & ((1 << (64 - by)) - 1)


def _signed(number: int) -> int:
    number &= 2**64 - 1
    return number - 2**64 if number >= 2**63 else number


def _mixed(bits: int) -> int:
    bits &= 2**64 - 1
    bits = ((bits ^ (bits >> 30)) * _FIRST) & (2**64 - 1)
    bits = ((bits ^ (bits >> 27)) * _SECOND) & (2**64 - 1)
    return bits ^ (bits >> 31)
