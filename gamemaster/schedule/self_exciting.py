"""SelfExciting: what one does, and what one notices, makes one act more for a while.

The one idea: an agent's rate of acting is a Hawkes process. Its excitation falls exponentially, so the rate's integral over
a step has a closed form, the probability of acting in the step is exact, and all that has to be kept of an agent's past is
one number and its time.

Source: Hawkes (1971), "Spectra of some self-exciting and mutually exciting point processes", Biometrika 58(1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from gamemaster.schedule.activation import falls_on
from gamemaster.schedule.asked import Order, check_order, chosen, in_order, those_present
from gamemaster.schedule.schedule import Schedule
from gamemaster.words import ActionSpec, Ask, DefinitionError, JsonValue

if TYPE_CHECKING:
    from gamemaster.game_master import Chronicle
    from gamemaster.simulation import Simulation

__all__ = ["Excitations", "SelfExciting"]

_NOTHING = 1e-12
"""Excitation from which less than this many deeds are still to be expected is let go of."""


class Excitations:
    """How excited each is: a sum of exponentials of one decay, which is itself one exponential."""

    def __init__(self, decay: float) -> None:
        self.decay = decay
        self._held: dict[str, tuple[float, float]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def add(self, name: str, amount: float, time: float) -> None:
        """Excite `name` by `amount` (in deeds per unit of time) at `time`, which is not before its last."""
        self._held[name] = (self.at(name, time) + amount, time)

    def at(self, name: str, time: float) -> float:
        """How much `name` is excited at `time`."""
        size, since = self._held.get(name, (0.0, time))
        return size * math.exp(-self.decay * (time - since))

    def expected(self, name: str, start: float, span: float) -> float:
        """The integral of the excitation from `start` on over `span`: the deeds that are to be expected of it."""
        if name not in self._held:
            return 0.0
        return -self.at(name, start) * math.expm1(-self.decay * span) / self.decay

    def forget_spent(self, time: float) -> None:
        """Let go of those of whose excitation nothing is left."""
        spent = [name for name in self._held if self.at(name, time) < _NOTHING * self.decay]
        for name in spent:
            del self._held[name]

    def state(self) -> JsonValue:
        """[excitation, its time] of each who has any, by name."""
        return {name: [size, since] for name, (size, since) in self._held.items()}

    def restore(self, state: JsonValue) -> None:
        """Take up what `state()` gave."""
        held = cast("dict[str, list[float]]", state)
        self._held = {name: (float(size), float(since)) for name, (size, since) in held.items()}


class SelfExciting(Schedule):
    """Each agent is asked `spec` at a rate that rises with what it does and notices, and falls again. A step is a round.

    The rate of an agent is `baseline` (for all, or by name), plus `excitation` for each step in which it did or said
    something, plus `noticed` for each deed or word of another that it saw or heard; each of these falls off as
    exp(-decay * time). All four are per `per` simulated seconds. In a step that takes the simulation's `step`, an agent
    is asked with the probability 1 - exp(-integral of its rate over the step): once at most, so let steps be short beside
    the time between two deeds. What happens in a step excites from its end on.

    One deed brings about (excitation + noticed * hearers) / decay further ones in the mean; that must be below 1, or
    everybody would act in every step in the end. `hearers` is how many others notice a deed at the most, all of them if
    not stated. An agent that only excites itself then acts baseline / (1 - excitation / decay) times per `per` seconds.
    Raises: DefinitionError for rates that aren't, and when the run begins for those that grow without end.
    """

    ends_round = True

    def __init__(
        self,
        spec: ActionSpec | None = None,
        *,
        baseline: float | Mapping[str, float],
        excitation: float,
        decay: float,
        noticed: float = 0.0,
        per: float = 3600.0,
        hearers: int | None = None,
        agents: Sequence[str] | None = None,
        order: Order = "asked",
    ) -> None:
        rates = {f"baseline[{name!r}]": rate for name, rate in baseline.items()} if isinstance(baseline, Mapping) else {}
        rates |= {"excitation": excitation, "noticed": noticed} | (
            {} if isinstance(baseline, Mapping) else {"baseline": baseline}
        )
        for name, rate in rates.items():
            if not 0 <= rate < math.inf:
                raise DefinitionError(f"SelfExciting: {name} is {rate!r}; a rate is a number from 0.")
        for name, number in (("decay", decay), ("per", per)):
            if not 0 < number < math.inf:
                raise DefinitionError(f"SelfExciting: {name} is {number!r}; it is a number, more than 0.")
        self.spec = spec if spec is not None else ActionSpec.free()
        self.baseline = baseline
        self.excitation, self.noticed_excites, self.decay, self.per = excitation, noticed, decay, per
        self.hearers = hearers
        self.agents = chosen(agents, "SelfExciting")
        self.order: Order = check_order(order, "SelfExciting")
        self._excited = Excitations(decay)
        self._check_branching(0 if hearers is None else hearers)

    def _check_branching(self, hearers: int) -> None:
        ratio = (self.excitation + self.noticed_excites * hearers) / self.decay
        if ratio >= 1:
            heard = f" + noticed {self.noticed_excites:g} * {hearers} hearers" if self.noticed_excites else ""
            raise DefinitionError(
                f"SelfExciting: one deed would bring about {ratio:.3g} more in the mean (excitation {self.excitation:g}{heard}, "
                f"over decay {self.decay:g}), so deeds would grow without end; it must be below 1: lower the excitation, raise "
                "the decay" + (", or state how many `hearers` a deed has at the most." if self.noticed_excites else ".")
            )

    def probability(self, name: str, simulation: Simulation) -> float:
        """With which probability `name` is asked in a step that begins now."""
        base = self.baseline.get(name, 0.0) if isinstance(self.baseline, Mapping) else self.baseline
        start, span = simulation.clock.time / self.per, simulation.step_seconds / self.per
        return -math.expm1(-(base * span + self._excited.expected(name, start, span)))

    def next(self, simulation: Simulation) -> list[Ask]:
        """One ask for each on whom the chance falls."""
        names = self.agents or simulation.names
        if simulation.step_seconds == 0:
            raise DefinitionError("SelfExciting goes by rates per time, and a step takes none; give the simulation a step=.")
        self._check_branching(len(simulation.names) - 1 if self.hearers is None else self.hearers)
        here = those_present(names, simulation)
        acting = [name for name in here if falls_on(simulation, name, self.probability(name, simulation))]
        return [Ask(name, self.spec) for name in in_order(acting, self.order, simulation)]

    def noticed(self, simulation: Simulation, chronicle: Chronicle) -> None:
        """Excite those who did something, and those who noticed what others did."""
        end = (simulation.clock.time + simulation.step_seconds) / self.per
        deeds = [event for event in chronicle.events if event.kind in ("act", "speech")]
        amounts = dict.fromkeys([event.actor for event in deeds if event.actor], self.excitation)
        if self.noticed_excites:
            for event in deeds:
                for name in event.witnesses:
                    if name != event.actor:
                        amounts[name] = amounts.get(name, 0.0) + self.noticed_excites
        for name, amount in amounts.items():
            if amount:
                self._excited.add(name, amount, end)
        self._excited.forget_spent(end)

    def state(self) -> dict[str, JsonValue]:
        """How excited each is who is, and since when."""
        return {"excited": self._excited.state()}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        self._excited.restore(state["excited"])
