"""What the players are told: the rules that both know, what each knows by itself, and its character."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gamemaster.world.parts.ledger import in_units

__all__ = ["character", "private_rules", "rules"]


def rules(names: Sequence[str], settings: Mapping[str, Any]) -> str:
    """What both know; private values aren't in it."""
    first, second = names
    talk = "" if settings["talk"] == "none" else " What is said binds nobody."
    if settings["game"] == "persuasion":
        learns = f"{first} learns" if settings["myopic"] else "Both learn"
        return (
            f"{first} sells {second} a product in each of {settings['rounds']} rounds, at the price 1. "
            f"Only {first} sees its quality. {100 * settings['prior']:g} in 100 products are of high quality. "
            f"Whatever {first} says of it, {second} buys or does without; each sale gains {first} 1. "
            f"A product of low quality is worth nothing to {second}. {learns} the quality after the round.{talk}"
        )
    until = (
        f"in at most {settings['stages']} stages" if settings["stages"] else "stage by stage, with no last stage that is known"
    )
    withdrawn = " An offer may be withdrawn while it is being answered." if settings["withdrawal"] else ""
    if settings["game"] == "bargaining":
        return (
            f"{first} and {second} divide {in_units(settings['pot'])} coins, {until}. "
            f"In odd stages {first} offers {second} an amount and would keep the rest, in even ones it is the other way round; "
            f"the other accepts or rejects. With every stage coins lose worth. "
            f"Without an agreement both get nothing.{withdrawn}{talk}"
        )
    return (
        f"{first} has a product and {second} might buy it. They negotiate {until}. "
        f"In odd stages {first} names a price, in even ones {second}; the other accepts, rejects, or leaves. "
        f"{first} gains the price less what the product is worth to {first}; "
        f"{second} gains what it is worth to {second} less the price.{withdrawn}{talk}"
    )


def private_rules(names: Sequence[str], at: int, settings: Mapping[str, Any]) -> str:
    """What one player knows of the numbers: its own, and with `informed` the other's."""
    known = [at] if not settings["informed"] else [at, 1 - at]
    lines: list[str] = []
    for each in known:
        name = names[each]
        role = ("first", "second")[each] if settings["game"] == "bargaining" else ("seller", "buyer")[each]
        if settings["game"] == "bargaining":
            left = settings[f"discount_{role}"]
            lines.append(f"With every stage a coin keeps {100 * left:g} percent of its worth to {name}.")
        elif settings["game"] == "negotiation":
            lines.append(f"The product is worth {in_units(settings[f'{role}_value'])} coins to {name}.")
            if outside := settings[f"{role}_outside"]:
                lines.append(f"Without an agreement {name} gains {in_units(outside)} coins elsewhere.")
        elif each == 1:
            lines.append(f"A product of high quality is worth {in_units(settings['quality_value'])} to {name}.")
    return "\n".join(lines)


def character(at: int, settings: Mapping[str, Any]) -> tuple[str, tuple[str, str]]:
    """A trait and two leanings of a player; they hold numbers that fit its game."""
    scale = settings["pot"]
    if settings["game"] == "bargaining":
        return (
            ("confident", (f"offer Bob {in_units(0.4 * scale)} coins", "accept any offer that is fair")),
            ("stubborn", (f"offer Alice {in_units(0.5 * scale)} coins", "reject the first offer, because it may get better")),
        )[at]
    if settings["game"] == "negotiation":
        asked, bid = settings["seller_value"] + 0.3 * scale, max(0.0, settings["buyer_value"] - 0.25 * scale)
        free = settings["moves"] == "free"
        ask = f"offer {'the product for' if free else 'to sell at a price of'} {in_units(asked)} coins"
        buy = f"offer {in_units(bid)} coins for the product" if free else f"offer to buy at a price of {in_units(bid)} coins"
        return (
            ("shrewd", (ask, "accept any offer that is fair")),
            ("careful", (buy, "reject the first offer, because it may get better")),
        )[at]
    return (
        ("eager", ("sell as many products as possible", "tell Bob that the product is of high quality")),
        ("cautious", ("buy products of high quality", "do without products of low quality")),
    )[at]
