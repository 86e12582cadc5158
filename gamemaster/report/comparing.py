"""Comparing: where two runs part, and what was pinned differently.

The one idea: a run is pure in what it is made from, so the first thing that differs, in the order of a step's walk, is where
to look; and what was pinned differently is the first suspect. For each kind of thing (what was asked, model calls, events …)
the first difference is found by itself: prompts may differ long before anything else does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, cast

from gamemaster.record import Archive, Phase
from gamemaster.report.comparing_rows import TABLES_COMPARED, Parting, first_parting, same_up_to
from gamemaster.report.summary import Change, world_changes
from gamemaster.simulation import Run

__all__ = ["Comparison", "Pinned", "Side", "compare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two runs: what it was and how far it came."""

    folder: str | None
    scenario: str | None
    seed: int
    model: str
    steps: int
    status: str
    stopped_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """Something that was pinned and differs; None where a run has nothing of the kind.

    `made_from`: it is part of what two identical runs share (seed, model, parameters, prompt texts …). The rest is what they
    were made with: versions, fingerprints, the machine's kind.
    """

    what: str
    first: Any
    second: Any
    made_from: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two runs compared. `common` is the last step that both have, -1 when one has none.

    `partings` are the first differences, one for each kind of thing that differs, the earliest first, and in one step in the
    order of its walk. `alike` are the kinds that are the same in all common steps. `world` are the places that differ at the
    end of the step in which the runs part (`start` is the first run's value, `end` the second's), `metrics` maps a name to
    both values.
    """

    first: Side
    second: Side
    common: int
    pinned: tuple[Pinned, ...]
    partings: tuple[Parting, ...]
    alike: tuple[str, ...]
    world: tuple[Change, ...]
    metrics: Mapping[str, tuple[Any, Any]]

    @property
    def step(self) -> int | None:
        """The step in which they part; None when all common steps are the same."""
        return self.partings[0].step if self.partings else None

    @property
    def same(self) -> bool:
        """Whether they are the same run: made from the same, with the same rows, as long, and ended alike."""
        ends = [(each.steps, each.status, each.stopped_by) for each in (self.first, self.second)]
        made_from = any(each.made_from for each in self.pinned)
        return not (made_from or self.partings or self.metrics) and ends[0] == ends[1]

    def parting(self, what: str) -> Parting | None:
        """The first difference of this kind ("calls", "events" …), None when there is none."""
        return next((each for each in self.partings if each.what == what), None)

    def to_json(self) -> dict[str, Any]:
        """The same as JSON values."""
        held = asdict(self)
        for parting in held["partings"]:
            parting["differences"] = [
                {"where": each["where"], "first": each["expected"], "second": each["got"]} for each in parting["differences"]
            ]
        held["world"] = [{"place": each["place"], "first": each["start"], "second": each["end"]} for each in held["world"]]
        held["metrics"] = {name: {"first": first, "second": second} for name, (first, second) in self.metrics.items()}
        return {"same": self.same, "step": self.step, **held}


def compare(first: Run, second: Run) -> Comparison:
    """Where two runs part. Reads both in step with each other up to the first difference of each kind; holds neither."""
    archives = first.archive, second.archive
    last = [-1 if each.last_step is None else each.last_step for each in archives]
    common = min(last)
    pinned = (*_made_from(first, second), *_made_with(*archives))
    start = same_up_to(*archives) + 1
    partings, alike = _partings(*archives, start, common, _follows_from(first, second))
    at = partings[0].step if partings else None
    names = dict.fromkeys([*first.metrics, *second.metrics])
    before, after = first.metrics, second.metrics
    return Comparison(
        first=_side(first),
        second=_side(second),
        common=common,
        pinned=pinned,
        partings=partings,
        alike=alike,
        world=() if at is None else tuple(world_changes(first.world(at), second.world(at))),
        metrics={name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)},
    )


def _side(run: Run) -> Side:
    folder = None if run.folder is None else str(run.folder)
    return Side(
        folder=folder,
        scenario=run.scenario,
        seed=run.seed,
        model=run.model,
        steps=run.last_step,
        status=run.status,
        stopped_by=run.stopped_by,
    )


def _partings(
    first: Archive, second: Archive, start: int, end: int, ignored: frozenset[str]
) -> tuple[tuple[Parting, ...], tuple[str, ...]]:
    found: list[Parting] = []
    alike: list[str] = []
    for what in TABLES_COMPARED:
        parting = first_parting(what, first, second, start=start, end=end, ignored=ignored if what == "calls" else frozenset())
        if parting is None:
            alike.append(what)
        else:
            found.append(parting)
    found.sort(key=lambda each: each.step)  # stable: in one step, the order of the walk
    return tuple(found), tuple(alike)


def _follows_from(first: Run, second: Run) -> frozenset[str]:
    """The columns of calls that differ in every row once the runs' seeds or models do."""
    ignored: set[str] = set()
    phases = [*first.phases, *second.phases]
    if len({phase.configuration["seed"] for phase in phases}) > 1:
        ignored |= {"seed", "request"}
    if len({str((phase.configuration["model"], phase.configuration.get("models"))) for phase in phases}) > 1:
        ignored |= {"model"}
    return frozenset(ignored)


# --- what was pinned ---


def _made_from(first: Run, second: Run) -> Iterator[Pinned]:
    yield from _pinned(first.configuration, second.configuration, made_from=True)
    told = _phases(first.phases), _phases(second.phases)
    if told[0] != told[1]:
        yield Pinned(what="phases", first=told[0], second=told[1], made_from=True)


def _made_with(first: Archive, second: Archive) -> Iterator[Pinned]:
    yield from _pinned(first.environment, second.environment, made_from=False)
    yield from _pinned(first.pinned, second.pinned, made_from=False)


_FIRST = ("scenario", "seed", "model", "models", "language")
"""What is told first."""


def _pinned(first: Mapping[str, Any], second: Mapping[str, Any], *, made_from: bool) -> Iterator[Pinned]:
    """What differs, name by name; what only one of them has stands there whole."""
    found = list(_differing("", first, second))
    found.sort(key=lambda each: next((at for at, name in enumerate(_FIRST) if each[0].split(".")[0] == name), len(_FIRST)))
    for what, one, other in found:
        yield Pinned(what=what, first=one, second=other, made_from=made_from)


def _differing(place: str, first: Any, second: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        one, other = cast("Mapping[str, Any]", first), cast("Mapping[str, Any]", second)
        for key in dict.fromkeys([*one, *other]):
            yield from _differing(f"{place}.{key}" if place else str(key), one.get(key), other.get(key))
    elif first != second:
        yield place, first, second


def _phases(phases: list[Phase]) -> str:
    return ", ".join(phase.kind if phase.step == 0 else f"{phase.kind} from step {phase.step}" for phase in phases)
