"""A small model with random weights and a tokenizer of its own, saved to a folder, for whoever loads models from folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["save_small_model"]

_TEXTS = Path(__file__).resolve().parents[1] / "docs"


def save_small_model(folder: Path, *, quick: bool) -> Path:
    """A Gemma of some 12 million parameters (tiny when `quick`), whose tokenizer was made from the library's own pages.

    Its weights are spread widely, so that its answers differ; nothing ends an answer but its length.
    """
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import GemmaConfig, GemmaForCausalLM, PreTrainedTokenizerFast
    from transformers.utils import logging

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=1000 if quick else 4000,
        special_tokens=["<pad>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator([page.read_text(encoding="utf-8") for page in sorted(_TEXTS.glob("*.md"))], trainer)
    tokenizer: Any = PreTrainedTokenizerFast(tokenizer_object=bpe, pad_token="<pad>")
    width = 64 if quick else 384
    config = GemmaConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=width * 8 // 3,
        num_hidden_layers=2 if quick else 6,
        num_attention_heads=width // 32,
        num_key_value_heads=width // 64,
        head_dim=32,
        max_position_embeddings=8192,
        initializer_range=0.1,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=0,
    )
    with torch.random.fork_rng():  # pyright: ignore[reportUnknownMemberType]
        torch.manual_seed(0)  # pyright: ignore[reportUnknownMemberType]
        model: Any = GemmaForCausalLM(config).eval()
    logging.disable_progress_bar()
    try:
        model.save_pretrained(folder)
    finally:
        logging.enable_progress_bar()
    tokenizer.save_pretrained(folder)
    return folder
