"""StepRecord: everything that one step brings to the archive, committed as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy
from numpy.typing import NDArray

from gamemaster.record.recall_record import RecallRecord
from gamemaster.words import ActionSpec, Ask, Attempt, Event, Failure, Grounding, JsonPatch, JsonValue, MemoryRecord, Observation

__all__ = ["GivenState", "Measure", "MemoryChange", "ProbeAnswer", "State", "StepRecord", "StoredVector"]

State: TypeAlias = tuple[int, dict[str, JsonValue]]
"""The version of a state's form, and the state."""
GivenState: TypeAlias = tuple[int, Mapping[str, JsonValue]]
"""The same, as it is handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A value measured in a step; `who` is "" for what concerns nobody in particular."""

    name: str
    value: float | int | str | bool | None
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryChange:
    """From now on `field` of the memory `id` has this value: a field of MemoryRecord, such as `last_access`."""

    id: str
    field: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeAnswer:
    """What `who` answered, in private, to a question of the probe named `probe`."""

    probe: str
    who: str
    question: str
    answer: Any = None
    spec: ActionSpec | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredVector:
    """The vector of `text` by the embedder with this fingerprint: float32, one dimension."""

    embedder: str
    text: str
    vector: NDArray[numpy.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """What step `step` brought, every sequence in the order of application. Step 0 is the preparation.

    `time` is the simulated time at the step's end. `states` holds each part ("world", "clock", "agent/Alice/plan",
    "game_master/gm") that may have changed; a part that is not named keeps its state. A part that stands in `patches`
    alone has changed by that patch, made from its last state (paths as in `state()`); one in both is checked. `gone` are
    parts that have no state any more.
    Nothing in it may be changed once it is handed over. Measures are put in the order of (name, who).
    """

    step: int
    time: float = 0.0
    scene: str = ""
    asks: Sequence[Ask] = ()
    attempts: Sequence[Attempt] = ()
    groundings: Sequence[Grounding] = ()
    events: Sequence[Event] = ()
    observations: Sequence[Observation] = ()
    measures: Sequence[Measure] = ()
    memories: Sequence[MemoryRecord] = ()
    memory_changes: Sequence[MemoryChange] = ()
    forgotten: Sequence[str] = ()
    vectors: Sequence[StoredVector] = ()
    states: Mapping[str, GivenState] = field(default_factory=dict[str, GivenState])
    patches: Mapping[str, JsonPatch] = field(default_factory=dict[str, JsonPatch])
    gone: Sequence[str] = ()
    probe_answers: Sequence[ProbeAnswer] = ()
    recalls: Sequence[RecallRecord] = ()
