"""Backstory: the question by which an agent's formative episodes are written, before a run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, Field, create_model

from gamemaster.words import Component, Section, Turn

__all__ = ["Backstory"]


class Backstory(Component):
    """What asks for formative episodes; `gamemaster.Backstories` has it ask for every agent, and keeps what comes.

    One question an agent, whose answer has a field for each age: so the episodes of a life are written in one go and fit
    each other, and all agents' lives are one batch. It says nothing in a prompt; what it found out is memory.
    Sources: Vezhnevets et al. 2023 (Concordia), whose formative memories are written age by age from traits, context and
    shared memories; Park et al. 2023, section 3.1, whose agents begin with seed memories.
    """

    shown = False
    kind = "memory"

    def __init__(self, *, name: str = "backstory", budget: int = 200) -> None:
        self.name = name
        self.budget = budget

    async def episodes(
        self, turn: Turn, ages: Sequence[int], *, given: Sequence[Component] = (), shared: Sequence[str] = (), about: str = ""
    ) -> list[str]:
        """A text for each of `ages`, on one line. Each takes at most `budget` tokens. Raises: AnswerFailed."""
        notes = [
            Section(label=turn.prompt("everybody"), text="\n".join(shared), changes="shared", kind="memory"),
            Section(label=turn.prompt("about"), text=about, changes="own", kind="persona"),
        ]
        call = turn.prompt("episodes", ages=turn.texts.text("persona", "comma").join(map(str, ages)))
        life = await turn.fill(
            call, _life(tuple(ages)), given=given, notes=notes, max_tokens=self.budget * len(ages), what="episodes"
        )
        return [" ".join(str(getattr(life, f"at_{age}")).split()) for age in ages]


_Episode = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]


@lru_cache(maxsize=64)
def _life(ages: tuple[int, ...]) -> type[BaseModel]:
    fields: dict[str, Any] = {f"at_{age}": (_Episode, ...) for age in ages}
    return create_model("Life", **fields)
