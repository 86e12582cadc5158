"""Component: one faculty of an agent or part of a game master."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from gamemaster.words.attempt import Attempt
from gamemaster.words.event import Event, Observation
from gamemaster.words.section import Changes, SectionKind
from gamemaster.words.stateful import JsonValue
from gamemaster.words.turn import Turn

__all__ = ["Component"]

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Component:
    """One faculty of an agent. Subclass it and override what the faculty needs; everything is optional.

    `context` says something for the prompt. `observe` and `after_action` are the rules by which what happens changes
    the component's state; they ask no model. `react` comes after them, once all observations of the step are stored,
    and is where a component thinks about what happened (reflects, re-plans).

    An object belongs to one agent. A component that reads another is given it (`Plan(given=[summary])`) and names it
    in `given`; the same object must stand in the agent's list. What grows belongs in memory, not in `state()`, which
    stays under 16 kB.
    """

    name: str = ""
    """The name within its agent, from the class's name when empty: `TheoryOfMind` -> `theory_of_mind`."""
    label: str = ""
    """The heading of its section in the prompt; no heading when empty."""
    label_text: str = "label"
    """Which of its prompt texts is the heading where it has none of its own."""
    changes: Changes = "always"
    """How often its text changes; the prompt is ordered by this, so that prompts share a long prefix."""
    kind: SectionKind = "other"
    """What its text speaks of."""
    shown: bool = True
    """Whether its context stands in the agent's prompt; what is not shown is asked only when another reads it."""
    budget: int = 300
    """The most tokens its context may take; a longer one is cut at a line's end."""
    given: Sequence[Component] = ()
    """The components that it reads."""
    version: int = 1
    """The version of the form of its state."""
    texts: Mapping[str, str] = {}
    """Its prompt texts in English, for a component that has no file of prompt texts; see `gamemaster.words.PromptTexts`."""
    texts_file: str = "component"
    """The file of its prompt texts, from the class's name like `name`."""

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        own = _WORDS.sub("_", cls.__name__).lower()
        if not cls.__dict__.get("name"):
            cls.name = own
        if not cls.__dict__.get("texts_file"):
            cls.texts_file = own

    async def context(self, turn: Turn) -> str:
        """What it has to say for this turn; nothing when empty."""
        return ""

    async def observe(self, observation: Observation) -> None:
        """Take in what the agent has noticed."""

    async def after_action(self, attempt: Attempt, events: Sequence[Event]) -> None:
        """Take in what came of the agent's own attempt: `events` are those the agent could notice, in order."""

    async def react(self, turn: Turn) -> None:
        """Think about what this step brought (`turn.news`); the model may be asked here."""

    def state(self) -> dict[str, JsonValue]:
        """What changes, as JSON values that share nothing with the component."""
        return {}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
