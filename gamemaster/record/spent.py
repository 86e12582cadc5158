"""Spent: what a model was asked, in calls and tokens."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from gamemaster.record.table import query

__all__ = ["Spent", "spent_since"]

_SUMS = (
    "SELECT model, sum(asked), sum(prompt_tokens), sum(answer_tokens) FROM calls WHERE step >= ? AND asked > 0 "
    "GROUP BY model ORDER BY model"
)


@dataclass(slots=True)
class Spent:
    """Calls that were really made of one model, and the tokens of their prompts and answers."""

    calls: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0


def spent_since(connection: sqlite3.Connection, step: int) -> dict[str, Spent]:
    """What was spent from this step on, by the models' names."""
    return {row[0]: Spent(*row[1:]) for row in query(connection, _SUMS, (step,))}
