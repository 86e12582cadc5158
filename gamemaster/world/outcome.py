"""Applied and Refused: what came of an action.

The one idea: a refusal is data, not an error. Whoever asked for the action learns the reason, and the state is as it
was. What is wrong with the world itself raises instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gamemaster.words import GamemasterError, JsonPatch

__all__ = ["ActionRefused", "Applied", "Refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """An action that was carried out, wholly.

    `patch` takes `World.dump()` from before to after (RFC 6902; empty when nothing changed). `text` is the sentence
    that the action returned. `tells` are private observations, as (name, text), `measures` are (name, value), both in
    the order in which they were made. `actor` is empty for hooks, interventions and joint actions; the arguments of
    a joint action are, for each parameter, a dict by actor. `time` is the simulated second at which it took place.
    """

    action: str
    actor: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    text: str = ""
    patch: JsonPatch = field(default_factory=JsonPatch)
    tells: tuple[tuple[str, str], ...] = ()
    measures: tuple[tuple[str, Any], ...] = ()
    agenda_changed: bool = False
    time: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An action that was not carried out; nothing has changed. `law` names the law it would have broken, if one."""

    action: str
    actor: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    reason: str
    law: str | None = None
    time: float = 0.0


class ActionRefused(GamemasterError):
    """Raised by `World.refuse` to leave an action; the engine turns it into `Refused`."""

    def __init__(self, reason: str, law: str | None = None) -> None:
        self.reason, self.law = reason, law
        super().__init__(reason)
