"""Survey: what agents answered to probes, as a table; long, a row an answer, or wide, a row an agent.

The one idea: a wave is one asking of a probe. The first time that a probe was asked is its wave 1, whatever the step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeAlias

from gamemaster.record.exports.sheet import ExportColumn, Sheet, columns
from gamemaster.record.json_text import to_json
from gamemaster.record.read_rows import read_probe_answer
from gamemaster.record.reading import Reading
from gamemaster.record.schema import PROBE_ANSWERS
from gamemaster.record.step_record import ProbeAnswer
from gamemaster.record.stored import Stored
from gamemaster.record.table import query

__all__ = ["survey", "survey_wide"]

_LARGEST = 10**300  # what is beyond it is told as text: a column of numbers holds no more

Asked: TypeAlias = tuple[str, str, int]
"""The probe, the question, and the step."""


def survey(archive: Reading) -> Sheet:
    """A row an answer, in the order of asking: `answer` as text, `number` where it is one, `failure` where there is none."""

    def rows() -> Iterator[list[Any]]:
        waves = _Waves()
        for step, each in archive.probe_answers():
            failure = None if each.failure is None else each.failure.reason
            answer = each.answer
            number = float(answer) if _is_number(answer) else None
            yield [step, each.probe, waves.of(each.probe, step), each.who, each.question, _as_text(answer), number, failure]

    held = "step:int probe wave:int agent question answer number:real failure"
    return Sheet(name="survey", columns=columns(held), rows=rows())


def survey_wide(archive: Reading) -> Sheet:
    """A row an agent, by name; a column for each question and wave, named "probe/question/wave", in the order of asking.

    A column holds numbers where all its answers are numbers, else text; where there was no usable answer there is nothing.
    Costs two passes, and the memory of one agent's answers.
    """
    waves = _Waves()
    numeric: dict[Asked, bool] = {}
    for step, each, question in _answers(archive, "step, n"):
        key = (each.probe, question, step)
        waves.of(each.probe, step)
        fits = each.answer is None or _is_number(each.answer)
        numeric[key] = numeric.get(key, True) and fits
    named = _names(list(numeric), waves)
    held = [ExportColumn("agent"), *(ExportColumn(named[key], "real" if fits else "text") for key, fits in numeric.items())]

    def rows() -> Iterator[list[Any]]:
        who: str | None = None
        found: dict[Asked, Any] = {}
        for step, each, question in _answers(archive, "who, step, n"):
            if who is not None and each.who != who:
                yield [who, *(found.get(key) for key in numeric)]
                found = {}
            who, key = each.who, (each.probe, question, step)
            found[key] = each.answer if numeric[key] else _as_text(each.answer)
        if who is not None:
            yield [who, *(found.get(key) for key in numeric)]

    return Sheet(name="survey_wide", columns=held, rows=rows())


class _Waves:
    """Numbers the steps in which each probe was asked, as they come."""

    def __init__(self) -> None:
        self._steps: dict[str, dict[int, int]] = {}

    def of(self, probe: str, step: int) -> int:
        steps = self._steps.setdefault(probe, {})
        return steps.setdefault(step, len(steps) + 1)


def _answers(archive: Reading, order: str) -> Iterator[tuple[int, ProbeAnswer, str]]:
    """Step, answer and question; one that was asked twice at once is told apart by a number."""
    connection = archive.reader()
    stored = Stored(connection)
    at: tuple[str, int] | None = None
    asked: Counter[tuple[str, str, str]] = Counter()
    for row in query(connection, f"{PROBE_ANSWERS.select} ORDER BY {order}"):
        each = read_probe_answer(PROBE_ANSWERS.checked(row), stored)
        here = (each.who if order.startswith("who") else "", row[0])
        if here != at:
            at = here
            asked.clear()
        key = (each.who, each.probe, each.question)
        asked[key] += 1
        yield row[0], each, each.question if asked[key] == 1 else f"{each.question} #{asked[key]}"


def _names(keys: list[Asked], waves: _Waves) -> dict[Asked, str]:
    named: dict[Asked, str] = {}
    taken = {"agent", "synthetic"}
    for probe, question, step in keys:
        name = f"{probe}/{question}/{waves.of(probe, step)}"
        while name in taken:
            name += "'"
        taken.add(name)
        named[probe, question, step] = name
    return named


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST


def _as_text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else to_json(value)
