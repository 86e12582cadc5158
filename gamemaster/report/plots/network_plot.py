"""plot_network: who spoke to whom, who noticed whom, or a network of one's own."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from gamemaster.record.exports.network import network_of
from gamemaster.report.plots.drawing import axes_for, label
from gamemaster.report.plots.placing import on_a_circle, spread_out
from gamemaster.simulation import Run
from gamemaster.words import BadInput

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["NetworkLike", "plot_network"]

NetworkLike: TypeAlias = Run | Mapping[str, Iterable[str]] | Mapping[tuple[str, str], float] | Iterable[tuple[str, str]]
"""A run; or a network: neighbours by name, weights by pair, or pairs."""

_COUNTED = {"said to": "utterances", "noticed": "deeds noticed"}


def plot_network(
    network: NetworkLike,
    *,
    ax: Axes | None = None,
    kind: Literal["said to", "noticed"] = "said to",
    layout: Literal["circle", "spread"] = "circle",
    unit: str = "",
) -> Axes:
    """The network as names and arrows; the thicker an arrow, the more often.

    Of a run, `kind` says what an arrow is: "said to" goes from a speaker to each one who heard it, "noticed" from who noticed
    to who acted. A network of one's own is given as {"Ann": ["Bob"]}, {("Ann", "Bob"): 3}, or pairs; `unit` is what its
    weights count. Where every arrow has its counterpart of the same weight, lines are drawn instead. "circle" has the names in
    their order; "spread" puts near each other who are joined; both always come out the same.
    Raises: BadInput for a network without anybody.
    """
    names, weights = _read(network, kind)
    if not names:
        raise BadInput("There is nobody in this network; nothing can be drawn.")
    if layout not in ("circle", "spread"):
        raise BadInput(f"layout={layout!r}: take circle or spread.")
    places = on_a_circle(names) if layout == "circle" else spread_out(names, weights)
    axes = axes_for(ax)
    both_ways = bool(weights) and all(weights.get((target, source)) == weight for (source, target), weight in weights.items())
    most = max(weights.values(), default=1.0)
    for (source, target), weight in weights.items():
        if both_ways and names.index(source) > names.index(target):
            continue
        _arrow(axes, places[source], places[target], 0.6 + 3.4 * weight / most if most else 0.6, both_ways)
    x, y = [places[name][0] for name in names], [places[name][1] for name in names]
    axes.scatter(x, y, s=60, color="#0072B2", zorder=3)
    for name in names:
        _name(axes, name, places[name])
    axes.set_xlim(-1.35, 1.35)
    axes.set_ylim(-1.25, 1.25)
    axes.set_aspect("equal")
    axes.set_axis_off()
    counted = _COUNTED[kind] if isinstance(network, Run) else unit
    if counted:
        least = min(weights.values(), default=0.0)
        said = f"{'line' if both_ways else 'arrow'} width: {least:g} to {most:g} {counted}" if weights else f"no {counted}"
        axes.set_title(label(said), fontsize="small", color="0.3")
    return axes


def _read(network: NetworkLike, kind: str) -> tuple[list[str], dict[tuple[str, str], float]]:
    """The names in order, and the weights by (source, target)."""
    if isinstance(network, Run):
        if kind not in _COUNTED:
            raise BadInput(f"kind={kind!r}: take {' or '.join(map(repr, _COUNTED))}.")
        found = network_of(network.archive)
        edges = found.edges.items()
        return list(found.nodes), {(one, other): float(edge.weight) for (one, other, what), edge in edges if what == kind}
    names: dict[str, None] = {}
    weights: dict[tuple[str, str], float] = {}
    for (source, target), weight in _pairs(network, names):
        names.setdefault(source)
        names.setdefault(target)
        if not math.isfinite(weight) or weight < 0:
            raise BadInput(f"The arrow from {source!r} to {target!r} has the weight {weight}; it must be 0 or more.")
        weights[source, target] = weights.get((source, target), 0.0) + weight
    return list(names), {pair: weight for pair, weight in weights.items() if weight}


def _pairs(network: Any, names: dict[str, None]) -> Iterable[tuple[tuple[str, str], float]]:
    if not isinstance(network, Mapping):
        return [((str(source), str(target)), 1.0) for source, target in network]
    held = cast("Mapping[Any, Any]", network)
    if all(isinstance(key, tuple) for key in held):
        return [((str(source), str(target)), float(weight)) for (source, target), weight in held.items()]
    for name in held:
        names.setdefault(str(name))
    return [((str(source), str(target)), 1.0) for source, targets in held.items() for target in targets]


def _arrow(axes: Any, source: tuple[float, float], target: tuple[float, float], width: float, both_ways: bool) -> None:
    from matplotlib.patches import FancyArrowPatch

    curved = "arc3" if both_ways else "arc3,rad=0.12"
    axes.add_patch(
        FancyArrowPatch(
            source,
            target,
            arrowstyle="-" if both_ways else "-|>",
            connectionstyle=curved,
            mutation_scale=8 + 2 * width,
            linewidth=width,
            color="0.55",
            shrinkA=7,
            shrinkB=7,
            zorder=1,
        )
    )


def _name(axes: Any, name: str, place: tuple[float, float]) -> None:
    """The name, written outwards of its place."""
    length = math.hypot(*place) or 1.0
    x, y = place[0] / length, place[1] / length
    side = "left" if x > 0.3 else "right" if x < -0.3 else "center"
    high = "bottom" if y > 0.3 else "top" if y < -0.3 else "center"
    behind: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.5}
    where: dict[str, Any] = {"xytext": (8 * x, 8 * y), "textcoords": "offset points", "ha": side, "va": high}
    axes.annotate(label(name, 24), place, fontsize="small", bbox=behind, **where)
