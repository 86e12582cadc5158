"""Backgrounds: texts on people's lives so far, written in one batch and checked against what is known of each.

The one idea: a text that a model made up is kept only when it passes its checks (`gamemaster.components.background`); of
whom there is none in the end, that is told, with the reasons, and nothing is put in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from gamemaster.agent import Agent, Circumstances
from gamemaster.components import Persona, Profile
from gamemaster.components.background import Background, WrittenBackground
from gamemaster.language import load_model, together
from gamemaster.record import Measure
from gamemaster.simulation.preparation import circumstances_alone, preparing
from gamemaster.words import AnswerFailed, DefinitionError

__all__ = ["Backgrounds", "WrittenBackgrounds", "write_backgrounds"]


class Backgrounds:
    """The preparation that writes the text of each agent's `Background` from its `Persona`; one that has a text keeps it.

    It measures "background drafts", how many it took. `on_failure="stop"` ends the run when no draft of somebody's can
    be used; with "go on" that agent has no background, which is measured ("background failed", with the reasons). An
    estimate counts all drafts that there may be: placeholders pass no checks.
    """

    def __init__(self, *, on_failure: Literal["stop", "go on"] = "stop", name: str = "background") -> None:
        self.on_failure = on_failure
        self.name = name

    async def prepare(self, agents: Sequence[Agent], circumstances: Circumstances) -> None:
        """Write them, all at the same time. Raises: DefinitionError, AnswerFailed."""
        wanted = [(agent, *_parts(agent)) for agent in agents if any(isinstance(each, Background) for each in agent.components)]
        if not wanted:
            raise DefinitionError("Backgrounds are to be written, and no agent has one; put a Background() among its components.")
        due = [(agent, profile, background) for agent, profile, background in wanted if not background.text]
        written = await together([_write(agent.name, profile, each, circumstances) for agent, profile, each in due])
        failures: dict[str, str] = {}
        for (agent, _, _), one in zip(due, written, strict=True):
            drafts = len(one.rejected) + bool(one.text)
            circumstances.measures.append(Measure(name="background drafts", who=agent.name, value=drafts))
            if one.failure:
                failures[agent.name] = one.failure
                circumstances.measures.append(Measure(name="background failed", who=agent.name, value=one.failure))
        if failures and self.on_failure == "stop":
            raise AnswerFailed(_said(failures) + ' Let the run go on without, with on_failure="go on", or change the model.')


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenBackgrounds:
    """The same people, in order, each with the background as description where there is one; `failures` says why not.

    `drafts` is how many it took for each.
    """

    profiles: tuple[Profile, ...]
    failures: Mapping[str, str]
    drafts: Mapping[str, int]

    def __str__(self) -> str:
        there = len(self.profiles) - len(self.failures)
        done = f"{there} backgrounds of {len(self.profiles)}, in {sum(self.drafts.values())} drafts"
        return "\n".join([done, *[f"  none of {name}: {why}" for name, why in self.failures.items()]])


async def write_backgrounds(
    profiles: Sequence[Profile],
    *,
    words: int = 80,
    mention: Sequence[str] = ("age",),
    drafts: int = 3,
    model: Any = "embedded",
    seed: int = 0,
    language: str = "en",
) -> WrittenBackgrounds:
    """Descriptions for sampled people, outside a simulation: all in one batch, checked and drafted again as `Background` has it.

    A profile of whom no draft could be used comes back as it was, and stands among the failures.
    Raises: DefinitionError for people without names, or two of one.
    """
    names = [each.name for each in profiles]
    if "" in names or len(set(names)) < len(names):
        raise DefinitionError("Backgrounds are written for people by name: give each profile a name of its own.")
    asked = load_model(model)
    circumstances = circumstances_alone(names, lambda agent, component: asked, seed=seed, language=language)
    made = [Background(words=words, mention=mention, drafts=drafts) for _ in profiles]
    pairs = list(zip(profiles, made, strict=True))
    written = await together([_write(profile.name, profile, each, circumstances) for profile, each in pairs])
    return WrittenBackgrounds(
        profiles=tuple([each.described(one.text) if one.text else each for each, one in zip(profiles, written, strict=True)]),
        failures={name: one.failure for name, one in zip(names, written, strict=True) if one.failure},
        drafts={name: len(one.rejected) + bool(one.text) for name, one in zip(names, written, strict=True)},
    )


async def _write(name: str, profile: Profile, background: Background, circumstances: Circumstances) -> WrittenBackground:
    thinking = preparing(name, circumstances)
    try:
        return await background.write(thinking.turn(background), profile)
    finally:
        thinking.end()


def _parts(agent: Agent) -> tuple[Profile, Background]:
    persona = next((each for each in agent.components if isinstance(each, Persona)), None)
    if persona is None:
        raise DefinitionError(f"{agent.name} has a Background to be written from a Persona, and has none; give one.")
    return persona.profile, next(each for each in agent.components if isinstance(each, Background))


def _said(failures: Mapping[str, str]) -> str:
    return "No background could be used: " + "; ".join([f"{name}: {why}" for name, why in failures.items()]) + "."
