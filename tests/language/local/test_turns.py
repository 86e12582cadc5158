"""The engines take a turn on their device for every pass, and an embedder for every batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

import pytest
import torch

from gamemaster.language import Sampling
from gamemaster.language.device_turns import DeviceTurns
from gamemaster.language.local.engine import Engine
from gamemaster.language.local.job import ChoiceJob, Job, Outcome, TextJob
from gamemaster.language.local.plain import PlainEngine
from gamemaster.language.local.runner import devices_of

JOBS: list[Job] = [
    TextJob(ids=(1, 2, 3), seed=0, sampling=Sampling(temperature=0), room=4),
    ChoiceJob(ids=(4, 5, 6), options=((7,), (8, 9))),
]


class Counted(DeviceTurns):
    """Turns that know how many were had, and whether one is held."""

    had = 0
    held = False

    def __enter__(self) -> None:
        super().__enter__()
        self.had, self.held = self.had + 1, True

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.held = False
        super().__exit__(kind, error, trace)


def watched(model: Any, turns: Counted, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether a turn was held at each forward pass of `model`."""
    seen: list[bool] = []
    forward = model.forward

    def looked(*given: Any, **more: Any) -> Any:
        seen.append(turns.held)
        return forward(*given, **more)

    monkeypatch.setattr(model, "forward", looked)
    return seen


def test_the_own_engine_has_a_turn_for_each_pass(
    engine_of: Callable[..., Engine], outcomes: Callable[[Any, Sequence[Job]], list[Outcome]], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engine_of()
    engine.runner.turns = turns = Counted()
    seen = watched(engine.runner.model, turns, monkeypatch)
    outcomes(engine, JOBS)
    assert len(seen) >= 6
    assert all(seen)
    assert turns.had == len(seen)


def test_the_plain_engine_too(
    model_of: Callable[[str], Any],
    outcomes: Callable[[Any, Sequence[Job]], list[Outcome]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turns = Counted()
    monkeypatch.setattr("gamemaster.language.local.plain.turns_on", lambda *_: turns)
    engine = PlainEngine(model_of("mamba"), [])
    seen = watched(engine.model, turns, monkeypatch)
    outcomes(engine, JOBS)
    assert all(seen)
    assert turns.had == len(seen) > 0


def test_an_embedder_has_a_turn_for_each_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    from gamemaster.language.embedder_sentence_transformer import SentenceTransformerEmbedder

    turns = Counted()
    monkeypatch.setattr("gamemaster.language.embedder_sentence_transformer.turns_on", lambda *_: turns)
    embedder = SentenceTransformerEmbedder("all-MiniLM-L6-v2")
    before = turns.had
    embedder.embed(["apples", "a longer text about apples and bread"])
    assert turns.had == before + 2
    assert not turns.held


@pytest.mark.parametrize(
    ("placed", "devices"),
    [
        (None, ["cpu"]),
        ({"": "cpu"}, ["cpu"]),
        ({"": torch.device("cpu")}, ["cpu"]),
        ({"model.layers.0": 0, "model.layers.1": 1, "lm_head": "cpu"}, ["cpu", "cuda:0", "cuda:1"]),
        ({"": torch.device("cuda")}, ["cpu", "cuda:0"]),
    ],
)
def test_the_devices_of_a_model(
    placed: dict[str, Any] | None, devices: list[str], model_of: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_of("llama"), "hf_device_map", placed, raising=False)
    assert devices_of(model_of("llama")) == devices
