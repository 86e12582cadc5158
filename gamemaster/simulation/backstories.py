"""Backstories: what formed the agents before the run, written by the model for all of them in one batch.

The one idea: an agent's past is memories like any other. What all know is given to all, what one knows to that one, and
episodes at given ages are written from the persona and dated into the past; so components that recall need no special case.

Sources: Vezhnevets et al. 2023, "Generative agent-based modeling with actions grounded in physical, social, or digital space
using Concordia" (formative memories at given ages, from shared memories and a context); Park et al. 2023, section 3.1 (seed
memories, phrases set apart by semicolons). Departures: the episodes of a life are asked for in one question, not age by age,
and no summary of the life is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from gamemaster.agent import Agent, Circumstances
from gamemaster.components import Persona
from gamemaster.components.background import Background
from gamemaster.components.backstory import Backstory
from gamemaster.language import LanguageModel, load_model, together
from gamemaster.record import Measure
from gamemaster.simulation.formative_memories import TAG, FormativeMemories
from gamemaster.simulation.preparation import circumstances_alone, preparing
from gamemaster.words import AnswerFailed, DefinitionError, MemoryRecord, UnknownName

__all__ = ["Backstories", "seed_memories", "write_backstories"]

_YEAR = 365.25 * 86400.0


class Backstories:
    """The preparation that writes backstories: `Simulation(preparation=[Backstories(episodes_at=[7, 13, 17])])`.

    `shared` is remembered by all, `private` by those named: a list of texts, or one text with phrases set apart by
    semicolons. `context` is what the model is told of somebody besides the persona, and `episodes_at` the ages of which
    an episode is written, for each agent those below its own age. Ages come from the personas, or from `ages` by name.
    All are memories of the kind "formative" with the tag "backstory"; an episode lies as many years back as it must.
    `on_failure="stop"` ends the run when an agent's episodes can't be had in three tries; with "go on" the agent is left
    without them, which is measured ("backstory failed").
    """

    def __init__(
        self,
        *,
        shared: Sequence[str] = (),
        private: Mapping[str, Sequence[str] | str] | None = None,
        context: Mapping[str, str] | None = None,
        episodes_at: Sequence[int] = (),
        ages: Mapping[str, int] | None = None,
        on_failure: Literal["stop", "go on"] = "stop",
        name: str = TAG,
    ) -> None:
        if isinstance(shared, str):
            raise DefinitionError(f"shared={shared!r}: give a list of texts.")
        given: list[Any] = list(episodes_at)
        if any(not isinstance(each, int) or isinstance(each, bool) or each < 0 for each in given) or sorted(set(given)) != given:
            raise DefinitionError(f"episodes_at={given}: give ages in years, each once, in ascending order.")
        self.shared = tuple(shared)
        self.private = {
            who: seed_memories(each) if isinstance(each, str) else list(each) for who, each in (private or {}).items()
        }
        self.context = dict(context or {})
        self.episodes_at = tuple(given)
        self.ages = dict(ages or {})
        self.on_failure = on_failure
        self.name = name
        if not (self.shared or any(self.private.values()) or self.episodes_at):
            raise DefinitionError("These backstories hold nothing; give shared or private memories, or ages for episodes.")

    async def prepare(self, agents: Sequence[Agent], circumstances: Circumstances) -> None:
        """Write them, and have the agents remember them."""
        written = await self.write(agents, circumstances)
        for agent in agents:
            reason = written.failures.get(agent.name)
            if reason is not None:
                circumstances.measures.append(Measure(name="backstory failed", who=agent.name, value=reason))
        written.give(agents)

    async def write(self, agents: Sequence[Agent], circumstances: Circumstances) -> FormativeMemories:
        """What the agents are to remember: one question for each who has an episode, all at the same time.

        Raises: UnknownName, DefinitionError for agents of unknown age; AnswerFailed, unless failures are to be passed over.
        """
        ages = self._ages(agents)
        lives = await together([self._life(agent, ages[agent.name], circumstances) for agent in agents])
        failures = {agent.name: life for agent, life in zip(agents, lives, strict=True) if isinstance(life, str)}
        if failures and self.on_failure == "stop":
            said = "; ".join(failures.values())
            raise AnswerFailed(
                f"There is no backstory of {', '.join(failures)}: {said}. Try another model or seed, or let the run go on "
                'without, with on_failure="go on".'
            )
        now = circumstances.moment.time
        records: list[MemoryRecord] = []
        for agent, life in zip(agents, lives, strict=True):
            known = [(text, now, "shared") for text in self.shared]
            known += [(text, now, "private") for text in self.private.get(agent.name, ())]
            known += [(text, now - years * _YEAR, "episode") for years, text in ([] if isinstance(life, str) else life)]
            records += [
                MemoryRecord(
                    id=f"{agent.name}/{TAG}/{at}",
                    holder=agent.name,
                    text=text,
                    time=time,
                    last_access=time,
                    kind="formative",
                    tags=(TAG, of),
                )
                for at, (text, time, of) in enumerate(known)
            ]
        return FormativeMemories(records=tuple(records), failures=failures)

    async def _life(self, agent: Agent, age: int | None, circumstances: Circumstances) -> list[tuple[int, str]] | str:
        """(how many years ago, text) of each episode; or why there are none."""
        wanted = [at for at in self.episodes_at if age is not None and at < age]
        if not wanted:
            return []
        asking = Backstory(name=self.name)
        thinking = preparing(agent.name, circumstances, agent.own_memory)
        turn = thinking.turn(asking)
        known = [each for each in agent.components if isinstance(each, Persona | Background)]
        about = "\n".join(
            [*([self.context[agent.name]] if agent.name in self.context else []), *self.private.get(agent.name, ())]
        )
        try:
            texts = await asking.episodes(turn, wanted, given=known, shared=self.shared, about=about)
        except AnswerFailed as error:
            return str(error)
        finally:
            thinking.end()
        assert age is not None
        return [(age - at, turn.prompt("episode", age=at, text=text)) for at, text in zip(wanted, texts, strict=True)]

    def _ages(self, agents: Sequence[Agent]) -> dict[str, int | None]:
        names = [agent.name for agent in agents]
        for what, given in (("private", self.private), ("context", self.context), ("ages", self.ages)):
            for name in given:
                if name not in names:
                    raise UnknownName.of("agent", name, names, hint=f"(in {what} of the backstories)")
        ages = {agent.name: self.ages.get(agent.name, _age_of(agent)) for agent in agents}
        unknown = [name for name, age in ages.items() if age is None]
        if unknown and self.episodes_at:
            raise DefinitionError(
                f"The age of {', '.join(unknown)} isn't known, so that no episode can be dated; give Persona(age=…), or "
                f"ages={{{unknown[0]!r}: …}}."
            )
        return ages


async def write_backstories(
    agents: Sequence[Agent],
    *,
    shared: Sequence[str] = (),
    private: Mapping[str, Sequence[str] | str] | None = None,
    context: Mapping[str, str] | None = None,
    episodes_at: Sequence[int] = (),
    ages: Mapping[str, int] | None = None,
    on_failure: Literal["stop", "go on"] = "stop",
    model: Any = "embedded",
    seed: int = 0,
    language: str = "en",
) -> FormativeMemories:
    """Write backstories outside a simulation; the agents remember them from now on. `Backstories` says what is what.

    `model` is a name or an object, for those agents who have none of their own. Freeze what comes with
    `.write("stories.jsonl")`: these calls are on no run's record. For calls on record, give `Backstories` to the
    simulation instead.
    """
    if inside := [each.name for each in agents if each.in_simulation]:
        raise DefinitionError(f"{', '.join(inside)} is in a simulation already; give Backstories to the simulation instead.")
    asked = Backstories(
        shared=shared, private=private, context=context, episodes_at=episodes_at, ages=ages, on_failure=on_failure
    )
    own = {agent.name: agent.model for agent in agents}
    loaded: list[LanguageModel] = []

    def model_for(agent: str, component: str) -> LanguageModel:
        found = own[agent]
        if found is None and not loaded:
            loaded.append(load_model(model))
        return loaded[0] if found is None else found

    names = [agent.name for agent in agents]
    written = await asked.write(agents, circumstances_alone(names, model_for, seed=seed, language=language))
    written.give(agents)
    return written


def seed_memories(paragraph: str) -> list[str]:
    """The phrases of a paragraph that are set apart by semicolons: each is a memory. Source: Park et al. 2023, section 3.1."""
    return [phrase for phrase in (" ".join(each.split()) for each in paragraph.split(";")) if phrase]


def _age_of(agent: Agent) -> int | None:
    ages: Iterable[int | None] = (each.age for each in agent.components if isinstance(each, Persona))
    return next((age for age in ages if age is not None), None)
