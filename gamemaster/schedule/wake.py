"""Wake: what has an agent asked before its time has come.

The one idea: a condition looks at what the agent noticed, and at nothing else: who could not notice it is not woken by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast, get_args

from gamemaster.words import DefinitionError, Event, Observation
from gamemaster.words.event import EventKind, ObservationHow

__all__ = ["ARRIVALS", "Wake", "WakeConditions", "Wakes"]

ARRIVALS = ("arrive", "go_to", "enter", "join")
"""The actions that bring somebody to a place, where a scenario doesn't name its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wake:
    """A condition: an agent is woken by an observation that is all of what is given here. What is left empty is anything.

    `how` is how it was noticed (saw, heard, was_told, announced), `kind` the event's kind, `channel` the one it went by,
    `action` the world's action, with or without the part's name before it, `actor` whose deed or words, `tag` a tag of the
    observation; each is one, or several of which one will do. With `here` it must have happened where the agent is. What
    an agent did itself never wakes it.
    """

    how: str | Sequence[str] = ()
    kind: str | Sequence[str] = ()
    channel: str | Sequence[str] = ()
    action: str | Sequence[str] = ()
    actor: str | Sequence[str] = ()
    tag: str | Sequence[str] = ()
    here: bool = False

    def __post_init__(self) -> None:
        for field, known in (("how", get_args(ObservationHow)), ("kind", get_args(EventKind))):
            for each in _several(getattr(self, field)):
                if each not in known:
                    raise DefinitionError(f"Wake({field}={each!r}): {field} is one of {', '.join(known)}.")

    @classmethod
    def speech(cls, *, by: str | Sequence[str] = (), channel: str | Sequence[str] = ()) -> Wake:
        """On words that reach the agent; with `channel="private"` on those said to nobody but the ones they name."""
        return cls(how="heard", kind="speech", actor=by, channel=channel)

    @classmethod
    def arrival(cls, *, of: str | Sequence[str] = (), actions: str | Sequence[str] = ARRIVALS) -> Wake:
        """On somebody's coming to the place where the agent is; `actions` are those by which one comes there."""
        return cls(kind=("act", "effect"), action=actions, actor=of, here=True)

    def meets(self, observation: Observation, event: Event, place: Callable[[], str | None]) -> bool:
        """Whether this observation of this event wakes; `place` says where the agent is, and is asked last."""
        return (
            observation.how != "own"
            and event.actor != observation.to
            and _one_of(observation.how, self.how)
            and _one_of(event.kind, self.kind)
            and _one_of(event.channel, self.channel)
            and _one_of(event.actor, self.actor)
            and self._action_meets(event.action)
            and (not self.tag or not set(_several(self.tag)).isdisjoint(observation.tags))
            and (not self.here or (event.place is not None and event.place == place()))
        )

    def _action_meets(self, action: str | None) -> bool:
        if not self.action:
            return True
        names = _several(self.action)
        return action is not None and (action in names or action.rpartition(".")[2] in names)


Wakes: TypeAlias = Wake | Sequence[Wake] | Mapping[str, Wake | Sequence[Wake]]
"""Conditions for all, or by name."""


class WakeConditions:
    """Whose conditions are which. Raises: DefinitionError for what are none."""

    def __init__(self, given: Wakes) -> None:
        self._common: tuple[Wake, ...] = ()
        self._own: dict[str, tuple[Wake, ...]] = {}
        if isinstance(given, Mapping):
            self._own = {name: _conditions(each) for name, each in given.items()}
        else:
            self._common = _conditions(given)

    def __bool__(self) -> bool:
        return bool(self._common or self._own)

    @property
    def named(self) -> Iterable[str]:
        """Those who have conditions of their own."""
        return self._own

    def of(self, name: str) -> tuple[Wake, ...]:
        """The conditions of one agent, any of which wakes it."""
        return self._own.get(name, self._common)


def _conditions(given: object) -> tuple[Wake, ...]:
    several: tuple[object, ...] = tuple(cast("Iterable[object]", given)) if isinstance(given, list | tuple) else (given,)
    for each in several:
        if not isinstance(each, Wake):
            raise DefinitionError(f"wake={each!r}; give a Wake, a list of them, or either by name.")
    return cast("tuple[Wake, ...]", several)


def _several(given: str | Sequence[str]) -> Sequence[str]:
    return (given,) if isinstance(given, str) else given


def _one_of(value: str, given: str | Sequence[str]) -> bool:
    return not given or (value == given if isinstance(given, str) else value in given)
