"""Patches are applied as the library applies them, and share nothing with what they made."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonpatch  # pyright: ignore[reportMissingTypeStubs]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.record.json_patch import apply_patch, make_patch
from gamemaster.words import ArchiveDamaged

names = st.sampled_from(["a", "b", "", "~", "/", "~1", "0", "ä"])
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.text(max_size=2)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=8,
)
states = st.dictionaries(names, values, max_size=4)


@given(states, states)
def test_it_makes_the_new_of_the_old(old: dict[str, Any], new: dict[str, Any]) -> None:
    patch = make_patch(old, new)
    kept = json.dumps(patch)
    made = apply_patch(copy.deepcopy(old), patch)
    assert made == new
    assert json.dumps(made) == json.dumps(jsonpatch.JsonPatch(patch).apply(copy.deepcopy(old)))
    for member in made.values():  # what is done to the result later reaches no patch
        if isinstance(member, list):
            member.append("more")
    assert json.dumps(patch) == kept


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/b", "value": 1},
        {"op": "remove", "path": "/b"},
        {"op": "replace", "path": "/a/b/c", "value": 1},
        {"op": "replace", "path": "/l/5", "value": 1},
        {"op": "replace", "path": "/l/x/y", "value": 1},
        {"op": "replace", "path": "b", "value": 1},
        {"op": "replace", "path": 5, "value": 1},
        {"op": "nonsense", "path": "/a", "value": 1},
        {"op": "replace", "path": "/a"},
        {"path": "/a", "value": 1},
        "replace",
        5,
    ],
)
def test_what_does_not_fit_is_damage(operation: Any) -> None:
    with pytest.raises(ArchiveDamaged, match="does not fit the state of world"):
        apply_patch({"a": {"x": 1}, "l": [1, 2]}, [operation], "world")
