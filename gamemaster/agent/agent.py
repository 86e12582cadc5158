"""Agent: a name, the components it is made of, its memory, and an actor that turns all of it into answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from gamemaster.agent.actor import Actor, AskModel, Puppet, Scripted
from gamemaster.agent.circumstances import Circumstances
from gamemaster.agent.random_actor import RandomActor
from gamemaster.agent.thinking import Thinking
from gamemaster.language import LanguageModel, together
from gamemaster.words import (
    ActionSpec,
    AnswerFailed,
    Attempt,
    Component,
    DefinitionError,
    Event,
    Failure,
    GamemasterError,
    JsonValue,
    MemoryRecord,
    Moment,
    Observation,
    StepFailed,
    one_line,
    prompt_texts,
    user_code,
)

if TYPE_CHECKING:
    from gamemaster.memory import AssociativeMemory

__all__ = ["HISTORY", "Agent"]

HISTORY = 200
"""How many of its own answers an agent's policy can look back on."""


class Agent:
    """Somebody who observes, remembers, thinks and answers, made of components.

    `components` stand in the order of the prompt. `memories` are texts, or mappings with the arguments of
    `AssociativeMemory.add`, that it has from the start. `model` is its own language model, else the simulation's;
    `actor` replaces the default, which asks the model once.

    An agent also lives on its own: `await agent.observe(text)`, `await agent.answer(spec)`.
    Raises: DefinitionError for a name that is empty or has a line break, a component twice, two of one name, one that
    reads a component which isn't in the list.
    """

    version = 1

    def __init__(
        self,
        name: str,
        components: Sequence[Component] = (),
        *,
        memories: Sequence[str | Mapping[str, Any]] = (),
        model: LanguageModel | None = None,
        actor: Actor | None = None,
    ) -> None:
        if not name or name != one_line(name):
            raise DefinitionError(f"An agent's name is {name!r}; it must be a text on one line, with no blanks around it.")
        self.name = name
        self.memories = tuple(memories)
        self.model = model
        self.actor: Actor = actor if actor is not None else AskModel()
        self.set_components(components)
        self.history: deque[tuple[ActionSpec, Any]] = deque(maxlen=HISTORY)
        self.news: list[Observation] = []
        self._thought: list[Thinking] = []
        self.last_turn = 0
        self._memory: AssociativeMemory | None = None
        self._alone = 0
        self.in_simulation = False
        self.texts = prompt_texts()

    def set_components(self, components: Sequence[Component]) -> None:
        """Be made of these components from now on; the constructor says what it raises."""
        _check_components(self.name, components)
        self.components = tuple(components)
        self.shown = tuple(each for each in self.components if each.shown and _overrides(each, "context"))
        self._observing = tuple(each for each in self.components if _overrides(each, "observe"))
        self.minding = tuple(each for each in self.components if _overrides(each, "after_action"))
        self.reacting = tuple(each for each in self.components if _overrides(each, "react"))

    @property
    def has_state(self) -> bool:
        """Whether any part of it has a state."""
        return any(_overrides(each, "state") for each in self.components) or hasattr(self.actor, "state")

    def __repr__(self) -> str:
        return f"Agent({self.name!r}, {[each.name for each in self.components]})"

    def _repr_html_(self) -> str:
        from gamemaster.words.static_html import facts_html, table_html

        rows = [
            (each.name, type(each).__name__, each.changes if each.shown else "not shown", each.budget) for each in self.components
        ]
        facts: list[tuple[str, Any]] = [
            ("answers by", type(self.actor).__name__),
            ("model", "the simulation's" if self.model is None else self.model.name),
            ("memories", len(self.memories) if self._memory is None else len(self._memory)),
        ]
        table = table_html(("component", "class", "changes", "token budget"), rows) if rows else ""
        return facts_html(f"Agent {self.name}", facts, table)

    # --- in a simulation ---

    @property
    def memory(self) -> AssociativeMemory:
        """Its associative memory; one of its own until a simulation gives it a view of the common bank."""
        if self._memory is None:
            from gamemaster.memory import AssociativeMemory

            self._memory = AssociativeMemory(holder=self.name)
            remember(self._memory, self.memories, where=self.name)
        return self._memory

    @property
    def own_memory(self) -> AssociativeMemory | None:
        """Its memory, None while it has none yet."""
        return self._memory

    def leave(self) -> None:
        """Be as it was before it took part in a simulation, but for its components' state."""
        self._memory, self.in_simulation, self.last_turn = None, False, 0
        self.history.clear()
        self.news.clear()

    def join(self, memory: AssociativeMemory, *, fresh: bool = True) -> None:
        """Take its place in a simulation, with a view of the common memory bank.

        What it remembers already comes along, unless the run isn't `fresh`: then the archive has it.
        """
        if self.in_simulation:
            raise DefinitionError(f"{self.name} is in a simulation already; build the agents anew for another one.")
        if not fresh:
            pass
        elif self._memory is None:
            remember(memory, self.memories, where=self.name)
        else:
            _take_over(memory, list(self._memory))
        self._memory = memory
        self.in_simulation = True

    async def attempt(
        self, id: str, spec: ActionSpec, circumstances: Circumstances, *, phase: str = "act", trace: bool = True
    ) -> Attempt:
        """What it answers to `spec`.

        Its components' state may have changed when it has answered, and `store` adds to its memory what they wanted to
        remember; with `trace=False` there is nothing of either.
        """
        step = circumstances.moment.step
        thinking = Thinking(self.name, spec, circumstances, memory=self.memory, news=tuple(self.news), phase=phase, trace=trace)
        before = None if trace else self.states()
        try:
            answer = await self.actor(self, thinking)
        except GamemasterError:
            raise
        except Exception as error:
            place = f"{self.name}, actor {type(self.actor).__name__}, step {step}"
            raise StepFailed(f"{type(error).__name__}: {error}", place=place) from error
        finally:
            if before is not None:
                self.restore_states(before)
        self._has_thought(thinking)
        if isinstance(answer, Failure):
            return Attempt(id=id, step=step, actor=self.name, spec=spec, failure=answer)
        return Attempt(id=id, step=step, actor=self.name, spec=spec, answer=answer)

    async def wants_to_speak(self, circumstances: Circumstances, what: str) -> bool:
        """Whether it wants to say something now; asked in private, from the components shown."""
        question = circumstances.texts.text("actor", "wants_to_speak", name=self.name)
        yes, no = circumstances.texts.texts("actor", "yes_and_no")
        spec = ActionSpec.choice(question, {yes: None, no: None}, tag=what)
        attempt = await self.attempt("", spec, circumstances, phase=f"wants to speak/{what}", trace=False)
        return attempt.answer == yes

    def turn_taken(self, attempt: Attempt) -> None:
        """Keep its answer in its history, and begin to collect news for the next turn."""
        if attempt.failure is None:
            self.history.append((attempt.spec, attempt.answer))
        self.news.clear()
        self.last_turn = attempt.step

    async def notice(self, observations: Sequence[Observation], *, step: int) -> None:
        """Take in what it has noticed: remembered first, then shown to each component, in order."""
        add = self.memory.add
        for observation in observations:
            self.news.append(observation)
            add(self.texts.sentence(observation), time=observation.time, tags=observation.tags)
            for component in self._observing:
                with user_code(f"{self.name}, {component.name}.observe, step {step}"):
                    await component.observe(observation)

    async def mind(self, attempt: Attempt, events: Sequence[Event]) -> None:
        """Show each component what came of the agent's own attempt."""
        for component in self.minding:
            with user_code(f"{self.name}, {component.name}.after_action, step {attempt.step}"):
                await component.after_action(attempt, events)

    async def react(self, spec: ActionSpec, circumstances: Circumstances) -> None:
        """Let the components that react think about the news, all at the same time.

        They ask no model where none answers for the agent: whoever asks there gets AnswerFailed, which is no failure.
        """
        news, asks = tuple(self.news), not isinstance(self.actor, Scripted | Puppet | RandomActor)
        thinking = Thinking(self.name, spec, circumstances, memory=self.memory, news=news, phase="react", asks=asks)
        await together([_react(thinking, component) for component in self.reacting])
        self._has_thought(thinking)

    def _has_thought(self, thinking: Thinking) -> None:
        if thinking.trace and thinking.has_added:
            self._thought.append(thinking)
        else:
            thinking.end()

    def store(self) -> None:
        """Store what its components have added to its memory in the phase that has ended.

        Whoever runs several agents calls this in their order, when all have ended.
        """
        for thinking in self._thought:
            thinking.store_memories(self.components)
        self._thought.clear()

    # --- on its own ---

    async def observe(self, text: str, *, speaker: str | None = None) -> None:
        """Tell an agent that isn't in a simulation what it has noticed."""
        self._refuse_in_simulation("observe")
        self._alone += 1
        id = f"{self._alone}/observation/0"
        how = "heard" if speaker else "was_told"
        told = Observation(id=id, event_id="", to=self.name, time=0.0, how=how, text=text, speaker=speaker)
        await self.notice([told], step=self._alone)

    async def answer(self, spec: ActionSpec | str, *, listen: bool = True, seed: int = 0, start: datetime | None = None) -> Any:
        """What an agent that isn't in a simulation answers; with `listen=False` it leaves no trace in the agent.

        A text is asked as speech. Raises: AnswerFailed when there is no usable answer in three tries.
        """
        self._refuse_in_simulation("answer")
        wanted = ActionSpec.speech(spec) if isinstance(spec, str) else spec
        self._alone += 1
        model = self.model
        if model is None:
            from gamemaster.language import load_model

            model = self.model = load_model("embedded")
        circumstances = Circumstances(
            moment=Moment(step=self._alone, time=0.0, start=start),
            run_seed=seed,
            model_for=lambda agent, component: model,
            people=(self.name,),
            texts=self.texts,
        )
        attempt = await self.attempt(f"{self._alone}/attempt/0", wanted, circumstances, trace=listen)
        if not listen:
            self._alone -= 1
        if attempt.failure is not None:
            raise AnswerFailed(f"{self.name} gave no usable answer to {wanted.call!r}: {attempt.failure.reason}")
        if listen:
            self.store()
            self.turn_taken(attempt)
        return attempt.answer

    def _refuse_in_simulation(self, what: str) -> None:
        if self.in_simulation:
            raise DefinitionError(
                f"{self.name} is in a simulation, which alone says what it observes and is asked; "
                f"instead of agent.{what}() use an intervention or a probe."
            )

    # --- state ---

    def states(self) -> dict[str, tuple[int, dict[str, JsonValue]]]:
        """(version, state) of each component that has a state, by its name, and of the actor under "actor"."""
        states: dict[str, tuple[int, dict[str, JsonValue]]] = {}
        for component in self.components:
            if _overrides(component, "state"):
                states[component.name] = (component.version, component.state())
        if (state := getattr(self.actor, "state", None)) is not None:
            states["actor"] = (getattr(self.actor, "version", 1), state())
        return states

    def restore_states(self, states: Mapping[str, tuple[int, dict[str, JsonValue]]]) -> None:
        """Take up what `states()` gave. Raises: DefinitionError for a state of another version."""
        parts: dict[str, Any] = {each.name: each for each in self.components}
        parts["actor"] = self.actor
        for name, (version, state) in states.items():
            part = parts.get(name)
            if part is None:
                raise DefinitionError(f"{self.name} has no component {name!r}, of which there is a stored state.")
            own = getattr(part, "version", 1)
            if own != version:
                raise DefinitionError(
                    f"{self.name}, {name}: the stored state has version {version}, this code has version {own}; "
                    "run it with the version of the component that wrote it."
                )
            part.restore(state)

    def state(self) -> dict[str, Any]:
        """All that it is besides its configuration: component states and memories, as JSON values.

        `restore` on an agent of the same components, in this simulation or another, gives one that thinks the same.
        """
        places = {each.id: place for place, each in enumerate(self.memory)}
        memories = [
            # Elsewhere it has another id: what it rests on is named by its place in this list.
            {**_as_arguments(each), "rests_on": [places[ground] for ground in each.rests_on if ground in places]}
            for each in self.memory
        ]
        states = {name: [version, state] for name, (version, state) in self.states().items()}
        return {"name": self.name, "components": states, "memories": memories}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up what `state()` gave; its memories replace the present ones."""
        self.restore_states({name: (each[0], each[1]) for name, each in state["components"].items()})
        held = [each.id for each in self.memory]
        if held:
            self.memory.forget(held)
        ids: list[str] = []
        for each in cast("Sequence[dict[str, Any]]", state["memories"]):
            given: dict[str, Any] = dict(each)
            grounds = [ids[place] for place in cast("Sequence[int]", given.pop("rests_on", ()))]
            ids.append(self.memory.add(**given, rests_on=grounds).id)


def _as_arguments(record: MemoryRecord) -> dict[str, Any]:
    """A record as JSON values, under the names of `AssociativeMemory.add`'s arguments."""
    return {
        "text": record.text,
        "time": record.time,
        "last_access": record.last_access,
        "importance": record.importance,
        "kind": record.kind,
        "tags": list(record.tags),
    }


