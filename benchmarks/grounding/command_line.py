"""The command `python -m benchmarks.grounding`: scores models and baselines on the halves, and prints a table for each."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from benchmarks.grounding.attempts import HALVES, Half, load_half
from benchmarks.grounding.baselines import most_frequent, nearest_description
from benchmarks.grounding.outcome import Outcome, grounded_all
from benchmarks.grounding.score import scores, table
from benchmarks.machine import machine
from gamemaster.language import load_embedder, load_model
from gamemaster.words import GamemasterError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Score and print: 0 when all was measured, 2 for a model that can't be loaded or a wrong option."""
    asked = _parser().parse_args(arguments)
    names: list[str] = asked.model or ["embedded"]
    halves: list[Half] = [asked.half] if asked.half else list(HALVES)
    parts: list[str] = []
    try:
        models = {name: load_model(name) for name in names}
        embedder = load_embedder()
        for half in halves:
            worlds = load_half(half)
            found = {name: asyncio.run(grounded_all(worlds, model)) for name, model in models.items()}
            columns = {name: scores(each) for name, each in found.items()}
            columns["most frequent action"] = scores(most_frequent(worlds))
            columns["nearest description"] = scores(nearest_description(worlds, embedder))
            parts.append(f"## {half}: {len(worlds)} worlds\n\n{table(columns)}")
            print(f"{parts[-1]}\n", flush=True)
            if asked.wrong and half == "dev":
                for name, each in found.items():
                    print(_wrong(name, each))
    except GamemasterError as error:
        print(error, file=sys.stderr)
        return 2
    if asked.out is not None:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text("\n\n".join([_heading(names, asked.half), *parts]) + "\n", encoding="utf-8")
        print(f"Kept in {asked.out}.")
    return 0


def _heading(names: Sequence[str], half: str | None) -> str:
    command = " ".join(["python -m benchmarks.grounding", *(f"--model {name}" for name in names)])
    command += f" --half {half}" if half else ""
    around = ", ".join(f"{what}: {value}" for what, value in machine().items())
    return (
        f"# Grounding\n\n`{command}`, {datetime.now().date().isoformat()}. {around}.\n\n"
        "Attempts with the right actions / with the right actions and arguments."
    )


def _wrong(name: str, outcomes: Sequence[Outcome]) -> str:
    lines = [f"What {name} got wrong:"]
    for each in outcomes:
        if not each.is_right:
            found, meant = ("; ".join(map(_short, calls)) or "none" for calls in (each.calls, each.item.calls))
            lines.append(f"  {each.item.category} · {each.item.text!r}\n    {found}\n    not {meant}")
    return "\n".join(lines)


def _short(call: object) -> str:
    action, arguments = getattr(call, "action", ""), getattr(call, "arguments", {})
    return f"{action}({', '.join(f'{name}={value!r}' for name, value in arguments.items())})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grounding", description=__doc__)
    parser.add_argument(
        "--model", action="append", metavar="MODEL", help='"embedded" (the default), "hf:NAME" or "hf:FOLDER"; may be given again'
    )
    parser.add_argument("--half", choices=HALVES, help="one half; without it both")
    parser.add_argument("--wrong", action="store_true", help="list what came out wrong, of the dev half only")
    parser.add_argument("--out", type=Path, metavar="FILE", help="keep the tables in this file")
    return parser
