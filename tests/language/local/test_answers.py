"""Objects, choices, thoughts and prefixes through the whole model, with random weights: nothing here is said by good sense."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import torch
from annotated_types import Ge, Le
from pydantic import BaseModel, Field
from transformers import GPTNeoConfig, LlamaConfig

from gamemaster.language import Answer, Request, Sampling, load_model
from gamemaster.language.hugging_face_model import HuggingFaceModel
from gamemaster.language.local.engine import Engine
from gamemaster.language.local.plain import PlainEngine
from gamemaster.language.local.runner import Runner
from gamemaster.language.token_text import TokenText
from gamemaster.words import BadInput

from transformers import AutoModelForCausalLM  # isort: skip

CHAT = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<end>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% if enable_thinking %}<think>\n{% endif %}{% endif %}"
)
ALWAYS = CHAT.replace("{% if enable_thinking %}<think>\n{% endif %}", "<think>\n")
LEVELS = "{% if reasoning_effort is defined %}effort: {{ reasoning_effort }}\n{% endif %}" + CHAT.replace("enable_thinking", "no")


class Offer(BaseModel):
    item: Literal["bread", "apples"]
    count: Annotated[int, Ge(0), Le(99)]
    colour: Annotated[str, Field(pattern=r"^(red|dark (blue|green))$")]
    tags: Annotated[list[Literal["a", "b"]], Field(max_length=2)]
    note: Annotated[str, Field(max_length=6)] | None


@pytest.fixture(scope="module")
def chat_folder(folder_of: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    def folder(template: str) -> Path:
        made = tmp_path_factory.mktemp("chat") / "model"
        shutil.copytree(folder_of("llama"), made)
        settings: dict[str, Any] = json.loads((made / "config.json").read_text())
        tokenizer = HuggingFaceModel(made, device="cpu")._loaded.tokenizer  # pyright: ignore[reportPrivateUsage]
        tokenizer.add_tokens(["<think>", "</think>"])
        tokenizer.chat_template = template
        tokenizer.save_pretrained(made)
        settings["vocab_size"] = len(tokenizer)
        config = LlamaConfig(**settings)
        with torch.random.fork_rng():
            torch.manual_seed(8)
            AutoModelForCausalLM.from_config(config).save_pretrained(made)
        return made

    return folder


@pytest.fixture(scope="module")
def llama(folder_of: Callable[[str], Path]) -> HuggingFaceModel:
    return HuggingFaceModel(folder_of("llama"), device="cpu", rows=4)


def together(model: Any, requests: Sequence[Request]) -> list[Answer]:
    async def ask() -> list[Answer]:
        return await asyncio.gather(*(model.answer(request) for request in requests))

    return asyncio.run(ask())


@pytest.mark.parametrize("shape", ["llama", "gemma2", "mamba"])
def test_every_object_fits_its_schema(shape: str, folder_of: Any, ask: Any) -> None:
    model = HuggingFaceModel(folder_of(shape), device="cpu", rows=3)
    assert isinstance(model.engine, PlainEngine if shape == "mamba" else Engine)
    warm = Sampling(temperature=1.0, max_tokens=100)
    requests = [ask.object(Offer, call=f"Offer {seed}.", seed=seed, sampling=warm) for seed in range(4)]
    answers = together(model, requests)
    for answer in answers:
        assert answer.failure is None, answer
        assert "\n" not in answer.text
        Offer.model_validate(answer.value)
    assert len({answer.text for answer in answers}) > 1
    assert [each.text for each in together(model, requests[:1])] == [answers[0].text]


def test_an_object_goes_on_from_its_prefix(llama: HuggingFaceModel, ask: Any) -> None:
    warm = Sampling(temperature=1.0, max_tokens=100)
    for prefix in ('{"item": "apples", "count": 7', '{"item":"apples","count":7', ' { "item" : "apples" ,"count":7'):
        (answer,) = together(llama, [ask.object(Offer, answer_prefix=prefix, sampling=warm)])
        assert answer.failure is None, answer
        assert answer.value is not None
        assert answer.value["item"] == "apples"
        assert str(answer.value["count"]).startswith("7")
        assert not answer.text.startswith("{")
    (answer,) = together(llama, [ask.object(Offer, answer_prefix="I offer", sampling=Sampling(temperature=0.0, max_tokens=8))])
    assert answer.failure


def test_an_object_that_is_cut_says_so(llama: HuggingFaceModel, ask: Any) -> None:
    (answer,) = together(llama, [ask.object(Offer, sampling=Sampling(temperature=0.0, max_tokens=5))])
    assert (answer.finish, answer.value) == ("length", None)


def test_a_schema_beyond_the_grammar_names_who_asked(llama: HuggingFaceModel, ask: Any) -> None:
    class Odd(BaseModel):
        word: Annotated[str, Field(json_schema_extra={"not": {"const": "x"}})]

    with pytest.raises(BadInput, match=r"Ann, actor .*can't be held to while an answer is written: .*not"):
        together(llama, [ask.object(Odd)])
    assert together(llama, [ask.text()])[0]  # and the model goes on


def test_a_stop_string_ends_the_answer_wherever_its_bytes_are_cut(llama: HuggingFaceModel, ask: Any) -> None:
    long = Sampling(temperature=0.0, max_tokens=40)
    (whole,) = together(llama, [ask.text(sampling=long)])
    text = whole.text
    stop = text[len(text) // 2 : len(text) // 2 + 3]
    (answer,) = together(llama, [ask.text(sampling=Sampling(temperature=0.0, max_tokens=40, stop=("never said", stop)))])
    assert answer.text == text[: text.index(stop)].strip()
    assert answer.finish == "stop"
    assert answer.usage.answer_tokens < whole.usage.answer_tokens
    ended = llama._stops(("§§§§§§",))  # pyright: ignore[reportPrivateUsage]
    tokens = llama._tokens  # pyright: ignore[reportPrivateUsage]
    assert ended is not None
    assert ended([*tokens.plain("Ann "), *tokens.plain("§§§§§§")])  # two tokens a character
    assert not ended(tokens.plain("Ann §§§§§"))


def test_choices_are_made_without_thoughts(chat_folder: Any, ask: Any) -> None:
    options = ("buys bread", "sleeps")
    for template in (CHAT, ALWAYS):
        folder = chat_folder(template)
        thinks = HuggingFaceModel(folder, device="cpu", thinking=True)
        tokens = thinks._tokens  # pyright: ignore[reportPrivateUsage]
        assert tokens.opens_thinking()
        shown = thinks._loaded.tokenizer.decode(tokens.prompt("", "Hi", at_once=True))  # pyright: ignore[reportPrivateUsage]
        assert shown == "<|user|>Hi<end><|assistant|>" + ("<think>\n\n</think>\n\n" if template == ALWAYS else "")
        (chosen,) = together(thinks, [ask.choice(*options)])
        if template == CHAT:
            (plain,) = together(HuggingFaceModel(folder, device="cpu"), [ask.choice(*options)])
            assert chosen.probabilities == pytest.approx(plain.probabilities)


def test_a_stop_string_among_thoughts_does_not_end_the_answer(chat_folder: Any) -> None:
    model = HuggingFaceModel(chat_folder(CHAT), device="cpu", thinking=True)
    tokens = model._tokens  # pyright: ignore[reportPrivateUsage]
    ended = model._stops(("bread",))  # pyright: ignore[reportPrivateUsage]
    assert ended is not None
    assert tokens.thought_ends is not None
    thought = [*tokens.plain("Is there bread?"), tokens.thought_ends]
    assert not ended(thought)
    assert not ended([*thought, *tokens.plain("Ann sleeps")])
    assert ended([*thought, *tokens.plain("Ann buys bread")])


def test_a_prefix_does_not_land_among_thoughts(chat_folder: Any, ask: Any) -> None:
    folder = chat_folder(CHAT)
    request = ask.text(answer_prefix="Ann will", sampling=Sampling(temperature=0.0, max_tokens=3))
    for thinking, wanted in ((False, "<|assistant|>Ann will"), (True, "<|assistant|><think>\n")):
        model = HuggingFaceModel(folder, device="cpu", thinking=thinking)
        prompt = model._loaded.tokenizer.decode(model._job(request).ids)  # pyright: ignore[reportPrivateUsage]
        assert prompt.endswith(wanted)
        assert "Ann will" in prompt  # as a request in words, where it can't be begun with


def test_levels_of_thinking_reach_the_template(chat_folder: Any) -> None:
    tokenizer = HuggingFaceModel(chat_folder(LEVELS), device="cpu")._loaded.tokenizer  # pyright: ignore[reportPrivateUsage]

    def first(thinking: Any) -> str:
        return tokenizer.decode(TokenText(tokenizer, thinking=thinking).prompt("", "Hi")).partition("\n")[0]

    assert [first(level) for level in ("low", "high", False)] == ["effort: low", "effort: high", "effort: low"]
    assert "effort" not in first(True)
    with pytest.raises(BadInput, match='thinking=\'some\'; it is False, True, "low" or "high"'):
        HuggingFaceModel("anything", thinking="some")  # type: ignore[arg-type]


# Loading


def test_options_reach_the_model(folder_of: Callable[[str], Path], tmp_path: Path, ask: Any) -> None:
    folder = folder_of("llama")
    spread = load_model(f"hf:{folder}", device="auto", max_memory={"cpu": "2GiB"}, rows=2, tokens=64, prefixes=0, per_token=True)
    assert isinstance(spread, HuggingFaceModel)
    assert isinstance(spread.engine, Engine)
    assert (spread.engine.rows, spread.engine.tokens, spread.engine.tree.budget) == (2, 64, 0)
    plain = HuggingFaceModel(folder, device="cpu")
    request = ask.text(sampling=Sampling(temperature=0.0, max_tokens=5))
    assert together(spread, [request])[0].text == together(plain, [request])[0].text
    for option in ("rows", "tokens", "prefixes"):
        with pytest.raises(BadInput, match=f"is given {option}=-1; it must be at least"):
            load_model(f"hf:{folder}", **{option: -1})


def test_layers_that_wait_on_disk_give_the_same(folder_of: Callable[[str], Path], tmp_path: Path, ask: Any) -> None:
    folder = folder_of("llama")
    away = HuggingFaceModel(folder, max_memory={"cpu": "100KB"}, offload_folder=tmp_path / "away")
    devices = set(away._loaded.model.hf_device_map.values())  # pyright: ignore[reportPrivateUsage]
    assert "disk" in devices
    requests = [ask.text(sampling=Sampling(temperature=0.0, max_tokens=5)), ask.choice("bread", "apples")]
    plain = together(HuggingFaceModel(folder, device="cpu"), requests)
    assert [each.text for each in together(away, requests)] == [each.text for each in plain]


def test_models_that_would_let_rows_change_each_other_are_not_batched(model_of: Callable[[str], Any]) -> None:
    settings = model_of("llama").config.to_dict()
    scaled: dict[str, Any] = {**settings, "rope_parameters": {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10000.0}}
    assert Runner(model_of("llama")).fits
    assert not Runner(AutoModelForCausalLM.from_config(LlamaConfig(**scaled)).eval()).fits
    own = GPTNeoConfig(vocab_size=330, hidden_size=32, num_layers=2, num_heads=4, attention_types=[[["global", "local"], 1]])
    assert not Runner(AutoModelForCausalLM.from_config(own).eval()).fits


def test_memory_that_was_not_cleared_reaches_no_answer(
    engine_of: Any, outcomes: Any, generated: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gamemaster.language.local.job import TextJob

    def dirty(self: Any, *size: Any, **_: Any) -> Any:
        return self.new_full(size[0] if len(size) == 1 else size, float("nan"))

    monkeypatch.setattr(torch.Tensor, "new_empty", dirty)
    texts = [tuple((3 * place + 17 * row) % 300 for place in range(length)) for row, length in enumerate((4, 30, 11, 22, 9))]
    jobs = [TextJob(ids=ids, seed=0, sampling=Sampling(temperature=0.0), room=3 + 20 * row) for row, ids in enumerate(texts)]
    for shape in ("llama", "gemma2"):
        found = outcomes(engine_of(shape, rows=2), jobs)
        assert [list(each.tokens) for each in found] == [generated(shape, job.ids, job.room) for job in jobs]
