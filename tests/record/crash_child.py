"""A small run in a process of its own, which kills itself at a named point: python crash_child.py FOLDER POINT NTH ASKED.

It resumes when the folder holds a run. Every request that reaches the model, and every answer that was handed on, is
written to the file ASKED, by the operating system at once, as a line of "ask KEY" or "got KEY".
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from gamemaster.language.prompt import Prompt
from gamemaster.language.request import Answer, Request, TextRequest
from gamemaster.record import Archive, Measure, Recorded, StepRecord
from gamemaster.words import CallKey, Event, JsonValue, Section

STEPS = 4
PEOPLE = ("Ann", "Bob", "Cat")


class Log:
    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(self, line: str) -> None:
        os.write(self._file, f"{line}\n".encode())


class Model:
    name = "counted"
    deterministic = True
    fingerprint: dict[str, str] = {}

    def __init__(self, log: Log) -> None:
        self._log = log

    async def answer(self, request: Request) -> Answer:
        self._log.write(f"ask {request.key}")
        await asyncio.sleep(0)
        return Answer(text=f"answer {request.seed % 1000}")


def request(step: int, who: str, index: int) -> TextRequest:
    key = CallKey(step, who, "actor", "answer", index)
    sections = [Section(label="Who", text=f"You are {who}.", changes="own"), Section(label="Now", text=f"It is step {step}.")]
    return TextRequest(prompt=Prompt.of(sections, "What next?", name=who), key=key, seed=key.seed(7))


async def run(folder: Path, log: Log, point: str, nth: int) -> None:
    if (folder / "run.sqlite").exists():
        archive = Archive.open(folder, write=True)
    else:
        archive = Archive.create(folder, configuration={"seed": 7}, environment={})
    passed = 0

    def on_point(name: str) -> None:
        nonlocal passed
        if name == point:
            passed += 1
            if passed == nth:
                os.kill(os.getpid(), signal.SIGKILL)

    archive.on_point = on_point
    model = Recorded(Model(log), archive)

    async def turn(step: int, who: str) -> str:
        words: list[str] = []
        for index in range(2):
            asked = request(step, who, index)
            words.append((await model.answer(asked)).text)
            log.write(f"got {asked.key}")
        return " ".join(words)

    last = archive.last_step
    world: dict[str, JsonValue] = {} if last is None else archive.states()["world"][1]
    for step in range(0 if last is None else last + 1, STEPS + 1):
        texts = await asyncio.gather(*(turn(step, who) for who in PEOPLE))
        events = [
            Event(id=f"{step}/event/{n}", step=step, time=float(step), kind="act", actor=who, text=text)
            for n, (who, text) in enumerate(zip(PEOPLE, texts, strict=True))
        ]
        world = {**world, f"told {step}": [*texts]}
        await archive.commit(
            StepRecord(
                step=step,
                time=float(step),
                events=events,
                states={"world": (1, world)},
                measures=[Measure(name="words", value=len(texts))],
            )
        )
    archive.finish("finished", stopped_by="steps")
    archive.close()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), Log(Path(sys.argv[4])), sys.argv[2], int(sys.argv[3])))
