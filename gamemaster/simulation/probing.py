"""Asking probes: every question in private, all agents at the same time, with no trace unless wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gamemaster.agent import Agent, Circumstances
from gamemaster.language import together
from gamemaster.record import ProbeAnswer
from gamemaster.simulation.probe import Probe
from gamemaster.words import UnknownName, quote

if TYPE_CHECKING:
    from gamemaster.simulation.simulation import Simulation

__all__ = ["ask_probes"]


async def ask_probes(simulation: Simulation, probes: Sequence[Probe], circumstances: Circumstances) -> list[ProbeAnswer]:
    """The answers to the probes that are due, by probe, agent and question. Raises: UnknownName for an unknown agent."""
    agents = {agent.name: agent for agent in simulation.agents}
    answers: list[ProbeAnswer] = []
    for probe in probes:
        names = simulation.present if probe.to == "all" else probe.to
        for name in names:
            if name not in agents:
                raise UnknownName.of("agent", name, agents, hint=f"(asked by the probe {probe.name!r})")
        found = [each for one in await together([_ask(probe, agents[name], circumstances) for name in names]) for each in one]
        for name in names:
            agents[name].store()
        for each in found if probe.trace else ():
            if each.failure is None:
                said = circumstances.texts.text(
                    "observation", "asked", name=each.who, question=quote(each.question), answer=quote(str(each.answer))
                )
                agents[each.who].memory.add(said, time=circumstances.moment.time)
        answers.extend(found)
    return answers


async def _ask(probe: Probe, agent: Agent, circumstances: Circumstances) -> list[ProbeAnswer]:
    # Measures and failures of a probe without trace are its own: the run's are those of the run without it.
    apart = circumstances if probe.trace else replace(circumstances, measures=[], failed=[])
    answers: list[ProbeAnswer] = []
    for at, (question, spec) in enumerate(probe.specs()):
        phase = f"probe/{probe.name}/{at}"
        attempt = await agent.attempt(f"{circumstances.moment.step}/probe/{at}", spec, apart, phase=phase, trace=probe.trace)
        answers.append(
            ProbeAnswer(
                probe=probe.name, who=agent.name, question=question, answer=attempt.answer, spec=spec, failure=attempt.failure
            )
        )
    return answers
