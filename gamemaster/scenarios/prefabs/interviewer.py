"""An interview: one interviewer puts written questions to each agent, and nobody hears another's answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gamemaster.agent import Agent, Puppet
from gamemaster.components import Observations
from gamemaster.game_master import GameMaster
from gamemaster.schedule import Scene
from gamemaster.simulation import Simulation
from gamemaster.words import ActionSpec, DefinitionError

__all__ = ["InterviewQuestion", "interviewer"]

_ANSWER = "What does {name} answer?"


@dataclass(frozen=True, slots=True)
class InterviewQuestion:
    """The `words` that the interviewer says, and what is asked of the agents then: an answer in words, or any other spec."""

    words: str
    ask: ActionSpec | None = None


def interviewer(
    agents: Sequence[Agent],
    questions: Sequence[str | InterviewQuestion],
    *,
    name: str = "Interviewer",
    **simulation: Any,
) -> Simulation:
    """A question takes two steps, however many agents there are: it is asked, and all answer at the same time, in private.

    The answers are the attempts of the scenes "answer 1", "answer 2", …; the interviewer hears those in words and choices.
    The interviewer is an agent that says what is written, and no model is asked for it. The rest are keyword arguments of
    `Simulation`. A `Probe` asks without leaving a trace; here the agents remember that they were asked.
    """
    if isinstance(questions, str) or not questions:
        raise DefinitionError(f"An interview has the questions {questions!r}; give a list of at least one.")
    asked = [each if isinstance(each, InterviewQuestion) else InterviewQuestion(each) for each in questions]
    names = [agent.name for agent in agents]
    written: dict[str, str] = {}
    scenes: list[Scene] = []
    for number, each in enumerate(asked, 1):
        call = f"Question {number}: what does {{name}} ask?"
        written[call] = each.words
        scenes.append(Scene(f"question {number}", [name], ActionSpec.speech(call), hears=[name, *names]))
        answer = each.ask if each.ask is not None else ActionSpec.speech(_ANSWER, to=name, tag=f"answer {number}")
        scenes.append(Scene(f"answer {number}", names, answer, order="simultaneous", hears=[name]))
    person = Agent(name, [Observations()], actor=Puppet(written))
    master = GameMaster(witnesses=lambda world, event: {name})
    return Simulation([person, *agents], master, scenes=scenes, **simulation)
