"""Model calls as rows of the archive, and back.

A row holds the prompt as the digests of its sections, and everything else that the answer depends on in `parameters`
and `seed`; `request` is the digest of all of these, by which a repeated request is compared with the recorded one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol, cast, get_args

from gamemaster.language.prompt import Prompt
from gamemaster.language.request import Answer, ChoiceRequest, Finish, Request, Sampling, TextRequest, Usage
from gamemaster.record.call_record import CallKind, CallRecord, CallRow
from gamemaster.record.contents import Contents, digest_of
from gamemaster.record.json_text import from_json, to_json
from gamemaster.record.schema import CALLS
from gamemaster.record.table import Row
from gamemaster.words import ArchiveDamaged, CallKey, Section

__all__ = [
    "RequestText",
    "Stored",
    "asked_in",
    "call_row",
    "key_of",
    "read_answer",
    "read_call",
    "request_digest",
    "request_text",
]

RequestText = tuple[str, str, str, str, str, int, str]
"""kind, name, sections, call, parameters, seed, digest: the columns of a request."""

_REQUEST = slice(CALLS.names.index("kind"), CALLS.names.index("request") + 1)


class Stored(Protocol):
    """Where sections and documents are read back from."""

    def section(self, digest: str) -> Section: ...
    def document(self, digest: str) -> Any: ...


def request_text(request: Request, contents: Contents) -> RequestText:
    """The columns that say what was asked."""
    prompt = request.prompt
    section = contents.section
    sections = '["' + '","'.join([section(each) for each in prompt.sections]) + '"]' if prompt.sections else "[]"
    kind: CallKind = "text" if isinstance(request, TextRequest) else "choice" if isinstance(request, ChoiceRequest) else "object"
    asked = (kind, prompt.name, sections, prompt.call, _parameters(request, contents), request.seed)
    return *asked, _digest(*asked)


def request_digest(asked: RequestText) -> str:
    """The digest that belongs to what was asked."""
    return _digest(*asked[:-1])


def call_row(record: CallRecord, contents: Contents) -> Row:
    """The row of `calls` for a record."""
    key, answer = record.request.key, record.answer
    usage = answer.usage
    return (
        key.step,
        key.who,
        key.component,
        key.what,
        key.index,
        *request_text(record.request, contents),
        _answer_json(answer),
        answer.failure,
        record.model,
        usage.prompt_tokens,
        usage.answer_tokens,
        usage.reused_tokens,
        usage.asked,
        record.started,
        record.ended,
    )


def key_of(row: Row) -> CallKey:
    """The key of a row of `calls`."""
    return CallKey(*row[:5])


def asked_in(row: Row) -> RequestText:
    """What was asked, of a row of `calls`."""
    return cast("RequestText", row[_REQUEST])


def read_call(row: Row, stored: Stored) -> CallRow:
    """The call that a row of `calls` holds.

    Raises: ArchiveDamaged where a section is missing or a value is not what belongs there.
    """
    key = key_of(row)
    where = f"the call of {key}"
    kind, name, sections, call, parameters, seed, request = asked_in(row)
    if kind not in get_args(CallKind):
        raise ArchiveDamaged(f"The archive holds the unknown kind {kind!r} in {where}.")
    digests, known = from_json(sections, where), from_json(parameters, where)
    if not isinstance(digests, list) or not isinstance(known, dict):
        raise ArchiveDamaged(f"The archive holds no readable request in {where}.")
    digests, known = cast("list[object]", digests), cast("dict[str, Any]", known)
    if "schema" in known:
        known["schema"] = stored.document(str(known["schema"]))
    return CallRow(
        key=key,
        kind=cast("CallKind", kind),
        prompt=Prompt(sections=tuple([stored.section(str(digest)) for digest in digests]), call=call, name=name),
        parameters=known,
        seed=seed,
        request=request,
        answer=read_answer(row, where),
        model=row[14],
        started=row[19],
        ended=row[20],
    )


def read_answer(row: Row, where: str) -> Answer:
    """The answer that a row of `calls` holds, with its usage."""
    held = from_json(row[12], where)
    try:
        probabilities = held.get("probabilities")
        finish = held.get("finish", "stop")
        if finish not in get_args(Finish):
            raise ValueError(finish)
        index, value = held.get("index"), held.get("value")
        if type(index) not in (int, type(None)) or not isinstance(value, dict | None):
            raise ValueError(f"index {str(index)[:60]}, value {str(value)[:60]}")
        if probabilities is not None and not all(type(each) in (int, float) for each in probabilities):
            raise ValueError(f"probabilities {str(probabilities)[:60]}")
        return Answer(
            text=str(held["text"]),
            index=index,
            probabilities=None if probabilities is None else tuple(probabilities),
            value=cast("dict[str, Any] | None", value),
            finish=finish,
            failure=row[13],
            reasoning=str(held.get("reasoning", "")),
            usage=Usage(prompt_tokens=row[15], answer_tokens=row[16], reused_tokens=row[17], asked=row[18]),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ArchiveDamaged(f"The archive holds no readable answer in {where}: {error!r}.") from error


def _digest(kind: str, name: str, sections: str, call: str, parameters: str, seed: int) -> str:
    # Each part's length goes before it: no two requests share a text.
    return digest_of(f"{kind}{len(name)}:{name}{len(sections)}:{sections}{len(call)}:{call}{parameters}{seed}")


def _parameters(request: Request, contents: Contents) -> str:
    sampling = _sampling_json(request.sampling)
    if isinstance(request, TextRequest) and not request.answer_prefix:
        return sampling
    extra: dict[str, object] = {}
    if request.answer_prefix:
        extra["answer_prefix"] = request.answer_prefix
    if isinstance(request, ChoiceRequest):
        extra["options"] = request.options
        if request.unsure is not None:
            extra["unsure"] = request.unsure
    elif not isinstance(request, TextRequest):
        extra["schema"] = contents.schema(request.schema)
    return f"{sampling[:-1]},{to_json(extra)[1:]}"


@lru_cache(maxsize=256)
def _sampling_json(sampling: Sampling) -> str:
    # 0 and 0.0 are equal, so one stands for the other here: the text must not depend on which came first.
    numbers: dict[str, object] = {name: float(getattr(sampling, name)) for name in ("temperature", "top_p", "min_p")}
    numbers |= {name: int(getattr(sampling, name)) for name in ("max_tokens", "top_k")}
    return to_json({"sampling": {**numbers, "stop": sampling.stop}})


def _answer_json(answer: Answer) -> str:
    held: dict[str, object] = {"text": answer.text}
    if answer.index is not None:
        held["index"] = answer.index
    if answer.probabilities is not None:
        held["probabilities"] = answer.probabilities
    if answer.value is not None:
        held["value"] = answer.value
    if answer.finish != "stop":
        held["finish"] = answer.finish
    if answer.reasoning:
        held["reasoning"] = answer.reasoning
    return to_json(held)
