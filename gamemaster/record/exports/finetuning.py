"""Fine-tuning data: each recorded model call that was answered well, as the messages of one chat.

The one idea: only answers that were used. A call whose answer could not be read is left out, and of those behind an attempt
that failed, all; so is what was asked of the game master unless it is asked for by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gamemaster.language.option_reading import lettered
from gamemaster.record.call_record import CallRow
from gamemaster.record.exports.sheet import Sheet, columns
from gamemaster.record.json_text import to_json
from gamemaster.record.reading import Reading
from gamemaster.words import GamemasterError, PromptTexts, prompt_texts

__all__ = ["finetuning"]


def finetuning(archive: Reading, agent: str | None = None) -> Sheet:
    """A row a call, in the order of keys: `messages` are those of system (where there is one), user and assistant.

    The user's message ends with the form of the answer that was wanted, the options or the schema, as plain chat models are
    told it. The assistant's is the text, the option's words, or the object as JSON; reasoning isn't part of it.
    """

    def rows() -> Iterator[list[Any]]:
        last = archive.last_step
        known = {name for phase in archive.phases for name in phase.configuration.get("order", ())}
        texts = _texts(archive)
        step, failed = -1, set[str]()
        for each in archive.calls(who=agent):
            key = each.key
            if last is None or key.step > last:
                return
            if key.step != step:
                step = key.step
                failed = {attempt.actor for attempt in archive.attempts(step=step) if attempt.failure is not None}
            answer = _answer(each)
            if answer is None or (agent is None and key.who not in known):
                continue
            if key.component == "actor" and key.what.startswith("act/") and key.who in failed:
                continue
            asked = [{"role": "system", "content": each.prompt.system}] if each.prompt.system else []
            form = _form(each, texts)
            user = f"{each.prompt.user}\n\n{form}" if form else each.prompt.user
            chat = [*asked, {"role": "user", "content": user}, {"role": "assistant", "content": answer}]
            yield [chat, key.who, key.component, key.step, str(key), each.model]

    return Sheet(name="finetuning", columns=columns("messages:json agent component step:int call model"), rows=rows())


def _answer(call: CallRow) -> str | None:
    answer = call.answer
    if answer.failure is not None:
        return None
    if call.kind == "choice":
        options = call.parameters.get("options", ())
        return None if answer.index is None or not 0 <= answer.index < len(options) else str(options[answer.index])
    if call.kind == "object":
        return None if answer.value is None else to_json(answer.value)
    return answer.text or None


def _form(call: CallRow, texts: PromptTexts) -> str:
    if call.kind == "choice":
        options = [str(each) for each in call.parameters.get("options", ())]
        form = texts.text("answer", "choice", options="\n".join(lettered(options)))
    elif call.kind == "object":
        form = texts.text("answer", "object", schema=to_json(call.parameters.get("schema")))
    else:
        form = ""
    prefix = call.parameters.get("answer_prefix")
    begin = texts.text("answer", "go_on", words=prefix) if prefix else ""
    return "\n\n".join(part for part in (form, begin) if part)


def _texts(archive: Reading) -> PromptTexts:
    """The library's texts of the run's language; a folder that an archive names isn't opened."""
    named = str(archive.phases[-1].configuration.get("language", "en"))
    try:
        return prompt_texts(named if re.fullmatch(r"[a-z]{2}", named) else "en")
    except GamemasterError:  # a set of another version
        return prompt_texts("en")
