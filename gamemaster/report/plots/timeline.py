"""Timeline: a named quantity of a run over time, as lines of numbers: a world variable, a measure, or a metric by round.

The one idea: a name is looked up in one place. `coins.Ann` is a field of the world, `coins` one line for each key of it;
`payoff` a measure of that name, or the measures `payoff of Ann`, `payoff of Ben` …, one line for each; and at last a metric that
is a list. The world's states are made step by step from their changes, in one pass over what is on record.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from gamemaster.record.json_patch import apply_patch
from gamemaster.record.json_text import from_json
from gamemaster.simulation import Run
from gamemaster.words import ArchiveDamaged, BadInput, UnknownName

__all__ = ["Line", "Timeline", "timeline", "world_steps"]

Source = Literal["world", "measure", "metric"]

_MOST_LINES = 50
_MOST_NAMED = 30
_OF = " of "


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: where it stands on the x axis (steps; of a metric the place in the list, from 1), and its values.

    NaN where there is no value.
    """

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A quantity by name, where it was found, and its lines: one, or one for each key or agent."""

    name: str
    source: Source
    lines: tuple[Line, ...]


def timeline(run: Run, name: str) -> Timeline:
    """What is called `name` in a run. Raises: UnknownName with what there is; BadInput for what is no number."""
    world = run.world(0) if run.archive.last_step is not None else {}
    last = run.world() if world else {}
    found = [place for place in (_at(last, name), _at(world, name)) if place is not _NOTHING]
    if found:
        return Timeline(name=name, source="world", lines=_world_lines(run, name, found[0]))
    measured = _measured(run, name)
    if measured:
        return Timeline(name=name, source="measure", lines=measured)
    metric = run.metrics.get(name)
    if isinstance(metric, list):
        values = cast("list[Any]", metric)
        y = tuple([_number(value, name) for value in values])
        return Timeline(name=name, source="metric", lines=(Line(label=name, x=tuple(range(1, len(y) + 1)), y=y),))
    raise _unknown(run, name, {**last, **world})


def world_steps(run: Run) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """(step, fields) for each step from 0 in which the world changed; the fields are changed in place by the next one."""
    archive = run.archive
    start = archive.states(0).get("world") if archive.last_step is not None else None
    state: dict[str, Any] | None = None
    if start is not None:
        state = start[1]
        yield 0, _fields(state)
    for step, change in archive.changes("world"):
        if change.kind == "gone":
            state = None
            yield step, {}
            continue
        value = from_json(change.value, f"the world's change in step {step}")
        if change.kind == "state":
            state = value
        elif state is None:
            raise ArchiveDamaged("The archive holds a patch of the world but no state before it.")
        else:
            state = apply_patch(state, value, "world")
        assert state is not None
        yield step, _fields(state)


# --- the world ---


class _Nothing:
    pass


_NOTHING = _Nothing()


def _fields(state: Mapping[str, Any]) -> Mapping[str, Any]:
    fields = state.get("fields")
    return cast("Mapping[str, Any]", fields) if isinstance(fields, dict) else {}


def _at(value: Any, path: str) -> Any:
    """What stands at a dotted path; keys may have dots of their own. `_NOTHING` where nothing does."""
    if not path:
        return value
    if isinstance(value, list):
        place, _, rest = path.partition(".")
        held = cast("list[Any]", value)
        return _at(held[int(place)], rest) if place.isdecimal() and int(place) < len(held) else _NOTHING
    if not isinstance(value, Mapping):
        return _NOTHING
    members, parts = cast("Mapping[str, Any]", value), path.split(".")
    for count in range(1, len(parts) + 1):
        key = ".".join(parts[:count])
        if key in members:
            found = _at(members[key], ".".join(parts[count:]))
            if found is not _NOTHING:
                return found
    return _NOTHING


def _world_lines(run: Run, name: str, seen: Any) -> tuple[Line, ...]:
    several = isinstance(seen, dict)
    values: dict[str, list[tuple[int, float]]] = {}
    last = run.last_step
    for step, fields in world_steps(run):
        here = _at(fields, name)
        held = cast("dict[str, Any]", here) if isinstance(here, dict) else {} if several else {name: here}
        for key, value in held.items():
            what = f"{name}.{key}" if several else name
            values.setdefault(key, []).append((step, _number(None if value is _NOTHING else value, what)))
        for key in values.keys() - held.keys():
            values[key].append((step, math.nan))
    if len(values) > _MOST_LINES:
        raise BadInput(
            f"{name!r} has {len(values)} keys, too many lines for a plot; name some, as in {name}.{next(iter(values))}."
        )
    return tuple([_filled(key, points, last) for key, points in values.items()])


def _filled(label: str, points: list[tuple[int, float]], last: int) -> Line:
    """A value for every step: a state stays until it changes."""
    x = tuple(range(points[0][0], last + 1))
    known, y, value = dict(points), list[float](), math.nan
    for step in x:
        value = known.get(step, value)
        y.append(value)
    return Line(label=label, x=x, y=tuple(y))


# --- what was measured ---


def _measured(run: Run, name: str) -> tuple[Line, ...]:
    values: dict[str, list[tuple[int, float]]] = {}
    for step, measure in run.archive.measures(name):
        values.setdefault(measure.who or name, []).append((step, _number(measure.value, name)))
    if not values:
        for step, measure in run.archive.measures():
            head, of, who = measure.name.partition(_OF)
            if head == name and of:
                values.setdefault(who, []).append((step, _number(measure.value, measure.name)))
        values = {who: values[who] for who in dict.fromkeys([*run.agents, *values]) if who in values}
    return tuple([_line(label, held) for label, held in values.items()])


def _line(label: str, points: list[tuple[int, float]]) -> Line:
    return Line(label=label, x=tuple([step for step, _ in points]), y=tuple([value for _, value in points]))


def _number(value: Any, name: str) -> float:
    if value is None:
        return math.nan
    if isinstance(value, int | float):
        return float(value)
    shown = f"{str(value)[:40]!r}"
    raise BadInput(f"{name!r} is no number but {shown}; only numbers can be drawn over time.")


# --- what there is ---


def _unknown(run: Run, name: str, world: Mapping[str, Any]) -> UnknownName:
    measures = {measure.name for _, measure in run.archive.measures()}
    families = {head for head, of, who in (each.partition(_OF) for each in measures) if of and who in run.agents}
    metrics = [each for each, value in run.metrics.items() if isinstance(value, list)]
    variables = list(_numbers("", world))
    known = [*variables, *sorted(families | measures), *metrics]
    told: list[str] = []
    for what, names in (("World", variables), ("Measures", sorted(families | measures)), ("Metrics by round", metrics)):
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        if names:
            told.append(f"{what}: {', '.join(names[:_MOST_NAMED])}{more}.")
    import difflib

    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    mend = [f"Did you mean {' or '.join(map(repr, near))}?"] if near else []
    return UnknownName(" ".join([f"There is no variable or measure {name!r} in this run.", *mend, *(told or ["It has none."])]))


def _numbers(place: str, value: Any) -> Iterator[str]:
    """The paths of all numbers; a mapping of numbers alone counts as one."""
    if isinstance(value, Mapping):
        held = cast("Mapping[str, Any]", value)
        if place and held and all(isinstance(each, int | float) for each in held.values()):
            yield place
            return
        for key, inner in held.items():
            yield from _numbers(f"{place}.{key}" if place else key, inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield place
