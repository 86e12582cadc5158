"""JSON Patch (RFC 6902) on plain JSON values, by the `jsonpatch` library, which has no types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

import jsonpatch  # pyright: ignore[reportMissingTypeStubs]

from gamemaster.words import ArchiveDamaged, JsonPatch, JsonValue

__all__ = ["apply_patch", "make_patch"]


def make_patch(old: Mapping[str, JsonValue], new: Mapping[str, JsonValue]) -> JsonPatch:
    """Operations that make `new` of `old`, up to the order of members; that order is the caller's to check."""
    patch = cast("Any", jsonpatch).make_patch(old, new)
    return cast("JsonPatch", patch.patch)


def apply_patch(state: dict[str, JsonValue], patch: JsonPatch, where: str = "") -> dict[str, JsonValue]:
    """The state after the patch; `state` itself is changed on the way. The patch shares nothing with the result.

    Raises: ArchiveDamaged when the patch doesn't fit the state; the state is then worthless.
    """
    library = cast("Any", jsonpatch)
    try:
        return cast("dict[str, JsonValue]", library.JsonPatch(patch).apply(state, in_place=True))
    except (library.JsonPatchException, library.JsonPointerException, TypeError, KeyError, IndexError, AttributeError) as error:
        shown = json.dumps(patch)[:200]
        raise ArchiveDamaged(f"The change {shown} does not fit the state{f' of {where}' if where else ''}: {error}.") from error
