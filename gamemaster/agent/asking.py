"""ask_in_tries: one question, asked again when its answer can't be used."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gamemaster.agent.circumstances import Circumstances
from gamemaster.language import Answer, LanguageModel, Request
from gamemaster.words import Failure

__all__ = ["TRIES", "ask_in_tries"]

TRIES = 3
"""How often a question is asked until its answer can be used: sample i of it has the indices 3i, 3i+1 and 3i+2."""


async def ask_in_tries(circumstances: Circumstances, model: LanguageModel, request: Request) -> Answer:
    """The first usable answer in three tries, or the last failed one.

    `request.key.index` is that of the first try (3i for sample i). Each try has a call key of its own (the next index), is
    recorded, and tells the model what was wrong with the last. A content refusal isn't asked again.
    """
    answer: Answer | None = None
    for number in range(TRIES):
        this: Any = request
        if answer is not None:
            key = replace(request.key, index=request.key.index + number)
            again = circumstances.texts.text("answer", "again", reason=answer.failure)
            call = f"{request.prompt.call}\n\n{again}"
            this = replace(request, key=key, seed=key.seed(circumstances.run_seed), prompt=replace(request.prompt, call=call))
        if circumstances.on_ask is not None:
            circumstances.on_ask(this)
        answer = await model.answer(this)
        if answer.failure is None:
            return answer
        kind = answer.finish if answer.finish in ("length", "refused") else "unparsable"
        circumstances.fail(this, Failure(kind=kind, reason=answer.failure, raw=answer.text))
        if kind == "refused":
            break
    assert answer is not None
    return answer
