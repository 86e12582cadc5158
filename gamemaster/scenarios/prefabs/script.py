"""A screenplay: each line is said by its speaker, in order, word for word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from gamemaster.agent import Agent, Puppet
from gamemaster.components import Observations
from gamemaster.schedule import Scene
from gamemaster.simulation import Simulation
from gamemaster.words import ActionSpec, DefinitionError

__all__ = ["script"]


def script(lines: str | Sequence[tuple[str, str]], agents: Sequence[Agent] = (), **simulation: Any) -> Simulation:
    """One line a step; all hear it. No model is asked for what is said.

    `lines` are (speaker, words), or a text with a line `SPEAKER: words` for each. `agents` are those who take part with
    memories and components of their own, so that they react, and can be probed and interviewed; whoever else speaks is made. The
    rest are keyword arguments of `Simulation`.

    Raises: DefinitionError for a line without a speaker, or without words.
    """
    spoken = _read(lines) if isinstance(lines, str) else list(lines)
    if not spoken:
        raise DefinitionError("The screenplay has no lines; give at least one.")
    by_name = {agent.name: agent for agent in agents}
    for number, line in enumerate(spoken, 1):
        given: Any = line
        if not isinstance(given, tuple | list) or [type(each) for each in cast("Sequence[Any]", given)] != [str, str]:
            raise DefinitionError(f"Line {number} of the screenplay is {line!r}; give (speaker, words).")
        speaker, words = line
        if not speaker.strip() or not words.strip():
            raise DefinitionError(f"Line {number} of the screenplay is {speaker!r}: {words!r}; it has a speaker and words.")
        if speaker not in by_name:
            by_name[speaker] = Agent(speaker, [Observations()])
    names = list(by_name)
    written: dict[str, dict[str, str]] = {name: {} for name in names}
    scenes: list[Scene] = []
    for number, (speaker, words) in enumerate(spoken, 1):
        call = f"Line {number}: what does {{name}} say?"
        written[speaker][call] = words
        scenes.append(Scene(f"line {number}", [speaker], ActionSpec.speech(call), hears=names))
    for name, agent in by_name.items():
        agent.actor = Puppet(written[name])
    return Simulation(list(by_name.values()), scenes=scenes, **simulation)


def _read(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        speaker, colon, words = line.partition(":")
        if not colon:
            raise DefinitionError(f"Line {number} of the screenplay is {line!r}; write it as in `Ann: Good morning.`")
        found.append((speaker.strip(), words.strip()))
    return found
