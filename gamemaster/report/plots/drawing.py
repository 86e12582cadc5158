"""Drawing: what all plots share: axes to draw on, styles that can be told apart in grey, labels that are text.

matplotlib is imported here and in the plots' functions alone, when one is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gamemaster.report.terminal import clean
from gamemaster.words import BadInput, one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["axes_for", "finish", "label", "style", "with_unit"]

# Okabe and Ito 2008: colours that people who see colours differently can tell apart; yellow is too pale for a line.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_DASHES = ("-", "--", "-.", ":")
_LONG = 60
_LEGEND_INSIDE = 3


def axes_for(ax: Axes | None) -> Any:
    """These axes, or new ones in a figure of their own; not typed, as matplotlib itself is in parts.

    Raises: BadInput when matplotlib is not installed.
    """
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError:
        raise BadInput("Plots need matplotlib: pip install 'gamemaster[experiment]'.") from None
    made: Any = pyplot.subplots(figsize=(6.4, 3.6), layout="constrained")
    return made[1]


def style(at: int) -> dict[str, Any]:
    """Colour and dashes of the line at this place; the first 28 differ."""
    return {"color": _COLOURS[at % len(_COLOURS)], "linestyle": _DASHES[at // len(_COLOURS) % len(_DASHES)]}


def label(text: str, most: int = _LONG) -> str:
    """A text as matplotlib shows it word for word: no mathematics, no hidden characters, on one line, cut when long."""
    plain = clean(one_line(text))
    plain = plain if len(plain) <= most else f"{plain[: most - 1]}…"
    plain = plain.replace("$", r"\$")
    return f" {plain}" if plain.startswith("_") else plain  # such a label would be left out of the legend


def with_unit(name: str, unit: str) -> str:
    """A label with its unit in brackets, where there is one and it isn't the name itself."""
    return f"{label(name)} ({label(unit)})" if unit and unit != name else label(name)


def finish(ax: Any, *, x: str, y: str, lines: int = 1, whole: bool = True, title: str = "") -> Any:
    """Name the axes, and put the legend where it covers nothing when there are several lines."""
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    if title:
        ax.set_title(title)
    ax.grid(visible=True, color="0.9")
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    if whole:
        from matplotlib.ticker import MaxNLocator

        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    if lines > 1:
        beside = lines > _LEGEND_INSIDE
        where: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0)} if beside else {"loc": "best"}
        ax.legend(frameon=False, fontsize="small", **where)
    return ax
