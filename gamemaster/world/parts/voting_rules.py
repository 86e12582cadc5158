"""Voting rules: from ballots to a winner. Functions of options, ballots and a lot; they keep nothing.

A ballot is a list of options: one that is voted for, all that are approved of, or a ranking with the best first; an empty one
abstains. Ties fall by `lot`, the options in an order that the caller has drawn: the earlier one wins.

Source of the rules: Brams and Fishburn 2002, Voting procedures (Handbook of Social Choice and Welfare, volume 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Outcome", "VotingRule", "count_votes", "is_ranked"]

VotingRule: TypeAlias = Literal["plurality", "majority", "approval", "borda", "condorcet", "instant runoff"]
Ballots: TypeAlias = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`winner` is None when the rule finds none. `scores` say what was counted; `tied` are all who had as much as the winner."""

    winner: str | None
    scores: dict[str, int]
    tied: tuple[str, ...] = ()


def is_ranked(rule: VotingRule) -> bool:
    """Whether a ballot of this rule is a ranking."""
    return rule in ("borda", "condorcet", "instant runoff")


def count_votes(rule: VotingRule, options: Sequence[str], ballots: Ballots, *, electorate: int, lot: Sequence[str]) -> Outcome:
    """Who wins; nobody where no ballot names anything.

    - plurality: the option that most ballots name (first).
    - majority: the same, if more than half of the `electorate`, all who may vote, name it; else nobody.
    - approval: the option that most approve of.
    - borda: of m options, the first of a ballot gets m - 1 points, the next m - 2, and so on; one that isn't ranked gets none.
    - condorcet: the option that beats each other one in pairs, more ballots ranking it higher; else nobody. Ranked goes
      before unranked.
    - instant runoff: as long as none has more than half of the ballots that still rank one, the option that fewest rank first is
      struck out; scores are those of the last count.
    """
    cast = [ballot for ballot in ballots if ballot]
    if not cast:
        return Outcome(winner=None, scores=dict.fromkeys(options, 0))
    if rule == "condorcet":
        return _condorcet(options, cast)
    if rule == "instant runoff":
        return _instant_runoff(options, cast, lot)
    scores = dict.fromkeys(options, 0)
    for ballot in cast:
        if rule == "borda":
            for rank, each in enumerate(ballot):
                scores[each] += len(options) - 1 - rank
        else:
            for each in ballot if rule == "approval" else ballot[:1]:
                scores[each] += 1
    best = max(scores.values())
    if rule == "majority" and 2 * best <= electorate:
        return Outcome(winner=None, scores=scores)
    tied = tuple([each for each in options if scores[each] == best])
    return Outcome(winner=min(tied, key=lot.index), scores=scores, tied=tied)


def _condorcet(options: Sequence[str], ballots: Ballots) -> Outcome:
    """Scores are how many others each beats."""
    place = [{each: rank for rank, each in enumerate(ballot)} for ballot in ballots]
    beats = dict.fromkeys(options, 0)
    for one in options:
        for other in options:
            last = len(options)
            ahead = sum(ranks.get(one, last) < ranks.get(other, last) for ranks in place)
            behind = sum(ranks.get(one, last) > ranks.get(other, last) for ranks in place)
            beats[one] += ahead > behind
    winner = next((each for each in options if beats[each] == len(options) - 1), None)
    return Outcome(winner=winner, scores=beats, tied=() if winner is None else (winner,))


def _instant_runoff(options: Sequence[str], ballots: Ballots, lot: Sequence[str]) -> Outcome:
    standing = list(options)
    while True:
        scores = dict.fromkeys(standing, 0)
        for ballot in ballots:
            first = next((each for each in ballot if each in scores), None)
            if first is not None:
                scores[first] += 1
        best = max(standing, key=lambda each: (scores[each], -lot.index(each)))
        if 2 * scores[best] > sum(scores.values()) or len(standing) == 1:
            counted = {each: scores.get(each, 0) for each in options}
            tied = tuple([each for each in standing if scores[each] == scores[best]])
            return Outcome(winner=best if scores[best] else None, scores=counted, tied=tied)
        standing.remove(min(standing, key=lambda each: (scores[each], -lot.index(each))))
