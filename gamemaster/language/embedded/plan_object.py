"""Plan objects: the deeds of an attempt as an object that lists actions with their arguments.

The one idea: such a schema is known by its form alone. It has one list, whose items each fix the name of an action that the
prompt offers and hold an object with that action's arguments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from gamemaster.language.embedded.offers import Offer
from gamemaster.language.embedded.schema import closed_set, resolve

__all__ = ["PlanForm", "plan_form"]


class PlanForm:
    """Where a plan's parts stand: the list's name and length, and for each action the names of its fields and its arguments."""

    def __init__(self, name: str, most: int | None, kinds: Mapping[str, tuple[str, str, Mapping[str, Any]]]) -> None:
        self.name = name
        self.most = most
        self.kinds = kinds

    def deed(self, action: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """A deed as an item of the list."""
        names, holds, _ = self.kinds[action]
        return {names: action, holds: dict(arguments)}

    def arguments_of(self, action: str) -> Mapping[str, Any]:
        """The schema of an action's arguments."""
        return self.kinds[action][2]


def plan_form(top: Mapping[str, Any], root: Mapping[str, Any], offers: Sequence[Offer]) -> PlanForm | None:
    """The form of a plan over `offers` that the schema is, or None when it is none."""
    fields = top.get("properties", {})
    if len(fields) != 1:
        return None
    ((name, field),) = fields.items()
    listed = resolve(field, root)
    if listed.get("type") != "array" or not isinstance(listed.get("items"), dict):
        return None
    inside = cast("dict[str, Any]", listed["items"])
    branches = cast("list[dict[str, Any]]", inside.get("oneOf") or inside.get("anyOf") or [inside])
    known = {offer.name for offer in offers}
    kinds: dict[str, tuple[str, str, Mapping[str, Any]]] = {}
    for branch in branches:
        item = {key: resolve(each, root) for key, each in resolve(branch, root).get("properties", {}).items()}
        names = [key for key, each in item.items() if closed_set(each) and set(closed_set(each) or ()) <= known]
        holds = [key for key, each in item.items() if each.get("type") == "object"]
        if len(item) != 2 or len(names) != 1 or len(holds) != 1:
            return None
        for action in closed_set(item[names[0]]) or ():
            kinds[action] = (names[0], holds[0], item[holds[0]])
    return PlanForm(name, listed.get("maxItems"), kinds) if kinds else None
