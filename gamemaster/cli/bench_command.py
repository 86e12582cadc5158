"""gamemaster bench: what a model does here with a crowd of agents, in tokens, batches, seconds and memory."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from gamemaster.simulation import Simulation

__all__ = ["bench"]

_GROUND = (
    "The valley has a mill, an orchard and a ferry, and whoever lives in it depends on all three. Water is let into the "
    "meadows by turns, and the turns are settled in the hall. "
)


def bench(
    model: Annotated[str, typer.Option(metavar="M", help='The model: "embedded", "hf:NAME" or "hf:FOLDER".')] = "embedded",
    agents: Annotated[int, typer.Option(min=1, help="How many agents think at the same time.")] = 16,
    steps: Annotated[int, typer.Option(min=1, help="How many steps, each with a text and a choice for every agent.")] = 3,
    shared: Annotated[int, typer.Option(min=0, help="How long the part of the prompt is that all share, in characters.")] = 1600,
    seed: Annotated[int, typer.Option(help="The seed of the run.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Have a crowd of agents say something and choose something, and tell what that took of the model.

    Every agent's prompt has a part that all share, one that is its own, and one that grows. The same command on two machines,
    or with two models, can be compared; nothing is written.
    """
    from gamemaster.cli.building import load_models
    from gamemaster.report.model_work import model_work
    from gamemaster.report.terminal import clean, open_console

    simulation = _crowd(model, agents, shared, seed)
    load_models(simulation)
    before = {name: dict(each) for name, each in simulation.models.statistics().items()}
    start, cpu = time.perf_counter(), time.process_time()
    run = simulation.run(2 * steps)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
    answer: dict[str, Any] = {
        "model": run.model,
        "agents": agents,
        "steps": run.last_step,
        "seconds": round(seconds, 3),
        "cpu_seconds": round(cpu_seconds, 3),
        **run.cost,
        "failed_answers": sum(attempt.failed for attempt in run.attempts),
        "statistics": {name: each for name, each in run.archive.statistics.items() if each != before.get(name)},
    }
    if as_json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        return 0
    console = open_console()
    console.print(clean(f"{run.model}: {agents} agents, {run.last_step} steps, {seconds:.2f} s ({cpu_seconds:.2f} s of CPU)"))
    told = [("requests", f"{run.cost['requests']:,}, and {run.cost['repeats']:,} repeats that were not asked again")]
    for statistics in answer["statistics"].values():
        told = model_work(statistics, seconds=seconds)
    if not answer["statistics"]:
        told.append(("tokens", f"{run.cost['prompt_tokens']:,} of prompts, {run.cost['answer_tokens']:,} of answers"))
    width = max(len(what) for what, _ in told)
    for what, value in told:
        console.print(clean(f"  {what:<{width}}  {value}"))
    if answer["failed_answers"]:
        console.print(f"  {answer['failed_answers']} answers could not be used")
    return 0


def _crowd(model: str, count: int, shared: int, seed: int) -> Simulation:
    from gamemaster import ActionSpec, Agent, Scene, Simulation
    from gamemaster.components import Constant, Observations, Persona

    ground = (_GROUND * (shared // len(_GROUND) + 1))[:shared]
    names = [f"Neighbour {number}" for number in range(1, count + 1)]
    crowd = [
        Agent(
            name,
            [
                *([Constant(ground, label="The valley", name="valley", changes="shared")] if ground else []),
                Persona(f"{name} has lived in the valley for {10 + place} years and keeps {place % 7 + 1} hives of bees."),
                Observations(last=20),
            ],
        )
        for place, name in enumerate(names)
    ]
    speak = ActionSpec.speech("What does {name} say to the others about the water?")
    choose = ActionSpec.choice(
        "What should be done first?", ["mend the weir", "clear the ditch", "wait for rain", "call a meeting"]
    )
    hears = names[: min(4, count)]

    def following(world: Any, past: Any) -> Scene:
        spec = speak if len(past) % 2 == 0 else choose
        return Scene(f"round {len(past) // 2 + 1}", names, spec, order="simultaneous", hears=hears)

    return Simulation(crowd, scenes=following, model=model, seed=seed, max_failures=1.0)
