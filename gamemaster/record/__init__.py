"""The run archive: everything that a run brings, on disk before anyone acts on it; read back as the words it was."""

from gamemaster.record.archive import Archive, RunStatus
from gamemaster.record.call_record import CallRecord, CallRow
from gamemaster.record.canonical_export import canonical_export
from gamemaster.record.forking import fork_archive
from gamemaster.record.phase import Parent, Phase, PhaseKind
from gamemaster.record.reading import Reading, StepRow
from gamemaster.record.recall_record import RecalledMemory, RecallRecord
from gamemaster.record.recorded import Recorded
from gamemaster.record.replayed import Replayed, RequestDiffers
from gamemaster.record.request_difference import Difference
from gamemaster.record.salvage import Salvaged, salvage
from gamemaster.record.spent import Spent
from gamemaster.record.state_tracker import StateChange, StateTracker, StepChanges
from gamemaster.record.step_record import GivenState, Measure, MemoryChange, ProbeAnswer, State, StepRecord, StoredVector
from gamemaster.record.verify import LawCheck, Verification, examine, verify

__all__ = [
    "Archive",
    "CallRecord",
    "CallRow",
    "Difference",
    "GivenState",
    "Measure",
    "MemoryChange",
    "Parent",
    "Phase",
    "PhaseKind",
    "ProbeAnswer",
    "Reading",
    "RecallRecord",
    "RecalledMemory",
    "Recorded",
    "Replayed",
    "RequestDiffers",
    "RunStatus",
    "Spent",
    "State",
    "StateChange",
    "StateTracker",
    "StepChanges",
    "StepRecord",
    "StepRow",
    "StoredVector",
    "canonical_export",
    "fork_archive",
    "LawCheck",
    "Salvaged",
    "Verification",
    "examine",
    "salvage",
    "verify",
]