def _take_over(memory: AssociativeMemory, records: Sequence[MemoryRecord]) -> None:
    """Add memories of the agent's own; each keeps its id where that is free, and rests on what came along."""
    known: dict[str, str] = {}
    for each in records:
        own = None if memory.bank.is_taken(each.id) else each.id
        grounds = [known[ground] for ground in each.rests_on if ground in known]
        known[each.id] = memory.add(**_as_arguments(each), id=own, rests_on=grounds).id


def remember(memory: AssociativeMemory, memories: Sequence[str | Mapping[str, Any]], *, where: str) -> None:
    """Add memories given as texts or as mappings of `add`'s arguments."""
    for each in memories:
        if isinstance(each, str):
            memory.add(each, kind="formative")
        else:
            try:
                memory.add(**each)
            except TypeError as error:
                raise DefinitionError(f"{where} is given the memory {dict(each)!r}: {error}.") from None


def _overrides(component: Component, hook: str) -> bool:
    return getattr(type(component), hook) is not getattr(Component, hook)


async def _react(thinking: Thinking, component: Component) -> None:
    try:
        await component.react(thinking.turn(component))
    except AnswerFailed:
        return  # on record already; the component lets this occasion pass
    except GamemasterError as error:
        raise thinking.named(error, component) from error.__cause__
    except Exception as error:
        raise thinking.failed(component, error) from error


