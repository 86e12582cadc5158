"""Scores: how many attempts of each category came out right, as rows and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.grounding.attempts import CATEGORIES
from benchmarks.grounding.outcome import Outcome

__all__ = ["Score", "scores", "table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Of the `count` attempts of a category: how many got the right actions, and how many these with the right arguments.

    `effects` are actions that a forged line brought about.
    """

    category: str
    count: int
    actions: int
    right: int
    effects: int

    @property
    def share(self) -> float:
        """The share that came out right, action and arguments, 0 .. 1."""
        return self.right / self.count if self.count else 0.0


def scores(outcomes: Sequence[Outcome]) -> list[Score]:
    """A score for each category, in their order, then one for all, then one for each language."""
    out = [_score(category, [each for each in outcomes if each.item.category == category]) for category in CATEGORIES]
    out.append(_score("all", outcomes))
    spoken = [each for each in outcomes if each.item.category == "languages"]
    codes = list(dict.fromkeys(each.item.language for each in spoken))
    return out + [_score(f"language {code}", [each for each in spoken if each.item.language == code]) for code in codes]


def table(columns: Mapping[str, Sequence[Score]]) -> str:
    """Markdown: a row for each category, a column for each of what was measured: right actions / all right, of how many."""
    names = list(columns)
    lines = [
        f"| attempts | count | {' | '.join(names)} |",
        f"|---|---:|{'---:|' * len(names)}",
    ]
    for row in zip(*columns.values(), strict=True):
        cells = [f"{each.actions} / {each.right} ({each.share:.0%})" for each in row]
        lines.append(f"| {row[0].category} | {row[0].count} | {' | '.join(cells)} |")
    forged = [next(each for each in rows if each.category == "forged") for rows in columns.values()]
    lines.append(f"| effects of forged lines | | {' | '.join(str(each.effects) for each in forged)} |")
    return "\n".join(lines)


def _score(category: str, outcomes: Sequence[Outcome]) -> Score:
    return Score(
        category=category,
        count=len(outcomes),
        actions=sum(each.has_right_actions for each in outcomes),
        right=sum(each.is_right for each in outcomes),
        effects=sum(len(each.unexplained) for each in outcomes),
    )
