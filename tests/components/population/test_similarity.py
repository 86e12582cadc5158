"""How alike people read."""

from __future__ import annotations

import numpy as np
import pytest

from gamemaster.components import Profile
from gamemaster.components.population import similarity
from gamemaster.testing import HashEmbedder
from gamemaster.words import DefinitionError

PEOPLE = [
    Profile(name="Ann", occupation="baker", age=30),
    Profile(name="Bob", description="Sails round the cape in winter."),
    Profile(name="Cid", occupation="baker", age=30, private=("He is a spy.",)),
]


def test_clones_are_found_whatever_their_names_and_secrets() -> None:
    found = similarity(PEOPLE, HashEmbedder())
    assert found.most_alike == ("Ann", "Cid") and found.largest == pytest.approx(1)
    assert [(one, other) for one, other, _ in found.clones] == [("Ann", "Cid")] and found.clone_pairs == 1
    assert "most alike, at 1.000: Ann and Cid" in str(found)


def test_mean_and_largest_are_those_of_all_pairs_however_many_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {f"p{at}": f"word{at % 7} word{at % 5} word{at % 3}" for at in range(23)}
    vectors = HashEmbedder().embed([*texts.values()]).astype(np.float64)
    cosines = (vectors @ vectors.T)[np.triu_indices(23, 1)]
    whole = similarity(texts, HashEmbedder())
    monkeypatch.setattr("gamemaster.components.population.similar_people._BLOCK", 4)
    parts = similarity(texts, HashEmbedder())
    assert whole.mean == pytest.approx(cosines.mean()) and parts.mean == pytest.approx(whole.mean)
    assert whole.largest == pytest.approx(cosines.max())
    assert parts.largest == pytest.approx(whole.largest)
    assert parts.clone_pairs == whole.clone_pairs == int((cosines >= 0.95).sum())


def test_one_is_not_alike() -> None:
    with pytest.raises(DefinitionError, match="Similarity is of pairs, and there are 1 people"):
        similarity(PEOPLE[:1], HashEmbedder())
    with pytest.raises(DefinitionError, match="Two of the people have one name"):
        similarity([PEOPLE[0], PEOPLE[0]], HashEmbedder())
