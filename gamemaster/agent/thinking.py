"""Thinking: one agent's turn, in which its components say what they have to say and ask what they want to know.

The one idea: within a turn each component's context is computed once, whoever asks for it and however many at the same
time. Who waits for whom is kept as a graph, so that a circle is an error at the moment in which it would close, and
never a run that hangs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from gamemaster.agent.asking import TRIES, ask_in_tries
from gamemaster.agent.circumstances import Circumstances
from gamemaster.agent.component_turn import ComponentTurn
from gamemaster.language import (
    Answer,
    LanguageModel,
    Prompt,
    Request,
    together,
)
from gamemaster.words import (
    ActionSpec,
    AnswerFailed,
    CallKey,
    Changes,
    CircularContext,
    Component,
    DefinitionError,
    GamemasterError,
    Observation,
    Section,
    SectionKind,
    StepFailed,
)

if TYPE_CHECKING:
    from gamemaster.memory import AssociativeMemory

__all__ = ["Thinking"]


class Thinking:
    """One agent's turn in one phase of a step ("act", "react", "probe/…"); the phase is part of every call's key.

    `before` are sections that stand in every question asked in this turn. With `asks=False` no question reaches a model.
    """

    __slots__ = (
        "_answers",
        "_contexts",
        "_turns",
        "_waits",
        "agent",
        "asks",
        "before",
        "circumstances",
        "memory",
        "news",
        "phase",
        "spec",
        "trace",
    )

    def __init__(
        self,
        agent: str,
        spec: ActionSpec,
        circumstances: Circumstances,
        *,
        memory: AssociativeMemory,
        news: Sequence[Observation] = (),
        phase: str = "act",
        trace: bool = True,
        before: Sequence[Section] = (),
        asks: bool = True,
    ) -> None:
        self.agent = agent
        self.asks = asks
        self.before = before
        self.spec = spec
        self.circumstances = circumstances
        self.memory = memory
        self.news = news
        self.phase = phase
        self.trace = trace
        self._turns: dict[Component, ComponentTurn] = {}
        self._contexts: dict[Component, str | list[asyncio.Future[str]] | BaseException] = {}
        self._waits: dict[Component, list[Component]] = {}
        self._answers: dict[tuple[str, str, int], tuple[str, asyncio.Future[Answer]]] = {}

    def turn(self, component: Component) -> ComponentTurn:
        """This turn as `component` sees it; the same object each time."""
        turn = self._turns.get(component)
        if turn is None:
            turn = self._turns[component] = ComponentTurn(self, component)
        return turn

    @property
    def has_added(self) -> bool:
        """Whether a component has something for the memory to store or to forget."""
        return any(turn.has_added for turn in self._turns.values())

    def store_memories(self, components: Sequence[Component] = ()) -> None:
        """Store what the components added in this phase, in the order of this list, whoever was first; then `end`.

        What they forget goes when all is stored.
        """
        ranks = {component.name: rank for rank, component in enumerate(components)}
        added = [(component, turn) for component, turn in self._turns.items() if turn.has_added]
        added.sort(key=lambda each: ranks.get(each[0].name, len(ranks)))
        for _, turn in added:
            turn.memory.store()
        for _, turn in added:
            turn.memory.store_forgetting()
        self.end()

    def end(self) -> None:
        """Let go of the components' turns. They and this hold each other, which would leave it to the garbage collector."""
        self._turns.clear()

    # --- contexts ---

    async def context(self, component: Component, asker: Component | None = None) -> str:
        """What `component` has to say in this turn, cut to its budget; computed once."""
        known = self._contexts.get(component)
        if type(known) is str:
            return known
        if isinstance(known, BaseException):
            raise known
        if asker is not None:
            self._refuse_circle(asker, component)
            self._waits.setdefault(asker, []).append(component)
        try:
            if known is None:
                return await self._compute(component)
            waiter: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            known.append(waiter)  # type: ignore[union-attr]
            return await waiter
        finally:
            if asker is not None:
                self._waits[asker].remove(component)

    async def _compute(self, component: Component) -> str:
        waiters: list[asyncio.Future[str]] = []
        self._contexts[component] = waiters
        try:
            text = await component.context(self.turn(component))
            if type(text) is not str:
                raise DefinitionError(f"its context returned {text!r}; a context is a text, empty when there is nothing to say.")
        except AnswerFailed:
            text = ""
        except (GamemasterError, asyncio.CancelledError) as error:
            raise self._fail(component, waiters, self.named(error, component)) from error.__cause__
        except Exception as error:
            raise self._fail(component, waiters, self.failed(component, error)) from error
        text = self.cut(text, component.budget, component.name)
        self._contexts[component] = text
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(text)
        return text

    def _fail(self, component: Component, waiters: Sequence[asyncio.Future[str]], error: BaseException) -> BaseException:
        """Give all who wait for this context, or will, the error."""
        self._contexts[component] = error
        for waiter in waiters:
            if not waiter.done():
                waiter.set_exception(error)
                waiter.exception()  # looked at, so that nobody waiting any more is no reason for a warning
        return error

    def named(self, error: BaseException, component: Component) -> BaseException:
        """A definition error with its place put before it; any other error as it is."""
        if type(error) is DefinitionError and not str(error).startswith(self.agent):
            return DefinitionError(f"{self.agent}, {component.name}, step {self.circumstances.moment.step}: {error}")
        return error

    def failed(self, component: Component, error: Exception) -> StepFailed:
        """The error that names agent, component and step."""
        place = f"{self.agent}, {component.name}, step {self.circumstances.moment.step}"
        return StepFailed(f"{type(error).__name__}: {error}", place=place)

    def cut(self, text: str, budget: int, component: str) -> str:
        """`text` cut at a line's end to at most `budget` tokens of the model that answers for `component`."""
        limit = budget * 3  # three characters a token is below what any tokenizer needs for prose
        if len(text) <= limit:
            return text
        count = getattr(self.circumstances.model_for(self.agent, component), "count_tokens", None)
        if count is not None and count(text) <= budget:
            return text
        kept: list[str] = []
        size = 0
        for line in text.splitlines():
            size += (len(line) + 3) // 3 if count is None else count(line) + 1
            if size > budget:
                break
            kept.append(line)
        return "\n".join(kept) if kept else text[:limit]

    def _refuse_circle(self, asker: Component, wanted: Component) -> None:
        path = self._path(wanted, asker, [wanted], set())
        if path is not None:
            circle = " waits for ".join(each.name for each in [asker, *path])
            raise CircularContext(f"{self.agent}'s components wait for each other: {circle}. Take one of them out of the circle.")

    def _path(self, at: Component, goal: Component, path: list[Component], seen: set[Component]) -> list[Component] | None:
        if at is goal:
            return path
        seen.add(at)
        for following in self._waits.get(at, ()):
            if following not in seen:
                found = self._path(following, goal, [*path, following], seen)
                if found is not None:
                    return found
        return None

    async def sections(self, components: Sequence[Component], asker: Component | None = None) -> list[Section]:
        """The sections of these components, at the same time, in their order; empty ones are left out."""
        texts = await together([self.context(component, asker) for component in components])
        label = self.circumstances.texts.label
        return [
            _section(component, label(component, self.agent), text)
            for component, text in zip(components, texts, strict=True)
            if text
        ]

    # --- questions ---

    def model(self, component: str) -> LanguageModel:
        """The model that answers for this component of this agent."""
        return self.circumstances.model_for(self.agent, component)

    def key(self, component: str, what: str, index: int = 0) -> CallKey:
        """The key of the first try of sample `index` of a question in this turn."""
        return CallKey(self.circumstances.moment.step, self.agent, component, f"{self.phase}/{what}", index * TRIES)

    async def ask(
        self,
        component: Component,
        request_of: Callable[[Prompt], Request],
        prompt: Prompt,
        what: str,
        index: int,
        model: LanguageModel | None = None,
    ) -> Answer:
        """The usable answer to one question of a component, by its own model; asked once a turn for each (what, index)."""
        name = (component.name, what, index)
        known = self._answers.get(name)
        if known is None:
            future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
            self._answers[name] = (prompt.call, future)
            try:
                answer = await ask_in_tries(self.circumstances, model or self.model(component.name), request_of(prompt))
            except BaseException as error:
                future.set_exception(error)
                future.exception()  # looked at, so that nobody waiting is no reason for a warning
                raise
            future.set_result(answer)
        else:
            call, future = known
            if call != prompt.call:
                raise DefinitionError(f"asks two different questions under the one name {what!r}; give each a `what` of its own.")
            answer = await asyncio.shield(future)
        if answer.failure is not None:
            raise AnswerFailed(f"{self.agent}, {component.name}: no usable answer to {prompt.call!r}: {answer.failure}")
        return answer


def _section(component: Component, label: str, text: str) -> Section:
    if component.changes in ("shared", "own"):
        return _lasting_section(label, text, component.changes, component.kind, component.name)
    return Section(label=label, text=text, changes=component.changes, kind=component.kind, component=component.name)


@lru_cache(maxsize=4096)
def _lasting_section(label: str, text: str, changes: Changes, kind: SectionKind, component: str) -> Section:
    """One object for a section that stands in many prompts: a run keeps them all."""
    return Section(label=label, text=text, changes=changes, kind=kind, component=component)
