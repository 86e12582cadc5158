"""Persona: who somebody is, said to the agent that is this person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gamemaster.components.profile import BigFive, Consent, Fragment, Profile, profile_of
from gamemaster.components.profile_files import read_profile, write_profile
from gamemaster.components.profile_words import profile_lines, saying
from gamemaster.words import Component, DefinitionError, PromptTexts, Turn, prompt_texts

__all__ = ["Persona"]

_LEAST, _MOST = 500, 4000
_NAME = 100  # characters left for the agent's name, which the persona doesn't know yet
_LISTS = ("traits", "goals", "beliefs", "routine", "private", "fragments")


class Persona(Component):
    """Who the agent is, in words; fixed for the run.

    `description` is free text; the rest, where given, becomes a line each, as `Profile` has it. `routine` are things done
    regularly, with their hour where they have one ("opens the bakery at 07:00"), which `Plan` builds the day on. `private`
    is what nobody else knows: it stands in this agent's own prompts alone. The Big Five are said in words ("very high
    openness" from 0.8 on). Where it comes from (`source`, the origins of `fragments`) is kept, and not said.

    A persona that is data or a file: `Persona.of(profile)`, `Persona.from_file("clara.yaml")`. `persona.profile` is what
    is known, `persona.to_file` writes it. The `budget` is by default as much as the text takes: 500 tokens, or up to
    4,000 where it is longer; a longer one needs a budget of its own.
    Raises: DefinitionError when nothing at all is said, a field is wrong, or its person has withdrawn consent.
    """

    changes = "own"
    kind = "persona"

    def __init__(
        self,
        description: str = "",
        *,
        age: int | None = None,
        nationality: str = "",
        occupation: str = "",
        traits: Sequence[str] = (),
        big_five: BigFive | Mapping[str, float] | None = None,
        style: str = "",
        goals: Sequence[str] = (),
        beliefs: Sequence[str] = (),
        relationships: Mapping[str, str] | None = None,
        routine: Sequence[str] = (),
        facts: Mapping[str, str] | None = None,
        private: Sequence[str] = (),
        fragments: Sequence[Fragment | Mapping[str, str]] = (),
        source: str = "",
        consent: Consent = "unknown",
        name: str = "persona",
        budget: int | None = None,
    ) -> None:
        if age is not None and age < 0:
            raise DefinitionError(f"A persona's age is {age}; it must be at least 0.")
        values: dict[str, Any] = {
            "description": description,
            "age": age,
            "nationality": nationality,
            "occupation": occupation,
            "traits": traits,
            "big_five": big_five or BigFive(),
            "style": style,
            "goals": goals,
            "beliefs": beliefs,
            "relationships": dict(relationships or {}),
            "routine": routine,
            "facts": dict(facts or {}),
            "private": private,
            "fragments": fragments,
            "source": source,
            "consent": consent,
        }
        for field in _LISTS:
            if isinstance(values[field], str):
                raise DefinitionError(f"A persona's {field} are {values[field]!r}; give a list of texts.")
            values[field] = tuple(values[field])
        self._take(profile_of(values, where="A persona"), name, budget)

    @classmethod
    def of(cls, profile: Profile, *, name: str = "persona", budget: int | None = None) -> Persona:
        """The persona of what is known. The agent's name is said, whatever name stands in the profile."""
        persona = cls.__new__(cls)
        persona._take(profile, name, budget)
        return persona

    @classmethod
    def from_file(cls, path: str | Path, *, name: str = "persona", budget: int | None = None) -> Persona:
        """The persona in a file that `read_profile` reads: YAML, JSON, TinyTroupe's, or Generative Agents' scratch.json."""
        return cls.of(read_profile(path), name=name, budget=budget)

    def to_file(self, path: str | Path, *, person: str = "") -> None:
        """Write what is known to a YAML or JSON file; `person` is the name there, where the profile has none."""
        write_profile(self.profile.renamed(person) if person else self.profile, path)

    def _take(self, profile: Profile, name: str, budget: int | None) -> None:
        who = f"The persona of {profile.name}" if profile.name else "A persona"
        if profile.says_nothing:
            raise DefinitionError(f"{who} says nothing about the person; give at least a description.")
        if profile.consent == "withdrawn":
            raise DefinitionError(f"{who} can't be used: the person behind it has withdrawn consent. Leave the agent out.")
        self.profile = profile
        self.name = name
        self.budget = _room(profile, who) if budget is None else budget
        self._said: tuple[Profile, PromptTexts, str, str] | None = None

    @property
    def age(self) -> int | None:
        """The age in years, None where it is unknown."""
        return self.profile.age

    @property
    def goals(self) -> tuple[str, ...]:
        """What the person wants."""
        return self.profile.goals

    @property
    def routine(self) -> tuple[str, ...]:
        """What is done regularly."""
        return self.profile.routine

    async def context(self, turn: Turn) -> str:
        """The person, a line for each thing that is known; what is private comes last."""
        known = self._said
        if known is None or known[0] is not self.profile or known[1] is not turn.texts or known[2] != turn.agent:
            lines = profile_lines(self.profile, turn.prompt, turn.prompts("levels"), name=turn.agent, private=True)
            known = self._said = (self.profile, turn.texts, turn.agent, "\n".join(lines))
        return known[3]


def _room(profile: Profile, who: str) -> int:
    """The budget that a text surely fits: three characters a token, as where contexts are cut."""
    texts = prompt_texts()
    lines = profile_lines(profile, saying(texts), texts.texts("persona", "levels"), private=True)
    needed = (len("\n".join(lines)) + _NAME + 2) // 3
    if needed > _MOST:
        raise DefinitionError(
            f"{who} takes about {needed:,} tokens in every prompt; shorten it, or give a budget of your own: a text beyond "
            "the budget is cut at the end of a line."
        )
    return max(_LEAST, needed)
