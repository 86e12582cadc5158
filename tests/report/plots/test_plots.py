"""Plots: what is drawn is what is on record, with units on the axes; unknown names are told."""

from __future__ import annotations

import math
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, Person, Probe, Run, Scene, Scripted, Simulation, World, action
from gamemaster.experiment import mean_interval
from gamemaster.report.plots import plot_band, plot_network, plot_opinions, plot_payoffs, plot_survival, plot_world, timeline
from gamemaster.report.plots.placing import on_a_circle, spread_out
from gamemaster.report.plots.timeline import world_steps
from gamemaster.words import BadInput, UnknownName

pyplot = pytest.importorskip("matplotlib.pyplot")
NAMES = ["Ann", "Bob", "Dr. _$x$ Who"]


@pytest.fixture(autouse=True)
def figures() -> Iterator[None]:
    pyplot.switch_backend("agg")
    yield
    for number in pyplot.get_fignums():
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            pyplot.figure(number).canvas.draw()  # what can't be drawn is an error
    pyplot.close("all")


class Market(World):
    coins: dict[str, int]
    tin: int = 10
    mood: str = "calm"
    shelves: dict[str, dict[str, int]] = {}
    ends: int = 99

    @action
    def earn_some_coins(self, actor: Person, count: int) -> str:
        """Earn."""
        self.coins[actor] += count
        self.tin -= 1
        self.shelves.setdefault("top", {})[f"jar {self.tin}"] = 1
        self.measure(f"payoff of {actor}", count)
        self.measure("tin", None if self.tin == 8 else self.tin)
        return f"{actor} earns {count}."

    def over(self) -> str | None:
        return "the tin is empty" if self.tin <= self.ends - 99 else None


def earn(seed: int = 0, steps: int = 4, **more: Any) -> Run:
    """In step n Ann earns n, and whoever is of seed s earns s."""

    def policy(view: Any) -> Any:
        if view.spec.kind == "number":
            return view.moment.step + NAMES.index(view.name)
        if view.spec.kind == "choice":
            return "yes" if view.moment.step > NAMES.index(view.name) else "no"
        if view.spec.kind == "speech":
            return "Hello."
        return {"count": view.moment.step + seed}

    world = Market(coins=dict.fromkeys(NAMES, 0), **more)
    probes = [
        Probe({"trust": ActionSpec.number("How much does {name} trust $5?", 0, 10)}, when="every step", name="trusting"),
        Probe({"vote": ActionSpec.choice("Would you go?", ["yes", "no", "never"])}, when="every step", name="voting"),
        Probe({"why": ActionSpec.speech("Why?")}, when="every step", name="asking"),
    ]
    simulation = Simulation(
        [Agent(name, actor=Scripted(policy)) for name in NAMES],
        world,
        scenes=[Scene("market", NAMES[:1], ActionSpec.of(Market.earn_some_coins, "Earn?"), rounds=99)],
        probes=probes,
        start="2024-05-01 10:00",
        step=1800,
    )
    simulation.metrics = lambda run: {
        "by_round": [1.0, None, 3.0],
        "survival_time": run.last_step,
        "survived": "empty" not in run.stopped_by,
    }
    return simulation.run(steps)


def lines(axes: Any) -> dict[str, tuple[list[float], list[float]]]:
    return {str(line.get_label()): (list(line.get_xdata()), list(line.get_ydata())) for line in axes.get_lines()}


# --- timelines ---


def test_the_world_step_by_step_is_the_world_of_each_step(tmp_path: Path) -> None:
    run = earn(steps=6, shelves={f"shelf {at}": {f"jar {place}": at for place in range(9)} for at in range(9)})
    states: dict[int, str] = {step: str(fields) for step, fields in world_steps(run)}
    for step in range(run.last_step + 1):
        known = max(each for each in states if each <= step)
        assert states[known] == str(run.world(step))


def test_the_world_of_a_fork_is_followed_too(tmp_path: Path) -> None:
    def change(simulation: Simulation) -> None:
        def more(world: World) -> str:
            assert isinstance(world, Market)
            world.tin += 1000
            return "More."

        assert simulation.world is not None
        simulation.world.intervene(more)

    run = earn(steps=4)
    with run.fork(2, tmp_path / "child", change=change, steps=4) as child:
        (line,) = timeline(child, "tin").lines
        assert line.y == tuple(child.world(step)["tin"] for step in range(5)) and line.y[2:4] == (8, 1007)


