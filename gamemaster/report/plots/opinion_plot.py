"""plot_opinions: what agents answered to a probe, wave by wave."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING, Any

from gamemaster.record import ProbeAnswer
from gamemaster.report.plots.drawing import axes_for, finish, label, style, with_unit
from gamemaster.report.plots.time_axis import TimeUnit, on_time_axis, time_label
from gamemaster.simulation import Run
from gamemaster.words import BadInput, UnknownName

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_opinions"]

_UNUSABLE = "no usable answer"
_Answers = Sequence[tuple[int, ProbeAnswer]]


def plot_opinions(
    run: Run,
    question: str | None = None,
    *,
    probe: str | None = None,
    ax: Axes | None = None,
    x: TimeUnit = "step",
    unit: str = "",
    mean: bool = True,
) -> Axes:
    """Answers to one question of a probe: numbers as a line for each agent with their mean; choices as shares of each option.

    Where a run was asked one question only, neither `question` nor `probe` need be named. Numbers have the bounds of the
    question as axis, an answer that could not be used is a gap; of choices it is a share of its own.
    Raises: UnknownName with the questions there are; BadInput for answers in free words, which have to be coded first.
    """
    answers = _answers(run, question, probe)
    kinds = {answer.spec.kind if answer.spec is not None else "" for _, answer in answers}
    axes = axes_for(ax)
    if kinds == {"number"}:
        return _numbers(axes, run, answers, x, unit, mean)
    if kinds == {"choice"}:
        return _choices(axes, run, answers, x)
    raise BadInput(
        f"The answers to {answers[0][1].question!r} are of kind {' and '.join(sorted(kinds))}, which can't be drawn; "
        "ask for a number or a choice (ActionSpec.number, ActionSpec.choice), or code the answers first."
    )


def _answers(run: Run, question: str | None, probe: str | None) -> list[tuple[int, ProbeAnswer]]:
    found = list(run.archive.probe_answers())
    probes = dict.fromkeys(answer.probe for _, answer in found)
    if not found:
        raise BadInput("This run has no answers to probes; give the simulation probes=[Probe(…)].")
    if probe is not None:
        if probe not in probes:
            raise UnknownName.of("probe", probe, probes)
        found = [each for each in found if each[1].probe == probe]
    questions = dict.fromkeys(answer.question for _, answer in found)
    if question is None:
        if len(questions) > 1:
            raise BadInput(f"There are {len(questions)} questions; name one of: {', '.join(map(repr, questions))}.")
        question = next(iter(questions))
    elif question not in questions:
        raise UnknownName.of("question", question, questions)
    return [each for each in found if each[1].question == question]


def _numbers(axes: Any, run: Run, answers: _Answers, x: TimeUnit, unit: str, mean: bool) -> Axes:
    steps = sorted({step for step, _ in answers})
    at = on_time_axis(run, steps, x)
    names = dict.fromkeys([*run.agents, *(answer.who for _, answer in answers)])
    given = {(step, answer.who): _value(answer) for step, answer in answers}
    names = [name for name in names if any((step, name) in given for step in steps)]
    for place, name in enumerate(names):
        y = [given.get((step, name), math.nan) for step in steps]
        axes.plot(at, y, label=label(name), marker=".", linewidth=1.0, alpha=0.8, **style(place))
    if mean and len(names) > 1:
        held = [[value for name in names if not math.isnan(value := given.get((step, name), math.nan))] for step in steps]
        y = [fmean(values) if values else math.nan for values in held]
        axes.plot(at, y, label=f"mean of {len(names)} agents", color="0.2", linewidth=3, alpha=0.6)
    spec = answers[0][1].spec
    if spec is not None and spec.low is not None and spec.high is not None:
        room = 0.05 * (spec.high - spec.low)
        axes.set_ylim(spec.low - room, spec.high + room)
    lines = len(names) + (mean and len(names) > 1)
    return finish(axes, x=time_label(x), y=with_unit("answer", unit), lines=lines, whole=x == "step", title=_title(answers))


def _choices(axes: Any, run: Run, answers: _Answers, x: TimeUnit) -> Axes:
    steps = sorted({step for step, _ in answers})
    at = on_time_axis(run, steps, x)
    spec = answers[0][1].spec
    counted = {step: Counter(str(_choice(answer)) for when, answer in answers if when == step) for step in steps}
    seen = dict.fromkeys(option for each in counted.values() for option in each)
    options = list(dict.fromkeys([*(spec.options if spec is not None else ()), *seen]))
    width = 0.8 * min((after - before for before, after in pairwise(at)), default=1.0)
    below = [0.0] * len(steps)
    for place, option in enumerate(options):
        shares = [counted[step][option] / counted[step].total() for step in steps]
        colour = "0.8" if option == _UNUSABLE else style(place)["color"]
        axes.bar(at, shares, width=width, bottom=below, label=label(option), color=colour, edgecolor="white", linewidth=0.5)
        below = [one + other for one, other in zip(below, shares, strict=True)]
    axes.set_ylim(0, 1)
    asked = f"share of {counted[steps[0]].total()} answers"
    return finish(axes, x=time_label(x), y=asked, lines=max(4, len(options)), whole=x == "step", title=_title(answers))


def _title(answers: _Answers) -> str:
    """The question as it was put, with a mark where each agent's own name stood."""
    answer = answers[0][1]
    said = answer.question if answer.spec is None else answer.spec.call.replace("{name}", "[name]")
    return label(said, 70)


def _value(answer: ProbeAnswer) -> float:
    value: Any = answer.answer
    return math.nan if answer.failure is not None or not isinstance(value, int | float) else float(value)


def _choice(answer: ProbeAnswer) -> Any:
    return _UNUSABLE if answer.failure is not None or answer.answer is None else answer.answer
