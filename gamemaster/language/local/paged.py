"""PagedLoop: transformers' continuous batching, with each token drawn by its own request's seed.

All that is private to transformers stands in this file. Its loop is stepped from here rather than run in its own thread, and
in the place of its logits processors stands one that draws as the own engine does (see `drawing`): it leaves of a row only
the token that was drawn, which greedy decoding then takes. Whether all this is there, and does what it should, is tried when
it is made. It knows of requests and tokens, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, cast

from gamemaster.language.device_turns import DeviceTurns, turns_on
from gamemaster.language.local.drawing import draw_tokens
from gamemaster.language.local.runner import device_of, devices_of
from gamemaster.language.request import Sampling
from gamemaster.words import ModelError

__all__ = ["PagedLoop", "PagedRow", "Unsuited"]

PAGE = 32
"""Tokens of a page: a common beginning is known again in whole pages."""
_MOST_TOKENS = 2048
_TRIED = 3


class Unsuited(Exception):
    """Why a model, or the transformers at hand, can't be run so."""


@dataclass(slots=True, kw_only=True, eq=False)
class PagedRow:
    """A request: go on from `ids` with at most `room` tokens, drawn by `sampling` and `seed`. `out` is what came so far."""

    ids: tuple[int, ...]
    room: int
    sampling: Sampling
    seed: int
    out: list[int] = field(default_factory=list[int])
    computed: int = 0
    """Tokens of the prompt that were computed; the others were known."""
    error: str | None = None
    ended: bool = False


class PagedLoop:
    """Steps of `model`, a transformers causal language model: at most `rows` requests and `tokens` tokens in each.

    `bytes_kept` bounds the cache together with the mask over it. Raises: Unsuited.
    """

    def __init__(self, model: Any, ends: Sequence[int], *, rows: int, tokens: int, bytes_kept: int) -> None:
        self._torch: Any = import_module("torch")
        self.model = model
        self.ends = list(ends) or [-1]
        self.computed = 0
        self.passes = 0
        device = device_of(model)
        # A paged pass changes the model's settings while it lasts: nobody else may use the model meanwhile.
        self.turns: AbstractContextManager[None] = DeviceTurns() if device.type == "cpu" else turns_on(device)
        """Held for each pass; who shares the model takes them too."""
        self._rows: dict[str, PagedRow] = {}
        self._said = 0
        attention = getattr(model.config, "_attn_implementation", None)
        # Another one would have to be set on the model, which the own engine uses too.
        if attention != "sdpa":
            raise Unsuited(f"the model's attention is {attention!r} and not 'sdpa'")
        if len(devices_of(model)) > 1:
            raise Unsuited("the model is spread over several devices")
        self.tokens = min(tokens, _MOST_TOKENS)
        self.columns = _columns(model, rows, self.tokens, bytes_kept)
        try:
            self._make(rows)
            self._try()
        except Unsuited:
            raise
        except Exception as error:
            raise Unsuited(f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}") from error

    def fits(self, length: int) -> bool:
        """Whether a prompt and its answer of `length` tokens together have room."""
        return length < self.columns * 3 // 4

    def add(self, row: PagedRow) -> None:
        """Take on a request."""
        self._said += 1
        name = f"row {self._said}"
        self._rows[name] = row
        asked = self._manager.add_request(
            list(row.ids), request_id=name, max_new_tokens=row.room, eos_token_id=self.ends, streaming=True
        )
        if asked is None:
            self._rows.pop(name)
            raise ModelError("the paged loop takes no requests any more")

    def drop(self, row: PagedRow) -> None:
        """Go on without a request."""
        for name in [name for name, each in self._rows.items() if each is row]:
            self._manager.cancel_request(name)
            self._rows.pop(name)

    def step(self) -> int:
        """One pass, and what it gave to the rows; how many requests took part."""
        processor = self._processor
        with self._torch.inference_mode(), self.turns:
            if not processor.prepare_next_batch():
                return 0
            processor._generation_step(self.model)
            processor.update_batch()
        self.passes += 1
        self.computed += sum(each.query_length for each in self._drawn.asked)
        results = self._manager.output_router.output_queue
        while not results.empty():
            said = results.get_nowait()
            row = self._rows.get(said.request_id)
            if row is None:
                continue
            row.out = [int(each) for each in said.generated_tokens]
            if said.is_finished():
                row.ended, row.error = True, said.error
                self._rows.pop(said.request_id)
        return len(self._drawn.asked)

    def close(self) -> None:
        """Let go of the cache; the loop is of no use afterwards."""
        self._rows.clear()
        self._manager = self._processor = None

    # --- what is private to transformers ---

    def _make(self, rows: int) -> None:
        transformers: Any = import_module("transformers")
        settings = transformers.ContinuousBatchingConfig(
            page_size=PAGE,
            num_blocks=self.columns // PAGE,
            max_batch_tokens=self.tokens,
            max_requests_per_batch=rows,
            max_blocks_per_request=0,
            # The token is drawn between the pass and the next: neither can run ahead, nor be captured.
            use_async_batching=False,
            use_cuda_graph=False,
            auto_switch_to_flash=False,
            seed=0,
        )
        greedy = transformers.GenerationConfig(do_sample=False, eos_token_id=-1, pad_token_id=0)
        device = device_of(self.model)
        with self._torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):  # it sets torch's seed for all
            self._manager: Any = self.model.init_continuous_batching(
                generation_config=greedy, continuous_batching_config=settings
            )
            self._drawn = _drawn_processors(self._rows)
            self._manager.logit_processor = self._drawn
            self._processor: Any = self._manager._create_batch_processor()
        self.shares = bool(self._manager._use_prefix_sharing)
        """Whether prompts that begin alike share what was computed."""

    def _try(self) -> None:
        """Hold a few answers, greedy and drawn, to those of plain passes."""
        vocabulary = int(self.model.get_input_embeddings().weight.shape[0])
        begun = tuple((7 * place + 1) % vocabulary for place in range(2 * PAGE + 1))
        heat = Sampling(temperature=1.0)
        cases = [(begun, Sampling(temperature=0)), ((*begun, 2 % vocabulary, 3 % vocabulary), heat), (begun[:9], heat)]
        limit = getattr(self.model.config.get_text_config(), "max_position_embeddings", None) or 4096
        ends, self.ends = self.ends, [-1]
        rows = [
            PagedRow(ids=ids[: limit - _TRIED - 1], room=_TRIED, sampling=sampling, seed=11 + place)
            for place, (ids, sampling) in enumerate(cases)
        ]
        for row in rows:
            self.add(row)
        for _ in range(8 * _TRIED):
            if all(row.ended for row in rows):
                break
            self.step()
        self.ends = ends
        if any(row.error is not None or len(row.out) != _TRIED for row in rows):
            raise Unsuited("a trial with three short prompts did not end as it should")
        # In shorter numbers two tokens may be level, and either is right.
        if self.model.dtype == self._torch.float32 and any(row.out != self._plain(row) for row in rows):
            raise Unsuited("a trial with three short prompts gave other tokens than plain passes")
        self.computed = self.passes = 0

    def _plain(self, row: PagedRow) -> list[int]:
        out: list[int] = []
        with self._torch.inference_mode():
            for place in range(_TRIED):
                given = self._torch.tensor([[*row.ids, *out]], device=device_of(self.model))
                logits = self.model(input_ids=given, use_cache=False).logits[:, -1].float()
                out += draw_tokens(logits, [row.sampling], [row.seed], [place])
        return out


