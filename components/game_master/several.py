"""Several deeds in one attempt: their plan, and the closed form in which it is asked for.

The one idea: the whole plan is one answer, bound like the answer for a single action: each deed is one of the offered actions
with its own arguments, within their types and domains. So an attempt with four deeds takes no more rounds than one with one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Union

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel, ConfigDict, Field, create_model

from gamemaster.words import ActionCall
from gamemaster.world import OfferedAction

__all__ = ["calls_of", "deeds_schema"]

_KEPT = 256
_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)
_schemas: OrderedDict[tuple[Any, ...], type[BaseModel]] = OrderedDict()


def deeds_schema(offers: Sequence[OfferedAction], most: int) -> type[BaseModel]:
    """A pydantic model with the one field `deeds`: 1 to `most` objects of an `action` and its `arguments`.

    The same class for the same offers, as they stand for the actor.
    """
    key = (most, *[(offer.name, offer.schema) for offer in offers])
    if key in _schemas:
        _schemas.move_to_end(key)
        return _schemas[key]
    kinds = [_deed(offer) for offer in offers]
    deed: Any = kinds[0] if len(kinds) == 1 else Annotated[Union[tuple(kinds)], Field(discriminator="action")]  # noqa: UP007
    deeds: Any = Annotated[list[deed], MinLen(1), MaxLen(most)]
    made = create_model("Deeds", __config__=_STRICT, deeds=(deeds, ...))
    _schemas[key] = made
    if len(_schemas) > _KEPT:
        _schemas.popitem(last=False)
    return made


def calls_of(plan: Any) -> list[ActionCall]:
    """The actions of a plan that `deeds_schema` accepted, in their order, with the arguments that were given."""
    return [
        ActionCall(action=deed.action, arguments=deed.arguments.model_dump(mode="json", exclude_unset=True))
        for deed in plan.deeds
    ]


def _deed(offer: OfferedAction) -> type[BaseModel]:
    arguments = offer.schema
    may_be_left_out = not any(field.is_required() for field in arguments.model_fields.values())
    title = f"{arguments.__name__}Deed"
    action: Any = Literal[offer.name]  # pyright: ignore[reportInvalidTypeForm]
    given: Any = (arguments, Field(default_factory=arguments)) if may_be_left_out else (arguments, ...)
    return create_model(title, __config__=_STRICT, action=(action, ...), arguments=given)
