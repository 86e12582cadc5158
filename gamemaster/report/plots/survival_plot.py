"""plot_survival: which share of the runs lasts how long, over seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from gamemaster.report.plots.drawing import axes_for, finish, label, style, with_unit
from gamemaster.report.plots.kaplan_meier import Survival, kaplan_meier
from gamemaster.report.plots.runs_given import RunsGiven, opened
from gamemaster.simulation import Run
from gamemaster.words import BadInput, UnknownName

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Lasted", "plot_survival"]

Lasted: TypeAlias = tuple[float, bool]
"""How long something lasted, and whether it ended then (False: it was still going on when it was last seen)."""


def plot_survival(
    runs: RunsGiven | Iterable[Lasted],
    *,
    ax: Axes | None = None,
    of: Callable[[Run], Lasted] | None = None,
    name: str = "",
    unit: str = "rounds",
    level: float | None = 0.95,
) -> Axes:
    """The Kaplan-Meier curve of some runs as steps, ticks where a run was still going on; call it again for another condition.

    `runs` are runs, their folders, the folder that `gamemaster run --seeds` made, or pairs (how long, ended). `of` says both of
    a run; by default they are its metrics `survival_time` and `survived`. `name` stands in the legend. The band has the
    `level` (None: no band); with few runs it is wide, and where none or all have ended there is none.
    Raises: UnknownName for a run without these metrics; BadInput for no runs.
    """
    lasted = _lasted(runs, of or _by_metrics)
    curve = kaplan_meier(lasted, level=0.95 if level is None else level)
    axes = axes_for(ax)
    before = sum(1 for line in axes.get_lines() if line.get_gid() == "survival")
    drawn = style(before)
    x, y = [0.0, *(each.time for each in curve)], [1.0, *(each.share for each in curve)]
    said = f"{len(lasted)} runs"
    said = f"{label(name)} ({said})" if name else said
    axes.plot(x, y, drawstyle="steps-post", label=said, linewidth=1.8, gid="survival", **drawn)
    gone = [each for each in curve if each.censored]
    axes.plot([each.time for each in gone], [each.share for each in gone], "|", color=drawn["color"], markersize=9)
    if level is not None:
        _band(axes, curve, drawn["color"])
    axes.set_ylim(-0.02, 1.05)
    axes.set_xlim(left=0)
    return finish(axes, x=with_unit("time", unit), y="share of runs that last longer", lines=before + 1 + bool(name or before))


def _lasted(runs: Any, of: Callable[[Run], Lasted]) -> list[Lasted]:
    if not isinstance(runs, str | Path):
        runs = list(runs)
        pairs: Sequence[Any] = runs
        if pairs and all(isinstance(each, tuple) for each in pairs):
            return [(float(time), bool(ended)) for time, ended in pairs]
    with opened(runs) as found:
        return [of(run) for run in found]


def _by_metrics(run: Run) -> Lasted:
    metrics = run.metrics
    for name in ("survival_time", "survived"):
        if name not in metrics:
            hint = "Say how long a run lasted and whether it ended then with of=lambda run: (…, …)."
            raise UnknownName.of("metric", name, metrics, hint=hint)
    if metrics["survival_time"] is None:
        raise BadInput(f"{run!r} has no survival_time; leave it out, or say with of=… how long it lasted.")
    return float(metrics["survival_time"]), not metrics["survived"]


def _band(axes: Any, curve: Sequence[Survival], colour: str) -> None:
    """The band from each time to the next, where there is one."""
    for here, after in pairwise(curve):
        if here.low is not None and here.high is not None:
            axes.fill_between([here.time, after.time], here.low, here.high, color=colour, alpha=0.15, linewidth=0)