def _drawn_processors(rows: dict[str, PagedRow]) -> Any:
    """What takes the place of transformers' list of processors; its class is made here, as it has one of theirs above it."""
    processors: Any = import_module("transformers.generation.continuous_batching.cb_logits_processors")
    process: Any = import_module("transformers.generation.logits_process")

    class Drawn(processors.ContinuousBatchingLogitsProcessorList):
        """Keeps of each row's logits the one of the token that its request draws."""

        def __init__(self) -> None:
            super().__init__(process.LogitsProcessorList())  # pyright: ignore[reportUnknownMemberType]
            self.do_processing = True
            self.asked: list[Any] = []
            self._next: list[tuple[PagedRow, int]] = []

        def prepare_tensor_args(self, requests_in_batch: list[Any], arg_storage: Any) -> Any:
            self.asked = list(requests_in_batch)
            self._next = []
            for each in requests_in_batch:
                state = each.state
                row = rows[state.request_id]
                # What was put off for want of room comes back with its answer so far at the end of its prompt.
                position = len(state.initial_tokens) + len(state.generated_tokens) - len(row.ids)
                if position == 0:
                    row.computed += each.query_length
                if each.has_new_token:
                    self._next.append((row, position))
            return arg_storage

        def __call__(self, input_ids: Any, scores: Any, logits_processor_args: Any) -> Any:
            drawn = [each.sampling for each, _ in self._next]
            if not any(sampling.temperature > 0 for sampling in drawn):
                return scores
            seeds, positions = [each.seed for each, _ in self._next], [position for _, position in self._next]
            tokens = draw_tokens(scores[: len(drawn)], drawn, seeds, positions)
            chosen = scores.new_full(scores.shape, float("-inf"))
            for place, token in enumerate(tokens):
                chosen[place, token] = 0
            return chosen

    return Drawn()


def _columns(model: Any, rows: int, tokens: int, bytes_kept: int) -> int:
    """How many tokens the cache holds: about a thousand for each row, and what the budget allows."""
    settings = model.config.get_text_config()
    heads = int(getattr(settings, "num_key_value_heads", None) or settings.num_attention_heads)
    width = int(getattr(settings, "head_dim", None) or settings.hidden_size // settings.num_attention_heads)
    size = cast("int", model.dtype.itemsize)
    each = 2 * int(settings.num_hidden_layers) * heads * width * size + tokens * size
    columns = min(rows * 1024, (bytes_kept - tokens * tokens * size) // each)
    if columns < 8 * PAGE:
        raise Unsuited(f"{bytes_kept:,} bytes hold too few tokens and the mask over them; give more for prefixes")
    return columns // PAGE * PAGE
