"""Draws the plots of these pages: a series of each of some runs of a scenario, made anew from their seeds.

    python docs/scenarios/plot_runs.py commons                    the plot that stands in docs/scenarios/commons.md
    python docs/scenarios/plot_runs.py commons --run "all take 12: policy=take:12" --series "stock after" -o x.svg

The one idea: a plot is data. `PLOTS` says for each scenario which runs are made and which of their series are drawn: one that
the world measured (`world.measure(name, …)`) or a metric that is a list. A new plot is a new entry. It needs matplotlib,
which comes with the extra `experiment`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gamemaster.scenarios import Scenario, find_scenario
from gamemaster.simulation import Run
from gamemaster.words import BadInput, GamemasterError, UnknownName


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """What is drawn: a line for each of `runs`, a panel for each series.

    `runs` maps a label to parameters, `seed` and `model` among them if wanted.
    `series` maps a series to the label of its axis. A series is the name of a measure, or of a metric that is a list.
    """

    runs: Mapping[str, Mapping[str, Any]]
    series: Mapping[str, str]
    x: str = "round"
    title: str = ""
    width: float = 6.4
    height: float = 3.0
    ylim: tuple[float, float] | None = None
    marks: Mapping[str, float] = field(default_factory=dict[str, float])
    """Horizontal lines: label -> height."""


PLOTS: dict[str, Plot] = {
    "commons": Plot(
        runs={
            "all take the share": {"policy": "share"},
            "all take 12": {"policy": "take:12"},
            "a fifth joins in round 3": {"policy": "share", "newcomer": True},
            "at random": {"policy": "random"},
            "embedded model": {},
            "embedded model, burden": {"burden": True},
        },
        series={"stock_after": "stock after the harvest"},
        ylim=(0, 60),
        marks={"lost below 5": 5},
    ),
    "donor_game": Plot(
        runs={
            "all give half": {"policy": "give:0.5"},
            "at random": {"policy": "random"},
            "copies of survivors": {"policy": "copy"},
            "embedded model": {"seed": 1},
        },
        series={"mean_resources": "mean resources"},
        x="generation",
    ),
    "transmission_chain": Plot(
        runs={
            "word for word": {"policy": "verbatim"},
            "a sentence less each": {"policy": "forget:1"},
            "a tenth of the words less": {"policy": "drop:0.1"},
            "embedded model, 6 in mind": {"span": 6, "seed": 1},
        },
        series={"kept": "propositions kept", "distance_to_source": "distance to the source"},
        x="retelling",
        height=2.2,
    ),
    "bargaining": Plot(
        runs={
            "both demand 0.6": {"policy": "demand:0.6"},
            "demands 0.6, equilibrium": {"policy": "demand:0.6,equilibrium"},
            "demands 0.7, equilibrium, discount 0.6": {"policy": "demand:0.7,equilibrium", "discount_first": 0.6},
            "at random": {"policy": "random", "seed": 1},
            "embedded model": {"seed": 1},
        },
        series={"demands": "share demanded"},
        x="offer",
        ylim=(0, 1.05),
    ),
    "public_goods": Plot(
        runs={
            "conditional, one rides free": {"policy": "conditional:20,conditional:20,conditional:20,free_ride"},
            "all conditional": {"policy": "conditional:12"},
            "at random": {"policy": "random"},
            "embedded model": {"seed": 1},
        },
        series={"mean_gift_by_round": "mean gift"},
        ylim=(0, 20),
    ),
    "matrix_game": Plot(
        runs={
            "tit for tat, alternator": {"policy": "tit_for_tat,alternator"},
            "grudger, alternator": {"policy": "grudger,alternator"},
            "win stay lose shift, alternator": {"policy": "win_stay_lose_shift,alternator"},
            "at random": {"policy": "random"},
            "embedded model": {"seed": 1},
        },
        series={"cooperation_rate_by_round": "cooperation rate"},
        ylim=(-0.05, 1.05),
    ),
    "classic_games": Plot(
        runs={
            "best reply to the last round": {"policy": "best_reply:50"},
            "at random": {"policy": "random"},
            "embedded model": {"seed": 1},
            "equilibrium": {"policy": "equilibrium"},
        },
        series={"mean_by_round": "mean number"},
        ylim=(-3, 100),
    ),
}


def values_of(run: Run, series: str) -> list[float]:
    """The values of one series, in order. Raises: UnknownName when the run has none of this name."""
    metric = run.metrics.get(series)
    if isinstance(metric, list):
        return [float("nan") if each is None else float(each) for each in metric]
    try:
        return [float(value) for _, value in run.series(series)]
    except UnknownName as error:
        lists = [name for name, value in run.metrics.items() if isinstance(value, list)]
        raise UnknownName(f"{error} Metrics that are lists: {', '.join(lists) or 'none'}.") from None


def play(scenario: Scenario, settings: Mapping[str, Any], *, seed: int, model: str) -> Run:
    """The run of a scenario with these settings, in memory."""
    values = dict(settings)
    seed, model = int(values.pop("seed", seed)), str(values.pop("model", model))
    return scenario.make(values, model=model, seed=seed).run(scenario.steps_of(values))


def draw(scenario: Scenario, plot: Plot, target: Path, *, seed: int = 0, model: str = "embedded") -> None:
    """Make the runs and draw them into `target` (.svg or .png); the same runs give the same bytes."""
    try:
        import matplotlib as mpl
        from matplotlib import pyplot as plt
    except ImportError:
        raise BadInput("Plots need matplotlib: pip install 'gamemaster[experiment]'.") from None
    plt.switch_backend("agg")
    mpl.rcParams.update({"svg.hashsalt": "gamemaster", "svg.fonttype": "none", "font.size": 9, "font.family": "sans-serif"})
    panels = list(plot.series.items())
    figure, axes = plt.subplots(
        len(panels), 1, figsize=(plot.width, plot.height * len(panels)), squeeze=False, sharex=True, layout="constrained"
    )
    styles = ["-o", "--s", "-.^", ":d", "-v", "--x"]
    for at, (label, settings) in enumerate(plot.runs.items()):
        with play(scenario, settings, seed=seed, model=model) as run:
            for row, (series, _) in enumerate(panels):
                values = values_of(run, series)
                axes[row][0].plot(
                    range(1, len(values) + 1), values, styles[at % len(styles)], label=label, markersize=4, linewidth=1.2
                )
    for row, (_, name) in enumerate(panels):
        axis = axes[row][0]
        for label, height in plot.marks.items():
            axis.axhline(height, color="0.6", linewidth=0.8)
            axis.annotate(
                label, (1.0, height), xycoords=("axes fraction", "data"), ha="right", va="bottom", color="0.4", fontsize=8
            )
        axis.set_ylabel(name)
        axis.grid(visible=True, color="0.9")
        axis.spines[["top", "right"]].set_visible(False)
        axis.xaxis.get_major_locator().set_params(integer=True)
        if plot.ylim is not None:
            axis.set_ylim(*plot.ylim)
    axes[-1][0].set_xlabel(plot.x)
    if plot.title:
        figure.suptitle(plot.title)
    if len(plot.runs) > 1:
        axes[0][0].legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False)
    figure.savefig(target, metadata={"Date": None} if target.suffix == ".svg" else None, dpi=110)
    plt.close(figure)


def read_run(text: str) -> tuple[str, dict[str, Any]]:
    """(label, settings) of "LABEL: KEY=VALUE KEY=VALUE"."""
    label, colon, rest = text.partition(":")
    if not colon:
        raise BadInput(f"--run {text!r}: write it as 'LABEL: KEY=VALUE KEY=VALUE'.")
    settings: dict[str, Any] = {}
    for each in rest.split():
        key, _, value = each.partition("=")
        settings[key] = value
    return label.strip(), settings


def main(argv: Sequence[str] | None = None) -> int:
    """Draw one plot; 2 for bad input."""
    parser = argparse.ArgumentParser(description="Draw series of runs of a scenario.")
    parser.add_argument("scenario", help="a scenario's name")
    parser.add_argument(
        "--run", action="append", default=[], metavar="'LABEL: KEY=VALUE …'", help="a run, in place of the page's"
    )
    parser.add_argument("--series", action="append", default=[], help="a measure, or a metric that is a list")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", default="embedded")
    parser.add_argument("-o", "--out", type=Path, help="docs/scenarios/SCENARIO.svg by default")
    given = parser.parse_args(argv)
    try:
        scenario = find_scenario(given.scenario)
        plot = PLOTS.get(scenario.name)
        runs = dict(map(read_run, given.run)) or (dict(plot.runs) if plot else {"the run": {}})
        series = {each: each for each in given.series} or (dict(plot.series) if plot else {})
        if not series:
            raise BadInput(f"There is no plot of {scenario.name} in PLOTS; name what is to be drawn with --series.")
        chosen = Plot(runs=runs, series=series) if plot is None or given.series else replace_runs(plot, runs)
        target = given.out or Path(__file__).parent / f"{scenario.name}.svg"
        draw(scenario, chosen, target, seed=given.seed, model=given.model)
    except GamemasterError as error:
        print(error, file=sys.stderr)
        return 2
    print(target)
    return 0


def replace_runs(plot: Plot, runs: Mapping[str, Mapping[str, Any]]) -> Plot:
    """The same plot of other runs."""
    from dataclasses import replace

    return replace(plot, runs=runs)


if __name__ == "__main__":
    raise SystemExit(main())
