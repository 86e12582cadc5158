"""What calls took of models that run here: on record beside them, and no fact of the run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gamemaster import Agent, Simulation, load_run
from gamemaster.language import Answer, Request, Usage
from gamemaster.record import verify
from gamemaster.testing import HashEmbedder
from tests.simulation.test_same_seed import exported


class Counts:
    """A model that runs here: says what each answer took, and counts."""

    name, deterministic = "counts", True
    fingerprint: Mapping[str, str] = {}

    def __init__(self, took: float) -> None:
        self.took = took
        self.statistics: dict[str, float] = {"requests": 100}

    async def answer(self, request: Request) -> Answer:
        self.statistics["requests"] += 1
        return Answer(text="I wait.", usage=Usage(prompt_tokens=9, answer_tokens=2, queued=0.25, worked=self.took, rows=4))


def crowd(took: float = 1.5) -> Simulation:
    return Simulation([Agent("Ann"), Agent("Bob")], model=Counts(took), embedder=HashEmbedder())


def test_each_call_has_its_row_and_the_run_the_sums(tmp_path: Path) -> None:
    crowd().run(2, archive=tmp_path / "run").close()
    with load_run(tmp_path / "run") as run:
        work = list(run.archive.work())
        assert [(each.key.step, each.key.who, each.queued, each.worked, each.rows) for each in work] == [
            (step, name, 0.25, 1.5, 4) for step in (1, 2) for name in ("Ann", "Bob")
        ]
        assert run.archive.statistics == {"counts": {"requests": 4}}, "what it did before this run is not the run's"
        assert [row["worked"] for row in run.table("work")] == [1.5] * 4
        assert verify(run.archive) == []
        forked = run.fork(1, tmp_path / "fork", simulation=crowd(), steps=1)
        assert len(list(forked.archive.work())) == 2


def test_it_is_no_fact_of_the_run() -> None:
    assert exported(crowd(1.5).run(2)) == exported(crowd(99.0).run(2))


def test_models_elsewhere_have_none() -> None:
    run = crowd(0.0)
    model: Any = run.model
    del model.statistics

    async def answer(request: Request) -> Answer:
        return Answer(text="I wait.")

    model.answer = answer
    done = run.run(1)
    assert list(done.archive.work()) == []
    assert done.archive.statistics == {}
