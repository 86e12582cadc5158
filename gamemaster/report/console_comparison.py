"""A comparison as the console shows it: what was pinned differently, where the runs part, and both futures side by side."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gamemaster.report.comparing import Comparison, Pinned, Side
from gamemaster.report.comparing_rows import Parting
from gamemaster.report.side_by_side import around, side_by_side
from gamemaster.report.summary import Change
from gamemaster.report.terminal import clean
from gamemaster.simulation import Run
from gamemaster.simulation.run import line
from gamemaster.words import one_line

__all__ = ["print_comparison"]

_WIDTH = 80
"""Where no terminal says how wide it is."""
_ROWS = 20
_PIECE = 160
"""How many characters of a text that differs are shown."""
_BEGINNING = 40
_EVENTS = 200
"""How many events of a step are set side by side."""

_WHAT = {"asks": "who was asked", "calls": "prompts and answers", "phases": "phases of the run"}


def print_comparison(console: Console, found: Comparison, first: Run, second: Run) -> None:
    """Print where two runs part, no wider than the terminal, and than 80 columns where there is none."""
    width = min(console.width, 160) if console.is_terminal else _WIDTH
    names = _names(found)
    for name, side in zip(("first", "second"), (found.first, found.second), strict=True):
        console.print(Text(f"{name:8}", style="bold").append(_side(side), style="not bold"), width=width, soft_wrap=False)
    _print_pinned(console, "Made from", [each for each in found.pinned if each.made_from], names, width)
    _print_pinned(console, "Made with", [each for each in found.pinned if not each.made_from], names, width)
    console.print()
    console.print(Text(_verdict(found), style="bold"), width=width, soft_wrap=False)
    if found.partings:
        _print_partings(console, found, width)
        _print_differences(console, found.partings[0], names, width)
        _print_events(console, found, first, second, names, width)
        _print_world(console, found, names, width)
    _print_metrics(console, found, names, width)
    _print_way_on(console, found)


def _names(found: Comparison) -> tuple[str, str]:
    """What the columns are called: the folders without what their paths share, or "first" and "second"."""
    if found.first.folder is None or found.second.folder is None:
        return "first", "second"
    one, other = Path(found.first.folder).parts, Path(found.second.folder).parts
    shared = sum(1 for _ in takewhile(lambda parts: parts[0] == parts[1], zip(one, other, strict=False)))
    names = "/".join(one[shared:]), "/".join(other[shared:])
    return names if all(names) else ("first", "second")


def _side(side: Side) -> str:
    ended = "not finished" if side.status == "running" else side.status
    why = f" ({one_line(side.stopped_by)})" if side.stopped_by else ""
    return clean(f"{side.folder or 'in memory'}: {side.scenario or 'run'}, seed {side.seed}, {side.steps} steps, {ended}{why}")


def _verdict(found: Comparison) -> str:
    if found.common < 0:
        return "One of them has no committed step: there is nothing to compare."
    if found.partings:
        return f"They part in step {found.partings[0].step}."
    if found.same:
        return f"The same run, steps 0 to {found.common}."
    if found.first.steps != found.second.steps:
        longer = "second" if found.second.steps > found.first.steps else "first"
        return f"The same up to step {found.common}; the {longer} goes on."
    return f"The same happened in steps 0 to {found.common}."


def _print_pinned(console: Console, title: str, pinned: Sequence[Pinned], names: tuple[str, str], width: int) -> None:
    if not pinned:
        return
    table = _table(f"{title}, differently", names, width)
    for each in pinned[:_ROWS]:
        table.add_row(Text(clean(one_line(each.what))), *_pair(each.first, each.second))
    _print(console, table, len(pinned), width)


def _print_partings(console: Console, found: Comparison, width: int) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False, width=width)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for each in found.partings:
        table.add_row(Text(_WHAT.get(each.what, each.what)), Text(f"step {each.step}"), Text(clean(one_line(_first(each)))))
    console.print(table, width=width, soft_wrap=False)
    if found.alike:
        same = ", ".join(_WHAT.get(each, each) for each in found.alike)
        console.print(Text(f"The same in all common steps: {same}", style="dim"), width=width, soft_wrap=False)


def _first(parting: Parting) -> str:
    if parting.only:
        return f"{parting.row}: only in the {parting.only}"
    return f"{parting.row}: {', '.join(each.where for each in parting.differences)}"


def _print_differences(console: Console, parting: Parting, names: tuple[str, str], width: int) -> None:
    """What differs in the row in which they part."""
    if not parting.differences:
        return
    console.print()
    title = f"The first difference: {_WHAT.get(parting.what, parting.what)}, step {parting.step}, {parting.row}"
    console.print(Text(clean(one_line(title)), style="bold"), width=width, soft_wrap=False)
    # What an event changed is shown as the places of the world below.
    for each in [each for each in parting.differences if each.where != "change"][:6]:
        one, other = around(each.expected, each.got, _PIECE)
        console.print(Text(clean(one_line(each.where)), style="cyan"), width=width, soft_wrap=False)
        console.print(side_by_side([one], [other], names, width=width), width=width, soft_wrap=False)


def _print_events(console: Console, found: Comparison, first: Run, second: Run, names: tuple[str, str], width: int) -> None:
    """What happened in the step in which the events part."""
    parting = found.parting("events")
    if parting is None:
        return
    console.print()
    console.print(Text(f"What happened in step {parting.step}", style="bold"), width=width, soft_wrap=False)
    shown = side_by_side(_happened(first, parting.step), _happened(second, parting.step), names, width=width)
    console.print(shown, width=width, soft_wrap=False)


def _happened(run: Run, step: int) -> list[str]:
    events = islice((event for event in run.archive.events(step=step) if event.text), _EVENTS)
    return [clean(line(event)) for event in events]


def _print_world(console: Console, found: Comparison, names: tuple[str, str], width: int) -> None:
    changes: Sequence[Change] = found.world
    if not changes:
        return
    table = _table(f"The world after step {found.step}", names, width)
    for each in changes[:_ROWS]:
        table.add_row(Text(clean(one_line(each.place))), *_pair(each.start, each.end))
    _print(console, table, len(changes), width)


def _print_metrics(console: Console, found: Comparison, names: tuple[str, str], width: int) -> None:
    if not found.metrics:
        return
    table = _table("Metrics that differ", names, width)
    for name, (one, other) in list(found.metrics.items())[:_ROWS]:
        table.add_row(Text(clean(one_line(name))), *_pair(one, other))
    _print(console, table, len(found.metrics), width)


def _print_way_on(console: Console, found: Comparison) -> None:
    """How to ask where the first event that differs came from."""
    parting = found.parting("events")
    if parting is None:
        return
    console.print()
    for name, side in (("first", found.first), ("second", found.second)):
        if side.folder is not None and parting.only in ("", name):
            command = f"Look further: gamemaster show {shlex.quote(side.folder)} --why {shlex.quote(parting.row)}"
            console.print(Text(clean(command)), soft_wrap=True)  # to be copied, so never broken


def _table(title: str, names: tuple[str, str], width: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", width=width)
    table.add_column(Text(title, style="bold not dim"), max_width=width * 2 // 5, overflow="fold")
    for name in names:
        table.add_column(Text(clean(one_line(name)), overflow="ellipsis", no_wrap=True), ratio=1, overflow="fold")
    return table


def _print(console: Console, table: Table, rows: int, width: int) -> None:
    console.print()
    console.print(table, width=width, soft_wrap=False)
    if rows > _ROWS:
        console.print(Text(f"… and {rows - _ROWS} more; --json shows all", style="dim"))


def _pair(first: Any, second: Any) -> tuple[Text, Text]:
    """Both values, long ones from shortly before they part; of what only one has, the beginning."""
    texts = around(_said(first), _said(second), _BEGINNING if first is None or second is None else _PIECE // 2)
    return Text(texts[0]), Text(texts[1])


def _said(value: Any) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
