"""Pairings: who meets whom in which round. Functions of names, round and chance; they keep nothing."""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.words import Draws

__all__ = ["drawn_pairs", "sides", "turning_pairs"]


def sides(names: Sequence[str], chance: Draws) -> tuple[list[str], list[str]]:
    """The names, shuffled, in two halves; with an odd number the second is longer by one."""
    shuffled = list(names)
    chance.shuffle(shuffled)
    half = len(shuffled) // 2
    return shuffled[:half], shuffled[half:]


def turning_pairs(first: Sequence[str], second: Sequence[str], round: int) -> list[tuple[str, str]]:
    """In round `round`, from 0, number i of the first side meets number i + round of the second, counted in a circle.

    After as many rounds as a side has members, everybody has met everybody of the other side once.
    Raises: ValueError for sides that differ in length.
    """
    if len(first) != len(second):
        raise ValueError(f"the sides have {len(first)} and {len(second)} members; they must be equally many")
    return [(name, second[(at + round) % len(second)]) for at, name in enumerate(first)]


def drawn_pairs(names: Sequence[str], chance: Draws) -> tuple[list[tuple[str, str]], str | None]:
    """Pairs drawn at random, and the one who is left over when they are an odd number."""
    shuffled = list(names)
    chance.shuffle(shuffled)
    pairs = list(zip(shuffled[0::2], shuffled[1::2], strict=False))
    return pairs, shuffled[-1] if len(shuffled) % 2 else None
