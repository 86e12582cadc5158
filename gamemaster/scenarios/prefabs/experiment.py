"""An experiment: instructions, trials with a stimulus and a typed response, and conditions within or between subjects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from gamemaster.agent import Agent
from gamemaster.game_master import GameMaster
from gamemaster.schedule import Scene
from gamemaster.simulation import Run, Simulation
from gamemaster.words import ActionSpec, DefinitionError, JsonValue, UnknownName

__all__ = ["Trial", "experiment", "responses"]


@dataclass(frozen=True, slots=True)
class Trial:
    """What is shown, and what is asked then. `stimulus` is one for all, or by condition; `name` is what the data call it."""

    name: str
    stimulus: str | Mapping[str, str]
    ask: ActionSpec


def experiment(
    agents: Sequence[Agent],
    trials: Sequence[Trial],
    *,
    instructions: str = "",
    conditions: Sequence[str] | Mapping[str, str] = (),
    order: Literal["fixed", "rotated"] = "fixed",
    **simulation: Any,
) -> Simulation:
    """Every agent goes through all trials, one a step, all agents at the same time and each alone: nobody notices another.

    Within subjects: trials of several kinds. Between subjects: `conditions` by name, or a list that is dealt out in turn
    (the first agent gets the first); a trial's stimulus then is that of the agent's condition. In `order` "rotated" each
    agent begins one trial later than the agent before, so that each trial stands equally often in each place when the number
    of agents is a multiple of that of trials. `probes` and the rest are keyword arguments of `Simulation`;
    `responses(run)` has the data.

    Raises: DefinitionError, UnknownName for trials and conditions that don't fit each other.
    """
    names = [agent.name for agent in agents]
    if not trials:
        raise DefinitionError("The experiment has no trials; give at least one.")
    if len({each.name for each in trials}) < len(trials):
        raise DefinitionError("Two trials have one name; give each a name of its own.")
    if order not in ("fixed", "rotated"):
        raise DefinitionError(f"The experiment has order={order!r}; it is 'fixed' or 'rotated'.")
    group = _groups(names, conditions)
    for what in (*(each.name for each in trials), *group.values()):
        if "|" in what:
            raise DefinitionError(f"The experiment names {what!r}; names of trials and conditions have no '|'.")
    for trial in trials:
        if isinstance(trial.stimulus, Mapping) and not conditions:
            raise DefinitionError(f"The trial {trial.name!r} has stimuli by condition, and the experiment no `conditions`.")
        for condition in dict.fromkeys(group.values()):
            if isinstance(trial.stimulus, Mapping) and condition not in trial.stimulus:
                raise UnknownName.of("condition", condition, trial.stimulus, hint=f"(in the stimuli of the trial {trial.name!r})")
    scenes: list[Scene] = []
    for place in range(len(trials)):
        shown: dict[str, str] = {}
        asked: dict[str, ActionSpec] = {}
        for rank, name in enumerate(names):
            trial = trials[(place + rank) % len(trials) if order == "rotated" else place]
            shown[name] = trial.stimulus if isinstance(trial.stimulus, str) else trial.stimulus[group[name]]
            asked[name] = replace(trial.ask, tag=f"{trial.name}|{group[name]}")
        scenes.append(Scene(f"trial {place + 1}", names, asked, order="simultaneous", premise=shown, hears=()))
    master = GameMaster(witnesses=lambda world, event: set())
    if instructions:
        simulation.setdefault("premise", instructions)
    return Simulation(agents, master, scenes=scenes, **simulation)


def responses(run: Run) -> list[dict[str, JsonValue]]:
    """A row for each trial of each agent of an `experiment`: agent, trial, condition, place (from 1), and the answer.

    The answer is None where there was no valid one. Rows are in the order of the record.
    """
    rows: list[dict[str, JsonValue]] = []
    first = min((attempt.step for attempt in run.attempts), default=1)
    for attempt in run.attempts:
        trial, _, condition = attempt.spec.tag.rpartition("|")
        rows.append(
            {
                "agent": attempt.actor,
                "trial": trial,
                "condition": condition or None,
                "place": attempt.step - first + 1,
                "answer": None if attempt.failed else attempt.answer,
            }
        )
    return rows


def _groups(names: Sequence[str], conditions: Sequence[str] | Mapping[str, str]) -> dict[str, str]:
    if isinstance(conditions, str):
        raise DefinitionError(f"conditions={conditions!r}; give a list, or a mapping from agent to condition.")
    if isinstance(conditions, Mapping):
        for name in conditions:
            if name not in names:
                raise UnknownName.of("agent", name, names, hint="(in the conditions of the experiment)")
        return {name: conditions.get(name, "") for name in names}
    return {name: conditions[at % len(conditions)] if conditions else "" for at, name in enumerate(names)}
