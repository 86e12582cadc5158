"""The run archive: everything that a run brings, on disk before anyone acts on it; read back as the words it was."""

from gamemaster.record.archive import Archive, RunStatus
from gamemaster.record.call_record import CallRecord, CallRow
from gamemaster.record.canonical_export import canonical_export
from gamemaster.record.reading import Reading, StepRow
from gamemaster.record.recorded import Recorded
from gamemaster.record.state_tracker import StateChange, StateTracker, StepChanges
from gamemaster.record.step_record import GivenState, Measure, MemoryChange, ProbeAnswer, State, StepRecord, StoredVector
from gamemaster.record.verify import verify

__all__ = [
    "Archive",
    "CallRecord",
    "CallRow",
    "GivenState",
    "Measure",
    "MemoryChange",
    "ProbeAnswer",
    "Reading",
    "Recorded",
    "RunStatus",
    "State",
    "StateChange",
    "StateTracker",
    "StepChanges",
    "StepRecord",
    "StepRow",
    "StoredVector",
    "canonical_export",
    "verify",
]
