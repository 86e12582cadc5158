"""What happened, as sheets: events, observations, attempts, measures, changes of the world, and what was said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gamemaster.record.exports.sheet import Sheet, columns
from gamemaster.record.reading import Reading

__all__ = ["attempts", "dialogue", "events", "measures", "observations", "world"]


def events(archive: Reading) -> Sheet:
    """A row an event."""
    held = "id step:int time:real scene kind actor action text place channel attempt_id witnesses:names change:json"
    names = [each.name for each in columns(held)]
    rows = ([getattr(event, name) for name in names] for event in archive.events())
    return Sheet(name="events", columns=columns(held), rows=rows)


def observations(archive: Reading) -> Sheet:
    """A row for what one agent noticed of one event."""

    def rows() -> Iterator[list[Any]]:
        for each in archive.observations():
            step = int(each.id.partition("/")[0])
            yield [each.id, step, each.time, each.event_id, each.to, each.how, each.speaker, each.text, each.tags]

    held = "id step:int time:real event_id to how speaker text tags:names"
    return Sheet(name="observations", columns=columns(held), rows=rows())


def attempts(archive: Reading) -> Sheet:
    """A row for what one agent answered, with what it was asked and what the game master took it for."""

    def rows() -> Iterator[list[Any]]:
        grounded = archive.groundings()
        known = next(grounded, None)  # in the order of the attempts, though not each has one
        for each in archive.attempts():
            failure = each.failure
            row: list[Any] = [each.id, each.step, each.actor, each.spec.kind, each.spec.call.replace("{name}", each.actor)]
            row += [each.answer, None if failure is None else failure.kind, None if failure is None else failure.reason]
            if known is not None and known.attempt_id == each.id:
                calls = [*([] if known.call is None else [known.call]), *known.then]
                row += [[{"action": call.action, "arguments": call.arguments} for call in calls]]
                row += [known.confidence, known.plausible, known.reason]
                known = next(grounded, None)
            else:
                row += [None] * 4
            yield row

    held = "id step:int actor kind question answer:said failure failure_reason "
    held += "grounded_as:json confidence:real plausible:bool reason"
    return Sheet(name="attempts", columns=columns(held), rows=rows())


def measures(archive: Reading) -> Sheet:
    """A row a measured value; `who` is empty for what concerns nobody in particular."""
    rows = ([step, each.name, each.who, each.value] for step, each in archive.measures())
    return Sheet(name="measures", columns=columns("step:int name who value:json"), rows=rows)


def world(archive: Reading) -> Sheet:
    """A row for each operation (RFC 6902) by which an event changed the world, `n` its place among those of the event."""

    def rows() -> Iterator[list[Any]]:
        for event in archive.events():
            for n, each in enumerate(event.change or ()):
                by = [event.step, event.time, event.id, event.kind, event.actor, event.action, n]
                yield [*by, each.get("op"), each.get("path"), each.get("from"), each.get("value")]

    held = "step:int time:real event_id kind actor action n:int op path from value:json"
    return Sheet(name="world", columns=columns(held), rows=rows())


def dialogue(archive: Reading) -> Sheet:
    """A row an utterance; `hearers` are those whom it reached, without the speaker."""

    def rows() -> Iterator[list[Any]]:
        for each in archive.events(kind="speech"):
            hearers = [name for name in each.witnesses if name != each.actor]
            yield [each.id, each.step, each.time, each.place, each.scene, each.channel, each.actor, hearers, each.text]

    held = "id step:int time:real place scene channel speaker hearers:names text"
    return Sheet(name="dialogue", columns=columns(held), rows=rows())
