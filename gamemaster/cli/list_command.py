"""gamemaster list: the scenarios there are, and what one of them can be told."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args, get_origin

import typer

__all__ = ["list_"]


def list_(
    name: Annotated[str | None, typer.Argument(metavar="[NAME|FILE]", help="Show the parameters of this one.")] = None,
) -> int:
    """List the scenarios, or the parameters of one."""
    from rich.table import Table
    from rich.text import Text

    from gamemaster.report.terminal import clean, open_console
    from gamemaster.scenarios import find_scenario, list_scenarios

    console = open_console()
    if name is not None:
        _print_one(console, find_scenario(name))
        return 0
    found = list_scenarios()
    if not found:
        console.print("No scenario is installed; run a file: gamemaster run FILE.py")
        return 0
    table = Table.grid(padding=(0, 2, 0, 0))
    for scenario in found.values():
        table.add_row(Text(scenario.name, style="bold"), Text(clean(scenario.description)))
    console.print(table)
    return 0


def _print_one(console: Any, scenario: Any) -> None:
    from rich.table import Table
    from rich.text import Text

    from gamemaster.report.terminal import clean

    console.print(Text(clean(scenario.name), style="bold").append(f"  {clean(scenario.description)}", style="not bold"))
    if scenario.source:
        console.print(f"source: {clean(scenario.source)}")
    steps = scenario.steps if isinstance(scenario.steps, int) else scenario.steps_of({})
    console.print(f"steps: {steps}" + ("" if isinstance(scenario.steps, int) else " (by its parameters)"))
    console.print(f"policies: {', '.join(sorted({*scenario.policies, 'random'}))}")
    if scenario.baseline:
        console.print("baseline: " + ", ".join(f"{key}={value}" for key, value in scenario.baseline.items()))
    console.print()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("parameter", "type", "default", "bounds", ""):
        table.add_column(heading)
    for key, field in scenario.parameters.model_fields.items():
        default = "required" if field.is_required() else _default(field.get_default(call_default_factory=True))
        row = (key, type_name(field.annotation), default, bounds(field), field.description or "")
        table.add_row(*(Text(clean(each), style="bold" if at == 0 else "") for at, each in enumerate(row)))
    console.print(table)
    console.print()
    console.print(f"gamemaster run {clean(scenario.name)} --set KEY=VALUE")


def type_name(annotation: Any) -> str:
    """A type as somebody who types values wants to know it."""
    from gamemaster.cli.settings import without_none
    from gamemaster.scenarios import PolicySpec

    kinds, _ = without_none(annotation)
    if len(kinds) > 1:
        return " or ".join(type_name(kind) for kind in kinds)
    kind = kinds[0]
    if get_origin(kind) is Literal:
        return "|".join(str(each) for each in get_args(kind))
    named = {bool: "true|false", int: "whole number", float: "number", str: "text", PolicySpec: "policy"}
    if kind in named:
        return named[kind]
    if get_origin(kind) in (list, tuple):
        inner = [each for each in get_args(kind) if each is not Ellipsis]
        return f"list of {type_name(inner[0])}" if inner else "list"
    if get_origin(kind) is dict:
        return "by name"
    return str(getattr(kind, "__name__", kind))


def bounds(field: Any) -> str:
    """What a field's value must hold to, as in ">= 1, <= 100"."""
    signs = {
        "ge": ">=",
        "gt": ">",
        "le": "<=",
        "lt": "<",
        "multiple_of": "multiple of",
        "min_length": "length >=",
        "max_length": "length <=",
    }
    found: list[str] = []
    for rule in field.metadata:
        found += [f"{sign} {getattr(rule, name)}" for name, sign in signs.items() if getattr(rule, name, None) is not None]
    return ", ".join(found)


def _default(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value in ("", {}, [], ()):
        return "–"
    return str(value)
