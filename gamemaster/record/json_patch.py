"""JSON Patch (RFC 6902) on plain JSON values: what worlds and states record are additions, replacements and removals.

These three are applied here; a patch is made, and what it may hold besides is applied, by the `jsonpatch` library, which has
no types and takes ten times as long.
"""

from __future__ import annotations

import copy
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
        for operation in patch:
            if not _apply(state, operation):
                state = library.JsonPatch([operation]).apply(state, in_place=True)
    except (
        *(library.JsonPatchException, library.JsonPointerException),
        *(TypeError, KeyError, IndexError, AttributeError, ValueError),
    ) as error:
        shown = json.dumps(patch)[:200]
        raise ArchiveDamaged(f"The change {shown} does not fit the state{f' of {where}' if where else ''}: {error}.") from error
    return state


def _apply(state: Any, operation: Mapping[str, Any]) -> bool:
    """Apply one of the three kinds, where the path leads to a member or place; whether that was so."""
    kind, path = operation["op"], operation["path"]
    if kind not in ("replace", "add", "remove") or not isinstance(path, str) or path[:1] != "/":
        return False
    parts = path[1:].split("/")
    if "~" in path:
        parts = [part.replace("~1", "/").replace("~0", "~") for part in parts]
    target = state
    for part in parts[:-1]:
        if isinstance(target, dict):
            target = cast("dict[str, Any]", target)[part]
        elif isinstance(target, list) and part.isdecimal() and part.isascii():
            target = cast("list[Any]", target)[int(part)]
        else:
            return False
    if not isinstance(target, dict):  # places in a list have rules of their own
        return False
    members, last = cast("dict[str, Any]", target), parts[-1]
    if kind == "remove":
        del members[last]
        return True
    if kind == "replace" and last not in members:
        raise KeyError(last)
    value: Any = operation["value"]
    members[last] = copy.deepcopy(cast("Any", value)) if isinstance(value, dict | list) else value
    return True
