"""Phase: a stretch of steps that were made from one configuration.

A run begins with the phase that its configuration says. Another begins where it was forked from its parent, or where
`then` went on with another simulation. Phases are on record before their first step, like the answers of a step under way,
and the hash chain covers them with that step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, cast, get_args

from gamemaster.record.json_text import from_json, sorted_json, to_json
from gamemaster.record.step_record import State
from gamemaster.record.table import Row
from gamemaster.words import ArchiveDamaged

__all__ = ["Parent", "Phase", "PhaseKind", "phase_row", "read_phase"]

PhaseKind: TypeAlias = Literal["run", "fork", "then"]
"""The first phase of a run; a fork of its parent; a simulation that goes on where another ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The run that a fork was made of: its last common step, and the digest of the hash chain there."""

    step: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A phase: its first step, how it came about, and what its steps were made from.

    `carry` are the parts that a `then` took over. `states` are parts that began otherwise than the step before had left
    them, by name; `told` is what agents were told before the first step: pairs of (agent, text).
    """

    step: int
    kind: PhaseKind
    configuration: Mapping[str, Any]
    parent: Parent | None = None
    carry: tuple[str, ...] = ()
    states: Mapping[str, State] = field(default_factory=dict[str, State])
    told: tuple[tuple[str, str], ...] = ()


def phase_row(phase: Phase) -> Row:
    """The row of `phases` for a phase. Raises: ArchiveError for what can't be put on record."""
    parent = None if phase.parent is None else to_json({"step": phase.parent.step, "digest": phase.parent.digest})
    states = {part: {"version": version, "state": state} for part, (version, state) in sorted(phase.states.items())}
    return (
        phase.step,
        phase.kind,
        sorted_json(phase.configuration),
        parent,
        to_json(phase.carry),
        to_json(states),
        to_json(phase.told),
    )


def read_phase(row: Row) -> Phase:
    """The phase that a row of `phases` holds."""
    step, kind, configuration, parent, carry, states, told = row
    where = f"the phase that begins with step {step}"
    if kind not in get_args(PhaseKind):
        raise ArchiveDamaged(f"The archive holds the unknown kind {kind!r} in {where}.")
    try:
        return Phase(
            step=step,
            kind=cast("PhaseKind", kind),
            configuration=dict(from_json(configuration, where)),
            parent=None if parent is None else Parent(**from_json(parent, where)),
            carry=tuple([str(each) for each in from_json(carry, where)]),
            states={part: (int(held["version"]), dict(held["state"])) for part, held in from_json(states, where).items()},
            told=tuple([(str(name), str(text)) for name, text in from_json(told, where)]),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ArchiveDamaged(f"The archive holds no readable phase in {where}: {error!r}.") from error
