"""SentenceTransformerEmbedder: a sentence-transformers model, the same bits for a text in any company.

The one idea: a text's vector is what the model gives for that text alone, on one thread. Batches only make it faster, so
only such batches are made as leave every bit in place. What was found with MiniLM in float32 on torch 2.13 (AVX-512):

- Texts padded to the longest of their batch: the padding alone changes a third to all of the vectors.
- Texts of exactly the same number of tokens, no padding: with torch's fused attention ("sdpa") the vectors are bitwise those
  of the text alone, for 2 to 256 tokens and 1 to 32 rows; with "eager" attention a quarter differ.
- A batch of fewer than 4 tokens in all takes another path through the matrix product, with other bits. So a small batch is
  repeated until it has 16.
- Threads inside an operation change bits on some shapes. Threads with a batch each, of one thread inside, do not.

So texts are grouped by their number of tokens, at most 32 texts and 1,024 tokens to a batch, and the batches are spread over
as many threads as torch may use. Two cores gave 60 texts a second one at a time and 435 in groups (14 tokens a text). Whether
groups leave the bits in place is tried when the model is loaded; where they don't, it is one text at a time.

A GPU's kernels are chosen by the shape of what they multiply. There every batch has the same number of rows: what is missing is
filled up with texts that are there, so that a text alone is in a batch of the same shape as in company. Whether that leaves the
bits in place is tried like the above, and the fingerprint names the device. Each batch waits its turn on the device, so that a
local model that thinks there is not kept waiting for more than one, nor this for it.

A machine with other vector instructions may give other last bits: the vectors of a run are in its archive.
"""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import numpy as np

from gamemaster.language.device_turns import turns_on
from gamemaster.language.embedder_weights import find_weights
from gamemaster.words import BadInput, ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SentenceTransformerEmbedder", "device_of"]

_MOST_ROWS = 32
_MOST_TOKENS = 1024
_LEAST_TOKENS = 16
_NO_ROW = np.zeros(0, np.float32)
_MOST_THREADS = 8
_TRIED = "one two three four stone glass house door open home street town water fire light night morning".split()


class SentenceTransformerEmbedder:
    """The sentence-transformers model `name`, a name on the hub or a folder, on a `device` that `device_of` gave.

    Texts longer than the model's limit (256 tokens for the default) are cut there. A lone surrogate counts as "?".
    Raises: ModelError when the model is nowhere, can't be read, holds pickles, or would run code of its own.
    """

    def __init__(self, name: str, device: str = "cpu") -> None:
        weights = find_weights(name)
        self.name = name
        self.device = device
        self.fingerprint = f"sha256:{weights.sha256}/float32" + ("" if device == "cpu" else f"/{device}")
        try:
            self._model: Any = _load(str(weights.folder), device)
        except Exception as error:
            raise ModelError(f"The embedder {name!r} can't be loaded from {weights.folder}: {error}") from error
        self._prompt = self._model.prompts.get(self._model.default_prompt_name or "", None)
        self._threads = _single_threads() if device == "cpu" else ThreadPoolExecutor(1, thread_name_prefix="embedder")
        self._turns = turns_on(device)
        self._rows = 1
        self.width = len(self.embed(["width"])[0])
        self._rows = _MOST_ROWS if self._keeps_bits() else 1

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A float32 array of shape (len(texts), width), rows of length 1; see the module for what batches may do."""
        if not texts:
            return np.zeros((0, self.width), np.float32)
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        batches = self._batches(clean)
        parts = self._threads.map(self._forward, [self._filled([clean[at] for at in places], times) for places, times in batches])
        rows: list[NDArray[np.float32]] = [_NO_ROW] * len(texts)
        for (places, _), part in zip(batches, parts, strict=True):
            for place, row in zip(places, part, strict=False):  # what was repeated is dropped
                rows[place] = row
        return np.stack(rows)

    def _filled(self, texts: list[str], times: int) -> list[str]:
        """The texts over again: so many times, or on a GPU until they are as many as in every batch."""
        return texts * times if self.device == "cpu" else (texts * _MOST_ROWS)[:_MOST_ROWS]

    def _batches(self, texts: list[str]) -> list[tuple[list[int], int]]:
        """Places of texts that go together, and how many times over; the longest first."""
        lengths = self._lengths(texts)
        if lengths is None:
            return [([place], 1) for place in range(len(texts))]
        by_length: dict[int, list[int]] = {}
        for place, length in enumerate(lengths):
            by_length.setdefault(length, []).append(place)
        batches: list[tuple[list[int], int]] = []
        for length, same in sorted(by_length.items(), reverse=True):
            rows = max(1, min(self._rows, _MOST_TOKENS // length)) if self.device == "cpu" else self._rows
            for start in range(0, len(same), rows):
                places = same[start : start + rows]
                batches.append((places, -(-_LEAST_TOKENS // (length * len(places)))))
        return batches

    def _lengths(self, texts: list[str]) -> list[int] | None:
        """The number of tokens of each text; None for a model that doesn't speak of tokens."""
        features = self._model.preprocess(texts, prompt=self._prompt)
        mask = features.get("attention_mask")
        return None if mask is None or tuple(mask.shape[:1]) != (len(texts),) else [max(1, each) for each in mask.sum(1).tolist()]

    def _forward(self, texts: list[str]) -> NDArray[np.float32]:
        with self._turns:
            raw = self._model.encode(texts, prompt=self._prompt, batch_size=len(texts), show_progress_bar=False)
        wide = np.asarray(raw, np.float64)
        # Sums over a row of its own, in float64: the same whatever stands in the other rows.
        return (wide / np.sqrt(np.sum(wide * wide, axis=1, keepdims=True))).astype(np.float32)

    def _keeps_bits(self) -> bool:
        """Whether texts in groups get the bits that they get alone, tried on a few."""
        texts = [" ".join((_TRIED * 2)[first : first + n]) for n in (1, 2, 5, 14) for first in range(4)]
        alone = self.embed(texts)
        self._rows = _MOST_ROWS
        return all(self.embed(texts[part]).tobytes() == alone[part].tobytes() for part in (slice(None), slice(None, None, -3)))


