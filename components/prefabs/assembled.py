"""What all prefabs share: a persona in whatever form it comes, reflection as a factor, and components left out.

A prefab lists its components in the order of the prompt; this makes an agent of them. It knows none of the prefabs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from gamemaster.agent import Actor, Agent
from gamemaster.components.importance_rating import ImportanceRating
from gamemaster.components.persona import Persona
from gamemaster.components.profile import Profile
from gamemaster.components.reflection import Reflection, ReflectionMode
from gamemaster.language import LanguageModel
from gamemaster.words import Component, DefinitionError, UnknownName

__all__ = ["Memories", "Who", "assembled", "left_out", "persona_of", "reflecting"]

Who: TypeAlias = Persona | Profile | str | None
"""A persona: the component, a profile, or a description in words; None for nobody in particular."""

Memories: TypeAlias = Iterable[str | Mapping[str, Any]]
"""What is remembered from the start, as `Agent` takes it."""


def persona_of(who: Who) -> list[Component]:
    """The persona as a list of components: of one, or of none for None.

    Raises: DefinitionError for what is no persona.
    """
    if who is None:
        return []
    if isinstance(who, Persona):
        return [who]
    if isinstance(who, Profile):
        return [Persona.of(who)]
    if isinstance(who, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        return [Persona(who)]
    raise DefinitionError(f"A persona is {who!r}; give a Persona, a Profile, or a description in words.")


def reflecting(mode: ReflectionMode, given: Sequence[Component] = ()) -> list[Component]:
    """What reflecting takes: a rating of importance and the reflection that rests on it; nothing at all with "none".

    `given` stands before the questions of both.
    """
    if mode == "none":
        return []
    rating = ImportanceRating(given=given)
    return [rating, Reflection(rating, mode=mode, given=given)]


def left_out(components: Sequence[Component], names: Sequence[str], *, who: str = "") -> list[Component]:
    """The components but those of these names, which are taken from what the others read as well.

    Raises: UnknownName for a name that none has.
    """
    if isinstance(names, str):
        raise DefinitionError(f"without={names!r} is one text; give a list of component names.")
    absent, known = tuple(names), [each.name for each in components]
    for name in absent:
        if name not in known:
            raise UnknownName.of("component", name, known, hint=f"(in without=… of {who or 'a prefab'})")
    kept = [each for each in components if each.name not in absent]
    for component in kept:
        component.given = tuple(each for each in component.given if each.name not in absent)
    return kept


def assembled(
    name: str,
    components: Sequence[Component],
    *,
    memories: Memories = (),
    model: LanguageModel | None = None,
    without: Sequence[str] = (),
    actor: Actor | None = None,
) -> Agent:
    """The agent made of these components, but for those left out."""
    kept = left_out(components, without, who=name)
    return Agent(name, kept, memories=tuple(memories), model=model, actor=actor)
