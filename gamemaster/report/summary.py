"""Summary: what a run came to, in counts and differences, read from its archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from gamemaster.simulation import Run
from gamemaster.words import Event

__all__ = ["Change", "Summary", "facts", "summarize", "world_changes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One place of the world that is not at the end what it was at the start; None where there was, or is, nothing."""

    place: str
    start: Any
    end: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the run came to.

    `deeds` counts for each agent, in their order, what it did: by action, "says", "refused", "no usable answer". `changes`
    are the places of the world that differ between start and end, in the order of the fields.
    """

    deeds: Mapping[str, Mapping[str, int]]
    changes: tuple[Change, ...]
    refusals: Mapping[str, int]
    attempts: int
    failures: int
    metrics: Mapping[str, Any]
    requests: int
    tokens: int

    @property
    def degraded(self) -> bool:
        """Whether more than 1 % of the answers could not be used."""
        return self.failures > 0.01 * self.attempts


def summarize(run: Run) -> Summary:
    """The summary of a run. Costs a pass over its events, attempts and calls."""
    deeds: dict[str, Counter[str]] = {name: Counter() for name in run.agents}
    refusals: Counter[str] = Counter()
    without: set[tuple[int, str]] = set()
    for event in run.archive.events():
        if event.kind == "refusal":
            refusals[event.text] += 1
        if event.kind in ("failure", "refusal"):
            without.add((event.step, event.actor))
        for name, deed in _deeds(event, without):
            if name in deeds:
                deeds[name][deed] += 1
    failed = [attempt.failed for attempt in run.archive.attempts()]
    cost = run.cost
    begun = run.archive.last_step is not None
    return Summary(
        deeds={name: dict(sorted(counted.items(), key=_most_first)) for name, counted in deeds.items()},
        changes=tuple(world_changes(run.world(0), run.world())) if begun else (),
        refusals=dict(sorted(refusals.items(), key=_most_first)),
        attempts=len(failed),
        failures=sum(failed),
        metrics=run.metrics,
        requests=cost["requests"],
        tokens=cost["tokens"],
    )


def facts(run: Run) -> dict[str, Any]:
    """A run's figures as one JSON object: what it was, how it ended, what it came to and what it cost."""
    summary = summarize(run)
    return {
        "scenario": run.scenario,
        "parameters": run.parameters,
        "seed": run.seed,
        "model": run.model,
        "agents": run.agents,
        "steps": run.last_step,
        "status": run.status,
        "stopped_by": run.stopped_by,
        "metrics": dict(summary.metrics),
        "failures": summary.failures,
        "degraded": summary.degraded,
        "refusals": dict(summary.refusals),
        "requests": summary.requests,
        "tokens": summary.tokens,
        "folder": None if run.folder is None else str(run.folder),
    }


def world_changes(start: Mapping[str, Any], end: Mapping[str, Any]) -> Iterator[Change]:
    """The places in which two states of a world differ, in the order of the fields."""
    return _differences("", start, end)


def _deeds(event: Event, without: Container[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    if event.kind == "refusal":
        yield event.actor, "refused"
    elif event.kind == "failure":
        yield event.actor, "no usable answer"
    elif event.kind == "speech":
        yield event.actor, "says"
    elif event.kind == "act":
        # A joint action has no single actor; it was done by those who were asked and gave a valid answer.
        joint = [name for name in event.witnesses if (event.step, name) not in without]
        for name in [event.actor] if event.actor else joint:
            yield name, event.action or "acts"


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _differences(place: str, start: Any, end: Any) -> Iterator[Change]:
    if isinstance(start, Mapping) and isinstance(end, Mapping):
        then, now = cast("Mapping[str, Any]", start), cast("Mapping[str, Any]", end)
        for key in dict.fromkeys([*then, *now]):
            yield from _differences(f"{place}.{key}" if place else key, then.get(key), now.get(key))
    elif start != end:
        yield Change(place=place, start=start, end=end)
