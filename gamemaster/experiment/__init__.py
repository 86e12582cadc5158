"""Experiments: statistics over runs, and runs without a component."""

from gamemaster.experiment.ablation import Ablation, Spent, ablate, spent_by_component
from gamemaster.experiment.intervals import Interval, mean_interval, t_quantile, wilson

__all__ = ["Ablation", "Interval", "Spent", "ablate", "mean_interval", "spent_by_component", "t_quantile", "wilson"]
