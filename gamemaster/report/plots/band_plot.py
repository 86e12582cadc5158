"""plot_band: the mean of a variable over seeds, with an interval around it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gamemaster.experiment import Interval, mean_interval
from gamemaster.report.plots.drawing import axes_for, finish, label, style, with_unit
from gamemaster.report.plots.runs_given import RunsGiven, opened
from gamemaster.report.plots.timeline import Line, timeline
from gamemaster.words import BadInput

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_band"]


def plot_band(
    runs: RunsGiven,
    variable: str,
    *,
    ax: Axes | None = None,
    name: str = "",
    unit: str = "",
    level: float = 0.95,
    each: bool = False,
) -> Axes:
    """The mean over the runs at each step, and the interval of Student's t around it; call it again for another condition.

    `runs` are runs, their folders, or the folder that `gamemaster run --seeds` made. `variable` is a field of the world, a
    measure or a metric that is a list, with one value at a time ("stock", "coins.Ann"). Where runs end early, the mean is of
    those that go on, and the legend says so; one run alone has no band. `each` draws the runs as thin lines.
    Raises: UnknownName with what there is; BadInput for a variable of several lines.
    """
    lines: list[Line] = []
    sources: set[str] = set()
    with opened(runs) as found:
        for run in found:
            made = timeline(run, variable)
            sources.add(made.source)
            if len(made.lines) != 1:
                one = made.lines[0].label if made.lines else "…"
                raise BadInput(f"{variable!r} has {len(made.lines)} lines; name one of them, as in '{variable}.{one}'.")
            lines.append(made.lines[0])
    band = _band(lines, level)
    axes = axes_for(ax)
    before = sum(1 for line in axes.get_lines() if line.get_gid() == "band")
    drawn = style(before)
    x = list(band)
    counts = [interval.n for interval in band.values()]
    said = f"mean of {max(counts)} runs" if min(counts) == max(counts) else f"mean of {max(counts)} to {min(counts)} runs"
    said = f"{label(name)}: {said}" if name else said
    low = [math.nan if interval.low is None else interval.low for interval in band.values()]
    high = [math.nan if interval.high is None else interval.high for interval in band.values()]
    if each:
        for line in lines:
            axes.plot(line.x, line.y, color=drawn["color"], linewidth=0.6, alpha=0.5)
    axes.fill_between(x, low, high, color=drawn["color"], alpha=0.18, linewidth=0)
    mean = [interval.mean for interval in band.values()]
    axes.plot(x, mean, label=f"{said}, {100 * level:g} % interval", gid="band", linewidth=1.8, **drawn)
    along = "round" if sources == {"metric"} else "step"
    return finish(axes, x=along, y=with_unit(variable, unit), lines=2)


def _band(lines: list[Line], level: float) -> dict[float, Interval]:
    """The mean and its interval at each place at which a run has a value; the last one where it has several."""
    values: dict[float, list[float]] = {}
    for line in lines:
        for at, value in dict(zip(line.x, line.y, strict=True)).items():
            if not math.isnan(value):
                values.setdefault(at, []).append(value)
    found = {at: mean_interval(values[at], level=level) for at in sorted(values)}
    known = {at: interval for at, interval in found.items() if interval is not None}
    if not known:
        raise BadInput("None of the runs has a value to draw.")
    return known
