"""plot_payoffs: what each agent has got so far."""

from __future__ import annotations

import math
from itertools import accumulate
from typing import TYPE_CHECKING

from gamemaster.report.plots.drawing import axes_for, finish, label, style, with_unit
from gamemaster.report.plots.time_axis import TimeUnit, on_time_axis, time_label
from gamemaster.report.plots.timeline import Line, Timeline, timeline
from gamemaster.simulation import Run
from gamemaster.words import BadInput, UnknownName

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_payoffs"]

_USUAL = ("payoff", "gain", "payoffs", "gains")


def plot_payoffs(
    run: Run, name: str | None = None, *, ax: Axes | None = None, x: TimeUnit = "step", unit: str = "", cumulative: bool = True
) -> Axes:
    """A line for each agent: its payoffs added up from the start, or with `cumulative=False` each by itself.

    `name` is a measure ("payoff" finds the measures "payoff of Ann" …), whose values are what was got each time; or a field of
    the world by agent ("coins"), whose values are totals, drawn as they are. Without it "payoff" and "gain" are looked for.
    Raises: UnknownName with what there is; BadInput for totals that are to be drawn each by itself.
    """
    found = _found(run, name)
    axes = axes_for(ax)
    total = found.source == "world"
    if total and not cumulative:
        raise BadInput(f"{found.name!r} is a field of the world and holds totals; draw it with cumulative=True.")
    for at, line in enumerate(found.lines):
        drawn = line if total or not cumulative else _summed(line)
        where = on_time_axis(run, drawn.x, x)
        axes.plot(where, drawn.y, label=label(line.label), drawstyle="steps-post", linewidth=1.5, **style(at))
    what = f"cumulative {found.name}" if cumulative and not total else found.name
    return finish(axes, x=time_label(x), y=with_unit(what, unit), lines=len(found.lines), whole=x == "step")


def _found(run: Run, name: str | None) -> Timeline:
    for each in _USUAL if name is None else (name,):
        try:
            found = timeline(run, each)
        except UnknownName:
            if name is not None:
                raise
            continue
        if found.source == "metric":
            raise BadInput(f"{each!r} is a metric of the whole run; name a measure by agent, or a field of the world.")
        return found
    raise UnknownName(f"This run measures none of {', '.join(_USUAL)}; name what agents got, as in plot_payoffs(run, 'coins').")


def _summed(line: Line) -> Line:
    """The line added up, from nothing at the start; what has no value adds nothing."""
    got = [0.0 if math.isnan(value) else value for value in line.y]
    return Line(label=line.label, x=(0, *line.x), y=(0.0, *accumulate(got)))
