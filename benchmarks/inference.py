"""Local inference: what an answer costs in the engine, against the same model asked by `generate()`.

Every ratio is of one process, one model and the same greedy answers, which are compared. On a CPU it is CPU time, on a GPU the
clock's. By default the model has random weights, made here; `python -m benchmarks.inference --model hf:NAME` takes another.
Nothing ends an answer but its length, so that all do the same work.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.inference_concordia import concordia_turns
from benchmarks.inference_peers import Ids, one_by_one, options_one_by_one, paged_batch, static_batches
from benchmarks.inference_town import town
from benchmarks.machine import machine
from benchmarks.measurement import Measurement, at_least, at_most
from benchmarks.table import as_markdown, heading, line
from gamemaster.language import Sampling
from gamemaster.language.hugging_face_loading import load_folder, model_folder
from gamemaster.language.local.engine import Engine
from gamemaster.language.local.job import ChoiceJob, Job, Outcome, TextJob
from gamemaster.language.local.paged import PagedLoop, Unsuited
from gamemaster.language.local.paged_engine import PagedEngine
from gamemaster.language.local.runner import Runner

__all__ = ["inference"]

_GREEDY = Sampling(temperature=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sizes:
    crowds: tuple[int, ...] = (16, 64)
    shared: int = 400
    own: int = 112
    room: int = 32
    agents: int = 16
    days: int = 2
    document: int = 300
    ragged: tuple[int, ...] = (4, 96, 8, 16, 64, 4, 12, 32, 8, 4, 80, 20, 6, 48, 10, 24)


_QUICK = _Sizes(crowds=(4,), shared=40, own=12, room=4, agents=2, days=2, document=30, ragged=(2, 8, 3, 5))


def inference(quick: bool, name: str | None = None) -> Iterator[Measurement]:
    """Ratios to one-by-one `generate()`, how many tokens were computed of those that had to be, and padded batches."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield from _measured(quick, _made(quick) if name is None else load_folder(model_folder(name.removeprefix("hf:"))).model)
        yield from _peers(quick, name)
    finally:
        torch.set_num_threads(threads)


def _measured(quick: bool, model: Any) -> Iterator[Measurement]:
    sizes = _QUICK if quick else _Sizes()
    if not Runner(model).fits:
        yield Measurement(
            what="local model", value=None, unit="x", note="the model's rows can't share a batch; nothing to compare"
        )
        return
    for crowd in sizes.crowds:
        yield from _texts(model, sizes, crowd)
    yield from _choices(model, sizes)
    yield from _growing(model, sizes)
    yield from _ragged(model, sizes)
    yield from _paged(model, sizes)
    yield Measurement(what="vLLM", value=None, unit="x", note=_about_vllm())


def _peers(quick: bool, name: str | None) -> Iterator[Measurement]:
    yield from concordia_turns(quick)
    yield from town(quick, name)


def _paged(model: Any, sizes: _Sizes) -> Iterator[Measurement]:
    """Transformers' paged batching, by its own door and by the library's, in the workload of the first row."""
    crowd = sizes.crowds[0]
    shared = _ids(sizes.shared, 1)
    prompts = [(*shared, *_ids(sizes.own, 100 + row)) for row in range(crowd)]
    jobs = [_text(prompt, sizes.room) for prompt in prompts]
    wanted, own, _ = _answers(model, jobs)
    what = f"{crowd} texts, {sizes.shared} of {sizes.shared + sizes.own} tokens shared, {sizes.room} new"
    try:
        found, seconds = _timed(model, lambda: paged_batch(model, prompts, sizes.room))
        same = sum(list(one.tokens) == other for one, other in zip(wanted, found, strict=True))
        note = f"{seconds:.2f} s against {own:.2f} s; {same} of {crowd} answers the same"
        yield Measurement(what=f"{what}: transformers' generate_batch", value=seconds / own, unit="x", note=note)
    except Exception as error:  # whatever this release makes of this model
        note = f"not run: {type(error).__name__}: {error}"
        yield Measurement(what=f"{what}: transformers' generate_batch", value=None, unit="x", note=note)
    try:
        loop = PagedLoop(model, [], rows=crowd, tokens=2048, bytes_kept=2**30)
    except Unsuited as reason:
        yield Measurement(what=f'{what}: backend="paged"', value=None, unit="x", note=f"not run: {reason}")
        return
    engine = PagedEngine(Engine(Runner(model), [], rows=crowd, tokens=2048), loop)
    answers, seconds = _timed(model, lambda: _asked(engine, jobs))
    same = sum(one.tokens == other.tokens for one, other in zip(wanted, answers, strict=True))
    note = f"{seconds:.2f} s against {own:.2f} s; {same} of {crowd} answers the same"
    yield Measurement(what=f'{what}: backend="paged"', value=seconds / own, unit="x", note=note)


