"""Sampled people: margins hold as well as whole people can, dependence is kept, contradictions are named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gamemaster.components import BigFive
from gamemaster.components.population import Conditional, profiles_of, sample_population
from gamemaster.components.population.raking import rake
from gamemaster.components.population.rounding import largest_remainder, whole_people
from gamemaster.words import DefinitionError, UnknownName

AGES = {range(18, 30): 0.3, range(30, 65): 0.5, range(65, 90): 0.2}
WORK = {"student": 0.2, "baker": 0.15, "retired": 0.25, "farmer": 0.4}
BY_AGE = Conditional(
    of="work",
    given="age",
    table={
        range(18, 30): {"student": 0.5, "baker": 0.2, "retired": 0, "farmer": 0.3},
        range(65, 90): {"retired": 0.9, "farmer": 0.1, "student": 0, "baker": 0},
    },
)


def count(people: Any, **wanted: Any) -> int:
    def fits(value: Any, want: Any) -> bool:
        return value in want if isinstance(want, range) else value == want

    return sum(all(fits(person[name], want) for name, want in wanted.items()) for person in people)


def test_margins_hold_and_zeros_stay_zeros() -> None:
    found = sample_population(100, {"age": AGES, "sex": {"f": 0.51, "m": 0.49}, "work": WORK}, [BY_AGE], seed=1)
    assert len(found.people) == 100
    for ages, share in AGES.items():
        assert count(found.people, age=ages) == 100 * share
    assert [count(found.people, work=work) for work in WORK] == [20, 15, 25, 40]
    assert count(found.people, sex="f") == 51
    assert count(found.people, age=range(18, 30), work="retired") == 0
    assert count(found.people, age=range(65, 90), work="student") == 0
    assert abs(count(found.people, age=range(18, 30), work="student") - 15) <= 1
    assert max(abs(each.deviation) for each in found.deviation.marginals) < 1e-6


def test_the_report_prints_as_a_table() -> None:
    found = sample_population(7, {"sex": {"f": 0.5, "m": 0.5}, "pet": {"cat": 1}}, seed=1)
    assert str(found.deviation).splitlines() == [
        "cell       expected     got  deviation",
        "sex=f          3.50       4      +0.50",
        "sex=m          3.50       3      -0.50",
        "pet=cat        7.00       7      +0.00",
    ]
    assert (found.deviation.worst.cell, found.deviation.worst.deviation) == ("sex=f", 0.5)
    assert sum(each.got for each in found.deviation.joint) == 7


def test_the_same_seed_gives_the_same_people_and_another_others() -> None:
    tables: Any = ({"age": AGES, "work": WORK}, [BY_AGE])
    assert sample_population(50, *tables, seed=3) == sample_population(50, *tables, seed=3)
    assert sample_population(50, *tables, seed=3).people != sample_population(50, *tables, seed=4).people


def test_numbers_of_a_range_are_drawn_from_all_of_it() -> None:
    people = sample_population(400, {"age": {range(20, 24): 1}}, seed=5).people
    assert {person["age"] for person in people} == {20, 21, 22, 23}


def test_ties_go_to_the_first_whatever_the_last_digit_says() -> None:
    shares = np.array([8, 10, 10, 13, 10]) / 51  # of 136, four of the remainders are 2/3
    assert largest_remainder(shares, 136).tolist() == [21, 27, 27, 35, 26]
    assert largest_remainder(shares * (1 + 2e-16), 136).tolist() == [21, 27, 27, 35, 26]


@st.composite
def marginals(draw: st.DrawFn) -> dict[str, dict[str, float]]:
    out: dict[str, dict[str, float]] = {}
    for name in "abcd"[: draw(st.integers(1, 4))]:
        weights = draw(st.lists(st.integers(0, 20), min_size=1, max_size=5).filter(any))
        out[name] = {f"{name}{at}": weight / sum(weights) for at, weight in enumerate(weights)}
    return out


@settings(max_examples=150, deadline=None)
@given(tables=marginals(), n=st.integers(1, 200), seed=st.integers(0, 99))
def test_every_margin_is_its_share_in_whole_people(tables: dict[str, dict[str, float]], n: int, seed: int) -> None:
    people = sample_population(n, tables, seed=seed).people
    for name, marginal in tables.items():
        got = [sum(person[name] == category for person in people) for category in marginal]
        assert got == largest_remainder(np.array([*marginal.values()]) / sum(marginal.values()), n).tolist()
        assert all(abs(have - n * share) < 1 for have, share in zip(got, marginal.values(), strict=True))


@settings(max_examples=60, deadline=None)
@given(weights=st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3), n=st.integers(1, 50))
@example(weights=[[0, 0, 1], [1, 4, 7], [1, 3, 0]], n=3)
def test_nobody_is_where_nobody_can_be(weights: list[list[int]], n: int) -> None:
    table = np.array(weights, np.float64)
    if not table.any():
        return
    shares = table / table.sum()
    for offset in (0.0, 0.3, 1 - 2**-53):
        counts = whole_people(shares, [shares.sum(axis=1), shares.sum(axis=0)], n, offset)
        assert counts.sum() == n and (counts >= 0).all() and not counts[table == 0].any()


def test_combinations_stay_near_what_is_expected_of_them() -> None:
    joint = rake({"a": {"x": 0.37, "y": 0.63}, "b": {"x": 0.21, "y": 0.79}, "c": dict.fromkeys("pqrst", 0.2)}).shares
    margins = [joint.sum(axis=(1, 2)), joint.sum(axis=(0, 2)), joint.sum(axis=(0, 1))]
    found = [whole_people(joint, margins, 101, at / 50) for at in range(50)]
    assert max(np.abs(counts - joint * 101).max() for counts in found) < 1.5
    assert np.abs(np.mean(found, axis=0) - joint * 101).max() < 0.7
    assert len({counts.tobytes() for counts in found}) > 5


def test_raking_agrees_with_marginals_and_conditionals() -> None:
    joint = rake({"age": AGES, "work": WORK}, [BY_AGE])
    assert np.allclose(joint.over(["age"]), [0.3, 0.5, 0.2]) and np.allclose(joint.over(["work"]), [0.2, 0.15, 0.25, 0.4])
    young = joint.over(["age", "work"])[0]
    assert np.allclose(young / young.sum(), [0.5, 0.2, 0, 0.3])


def test_a_conditional_may_have_several_variables_and_be_all_there_is_of_one() -> None:
    table: Any = {("f", "x"): {"a": 1}, ("m", "x"): {"b": 1}, ("f", "y"): {"a": 0.5, "b": 0.5}, ("m", "y"): {"b": 1}}
    tables: Any = {"sex": {"f": 10, "m": 10}, "town": {"x": 5, "y": 15}}
    people = sample_population(40, tables, [Conditional(of="club", given=("sex", "town"), table=table)], seed=2).people
    assert count(people, sex="f", town="x", club="b") == count(people, sex="m", club="a") == 0
    assert count(people, sex="f", town="y", club="a") in (7, 8)


def test_rounded_tables_are_raked_and_the_marginals_hold() -> None:
    rounded = Conditional(of="b", given="a", table={"x": {"p": 0.333, "q": 0.667}, "y": {"p": 0.667, "q": 0.333}})
    joint = rake({"a": {"x": 0.5, "y": 0.5}, "b": {"p": 0.4999, "q": 0.5001}}, [rounded])
    assert np.allclose(joint.over(["b"]), [0.4999, 0.5001], atol=1e-9)


CONTRADICTING = [
    Conditional(of="work", given="age", table={"young": {"baker": 0.9, "farmer": 0.1}, "old": {"baker": 0.9, "farmer": 0.1}})
]


@pytest.mark.parametrize(
    ("tables", "conditionals", "message"),
    [
        ({}, [], "needs at least one marginal"),
        ({"age": {}}, [], "marginal of 'age' has no categories"),
        ({"age": {"young": 0.5, "old": 0.4}}, [], "marginal of 'age' sums to 0.9; shares sum to 1"),
        ({"age": {"young": 0.5, "old": -0.5}}, [], "has -0.5 for 'old'"),
        ({"age": {"young": 60, "old": 40}, "sex": {"f": 50, "m": 40}}, [], "'age' comes to 100, 'sex' comes to 90"),
        ({"age": {"1": 0.5, 1: 0.5}}, [], "two categories that read alike"),
        ({"age": {range(3, 3): 1}}, [], "no range of whole numbers that has any"),
        (
            {"age": {"young": 0.5, "old": 0.5}, "work": {"baker": 0.2, "farmer": 0.8}},
            CONTRADICTING,
            r"raking doesn't converge. Farthest off is \w+=\w+.*: it should be 0\.\d+, and the rest leaves",
        ),
        ({"work": {"baker": 1}}, CONTRADICTING, "no variable 'age'"),
        ({"age": {"young": 1}}, [Conditional(of="work", given="age", table={"old": {"baker": 1}})], "category 'old' of 'age'"),
        ({"age": {"old": 1}}, [Conditional(of="work", given="age", table={"old": {"baker": 0.4}})], "age=old sums to 0.4"),
        ({"age": {"old": 1}}, [Conditional(of="age", given="age", table={"old": {"old": 1}})], "give others"),
        ({f"v{at}": dict.fromkeys(map(str, range(20)), 0.05) for at in range(6)}, [], "64,000,000 combinations"),
    ],
)
def test_wrong_tables_are_refused(tables: Any, conditionals: Any, message: str) -> None:
    with pytest.raises((DefinitionError, UnknownName), match=message):
        sample_population(10, tables, conditionals)


def test_a_population_of_nobody_is_refused() -> None:
    with pytest.raises(DefinitionError, match="n=0; a population has at least 1 person"):
        sample_population(0, {"age": {"old": 1}})


def test_profiles_have_what_was_sampled_where_it_belongs() -> None:
    people: list[Any] = [{"age": 30, "occupation": "baker", "openness": 0.5, "town": "Ribe"}, {"age": 31}]
    first, second = profiles_of(people)
    assert (first.name, first.age, first.occupation, first.facts) == ("Person 1", 30, "baker", {"town": "Ribe"})
    assert first.big_five == BigFive(openness=0.5) and first.consent == "fictional"
    assert second.name == "Person 2"
    assert [each.name for each in profiles_of(people, ["Ann", "Bob", "Cid"])] == ["Ann", "Bob"]
    with pytest.raises(DefinitionError, match="2 people and 1 names"):
        profiles_of(people, ["Ann"])
    with pytest.raises(DefinitionError, match="Two people are named 'Ann'"):
        profiles_of(people, ["Ann", "Ann"])
    with pytest.raises(DefinitionError, match="Person 1: age is 'old'"):
        profiles_of([{"age": "old"}])
