"""Small models with random weights, in the shapes that the engine is to run, saved to folders and loaded from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    Gemma2Config,
    GPT2Config,
    LlamaConfig,
    MambaConfig,
    MistralConfig,
    PreTrainedTokenizerFast,
    Qwen2Config,
)

from gamemaster.language.hugging_face_loading import load_folder
from gamemaster.language.local.engine import Engine
from gamemaster.language.local.job import Job, Outcome
from gamemaster.language.local.runner import Runner

WORDS = ["Ann buys bread and apples at the market.", "Bob goes home to the inn and sleeps.", '{"item":"bread","count":12}']
# Weights as small as those of a new model make it repeat one token, which proves nothing.
WIDE: dict[str, Any] = {"initializer_range": 0.3, "tie_word_embeddings": False, "bos_token_id": None}
SMALL: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 1024,
    **WIDE,
}
SHAPES: dict[str, Callable[[], Any]] = {
    "llama": lambda: LlamaConfig(**SMALL),
    "qwen2": lambda: Qwen2Config(**SMALL, use_sliding_window=False),
    "gpt2": lambda: GPT2Config(n_embd=32, n_layer=2, n_head=4, n_positions=1024, **WIDE),
    # Windows shorter than most prompts of the tests; Gemma's alternate with full attention.
    "gemma2": lambda: Gemma2Config(**SMALL, head_dim=8, sliding_window=7, query_pre_attn_scalar=8),
    "mistral": lambda: MistralConfig(**SMALL, sliding_window=7),
    "mamba": lambda: MambaConfig(hidden_size=32, num_hidden_layers=2, state_size=8, **WIDE),
}
BATCHED = ["llama", "qwen2", "gpt2", "gemma2", "mistral"]


def make_tokenizer() -> Any:
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(WORDS * 3, trainers.BpeTrainer(vocab_size=330, special_tokens=["<end>"], initial_alphabet=alphabet))
    return PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="<end>", pad_token="<end>")


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="package")
def folder_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a shape, made when it is first asked for."""
    made: dict[str, Path] = {}

    def folder(shape: str) -> Path:
        if shape not in made:
            tokenizer = make_tokenizer()
            config = SHAPES[shape]()
            config.vocab_size = len(tokenizer)
            config.eos_token_id = config.pad_token_id = tokenizer.eos_token_id
            made[shape] = tmp_path_factory.mktemp(shape)
            with torch.random.fork_rng():
                torch.manual_seed(5)
                AutoModelForCausalLM.from_config(config).save_pretrained(made[shape])
            tokenizer.save_pretrained(made[shape])
        return made[shape]

    return folder


@pytest.fixture(scope="package")
def model_of(folder_of: Callable[[str], Path]) -> Callable[[str], Any]:
    """The transformers model of a shape, loaded as any other."""
    loaded: dict[str, Any] = {}

    def model(shape: str) -> Any:
        if shape not in loaded:
            loaded[shape] = load_folder(folder_of(shape), device="cpu").model
        return loaded[shape]

    return model


class Counted(Runner):
    """A runner that counts as any, and fails at the passes named in `breaks` (the first is 0), with that error."""

    breaks: dict[int, Exception]
    done: int

    def watch(self, breaks: dict[int, Exception] | None = None) -> None:
        self.breaks, self.done = breaks or {}, 0

    def _pass(self, *given: Any, **more: Any) -> Any:
        if hasattr(self, "breaks"):
            self.done += 1
            if (error := self.breaks.get(self.done - 1)) is not None:
                raise error
        return super()._pass(*given, **more)


@pytest.fixture
def engine_of(model_of: Callable[[str], Any]) -> Callable[..., Engine]:
    """A new engine for a shape; `ends=()` lets answers run to their full length."""

    def engine(
        shape: str = "llama", *, breaks: dict[int, Exception] | None = None, ends: Sequence[int] = (), **how: Any
    ) -> Engine:
        runner = Counted(model_of(shape))
        assert runner.fits
        runner.watch(breaks)
        return Engine(runner, ends, **how)

    return engine


def outcomes(engine: Any, jobs: Sequence[Job]) -> list[Outcome]:
    """What comes of jobs that are given at once."""
    futures: list[Future[Outcome]] = [Future() for _ in jobs]
    engine.submit_all(list(zip(jobs, futures, strict=True)))
    return [future.result(timeout=60) for future in futures]


@pytest.fixture(name="outcomes")
def outcomes_fixture() -> Callable[[Any, Sequence[Job]], list[Outcome]]:
    return outcomes


@pytest.fixture
def generated(model_of: Callable[[str], Any]) -> Callable[..., list[int]]:
    """What `generate()` gives for one prompt by itself, greedily."""

    def generate(shape: str, ids: Sequence[int], room: int, ends: Sequence[int] = ()) -> list[int]:
        given = torch.tensor([list(ids)])
        with torch.inference_mode():
            out = model_of(shape).generate(
                given,
                attention_mask=torch.ones_like(given),
                max_new_tokens=room,
                do_sample=False,
                eos_token_id=list(ends) or None,
                pad_token_id=0,
            )
        new = out[0, len(ids) :].tolist()
        return [int(each) for each in new if each not in ends]

    return generate
