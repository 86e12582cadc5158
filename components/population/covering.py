"""cover_traits: people spread evenly over a space of traits, instead of as a population has them.

The one idea: a few points of a Sobol sequence lie more evenly in many dimensions than as many random ones, so that rare
combinations (the anxious optimist) are there too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from gamemaster.words import DefinitionError, derive_seed

__all__ = ["cover_traits"]


def cover_traits(
    n: int, axes: Mapping[str, tuple[float, float] | Sequence[str]], *, seed: int = 0, digits: int = 3
) -> list[dict[str, str | float]]:
    """`n` points that cover the space of `axes`: each a pair of numbers, from and to, or a list of words.

    `{"openness": (0, 1), "extraversion": (0, 1), "diet": ["meat", "plants"]}`. Points are those of a Sobol sequence,
    scrambled by the seed; they lie most evenly when `n` is a power of two. Numbers are rounded to `digits`; a word's part
    of its axis is as large as another's. Make people of them with `profiles_of`.

    Source: Sobol 1967; Owen 1998 for the scrambling. Needs SciPy, of the extra "experiment".
    Raises: DefinitionError for n below 1, no axes, or one that is neither.
    """
    if isinstance(n, bool) or n < 1:
        raise DefinitionError(f"n={n!r}; at least 1 point covers something.")
    if not axes:
        raise DefinitionError("There are no axes to cover; give some: {'openness': (0, 1)}.")
    for name, axis in axes.items():
        _check(name, axis)
    points = _sobol(len(axes), n, derive_seed(seed, "population", "sobol"))
    return [
        {name: _on(axis, float(at), digits) for (name, axis), at in zip(axes.items(), point, strict=True)} for point in points
    ]


def _check(name: str, axis: Any) -> None:
    if isinstance(axis, str) or not isinstance(axis, Sequence) or not axis:
        raise DefinitionError(f"The axis {name!r} is {axis!r}; give a pair of numbers, or a list of words.")
    items: list[Any] = list(axis)  # pyright: ignore[reportUnknownArgumentType]
    if all(isinstance(each, str) for each in items):
        return
    numbers = [each for each in items if isinstance(each, int | float) and math.isfinite(each)]
    if len(items) != 2 or len(numbers) != 2 or not numbers[0] < numbers[1]:
        raise DefinitionError(f"The axis {name!r} is {axis!r}; numbers are a pair, the lower first.")


def _on(axis: tuple[float, float] | Sequence[str], at: float, digits: int) -> str | float:
    first = axis[0]
    if isinstance(first, str):
        return axis[min(int(at * len(axis)), len(axis) - 1)]
    return round(first + at * (float(axis[1]) - first), digits)


def _sobol(dimensions: int, n: int, seed: int) -> Any:
    """Points in the unit cube, an array of (n, dimensions)."""
    try:
        from scipy.stats import qmc  # pyright: ignore[reportMissingTypeStubs]
    except ImportError:
        raise DefinitionError(
            'Covering a space of traits takes SciPy, which is not installed: pip install "gamemaster[experiment]".'
        ) from None
    import numpy as np

    if dimensions > qmc.Sobol.MAXDIM:
        raise DefinitionError(f"There are {dimensions:,} axes; a Sobol sequence has at most {qmc.Sobol.MAXDIM:,}.")
    generator = np.random.Generator(np.random.PCG64(seed))
    return qmc.Sobol(dimensions, scramble=True, rng=generator).random_base2(math.ceil(math.log2(n)))[:n]
