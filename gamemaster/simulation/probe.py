"""Probe: questions asked in private, which leave no trace unless wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from gamemaster.words import ActionSpec, DefinitionError, user_code

if TYPE_CHECKING:
    from gamemaster.simulation.simulation import Simulation

__all__ = ["Probe", "When"]

When: TypeAlias = "Literal['start', 'end', 'every step'] | int | Sequence[int] | Callable[[Simulation], bool]"
"""At the start (step 0), at the end, after every step, every n-th step, after these steps, or when a function says so."""


@dataclass(frozen=True, slots=True)
class Probe:
    """`questions` put to the agents `to`, in private.

    A question is a text, asked as speech, or an action spec; a mapping names the questions. With `trace=False` the
    agents' memories and component states are put back afterwards, and no draw of chance of the run is touched: a run
    with the probe and one without have the same events. With `trace=True` each agent observes its own answer.
    """

    questions: Sequence[str | ActionSpec] | Mapping[str, str | ActionSpec]
    to: Literal["all"] | Sequence[str] = "all"
    when: When = "end"
    trace: bool = False
    name: str = "probe"

    def __post_init__(self) -> None:
        if isinstance(self.questions, str | ActionSpec):
            raise DefinitionError(f"The probe {self.name!r} is given {self.questions!r}; give a list of questions.")
        if not self.questions:
            raise DefinitionError(f"The probe {self.name!r} has no questions; give at least one.")
        if isinstance(self.to, str) and self.to != "all":
            raise DefinitionError(f"The probe {self.name!r} has to={self.to!r}; give a list of names, or 'all'.")
        if isinstance(self.when, int) and self.when < 1:
            raise DefinitionError(f"The probe {self.name!r} has when={self.when!r}; every n-th step is a number from 1.")
        if isinstance(self.when, str) and self.when not in ("start", "end", "every step"):
            raise DefinitionError(
                f"The probe {self.name!r} has when={self.when!r}; it is 'start', 'end', 'every step', a number n "
                "(every n-th step), a list of steps, or a function of the simulation."
            )

    def specs(self) -> list[tuple[str, ActionSpec]]:
        """(name, spec) of each question, in order."""
        if isinstance(self.questions, Mapping):
            named = list(self.questions.items())
        else:
            named = [(each if isinstance(each, str) else each.call, each) for each in self.questions]
        return [(name, ActionSpec.speech(each) if isinstance(each, str) else each) for name, each in named]

    def is_due(self, simulation: Simulation, step: int) -> bool:
        """Whether it is asked after this step; "end" is asked by the run itself."""
        when = self.when
        if when == "start":
            return step == 0
        if when == "end":
            return False
        if when == "every step":
            return step > 0
        if isinstance(when, int):
            return step > 0 and step % when == 0
        if callable(when):
            with user_code(f"the probe {self.name!r}, when, step {step}"):
                return bool(when(simulation))
        return step in when
