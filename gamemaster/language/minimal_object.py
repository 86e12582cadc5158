"""minimal_object: the smallest instance that a JSON schema allows, varied by chance where the schema leaves a choice."""

from __future__ import annotations

from typing import Any, cast

from pydantic import BaseModel, ValidationError

from gamemaster.words import BadInput, Draws

__all__ = ["minimal_object"]

_FORMATS = {
    "date": "2023-02-13",
    "date-time": "2023-02-13T08:00:00Z",
    "time": "08:00:00Z",
    "duration": "PT1H",
    "email": "ann@example.org",
    "uri": "https://example.org/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "192.0.2.1",
}


def minimal_object(schema: type[BaseModel], chance: Draws) -> dict[str, Any]:
    """JSON values that `schema` accepts: required fields only, one item to a list, the lowest numbers.

    Texts are "text 0" and the like; enumerations and truth values are drawn from `chance`. Constraints that a JSON
    schema can't say (a validator, a pattern) are not met. Raises: BadInput when `schema` refuses what comes of it.
    """
    root: dict[str, Any] = schema.model_json_schema()
    value = _Filling(root, chance).value(root, depth=0)
    try:
        schema.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise BadInput(
            f"No instance of {schema.__name__} could be made up: {place}: {first['msg']}. Script the answer to this question."
        ) from None
    return cast("dict[str, Any]", value)


class _Filling:
    def __init__(self, root: dict[str, Any], chance: Draws) -> None:
        self._definitions: dict[str, Any] = root.get("$defs", {})
        self._chance = chance

    def value(self, schema: dict[str, Any], *, depth: int) -> Any:
        if depth > 20:
            raise BadInput("No instance could be made up of a schema that holds itself. Script the answer to this question.")
        if "$ref" in schema:
            return self.value(self._definitions[schema["$ref"].rpartition("/")[2]], depth=depth + 1)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._chance.choice(schema["enum"])
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                return self.value(schema[several][0], depth=depth + 1)
        kind = schema.get("type")
        if kind == "object":
            members: dict[str, Any] = schema.get("properties", {})
            return {name: self.value(members.get(name, {}), depth=depth + 1) for name in schema.get("required", [])}
        if kind == "array":
            return self._list(schema, depth)
        if kind in ("integer", "number"):
            return self._number(schema, whole=kind == "integer")
        if kind == "boolean":
            return self._chance.random() < 0.5
        if kind == "null":
            return None
        return self._text(schema)

    def _list(self, schema: dict[str, Any], depth: int) -> list[Any]:
        fixed: list[dict[str, Any]] = schema.get("prefixItems", [])
        items = [self.value(each, depth=depth + 1) for each in fixed]
        fewest = max(schema.get("minItems", 0), min(1, schema.get("maxItems", 1)))
        while len(items) < fewest:
            item = self.value(schema.get("items", {}), depth=depth + 1)
            if schema.get("uniqueItems") and item in items:
                break
            items.append(item)
        return items

    def _number(self, schema: dict[str, Any], *, whole: bool) -> int | float:
        step: int | float = schema.get("multipleOf", 1 if whole else 0)
        floors = [each for each in (schema.get("minimum"), schema.get("exclusiveMinimum")) if each is not None]
        tops = [each for each in (schema.get("maximum"), schema.get("exclusiveMaximum")) if each is not None]
        floor, top = max(floors, default=None), min(tops, default=None)
        above = floor is not None and floor == schema.get("exclusiveMinimum")
        below = top is not None and top == schema.get("exclusiveMaximum")
        value: int | float
        if floor is None:
            value = 0 if top is None or top > 0 or (top == 0 and not below) else top - (step or 1)
        elif above and not step:
            value = floor + 1 if top is None or floor + 1 < top else (floor + top) / 2
        else:
            value = floor + step if above else floor
        if step:
            value = -(-value // step) * step
        return int(value) if whole else value

    def _text(self, schema: dict[str, Any]) -> str:
        text = _FORMATS.get(schema.get("format", ""), f"text {self._chance.randrange(1000)}")
        text = text.ljust(schema.get("minLength", 0), ".")
        return text[: schema.get("maxLength", len(text))]
