"""Dry run: what a run would be and cost, without asking a model or writing anything."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gamemaster.report.terminal import clean
from gamemaster.simulation import Simulation
from gamemaster.simulation.rehearsal import rehearse

__all__ = ["print_dry_run"]

_CHARACTERS_A_TOKEN = 4


def print_dry_run(console: Console, simulation: Simulation, steps: int) -> None:
    """Print agents and components, world and schedule, the size of each agent's first prompts, and the estimate."""
    gm = simulation.game_master
    console.print(Text("A dry run: nothing is asked, nothing is written.", style="bold"))
    console.print()
    sizes = _first_prompts(simulation, steps)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("agent", "answers by", "first prompts", "components"):
        table.add_column(heading, justify="right" if heading == "first prompts" else "left")
    for agent in simulation.agents:
        size = sizes.get(agent.name)
        shown = "none" if size is None else f"{size[0]} of {size[1]} tokens"
        components = ", ".join(component.name for component in agent.components) or "none"
        table.add_row(*(Text(clean(each)) for each in (agent.name, type(agent.actor).__name__, shown, components)))
    console.print(table)
    console.print()
    world = "no world (a story)" if gm.world is None else f"the world {type(gm.world).__name__}"
    for each in simulation.game_masters:
        console.print(Text(clean(f"{each.name}: {world}, grounding by {type(each.grounding).__name__}")))
    if gm.world is not None:
        console.print(Text(clean(f"actions: {', '.join(gm.world.definitions) or 'none'}")))
    console.print(Text(clean(f"schedule: {type(simulation.schedule).__name__}; starts at {simulation.moment}")))
    model = simulation.model if isinstance(simulation.model, str) else simulation.model.name
    console.print(Text(clean(f"model: {model}; seed: {simulation.seed}")))
    console.print()
    console.print(Text(clean(str(simulation.estimate(steps)))))


def _first_prompts(simulation: Simulation, steps: int) -> dict[str, tuple[int, int]]:
    """(how many, tokens in all) of each agent's prompts in the first step in which a model is asked for it."""
    first: dict[str, int] = {}
    sizes: dict[str, tuple[int, int]] = {}
    for request in rehearse(simulation, max(1, min(steps, len(simulation.agents)))).requests:
        key = request.key
        if key.step > 0 and first.setdefault(key.who, key.step) == key.step:
            count, tokens = sizes.get(key.who, (0, 0))
            sizes[key.who] = (count + 1, tokens + -(-len(request.prompt.text) // _CHARACTERS_A_TOKEN))
    return sizes
