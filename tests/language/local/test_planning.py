"""Batches and option trees, without a model."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from gamemaster.language.local.option_tree import option_tree
from gamemaster.language.local.planning import PADDING, batches

LENGTHS = st.lists(st.integers(0, 80), max_size=30)
OPTIONS = st.lists(st.lists(st.integers(0, 2), max_size=4).map(tuple), min_size=1, max_size=6, unique=True)


@given(LENGTHS, st.integers(1, 200), st.integers(1, 8))
def test_batches_hold_each_item_once_within_their_budgets(lengths: list[int], tokens: int, rows: int) -> None:
    found = batches(list(enumerate(lengths)), lambda item: item[1], tokens=tokens, rows=rows)
    assert sorted(item for batch in found for item in batch) == list(enumerate(lengths))
    for batch in found:
        longest = batch[0][1]
        assert len(batch) <= rows
        assert len(batch) == 1 or longest * len(batch) <= tokens
        for number, length in batch:
            assert longest - length <= max(8, PADDING * longest)
            assert all(other > number for other, same in batch[batch.index((number, length)) + 1 :] if same == length)


def test_like_lengths_share_a_batch() -> None:
    assert [len(batch) for batch in batches([100, 3, 98, 4, 99], int, tokens=1000, rows=8)] == [3, 2]


@given(OPTIONS, st.sampled_from([None, 9]))
def test_an_option_tree_scores_each_option_to_its_end(options: list[tuple[int, ...]], end: int | None) -> None:
    tree = option_tree(options, end)
    ends = [*([] if end is None else [end])]

    def before(place: int) -> tuple[int, ...]:
        return tuple(tree.tokens[each] for each in reversed(tree.ancestors(place))) if place >= 0 else ()

    for option, pairs in zip(options, tree.scored, strict=True):
        whole = (*option, *ends)
        assert tuple(token for _, token in pairs) == whole
        assert [before(place) for place, _ in pairs] == [whole[:length] for length in range(len(whole))]
    # Each distinct beginning once, but for what nothing comes after.
    wanted = {(*option, *ends)[:length] for option in options for length in range(1, len(option) + len(ends))}
    assert len(tree.tokens) == len(wanted)
    assert tree.depths == tuple(len(tree.ancestors(place)) - 1 for place in range(len(tree.tokens)))


def test_the_bookkeeping_needs_no_torch() -> None:
    parts = ", ".join(f"gamemaster.language.local.{name}" for name in ("prefix_tree", "planning", "option_tree", "job", "engine"))
    code = f"import sys, {parts}; assert not [each for each in ('torch', 'transformers', 'llguidance') if each in sys.modules]"
    subprocess.run([sys.executable, "-c", code], check=True)
