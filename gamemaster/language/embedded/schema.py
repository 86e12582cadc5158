"""Shape: a pydantic schema read as a small tree of fields with their domains, whatever way they were declared.

It reads the JSON schema, so bounds, literals, enums, optional and nested fields look the same however they were written.
What a JSON schema can't say (a validator in code) is not seen here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from pydantic import BaseModel
from pydantic.errors import PydanticInvalidForJsonSchema

__all__ = ["bounds", "closed_set", "json_schema", "resolve"]

_known: WeakKeyDictionary[type[BaseModel], dict[str, Any]] = WeakKeyDictionary()


def json_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of `schema`; an empty one where it has none."""
    found = _known.get(schema)
    if found is None:
        try:
            found = schema.model_json_schema()
        except PydanticInvalidForJsonSchema:
            found = {}
        _known[schema] = found
    return found


def resolve(node: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    """`node` with its reference followed, single unions taken apart, and `optional` set where null is allowed."""
    out: dict[str, Any] = dict(node)
    for _ in range(20):
        if "$ref" in out:
            target: Any = root
            for part in str(out.pop("$ref")).removeprefix("#/").split("/"):
                target = target.get(part.replace("~1", "/").replace("~0", "~"), {})
            out = {**target, **out}
        elif len(out.get("allOf", ())) == 1:
            only = out.pop("allOf")[0]
            out = {**only, **out}
        elif "anyOf" in out or "oneOf" in out:
            branches = out.pop("anyOf", None) or out.pop("oneOf")
            real = [each for each in branches if each.get("type") != "null"]
            if len(real) < len(branches):
                out["optional"] = True
            if not real:
                return {"type": "null"}
            out = {**real[0], **out}
        else:
            break
    return out


def closed_set(node: Mapping[str, Any]) -> list[Any] | None:
    """The values of a literal or an enum, in order; None for an open field."""
    if "const" in node:
        return [node["const"]]
    values = node.get("enum")
    return list(values) if values else None


def bounds(node: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """The least and the greatest number that `node` allows, None where there is no bound; those excluded are stepped over."""
    whole = node.get("type") == "integer"
    low, high = node.get("minimum"), node.get("maximum")
    above, below = node.get("exclusiveMinimum"), node.get("exclusiveMaximum")
    step = node.get("multipleOf")
    if above is not None:
        low = max(-math.inf if low is None else low, math.floor(above) + 1 if whole else math.nextafter(above, math.inf))
    if below is not None:
        high = min(math.inf if high is None else high, math.ceil(below) - 1 if whole else math.nextafter(below, -math.inf))
    if whole:
        low = None if low is None else math.ceil(low)
        high = None if high is None else math.floor(high)
    if step:
        low = None if low is None else math.ceil(low / step) * step
        high = None if high is None else math.floor(high / step) * step
    return low, high
