"""DelayedCause: which action put off what happened later.

The one idea: what is put off stands on the world's agenda, the agenda is state, and every change of a state is on record. So
the step in which an entry came onto it is known, and in that step the event of whoever put it off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from gamemaster.record import Archive
from gamemaster.record.json_text import from_json
from gamemaster.words import Event

__all__ = ["HOOKS", "DelayedCause", "delayed_cause", "is_delayed"]

HOOKS = ("start", "end_of_step", "end_of_round")
"""What the world does of itself, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayedCause:
    """The step in which it was put off, None where the record doesn't tell, with what arguments, and the events that may have.

    `events` are those of the same actor in that step, or, where there are none (a joint action, an intervention, one's own
    hook), all by which an action took place; one, as a rule.
    """

    step: int | None
    due: float
    arguments: dict[str, Any]
    events: tuple[Event, ...]


def is_delayed(event: Event) -> bool:
    """Whether it is what a world put off with `later`."""
    hook = (event.action or "").rpartition(".")[2] in HOOKS and not event.actor
    return event.kind in ("effect", "refusal") and event.attempt_id is None and event.action is not None and not hook


def delayed_cause(archive: Archive, event: Event) -> DelayedCause | None:
    """Who put off what became this event; None where no entry of the agenda fits it."""
    agenda = _agenda(archive.states(event.step - 1).get("world", (0, {}))[1]) if event.step else []
    entry: dict[str, Any] | None = None
    for each in archive.events(step=event.step):
        if not is_delayed(each):
            continue
        at = next((n for n, due in enumerate(agenda) if (due.get("action"), due.get("actor")) == (each.action, each.actor)), None)
        if at is not None:
            entry = agenda.pop(at)
        elif each.id == event.id:
            return _in_the_same_step(archive, event)
        if each.id == event.id:
            break
    if entry is None:
        return None
    step = _put_off_in(archive, entry, event.step - 1)
    events = () if step is None else _by(archive, step, str(entry.get("actor", "")))
    return DelayedCause(step=step, due=float(entry["time"]), arguments=dict(entry.get("arguments", {})), events=events)


def _in_the_same_step(archive: Archive, event: Event) -> DelayedCause:
    """It was put off by something that was itself due in this step."""
    before: list[Event] = []
    for each in archive.events(step=event.step):
        if each.id == event.id:
            break
        if is_delayed(each) and each.kind == "effect":
            before.append(each)
    own = tuple(each for each in before if each.actor == event.actor) or tuple(before)
    return DelayedCause(step=event.step, due=event.time, arguments={}, events=own[-1:])


def _put_off_in(archive: Archive, entry: dict[str, Any], last: int) -> int | None:
    """The last step, up to `last`, in which one more such entry came onto the agenda."""
    held = _agenda(archive.states(0).get("world", (0, {}))[1]).count(entry)
    found = 0 if held else None
    for step, change in archive.changes("world"):
        if step > last:
            break
        value = from_json(change.value, f"the world's change of step {step}")
        if change.kind == "patch":
            agendas = [each.get("value") for each in value if each.get("path") == "/agenda"]
        else:
            agendas = [_agenda(value or {})]
        for agenda in agendas:
            count = cast("list[Any]", agenda).count(entry) if isinstance(agenda, list) else 0
            if count > held:
                found = step
            held = count
    return found


def _by(archive: Archive, step: int, actor: str) -> tuple[Event, ...]:
    acted = [each for each in archive.events(step=step) if each.kind in ("act", "effect", "intervention")]
    own = [each for each in acted if each.actor == actor and each.action is not None]
    return tuple(own or [each for each in acted if not each.actor])


def _agenda(state: Any) -> list[dict[str, Any]]:
    held: object = state.get("agenda", [])
    entries = cast("list[object]", held) if isinstance(held, list) else []
    return [dict(cast("dict[str, Any]", each)) for each in entries if isinstance(each, dict)]
