"""Which beginnings are computed first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gamemaster.language.local.priming import beginnings

PROMPTS = st.lists(st.lists(st.integers(0, 2), max_size=14).map(tuple), max_size=8)


def test_a_beginning_of_several_is_one_and_what_goes_on_from_it_another() -> None:
    shared, more = (1,) * 4, (2,) * 4
    prompts = [(*shared, *more, 5), (*shared, *more, 6), (*shared, 7, 7, 7, 7, 7), (9,) * 9]
    assert beginnings(prompts, 2) == [[(1, 1, 1, 1, 2)], [(1, 1, 1, 1, 2, 2, 2, 2, 5)]]


def test_nothing_is_shared_by_one_or_by_less_than_a_page() -> None:
    assert beginnings([], 4) == []
    assert beginnings([(1, 2, 3, 4, 5)], 4) == []
    assert beginnings([(1, 2, 3, 4, 5), (1, 2, 3, 4, 5)], 4) == []  # the same prompt is known when it is known
    assert beginnings([(1, 2, 3, 4), (1, 2, 3, 4, 5)], 4) == []  # the last token of a prompt is always computed
    assert beginnings([(1, 2, 3, 9, 9), (1, 2, 3, 8, 8)], 4) == []


@given(PROMPTS, st.integers(1, 4))
def test_every_page_that_is_shared_is_computed_once_and_in_order(prompts: list[tuple[int, ...]], page: int) -> None:
    levels = beginnings(prompts, page)
    distinct = set(prompts)
    known: set[tuple[int, ...]] = set()
    for level in levels:
        fresh: list[tuple[int, ...]] = []
        for ids in level:
            assert len(ids) % page == 1 % page
            pages = [ids[: end * page] for end in range(1, len(ids[:-1]) // page + 1)]
            new = [each for each in pages if each not in known]
            assert new
            assert pages[: len(pages) - len(new)] == [each for each in pages if each in known]
            fresh += new
        assert len(fresh) == len(set(fresh))
        known.update(fresh)
    ends = {prompt: [prompt[: end * page] for end in range(1, (len(prompt) - 1) // page + 1)] for prompt in distinct}
    shared = [each for pages in ends.values() for each in pages]
    assert known == {each for each in shared if shared.count(each) > 1}
