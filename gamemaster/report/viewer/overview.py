"""Overview: what a run is, and how it is cut into pages: the first thing that a page is given."""

from __future__ import annotations

from typing import Any, cast

from gamemaster.record import Archive
from gamemaster.record.table import query
from gamemaster.report.viewer.counted import FAILED
from gamemaster.report.viewer.paging import WORLD_STEPS, Page
from gamemaster.simulation.newborns import BORN

__all__ = ["holders_of", "overview", "people_of"]

_SHOWN_OF_ENVIRONMENT = ("python", "platform", "packages", "steps")
"""What is told of where it ran: no paths, for a report may be given away."""


def overview(archive: Archive, pages: list[Page]) -> dict[str, Any]:
    """The run's head. Costs a few counts; no table is read whole."""
    phases = archive.phases
    configuration = dict(phases[-1].configuration)
    scenario = cast("dict[str, Any]", configuration.get("scenario") or {})
    environment = archive.environment
    last = archive.last_step
    return {
        "scenario": scenario.get("name"),
        "parameters": scenario.get("parameters") or {},
        "seed": configuration.get("seed"),
        "model": configuration.get("model"),
        "models": configuration.get("models") or {},
        "language": configuration.get("language"),
        "schedule": configuration.get("schedule"),
        "start": configuration.get("start"),
        "status": archive.status,
        "stopped_by": archive.stopped_by,
        "last_step": -1 if last is None else last,
        "agents": people_of(archive),
        "components": _components(configuration),
        "masters": _masters(archive),
        "holders": holders_of(archive),
        "world": _named_worlds(configuration),
        "phases": [{"step": each.step, "kind": each.kind} for each in phases],
        "metrics": archive.metrics,
        "environment": {name: environment[name] for name in _SHOWN_OF_ENVIRONMENT if name in environment},
        "pages": [[each.first, each.last, each.start, each.count] for each in pages],
        "world_steps": WORLD_STEPS,
        "counts": _counts(archive),
        "measures": _measures(archive),
    }


def people_of(archive: Archive) -> list[str]:
    """The agents of all phases, and those who were born in the run, in the order in which they came."""
    begun = [str(name) for phase in archive.phases for name in phase.configuration.get("order", ())]
    return list(dict.fromkeys([*begun, *(measure.who for _, measure in archive.measures(BORN))]))


def holders_of(archive: Archive) -> list[str]:
    """Whoever remembers anything: agents in their order, then the others by name."""
    held = {str(holder) for (holder,) in query(archive.reader(), "SELECT DISTINCT holder FROM memories")}
    people = people_of(archive)
    return [*(name for name in people if name in held), *sorted(held - set(people))]


def _masters(archive: Archive) -> list[str]:
    people = set(people_of(archive))
    asked = {str(who) for (who,) in query(archive.reader(), "SELECT DISTINCT who FROM calls")}
    return sorted(asked - people)


def _components(configuration: dict[str, Any]) -> dict[str, list[str]]:
    agents = cast("dict[str, dict[str, Any]]", configuration.get("agents") or {})
    return {name: [str(each[0]) for each in agent.get("components", ())] for name, agent in agents.items()}


def _named_worlds(configuration: dict[str, Any]) -> str | None:
    master: object = configuration.get("game_master")
    return cast("dict[str, Any]", master).get("world") if isinstance(master, dict) else None


def _counts(archive: Archive) -> dict[str, Any]:
    connection = archive.reader()
    counts: dict[str, Any] = {}
    for table in ("events", "attempts", "observations", "memories", "calls", "recalls", "probe_answers", "changes"):
        ((counts[table],),) = query(connection, f'SELECT count(*) FROM "{table}"')
    counts["kinds"] = dict(query(connection, "SELECT kind, count(*) FROM events GROUP BY kind ORDER BY kind"))
    ((counts["failures"],),) = query(connection, f"SELECT count(*) FROM attempts WHERE {FAILED}")
    return counts


def _measures(archive: Archive) -> list[list[Any]]:
    found = query(archive.reader(), "SELECT name, count(*) FROM measures GROUP BY name ORDER BY name")
    return [[name, count] for name, count in found]
