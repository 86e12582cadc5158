"""EmbeddedModel: answers every request with a sentence embedder and a little English, and no language model at all.

The one idea: a prompt says what it is made of (sections with their kinds, actions with their parameters), so an answer can
be put together from its own lines by likeness of meaning. It writes nothing new, follows no argument, and
does not understand a rule, a joke or a lie.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from gamemaster.language.embedded.choice import choose
from gamemaster.language.embedded.meaning import Meaning
from gamemaster.language.embedded.next_deed import next_deed, offered
from gamemaster.language.embedded.object import fill
from gamemaster.language.embedded.reader import Reading, clean, read
from gamemaster.language.embedded.speech import is_speech, say
from gamemaster.language.embedded.text import answer_question
from gamemaster.language.request import Answer, ChoiceRequest, Finish, ObjectRequest, Request, TextRequest, Usage
from gamemaster.words import Draws, derive_seed

if TYPE_CHECKING:
    from gamemaster.language.model import Embedder

__all__ = ["EmbeddedModel"]

_VERSION = "1"
_CHARACTERS_PER_TOKEN = 4


class EmbeddedModel:
    """The default language model of the library: no weights but the sentence embedder's.

    It is for trying things out, for tests and for tutorials. It follows plans and routines, picks options by likeness to
    persona, goals, plans and observations, fills in fields with what the prompt mentions, passes on news, and answers
    questions by quoting the nearest lines. It can't reason, count, negotiate, lie or write prose, and its English is
    that of its rules; nothing that it does is a finding about language models or people.

    Answers depend on the request alone. A greedy one (temperature 0) does not depend on the seed; persons differ all the
    same, because their prompts do. Every request gets an answer within its type and domain; the exception is a schema
    whose own validators refuse everything that was tried, and that is a failure on record.

    Args:
        embedder: a name or folder, an embedder, or None for the default one, which is loaded at the first use.
    """

    name = "embedded"
    deterministic = True

    def __init__(self, embedder: Embedder | str | None = None) -> None:
        self._given = embedder
        self._embedder: Embedder | None = None

    @property
    def embedder(self) -> Embedder:
        """The sentence embedder in use, loaded when it is first asked for."""
        if self._embedder is None:
            from gamemaster.language.embedding import load_embedder

            self._embedder = load_embedder() if self._given is None else load_embedder(self._given)
        return self._embedder

    @property
    def fingerprint(self) -> Mapping[str, str]:
        return {"embedder": self.embedder.fingerprint, "version": _VERSION}

    def count_tokens(self, text: str) -> int:
        """About how many tokens `text` is: one for every four characters."""
        return -(-len(text) // _CHARACTERS_PER_TOKEN)

    async def answer(self, request: Request) -> Answer:
        """The answer to one request; texts of all requests at hand are embedded in one batch."""
        from gamemaster.language.embedding import embedding_cache

        reading = read(request.prompt)
        meaning = Meaning(embedding_cache(self.embedder))
        random = _chance(request)
        prompt_tokens = self.count_tokens(request.prompt.text) + self.count_tokens(request.answer_prefix)
        if isinstance(request, ChoiceRequest):
            index, probabilities = await choose(
                reading, request.options, request.unsure, meaning, random, request.sampling.temperature
            )
            text = request.options[index]
            usage = Usage(prompt_tokens=prompt_tokens, answer_tokens=self.count_tokens(text))
            return Answer(text=text, index=index, probabilities=probabilities, usage=usage)
        if isinstance(request, ObjectRequest):
            return await self._object(request, reading, meaning, random, prompt_tokens)
        text, finish = _cut(await _text(reading, meaning, random), request)
        return Answer(text=text, finish=finish, usage=Usage(prompt_tokens=prompt_tokens, answer_tokens=self.count_tokens(text)))

    async def _object(
        self, request: ObjectRequest, reading: Reading, meaning: Meaning, random: Draws, prompt_tokens: int
    ) -> Answer:
        value = await fill(reading, request.schema, meaning, random)
        if value is None:
            return Answer(
                text="",
                finish="unparsable",
                failure=f"The embedded model found no values that {request.schema.__name__} accepts.",
                usage=Usage(prompt_tokens=prompt_tokens),
            )
        text = json.dumps(value, ensure_ascii=False)
        return Answer(text=text, value=value, usage=Usage(prompt_tokens=prompt_tokens, answer_tokens=self.count_tokens(text)))


def _chance(request: Request) -> Draws:
    """The request's draws: by its seed, or, where it is greedy, by what it asks of whom."""
    if request.sampling.temperature > 0:
        return Draws(request.seed)
    return Draws(derive_seed(0, request.prompt.name, request.prompt.call))


async def _text(reading: Reading, meaning: Meaning, random: Draws) -> str:
    if is_speech(reading):
        return await say(reading, meaning, random)
    if offered(reading):
        return await next_deed(reading, meaning, random)
    return await answer_question(reading, reading.call, meaning)


def _cut(text: str, request: TextRequest) -> tuple[str, Finish]:
    """`text` as it goes on from the prefix, up to a stop and no longer than asked for; never empty."""
    prefix = request.answer_prefix.strip().casefold()
    whole = text
    for length in range(min(len(prefix), len(text)), 0, -1):
        if prefix.endswith(text[:length].casefold()) and not text[length : length + 1].isalnum():
            text = text[length:].lstrip() or whole
            break
    for stop in request.sampling.stop:
        place = text.find(stop) if stop else -1
        if place > 0 and text[:place].strip():
            text = text[:place]
        elif place >= 0:
            text = text.replace(stop, " ")
    text = text.strip() or clean(whole) or "Nothing."
    most = max(1, request.sampling.max_tokens) * _CHARACTERS_PER_TOKEN
    if len(text) > most:
        return text[:most].strip() or text.strip()[:1], "length"
    return text, "stop"
