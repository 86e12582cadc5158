"""Runner: one forward pass of a transformers model over a slab.

Masks and positions are always given, made from what the slab says stands where; nothing is left to be guessed from shapes.
What kind of mask a model takes is found once, by a trial against a plain pass: a model that the trial does not suit is not
batched (`fits` is False), and is still answered for, one request at a time.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from importlib import import_module
from typing import Any, cast

from gamemaster.language.device_turns import turns_on
from gamemaster.language.local.option_tree import OptionTree
from gamemaster.language.local.slab import Slab

__all__ = ["Runner", "device_of", "devices_of"]

_KV_ONLY = frozenset({"full_attention", "sliding_attention", "attention"})
# Settings of attention that looks back in a way of its own; a trial on short texts would not show it.
_OWN_WINDOWS = ("attention_chunk_size", "window_size", "attention_window", "attention_window_size", "local_attention")
# Positions that are scaled by the longest row of a pass: an answer would depend on who shares the batch.
_SHARED_SCALES = ("dynamic", "longrope")


class Runner:
    """Passes of `model` (a transformers causal language model)."""

    def __init__(self, model: Any) -> None:
        self._torch: Any = import_module("torch")
        self.model = model
        self.device: Any = device_of(model)
        self.turns = turns_on(*devices_of(model))
        """Held for each pass."""
        settings = model.config.get_text_config()
        self.layers = int(settings.num_hidden_layers)
        kinds = cast("list[str]", list(getattr(settings, "layer_types", None) or []))
        self._window = cast("int | None", getattr(settings, "sliding_window", None))
        if not getattr(settings, "use_sliding_window", True):
            self._window = None
        self._kinds = frozenset(kinds)
        self._by_kind = bool(self._kinds - {"full_attention"})
        self._additive = getattr(settings, "_attn_implementation", "sdpa") != "sdpa"
        self._takes = frozenset(inspect.signature(model.forward).parameters)
        self.passes = 0
        self.tokens = 0
        """Tokens computed, padding left out."""
        self.padded = 0
        """Tokens computed for padding."""
        self.fits = self._kinds <= _KV_ONLY and not _is_apart(settings) and self._trial()
        """Whether its requests can share batches."""

    def slab(self, rows: int, columns: int) -> Slab:
        """A slab on the model's device."""
        return Slab(rows, columns, device=self.device)

    def advance(self, slab: Slab, tokens: Sequence[Sequence[int]], starts: Sequence[int], *, logits: bool = True) -> Any:
        """Compute each row's `tokens`, the first of which has the position `starts[row]`; a row may have none.

        Returns the logits after each row's last token, (rows, vocabulary) in float32 on the model's device; None without
        `logits`.
        """
        torch = self._torch
        longest = max(map(len, tokens))
        ids = torch.tensor([[*each, *([0] * (longest - len(each)))] for each in tokens], device=self.device)
        positions = torch.tensor(
            [
                [*range(start, start + len(each)), *([-1] * (longest - len(each)))]
                for each, start in zip(tokens, starts, strict=True)
            ],
            device=self.device,
        )
        new = (positions[:, :, None] >= positions[:, None, :]) & (positions >= 0)[:, None, :]
        out = self._pass(slab, ids, positions, new, wanted=1 if longest == 1 or not logits else 0)
        self._count(sum(map(len, tokens)), len(tokens) * longest)
        if not logits:
            return None
        if longest == 1:
            return out[:, 0].float()
        last = torch.tensor([max(0, len(each) - 1) for each in tokens], device=out.device)
        return out[torch.arange(len(tokens), device=out.device), last].float()

    def score(self, slab: Slab, lasts: Sequence[int], trees: Sequence[OptionTree], starts: Sequence[int]) -> list[list[float]]:
        """The log-probability of each option of each row, summed over its tokens.

        A row's prompt is in the slab but for its last token, `lasts[row]`, whose position is `starts[row]`.
        """
        torch = self._torch
        longest = 1 + max(len(tree.tokens) for tree in trees)
        ids = torch.zeros((len(trees), longest), dtype=torch.long)
        positions = torch.full((len(trees), longest), -1, dtype=torch.long)
        new = torch.zeros((len(trees), longest, longest), dtype=torch.bool)
        for row, (tree, last, start) in enumerate(zip(trees, lasts, starts, strict=True)):
            size = 1 + len(tree.tokens)
            ids[row, :size] = torch.tensor([last, *tree.tokens])
            positions[row, :size] = torch.tensor([start, *(start + 1 + depth for depth in tree.depths)])
            new[row, :size, 0] = True
            for place in range(len(tree.tokens)):
                new[row, 1 + place, [1 + each for each in tree.ancestors(place)]] = True
        ids, positions, new = ids.to(self.device), positions.to(self.device), new.to(self.device)
        out = self._pass(slab, ids, positions, new, wanted=0)
        self._count(sum(1 + len(tree.tokens) for tree in trees), len(trees) * longest)
        scores: list[list[float]] = []
        for row, tree in enumerate(trees):
            logs = torch.log_softmax(out[row, : 1 + len(tree.tokens)].double(), dim=-1)
            scores.append([float(sum(logs[1 + place, token] for place, token in pairs)) for pairs in tree.scored])
        return scores

    def _count(self, tokens: int, whole: int) -> None:
        self.passes += 1
        self.tokens += tokens
        self.padded += whole - tokens

    def _pass(self, slab: Slab, ids: Any, positions: Any, new: Any, *, wanted: int) -> Any:
        """The logits (rows, tokens, vocabulary) of a pass; `wanted` is how many of the last are needed, 0 for all."""
        torch = self._torch
        slab.settle()
        slab.reserve(slab.filled + int(ids.shape[1]))
        old = slab.at[:, : slab.filled]
        seen = torch.cat([(old >= 0)[:, None, :].expand(-1, int(ids.shape[1]), -1), new], dim=2)
        where = torch.cat([old, positions], dim=1)
        # A query that is padding sees itself, or its row of the mask would be empty and its values NaN.
        width = int(ids.shape[1])
        own = torch.eye(width, dtype=torch.bool, device=self.device)
        seen[:, :, slab.filled :] |= own & (positions < 0)[:, :, None]
        given: dict[str, Any] = {
            "input_ids": ids,
            "attention_mask": self._mask(seen, positions, where),
            "past_key_values": slab,
            "use_cache": True,
        }
        if "position_ids" in self._takes:
            given["position_ids"] = positions.clamp(min=0)
        if wanted and "logits_to_keep" in self._takes:
            given["logits_to_keep"] = wanted
        with self.turns:
            out = self.model(**given).logits
        slab.write_positions(positions)
        return out

    def _mask(self, seen: Any, positions: Any, where: Any) -> Any:
        full = self._form(seen)
        if self._window is None:
            return dict.fromkeys(self._kinds, full) if self._by_kind else full
        near = positions[:, :, None] - where[:, None, :] < self._window
        near |= positions[:, :, None] < 0
        windowed = self._form(seen & near)
        if self._by_kind:
            return {kind: full if kind == "full_attention" else windowed for kind in self._kinds}
        return windowed

    def _form(self, seen: Any) -> Any:
        torch = self._torch
        if not self._additive:
            return seen[:, None]
        dtype = self.model.dtype
        return torch.where(seen[:, None], torch.zeros((), dtype=dtype, device=self.device), torch.finfo(dtype).min)

    def _trial(self) -> bool:
        """Whether passes over a slab give what plain passes give: rows of unlike length, a prefix used again, options."""
        torch = self._torch
        vocabulary = int(self.model.get_input_embeddings().weight.shape[0])
        texts = [[(7 * place + 3 * row + 1) % vocabulary for place in range(length)] for row, length in enumerate((23, 9, 14))]
        try:
            with torch.inference_mode():
                plain = [self.model(input_ids=torch.tensor([text], device=self.device)).logits[0, -1].float() for text in texts]
                slab = self.slab(3, 8)
                self.advance(slab, [text[:5] for text in texts], [0, 0, 0], logits=False)
                runs = [slab.take(row, 0, 5) for row in range(3)]
                other = self.slab(2, 8)
                for row in range(2):
                    other.load(row, [runs[row]])
                other.add_rows(1)
                other.load(2, [runs[2]])
                self.advance(other, [text[5:-1] for text in texts], [5, 5, 5], logits=False)
                other.pack()
                got = self.advance(other, [text[-1:] for text in texts], [len(text) - 1 for text in texts])
            scale = max(float(each.abs().max()) for each in plain) + 1e-6
            worst = max(float((one - two).abs().max()) for one, two in zip(plain, got, strict=True)) / scale
            self.passes = self.tokens = self.padded = 0
            return worst < (1e-3 if self.model.dtype == torch.float32 else 0.1)
        except Exception:  # a model that can't be run so; it is then run plainly, where an error is told
            return False