def _about_vllm() -> str:
    if find_spec("vllm") is None:
        return "not run: it is not installed here"
    return "not run: it is installed, and no comparison is written; ask it through LangChain"


def _texts(model: Any, sizes: _Sizes, crowd: int) -> Iterator[Measurement]:
    shared = _ids(sizes.shared, 1)
    prompts = [(*shared, *_ids(sizes.own, 100 + row)) for row in range(crowd)]
    rooms = [sizes.room] * crowd
    jobs = [_text(prompt, sizes.room) for prompt in prompts]
    # Twice each, in turn, and the shorter time: others who use the machine crowd its caches.
    found, seconds, engine = _answers(model, jobs)
    wanted, plain = _timed(model, lambda: one_by_one(model, prompts, rooms))
    seconds = min(seconds, _answers(model, jobs)[1])
    plain = min(plain, _timed(model, lambda: one_by_one(model, prompts, rooms))[1])
    same = sum(list(each.tokens) == other for each, other in zip(found, wanted, strict=True))
    ideal = sizes.shared + crowd * (sizes.own + sizes.room - 1)
    what = f"{crowd} texts, {sizes.shared} of {sizes.shared + sizes.own} tokens shared, {sizes.room} new"
    yield _ratio(what, plain, seconds, at_least(4.5), f"{same} of {crowd} answers the same")
    yield Measurement(what=f"{what}: tokens computed", value=engine.runner.tokens / ideal, unit="of ideal", target=at_most(1.1))


def _choices(model: Any, sizes: _Sizes) -> Iterator[Measurement]:
    shared = _ids(sizes.shared, 1)
    prompts = [(*shared, *_ids(sizes.own, 100 + row)) for row in range(sizes.agents)]
    options = tuple(_ids(4, 900 + number) for number in range(4))
    jobs = [ChoiceJob(ids=prompt, options=options) for prompt in prompts]
    found, seconds, engine = _answers(model, jobs)
    wanted, plain = _timed(model, lambda: options_one_by_one(model, prompts, options))
    worst = max(abs(a - b) for one, two in zip(found, wanted, strict=True) for a, b in zip(one.scores, two, strict=True))
    what = f"{sizes.agents} choices of 4 options, {sizes.shared} of {sizes.shared + sizes.own} tokens shared"
    yield _ratio(what, plain, seconds, at_least(6), f"log-probabilities differ by {worst:.1e} at most")
    ideal = sizes.shared + sizes.agents * (sizes.own + sum(len(option) - 1 for option in options))
    yield Measurement(what=f"{what}: tokens computed", value=engine.runner.tokens / ideal, unit="of ideal", target=at_most(1.1))


def _growing(model: Any, sizes: _Sizes) -> Iterator[Measurement]:
    """Each agent has a document of its own that grows from day to day, and is asked five questions about it each day."""
    days: list[list[Ids]] = []
    ideal = 0
    for day in range(sizes.days):
        length = sizes.document + 40 * day
        documents = [_ids(length, 100 + agent) for agent in range(sizes.agents)]
        days.append([(*text, *_ids(10, 500 + question)) for text in documents for question in range(5)])
        ideal += sizes.agents * ((sizes.document if not day else 40) + 5 * (10 + 8 - 1))
    engine = Engine(Runner(model), [], rows=16, tokens=2048)

    def live() -> list[Outcome]:
        return [each for prompts in days for each in _asked(engine, [_text(prompt, 8) for prompt in prompts])]

    found, seconds = _timed(model, live)
    prompts = [prompt for day in days for prompt in day]
    wanted, plain = _timed(model, lambda: one_by_one(model, prompts, [8] * len(prompts)))
    same = sum(list(each.tokens) == other for each, other in zip(found, wanted, strict=True))
    what = f"5 questions a day on growing documents of {sizes.agents} agents, {sizes.days} days"
    yield _ratio(what, plain, seconds, at_least(5), f"{same} of {len(prompts)} answers the same")
    yield Measurement(what=f"{what}: tokens computed", value=engine.runner.tokens / ideal, unit="of ideal", target=at_most(1.1))


