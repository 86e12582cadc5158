"""The rules by which the donor game is played without a model.

The one idea: the strategy that a rule writes down is its own name and argument, "give:0.5"; so `copy` can take over what
survivors wrote and play by it, and scripted strategies evolve as written ones do.
"""

from __future__ import annotations

from collections.abc import Callable

from gamemaster import View
from gamemaster.words import Policy

__all__ = ["POLICIES", "copy"]


def _share(argument: str | None, default: float) -> float:
    share = default if argument is None else float(argument)
    if not 0 <= share <= 1:
        raise ValueError("the share must be from 0 to 1")
    return share


def _policy(text: str, deed: Callable[[View], tuple[str, float]]) -> Policy:
    """A policy that writes down `text` as its strategy, and does what `deed` says: a deed, and its share of what one has."""

    def policy(view: View) -> object:
        if view.spec.action == "write_strategy":
            return text
        what, share = deed(view)
        amount = share * view.data["resources"]
        return {"deed": what, "amount": amount} if view.spec.action == "donate_or_punish" else amount if what == "give" else 0.0

    return policy


def give(argument: str | None) -> Policy:
    """`give:X`: give the share X (0.5 if not said) of what one has, to anyone."""
    share = _share(argument, 0.5)
    return _policy(f"give:{share:g}", lambda view: ("give", share))


def punish(argument: str | None) -> Policy:
    """`punish:X`: spend the share X (0.1) of what one has on punishing, whoever it is; without punish=true, give nothing."""
    share = _share(argument, 0.1)
    return _policy(f"punish:{share:g}", lambda view: ("punish", share))


def reciprocate(argument: str | None) -> Policy:
    """`reciprocate:X`: give the share that the other gave last; X (0.5) where nothing is known of it."""
    share = _share(argument, 0.5)

    def deed(view: View) -> tuple[str, float]:
        last = _last(view)
        return "give", share if last is None else last

    return _policy(f"reciprocate:{share:g}", deed)


def enforce(argument: str | None) -> Policy:
    """`enforce:X`: give the share X (0.5), but nothing to one who gave less last time; with punish=true, punish it with 0.1."""
    share = _share(argument, 0.5)

    def deed(view: View) -> tuple[str, float]:
        last = _last(view)
        return ("give", share) if last is None or last >= share - 1e-9 else ("punish", 0.1)

    return _policy(f"enforce:{share:g}", deed)


def _last(view: View) -> float | None:
    """The share that the recipient gave last, a punishment counting as none; None where nothing is known."""
    for link in view.data["trace"][:1]:
        return float(link["share"] or 0.0) if link["what"] == "gave" else 0.0
    return None


def copy(argument: str | None) -> Policy:
    """`copy`: take over a survivor's strategy, drawn by seed (`copy:best`: the richest one's); founders draw a share to give."""
    if argument not in (None, "best"):
        raise ValueError("it takes no argument but best")

    def policy(view: View) -> object:
        if view.spec.action == "write_strategy":
            written = [each["strategy"] for each in view.data["taught"] if each["strategy"]]
            if not written:
                return f"give:{view.random.random():.2f}"
            return written[0] if argument == "best" else view.random.choice(written)
        name, _, rest = (view.data["strategy"] or "").partition(":")
        known = POLICIES.get(name)
        if known is None or known is copy:
            return None  # what a model wrote is no rule that could be followed: a failure on record
        try:
            return known(rest or None)(view)
        except ValueError:
            return None

    return policy


POLICIES = {"give": give, "punish": punish, "reciprocate": reciprocate, "enforce": enforce, "copy": copy}
