"""The rules by which the language games are played without a model.

In the two games of offers a rule is two shares of what there is to gain: the one that it asks for when it makes an offer,
and the least that it accepts. What there is to gain is the pot, or what lies between the least that the seller takes and
the most that the buyer pays; who doesn't know the other's value takes it to be half a scale from its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from gamemaster import View
from gamemaster.examples.bargaining_parts.equilibrium import lie_rate, proposer_share, trade_price
from gamemaster.words import Policy
from gamemaster.world.parts.ledger import in_units

__all__ = ["FOR_OFFERS", "FOR_PERSUASION", "POLICIES", "limits"]

SLACK = 1e-9
"""Shares nearer than this are the same: sums of real numbers aren't exact."""

Shares: TypeAlias = Callable[[Mapping[str, Any]], tuple[float, float]]
"""From what a player perceives to the share it asks for and the least it accepts."""
Quality: TypeAlias = Literal["high", "low"]

FOR_OFFERS = frozenset({"equilibrium", "split", "greedy", "demand", "bluff", "random"})
FOR_PERSUASION = frozenset({"equilibrium", "honest", "always_buy", "never_buy", "commitment", "random"})


def limits(data: Mapping[str, Any]) -> tuple[float, float]:
    """The least that the seller takes and the most that the buyer pays, as far as this player knows."""
    names, mine = list(data["values"]), data["player"]
    if len(names) == 2:
        seller, buyer = names
        return data["values"][seller] + data["outside"][seller], data["values"][buyer] - data["outside"][buyer]
    (own,), half = names, data["scale"] / 2
    if mine == 0:
        lowest = data["values"][own] + data["outside"][own]
        return lowest, lowest + half
    highest = data["values"][own] - data["outside"][own]
    return max(0.0, highest - half), highest


def _amount(data: Mapping[str, Any], share: float) -> float:
    """The offer that leaves this player a share of what there is to gain."""
    if "pot" in data:
        return data["pot"] * (1 - share)
    lowest, highest = limits(data)
    if highest < lowest:
        return lowest if data["player"] == 0 else highest
    return min(
        max(0.0, highest - (1 - share) * (highest - lowest) if data["player"] == 0 else highest - share * (highest - lowest)),
        2 * data["scale"],
    )


def _share(data: Mapping[str, Any], amount: float) -> float:
    """The share that the other's offer leaves this player; below 0 for a price at which it loses."""
    if "pot" in data:
        return amount / data["pot"]
    lowest, highest = limits(data)
    gain = amount - lowest if data["player"] == 0 else highest - amount
    return gain / (highest - lowest) if highest > lowest else (0.0 if gain >= 0 else -1.0)


def _offers(shares: Shares, *, says: Shares | None = None) -> Policy:
    """A rule for the games of offers; it says what it will offer, or what it would offer by `says`."""

    def policy(view: View) -> object:
        data = view.data
        asked, least = shares(data)
        spec = view.spec
        if spec.kind == "speech":
            told = _amount(data, says(data)[0] if says is not None else asked)
            return _said(data, told) if data["proposer"] == view.name else "I will think about it."
        if data["phase"] == "answer" and data["proposer"] != view.name:
            accepts = data["offer"] is not None and _share(data, data["offer"]) >= least - SLACK
            return _move(view, "accept" if accepts else "reject")
        if data["phase"] == "answer":
            return _move(view, "let it stand")
        if spec.kind == "free":
            name, parameter = ("propose_division", "to_other") if "pot" in data else ("offer_price", "price")
            return {"action": name, "arguments": {parameter: _amount(data, asked)}}
        return _amount(data, asked)

    return policy


def _said(data: Mapping[str, Any], amount: float) -> str:
    if "pot" in data:
        return f"I offer you {in_units(amount)} and keep {in_units(data['pot'] - amount)}."
    return f"My price is {in_units(amount)}."


def _move(view: View, option: str) -> object:
    actions = {"accept": "accept_offer", "reject": "reject_offer", "let it stand": "let_offer_stand"}
    return {"action": actions[option], "arguments": {}} if view.spec.kind == "free" else option


