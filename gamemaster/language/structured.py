"""Structured answers from models that only give text: what to tell them, and how to read what they say.

The one idea: an answer counts only when it can be read in one way. What can't is a failure, with the reason; nothing is
guessed, repaired or replaced by a first option. Nothing that a model writes raises an exception here.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from pydantic import BaseModel, ValidationError

from gamemaster.language.option_reading import lettered, read_option
from gamemaster.language.request import NO_USAGE, Answer, ChoiceRequest, Finish, ObjectRequest, Request, TextRequest, Usage
from gamemaster.language.strict_json import NotStrict, object_text, read_object, without_surrogates
from gamemaster.words import prompt_texts

__all__ = ["instructions", "parse_answer", "split_reasoning"]


def instructions(request: Request) -> str:
    """What to put after the prompt so that a plain chat model knows the form; empty where there is nothing to say."""
    texts = prompt_texts(request.prompt.language)
    begin = texts.text("answer", "go_on", words=request.answer_prefix) if request.answer_prefix else ""
    if isinstance(request, TextRequest):
        return begin
    if isinstance(request, ChoiceRequest):
        form = texts.text("answer", "choice", options="\n".join(lettered(request.options)))
    else:
        form = texts.text("answer", "object", schema=_schema_text(request.schema))
    return f"{form}\n\n{begin}" if begin else form


def parse_answer(request: Request, text: str, *, finish: Finish = "stop", reasoning: str = "", usage: Usage = NO_USAGE) -> Answer:
    """The answer that `text` is to `request`; `failure` is set when it is none.

    `finish` is how the model ended, as its provider states it: a refusal is taken from there and never from the words.
    A `<think>…</think>` at the start goes to `reasoning`, behind what is given there. Text is cut at the first of the
    request's stop strings and stripped; the prefix is dropped should it have been repeated. A choice is one option, by
    its words or its letter; an object the whole answer or its one fenced block, strict JSON that the schema accepts,
    its `value` what the schema made of it, as JSON values. Text that was cut off at the token limit is still text.
    """
    thought, said = split_reasoning(without_surrogates(text))
    reasoning = "\n".join(part for part in (without_surrogates(reasoning).strip(), thought) if part)

    def failed(why: str, how: Finish = "unparsable") -> Answer:
        return Answer(text=text, finish=how, failure=why, reasoning=reasoning, usage=usage)

    if finish == "refused":
        return failed("The model's provider refused to answer.", "refused")
    if said is None:
        return failed("The answer ended while the model was still thinking.", "length")
    if isinstance(request, TextRequest):
        words = _words(request, said)
        if not words:
            return failed("The answer is empty.", "length" if finish == "length" else "unparsable")
        return Answer(text=words, finish=finish, reasoning=reasoning, usage=usage)
    if not said.strip():
        return failed("The answer is empty.", "length" if finish == "length" else "unparsable")
    if isinstance(request, ChoiceRequest):
        read = read_option(request.options, _without_prefix(request, said), complete=finish != "length")
        if isinstance(read, str):
            return failed(read)
        return Answer(text=said.strip(), index=read, finish=finish, reasoning=reasoning, usage=usage)
    value = _read_value(request, said)
    if isinstance(value, str):
        return failed(value, "length" if finish == "length" else "unparsable")
    return Answer(text=said.strip(), value=value, finish=finish, reasoning=reasoning, usage=usage)


def split_reasoning(text: str) -> tuple[str, str | None]:
    """What a thinking model thought, and what it then said; None for what it said when it never got there.

    Thoughts stand at the start, between `<think>` and `</think>`; the opening may be missing, as it may stand in the
    prompt.
    """
    thoughts: list[str] = []
    rest = text
    while rest.lstrip().startswith("<think>"):
        thought, closing, after = rest.lstrip()[len("<think>") :].partition("</think>")
        thoughts.append(thought.strip())
        if not closing:
            return "\n".join(thoughts), None
        rest = after
    if not thoughts and "</think>" in rest and "<think>" not in rest:
        thought, _, rest = rest.partition("</think>")
        thoughts.append(thought.strip())
    return "\n".join(thoughts), rest


def _words(request: TextRequest, said: str) -> str:
    said = _without_prefix(request, said)
    cuts = [at for at in (said.find(stop) for stop in request.sampling.stop if stop) if at >= 0]
    return said[: min(cuts)].strip() if cuts else said.strip()


def _without_prefix(request: Request, said: str) -> str:
    prefix = request.answer_prefix.strip()
    bare = said.lstrip()
    return bare[len(prefix) :] if prefix and bare.startswith(prefix) else said


def _read_value(request: ObjectRequest, said: str) -> dict[str, Any] | str:
    """The value, or why there is none."""
    try:
        try:
            data = read_object(object_text(said))
        except NotStrict:
            if not request.answer_prefix:
                raise
            data = read_object(object_text(request.answer_prefix + said))
    except NotStrict as error:
        return str(error)
    return validated(request.schema, data)


def validated(schema: type[BaseModel], data: dict[str, Any]) -> dict[str, Any] | str:
    """What `schema` makes of `data`, as JSON values that it accepts again; or why it accepts it not."""
    try:
        value = schema.model_validate_json(json.dumps(data, allow_nan=False))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        return f"The answer does not fit {schema.__name__}: {place}: {first['msg']}."
    except Exception as error:  # a validator of the user's that gave up on what the model wrote
        return f"The answer does not fit {schema.__name__}: {type(error).__name__}: {error}"
    try:
        out = value.model_dump(mode="json", by_alias=True, round_trip=True)
        schema.model_validate(out)
        json.dumps(out, allow_nan=False)
    except Exception:  # a schema whose own output it does not take: what came in is known to fit
        return data
    return out


@functools.lru_cache(maxsize=256)
def _schema_text(schema: type[BaseModel]) -> str:
    return json.dumps(schema.model_json_schema(), ensure_ascii=False)
