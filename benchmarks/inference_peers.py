"""What local inference is measured against: transformers one request at a time, in static padded batches, and in pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["one_by_one", "options_one_by_one", "paged_batch", "static_batches"]

Ids = tuple[int, ...]


def one_by_one(model: Any, prompts: Sequence[Ids], rooms: Sequence[int]) -> list[list[int]]:
    """Greedy answers of `rooms` tokens, each prompt by itself."""
    return [_generate(model, [prompt], room)[0] for prompt, room in zip(prompts, rooms, strict=True)]


def static_batches(model: Any, prompts: Sequence[Ids], rooms: Sequence[int], *, rows: int) -> list[list[int]]:
    """The same in batches of `rows`, in the order given, padded to the longest prompt and run until the last answer ends."""
    out: list[list[int]] = []
    for start in range(0, len(prompts), rows):
        wanted = rooms[start : start + rows]
        found = _generate(model, prompts[start : start + rows], max(wanted))
        out += [answer[:room] for answer, room in zip(found, wanted, strict=True)]
    return out


def options_one_by_one(model: Any, prompts: Sequence[Ids], options: Sequence[Ids]) -> list[list[float]]:
    """The log-probability of each option after each prompt, a forward pass for each."""
    return [[_score(model, prompt, option) for option in options] for prompt in prompts]


def _generate(model: Any, prompts: Sequence[Ids], room: int) -> list[list[int]]:
    import torch

    longest = max(map(len, prompts))
    ids = torch.tensor([[*([0] * (longest - len(each))), *each] for each in prompts], device=model.device)
    mask = torch.tensor([[0] * (longest - len(each)) + [1] * len(each) for each in prompts], device=model.device)
    with torch.inference_mode():
        out: Any = model.generate(
            ids, attention_mask=mask, max_new_tokens=room, do_sample=False, pad_token_id=0, eos_token_id=None
        )
    return out[:, longest:].tolist()


def _score(model: Any, prompt: Ids, option: Ids) -> float:
    import torch

    with torch.inference_mode():
        logits = model(
            input_ids=torch.tensor([[*prompt, *option]], device=model.device), logits_to_keep=len(option) + 1, use_cache=False
        ).logits
        logs = torch.log_softmax(logits[0, -len(option) - 1 :].double(), dim=-1)
    return sum(float(logs[place, token]) for place, token in enumerate(option))


def paged_batch(model: Any, prompts: Sequence[Ids], room: int) -> list[list[int]]:
    """The same by transformers' `generate_batch`, all prompts at once; on a CPU with a cache just large enough for them."""
    import torch
    from transformers import ContinuousBatchingConfig, GenerationConfig

    sized: dict[str, Any] = {}
    if model.device.type == "cpu":  # left to itself it takes the greater part of all memory
        page = 32
        needed = sum(len(prompt) + room for prompt in prompts)
        sized = {"page_size": page, "num_blocks": needed // page + 2 * len(prompts) + 8, "max_batch_tokens": 2048}
    settings = ContinuousBatchingConfig(seed=0, **sized)
    greedy = GenerationConfig(do_sample=False, eos_token_id=-1, pad_token_id=0, max_new_tokens=room)
    devices = [model.device] if model.device.type == "cuda" else []
    generator: Any = torch.random
    with generator.fork_rng(devices=devices):  # it sets the seed of all
        found: Any = model.generate_batch(
            [list(prompt) for prompt in prompts], generation_config=greedy, continuous_batching_config=settings
        )
    return [list(each.generated_tokens) for each in found.values()]
