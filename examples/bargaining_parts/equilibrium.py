"""What players who count their own gain alone, and know that the other does, would do: the theory beside which a run stands."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["lie_rate", "proposer_share", "trade_price"]


def proposer_share(stage: int, last: int | None, discounts: Sequence[float]) -> float:
    """The share of the pot that the proposer of a stage, from 1, keeps; the other is left just what waiting is worth to it.

    Without a last stage (1 - d_other) / (1 - d_own d_other), and a half where both are 1, when any division would do
    (Rubinstein 1982). With one, by backward induction: the last proposer keeps all (Ståhl 1972). Past it nothing is left: 0.
    """
    if last is None:
        own, other = discounts[(stage - 1) % 2], discounts[stage % 2]
        return 0.5 if own * other == 1 else (1 - other) / (1 - own * other)
    if stage > last:
        return 0.0
    share = 1.0
    for each in range(last, stage, -1):
        share = 1 - discounts[(each - 1) % 2] * share
    return share


def trade_price(last: int | None, lowest: float, highest: float) -> float | None:
    """The price of a negotiation without discounting between the least the seller takes and the most the buyer pays.

    Whoever proposes last, the seller in odd stages, can hold out for the whole gain; so every earlier price is the same.
    Without a last stage any price between them would do, and the middle is taken. None where there is nothing to gain.
    """
    if highest < lowest:
        return None
    if last is None:
        return (lowest + highest) / 2
    return highest if last % 2 else lowest


def lie_rate(prior: float, value: float) -> float:
    """How often a seller who could bind itself would praise a product of low quality: min(1, p/(1-p) (v-1)).

    A buyer who hears praise is then as well off buying as not (Kamenica & Gentzkow 2011).
    """
    return 1.0 if prior >= 1 else min(1.0, prior / (1 - prior) * (value - 1))
