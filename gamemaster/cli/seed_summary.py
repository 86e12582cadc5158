"""Seed summary: what the metrics of many runs of one scenario come to, as intervals, as a table and as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from gamemaster.experiment import Interval, mean_interval, wilson

__all__ = ["estimates", "print_estimates", "write_estimates"]


def estimates(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the metrics of some runs come to, by name: an Interval for numbers, a list of them for lists of numbers.

    Of yes and no it is the share of yes, with Wilson's interval. A run in which a metric is undefined, or a list shorter, is
    left out of that one; a metric that is nowhere a number is left out.
    """
    names = dict.fromkeys(name for metrics in runs for name in metrics)
    found: dict[str, Any] = {}
    for name in names:
        values = [metrics.get(name) for metrics in runs]
        if any(isinstance(value, list) for value in values):
            lists = [cast("list[Any]", value) for value in values if isinstance(value, list)]
            longest = max(map(len, lists), default=0)
            items = [_estimate([each[at] for each in lists if at < len(each)]) for at in range(longest)]
            if any(item is not None for item in items):
                found[name] = items
        elif (interval := _estimate(values)) is not None:
            found[name] = interval
    return found


def _estimate(values: Sequence[Any]) -> Interval | None:
    numbers = [value for value in values if isinstance(value, bool | int | float)]
    if numbers and all(isinstance(value, bool) for value in numbers):
        return wilson(int(sum(numbers)), len(numbers))
    return mean_interval([float(value) for value in numbers])


def write_estimates(file: Path, seeds: Sequence[int], failed: Mapping[int, str], summary: Mapping[str, Any]) -> None:
    """Write them as JSON, with the seeds and what went wrong by seed."""

    def plain(value: Any) -> Any:
        if isinstance(value, list):
            return [plain(each) for each in cast("list[Any]", value)]
        if isinstance(value, Interval):
            return {"mean": value.mean, "low": value.low, "high": value.high, "n": value.n}
        return value

    text = {
        "seeds": list(seeds),
        "failed": {str(seed): error for seed, error in failed.items()},
        "level": 0.95,
        "metrics": {name: plain(value) for name, value in summary.items()},
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(text, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def print_estimates(console: Any, summary: Mapping[str, Any], baseline: Mapping[str, Any] | None) -> None:
    """Print them as a table, beside the means of the null baseline where there are any."""
    from rich.table import Table
    from rich.text import Text

    from gamemaster.report.terminal import clean

    if not summary:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(Text("Metrics", style="bold not dim"))
    for heading in ("mean", "95 % interval", "runs", *(["baseline"] if baseline is not None else [])):
        table.add_column(heading, justify="right", overflow="fold")
    for name, value in summary.items():
        row = [_mean(value), _range(value), _count(value)]
        if baseline is not None:
            row.append(_mean(baseline.get(name)))
        table.add_row(Text(clean(name)), *row)
    console.print()
    console.print(table)
    console.print()


def _mean(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_mean(each) for each in cast("list[Any]", value))
    return f"{value.mean:.4g}" if isinstance(value, Interval) else "–"


def _range(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_half(each) for each in cast("list[Any]", value))
    if not isinstance(value, Interval) or value.low is None or value.high is None:
        return "–"
    return f"{value.low:.4g} … {value.high:.4g}"


def _half(value: Any) -> str:
    return f"±{value.high - value.mean:.3g}" if isinstance(value, Interval) and value.high is not None else "–"


def _count(value: Any) -> str:
    if isinstance(value, list):
        counts = [each.n if isinstance(each, Interval) else 0 for each in cast("list[Any]", value)]
        return str(counts[0]) if len(set(counts)) == 1 else f"{max(counts)} … {min(counts)}"
    return str(value.n) if isinstance(value, Interval) else "0"