def device_of(wanted: str) -> str:
    """The device that is meant: "cpu" or "cuda". Raises: ModelError when there is none such; BadInput for another word."""
    if wanted not in ("auto", "cpu", "cuda"):
        raise BadInput(f"There is no device {wanted!r} for an embedder; give 'auto', 'cpu' or 'cuda'.")
    if wanted == "cpu":
        return wanted
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if wanted == "cuda":
        raise ModelError("The embedder is to run on a GPU, and torch knows of none; give device='auto' or 'cpu'.")
    return "cpu"


def _load(folder: str, device: str) -> Any:
    with _silence():
        import torch
        from sentence_transformers import SentenceTransformer

        model: Any = SentenceTransformer(
            folder,
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"dtype": torch.float32, "use_safetensors": True},
        )
    model.eval()
    return model


def _single_threads() -> ThreadPoolExecutor:
    """As many threads as torch may use, each with one thread inside torch; the process's own setting stays as it was.

    torch keeps the number for each thread, but also a default for threads yet to come, which is put back here once all
    threads of the pool have begun.
    """
    import torch

    before = torch.get_num_threads()
    count = min(before, _MOST_THREADS)
    all_begun = Barrier(count + 1)

    def begin() -> None:
        torch.get_num_threads()  # a thread's first call takes the process's number; only after it does one's own stay
        torch.set_num_threads(1)
        all_begun.wait()

    pool = ThreadPoolExecutor(count, thread_name_prefix="embedder", initializer=begin)
    for _ in range(count):
        pool.submit(int)
    all_begun.wait()
    torch.set_num_threads(before)
    return pool


@contextlib.contextmanager
def _silence() -> Generator[None]:
    """Keeps the libraries' progress bars, reports and warnings off the console while a model is loaded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from transformers.utils import logging as transformers_logging

        bars = transformers_logging.is_progress_bar_enabled()
        level = transformers_logging.get_verbosity()
        other = logging.getLogger("sentence_transformers")
        other_level = other.level
        transformers_logging.disable_progress_bar()
        transformers_logging.set_verbosity_error()
        other.setLevel(logging.ERROR)
        try:
            yield
        finally:
            other.setLevel(other_level)
            transformers_logging.set_verbosity(level)
            if bars:
                transformers_logging.enable_progress_bar()