def device_of(model: Any) -> Any:
    """The device that a model reads its token ids on; where its embedding is kept elsewhere until used, the one it is used on."""
    embedding = model.get_input_embeddings()
    hook = getattr(embedding, "_hf_hook", None)
    execution = getattr(hook, "execution_device", None)
    return embedding.weight.device if execution is None else import_module("torch").device(execution)


def devices_of(model: Any) -> list[str]:
    """All the devices that a model computes on, the one it reads ids on first: several where it is spread."""
    placed = cast("dict[str, Any]", getattr(model, "hf_device_map", None) or {})
    # accelerate names a GPU by its number alone, or leaves the number of the first one out.
    names = [f"cuda:{each}" if isinstance(each, int) else str(each) for each in (device_of(model), *placed.values())]
    return list(dict.fromkeys("cuda:0" if name == "cuda" else name for name in names))


def _is_apart(settings: Any) -> bool:
    """Whether the settings of a model say that rows can't share a pass."""
    given = cast("dict[str, Any]", settings.to_dict())
    scales = cast("dict[str, Any]", given.get("rope_parameters") or given.get("rope_scaling") or {})
    kinds = [scales, *(cast("dict[str, Any]", each) for each in scales.values() if isinstance(each, dict))]
    scaled = any(each.get("rope_type") in _SHARED_SCALES for each in kinds)
    return scaled or any(given.get(name) for name in _OWN_WINDOWS)