def _check_components(name: str, components: Sequence[Component]) -> None:
    names: dict[str, Component] = {}
    for component in components:
        if not isinstance(component, Component):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise DefinitionError(f"{name} is given {component!r} as a component; give an object of a Component class.")
        if component.name in names:
            twice = "the same object twice" if names[component.name] is component else f"two components named {component.name!r}"
            raise DefinitionError(f"{name} has {twice}; leave one out, or give it another name.")
        if component.name == "actor":
            raise DefinitionError(f"{name} has a component named 'actor', which is the name of what answers; choose another.")
        names[component.name] = component
    for component in components:
        for read in component.given:
            if read not in components:
                raise DefinitionError(
                    f"{name}'s component {component.name!r} reads {read.name!r}, which isn't in {name}'s list; "
                    "put the same object there (shown=False keeps it out of the prompt)."
                )
    _refuse_circle(name, components)


def _refuse_circle(name: str, components: Sequence[Component]) -> None:
    done: set[Component] = set()

    def visit(component: Component, path: tuple[Component, ...]) -> None:
        if component in path:
            circle = [*path[path.index(component) :], component]
            shown = " reads ".join(each.name for each in circle)
            raise DefinitionError(f"{name}'s components read each other in a circle: {shown}. Take one of them out of it.")
        if component not in done:
            for read in component.given:
                visit(read, (*path, component))
            done.add(component)

    for component in components:
        visit(component, ())
