"""The prefab that a YAML scenario names for an agent: `prefab: basic`, or `prefab: {generative: {reflection: bounded}}`.

Only what is data can be given it; a prefab that needs code (a policy) can't be named in a file.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model

from gamemaster.agent import Agent
from gamemaster.components.persona import Persona
from gamemaster.components.prefabs import PREFABS
from gamemaster.scenarios.yaml_schema import AgentText
from gamemaster.words import BadInput, UnknownName

__all__ = ["prefab_agent"]

_NOT_SAID = ("name", "persona", "memories", "model", "ask", "minds")
"""What an agent's own keys say, or is code with a default."""


def prefab_agent(agent: AgentText, memories: Sequence[str | Mapping[str, Any]]) -> Agent:
    """The agent, made by its prefab. Raises: BadInput, without a place; pydantic's ValidationError for an argument."""
    given = agent.prefab
    assert given is not None
    if agent.components is not None:
        raise BadInput(
            f"{agent.name} has both a prefab and components; give one of them, and leave components out of a "
            "prefab with `without`."
        )
    if isinstance(given, str):
        given = {given: None}
    if len(given) != 1:
        raise BadInput(f"a prefab is one name with its arguments; this has {len(given)}.")
    name, arguments = next(iter(given.items()))
    if name not in PREFABS:
        raise UnknownName.of("prefab", name, PREFABS)
    schema = _arguments(name)
    for key in arguments or {}:
        if key not in schema.model_fields:
            raise UnknownName.of(f"argument of {name}", str(key), schema.model_fields)
    if "policy" in schema.model_fields:
        raise BadInput(f"the prefab {name!r} needs a policy, which is code; give one to the run: --set policy=random.")
    checked = schema.model_validate(arguments or {})
    ready = {key: getattr(checked, key) for key in checked.model_fields_set}
    persona = None if agent.persona is None else Persona(**agent.persona.model_dump(exclude_defaults=True))
    return PREFABS[name](agent.name, persona, memories=memories, **ready)


@cache
def _arguments(name: str) -> type[BaseModel]:
    """What may be said of a prefab besides the agent's own keys."""
    hints = get_type_hints(PREFABS[name])
    fields: dict[str, Any] = {
        each.name: (hints[each.name], ... if each.default is each.empty else each.default)
        for each in inspect.signature(PREFABS[name]).parameters.values()
        if each.name not in _NOT_SAID
    }
    return create_model(name, __config__=ConfigDict(extra="forbid", arbitrary_types_allowed=True), **fields)
