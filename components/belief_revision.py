"""new_beliefs: what an agent newly believes by what it noticed, as a model says it.

The one idea: the model says the sentences, and by number which piece of news each rests on and which belief falls; whether a
belief counts as seen or told, and whether it may overwrite another, is a rule (`gamemaster.components.fact`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, cast

from annotated_types import Len
from pydantic import BaseModel, Field, StringConstraints, create_model

from gamemaster.components.fact import Fact, learnt
from gamemaster.components.happening import Happening
from gamemaster.components.unless_failed import unless_failed
from gamemaster.words import Component, Section, Turn, one_line

__all__ = ["NewBelief", "new_beliefs"]

_MOST = 4
_LONGEST = 280


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBelief:
    """A belief that is new, and the known one that it contradicts; None for none."""

    fact: Fact
    instead_of: Fact | None = None


async def new_beliefs(
    turn: Turn, news: Sequence[Happening], known: Sequence[Fact], *, given: Sequence[Component], notes: Sequence[Section]
) -> list[NewBelief]:
    """At most four new beliefs; none where the model gives no usable answer.

    `turn` is that of a component whose prompt texts have `revise`; `notes` show the news and the known beliefs, numbered
    from 1 in these orders.
    """
    question = turn.prompt("revise", n=_MOST)
    schema = _schema(len(news), len(known))
    told: Any = await unless_failed(turn.fill(question, schema, given=given, notes=notes, max_tokens=300, what="revise"))
    found: list[NewBelief] = []
    answers = cast("list[Any]", [] if told is None else told.beliefs)
    for each in answers:
        text, instead_of = one_line(each.belief), cast("int", each.instead_of)
        if text:
            happening = news[cast("int", each.on) - 1]
            found.append(NewBelief(fact=learnt(text, happening), instead_of=known[instead_of - 1] if instead_of else None))
    return found


@lru_cache(maxsize=256)
def _schema(news: int, known: int) -> type[BaseModel]:
    """Beliefs, each on one of so many pieces of news, and instead of one of so many known ones or of none (0)."""
    text: Any = Annotated[str, StringConstraints(max_length=_LONGEST)]
    on: Any = Annotated[int, Field(ge=1, le=news)]
    instead: Any = Annotated[int, Field(ge=0, le=known)]
    one = create_model("NewBelief", belief=(text, ...), on=(on, ...), instead_of=(instead, ...))
    several: Any = Annotated[list[one], Len(0, _MOST)]
    return create_model("NewBeliefs", beliefs=(several, ...))