def test_a_variable_has_its_value_at_every_step() -> None:
    run = earn()
    (line,) = timeline(run, "coins.Ann").lines
    assert (line.x, line.y) == ((0, 1, 2, 3, 4), (0, 1, 3, 6, 10))
    assert [each.label for each in timeline(run, "coins").lines] == sorted(NAMES, key=list(run.world()["coins"]).index)  # type: ignore[arg-type]
    (dotted,) = timeline(run, "coins.Dr. _$x$ Who").lines
    assert set(dotted.y) == {0}
    late = timeline(run, "shelves.top").lines
    assert [each.label for each in late] == ["jar 9", "jar 8", "jar 7", "jar 6"] and late[1].x[0] == 2


def test_a_measure_has_a_value_where_it_was_measured() -> None:
    run = earn()
    (line,) = timeline(run, "payoff").lines
    assert (line.label, line.x, line.y) == ("Ann", (1, 2, 3, 4), (1, 2, 3, 4))
    assert timeline(run, "payoff of Ann").source == "measure"
    metric = timeline(run, "by_round")
    assert metric.source == "metric" and metric.lines[0].x == (1, 2, 3) and math.isnan(metric.lines[0].y[1])


def test_what_is_not_there_is_told_with_what_is() -> None:
    run = earn()
    with pytest.raises(UnknownName, match=r"'coin'.*mean 'coins'.*World: coins, tin.*Measures: payoff, .*by round: by_round"):
        timeline(run, "coin")
    with pytest.raises(BadInput, match="'mood' is no number but 'calm'"):
        timeline(run, "mood")
    with pytest.raises(UnknownName, match="It has none"):
        timeline(Simulation([Agent("Ann", actor=Scripted(lambda view: "Hm."))]).run(1), "coins")
    many = earn(shelves={"top": {f"jar {at}": 1 for at in range(60)}})
    with pytest.raises(BadInput, match="too many lines"):
        timeline(many, "shelves.top")


# --- the plots ---


def test_variables_over_time() -> None:
    run = earn()
    axes = plot_world(run, "coins", unit="coins")
    drawn = lines(axes)
    assert drawn["Ann"] == ([0, 1, 2, 3, 4], [0, 1, 3, 6, 10]) and r"Dr. _\$x\$ Who" in drawn
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "coins")
    assert axes.get_legend() is not None
    given = plot_world(run, "tin", "coins.Ann", ax=pyplot.figure().add_subplot(), x="minutes", unit="coins")
    assert (given.get_xlabel(), given.get_ylabel()) == ("simulated time (minutes)", "coins")
    assert lines(given)["tin"][0] == [step.time / 60 for step in run.archive.steps]
    two = plot_world(run, "coins.Ann", "coins.Bob", unit="coins")
    assert list(lines(two)) == ["Ann", "Bob"] and two.get_ylabel() == "coins"
    alone = plot_world(run, "by_round")
    assert alone.get_xlabel() == "round" and alone.get_legend() is None


