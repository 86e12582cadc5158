"""Scenario: a simulation that can be made by name, with parameters, metrics, policies and a baseline."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeAlias

from gamemaster.agent import Agent, RandomActor, Scripted
from gamemaster.components.prefabs import left_out
from gamemaster.scenarios.parameters import PolicySpec, ScenarioParameters, read_parameters
from gamemaster.simulation import Run, Simulation
from gamemaster.words import BadInput, DefinitionError, JsonValue, Policy, UnknownName

__all__ = ["Metrics", "PolicyMaker", "Scenario", "scenario"]

Metrics: TypeAlias = Callable[[Run], Mapping[str, JsonValue]]
"""Computed from the archive alone when the run ends; None where undefined."""

PolicyMaker: TypeAlias = Callable[[str | None], Policy]
"""From the argument after the colon (None when there is none) to the policy. Raises: ValueError for a bad argument."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario; made by the decorator `scenario`. `steps` is how many steps a run has when nobody says."""

    name: str
    description: str
    build: Callable[[Any], Simulation]
    parameters: type[ScenarioParameters] = ScenarioParameters
    metrics: Metrics | None = None
    policies: Mapping[str, PolicyMaker] = field(default_factory=dict[str, PolicyMaker])
    baseline: Mapping[str, Any] = field(default_factory=dict[str, Any])
    source: str = ""
    steps: int | Callable[[Any], int] = 24
    path: str = ""

    def read(self, values: Mapping[str, Any]) -> ScenarioParameters:
        """The parameters with these values. Raises: UnknownName, BadInput."""
        return read_parameters(self.parameters, values, where=f"the scenario {self.name!r}")

    def steps_of(self, values: Mapping[str, Any]) -> int:
        """How many steps a run with these parameters has."""
        return self.steps if isinstance(self.steps, int) else self.steps(self.read(values))

    def make(self, values: Mapping[str, Any] | None = None, *, model: Any = "embedded", seed: int = 0) -> Simulation:
        """The simulation with these parameters, model and seed, ready to run.

        Raises: UnknownName, BadInput, DefinitionError.
        """
        parameters = self.read(values or {})
        simulation = self.build(parameters)
        if not isinstance(simulation, Simulation):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise DefinitionError(f"The scenario {self.name!r} returned {simulation!r}; it has to return a Simulation.")
        simulation.model, simulation.seed = model, seed
        simulation.model_choices.update(parameters.model)
        simulation.metrics = self.metrics
        simulation.scenario = {
            "name": self.name,
            "digest": self.digest,
            "parameters": parameters.model_dump(mode="json", exclude_defaults=True),
        }
        policy: PolicySpec | None = getattr(parameters, "policy", None)
        if policy is not None:
            self._play(simulation, policy)
        if parameters.without:
            leave_out(simulation.agents, [name.strip() for name in parameters.without.split(",") if name.strip()])
        return simulation

    @property
    def digest(self) -> str:
        """A digest of the scenario's source, "" where there is none."""
        path = Path(self.path)
        return blake2b(path.read_bytes(), digest_size=16).hexdigest() if self.path and path.is_file() else ""

    def _play(self, simulation: Simulation, spec: PolicySpec) -> None:
        if len(spec.items) > len(simulation.agents):
            raise BadInput(f"policy={spec} names {len(spec.items)} policies for {len(simulation.agents)} agents.")
        for at, agent in enumerate(simulation.agents):
            name, argument = spec.of(at)
            if name:
                agent.actor = self._actor(name, argument)

    def _actor(self, name: str, argument: str | None) -> Any:
        if name == "random" and name not in self.policies:
            return RandomActor()
        if name not in self.policies:
            raise UnknownName.of("policy", name, [*self.policies, "random"], hint=f"(of the scenario {self.name!r})")
        try:
            return Scripted(self.policies[name](argument))
        except (ValueError, TypeError) as error:
            if isinstance(error, BadInput):
                raise
            raise BadInput(f"The policy {name!r} can't take the argument {argument!r}: {_in_words(error)}.") from None


def _in_words(error: Exception) -> str:
    """What was wrong with an argument; what `float()` and `int()` say is told in plain words."""
    text = str(error)
    if text.startswith("could not convert string to float"):
        return "it isn't a number"
    return "it isn't a whole number" if text.startswith("invalid literal for int()") else text


def scenario(
    *,
    parameters: type[ScenarioParameters] = ScenarioParameters,
    metrics: Metrics | None = None,
    policies: Mapping[str, PolicyMaker] | None = None,
    baseline: Mapping[str, Any] | None = None,
    source: str = "",
    steps: int | Callable[[Any], int] = 24,
) -> Callable[[Callable[[Any], Simulation]], Scenario]:
    """Make a function from parameters to a Simulation a scenario; its docstring's first line is what `list` shows.

    The function draws nothing, reads no clock and asks no model. `policies` map a name to a maker of policies
    (argument -> policy); `random` is there for every scenario. `baseline` are the parameters of the run to compare
    with; `steps` is how many steps a run has, a number or a function of the parameters.
    Raises: DefinitionError for a function without a docstring, or a baseline that does not fit the parameters.
    """

    def made(build: Callable[[Any], Simulation]) -> Scenario:
        first = next(iter((build.__doc__ or "").strip().splitlines()), "")
        module = __import__("sys").modules.get(build.__module__)
        if not first:
            first = next(iter((getattr(module, "__doc__", None) or "").strip().splitlines()), "")
        if not first:
            raise DefinitionError(
                f"The scenario {build.__name__!r} has no docstring; its first line is what `gamemaster list` shows."
            )
        found = Scenario(
            name=build.__name__,
            description=first,
            build=build,
            parameters=parameters,
            metrics=metrics,
            policies=dict(policies or {}),
            baseline=dict(baseline or {}),
            source=source,
            steps=steps,
            path=str(getattr(module, "__file__", "") or ""),
        )
        found.read(found.baseline)
        return found

    return made


def leave_out(agents: Sequence[Agent], names: Sequence[str]) -> None:
    """Take the components of these names from every agent, and from what others read.

    Raises: UnknownName when no agent has such a component.
    """
    known = {component.name for agent in agents for component in agent.components}
    for name in names:
        if name not in known:
            raise UnknownName.of("component", name, known, hint="(in without=…)")
    for agent in agents:
        own = {component.name for component in agent.components}
        agent.set_components(left_out(agent.components, [name for name in names if name in own], who=agent.name))
