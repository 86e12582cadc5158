"""RunBudget: what a run may cost, in calls, tokens, money and wall time.

The one idea: a bound is looked at when a step has been committed. So a run that reaches one stands at a step's end, with
nothing half done and nothing paid for in vain, and goes on from there when it is resumed with a larger budget. It may go
beyond a bound by what one step costs; `strict` says that it must not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from gamemaster.record import Spent
from gamemaster.words import BadInput

__all__ = ["Price", "RunBudget", "as_budget", "price_in"]

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a million tokens cost, of prompts and of what is generated; in any currency, but the same everywhere."""

    prompt: float
    generated: float

    def __post_init__(self) -> None:
        for what, value in (("prompt", self.prompt), ("generated", self.generated)):
            if not 0 <= value < math.inf:
                raise BadInput(f"Price({what}={value!r}): a million tokens cost 0 or more.")

    def of(self, spent: Spent) -> float:
        """The price of what was spent."""
        return (spent.prompt_tokens * self.prompt + spent.answer_tokens * self.generated) / _MILLION


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBudget:
    """Bounds on a run; None is no bound.

    Calls, tokens and money count the whole run, what was spent before a stop too, but not what the parent of a fork had
    spent; `seconds` counts from the start or the resumption.
    `money` needs `prices`: one for all models, or one by model name. Where a name is missing, the price in the LangChain
    model's own `metadata` counts ({"price": {"prompt": 2.5, "generated": 10}}); a model that promises the same answer to
    the same request runs here and costs nothing.
    With `strict`, a request that might go beyond `calls` or `tokens` (of each model) isn't made: the run then ends at the
    last step's end, and the answers that it has for the next step are on record.
    Raises: BadInput for a bound below 0.
    """

    calls: int | None = None
    tokens: int | None = None
    money: float | None = None
    seconds: float | None = None
    prices: Price | Mapping[str, Price] | None = None
    strict: bool = False

    def __post_init__(self) -> None:
        for what in ("calls", "tokens", "money", "seconds"):
            bound = getattr(self, what)
            if bound is not None and not 0 <= bound < math.inf:
                raise BadInput(f"The budget has {what}={bound!r}; it must be a number from 0 on, or None for no bound.")

    @property
    def wrapper(self) -> dict[str, int]:
        """What is given to the models' own bound."""
        given = {"calls": self.calls, "tokens": self.tokens} if self.strict else {}
        return {what: bound for what, bound in given.items() if bound is not None}

    def reached(self, spent: Mapping[str, Spent], seconds: float, prices: Mapping[str, Price]) -> str | None:
        """Which bound has been reached, in words; None when none has. `spent` and `prices` are by the models' names."""
        calls = sum(each.calls for each in spent.values())
        tokens = sum(each.prompt_tokens + each.answer_tokens for each in spent.values())
        if self.calls is not None and calls >= self.calls:
            return f"{calls:,} of {self.calls:,} calls"
        if self.tokens is not None and tokens >= self.tokens:
            return f"{tokens:,} of {self.tokens:,} tokens"
        if self.money is not None:
            money = sum(self.price(name, prices).of(each) for name, each in spent.items())
            if money >= self.money:
                return f"{money:.4f} of {self.money:g} money"
        if self.seconds is not None and seconds >= self.seconds:
            return f"{seconds:.0f} of {self.seconds:g} seconds"
        return None

    def price(self, name: str, known: Mapping[str, Price]) -> Price:
        """The price of the model of this name. Raises: BadInput when nobody has said it."""
        found = self.prices if isinstance(self.prices, Price) else (self.prices or {}).get(name, known.get(name))
        if found is None:
            raise BadInput(
                f"The budget has money={self.money}, but nobody has said what the model {name!r} costs; give "
                "RunBudget(prices=Price(prompt=…, generated=…)), per million tokens, or --price PROMPT,GENERATED."
            )
        return found


def as_budget(given: RunBudget | Mapping[str, Any] | None) -> RunBudget:
    """The budget. A mapping of `calls` and `tokens` is a strict one. Raises: BadInput for another name."""
    if given is None:
        return RunBudget()
    if isinstance(given, RunBudget):
        return given
    for name in given:
        if name not in ("calls", "tokens"):
            raise BadInput(
                f"budget={dict(given)} bounds {name!r}; what can be bounded so is calls and tokens, "
                "and money and seconds by a RunBudget."
            )
    return RunBudget(**given, strict=True)


def price_in(model: Any) -> Price | None:
    """The price that a model tells: of LangChain ones in their metadata; nothing for one that runs here."""
    metadata: Any = getattr(model, "metadata", None)
    held = cast("Mapping[str, Any]", metadata).get("price") if isinstance(metadata, Mapping) else None
    if isinstance(held, Mapping):
        price = cast("Mapping[str, Any]", held)
        try:
            return Price(prompt=float(price["prompt"]), generated=float(price["generated"]))
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(
                f"The metadata of {model.name} hold the price {dict(price)}; write "
                '{"price": {"prompt": 2.5, "generated": 10}}, per million tokens.'
            ) from error
    return Price(prompt=0, generated=0) if model.deterministic else None
