"""A whole agent from a folder published with Park et al. 2024, "Generative Agent Simulations of 1,000 People"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gamemaster.agent import Actor, Agent
from gamemaster.components.observations import Observations
from gamemaster.components.persona import Persona
from gamemaster.components.prefabs.as_memories import as_memories
from gamemaster.components.profile import Profile, profile_of
from gamemaster.components.recall import Recall
from gamemaster.language import LanguageModel
from gamemaster.memory import GENAGENTS, ImportedMemories, import_genagents
from gamemaster.words import Component

__all__ = ["genagents_agent", "profile_of_genagents"]

_NAMES = ("first_name", "last_name", "age")


def genagents_agent(
    person: str | Path | ImportedMemories,
    *,
    holder: str | None = None,
    step: float = 3600.0,
    more: Sequence[Component] = (),
    model: LanguageModel | None = None,
    actor: Actor | None = None,
) -> Agent:
    """The person in a published folder (or as `import_genagents` gave it), ready for a simulation.

    It is made of a `Persona` (scratch.json, each field a fact), `Observations` and `Recall` by the published code's weights
    (`GENAGENTS`), and then of `more`. `holder` and `step` are those of `import_genagents`.

    Raises: MemoryInputError as `import_genagents`; DefinitionError for a scratch.json without anything about the person.
    """
    found = person if isinstance(person, ImportedMemories) else import_genagents(person, holder=holder, step=step)
    persona = Persona.of(profile_of_genagents(found.facts, found.holder))
    components = [persona, Observations(), Recall(weights=GENAGENTS), *more]
    return Agent(found.holder, components, memories=as_memories(found.records), model=model, actor=actor)


def profile_of_genagents(facts: Mapping[str, Any], name: str) -> Profile:
    """The person in a scratch.json of that code: its age, and every other field as a fact under its name in words."""
    age = facts.get("age")
    told = {key: value for key, value in facts.items() if key not in _NAMES and value not in (None, "", [])}
    known = {key.replace("_", " "): _told(value) for key, value in told.items()}
    given: dict[str, Any] = {"name": name, "facts": known, "source": "scratch.json of genagents"}
    if isinstance(age, int) and not isinstance(age, bool):
        given["age"] = age
    elif age is not None:
        known["age"] = _told(age)
    return profile_of(given, where=f"The scratch.json of {name}", needs=("name",))


def _told(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType]
    return str(value)
