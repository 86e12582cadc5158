"""Seeds: one scenario run with many seeds at the same time, and what its metrics come to.

The one idea: each seed is a run of its own, in a process and a folder of its own (`DIR/seed-N`), made by the very command that
makes one run. So a run that fails takes no other with it, and the same command, given again with the same folder, leaves what is
finished as it is, goes on with what was stopped, and runs what is missing.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from gamemaster.cli.baseline import baseline_metrics
from gamemaster.cli.interrupted import Interrupted
from gamemaster.cli.seed_summary import estimates, print_estimates, write_estimates
from gamemaster.scenarios import Scenario
from gamemaster.simulation import Simulation, load_run
from gamemaster.words import BadInput

__all__ = ["as_options", "read_seeds", "run_seeds"]

MOST_SEEDS = 10_000


def read_seeds(text: str, first: int = 0) -> list[int]:
    """The seeds that a text names: "10" are ten, from `first` on; "1,2,5" are those, and "7," is one. Raises: BadInput."""
    if re.fullmatch(r"\s*\d+\s*", text):
        count = int(text)
        if not 1 <= count <= MOST_SEEDS:
            raise BadInput(f"--seeds {text}: that is how many; give 1 to {MOST_SEEDS}, or a list such as 1,2,3.")
        return list(range(first, first + count))
    try:
        seeds = [int(each) for each in text.split(",") if each.strip()]
    except ValueError:
        seeds = []
    if not seeds or "," not in text:
        raise BadInput(f"--seeds {text}: give how many, as in 10, or a list, as in 1,2,3.")
    if len(set(seeds)) < len(seeds):
        twice = next(seed for seed in seeds if seeds.count(seed) > 1)
        raise BadInput(f"--seeds {text}: {twice} stands there twice.")
    return seeds


def as_options(**given: Any) -> list[str]:
    """Values as options of the command line, None left out: `as_options(set=["a=1"])` is ["--set", "a=1"]."""
    options: list[str] = []
    for name, value in given.items():
        for each in cast("list[Any]", value) if isinstance(value, list) else [value]:
            if each is not None:
                options += [f"--{name.replace('_', '-')}", str(each)]
    return options


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What became of one seed: `line` is what its command printed last, `error` what went wrong, or ""."""

    seed: int
    folder: Path
    line: str
    error: str = ""


def run_seeds(
    scenario: Scenario,
    name: str,
    seeds: Sequence[int],
    folder: Path,
    *,
    simulation: Simulation,
    steps: int,
    options: Sequence[str] = (),
    limits: Sequence[str] = (),
    workers: int | None = None,
    quiet: bool = False,
) -> int:
    """Run every seed, print what the metrics come to, and return the exit code: 1 when a seed failed.

    `name` is the scenario as it was named, `simulation` one that was made of it to be looked at. `options` are those of `run`
    that all seeds share, `limits` those of `run` and `resume`. The metrics are those of the seeds that finished.
    Raises: BadInput for a folder that holds other runs; Interrupted after Ctrl-C.
    """
    from gamemaster.report import open_console

    console = open_console()
    folders = {seed: folder / f"seed-{seed}" for seed in seeds}
    commands: dict[int, list[str] | None] = {}
    for seed, where in folders.items():
        command = _command(name, seed, where, simulation, steps, options)
        commands[seed] = None if command is None else [*command, *limits]
    workers = workers or _workers(simulation, len(seeds))
    environment = _environment(workers)
    outcomes: list[_Outcome] = []
    with ThreadPoolExecutor(workers) as pool:
        waiting = [pool.submit(_run, seed, folders[seed], command, environment) for seed, command in commands.items()]
        try:
            for each in waiting:
                outcome = each.result()
                outcomes.append(outcome)
                if not quiet:
                    console.print(outcome.error or outcome.line, style="red" if outcome.error else None, soft_wrap=True)
        except KeyboardInterrupt:
            for each in waiting:
                each.cancel()
            again = f"gamemaster run {shlex.quote(name)} --seeds … --out {shlex.quote(str(folder))}"
            raise Interrupted(f"Ended by Ctrl-C; the same command goes on when it names the folder: {again}") from None
    failed = [each for each in outcomes if each.error]
    found, baseline = _metrics(scenario, [each for each in outcomes if not each.error], steps)
    summary = estimates(found)
    write_estimates(folder / "seeds.json", seeds, {each.seed: each.error for each in failed}, summary)
    print_estimates(console, summary, estimates(baseline) if baseline else None)
    told = f"{scenario.name}: {len(found)} of {len(seeds)} seeds finished; on record in {folder}"
    console.print(told, style="bold", soft_wrap=True)
    if failed:
        console.print(f"Failed: seeds {', '.join(str(each.seed) for each in failed)}", style="red", soft_wrap=True)
        if quiet:
            for each in failed:
                print(each.error, file=sys.stderr)
    return 1 if failed else 0


