"""Presence: who takes part, who has left, who is dead, who is still to come, and who was born in the run.

The one idea: somebody is present unless something else is on record of them. Whoever comes or goes does so as part of an
action, and all parts of the world are told in the same change (see `coming_and_going`), so no thing is left in the hands of
the dead and no vote waits for them. Death is for good: that is a law.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, cast

from pydantic import BaseModel, Field

from gamemaster.words import one_line
from gamemaster.world.change import Change
from gamemaster.world.law import Law, Watch
from gamemaster.world.node import Path
from gamemaster.world.parts.coming_and_going import Arrival, Departure, SeesArrivals, SeesDepartures
from gamemaster.world.parts.part import Part
from gamemaster.world.shape import ModelShape

__all__ = ["Attendance", "Presence", "PresenceState"]

PresenceState: TypeAlias = Literal["present", "expected", "left", "dead"]
_SHOWN = 5
_LONGEST_NAME = 60


class Attendance(BaseModel):
    """What is on record of somebody, since when in simulated seconds, and why. "expected" is who is still to come."""

    state: PresenceState
    since: float = 0.0
    why: str = ""


class _DeathLasts(Law):
    name = "death is for good"

    def check_fields(self, shape: ModelShape) -> None:
        """Only `Presence` declares it."""

    def watch(self, prefix: Path) -> Watch:
        return _Dead(prefix)


class _Dead(Watch):
    name = _DeathLasts.name

    def __init__(self, prefix: Path) -> None:
        self._root: Path = (*prefix, "entries")
        self._names: set[str] = set()

    def start(self, state: Any) -> str | None:
        here = state
        for part in self._root:
            here = here[part]
        self._names = {name for name, each in here.items() if each["state"] == "dead"}
        return None

    def check(self, changes: Sequence[Change], action: str) -> str | None:
        now = self._states(changes)
        risen = next((name for name in sorted(now) if name in self._names and now[name] != "dead"), None)
        return None if risen is None else f"{risen} is dead and stays so"

    def settle(self, changes: Sequence[Change]) -> None:
        self._names |= {name for name, state in self._states(changes).items() if state == "dead"}

    def _states(self, changes: Sequence[Change]) -> dict[str, str | None]:
        """What stands of each who was touched; None for who was taken out."""
        found: dict[str, str | None] = {}
        for change in changes:
            inner = change.path[len(self._root) :]
            if change.path[: len(self._root)] != self._root or inner[1:2] in (("since",), ("why",)):
                continue
            if not inner:
                found |= dict.fromkeys(cast("dict[str, Any]", change.old or {}))
                found |= {name: each["state"] for name, each in cast("dict[str, Any]", change.new or {}).items()}
            elif len(inner) == 1:
                found[str(inner[0])] = None if change.new is None else change.new["state"]
            else:
                found[str(inner[0])] = change.new
        return found


class Presence(Part):
    """Put it into a world as a field, `presence: Presence`, and call `enter`, `leave`, `die` and `born` in actions and hooks.

    `entries` has those of whom something is on record; all others are present. `heirs` says who gets what somebody had, when
    that one leaves or dies: the first of the list who is present then. Without one, things stay lying where that person was,
    and what can't lie anywhere (an account) stays as it is, out of everybody's reach.
    """

    entries: dict[str, Attendance] = Field(default_factory=dict[str, Attendance])
    heirs: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    laws = (_DeathLasts(),)

    @classmethod
    def awaiting(cls, *names: str, **fields: Any) -> Presence:
        """A presence in which these people are still to come."""
        return cls(entries={name: Attendance(state="expected") for name in names}, **fields)

    def state_of(self, name: str) -> PresenceState:
        """Whether somebody is present, expected, has left or is dead."""
        entry = self.entries.get(name)
        return "present" if entry is None else entry.state

    def is_present(self, name: str) -> bool:
        """Whether somebody takes part now."""
        return self.state_of(name) == "present" and (self.has_person(name) or name in self.entries)

    def present_people(self) -> list[str]:
        """Who takes part, in the order of `people`; then those born who are no agents yet."""
        entries = self.entries
        here = [name for name in self.people if name not in entries or entries[name].state == "present"]
        return here + self.newborn()

    def newborn(self) -> list[str]:
        """Those who were born in the run, and for whom no agent has been made yet."""
        return [name for name, entry in self.entries.items() if entry.state == "present" and not self.has_person(name)]

    def gone(self, state: PresenceState | None = None) -> list[str]:
        """Those who are not present (or are in this state), in the order in which it came on record."""
        wanted = ("expected", "left", "dead") if state is None else (state,)
        return [name for name, entry in self.entries.items() if entry.state in wanted]

    def enter(self, name: str, *, place: str | None = None, why: str = "") -> None:
        """Have somebody take part from now on, for the first time or again; for use in actions and hooks, as are all below."""
        state = self.state_of(name)
        if state == "dead":
            self.refuse(f"{name} is dead.")
        if not self.has_person(name):
            self.refuse(f"Nobody is called {name}; who is new to the world is born.")
        if state == "present":
            self.refuse(f"{name} is here already.")
        self._arrive(name, place, why)

    def born(self, name: str, *, place: str | None = None, why: str = "") -> None:
        """Have somebody come into the world who wasn't in it; whoever runs the simulation makes the agent.

        A name is at most 60 characters on one line, and none that somebody has, or a game master.
        """
        if not name.strip():
            self.refuse("A newborn needs a name.")
        if name != one_line(name) or len(name) > _LONGEST_NAME or name.casefold() in self.__node__.context.reserved:
            self.refuse("A newborn needs another name.")
        if self.has_person(name) or name in self.entries:
            self.refuse(f"Somebody is called {name} already.")
        self._arrive(name, place, why)

    def leave(self, name: str, *, why: str = "", heir: str | None = None) -> None:
        """Have somebody take no part any more; they may come back. `heir` goes before those on record."""
        self._depart(name, "left", why, heir)

    def die(self, name: str, *, why: str = "", heir: str | None = None) -> None:
        """Have somebody take no part any more, for good. `heir` goes before those on record."""
        self._depart(name, "dead", why, heir)

    def heir_of(self, name: str) -> str | None:
        """Who would get what somebody has; None for nobody."""
        return next((each for each in self.heirs.get(name, ()) if each != name and self.is_present(each)), None)

    def perceive(self, name: str) -> str:
        """Who isn't there any more, the last ones first."""
        gone = [each for each in reversed(self.entries) if self.entries[each].state in ("left", "dead")]
        said = [self._said(each) for each in gone[:_SHOWN]]
        if len(gone) > _SHOWN:
            said.append(f"{len(gone) - _SHOWN} more are gone.")
        return " ".join(said)

    def perceive_data(self, name: str) -> dict[str, Any]:
        """Who takes part, and who has left or is dead."""
        return {"present": self.present_people(), "left": self.gone("left"), "dead": self.gone("dead")}

    def _said(self, name: str) -> str:
        entry = self.entries[name]
        why = f" ({entry.why})" if entry.why else ""
        return f"{name} is dead{why}." if entry.state == "dead" else f"{name} is gone{why}."

    def _arrive(self, name: str, place: str | None, why: str) -> None:
        self.entries.pop(name, None)  # put in anew, so that the order is that of what happened
        self.entries[name] = Attendance(state="present", since=self.now, why=why)
        arrival = Arrival(name=name, place=place)
        for each in self._beside(SeesArrivals):
            each.arrives(arrival)

    def _depart(self, name: str, how: Literal["left", "dead"], why: str, heir: str | None) -> None:
        if not self.is_present(name) and not (how == "dead" and self.state_of(name) == "left"):
            self.refuse(f"{name} is not here.")
        if heir is not None and (heir == name or not self.is_present(heir)):
            self.refuse(f"{heir} is not here to get what {name} has.")
        departure = Departure(name=name, how=how, place=self.place_of(name), heir=heir or self.heir_of(name))
        self.entries.pop(name, None)
        self.entries[name] = Attendance(state=how, since=self.now, why=why)
        for each in self._beside(SeesDepartures):
            each.departs(departure)
