"""The prefix tree against a model of it that is too plain to be wrong: a set of the beginnings that were computed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from gamemaster.language.local.planning import unready
from gamemaster.language.local.prefix_tree import Node, PrefixTree

WORDS = st.lists(st.integers(0, 2), max_size=9).map(tuple)


@dataclass(frozen=True)
class Run:
    """Stands for keys and values: the whole text up to the end of each token, so that a wrong cut shows."""

    texts: tuple[tuple[int, ...], ...]

    @property
    def size(self) -> int:
        return 10 * len(self.texts)

    def cut(self, at: int) -> tuple[Run, Run]:
        return Run(self.texts[:at]), Run(self.texts[at:])


def run_of(node: Node[Run]) -> Run:
    whole = tuple(token for each in node.path for token in each.tokens)
    return Run(tuple(whole[: node.start + number + 1] for number in range(len(node.tokens))))


def compute(tree: PrefixTree[Run], ends: list[Node[Run]]) -> int:
    """What an engine does: level by level; the number of tokens."""
    computed = 0
    while level := unready(ends):
        for node in level:
            computed += len(node.tokens)
            tree.keep(node, run_of(node))
    return computed


def beginnings(texts: set[tuple[int, ...]] | list[tuple[int, ...]]) -> set[tuple[int, ...]]:
    return {text[:length] for text in texts for length in range(1, len(text) + 1)}


class Trees(RuleBasedStateMachine):
    laid = Bundle("laid")

    def __init__(self) -> None:
        super().__init__()
        self.tree: PrefixTree[Run] = PrefixTree(10**6, longest=4)
        self.held: list[tuple[tuple[int, ...], Node[Run]]] = []
        self.known: set[tuple[int, ...]] = set()

    @rule(target=laid, text=WORDS)
    def lay(self, text: tuple[int, ...]) -> tuple[tuple[int, ...], Node[Run]]:
        node = self.tree.lay(text)
        self.held.append((text, node))
        return text, node

    @rule(texts=st.lists(WORDS, min_size=1, max_size=4))
    def compute_together(self, texts: list[tuple[int, ...]]) -> None:
        nodes = [self.tree.lay(text) for text in texts]
        new = beginnings(texts) - self.known
        assert compute(self.tree, nodes) == len(new)  # each distinct beginning once
        self.known |= new
        for node in nodes:
            self.tree.release(node)

    @rule(one=consumes(laid))
    def release(self, one: tuple[tuple[int, ...], Node[Run]]) -> None:
        self.tree.release(one[1])
        self.held.remove(one)

    @rule(budget=st.integers(0, 200))
    def trim(self, budget: int) -> None:
        self.tree.budget = budget
        self.tree.trim()
        self.known = self._kept()
        pinned = self.known & beginnings([text for text, _ in self.held])
        assert self.tree.size <= budget or self.known == pinned

    @rule(text=WORDS)
    def ask(self, text: tuple[int, ...]) -> None:
        known = max((length for length in range(1, len(text) + 1) if text[:length] in self.known), default=0)
        assert self.tree.known(text) == known

    def _kept(self) -> set[tuple[int, ...]]:
        found: set[tuple[int, ...]] = set()
        waiting = list(self.tree.root.children.values())
        while waiting:
            node = waiting.pop()
            found |= set(node.kept.texts if node.kept is not None else ())
            waiting.extend(node.children.values())
        return found

    @invariant()
    def it_is_a_tree_of_what_is_known(self) -> None:
        assert self._kept() == self.known
        assert self.tree.size == 10 * len(self.known)
        for text, node in self.held:  # cuts and trims of others leave the way to a laid end whole
            assert tuple(token for each in node.path for token in each.tokens) == text
            assert all(each.pins > 0 for each in node.path)
        waiting = [self.tree.root]
        while waiting:
            node = waiting.pop()
            for first, child in node.children.items():
                assert (child.parent, child.tokens[0]) == (node, first)
                assert 0 < len(child.tokens) <= 4
                assert child.kept is None or child.kept == run_of(child)
                waiting.append(child)


Trees.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestTrees = Trees.TestCase


def test_the_least_recently_used_goes_first_and_what_others_stand_on_stays() -> None:
    tree: PrefixTree[Run] = PrefixTree(60)
    for text in ((1, 2, 3), (1, 2, 4), (5, 6)):
        node = tree.lay(text)
        compute(tree, [node])
        tree.release(node)
    tree.release(tree.lay((1, 2, 3)))
    assert tree.trim() == 0
    tree.budget = 50
    assert tree.trim() == 1
    assert [tree.known(text) for text in ((1, 2, 3), (1, 2, 4), (5, 6))] == [3, 2, 2]
    tree.budget = 30
    tree.trim()
    assert [tree.known(text) for text in ((1, 2, 3), (1, 2, 4), (5, 6))] == [3, 2, 0]


def test_what_is_in_use_stays_over_the_budget_and_goes_after() -> None:
    tree: PrefixTree[Run] = PrefixTree(0)
    node = tree.lay((1, 2, 3))
    compute(tree, [node])
    assert tree.trim() == 0
    tree.clear()
    assert tree.known((1, 2, 3)) == 3
    tree.release(node)
    tree.trim()
    assert (tree.known((1, 2, 3)), tree.size, tree.root.children) == (0, 0, {})


@pytest.mark.parametrize("text", [(), (1,)])
def test_the_shortest_texts(text: tuple[int, ...]) -> None:
    tree: PrefixTree[Run] = PrefixTree(100)
    node = tree.lay(text)
    assert compute(tree, [node]) == len(text)
    assert (node is tree.root) == (not text)
    tree.release(node)
    assert node.pins == 0
