"""A whole agent from a folder published with Park et al. 2023, "Generative Agents": persona, memory, known places.

The one idea: the importer gives what the folder holds, and here it becomes the agent: scratch.json its persona, the nodes its
memories with what they rest on, spatial_memory.json the places that it knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from gamemaster.agent import Actor, Agent
from gamemaster.components.constant import Constant
from gamemaster.components.observations import Observations
from gamemaster.components.persona import Persona
from gamemaster.components.plan import Plan
from gamemaster.components.prefabs.as_memories import as_memories
from gamemaster.components.profile_smallville import profile_of_scratch
from gamemaster.components.recall import Recall
from gamemaster.language import LanguageModel
from gamemaster.memory import ImportedMemories, KnownPlace, import_smallville
from gamemaster.words import Component

__all__ = ["known_places", "smallville_agent"]


def smallville_agent(
    person: str | Path | ImportedMemories,
    *,
    holder: str | None = None,
    start: datetime | None = None,
    more: Sequence[Component] = (),
    model: LanguageModel | None = None,
    actor: Actor | None = None,
) -> Agent:
    """The person in a published folder (or as `import_smallville` gave it), ready for a simulation.

    It is made of a `Persona` (scratch.json), the places it knows (spatial_memory.json), `Observations`, `Recall` by the paper's
    weights and a `Plan` from the persona, and then of `more`. Its memories lie in the past, before the simulation's second 0;
    for their calendar give the simulation `start=import_smallville(folder).start`. `holder` and `start` are those of
    `import_smallville`.

    Raises: MemoryInputError as `import_smallville`; DefinitionError for a scratch.json without anything about the person.
    """
    found = person if isinstance(person, ImportedMemories) else import_smallville(person, holder=holder, start=start)
    facts = {**found.facts, "name": found.holder}
    persona = Persona.of(profile_of_scratch(facts, f"The scratch.json of {found.holder}"))
    components: list[Component] = [persona]
    if found.places:
        components.append(known_places(found.places))
    components += [Observations(), Recall(), Plan(given=[persona]), *more]
    return Agent(found.holder, components, memories=as_memories(found.records), model=model, actor=actor)


def known_places(places: Sequence[KnownPlace], *, name: str = "known_places") -> Constant:
    """What is known of where things are, a line a place, as a component: "Hobbs Cafe, cafe: piano, kitchen sink"."""
    lines: list[str] = []
    for place in places:
        path = ", ".join(part for part in (place.path[1:] or place.path) if part)
        lines.append(f"{path}: {', '.join(place.objects)}" if place.objects else path)
    return Constant("\n".join(lines), label="Places you know", name=name, kind="situation", budget=1000)
