"""An embedder runs on a GPU where there is one, says so in its fingerprint, and gives a text the same bits in any company."""

from __future__ import annotations

import numpy as np
import pytest

from gamemaster.language import load_embedder
from gamemaster.testing import HashEmbedder
from gamemaster.words import BadInput, ModelError

TEXTS = [" ".join(["bread", "river", "stone", "walks"][:n] * m) for n in range(1, 5) for m in (1, 2, 9)]


def has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


def test_a_processor_or_a_gpu_if_there_is_one() -> None:
    cpu = load_embedder(device="cpu")
    assert load_embedder(device="cpu") is cpu
    assert cpu.fingerprint.endswith("/float32")
    assert load_embedder() is load_embedder(device="cuda" if has_gpu() else "cpu")


def test_devices_that_are_not_there() -> None:
    with pytest.raises(BadInput, match="no device 'tpu'"):
        load_embedder(device="tpu")
    with pytest.raises(BadInput, match="runs where it runs"):
        load_embedder(HashEmbedder(), device="cpu")
    if not has_gpu():
        with pytest.raises(ModelError, match="torch knows of none"):
            load_embedder(device="cuda")


@pytest.mark.gpu
def test_a_gpu_gives_a_text_the_same_bits_in_any_company() -> None:
    if not has_gpu():
        pytest.skip("there is no GPU")
    gpu, cpu = load_embedder(device="cuda"), load_embedder(device="cpu")
    assert gpu.fingerprint == cpu.fingerprint + "/cuda"
    together = gpu.embed(TEXTS)
    alone = np.stack([gpu.embed([text])[0] for text in TEXTS])
    assert together.tobytes() == alone.tobytes()
    assert np.abs(together - cpu.embed(TEXTS)).max() < 1e-4
