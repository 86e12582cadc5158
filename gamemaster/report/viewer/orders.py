"""Orders: changes from outside, checked when they are given and made before the next step, on record as interventions.

The one idea: an order is data from a browser, so it is checked against the archive at once, and tried on the simulation when
its time comes; one that doesn't fit then is told, and nothing has changed.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from gamemaster.record import Archive
from gamemaster.record.json_text import to_json
from gamemaster.report.viewer.overview import people_of
from gamemaster.simulation import Intervention, Simulation
from gamemaster.words import BadInput, JsonValue, UnknownName, one_line

__all__ = ["Change", "read_change"]

_MOST_OF_A_STATE = 16 * 1024
_SHOWN = 80


class Change(BaseModel, ABC):
    """A change of the simulation, to be made between two steps."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @property
    @abstractmethod
    def said(self) -> str:
        """What it does, in a sentence."""

    @abstractmethod
    def check(self, archive: Archive) -> None:
        """Raises: BadInput, UnknownName for what the run, as it is on record, has no place for."""

    @abstractmethod
    def make(self, simulation: Simulation) -> None:
        """Make it, and leave an intervention for the step that begins. Raises: BadInput; nothing has changed then."""


class Tell(Change):
    """Tell agents something; everyone when nobody is named."""

    do: Literal["tell"]
    text: str = Field(min_length=1, max_length=20_000)
    to: list[str] | None = None

    @property
    def said(self) -> str:
        return f"{'Everybody' if self.to is None else ', '.join(self.to)} will be told: {_short(self.text)}"

    def check(self, archive: Archive) -> None:
        if not self.text.strip():
            raise BadInput("There is nothing to be told; give a text.")
        if self.to is not None and not self.to:
            raise BadInput("Nobody is to be told; name somebody, or everybody.")
        for name in self.to or ():
            _check_agent(archive, name)

    def make(self, simulation: Simulation) -> None:
        simulation.queue(Intervention(at=simulation.step, text=self.text, to=self.to))


class EditMemory(Change):
    """Change one memory's text or importance, forget it, or, without an id, add one."""

    do: Literal["memory"]
    agent: str
    id: str = ""
    text: str | None = Field(None, max_length=20_000)
    importance: float | None = None
    forget: bool = False

    @property
    def said(self) -> str:
        if self.forget:
            return f"{self.agent} will have forgotten {self.id}."
        if not self.id:
            return f"{self.agent} will remember: {_short(self.text or '')}"
        made = [] if self.text is None else [_short(self.text)]
        made += [] if self.importance is None else [f"importance {self.importance:g}"]
        return f"{self.agent}'s memory {self.id} will be: {', '.join(made)}"

    def check(self, archive: Archive) -> None:
        _check_agent(archive, self.agent)
        if self.text is not None and not self.text.strip():
            raise BadInput("A memory has a text; to take it away, forget it.")
        if self.importance is not None and not math.isfinite(self.importance):
            raise BadInput(f"importance {self.importance}; it is a finite number.")
        if not self.forget and self.text is None and self.importance is None:
            raise BadInput("Nothing is to become of the memory; give a text or an importance, or forget it.")
        if not self.id and (self.forget or self.text is None):
            raise BadInput("Name the memory by its id.")
        if self.id and all(each.id != self.id for each in archive.memories(holder=self.agent)):
            raise UnknownName.of("memory", self.id, [each.id for each in archive.memories(holder=self.agent)])

    def make(self, simulation: Simulation) -> None:
        memory = _agent(simulation, self.agent).memory
        now = simulation.clock.time
        if self.forget:
            memory.forget([self.id])
            done = "1 forgotten"
        elif not self.id:
            memory.add(self.text or "", time=now, importance=self.importance)
            done = "1 added"
        else:
            changes: dict[str, Any] = {} if self.text is None else {"text": self.text}
            if self.importance is not None:
                changes["importance"] = self.importance
            memory.edit(self.id, **changes, time=now)
            done = "1 changed"
        _note(simulation, f"What {self.agent} remembers is edited by hand: {done}.")


class EditState(Change):
    """Put another state in place of a component's."""

    do: Literal["state"]
    agent: str
    component: str
    state: dict[str, Any]

    @property
    def said(self) -> str:
        return f"{self.agent}'s {self.component} will be: {_short(to_json(self.state))}"

    def check(self, archive: Archive) -> None:
        _check_agent(archive, self.agent)
        held = archive.states()
        if f"agent/{self.agent}/{self.component}" not in held:
            known = [each.rpartition("/")[2] for each in held if each.startswith(f"agent/{self.agent}/")]
            raise UnknownName.of("component with a state", self.component, known)
        if len(to_json(self.state)) > _MOST_OF_A_STATE:
            raise BadInput(f"A component's state has at most {_MOST_OF_A_STATE} characters.")

    def make(self, simulation: Simulation) -> None:
        agent = _agent(simulation, self.agent)
        before = agent.states().get(self.component)
        if before is None:
            raise BadInput(f"{self.agent} has no component {self.component!r} with a state any more.")
        version, _ = before
        given: dict[str, JsonValue] = self.state
        try:
            agent.restore_states({self.component: (version, given)})
            if len(to_json(agent.states()[self.component][1])) > _MOST_OF_A_STATE:
                raise BadInput("it is too large")
        except Exception as error:  # a component's own code, given what it may not be made for
            agent.restore_states({self.component: before})
            raise BadInput(
                f"{self.agent}'s {self.component} can't take up that state: {type(error).__name__}: {error}. It is as it was."
            ) from error
        if simulation.engine is not None:
            simulation.engine.renew(f"agent/{self.agent}/{self.component}")
        _note(simulation, f"The state of {self.agent}'s {self.component} is edited by hand.")


_READER: TypeAdapter[Tell | EditMemory | EditState] = TypeAdapter(
    Annotated[Tell | EditMemory | EditState, Field(discriminator="do")]
)


def read_change(order: Mapping[str, Any]) -> Change:
    """The change that an order asks for. Raises: BadInput for what is none."""
    try:
        return _READER.validate_python(dict(order))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(each) for each in first["loc"][1:]) or "the order"
        raise BadInput(f"{place}: {first['msg']}.") from error


def _check_agent(archive: Archive, name: str) -> None:
    known = people_of(archive)
    if name not in known:
        raise UnknownName.of("agent", name, known)


def _agent(simulation: Simulation, name: str) -> Any:
    for each in simulation.agents:
        if each.name == name:
            return each
    raise UnknownName.of("agent", name, simulation.names)


def _note(simulation: Simulation, text: str) -> None:
    """An event that nobody notices: that something was changed by hand."""
    simulation.queue(Intervention(at=simulation.step, text=text, to=()))


def _short(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
