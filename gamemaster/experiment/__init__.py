"""Experiments: statistics over runs."""

from gamemaster.experiment.intervals import Interval, mean_interval, t_quantile, wilson

__all__ = ["Interval", "mean_interval", "t_quantile", "wilson"]
