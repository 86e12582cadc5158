"""plot_world: variables of the world, and measures, over time."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from gamemaster.report.plots.drawing import axes_for, finish, label, style, with_unit
from gamemaster.report.plots.time_axis import TimeUnit, on_time_axis, time_label
from gamemaster.report.plots.timeline import timeline
from gamemaster.simulation import Run
from gamemaster.words import BadInput

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_world"]


def plot_world(run: Run, *names: str, ax: Axes | None = None, x: TimeUnit = "step", unit: str = "") -> Axes:
    """A line for each variable over time, by step or in simulated time.

    A name is a field of the world ("stock", "coins.Ann"; "coins" has a line for each key), a measure ("price"; "gain" has a
    line for each measure "gain of Ann"), or, alone, a metric that is a list. A variable of the world holds its value until
    the step in which it changes; step 0 is the preparation. `unit` is what is counted, as in "coins"; it stands at the axis.
    Raises: UnknownName with what there is; BadInput for what is no number, or for no name.
    """
    if not names:
        raise BadInput('plot_world(run) draws nothing; name a variable, as in plot_world(run, "coins").')
    found = [timeline(run, name) for name in names]
    by_round = [each.name for each in found if each.source == "metric"]
    if by_round and len(found) > 1:
        raise BadInput(f"The metric {by_round[0]!r} has a value by round, and not by step; draw it alone.")
    along = "round" if by_round else time_label(x)
    axes = axes_for(ax)
    shared = _shared([each.name for each in found])
    count = 0
    for each in found:
        for line in each.lines:
            several = len(each.lines) > 1 and len(found) > 1
            at = list(line.x) if by_round else on_time_axis(run, line.x, x)
            steps = "steps-post" if each.source == "world" else "default"
            marker = "" if each.source == "world" else "."
            name = f"{each.name}.{line.label}" if several else line.label
            axes.plot(
                at, line.y, label=label(name.removeprefix(shared)), drawstyle=steps, marker=marker, linewidth=1.5, **style(count)
            )
            count += 1
    what = names[0] if len(names) == 1 else shared.rstrip(".") or ("" if unit else "value")
    return finish(axes, x=along, y=with_unit(what, unit) if what else label(unit), lines=count, whole=x == "step")


def _shared(names: list[str]) -> str:
    """What all names begin with, up to a dot; "" for one name alone."""
    if len(names) < 2:
        return ""
    same = takewhile(lambda parts: len(set(parts)) == 1, zip(*[name.split(".")[:-1] for name in names], strict=False))
    return "".join(f"{parts[0]}." for parts in same)
