"""Counted: what a run came to in figures: costs, failures and refusals, measures, probes, who met whom, the states of parts."""

from __future__ import annotations

import json
from typing import Any

from gamemaster.record import Archive
from gamemaster.record.exports.network import network_of
from gamemaster.record.json_text import from_json
from gamemaster.record.table import query
from gamemaster.words import ArchiveError

__all__ = ["FAILED", "costs", "failures", "measured", "probe_answers", "relations", "states"]

Json = dict[str, Any]

FAILED = "(failure IS NOT NULL AND json_extract(failure, '$.kind') <> 'closed')"
"""Which attempts failed; that an action was not open is nobody's failure."""
_MOST = 3000
"""How many failures or refusals are listed; the counts are of all."""
_MOST_VALUES = 200_000


def costs(archive: Archive) -> Json:
    """Model calls, tokens and seconds by agent, component and model, and by step; what is repeated costs nothing again."""
    by_part = (
        "SELECT who, component, model, count(*), sum(asked), sum(prompt_tokens), sum(answer_tokens), sum(reused_tokens), "
        "sum(max(ended - started, 0)) FROM calls GROUP BY who, component, model ORDER BY who, component, model"
    )
    by_step = (
        "SELECT step, sum(asked), sum(prompt_tokens), sum(answer_tokens), sum(reused_tokens) FROM calls "
        "GROUP BY step ORDER BY step"
    )
    connection = archive.reader()
    return {
        "parts": [list(row) for row in query(connection, by_part)],
        "steps": [list(row) for row in query(connection, by_step)],
    }


def failures(archive: Archive) -> Json:
    """Answers that could not be used, calls whose answer had to be asked for again, and refusals, with how often each came."""
    connection = archive.reader()
    attempts = [
        {"step": step, "id": id, "actor": actor, **from_json(failure, f"the attempt {id}")}
        for step, id, actor, failure in query(
            connection,
            f"SELECT step, id, actor, failure FROM attempts WHERE {FAILED} ORDER BY step, n LIMIT ?",
            (_MOST,),
        )
    ]
    calls = [
        dict(zip(("step", "who", "component", "what", "idx", "failure"), row, strict=True))
        for row in query(
            connection,
            "SELECT step, who, component, what, idx, failure FROM calls WHERE failure IS NOT NULL "
            "ORDER BY step, who, component, what, idx LIMIT ?",
            (_MOST,),
        )
    ]
    refusals = [
        dict(zip(("step", "id", "actor", "text", "place", "action"), row, strict=True))
        for row in query(
            connection,
            "SELECT step, id, actor, text, place, action FROM events WHERE kind = 'refusal' ORDER BY step, n LIMIT ?",
            (_MOST,),
        )
    ]
    reasons = query(
        connection, "SELECT text, count(*) FROM events WHERE kind = 'refusal' GROUP BY text ORDER BY 2 DESC, 1 LIMIT 200"
    )
    failed = query(connection, "SELECT id, attempt_id FROM events WHERE kind = 'failure' ORDER BY step, n LIMIT ?", (_MOST,))
    ((attempted, wrong),) = query(connection, f"SELECT count(*), coalesce(sum({FAILED}), 0) FROM attempts")
    ((made, unusable),) = query(connection, "SELECT count(*), count(failure) FROM calls")
    return {
        "attempts": attempts,
        "calls": calls,
        "refusals": refusals,
        "reasons": [list(row) for row in reasons],
        "events": {attempt: id for id, attempt in failed if attempt},
        "totals": {"attempts": attempted, "failed": wrong, "calls": made, "unusable": unusable},
        "most": _MOST,
    }


def measured(archive: Archive, number: int, names: list[str]) -> Json:
    """The values measured under the name of this number, with step and whose each is."""
    if not 0 <= number < len(names):
        raise ArchiveError(f"The run has no measure {number}; it has {len(names)}.")
    asked = "SELECT step, who, value FROM measures WHERE name = ? ORDER BY step, n LIMIT ?"
    rows = query(archive.reader(), asked, (names[number], _MOST_VALUES))
    return {"name": names[number], "rows": [[step, who, from_json(value, "a measure")] for step, who, value in rows]}


def probe_answers(archive: Archive) -> Json:
    """What was answered in private to probes."""
    return {
        "rows": [
            {
                "step": step,
                "probe": each.probe,
                "who": each.who,
                "question": each.question,
                "answer": each.answer,
                **({} if each.failure is None else {"failure": each.failure.reason}),
            }
            for step, each in archive.probe_answers()
        ]
    }


def relations(archive: Archive) -> Json:
    """Who said something to whom and who noticed whom, how often, with the first and the last step."""
    found = network_of(archive)
    return {
        "nodes": [[name, said, did] for name, (said, did) in found.nodes.items()],
        "edges": [[*key, edge.weight, edge.first_step, edge.last_step] for key, edge in found.edges.items()],
    }


def states(archive: Archive) -> Json:
    """The states of all parts but the world, as they are at the end of the last committed step."""
    if archive.last_step is None:
        return {"step": -1, "parts": {}}
    parts = {part: state for part, (_, state) in archive.states().items() if part != "world"}
    # A world of this size is shown by `world_page`; here a state is small, and shown whole.
    return {"step": archive.last_step, "parts": {part: json.loads(json.dumps(state)) for part, state in sorted(parts.items())}}
