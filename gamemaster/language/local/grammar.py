"""Grammars: what may be written next, so that an object fits its schema while it is written.

Uses llguidance. A grammar is made once for each schema or pattern; each row has a matcher of its own. Whitespace between
the tokens of JSON is left out: a model that may write blanks can go on writing them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol, cast

from gamemaster.words import BadInput

__all__ = ["Grammar", "Grammars", "Matcher", "masked"]

_COMPACT = {"whitespace_flexible": False, "coerce_one_of": True}


class Matcher(Protocol):
    """Where one row stands in its grammar."""

    def consume_token(self, t: int) -> bool: ...
    def is_accepting(self) -> bool: ...
    def is_stopped(self) -> bool: ...
    def is_error(self) -> bool: ...
    def get_error(self) -> str: ...


class Grammar:
    """A compiled grammar; `matcher` starts it anew."""

    def __init__(self, first: Any, name: str) -> None:
        self._first = first
        self.name = name

    def matcher(self) -> Any:
        """A matcher at the grammar's start."""
        return self._first.deep_copy()

    def after(self, text: str, encode: Callable[[str], list[int]]) -> Grammar | None:
        """What may come after `text`, the answer's own first words; None when nothing that begins so fits the grammar.

        Blanks between the tokens of JSON are passed over in `text`, as they are left out of what is written.
        """
        matcher = self._first.deep_copy()
        begun = matcher.consume_tokens(encode(_compact(text))) and not matcher.is_error() and not matcher.is_stopped()
        return Grammar(matcher, f"{self.name} after {text}") if begun else None


class Grammars:
    """Grammars for one tokenizer, whose vocabulary is padded to `vocabulary` logits; `ends` end an answer."""

    def __init__(self, tokenizer: Any, vocabulary: int, ends: Sequence[int]) -> None:
        self.vocabulary = vocabulary
        self._tokenizer: Any = None
        if find_spec("llguidance") is not None and getattr(tokenizer, "backend_tokenizer", None) is not None:
            hf: Any = import_module("llguidance.hf")
            try:
                self._tokenizer = hf.from_tokenizer(tokenizer, n_vocab=vocabulary, eos_token=list(ends) or None)
            except Exception:  # a tokenizer that the grammar engine can't read
                self._tokenizer = None
        self._of = lru_cache(maxsize=256)(self._compiled)

    @property
    def available(self) -> bool:
        """Whether answers can be held to a grammar: llguidance is there and reads the tokenizer."""
        return self._tokenizer is not None

    def of_schema(self, schema: dict[str, Any]) -> Grammar:
        """The grammar of a JSON schema, whose objects have no keys but those it names, unless it says that they may.

        Raises: BadInput for one that can't be expressed, with the reason.
        """
        return self._of("schema", json.dumps(_closed(schema), sort_keys=False))

    def of_pattern(self, pattern: str) -> Grammar:
        """The grammar of a regular expression, matched from the first character to the last. Raises: BadInput."""
        return self._of("pattern", pattern)

    def _compiled(self, kind: str, text: str) -> Grammar:
        matcher_type: Any = import_module("llguidance").LLMatcher
        grammar = (
            matcher_type.grammar_from_json_schema(text, overrides=_COMPACT)
            if kind == "schema"
            else matcher_type.grammar_from_regex(text)
        )
        matcher = matcher_type(self._tokenizer, grammar, log_level=0)
        if matcher.is_error():
            shown = text if len(text) <= 300 else f"{text[:300]} …"
            lines = [line.strip() for line in str(matcher.get_error()).splitlines() if line.strip()]
            reason = " ".join([lines[0], lines[-1]] if len(lines) > 1 else lines).rstrip(".")
            raise BadInput(
                f"This {kind} can't be held to while an answer is written: {reason}. Say it more simply, and check the rest "
                f"with a validator of the model. It is: {shown}"
            )
        return Grammar(matcher, text)


def _closed(schema: Any) -> Any:
    """The schema with what it leaves open about further keys closed: a model that may add keys can go on adding them."""
    if isinstance(schema, list):
        return [_closed(each) for each in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(each) for name, each in cast("dict[str, Any]", schema).items()}
    if isinstance(closed.get("properties"), dict) and closed.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed


def _compact(text: str) -> str:
    """JSON without the blanks outside its strings."""
    kept: list[str] = []
    quoted = escaped = False
    for char in text:
        if quoted or not char.isspace():
            kept.append(char)
        if char == '"' and not escaped:
            quoted = not quoted
        escaped = char == "\\" and not escaped
    return "".join(kept)


def masked(logits: Any, matchers: Sequence[Any | None]) -> Any:
    """The logits (rows, vocabulary), minus infinity for what the rows' matchers don't allow next; changed in place."""
    held = [row for row, matcher in enumerate(matchers) if matcher is not None]
    if not held:
        return logits
    bits: Any = import_module("llguidance.numpy")
    torch: Any = import_module("torch")
    mask = bits.allocate_token_bitmask(len(held), int(logits.shape[-1]))
    for place, row in enumerate(held):
        bits.fill_next_token_bitmask(matchers[row], mask, place)
    words = torch.from_numpy(mask).to(logits.device)
    shifts = torch.arange(32, device=logits.device, dtype=torch.int32)
    allowed = ((words[:, :, None] >> shifts) & 1).bool().reshape(len(held), -1)[:, : logits.shape[-1]]
    index = torch.tensor(held, device=logits.device)
    logits[index] = logits[index].masked_fill(~allowed, float("-inf"))
    return logits
