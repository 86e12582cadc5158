"""Network: lines, rings, trees and graphs, and how far a word travels on them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.words import BadInput, UnknownName
from gamemaster.world.parts.network import Network

NAMES = ["Ann", "Bob", "Cleo", "Dan", "Eve"]


def test_shapes() -> None:
    assert Network.line(NAMES).ways == {"Ann": ["Bob"], "Bob": ["Cleo"], "Cleo": ["Dan"], "Dan": ["Eve"], "Eve": []}
    assert Network.ring(NAMES).hearers("Eve") == ["Ann"]
    assert Network.ring(["Ann"]).hearers("Ann") == []
    assert Network.tree(NAMES).ways == {"Ann": ["Bob", "Cleo"], "Bob": ["Dan", "Eve"], "Cleo": [], "Dan": [], "Eve": []}
    assert Network.tree(NAMES, 3).ways == {"Ann": ["Bob", "Cleo", "Dan"], "Bob": ["Eve"], "Cleo": [], "Dan": [], "Eve": []}


@given(st.integers(1, 30), st.integers(1, 4))
def test_all_are_reached_and_a_tree_has_one_way_less_than_people(count: int, branching: int) -> None:
    names = [f"N{at}" for at in range(count)]
    tree = Network.tree(names, branching)
    assert sum(map(len, tree.ways.values())) == count - 1
    for network in (tree, Network.line(names), Network.ring(names)):
        assert not network.unreached(names[0], names)
    assert max(Network.line(names).distances(names[0]).values()) == count - 1


def test_edges() -> None:
    network = Network.of_edges(NAMES, "Ann>Bob, 2-3, 3>Dan, 1>2")
    assert network.ways == {"Ann": ["Bob"], "Bob": ["Cleo"], "Cleo": ["Bob", "Dan"], "Dan": [], "Eve": []}
    assert network.distances("Ann") == {"Ann": 0, "Bob": 1, "Cleo": 2, "Dan": 3}
    assert network.unreached("Ann", NAMES) == ["Eve"]
    assert Network.of_edges(NAMES, "").unreached("Ann", NAMES) == NAMES[1:]


def test_the_shortest_way_counts() -> None:
    assert Network.of_edges(NAMES, "1-2, 2-3, 3-4, 4-1").distances("Ann") == {"Ann": 0, "Bob": 1, "Dan": 1, "Cleo": 2}


@pytest.mark.parametrize(
    ("edges", "kind", "message"),
    [
        ("1>9", UnknownName, "a number from 1 to 5"),
        ("Ann>Bobb", UnknownName, "Did you mean 'Bob'"),
        ("Ann Bob", BadInput, "write 1>2 for one way"),
        ("1-1", BadInput, "leads from Ann to Ann"),
    ],
)
def test_edges_that_cannot_be_read(edges: str, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        Network.of_edges(NAMES, edges)


def test_a_tree_without_branches() -> None:
    with pytest.raises(BadInput, match="at least 1"):
        Network.tree(NAMES, 0)
