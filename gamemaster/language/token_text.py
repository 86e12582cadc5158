"""TokenText: prompts as token ids, and token ids as text, for one tokenizer.

The one idea: control tokens come from the chat template and from nowhere else. The template is rendered once with marks in
the places of the messages; whatever stands in a prompt, an agent's "<|im_end|>" included, is put in those places as
plain text. It is checked on the ids: their control tokens must be the template's own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Literal, Protocol, TypeAlias, cast

from gamemaster.language.strict_json import without_surrogates
from gamemaster.words import BadInput

__all__ = ["Thinking", "TokenText"]

_SYSTEM_MARK = "zqxsystemxqz"
_USER_MARK = "zqxuserxqz"
# Some templates write today's date into the system message; a prompt must not depend on the day it is run.
_DATE = {"%Y": "2024", "%m": "07", "%d": "26", "%B": "July", "%b": "Jul", "%A": "Friday", "%a": "Fri", "%H": "08", "%M": "00"}
_FIXED_DATE = (
    "{%- macro strftime_now(form) -%}{{ form"
    + "".join(f" | replace('{code}', '{value}')" for code, value in _DATE.items())
    + " }}{%- endmacro %}{{ '' }}"
)
_THINK, _THOUGHT = "<think>", "</think>"

Thinking: TypeAlias = Literal[False, True, "low", "high"]


class _Backend(Protocol):
    def encode(self, sequence: str, *, add_special_tokens: bool = True) -> Any: ...
    def to_str(self) -> str: ...
    def token_to_id(self, token: str) -> int: ...


class TokenText:
    """Token ids of prompts for `tokenizer`, in its chat template, or as plain text where it has none or `chat` is False.

    `thinking` is handed to templates that know it: whether the model may think before it answers, or how much. A model
    that can only think more or less thinks little where it is False.
    """

    def __init__(self, tokenizer: Any, *, chat: bool | None = None, thinking: Thinking = False) -> None:
        self._tokenizer = tokenizer
        # Some vocabularies add runs of blanks as tokens; these mean nothing but themselves.
        added = cast("dict[int, Any]", tokenizer.added_tokens_decoder)
        blanks = {number for number, token in added.items() if not token.special and not token.content.strip()}
        self._control = (frozenset(added) | frozenset(cast("list[int]", tokenizer.all_special_ids))) - blanks
        self._plain = _plain_encoder(tokenizer, kept=blanks)
        self._thinking: Thinking = thinking
        self.chat = bool(tokenizer.chat_template) if chat is None else chat
        if self.chat and not tokenizer.chat_template:
            raise BadInput("chat=True was given, but the model's tokenizer has no chat template; leave chat out.")
        thought = tokenizer.convert_tokens_to_ids(_THOUGHT) if _THOUGHT in tokenizer.get_vocab() else None
        self._thought = cast("int | None", thought)
        self._templates: dict[tuple[bool, Thinking], tuple[str, ...]] = {}

    def count(self, text: str) -> int:
        """The number of tokens of `text`, as plain text."""
        return len(self.plain(text))

    def plain(self, text: str) -> list[int]:
        """The ids of `text`, none of them a control token."""
        text = without_surrogates(text)
        ids = self._plain(text)
        if self._control.isdisjoint(ids):
            return ids
        # A vocabulary may hold "</s>" as an ordinary piece too; its characters one by one can't make it.
        return [number for char in text for number in self._plain(char) if number not in self._control]

    def prompt(self, system: str, user: str, prefix: str = "", *, at_once: bool = False) -> list[int]:
        """The ids of a prompt up to where the answer goes on; `prefix` are the answer's own first words.

        With `at_once` what comes next is the answer and no thought, whatever `thinking` says.
        """
        system, user = without_surrogates(system), without_surrogates(user)
        if not self.chat:
            return self._start() + self.plain("\n\n".join(part for part in (system, user) if part) + f"\n\nAnswer:{_led(prefix)}")
        pieces = self._template(bool(system), False if at_once else self._thinking)
        if at_once and pieces[-1].rstrip().endswith(_THINK):
            pieces = (*pieces[:-1], f"{pieces[-1].rstrip()}\n\n{_THOUGHT}\n\n")
        fillings = {_SYSTEM_MARK: system, _USER_MARK: user}
        if system and _SYSTEM_MARK not in pieces:
            fillings[_USER_MARK] = f"{system}\n\n{user}"
        whole = self._encode("".join(fillings.get(piece, piece) for piece in pieces))
        own = [number for piece in pieces if piece not in fillings for number in self._controls(self._encode(piece))]
        if self._controls(whole) != own:
            whole = [
                number
                for piece in pieces
                for number in (self.plain(fillings[piece]) if piece in fillings else self._encode(piece))
            ]
        return whole + self.plain(prefix.rstrip())

    def opens_thinking(self) -> bool:
        """Whether the template itself begins the model's thoughts, so that an answer starts within them."""
        return self.chat and self._template(False, self._thinking)[-1].rstrip().endswith(_THINK)

    @property
    def thought_ends(self) -> int | None:
        """The token after which a model that thinks first gives its answer; None when it doesn't."""
        return self._thought if self._thinking or self.opens_thinking() else None

    def text(self, ids: Sequence[int]) -> str:
        """The text of answer `ids`, without control tokens but for the marks around thoughts."""
        if self._thought is None or self._thought not in ids:
            return self._decode(ids)
        at = len(ids) - 1 - list(reversed(ids)).index(self._thought)
        thought = self._decode(ids[:at]).replace(_THINK, "").replace(_THOUGHT, "")
        return f"{_THINK}{thought}{_THOUGHT}{self._decode(ids[at + 1 :])}"

    def option(self, option: str, prefix: str = "") -> list[int]:
        """The ids of an option as the answer, or as what follows its first words `prefix`."""
        led = bool(prefix) or not self.chat
        return self.plain(f" {option}" if led else option)

    def _decode(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def _encode(self, text: str) -> list[int]:
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def _start(self) -> list[int]:
        start = self._tokenizer.bos_token_id
        ids = list(self._tokenizer("", add_special_tokens=True)["input_ids"])
        return ids[:1] if start is not None and ids[:1] == [start] else []

    def _controls(self, ids: Sequence[int]) -> list[int]:
        return [number for number in ids if number in self._control]

    def _template(self, with_system: bool, thinking: Thinking) -> tuple[str, ...]:
        """The rendered template in pieces, with the marks as pieces of their own.

        Without a system mark where the template takes no system message: its text then goes before the user's.
        """
        key = (with_system, thinking)
        if key not in self._templates:
            pieces = self._rendered(with_system, thinking)
            if with_system and pieces.count(_SYSTEM_MARK) != 1:
                pieces = self._rendered(False, thinking)
            self._templates[key] = pieces
        return self._templates[key]

    def _rendered(self, with_system: bool, thinking: Thinking) -> tuple[str, ...]:
        messages = [{"role": "system", "content": _SYSTEM_MARK}] if with_system else []
        messages.append({"role": "user", "content": _USER_MARK})
        template = str(self._tokenizer.get_chat_template())
        # Templates call it by one of two names; those without either take no notice. Where it can't be put off, it is put low.
        asked: dict[str, Any] = {"enable_thinking": bool(thinking), "thinking": bool(thinking)}
        if thinking is not True and (thinking or ("reasoning_effort" in template and "enable_thinking" not in template)):
            asked["reasoning_effort"] = thinking or "low"
        try:
            rendered = str(
                self._tokenizer.apply_chat_template(
                    messages,
                    chat_template=f"{_FIXED_DATE}{template}" if "strftime_now" in template else template,
                    tokenize=False,
                    add_generation_prompt=True,
                    **asked,
                )
            )
        except Exception:
            if with_system:  # some templates raise at a system message
                return ()
            raise
        pieces = [rendered]
        for mark in (_SYSTEM_MARK, _USER_MARK):
            pieces = [part for piece in pieces for part in _split(piece, mark)]
        return tuple(pieces)


def _led(prefix: str) -> str:
    return f" {prefix.strip()}" if prefix.strip() else ""


def _split(text: str, mark: str) -> list[str]:
    out: list[str] = []
    for place, part in enumerate(text.split(mark)):
        out += [mark, part] if place else [part]
    return [part for part in out if part]


def _plain_encoder(tokenizer: Any, *, kept: set[int]) -> Callable[[str], list[int]]:
    """Encodes with the tokenizer's vocabulary and rules, but knows none of its added tokens but those `kept`."""
    backend = cast("_Backend | None", getattr(tokenizer, "backend_tokenizer", None))
    if backend is None:
        return lambda text: list(tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"])
    form = json.loads(backend.to_str())
    added = [token for token in form["added_tokens"] if token["id"] in kept]
    form.update(added_tokens=added, post_processor=None, truncation=None, padding=None)
    plain: _Backend = cast("Any", import_module("tokenizers")).Tokenizer.from_str(json.dumps(form))
    # Without the others, those kept are numbered anew behind the vocabulary.
    number = {plain.token_to_id(token["content"]): int(token["id"]) for token in added}

    def encode(text: str) -> list[int]:
        ids = cast("list[int]", plain.encode(text, add_special_tokens=False).ids)
        return [number.get(each, each) for each in ids]

    return encode
