"""What is measured of the language games, from the record alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import fsum
from typing import Any

from gamemaster import Run
from gamemaster.examples.bargaining_parts.spoken import gap, spoken_numbers
from gamemaster.words import JsonValue

__all__ = ["of_division", "of_negotiation", "of_persuasion", "talk_and_deed"]

SAME = 0.005
"""Numbers nearer than this are the same: people say two decimals."""


def of_division(run: Run, names: Sequence[str], *, pot: float) -> dict[str, JsonValue]:
    """Bargaining over a pot. Fairness: 1 - 4 (p - 1/2)^2, p the first player's share; 1 without an agreement (GLEE, 2.1)."""
    offers = _offers(run, names)
    gains = _gains(run, names)
    stage = _last(run, "agreement stage")
    kept = [(pot - amount) / pot for _, _, amount in offers]
    agreed = _last(run, f"share of {names[0]}")
    share = None if agreed is None else agreed / pot
    over = gains is not None
    return {
        **_outcome(("first", "second"), gains),
        "agreement_stage": stage,
        "share_of_first": share,
        "first_demand": kept[0] if kept else None,
        "demands": list(kept),
        "efficiency": round(fsum(gains) / pot, 9) if gains is not None else None,
        "fairness": None if not over else 1.0 if share is None else 1 - 4 * (share - 0.5) ** 2,
        **talk_and_deed(run, offers, lambda amount: (amount, pot - amount), whole=pot),
    }


def of_negotiation(
    run: Run, names: Sequence[str], *, values: Sequence[float], outside: Sequence[float], scale: float
) -> dict[str, JsonValue]:
    """A price between two values. Fairness: 1 - 4 ((price - middle) / M)^2; 1 without a trade (GLEE, 2.2).

    `efficiency` is what both gain of the most that both could; `efficient_trade` is the paper's: 1 for a trade that neither
    loses by, or for none where the seller values the product more, else 0.
    """
    gains = _gains(run, names)
    price = _last(run, "price")
    best = max(values[1] - values[0], fsum(outside))
    fairness = efficient = None
    if gains is not None:
        middle = (values[0] + values[1]) / 2
        fairness = 1.0 if price is None else 1 - 4 * ((price - middle) / scale) ** 2
        efficient = values[0] >= values[1] if price is None else values[0] <= price <= values[1]
    offers = _offers(run, names)
    return {
        **_outcome(("seller", "buyer"), gains),
        "agreement_stage": _last(run, "agreement stage"),
        "price": price,
        "prices": [amount for _, _, amount in offers],
        "efficiency": round(fsum(gains) / best, 9) if gains is not None and best > 0 else None,
        "efficient_trade": None if efficient is None else int(efficient),
        "fairness": fairness,
        **talk_and_deed(run, offers, lambda amount: (amount,), whole=scale),
    }


def of_persuasion(run: Run, names: Sequence[str]) -> dict[str, JsonValue]:
    """Rounds of praise. Efficiency: high products bought of all high ones; fairness: low ones not bought of all low (GLEE, 2.3).

    The first is also what both gain of the most that both could: a sale of high quality is worth its value to the two
    together, one of low quality nothing.
    """
    high, claimed, bought = (_values(run, name) for name in ("high quality", "claimed high", "bought"))
    gains = _gains(run, names)
    good = [bool(sold) for was, sold in zip(high, bought, strict=True) if was]
    bad = [bool(sold) for was, sold in zip(high, bought, strict=True) if not was]
    claims = [(bool(was), bool(said)) for was, said in zip(high, claimed, strict=True) if said is not None]
    lies = [said for was, said in claims if not was]
    believed = [bool(sold) for said, sold in zip(claimed, bought, strict=True) if said]
    return {
        **_outcome(("seller", "buyer"), gains),
        "rounds_played": len(high),
        "sales": sum(map(bool, bought)) if bought else None,
        "seller_gain_by_round": _values(run, f"gain of {names[0]}"),
        "buyer_gain_by_round": _values(run, f"gain of {names[1]}"),
        "efficiency": sum(good) / len(good) if good else None,
        "fairness": 1 - sum(bad) / len(bad) if bad else None,
        "talk_deed_gap": sum(was != said for was, said in claims) / len(claims) if claims else None,
        "lies": sum(lies) / len(lies) if lies else None,
        "trust": sum(believed) / len(believed) if believed else None,
    }


def talk_and_deed(
    run: Run, offers: Sequence[tuple[int, str, float]], deeds: Callable[[float], Sequence[float]], *, whole: float
) -> dict[str, JsonValue]:
    """How what was said before an offer differs from it.

    Of each offer the words count that its maker said since its last one; of these, the numbers that `spoken_numbers`
    reads. The gap is how far the nearest of them is from a number that the offer sets, as a share of the whole.
    """
    speeches = [(event.step, event.actor, event.text) for event in run.events if event.kind == "speech"]
    gaps: list[float] = []
    since: dict[str, int] = {}
    messages = 0
    for step, maker, amount in offers:
        said = [text for at, who, text in speeches if who == maker and since.get(maker, 0) < at <= step]
        since[maker] = step
        messages += len(said)
        numbers = [number for text in said for number in spoken_numbers(text, whole)]
        if numbers:
            apart = gap(numbers, deeds(amount))
            gaps.append(apart if apart > SAME else 0.0)
    return {
        "messages": messages,
        "offers_announced": len(gaps),
        "talk_deed_gap": round(fsum(gaps) / len(gaps) / whole, 9) if gaps else None,
        "talk_deed_differs": sum(map(bool, gaps)) / len(gaps) if gaps else None,
    }


def _outcome(roles: Sequence[str], gains: Sequence[float] | None) -> dict[str, JsonValue]:
    return {
        "payoffs": None if gains is None else list(gains),
        "self_gain": None if gains is None else dict(zip(roles, gains, strict=True)),
    }


def _offers(run: Run, names: Sequence[str]) -> list[tuple[int, str, float]]:
    """(step, who, amount) of all offers, oldest first."""
    found = [
        (step, name, float(str(measure.value))) for name in names for step, measure in run.archive.measures(f"offer of {name}")
    ]
    return sorted(found, key=lambda each: each[0])


def _gains(run: Run, names: Sequence[str]) -> list[float] | None:
    gains = [_last(run, f"gain of {name}") for name in names]
    return None if any(each is None for each in gains) else [round(each, 9) for each in gains if each is not None]


def _values(run: Run, name: str) -> list[Any]:
    return [measure.value for _, measure in run.archive.measures(name)]


def _last(run: Run, name: str) -> float | None:
    values = _values(run, name)
    return None if not values else values[-1]