def _ragged(model: Any, sizes: _Sizes) -> Iterator[Measurement]:
    prompts = [_ids(64, 300 + row) for row in range(len(sizes.ragged))]
    rows = len(prompts) // 2
    jobs = [_text(prompt, room) for prompt, room in zip(prompts, sizes.ragged, strict=True)]
    found, seconds, _ = _answers(model, jobs, rows=rows)
    wanted, static = _timed(model, lambda: static_batches(model, prompts, sizes.ragged, rows=rows))
    same = sum(list(each.tokens) == other for each, other in zip(found, wanted, strict=True))
    what = f"{len(prompts)} texts of {min(sizes.ragged)} to {max(sizes.ragged)} tokens, {rows} at a time"
    note = f"against static padded batches; {same} of {len(prompts)} answers the same"
    yield _ratio(what, static, seconds, at_least(1.5), note)


def _ratio(what: str, peer: float, own: float, target: Any, note: str) -> Measurement:
    return Measurement(what=what, value=peer / own, unit="x", target=target, note=f"{peer:.2f} s against {own:.2f} s; {note}")


def _answers(model: Any, jobs: Sequence[Job], *, rows: int = 16) -> tuple[list[Outcome], float, Engine]:
    engine = Engine(Runner(model), [], rows=rows, tokens=2048)
    found, seconds = _timed(model, lambda: _asked(engine, jobs))
    return found, seconds, engine


def _asked(engine: Engine | PagedEngine, jobs: Sequence[Job]) -> list[Outcome]:
    futures: list[Future[Outcome]] = [Future() for _ in jobs]
    engine.submit_all(list(zip(jobs, futures, strict=True)))
    return [future.result() for future in futures]


def _timed(model: Any, call: Callable[[], Any]) -> tuple[Any, float]:
    import torch

    on_gpu = model.device.type == "cuda"
    clock = time.perf_counter if on_gpu else time.process_time
    if on_gpu:
        torch.cuda.synchronize()
    started = clock()
    found = call()
    if on_gpu:
        torch.cuda.synchronize()
    return found, clock() - started


def _text(ids: Ids, room: int) -> TextJob:
    return TextJob(ids=ids, seed=0, sampling=_GREEDY, room=room)


def _ids(count: int, row: int) -> Ids:
    """Token ids that look random, and are a beginning of the longer ones of the same row."""
    state = row * 7919 + 17
    found: list[int] = []
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        found.append(10 + (state >> 8) % 900)
    return tuple(found)


def _made(quick: bool) -> Any:
    """A Llama of 13 million parameters, whose weights are spread widely enough for its answers to differ."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    width = 64 if quick else 384
    config = LlamaConfig(
        vocab_size=4000,
        hidden_size=width,
        intermediate_size=width * 8 // 3,
        num_hidden_layers=2 if quick else 6,
        num_attention_heads=width // 32,
        num_key_value_heads=width // 64,
        max_position_embeddings=4096,
        initializer_range=0.1,
        tie_word_embeddings=False,
    )
    with torch.random.fork_rng():  # pyright: ignore[reportUnknownMemberType]
        torch.manual_seed(0)  # pyright: ignore[reportUnknownMemberType]
        model: Any = LlamaForCausalLM(config).eval()
    return model.to("cuda") if torch.cuda.is_available() else model


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure any model, print the table, and keep it where `--out` says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inference", description=__doc__)
    parser.add_argument("--model", metavar="hf:NAME", help="a name or folder; without it a small one with random weights")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: whether it runs, not how fast")
    parser.add_argument("--out", type=Path, metavar="FILE.md", help="a file for the table")
    asked = parser.parse_args(arguments)
    around = {**machine(), "transformers": version("transformers")}
    with suppress(OSError, AttributeError):  # not every system tells
        around["load when it began"] = f"{os.getloadavg()[0]:.1f} of {os.cpu_count()} cores"
    print(", ".join(f"{name}: {value}" for name, value in around.items()))
    print(heading())
    rows: list[Measurement] = []
    for measured in inference(asked.quick, asked.model):
        rows.append(measured.without_target() if asked.quick else measured)
        print(line("inference", rows[-1]), flush=True)
    if asked.out is not None:
        given = [*(["--model", str(asked.model)] if asked.model else []), *(["--quick"] if asked.quick else [])]
        command = " ".join(["python -m benchmarks.inference", *given])
        table = as_markdown({"inference": rows}, machine=around, date=datetime.now().date().isoformat(), command=command)
        asked.out.write_text(table, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