def _persuades(
    claim: Callable[[View], Quality], buys: Callable[[Mapping[str, Any]], bool], *, says: str = "The quality is {}."
) -> Policy:
    """A rule for persuasion: what it claims as the seller, and whether it buys as the buyer."""

    def policy(view: View) -> object:
        data = view.data
        if "quality" not in data:
            return "buy" if buys(data) else "do without"
        claimed = claim(view)
        return says.format(claimed) if view.spec.kind == "speech" else claimed

    return policy


def _by_game(offers: Policy, persuasion: Policy) -> Policy:
    return lambda view: offers(view) if "proposer" in view.data else persuasion(view)


def _none(argument: str | None) -> None:
    if argument is not None:
        raise ValueError("it takes no argument")


def _fraction(argument: str | None, default: float) -> float:
    share = default if argument is None else float(argument)
    if not 0 <= share <= 1:
        raise ValueError("write a share from 0 to 1")
    return share


def equilibrium(argument: str | None) -> Policy:
    """`equilibrium`: what is best against one who plays best too; in persuasion all is praised, and nothing believed."""
    _none(argument)

    def shares(data: Mapping[str, Any]) -> tuple[float, float]:
        stage, last, player = data["stage"], data["last"], data["player"]
        if "pot" in data:
            discounts = list(data["discounts"].values())
            return proposer_share(stage, last, discounts), discounts[player] * proposer_share(stage + 1, last, discounts)
        price = trade_price(last, *limits(data))
        share = 0.0 if price is None else _share(data, price)
        return share, 0.0 if last is not None and stage >= last else share

    def buys(data: Mapping[str, Any]) -> bool:
        return data["prior"] * data["value"] >= 1

    return _by_game(_offers(shares), _persuades(lambda view: "high", buys))


def split(argument: str | None) -> Policy:
    """`split`: offers half of what there is to gain, and accepts half or more."""
    _none(argument)
    return _offers(lambda data: (0.5, 0.5))


def greedy(argument: str | None) -> Policy:
    """`greedy`: asks for all there is to gain, and accepts whatever leaves it a thousandth."""
    _none(argument)
    return _offers(lambda data: (1.0, 0.001))


def demand(argument: str | None) -> Policy:
    """`demand:S` asks for the share S (0.6) of what there is to gain, and accepts nothing less."""
    share = _fraction(argument, 0.6)
    return _offers(lambda data: (share, share))


def bluff(argument: str | None) -> Policy:
    """`bluff:S` speaks of halves, and offers what leaves it the share S (0.7); it accepts half or more."""
    share = _fraction(argument, 0.7)
    return _offers(lambda data: (share, 0.5), says=lambda data: (0.5, 0.5))


def honest(argument: str | None) -> Policy:
    """`honest`: says what the quality is; buys what is said to be of high quality."""
    _none(argument)
    return _persuades(lambda view: view.data["quality"], lambda data: data["claim"] == "high")


def always_buy(argument: str | None) -> Policy:
    """`always_buy`: praises everything, and buys everything."""
    _none(argument)
    return _persuades(lambda view: "high", lambda data: True)


def never_buy(argument: str | None) -> Policy:
    """`never_buy`: says what the quality is, and buys nothing."""
    _none(argument)
    return _persuades(lambda view: view.data["quality"], lambda data: False)


def commitment(argument: str | None) -> Policy:
    """`commitment`: praises low quality as often as a buyer who knew the rule would still just believe; buys what is praised."""
    _none(argument)

    def claim(view: View) -> Quality:
        if view.data["quality"] == "high" or "value" not in view.data:
            return view.data["quality"]
        # Words and claim of a round bear the same tag, so that both follow one draw.
        return "high" if view.random.random() < lie_rate(view.data["prior"], view.data["value"]) else "low"

    return _persuades(claim, lambda data: data["claim"] == "high")


POLICIES = {
    "equilibrium": equilibrium,
    "split": split,
    "greedy": greedy,
    "demand": demand,
    "bluff": bluff,
    "honest": honest,
    "always_buy": always_buy,
    "never_buy": never_buy,
    "commitment": commitment,
}
