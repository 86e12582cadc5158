"""people: profiles from sampled facts.

The one idea: a fact whose name is a field of a profile (age, occupation, one of the Big Five) goes there; any other stands
among its facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gamemaster.components.profile import BIG_FIVE, Profile, profile_of
from gamemaster.words import DefinitionError

__all__ = ["Person", "profiles_of"]

Person = Mapping[str, str | int | float]
"""What was sampled of one person, by variable."""

_FIELDS = ("name", "description", "age", "nationality", "occupation", "style")


def profiles_of(people: Sequence[Person], names: Sequence[str] = (), *, source: str = "") -> list[Profile]:
    """A profile for each, in order. Without `names` they are called "Person 1" and on, where no name was sampled.

    Raises: DefinitionError for too few names, two alike, or a fact that its field can't hold.
    """
    if names and len(names) < len(people):
        raise DefinitionError(f"There are {len(people)} people and {len(names)} names; give a name for each, or none.")
    width = len(str(len(people)))
    given = list(names[: len(people)]) or [str(each.get("name", f"Person {at:0{width}}")) for at, each in enumerate(people, 1)]
    for name in given:
        if given.count(name) > 1:
            raise DefinitionError(f"Two people are named {name!r}; give each a name of its own.")
    return [_profile(person, name, source) for person, name in zip(people, given, strict=True)]


def _profile(person: Person, name: str, source: str) -> Profile:
    values: dict[str, Any] = {each: person[each] for each in _FIELDS if each in person}
    if factors := {each: person[each] for each in BIG_FIVE if each in person}:
        values["big_five"] = factors
    values["facts"] = {each: value for each, value in person.items() if each not in _FIELDS and each not in BIG_FIVE}
    return profile_of({**values, "name": name, "source": source, "consent": "fictional"}, where=name)
