"""The canonical export: the same bytes for the same run, whatever the process, the clock, the cost and the order of arrival."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from gamemaster.language.request import Answer, TextRequest, Usage
from gamemaster.record import Archive, CallRecord, StepRecord

ROOT = Path(__file__).parents[2]
Ask = Callable[..., TextRequest]
Export = Callable[[Archive], bytes]

SCRIPT = """
import asyncio, copy, sys
from gamemaster.language.prompt import Prompt
from gamemaster.language.request import Answer, TextRequest
from gamemaster.record import Archive, CallRecord, StepRecord, canonical_export
from gamemaster.words import CallKey, Event, Section

async def run(archive):
    world = {f"key {n}": {"a": n, "b": [n]} for n in range(60)}
    for step in range(6):
        calls = []
        for who in ("Ann", "Bob"):
            key = CallKey(step, who, "actor", "answer")
            prompt = Prompt.of([Section(label=who, text=f"Step {step}")], "What?", name=who)
            calls.append(CallRecord(request=TextRequest(prompt=prompt, key=key, seed=1), answer=Answer(text="x"), model="m"))
        await asyncio.gather(*(archive.record_call(call) for call in calls))
        if step:
            for n in range(step, 60, 7):
                world.pop(f"key {n}", None)
                world[f"new {step} {n}"] = {"c": step, "a": 1, "b": [n, n]}
        world["key 0"]["b"] = list(range(step))
        witnesses = tuple(sorted({"Ann", "Bob"}))
        event = Event(id=f"{step}/event/0", step=step, time=1.5, kind="act", actor="Ann", text="é", witnesses=witnesses)
        await archive.commit(StepRecord(step=step, events=[event], states={"world": (1, copy.deepcopy(world))}))

archive = Archive.create(sys.argv[1] if len(sys.argv) > 1 else None, configuration={"z": 1, "a": 2}, environment={})
asyncio.run(run(archive))
canonical_export(archive, sys.stdout.buffer)
archive.close()
"""


def exported_by(hash_seed: str, *arguments: str) -> bytes:
    environment = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", SCRIPT, *arguments], cwd=ROOT, env=environment, capture_output=True, check=True)
    return done.stdout


def test_processes_with_other_hash_seeds_give_the_same_bytes(tmp_path: Path) -> None:
    in_file = exported_by("1", str(tmp_path / "run"))
    assert in_file == exported_by("2")
    lines = [json.loads(line) for line in in_file.decode().splitlines()]
    assert lines[0]["synthetic"] is True
    assert {line["kind"] for line in lines if line["table"] == "changes"} == {"patch"}


def fill(archive: Archive, ask: Ask, *, order: int, clock: float, reused: int) -> None:
    async def run() -> None:
        for step in range(2):
            for who in ["Ann", "Bob", "Cat"][::order]:
                answer = Answer(text=who, usage=Usage(prompt_tokens=9, reused_tokens=reused, asked=reused % 2))
                await archive.record_call(
                    CallRecord(request=ask(step, who), answer=answer, model="m", started=clock, ended=clock)
                )
            await archive.commit(StepRecord(step=step, time=step * 60))

    asyncio.run(run())


def test_clock_cost_environment_and_order_of_arrival_are_left_out(ask: Ask, export: Export) -> None:
    one = Archive.create(None, configuration={"a": 1, "b": 2}, environment={"host": "x"})
    other = Archive.create(None, configuration={"b": 2, "a": 1}, environment={"host": "y"})
    fill(one, ask, order=1, clock=1.0, reused=0)
    fill(other, ask, order=-1, clock=2.0, reused=5)
    assert export(one) == export(other)
    assert [step.digest for step in one.steps] == [step.digest for step in other.steps]


def test_a_step_that_was_not_committed_is_left_out(ask: Ask, export: Export) -> None:
    archive = Archive.create(None, configuration={}, environment={})
    fill(archive, ask, order=1, clock=1.0, reused=0)
    before = export(archive)
    asyncio.run(archive.record_call(CallRecord(request=ask(2, text="New."), answer=Answer(text="x"), model="m")))
    assert len(list(archive.calls())) == 7
    assert export(archive) == before


def test_lines_have_their_table_and_sorted_names(ask: Ask, export: Export) -> None:
    archive = Archive.create(None, configuration={"ü": "é"}, environment={})
    fill(archive, ask, order=1, clock=1.0, reused=0)
    text = export(archive).decode()
    assert '"configuration":{"ü":"é"}' in text
    lines = [json.loads(line) for line in text.splitlines()]
    assert all(list(line) == sorted(line) for line in lines)
    assert [line["table"] for line in lines] == ["run", *["sections"] * 3, *["steps"] * 2, *["calls"] * 6]
    assert not {"started", "prompt_tokens", "committed", "environment"} & {name for line in lines for name in line}
