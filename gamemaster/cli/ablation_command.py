"""gamemaster ablation: a scenario once as it is, and once more without each component; what that costs and changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from gamemaster.experiment.ablation import Ablation

__all__ = ["ablation"]

_CELL = 22
_CHANGES = 3


def ablation(
    scenario: Annotated[str, typer.Argument(metavar="NAME|FILE", help="A scenario's name, or a file (.py, .yaml).")],
    components: Annotated[str, typer.Option(metavar="NAME,NAME", help="Those to do without; all of them by default.")] = "",
    model: Annotated[str, typer.Option(help="embedded, or hf:NAME, or hf:FOLDER.")] = "embedded",
    steps: Annotated[int | None, typer.Option(help="How many steps; the scenario's own number by default.")] = None,
    seed: Annotated[int, typer.Option(help="The seed of everything that chance decides.")] = 0,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A parameter; see `list NAME`.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object in place of the table.")] = False,
) -> int:
    """Run a scenario without each of its components, one at a time, and show what each asks for and what changes."""
    from gamemaster.cli.building import build, load_models, read_steps
    from gamemaster.cli.settings import read_settings
    from gamemaster.experiment.ablation import ablate
    from gamemaster.scenarios import find_scenario

    found = find_scenario(scenario)
    values = read_settings(found, set_ or [])
    total = read_steps(found, values, steps)
    load_models(build(found, values, model=model, seed=seed))
    out = {each.strip() for each in str(values.get("without", "")).split(",") if each.strip()}

    def make(name: str) -> Any:
        without = ",".join([*sorted(out), name]) if name else ",".join(sorted(out))
        return build(found, {**values, "without": without}, model=model, seed=seed)

    wanted = [each.strip() for each in components.split(",") if each.strip()]
    whole, metrics, rows = ablate(make, total, wanted)
    if json_:
        told = {"whole": asdict(whole), "metrics": dict(metrics), "ablations": [asdict(each) for each in rows]}
        print(json.dumps(told, ensure_ascii=False, indent=2, default=str))
        return 0
    _print(found.name, seed, total, asdict(whole), rows)
    return 0


def _print(name: str, seed: int, steps: int, whole: Mapping[str, int], rows: list[Ablation]) -> None:
    from rich.table import Table
    from rich.text import Text

    from gamemaster.report import clean, open_console

    console = open_console()
    console.print(
        f"{clean(name)}, seed {seed}, at most {steps} steps: {whole['calls']:,} calls, {whole['prompt_tokens']:,} tokens read, "
        f"{whole['answer_tokens']:,} written."
    )
    table = Table(box=None, pad_edge=False)
    for heading in ("without", "own calls", "own tokens", "calls", "tokens", "events", "from step"):
        table.add_column(heading, justify="left" if heading == "without" else "right")
    table.add_column("what changed")
    for row in rows:
        own = row.own.prompt_tokens + row.own.answer_tokens
        if row.problem:
            table.add_row(Text(clean(row.component)), f"{row.own.calls:,}", f"{own:,}", "", "", "", "", Text(clean(row.problem)))
            continue
        tokens = row.without.prompt_tokens + row.without.answer_tokens
        first = "" if row.first is None else str(row.first)
        table.add_row(
            Text(clean(row.component)),
            f"{row.own.calls:,}",
            f"{own:,}",
            f"{row.without.calls - whole['calls']:+,}",
            f"{tokens - whole['prompt_tokens'] - whole['answer_tokens']:+,}",
            str(row.events),
            first,
            Text(clean(_changes(row))),
        )
    console.print(table)
    console.print(
        "Own: what the component itself asked for. Calls and tokens: of all, without it. Events: in one of the runs only."
    )


def _changes(row: Ablation) -> str:
    if row.first is None:
        return "nothing"
    shown = [f"{name} {_short(old)} -> {_short(new)}" for name, (old, new) in list(row.metrics.items())[:_CHANGES]]
    more = len(row.metrics) - len(shown)
    return "; ".join([*shown, *([f"{more} more"] if more > 0 else [])]) or "no metric"


def _short(value: Any) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _CELL else f"{text[: _CELL - 1]}…"
