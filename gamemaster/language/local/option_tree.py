"""OptionTree: the options of a choice laid out as one row of tokens, each shared beginning once.

A language model scores a choice with one pass over this row: each token sees the prompt, the tokens before it in its own
options, and nothing of other options. Options are scored to their end and the end of the answer after it, so "a" and
"a b" can be told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["OptionTree", "option_tree"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionTree:
    """`tokens` in a row; `parents` the place of the one before each, -1 after the prompt; `depths` how many come before.

    `scored` has for each option the pairs (place whose logits predict it, token): -1 is the place of the prompt's last.
    """

    tokens: tuple[int, ...]
    parents: tuple[int, ...]
    depths: tuple[int, ...]
    scored: tuple[tuple[tuple[int, int], ...], ...]

    def ancestors(self, place: int) -> list[int]:
        """The places that `place` sees, itself included."""
        seen = [place]
        while (place := self.parents[place]) >= 0:
            seen.append(place)
        return seen


def option_tree(options: Sequence[Sequence[int]], end: int | None) -> OptionTree:
    """The tree of these options' tokens; `end` is the token that ends an answer, None where a model has none."""
    tokens: list[int] = []
    parents: list[int] = []
    depths: list[int] = []
    places: dict[tuple[int, int], int] = {}
    scored: list[tuple[tuple[int, int], ...]] = []
    for option in options:
        at = -1
        pairs: list[tuple[int, int]] = []
        whole = [*option, *([] if end is None else [end])]
        for number, token in enumerate(whole):
            pairs.append((at, token))
            if number + 1 == len(whole):
                break  # nothing is predicted after the last
            known = places.get((at, token))
            if known is None:
                known = places[(at, token)] = len(tokens)
                tokens.append(token)
                parents.append(at)
                depths.append(0 if at < 0 else depths[at] + 1)
            at = known
        scored.append(tuple(pairs))
    return OptionTree(tokens=tuple(tokens), parents=tuple(parents), depths=tuple(depths), scored=tuple(scored))
