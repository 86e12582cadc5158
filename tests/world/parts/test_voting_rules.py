"""Voting rules, against elections worked out by hand and against what must hold of any."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.world.parts import VotingRule, count_votes

OPTIONS = ["a", "b", "c", "d"]
RANKED: tuple[VotingRule, ...] = ("borda", "condorcet", "instant runoff")
ALL: tuple[VotingRule, ...] = ("plurality", "majority", "approval", *RANKED)

# 42 rank abcd, 26 rank bcda, 15 rank cdba, 17 rank dcba: each rule has a winner of its own choosing.
FOUR_TOWNS = ["abcd"] * 42 + ["bcda"] * 26 + ["cdba"] * 15 + ["dcba"] * 17


def winner(rule: VotingRule, ballots: list[str], *, electorate: int | None = None, lot: str = "abcd") -> str | None:
    counted = count_votes(rule, OPTIONS, ballots, electorate=len(ballots) if electorate is None else electorate, lot=lot)
    return counted.winner


@pytest.mark.parametrize(
    ("rule", "expected"), [("plurality", "a"), ("majority", None), ("borda", "b"), ("condorcet", "b"), ("instant runoff", "d")]
)
def test_one_election_by_five_rules(rule: VotingRule, expected: str | None) -> None:
    assert winner(rule, FOUR_TOWNS) == expected


def test_scores_are_what_was_counted() -> None:
    borda = count_votes("borda", OPTIONS, FOUR_TOWNS, electorate=100, lot=OPTIONS)
    assert borda.scores == {
        "a": 42 * 3,
        "b": 42 * 2 + 26 * 3 + 15 + 17,
        "c": 42 + 26 * 2 + 15 * 3 + 17 * 2,
        "d": 26 + 15 * 2 + 17 * 3,
    }
    runoff = count_votes("instant runoff", OPTIONS, FOUR_TOWNS, electorate=100, lot=OPTIONS)
    assert runoff.scores == {"a": 42, "b": 0, "c": 0, "d": 58}, "c goes first, then b"
    assert count_votes("condorcet", OPTIONS, FOUR_TOWNS, electorate=100, lot=OPTIONS).scores["b"] == 3


def test_a_majority_is_of_all_who_may_vote() -> None:
    ballots = ["a", "a", "b"]
    assert winner("majority", ballots) == "a"
    assert winner("majority", ballots, electorate=4) is None, "two of four are no majority"
    assert winner("majority", ballots, electorate=3) == "a"


def test_approval_counts_all_that_are_named() -> None:
    assert winner("approval", ["ab", "bc", "b", "a"]) == "b"


def test_a_circle_has_no_condorcet_winner() -> None:
    assert winner("condorcet", ["abc", "bca", "cab"]) is None


def test_a_ranking_may_be_short() -> None:
    assert winner("condorcet", ["a", "a", "bc"]) == "a"
    assert winner("instant runoff", ["a", "a", "b", "cb", "b"]) == "b", "c's ballot goes on to b"
    assert winner("instant runoff", ["a", "a", "b", "c", "c"], lot="bcad") == "c"


@given(st.permutations(OPTIONS), st.sampled_from(["plurality", "approval", "borda"]))
def test_ties_fall_by_lot(lot: list[str], rule: VotingRule) -> None:
    counted = count_votes(rule, OPTIONS, [["a"], ["b"]], electorate=2, lot=lot)
    assert counted.tied == ("a", "b") and counted.winner == min("ab", key=lot.index)


@pytest.mark.parametrize("rule", ALL)
@pytest.mark.parametrize("ballots", [[], [""], ["", ""]])
def test_nobody_wins_where_nobody_is_named(rule: VotingRule, ballots: list[str]) -> None:
    counted = count_votes(rule, OPTIONS, ballots, electorate=3, lot=OPTIONS)
    assert counted.winner is None and counted.scores == dict.fromkeys(OPTIONS, 0)


ballots_of = st.lists(st.sampled_from(["".join(each) for size in range(1, 5) for each in permutations("abcd", size)]), min_size=1)


@given(ballots_of, st.sampled_from(ALL), st.permutations(OPTIONS))
def test_the_order_of_ballots_does_not_matter(ballots: list[str], rule: VotingRule, lot: list[str]) -> None:
    first, second = (count_votes(rule, OPTIONS, each, electorate=len(each), lot=lot) for each in (ballots, sorted(ballots)))
    assert first == second


@given(ballots_of, st.permutations(OPTIONS))
def test_who_most_put_first_wins_by_every_rule_but_borda_and_approval(ballots: list[str], lot: list[str]) -> None:
    most = count_votes("majority", OPTIONS, ballots, electorate=len(ballots), lot=lot).winner
    if most is not None:
        for rule in ("plurality", "condorcet", "instant runoff"):
            assert count_votes(rule, OPTIONS, ballots, electorate=len(ballots), lot=lot).winner == most


@given(ballots_of, st.permutations(OPTIONS))
def test_one_more_ballot_for_the_winner_leaves_it_the_winner(ballots: list[str], lot: list[str]) -> None:
    for rule in ("plurality", "approval", "borda", "condorcet"):
        won = count_votes(rule, OPTIONS, ballots, electorate=len(ballots), lot=lot).winner
        if won is not None:
            again = count_votes(rule, OPTIONS, [*ballots, won], electorate=len(ballots) + 1, lot=lot)
            assert again.winner == won
