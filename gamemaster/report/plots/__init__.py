"""Plots of runs. Each function draws on `ax`, or on axes of its own, and returns the axes; it needs matplotlib."""

from gamemaster.report.plots.band_plot import plot_band
from gamemaster.report.plots.kaplan_meier import Survival, kaplan_meier
from gamemaster.report.plots.network_plot import plot_network
from gamemaster.report.plots.opinion_plot import plot_opinions
from gamemaster.report.plots.payoff_plot import plot_payoffs
from gamemaster.report.plots.survival_plot import plot_survival
from gamemaster.report.plots.timeline import Line, Timeline, timeline
from gamemaster.report.plots.world_plot import plot_world

__all__ = [
    "Line",
    "Survival",
    "Timeline",
    "kaplan_meier",
    "plot_band",
    "plot_network",
    "plot_opinions",
    "plot_payoffs",
    "plot_survival",
    "plot_world",
    "timeline",
]
