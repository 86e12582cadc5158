"""Persona: who somebody is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gamemaster.words import Component, DefinitionError, Turn

__all__ = ["Persona"]


class Persona(Component):
    """Who the agent is, in words; fixed for the run.

    `description` is free text; the rest, where given, becomes a line each. `routine` are things done regularly, with
    their hour where they have one ("opens the bakery at 07:00"), which `Plan` builds the day on. `facts` is for whatever
    else belongs to the person: `{"home": "Mill Lane 3"}`.
    Raises: DefinitionError when nothing at all is said, or the age is below 0.
    """

    label = "Who you are"
    changes = "own"
    kind = "persona"

    def __init__(
        self,
        description: str = "",
        *,
        age: int | None = None,
        occupation: str = "",
        traits: Sequence[str] = (),
        goals: Sequence[str] = (),
        routine: Sequence[str] = (),
        facts: Mapping[str, str] | None = None,
        name: str = "persona",
        budget: int = 500,
    ) -> None:
        if age is not None and age < 0:
            raise DefinitionError(f"A persona's age is {age}; it must be at least 0.")
        for field, value in (("traits", traits), ("goals", goals), ("routine", routine)):
            if isinstance(value, str):
                raise DefinitionError(f"A persona's {field} are {value!r}; give a list of texts.")
        self.description = description.strip()
        self.age = age
        self.occupation = occupation
        self.traits = tuple(traits)
        self.goals = tuple(goals)
        self.routine = tuple(routine)
        self.facts = dict(facts or {})
        self.name = name
        self.budget = budget
        if not any((self.description, age is not None, occupation, self.traits, self.goals, self.routine, self.facts)):
            raise DefinitionError("A persona says nothing about the person; give at least a description.")

    async def context(self, turn: Turn) -> str:
        """The person, a line for each thing that is known."""
        lines = [f"Name: {turn.agent}"]
        if self.age is not None:
            lines.append(f"Age: {self.age}")
        if self.occupation:
            lines.append(f"Occupation: {self.occupation}")
        if self.traits:
            lines.append(f"Character: {', '.join(self.traits)}")
        lines.extend(f"{key[:1].upper()}{key[1:]}: {value}" for key, value in self.facts.items())
        if self.description:
            lines.append(self.description)
        for heading, items in (("Goals", self.goals), ("Routine", self.routine)):
            if items:
                lines.append(f"{heading}:")
                lines.extend(f"- {item}" for item in items)
        return "\n".join(lines)
