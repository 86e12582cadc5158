"""Limits: the options that bound what a run may cost, the same for every command that runs one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gamemaster.words import BadInput

if TYPE_CHECKING:
    from gamemaster.simulation import RunBudget

__all__ = ["MaxCalls", "MaxCost", "MaxSeconds", "MaxTokens", "PriceOption", "budget_of"]

MaxCalls = Annotated[int | None, typer.Option(min=0, help="End at the step's end once this many calls were made.")]
MaxTokens = Annotated[int | None, typer.Option(min=0, help="The same for tokens of prompts and answers.")]
MaxCost = Annotated[float | None, typer.Option(min=0, help="The same for money; see --price.")]
MaxSeconds = Annotated[float | None, typer.Option(min=0, help="The same for seconds of wall time, from now.")]
PriceOption = Annotated[
    str | None, typer.Option("--price", metavar="PROMPT,GENERATED", help="What a million tokens cost, as in 2.5,10.")
]


def budget_of(
    calls: int | None, tokens: int | None, cost: float | None, seconds: float | None, price: str | None
) -> RunBudget | None:
    """The budget that the options name, None for none. Raises: BadInput."""
    from gamemaster.simulation import Price, RunBudget

    prices = None
    if price is not None:
        prompt, comma, generated = price.partition(",")
        try:
            prices = Price(prompt=float(prompt), generated=float(generated if comma else prompt))
        except ValueError as error:
            if isinstance(error, BadInput):
                raise
            raise BadInput(f"--price {price}: write it --price PROMPT,GENERATED, two numbers, per million tokens.") from None
    if calls is None and tokens is None and cost is None and seconds is None:
        if price is not None:
            raise BadInput("--price says what tokens cost, but nothing is bounded by it; give --max-cost too.")
        return None
    return RunBudget(calls=calls, tokens=tokens, money=cost, seconds=seconds, prices=prices)
