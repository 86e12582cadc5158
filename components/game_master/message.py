"""Message: somebody's words on the way to one hearer, and what may happen to them there.

The one idea: what was said and what arrived are two things. The event holds the words as they were said; each hearer's
observation holds them as they arrived, after the channel's hooks: filtered, translated, put off, tampered with, moderated.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, TypeAlias

from gamemaster.words import AnswerFailed, DefinitionError, Section, Turn, one_line, quote, user_code

__all__ = ["Delayed", "Filtered", "Message", "MessageHook", "Moderated", "Tampered", "Translated", "through"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Words of `speaker` to one hearer. `text` is how they arrive, `original` how they were said.

    They arrive `delay` simulated seconds later; with a reason in `lost` they don't.
    """

    speaker: str
    to: str
    text: str
    original: str
    event_id: str
    channel: str = ""
    delay: float = 0.0
    lost: str = ""


MessageHook: TypeAlias = Callable[[Message, Turn], Message | None | Awaitable[Message | None]]
"""Given a message and the game master's turn: the message as it goes on, or None where it is stopped."""


async def through(message: Message, hooks: Sequence[MessageHook], turn: Turn) -> Message:
    """The message after all `hooks`, in order; one that is stopped is `lost` by the name of the hook.

    A hook of which the model gives no usable answer leaves it as it is. Raises: StepFailed, which names channel and hook,
    for an error in one; DefinitionError for what is no message, or another one.
    """
    for hook in hooks:
        name = hook.__name__ if inspect.isfunction(hook) else type(hook).__name__.lower()
        channel = f"the channel {message.channel!r}" if message.channel else "in the open"
        with user_code(f"{channel}, hook {name}, on words of {message.speaker} to {message.to}, step {turn.step}"):
            try:
                result: Any = hook(message, turn)
                after: Any = await result if inspect.isawaitable(result) else result
            except AnswerFailed:
                continue
        if after is None:
            return replace(message, lost=name)
        _check_after(after, message, name)
        message = after
        if not one_line(message.text):
            message = replace(message, lost=message.lost or "empty")
        if message.lost:
            return message
    return message


def _check_after(after: Any, message: Message, hook: str) -> None:
    """Raises: DefinitionError for what a hook may not give back."""
    if not isinstance(after, Message) or not isinstance(after.text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise DefinitionError(
            f"The hook {hook} gave back {after!r}; a hook gives back the message, in which text and delay may be others, or None."
        )
    if replace(after, text=message.text, delay=message.delay, lost=message.lost) != message:
        raise DefinitionError(
            f"The hook {hook} gave back a message of {after.speaker} to {after.to}; it may change the text and the delay, "
            "and neither who speaks, nor who hears, nor what was said."
        )
    if not math.isfinite(after.delay) or after.delay < 0:
        raise DefinitionError(f"The hook {hook} puts words off by {after.delay!r} s; a delay is a number from 0.")


def _named(kind: str, message: Message, *on: str) -> str:
    """The name of a question about words: the same words are one question, however many hear them."""
    text = "\0".join([message.text, *on])
    return f"{kind}/{message.event_id}/{blake2b(text.encode('utf-8', 'surrogatepass'), digest_size=6).hexdigest()}"


class Filtered:
    """Stops what `keeps(message)` does not hold of."""

    def __init__(self, keeps: Callable[[Message], bool]) -> None:
        self.keeps = keeps

    def __call__(self, message: Message, turn: Turn) -> Message | None:
        return message if self.keeps(message) else None


class Delayed:
    """Lets words arrive `seconds` of simulated time later; a function of the message may say how many."""

    def __init__(self, seconds: float | Callable[[Message], float]) -> None:
        if not callable(seconds) and not 0 <= seconds < math.inf:
            raise DefinitionError(f"Delayed({seconds}): nothing arrives before it was said, or never; give seconds from 0 on.")
        self.seconds = seconds

    def __call__(self, message: Message, turn: Turn) -> Message:
        more = self.seconds(message) if callable(self.seconds) else self.seconds
        return replace(message, delay=message.delay + more)


class Tampered:
    """Changes the words on their way: `change(message)` is the text that arrives."""

    def __init__(self, change: Callable[[Message], str]) -> None:
        self.change = change

    def __call__(self, message: Message, turn: Turn) -> Message | None:
        text = self.change(message)
        return replace(message, text=text) if text else None


class Translated:
    """Asks the model to put the words into the language of the hearer: `into={"Bo": "Danish"}`; others hear the original.

    Where there is no usable translation the original arrives.
    """

    def __init__(self, into: Mapping[str, str]) -> None:
        self.into = dict(into)

    async def __call__(self, message: Message, turn: Turn) -> Message:
        language = self.into.get(message.to)
        if language is None:
            return message
        label = turn.texts.text("channel", "said", speaker=message.speaker)
        notes = [Section(label=label, text=quote(message.text), kind="question")]
        question = turn.texts.text("channel", "translate", language=language)
        try:
            text = await turn.text(question, notes=notes, temperature=0.0, what=_named("translate", message, language))
        except AnswerFailed:
            return message
        return replace(message, text=text) if text else message


class Moderated:
    """Asks the model of each message whether it breaks `rule`, in words; one that does is stopped. In doubt it arrives."""

    def __init__(self, rule: str) -> None:
        if not rule.strip():
            raise DefinitionError("Moderated(rule=''): say in words what may not be said.")
        self.rule = rule

    async def __call__(self, message: Message, turn: Turn) -> Message | None:
        label = turn.texts.text("channel", "said", speaker=message.speaker)
        notes = [Section(label=label, text=quote(message.text), kind="question")]
        question = turn.texts.text("channel", "moderate", rule=self.rule)
        options = turn.texts.texts("channel", "verdicts")
        try:
            what = _named("moderate", message, self.rule)
            chosen = await turn.choose(question, options, notes=notes, unsure=0, what=what)
        except AnswerFailed:
            return message
        return message if chosen.index == 0 else None
