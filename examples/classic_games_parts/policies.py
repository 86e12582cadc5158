"""The rules by which the classic games are played without a model.

The one idea: what is best is the game's to know, and stands in what it shows as data: `equilibrium` and `best_reply` read it
there, and the other rules are one line each. `GAMES_OF` says which rule is for which game.
"""

from __future__ import annotations

from collections.abc import Callable

from gamemaster import View
from gamemaster.examples.classic_games_parts.diner import COSTLY, PLAIN
from gamemaster.examples.classic_games_parts.el_farol import GO, STAY
from gamemaster.examples.classic_games_parts.guess_average import level as level_of
from gamemaster.words import Policy

__all__ = ["GAMES_OF", "POLICIES"]

SIMULTANEOUS = ("guess", "bar", "dollar", "diner")


def equilibrium(argument: str | None) -> Policy:
    """`equilibrium`: what one does in equilibrium; in the bar game everybody goes with the probability of the mixed one."""
    _no_argument(argument)

    def policy(view: View) -> object:
        if "rate" in view.data:
            return GO if view.random.random() < view.data["rate"] else STAY
        return view.data["answer"]

    return policy


def best_reply(argument: str | None) -> Policy:
    """`best_reply`: the best reply to what the others did last; `best_reply:X` says what comes first in guess and dollar.

    Without X that is the equilibrium, at the bar going there, at the diner the plain dish.
    """

    def policy(view: View) -> object:
        if view.data["reply"] is not None:
            return view.data["reply"]
        if argument is not None:
            return int(argument)
        return GO if "rate" in view.data else view.data["answer"]

    if argument is not None:
        _whole(argument, 100)
    return policy


def guess(argument: str | None) -> Policy:
    """`guess:N`: always the number N (50)."""
    number = _whole(argument, 100, 50)
    return lambda view: number


def level(argument: str | None) -> Policy:
    """`level:K`: the number of a reasoner of level K (1): 50 times (2/3)^K, rounded."""
    number = level_of(_whole(argument, 50, 1))
    return lambda view: number


def claim(argument: str | None) -> Policy:
    """`claim:N`: always N (10) of the 100."""
    number = _whole(argument, 100, 10)
    return lambda view: number


def take_turns(argument: str | None) -> Policy:
    """`take_turns`: as many go to the bar as there is room for, each evening the next ones: a pure equilibrium."""
    _no_argument(argument)

    def policy(view: View) -> object:
        data = view.data
        first = (data["round"] - 1) * data["room"]
        return GO if (data["at"] - first) % data["players"] < data["room"] else STAY

    return policy


def bid(argument: str | None) -> Policy:
    """`bid:F`: the share F (1) of one's own value."""
    share = 1.0 if argument is None else float(argument)
    if not 0 <= share <= 1:
        raise ValueError("the share must be from 0 to 1")
    return lambda view: share * view.data["value"]


def strongest(argument: str | None) -> Policy:
    """`strongest`: shoot at the best shooter left."""
    _no_argument(argument)

    def policy(view: View) -> object:
        return [each for each in view.data["alive"] if each != view.name][-1]

    return policy


def equal_parts(argument: str | None) -> Policy:
    """`equal_parts`: propose equal parts, what is left over for oneself; accept no less than an equal part, rounded down."""
    _no_argument(argument)

    def policy(view: View) -> object:
        plan, count = view.data["plan"], len(view.data["aboard"])
        if plan:
            return "accept" if plan[view.data["aboard"].index(view.name)] >= sum(plan) // count else "refuse"
        part = 100 // count
        return [100 - part * (count - 1), *([part] * (count - 1))]

    return policy


def random(argument: str | None) -> Policy:
    """`random`: any answer, all equally likely; of plans, the gold cut at places drawn at random."""
    _no_argument(argument)

    def policy(view: View) -> object:
        data = view.data
        if "aboard" in data:
            if data["plan"]:
                return view.random.choice(["accept", "refuse"])
            cuts = sorted(view.random.randint(0, 100) for _ in data["aboard"][1:])
            return [after - before for before, after in zip([0, *cuts], [*cuts, 100], strict=True)]
        return view.random.randint(*data["from_to"]) if "from_to" in data else view.random.choice(data["options"])

    return policy


def _always(answer: str) -> Callable[[str | None], Policy]:
    def maker(argument: str | None) -> Policy:
        _no_argument(argument)
        return lambda view: answer

    return maker


def _no_argument(argument: str | None) -> None:
    if argument is not None:
        raise ValueError("it takes no argument")


def _whole(argument: str | None, most: int, default: int = 0) -> int:
    number = default if argument is None else int(argument)
    if not 0 <= number <= most:
        raise ValueError(f"it must be from 0 to {most}")
    return number


POLICIES: dict[str, Callable[[str | None], Policy]] = {
    "equilibrium": equilibrium,
    "best_reply": best_reply,
    "guess": guess,
    "level": level,
    "go": _always(GO),
    "stay": _always(STAY),
    "take_turns": take_turns,
    "claim": claim,
    "costly": _always(COSTLY),
    "plain": _always(PLAIN),
    "bid": bid,
    "strongest": strongest,
    "equal_parts": equal_parts,
    "random": random,
}

GAMES_OF: dict[str, tuple[str, ...]] = {
    "best_reply": SIMULTANEOUS,
    "guess": ("guess",),
    "level": ("guess",),
    "go": ("bar",),
    "stay": ("bar",),
    "take_turns": ("bar",),
    "claim": ("dollar",),
    "costly": ("diner",),
    "plain": ("diner",),
    "bid": ("auction",),
    "strongest": ("royale",),
    "equal_parts": ("pirates",),
}
"""For which games a policy is; the others are for all."""