@pytest.mark.parametrize(
    ("names", "more", "said"),
    [((), {}, "name a variable"), (("tin", "by_round"), {}, "draw it alone"), (("tin",), {"x": "weeks"}, "x='weeks'.*hours")],
)
def test_what_can_not_be_drawn_together_is_told(names: tuple[str, ...], more: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        plot_world(earn(1, 1), *names, **more)


def test_axes_that_are_given_are_drawn_on_and_given_back() -> None:
    run = earn()
    figure, grid = pyplot.subplots(2, 3)
    given = list(grid.flat)
    assert plot_world(run, "tin", ax=given[0]) is given[0]
    assert plot_payoffs(run, ax=given[1]) is given[1]
    assert plot_opinions(run, probe="trusting", ax=given[2]) is given[2]
    assert plot_network({"Ann": ["Bob"]}, ax=given[3]) is given[3]
    assert plot_survival([(1, True)], ax=given[4]) is given[4]
    assert plot_band([run], "tin", ax=given[5]) is given[5]
    assert pyplot.get_fignums() == [figure.number]


def test_payoffs_are_added_up() -> None:
    run = earn()
    axes = plot_payoffs(run, unit="coins")
    assert lines(axes)["Ann"] == ([0, 1, 2, 3, 4], [0, 1, 3, 6, 10])
    assert axes.get_ylabel() == "cumulative payoff (coins)"
    assert lines(plot_payoffs(run, cumulative=False))["Ann"] == ([1, 2, 3, 4], [1, 2, 3, 4])
    assert lines(plot_payoffs(run, "coins"))["Ann"] == ([0, 1, 2, 3, 4], [0, 1, 3, 6, 10])
    with pytest.raises(BadInput, match="holds totals"):
        plot_payoffs(run, "coins", cumulative=False)
    with pytest.raises(BadInput, match="metric of the whole run"):
        plot_payoffs(run, "by_round")
    with pytest.raises(UnknownName, match="none of payoff, gain"):
        plot_payoffs(Simulation([Agent("Ann", actor=Scripted(lambda view: "Hm."))]).run(1))


def test_opinions_are_lines_of_numbers_or_shares_of_choices() -> None:
    run = earn()
    axes = plot_opinions(run, probe="trusting")
    drawn = lines(axes)
    assert drawn["Bob"] == ([1, 2, 3, 4], [2, 3, 4, 5]) and drawn["mean of 3 agents"][1] == [2, 3, 4, 5]
    low, high = axes.get_ylim()
    assert low < 0 and high > 10 and axes.get_title() == r"How much does [name] trust \$5?"
    shares = plot_opinions(run, "vote")
    bars = {box.get_label(): [patch.get_height() for patch in box] for box in shares.containers}
    assert bars["yes"] == pytest.approx([1 / 3, 2 / 3, 1, 1]) and bars["never"] == [0, 0, 0, 0]
    assert "share of 3 answers" in shares.get_ylabel()
    with pytest.raises(BadInput, match="There are 3 questions; name one of"):
        plot_opinions(run)
    with pytest.raises(BadInput, match="kind speech"):
        plot_opinions(run, probe="asking")
    with pytest.raises(UnknownName, match=r"probe 'trustin'.*'trusting'"):
        plot_opinions(run, probe="trustin")
    with pytest.raises(UnknownName, match="question"):
        plot_opinions(run, "What?")
    with pytest.raises(BadInput, match="no answers to probes"):
        plot_opinions(Simulation([Agent("Ann", actor=Scripted(lambda view: "Hm."))]).run(1))


def test_the_network_of_a_run_is_who_spoke_to_whom() -> None:
    scene = Scene("talk", NAMES, ActionSpec.speech(), rounds=2, hears=NAMES[:2])
    run = Simulation([Agent(name, actor=Scripted(lambda view: "Hm.")) for name in NAMES], scenes=[scene]).run(6)
    axes = plot_network(run)
    assert len(axes.patches) == 4  # Ann to Bob, Bob to Ann, and the third to both
    assert axes.get_title() == "arrow width: 2 to 2 utterances"
    assert {each.get_text() for each in axes.texts} == {"Ann", "Bob", r"Dr. _\$x\$ Who"}


@pytest.mark.parametrize(
    ("network", "arrows"),
    [
        ({"Ann": ["Bob"], "Cleo": []}, 1),
        ([("Ann", "Bob"), ("Bob", "Ann")], 1),
        ({("Ann", "Bob"): 2, ("Bob", "Ann"): 1}, 2),
        ({"Ann": []}, 0),
    ],
)
@pytest.mark.parametrize("layout", ["circle", "spread"])
def test_a_network_of_ones_own(network: Any, arrows: int, layout: Any) -> None:
    assert len(plot_network(network, layout=layout, unit="meetings").patches) == arrows


@pytest.mark.parametrize(
    ("network", "more", "said"),
    [
        ({}, {}, "nobody"),
        ({("a", "b"): -1}, {}, "weight -1"),
        ({"a": []}, {"layout": "tree"}, "circle or spread"),
    ],
)
def test_a_network_that_can_not_be_drawn(network: Any, more: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        plot_network(network, **more)


def test_places_are_always_the_same_and_friends_stand_near() -> None:
    names = [f"n{at}" for at in range(8)]
    pairs = {(one, other): 1.0 for group in (names[::2], names[1::2]) for one in group for other in group if one != other}
    places = spread_out(names, pairs)
    assert places == spread_out(names, pairs) and all(math.hypot(*place) < 1.5 for place in places.values())
    near = [math.dist(places[one], places[other]) for one, other in pairs]
    far = [math.dist(places[one], places[other]) for one in names[::2] for other in names[1::2]]
    assert max(near) < min(far)
    assert on_a_circle(["a"]) == {"a": (0.0, 0.0)}


def test_a_band_is_the_mean_over_seeds_with_its_interval(tmp_path: Path) -> None:
    runs = [earn(seed, steps) for seed, steps in ((0, 4), (1, 4), (5, 3))]
    axes = plot_band(runs, "coins.Ann", unit="coins", name="all")
    ((label, (x, y)),) = lines(axes).items()
    assert label == "all: mean of 3 to 2 runs, 95 % interval" and x == [0, 1, 2, 3, 4]
    assert y == pytest.approx([0, 3, 7, 12, 12])
    wanted = mean_interval([6, 9, 21])
    (band,) = axes.collections
    corners: Any = band.get_paths()[0].vertices
    assert wanted is not None and wanted.low is not None and wanted.high is not None
    at_three = [float(high) for step, high in corners if step == 3]
    assert min(at_three) == pytest.approx(wanted.low) and max(at_three) == pytest.approx(wanted.high)
    assert axes.get_ylabel() == "coins.Ann (coins)"
    second = plot_band(runs, "tin", ax=axes, each=True)
    assert len({line.get_color() for line in second.get_lines() if line.get_gid() == "band"}) == 2
    with pytest.raises(BadInput, match=r"'coins' has 3 lines.*coins\."):
        plot_band(runs, "coins")
    with pytest.raises(BadInput, match="No run is given"):
        plot_band([], "tin")
    with pytest.raises(BadInput, match="There is no folder"):
        plot_band(tmp_path / "none", "tin")


def test_survival_over_seeds(tmp_path: Path) -> None:
    runs = [earn(0, steps, ends=ends) for steps, ends in ((9, 106), (9, 105), (3, 99), (3, 99))]
    assert [run.last_step for run in runs] == [3, 4, 3, 3]
    axes = plot_survival(runs, unit="steps", name="tins")
    drawn = lines(axes)
    assert drawn["tins (4 runs)"] == ([0, 3, 4], [1, 0.75, 0])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("time (steps)", "share of runs that last longer")
    both = plot_survival([(2, True), (2, False)], ax=axes, name="pairs", level=None)
    assert len({line.get_color() for line in both.get_lines()}) == 2
    said = plot_survival(runs, of=lambda run: (run.last_step * 2, True))
    assert lines(said)["4 runs"][0] == [0, 6, 8]
    with pytest.raises(UnknownName, match=r"survival_time.*of="):
        plot_survival([Simulation([Agent("Ann", actor=Scripted(lambda view: "Hm."))]).run(1)])


def test_folders_of_seeds_are_read_in_their_order(tmp_path: Path) -> None:
    from gamemaster.report.plots.runs_given import opened

    for seed in (10, 2):
        agent = Agent("Ann", actor=Scripted(lambda view: "Hm."))
        Simulation([agent], seed=seed).run(1, archive=tmp_path / f"seed-{seed}").close()
    with opened(tmp_path) as runs:
        assert [run.seed for run in runs] == [2, 10]
    with opened(tmp_path / "seed-2") as runs:
        assert [run.seed for run in runs] == [2]
    with opened([str(tmp_path / "seed-10")]) as runs:
        assert [run.seed for run in runs] == [10]


def test_without_matplotlib_a_plot_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(BadInput, match=r"pip install 'gamemaster\[experiment\]'"):
        plot_network({"Ann": []})


def test_the_report_is_light_to_import() -> None:
    heavy = ("matplotlib", "pandas", "scipy", "torch")
    code = f"import sys, gamemaster.report, gamemaster.report.plots; print([n for n in {heavy} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    assert done.stdout.strip() == "[]"
