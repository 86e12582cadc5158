"""read_yaml: a scenario without code, from a YAML file.

The one idea: the file says in words what a simulation's constructor is given; it is read strictly, and loading it runs nothing.
It has no world: what is said and done is a story. A scenario with a world is written in Python.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from gamemaster.agent import Agent
from gamemaster.scenarios.parameters import PolicySpec, ScenarioParameters
from gamemaster.scenarios.scenario import Scenario
from gamemaster.scenarios.yaml_prefab import prefab_agent
from gamemaster.scenarios.yaml_schema import AgentText, AskText, MemoryText, ProbeText, ScenarioText, SceneText
from gamemaster.scenarios.yaml_text import YamlText
from gamemaster.schedule import GameMasterChooses, RoundRobin, Scene, Schedule, Simultaneous
from gamemaster.simulation import Probe, Simulation
from gamemaster.words import ActionSpec, BadInput, Component, UnknownName

__all__ = ["YamlParameters", "read_yaml"]

DEFAULT_COMPONENTS = ("instructions", "persona", "observations", "recall", "plan")
"""What agents are made of who don't say; without a persona, it and the plan that rests on it are left out."""

STEPS = 24
"""How many steps a file that has neither `steps` nor scenes comes to."""


class YamlParameters(ScenarioParameters):
    """What may be set of a YAML scenario."""

    policy: PolicySpec | None = Field(None, description="who plays by a rule: random")