# --- one seed ---


def _command(name: str, seed: int, folder: Path, simulation: Simulation, steps: int, options: Sequence[str]) -> list[str] | None:
    """What is to be run for this seed, None when it is finished."""
    if not (folder.is_dir() and any(folder.iterdir())):
        return ["run", name, "--seed", str(seed), "--steps", str(steps), "--out", str(folder), "--quiet", *options]
    with load_run(folder) as run:
        recorded = (run.scenario, run.parameters, run.model, run.seed)
        wanted = (simulation.scenario["name"], simulation.scenario["parameters"], _named(simulation.model), seed)
        for what, there, here in zip(("scenario", "parameters", "model", "seed"), recorded, wanted, strict=True):
            if there != here:
                raise BadInput(
                    f"{folder} holds a run whose {what} is {there!r}, and not {here!r}; name another folder with --out."
                )
        if run.status == "finished" and (run.last_step >= steps or run.stopped_by != f"{run.last_step} steps"):
            return None
    file = [name] if Path(name).suffix else []
    return ["resume", str(folder), *file, "--steps", str(steps), "--quiet"]


def _run(seed: int, folder: Path, command: Sequence[str] | None, environment: Mapping[str, str]) -> _Outcome:
    if command is None:
        return _Outcome(seed=seed, folder=folder, line=f"seed {seed}: finished before; on record in {folder}")
    done = subprocess.run(
        [sys.executable, "-m", "gamemaster", *command], env=environment, capture_output=True, text=True, check=False
    )
    last = (done.stdout.strip() or f"seed {seed}").splitlines()[-1]
    if done.returncode == 0:
        return _Outcome(seed=seed, folder=folder, line=last)
    said = done.stderr.strip() or f"it ended with the exit code {done.returncode}"
    return _Outcome(seed=seed, folder=folder, line=last, error=f"seed {seed} failed: {said}")


def _environment(workers: int) -> dict[str, str]:
    """The processes' environment: they find this library, and share the cores among them."""
    import gamemaster

    here = str(Path(str(gamemaster.__file__)).resolve().parent.parent)
    found = dict(os.environ)
    found["PYTHONPATH"] = os.pathsep.join([here, *filter(None, [found.get("PYTHONPATH")])])
    found.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // workers)))
    return found


def _workers(simulation: Simulation, seeds: int) -> int:
    """As many as there are cores; one where a local model would be loaded by each."""
    local = any(str(each).startswith("hf:") for each in (simulation.model, *simulation.model_choices.values()))
    return 1 if local else max(1, min(seeds, os.cpu_count() or 1))


def _named(model: Any) -> str:
    return model if isinstance(model, str) else str(getattr(model, "name", model))


# --- all of them ---


def _metrics(scenario: Scenario, outcomes: Sequence[_Outcome], steps: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The metrics of each seed, and those of its null baseline where there is one."""
    found: list[dict[str, Any]] = []
    baseline: list[dict[str, Any]] = []
    for each in outcomes:
        with load_run(each.folder) as run:
            if run.status != "finished":  # a limit stopped it, and the same command goes on with it
                continue
            found.append(run.metrics)
            if (beside := baseline_metrics(scenario, run, steps)) is not None:
                baseline.append(beside)
    return found, baseline
