"""Thought: what stands behind the events of a page: asks, attempts, model calls, recalls, groundings, and causes.

The one idea: a call names its prompt's sections by reference, as the archive does, and whoever writes them down says what a
reference is. What a report has no room for is left out by `wanted`, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gamemaster.record import Archive
from gamemaster.record.json_text import from_json
from gamemaster.record.read_rows import read_attempt, read_event, read_grounding
from gamemaster.record.schema import ASKS, ATTEMPTS, CALLS, EVENTS, GROUNDINGS, RECALLS, WORK
from gamemaster.record.stored import Stored
from gamemaster.report.viewer.happened import rows_of_page
from gamemaster.report.viewer.paging import Page
from gamemaster.simulation.delayed_cause import is_delayed
from gamemaster.simulation.provenance import attempts_behind, cause_of
from gamemaster.words import Attempt, Event, Grounding

__all__ = ["Thinking", "details_page"]

Json = dict[str, Any]

_DIGEST = 12
"""How many letters of a request's digest stand where its prompt is left out."""


@dataclass(slots=True, kw_only=True)
class Thinking:
    """How much is shown.

    `wanted(step, who, what)`: whether a prompt or recall of that turn is; a call that failed always is. `reference` makes what
    a call names a section by, from its digest. `short` is how much of an answer stands where its prompt is left out, and
    `delayed` for how many put off events the cause is still looked for, which reads the world's whole past each time.
    """

    wanted: Callable[[int, str, str], bool] = lambda step, who, what: True
    reference: Callable[[str], int | str] = lambda digest: digest
    short: int = 400
    delayed: int = 10_000


def details_page(archive: Archive, page: Page, how: Thinking) -> Json:
    """What was asked, thought, recalled and attempted in the steps of a page, by step; see the module for what is left out."""
    steps: dict[int, Json] = {}

    def at(step: int) -> Json:
        return steps.setdefault(step, {"attempts": [], "calls": [], "recalls": [], "causes": {}})

    stored = Stored(archive.reader())
    attempts, groundings = _attempts(archive, page, stored)
    for row in rows_of_page(archive, ASKS, page):
        spec = stored.spec(row["spec"])
        asked: Json = {"agent": row["agent"], "kind": spec.kind, "call": spec.call.replace("{name}", row["agent"])}
        if spec.options:
            asked["options"] = list(spec.options)
        at(row["step"]).setdefault("asks", []).append(asked)
    for each in attempts:
        at(each.step)["attempts"].append(_attempt(each, groundings.get(each.id)))
    work = {tuple(row[name] for name in WORK.key): row for row in rows_of_page(archive, WORK, page)}
    for row in rows_of_page(archive, CALLS, page):
        call = _call(row, how)
        if (took := work.get(tuple(row[name] for name in WORK.key))) is not None and "omitted" not in call:
            call["work"] = [round(took["queued"], 3), round(took["worked"], 3), took["rows"]]
        at(row["step"])["calls"].append(call)
    for row in rows_of_page(archive, RECALLS, page):
        at(row["step"])["recalls"].append(_recall(row, how.wanted(row["step"], row["who"], row["phase"])))
    by_step = _by_step(attempts)
    for event in map(read_event, _event_rows(archive, page)):
        cause = _cause(archive, event, by_step.get(event.step, []), groundings, how)
        at(event.step)["causes"][event.id] = cause
    return {"steps": {str(step): steps[step] for step in sorted(steps)}}


def _event_rows(archive: Archive, page: Page) -> list[tuple[Any, ...]]:
    return list(EVENTS.rows(archive.reader(), "step >= ? AND step <= ?", (page.first, page.last)))


def _attempts(archive: Archive, page: Page, stored: Stored) -> tuple[list[Attempt], dict[str, Grounding]]:
    where, values = "step >= ? AND step <= ?", (page.first, page.last)
    connection = archive.reader()
    found = [read_attempt(row, stored) for row in ATTEMPTS.rows(connection, where, values)]
    grounded = map(read_grounding, GROUNDINGS.rows(connection, where, values))
    return found, {each.attempt_id: each for each in grounded}


def _by_step(attempts: Iterable[Attempt]) -> dict[int, list[Attempt]]:
    steps: dict[int, list[Attempt]] = {}
    for each in attempts:
        steps.setdefault(each.step, []).append(each)
    return steps


def _cause(archive: Archive, event: Event, attempts: list[Attempt], groundings: Mapping[str, Grounding], how: Thinking) -> Json:
    behind = attempts_behind(event, attempts, groundings)
    if not behind and event.attempt_id is None and is_delayed(event):
        if how.delayed <= 0:
            return {"kind": "delayed action", "action": event.action, "events": [], "omitted": True}
        how.delayed -= 1
    return cause_of(archive, event, behind)


def _attempt(attempt: Attempt, grounding: Grounding | None) -> Json:
    found: Json = {"id": attempt.id, "actor": attempt.actor, "kind": attempt.spec.kind, "answer": attempt.answer}
    if attempt.failure is not None:
        failure = attempt.failure
        found["failure"] = {"kind": failure.kind, "reason": failure.reason, "raw": failure.raw}
    if grounding is not None:
        calls = [each for each in (grounding.call, *grounding.then) if each is not None]
        found["grounding"] = {
            "calls": [{"action": each.action, "arguments": dict(each.arguments)} for each in calls],
            "confidence": grounding.confidence,
            "plausible": grounding.plausible,
            "reason": grounding.reason,
        }
    return found


def _call(row: Json, how: Thinking) -> Json:
    where = f"a call of step {row['step']}"
    answer = from_json(row["answer"], where)
    call: Json = {name: row[name] for name in ("step", "who", "component", "what", "idx", "kind", "model")}
    call["tokens"] = [row["prompt_tokens"], row["answer_tokens"], row["reused_tokens"]]
    call["asked"] = row["asked"]
    if row["failure"]:
        call["failure"] = row["failure"]
    if how.wanted(row["step"], row["who"], row["what"]) or row["failure"]:
        parameters = from_json(row["parameters"], where)
        call["sections"] = [how.reference(str(each)) for each in from_json(row["sections"], where)]
        call["call"] = row["call"]
        call["answer"] = answer
        call["seconds"] = max(0.0, round(row["ended"] - row["started"], 3))
        for name in ("options", "sampling", "answer_prefix"):
            if parameters.get(name):
                call[name] = parameters[name]
        return call
    text = str(answer.get("text", ""))
    call["answer"] = {"text": text if len(text) <= how.short else f"{text[: how.short]}…"}
    call["omitted"] = row["request"][:_DIGEST]
    return call


def _recall(row: Json, wanted: bool) -> Json:
    recall: Json = {name: row[name] for name in ("who", "component", "phase", "n", "k")}
    if not wanted:
        return {**recall, "omitted": True}
    recall["query"] = row["query"]
    recall["hits"] = from_json(row["hits"], "a recall")
    if row["approximate"]:
        recall["approximate"] = True
    return recall
