"""The schema has room for every field of the words; a field that is added to a word must be given its column."""

from __future__ import annotations

from dataclasses import fields

import pytest

from gamemaster.language.request import Answer, Sampling, TextRequest, Usage
from gamemaster.record import StepRecord
from gamemaster.record.call_rows import request_text
from gamemaster.record.contents import Contents
from gamemaster.record.schema import (
    ASKS,
    ATTEMPTS,
    CALLS,
    EVENTS,
    GROUNDINGS,
    MEMORIES,
    OBSERVATIONS,
    SECTIONS,
    STEP_TABLES,
    TABLES,
    WORK,
)
from gamemaster.record.table import Table
from gamemaster.words import Ask, Attempt, CallKey, Event, Grounding, MemoryRecord, Observation, Section


@pytest.mark.parametrize(
    ("word", "table", "own"),
    [
        (Ask, ASKS, {"step", "n"}),
        (Attempt, ATTEMPTS, {"n"}),
        (Grounding, GROUNDINGS, {"step", "n"}),
        (Event, EVENTS, {"n"}),
        (Observation, OBSERVATIONS, {"step", "n"}),
        (MemoryRecord, MEMORIES, {"step", "n"}),
        (Section, SECTIONS, {"digest"}),
    ],
)
def test_every_field_has_its_column(word: type, table: Table, own: set[str]) -> None:
    # `memory_changes`; the event; the measure "in charge"
    told_by_others = {MemoryRecord: {"versions"}, Observation: {"actor", "action"}, Ask: {"game_master"}}
    assert {each.name for each in fields(word)} - told_by_others.get(word, set()) == set(table.names) - own


def test_every_part_of_a_call_is_on_record(ask: object) -> None:
    assert {each.name for each in fields(CallKey)} - {"index"} <= {*CALLS.names}
    assert {each.name for each in fields(Usage)} <= {*CALLS.names, *WORK.names}
    assert {each.name for each in fields(Answer)} == {
        *("text", "index", "probabilities", "value", "finish", "failure", "reasoning", "usage")
    }
    assert callable(ask)
    request = ask()
    assert isinstance(request, TextRequest)
    parameters = request_text(request, Contents())[4]
    assert all(f'"{each.name}":' in parameters for each in fields(Sampling))


def test_every_table_is_covered_by_the_hash_chain_or_checked_otherwise() -> None:
    others = {table.name for table in TABLES} - {table.name for table in STEP_TABLES}
    assert others == {"meta", "metrics", "steps", "documents", "sections", "recalls", "work", "vectors"}
    assert all(table.names[0] == "step" for table in STEP_TABLES)
    assert {each.name for each in fields(StepRecord)} == {
        *("step", "time", "scene", "asks", "attempts", "groundings", "events", "observations", "measures", "memories"),
        *("memory_changes", "forgotten", "vectors", "states", "patches", "gone", "probe_answers", "recalls"),
    }