def read_yaml(path: Path) -> Scenario:
    """The scenario in this file. Raises: BadInput, naming the file, the line, the key and what to do."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} can't be read: {error}.") from None
    file = YamlText(text, str(path))
    value: object = file.value
    if not isinstance(value, dict):
        raise BadInput(f"{path}: a scenario is a mapping of keys such as description and agents; this is none.")
    try:
        read = ScenarioText.model_validate(file.value)
    except ValidationError as error:
        raise _refused(error, file, ()) from None
    found = Scenario(
        name=read.name or path.stem,
        description=read.description,
        build=lambda parameters: _build(read, file),
        parameters=YamlParameters,
        source=read.source,
        steps=_steps(read),
        path=str(path),
    )
    found.build(None)  # what can't be built is told when the file is read
    return found


def _steps(read: ScenarioText) -> int:
    if read.steps is not None:
        return read.steps
    if read.scenes is None:
        return STEPS
    everybody = len(read.agents)
    return sum(each.rounds * (1 if each.order == "simultaneous" else len(each.who or ()) or everybody) for each in read.scenes)


def _build(read: ScenarioText, file: YamlText) -> Simulation:
    names = [agent.name for agent in read.agents]
    agents = [_agent(agent, file, at) for at, agent in enumerate(read.agents)]
    _check_names(read, names, file)
    try:
        return Simulation(
            agents,
            premise=read.premise,
            shared_memories=read.shared_memories,
            schedule=None if read.scenes is not None else _schedule(read),
            scenes=None if read.scenes is None else [_scene(scene, names) for scene in read.scenes],
            start=read.start,
            step=read.step,
            probes=[_probe(probe) for probe in read.probes],
            language=read.language,
            max_failures=read.max_failures,
        )
    except BadInput as error:
        raise BadInput(f"{file.where}: {error}") from None


def _check_names(read: ScenarioText, names: Sequence[str], file: YamlText) -> None:
    """Raises: BadInput for a name in scenes, premise or probes that no agent has."""
    named: list[tuple[tuple[str | int, ...], Sequence[str]]] = []
    if isinstance(read.premise, dict):
        named.append((("premise",), list(read.premise)))
    for at, scene in enumerate(read.scenes or ()):
        named += [(("scenes", at, "who"), scene.who or ()), (("scenes", at, "hears"), scene.hears or ())]
        named += [(("scenes", at, "ask", "to"), scene.ask.to or ())]
        if isinstance(scene.premise, dict):
            named.append((("scenes", at, "premise"), list(scene.premise)))
    for at, probe in enumerate(read.probes):
        named.append((("probes", at, "to"), () if isinstance(probe.to, str) else probe.to))
    for path, given in named:
        for name in given:
            if name not in names:
                raise BadInput(f"{file.place(path)}: {_key(path)}: {UnknownName.of('agent', name, names)}")


def _schedule(read: ScenarioText) -> Schedule:
    spec = _spec(read.ask or AskText())
    kinds = {"simultaneous": Simultaneous, "in turn": RoundRobin, "game master chooses": GameMasterChooses}
    return kinds[read.order](spec)


def _scene(scene: SceneText, names: Sequence[str]) -> Scene:
    return Scene(
        scene.name,
        scene.who or list(names),
        _spec(scene.ask),
        rounds=scene.rounds,
        order=scene.order,
        premise=scene.premise,
        at=scene.at,
        place=scene.place,
        hears=scene.hears,
    )


def _probe(probe: ProbeText) -> Probe:
    def question(each: str | AskText) -> str | ActionSpec:
        return each if isinstance(each, str) else _spec(each)

    given = probe.questions
    questions = {name: question(each) for name, each in given.items()} if isinstance(given, dict) else [*map(question, given)]
    return Probe(questions, to=probe.to, when=probe.when, trace=probe.trace, name=probe.name)


def _spec(ask: AskText) -> ActionSpec:
    if ask.kind == "free":
        return ActionSpec.free() if ask.call is None else ActionSpec.free(ask.call)
    if ask.kind == "speech":
        return ActionSpec.speech(to=ask.to) if ask.call is None else ActionSpec.speech(ask.call, to=ask.to)
    assert ask.call is not None
    if ask.kind == "choice":
        return ActionSpec.choice(ask.call, ask.options or (), shuffle=ask.shuffle)
    return ActionSpec.number(ask.call, ask.low, ask.high)


def _agent(agent: AgentText, file: YamlText, at: int) -> Agent:
    path = ("agents", at)
    memories = [_memory(each) for each in agent.memories]
    if agent.prefab is not None:
        here = (*path, "prefab")
        try:
            return prefab_agent(agent, memories)
        except ValidationError as error:
            raise _refused(error, file, (*here, error.title)) from None
        except BadInput as error:
            raise BadInput(f"{file.place(here)}: {_key(here)}: {error}") from None
    components: list[Component] = []
    given: Sequence[str | dict[str, dict[str, Any] | None]] = DEFAULT_COMPONENTS if agent.components is None else agent.components
    for number, each in enumerate(given):
        here = (*path, "components", number)
        if isinstance(each, str):
            name, arguments = each, {}
        elif len(each) == 1:
            name, arguments = next((key, value or {}) for key, value in each.items())
        else:
            raise BadInput(f"{file.place(here)}: {_key(here)}: a component is one name with its arguments; this has {len(each)}.")
        if agent.components is None and agent.persona is None and name in ("persona", "plan"):
            continue
        try:
            components.append(_component(name, arguments, agent, components, file, here))
        except BadInput as error:
            if str(error).startswith(file.where):
                raise
            raise BadInput(f"{file.place(here)}: {_key(here)}: {error}") from None
    try:
        return Agent(agent.name, components, memories=memories)
    except BadInput as error:
        raise BadInput(f"{file.place(path)}: {error}") from None


def _memory(given: str | MemoryText) -> str | dict[str, Any]:
    return given if isinstance(given, str) else given.model_dump(exclude_none=True)


def _component(
    name: str,
    arguments: Mapping[str, Any],
    agent: AgentText,
    before: Sequence[Component],
    file: YamlText,
    path: tuple[str | int, ...],
) -> Component:
    kinds = _kinds()
    if name not in kinds:
        raise UnknownName.of("component", name, kinds)
    kind = kinds[name]
    values: dict[str, Any] = dict(arguments)
    if name == "persona":
        if agent.persona is None and not arguments:
            raise BadInput(f"{agent.name} has the component 'persona' but no persona; say who {agent.name} is, or leave it out.")
        values = {**(agent.persona.model_dump(exclude_defaults=True) if agent.persona is not None else {}), **values}
    if name == "plan" and "given" not in values and (personas := [each.name for each in before if each.name == "persona"]):
        values["given"] = personas
    schema = _arguments(kind)
    for key in values:
        if key not in schema.model_fields:
            raise UnknownName.of(f"argument of {name}", str(key), schema.model_fields)
    try:
        checked = schema.model_validate(values)
    except ValidationError as error:
        raise _refused(error, file, (*path, name)) from None
    ready = {key: getattr(checked, key) for key in checked.model_fields_set}
    if "given" in ready:
        ready["given"] = [_named(each, before) for each in ready["given"]]
    return kind(**ready)


def _named(name: str, before: Sequence[Component]) -> Component:
    for each in before:
        if each.name == name:
            return each
    raise UnknownName.of("component", name, [each.name for each in before], hint="What is given stands before what reads it.")


@cache
def _kinds() -> dict[str, type[Component]]:
    """The built-in components by name."""
    from gamemaster import components

    found = [getattr(components, name) for name in components.__all__]
    return {each.name: each for each in found if isinstance(each, type) and issubclass(each, Component) and each is not Component}


@cache
def _arguments(kind: type[Component]) -> type[BaseModel]:
    """What a component's constructor takes, to be checked; other components stand there by name."""
    hints = get_type_hints(kind.__init__, include_extras=True)
    fields: dict[str, Any] = {}
    for name, parameter in inspect.signature(kind).parameters.items():
        annotation = list[str] if name == "given" else hints.get(name, Any)
        fields[name] = (annotation, ... if parameter.default is parameter.empty else parameter.default)
    return create_model(kind.__name__, __config__=ConfigDict(extra="forbid", arbitrary_types_allowed=True), **fields)


def _refused(error: ValidationError, file: YamlText, above: tuple[str | int, ...]) -> BadInput:
    """What pydantic found first, with its place in the file. Of a union's branches the one that got furthest counts."""
    found = max(error.errors(include_url=False), key=lambda each: len(_path(each["loc"], file, above)))
    path = _path(found["loc"], file, above)
    message = found["msg"].removeprefix("Value error, ").rstrip(".?")
    asks = "?" if found["msg"].endswith("?") else "."
    got = found.get("input")
    shown = "" if isinstance(got, Mapping | list) or found["type"] in ("missing", "value_error") else f" (it is {got!r})"
    where = f"{_key(path)}: " if path else ""
    missing = f"the key {found['loc'][-1]!r} is missing; give it." if found["type"] == "missing" else f"{message}{shown}{asks}"
    return BadInput(f"{file.place(path)}: {where}{missing}")


def _path(location: Sequence[str | int], file: YamlText, above: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The part of a pydantic location that names places of the file; the names of union branches are left out."""
    path = above
    for each in location:
        if file.has((*path, each)):
            path = (*path, each)
    return path


def _key(path: Sequence[str | int]) -> str:
    shown = ""
    for each in path:
        shown += f"[{each}]" if isinstance(each, int) else f".{each}" if shown else str(each)
    return shown
