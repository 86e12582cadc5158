"""similarity: how alike the people of a population read, so that clones are seen before a run and not after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gamemaster.components.profile import Profile
from gamemaster.components.profile_words import public_text
from gamemaster.language import load_embedder
from gamemaster.words import DefinitionError, prompt_texts

__all__ = ["Similarity", "similarity"]

_BLOCK = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Similarity:
    """How alike pairs of people are, as cosines of what is said of them: 1 for the same words.

    `mean` and `largest` are over all pairs, `most_alike` is the pair of the largest, and `clones` are the pairs from
    `clones_from` on, the most alike first (at most a hundred; `clone_pairs` is how many there are).
    """

    mean: float
    largest: float
    most_alike: tuple[str, str]
    clones_from: float
    clones: tuple[tuple[str, str, float], ...]
    clone_pairs: int

    def __str__(self) -> str:
        first, second = self.most_alike
        lines = [
            f"mean similarity {self.mean:.3f}; most alike, at {self.largest:.3f}: {first} and {second}",
            f"{self.clone_pairs} pairs of {self.clones_from:g} or more",
        ]
        return "\n".join([*lines, *[f"  {cosine:.3f}  {one} and {other}" for one, other, cosine in self.clones]])


def similarity(people: Sequence[Profile] | Mapping[str, str], embedder: Any = None, *, clones_from: float = 0.95) -> Similarity:
    """How alike people are: profiles (by what is public of them, their names left out), or texts by name.

    `embedder` is what `load_embedder` takes; by default the default one. Costs an embedding a person and a cosine a pair.
    Raises: DefinitionError for fewer than two people.
    """
    texts = people if isinstance(people, Mapping) else _texts_of(people)
    names = [*texts]
    if len(names) < 2:
        raise DefinitionError(f"Similarity is of pairs, and there are {len(names)} people; give at least two.")
    vectors = (load_embedder() if embedder is None else load_embedder(embedder)).embed([*texts.values()]).astype(np.float64)
    total, largest, pair = 0.0, -2.0, (0, 1)
    close: list[tuple[float, int, int]] = []
    count = 0
    for start, cosines in _pairs(vectors):
        known = ~np.isnan(cosines)
        total += float(cosines[known].sum())
        best = np.unravel_index(int(np.nanargmax(np.where(known, cosines, -2.0))), cosines.shape)
        if (top := float(cosines[best])) > largest:
            largest, pair = top, (start + int(best[0]), int(best[1]))
        found = np.argwhere(np.where(known, cosines, -2.0) >= clones_from)
        count += len(found)
        close += [(float(cosines[one, other]), start + int(one), int(other)) for one, other in found.tolist()]
        close = sorted(close, key=lambda each: (-each[0], each[1], each[2]))[:100]
    return Similarity(
        mean=total / (len(names) * (len(names) - 1) / 2),
        largest=largest,
        most_alike=(names[pair[0]], names[pair[1]]),
        clones_from=clones_from,
        clones=tuple([(names[one], names[other], cosine) for cosine, one, other in close]),
        clone_pairs=count,
    )


def _pairs(vectors: NDArray[np.float64]) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Cosines of each row with those after it, block by block; not-a-number where a pair was had already."""
    for start in range(0, len(vectors), _BLOCK):
        rows = vectors[start : start + _BLOCK]
        cosines = rows @ vectors.T
        cosines[np.arange(len(vectors))[None, :] <= start + np.arange(len(rows))[:, None]] = np.nan
        if not np.isnan(cosines).all():
            yield start, cosines


def _texts_of(people: Sequence[Profile]) -> dict[str, str]:
    texts = prompt_texts()
    named = {each.name or f"person {at}": public_text(each, texts) for at, each in enumerate(people, start=1)}
    if len(named) < len(people):
        raise DefinitionError("Two of the people have one name; give each a name of its own.")
    return named
