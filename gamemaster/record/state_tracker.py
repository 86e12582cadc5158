"""StateTracker: what has changed in the states of a run's parts since they were last recorded.

The one idea: changes and keyframes. A step records how each state changed (a patch, or the whole where that is
shorter); when the changes since the last keyframe outweigh it, all states are recorded whole again. So a run's size is
that of its changes, and no state is ever more than one keyframe's worth of changes away.

States are equal when their JSON text is, order of members included: a world's dicts keep theirs over a resume.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from gamemaster.record.json_patch import apply_patch, make_patch
from gamemaster.record.json_text import from_json, to_json
from gamemaster.record.step_record import GivenState, State
from gamemaster.words import ArchiveDamaged, ArchiveError, JsonPatch, JsonValue

__all__ = ["StateChange", "StateTracker", "StepChanges", "rebuilt"]

_SMALL = 512
_MOST_OF_A_COMPONENT = 16 * 1024
# With next to no state, a keyframe every other step would be most of the archive.
_LEAST_BEFORE_KEYFRAME = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """How the state of a part changed in a step; `value` is JSON text: a JSON Patch, the whole state, or null: it is gone."""

    part: str
    version: int
    kind: Literal["patch", "state", "gone"]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepChanges:
    """The changes of a step, by part in the order of names; and all states, where a keyframe is due."""

    changes: tuple[StateChange, ...]
    keyframe: tuple[StateChange, ...] | None


class _Part:
    """The last state of a part: its text or, while patches are added to it, its value; or both."""

    __slots__ = ("text", "value", "version")

    def __init__(self, version: int, text: str | None, value: dict[str, JsonValue] | None = None) -> None:
        self.version, self.text, self.value = version, text, value

    def as_text(self) -> str:
        if self.text is None:
            self.text = to_json(self.value)
        return self.text

    def as_value(self) -> dict[str, JsonValue]:
        if self.value is None:
            assert self.text is not None
            self.value = json.loads(self.text)
            assert self.value is not None
        return self.value


class StateTracker:
    """Holds the last recorded state of every part. After an exception it is worth nothing: make it anew, and `load`."""

    def __init__(self) -> None:
        self._parts: dict[str, _Part] = {}
        self._since = 0
        self._keyframe: int | None = None

    def load(self, states: Mapping[str, State], *, keyframe_size: int, since: int) -> None:
        """Go on from these states.

        Args:
            states: of all parts.
            keyframe_size: characters of the last keyframe's states.
            since: characters of the changes after it.
        """
        self._parts = {part: _Part(version, to_json(state)) for part, (version, state) in states.items()}
        self._keyframe, self._since = keyframe_size, since

    def changes(
        self, states: Mapping[str, GivenState], patches: Mapping[str, JsonPatch] | None = None, gone: Iterable[str] = ()
    ) -> StepChanges:
        """What to record of a step; the states are then the last ones, and there are none of the parts that are `gone`.

        A part in `patches` alone has changed by that patch. With its state given too, the patch is recorded if it leads
        there, and else what does. The first time there is a keyframe, and
        no changes beside it.
        Raises: ArchiveError for a component's state over 16 kB, and for a patch that doesn't fit or has no state to go on from.
        """
        patches = patches or {}
        found: list[StateChange] = []
        for part in sorted({*states, *patches}):
            given, patch = states.get(part), patches.get(part)
            change = self._patched(part, patch) if given is None else self._stated(part, *given, patch)
            if change is not None:
                found.append(change)
        for part in sorted(set(gone) & self._parts.keys()):
            found.append(StateChange(part=part, version=self._parts.pop(part).version, kind="gone", value="null"))
        found.sort(key=lambda change: change.part)
        self._since += sum(len(change.value) for change in found)
        due = self._keyframe is None or self._since > max(self._keyframe, _LEAST_BEFORE_KEYFRAME)
        if self._keyframe is None:  # the keyframe says it all
            return StepChanges(changes=(), keyframe=self._take_keyframe())
        return StepChanges(changes=tuple(found), keyframe=self._take_keyframe() if due else None)

    def _patched(self, part: str, patch: JsonPatch | None) -> StateChange | None:
        held = self._parts.get(part)
        if not patch:
            return None
        if held is None:
            raise ArchiveError(f"The part {part!r} has a patch but no state on record yet; give its state the first time.")
        text = to_json(patch)
        held.value, held.text = _applied(held.as_value(), patch, part), None
        return StateChange(part=part, version=held.version, kind="patch", value=text)

    def _stated(self, part: str, version: int, state: Mapping[str, JsonValue], patch: JsonPatch | None) -> StateChange | None:
        text = to_json(state)
        if part.startswith("agent/") and len(text) > _MOST_OF_A_COMPONENT // 4:
            _check_size(part, text)
        held = self._parts.get(part)
        if held is not None and held.version == version and held.as_text() == text:
            return None
        self._parts[part] = _Part(version, text)
        if held is not None and held.version == version and len(text) >= _SMALL:
            for operations in (patch, make_patch(held.as_value(), state)) if patch else (make_patch(held.as_value(), state),):
                change = to_json(operations)
                # A patch says nothing of the order of members; where that is not what it should be, record the whole.
                if len(change) < len(text) and to_json(_applied(json.loads(held.as_text()), operations, part)) == text:
                    return StateChange(part=part, version=version, kind="patch", value=change)
        return StateChange(part=part, version=version, kind="state", value=text)

    def _take_keyframe(self) -> tuple[StateChange, ...]:
        frame = tuple(
            StateChange(part=part, version=held.version, kind="state", value=held.as_text())
            for part, held in sorted(self._parts.items())
        )
        self._keyframe, self._since = sum(len(each.value) for each in frame), 0
        return frame


def _applied(state: dict[str, JsonValue], patch: JsonPatch, part: str) -> dict[str, JsonValue]:
    try:
        return apply_patch(state, patch, part)
    except ArchiveDamaged as error:
        raise ArchiveError(str(error)) from error


def _check_size(part: str, text: str) -> None:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > _MOST_OF_A_COMPONENT:
        raise ArchiveError(
            f"The state of {part} has {size:,} bytes; a component's state may have {_MOST_OF_A_COMPONENT:,}. "
            "What grows belongs in memory (turn.memory.add), not in state()."
        )


def rebuilt(keyframe: Iterable[StateChange], changes: Iterable[StateChange]) -> dict[str, State]:
    """All states: those of a keyframe, with the changes after it, in their order."""
    states: dict[str, State] = {}
    for change in (*keyframe, *changes):
        if change.kind == "gone":
            states.pop(change.part, None)
            continue
        value = from_json(change.value, f"the state of {change.part}")
        if change.kind == "patch":
            if change.part not in states:
                raise ArchiveDamaged(f"The archive holds a patch of {change.part} but no state before it.")
            value = apply_patch(states[change.part][1], value, change.part)
        if not isinstance(value, dict):
            raise ArchiveDamaged(f"The archive holds {str(value)[:60]!r} as the state of {change.part}, where an object belongs.")
        states[change.part] = (change.version, cast("dict[str, JsonValue]", value))
    return states
