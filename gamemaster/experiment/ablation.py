"""Ablation: what each component is good for, and what it costs: the same run once more without it.

The one idea: a run is pure in its parameters and its seed, so the run without a component differs from the whole by what the
component did and by nothing else. What is compared stands on record: calls and tokens by component, events, metrics. One
seed shows that a component matters in a run; how much it matters on average is a matter for many seeds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gamemaster.simulation import Run, Simulation
from gamemaster.words import DefinitionError, GamemasterError, UnknownName, one_line

__all__ = ["Ablation", "Spent", "ablate", "spent_by_component"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Model calls and tokens."""

    calls: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """What one component asked for, and what became of the run without it.

    `own` is what the component itself asked for in the whole run, `without` what all asked for in the run without it.
    `events` counts those that only one of the two runs has; `first` is the first step in which they differ, None when they
    are the same. `metrics` has the value in the whole run and the value without, where these differ. `problem` says why the
    run without it can't be made; the rest is then empty.
    """

    component: str
    own: Spent = Spent()
    without: Spent = Spent()
    events: int = 0
    first: int | None = None
    metrics: Mapping[str, tuple[Any, Any]] = field(default_factory=dict[str, tuple[Any, Any]])
    problem: str = ""


def ablate(
    make: Callable[[str], Simulation], steps: int, components: Sequence[str] = ()
) -> tuple[Spent, Mapping[str, Any], list[Ablation]]:
    """What the whole run spent, its metrics, and an ablation for each component, in the order of the agents' lists.

    `make("")` gives the simulation as it is, `make(NAME)` the same without that component, each time anew; every run is kept
    in memory. `components` are those to do without, all by default.
    Raises: UnknownName for a component that no agent has; what the whole run raises.
    """
    simulation = make("")
    known = list(dict.fromkeys(each.name for agent in simulation.agents for each in agent.components))
    for name in components:
        if name not in known:
            raise UnknownName.of("component", name, known)
    with simulation.run(steps) as whole:
        prices = spent_by_component(whole)
        events, metrics, total = _events(whole), dict(whole.metrics), _sum(prices.values())
    return total, metrics, [_without(make, name, steps, prices, events, metrics) for name in components or known]


def spent_by_component(run: Run) -> dict[str, Spent]:
    """Calls and tokens by component (by "actor" for the answers themselves), in alphabetical order."""
    found: dict[str, list[int]] = {}
    for row in run.archive.calls():
        spent = found.setdefault(row.key.component, [0, 0, 0])
        usage = row.answer.usage
        spent[0] += usage.asked
        spent[1] += usage.prompt_tokens
        spent[2] += usage.answer_tokens
    return {name: Spent(calls=spent[0], prompt_tokens=spent[1], answer_tokens=spent[2]) for name, spent in sorted(found.items())}


def _without(
    make: Callable[[str], Simulation],
    name: str,
    steps: int,
    prices: Mapping[str, Spent],
    events: Sequence[tuple[int, str]],
    metrics: Mapping[str, Any],
) -> Ablation:
    own = prices.get(name, Spent())
    try:
        simulation = make(name)
    except (DefinitionError, UnknownName) as error:
        return Ablation(component=name, own=own, problem=one_line(str(error)))
    try:
        with simulation.run(steps) as run:
            other, changed = _events(run), _changed(metrics, run.metrics)
            spent = _sum(spent_by_component(run).values())
    except GamemasterError as error:
        return Ablation(component=name, own=own, problem=one_line(str(error)))
    differing = (Counter(events) - Counter(other)) + (Counter(other) - Counter(events))
    first = min((step for step, _ in differing), default=None)
    return Ablation(component=name, own=own, without=spent, events=differing.total(), first=first, metrics=changed)


def _events(run: Run) -> list[tuple[int, str]]:
    return [(event.step, f"{event.kind} {event.actor} {event.text}") for event in run.archive.events()]


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = dict.fromkeys([*before, *after])
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


def _sum(spent: Any) -> Spent:
    each = list(spent)
    return Spent(
        calls=sum(one.calls for one in each),
        prompt_tokens=sum(one.prompt_tokens for one in each),
        answer_tokens=sum(one.answer_tokens for one in each),
    )
