"""ComponentTurn: a turn as one of the agent's components sees it, and the questions it may ask."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

from annotated_types import MaxLen
from pydantic import BaseModel, Field, create_model

from gamemaster.agent.turn_memory import TurnMemory
from gamemaster.language import (
    Answer,
    ChoiceRequest,
    LanguageModel,
    ObjectRequest,
    Prompt,
    Request,
    Sampling,
    TextRequest,
    outside_work,
)
from gamemaster.record import Measure
from gamemaster.words import (
    ActionSpec,
    AnswerFailed,
    CallKey,
    Chosen,
    Component,
    Draws,
    Moment,
    Observation,
    PromptTexts,
    Section,
    draws,
)

if TYPE_CHECKING:
    from gamemaster.agent.thinking import Thinking

__all__ = ["ComponentTurn", "number_schema"]

Schema = TypeVar("Schema", bound=BaseModel)
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class ComponentTurn:
    """A turn as one component sees it; see `gamemaster.words.Turn`, whose promises these are."""

    __slots__ = ("_component", "_memory", "_thinking")

    def __init__(self, thinking: Thinking, component: Component) -> None:
        self._thinking = thinking
        self._component = component
        self._memory: TurnMemory | None = None

    @property
    def agent(self) -> str:
        return self._thinking.agent

    @property
    def spec(self) -> ActionSpec:
        return self._thinking.spec

    @property
    def step(self) -> int:
        return self._thinking.circumstances.moment.step

    @property
    def time(self) -> float:
        return self._thinking.circumstances.moment.time

    @property
    def moment(self) -> Moment:
        return self._thinking.circumstances.moment

    @property
    def memory(self) -> TurnMemory:
        if self._memory is None:
            thinking = self._thinking
            self._memory = TurnMemory(
                thinking.memory,
                self.time,
                touch=thinking.trace,
                recalls=thinking.circumstances.recalls,
                component=self._component.name,
                phase=thinking.phase,
            )
        return self._memory

    @property
    def has_added(self) -> bool:
        """Whether there is something for the memory to store, to rate or to forget."""
        memory = self._memory
        return memory is not None and bool(memory.pending or memory.forgotten or memory.rated)

    @property
    def sees(self) -> str:
        return self._thinking.circumstances.sees(self.agent)

    @property
    def sees_data(self) -> Mapping[str, Any]:
        return self._thinking.circumstances.sees_data(self.agent)

    @property
    def people(self) -> Sequence[str]:
        return self._thinking.circumstances.people

    @property
    def offers(self) -> str:
        return self._thinking.circumstances.offers(self.agent)

    @property
    def news(self) -> Sequence[Observation]:
        return self._thinking.news

    @property
    def texts(self) -> PromptTexts:
        return self._thinking.circumstances.texts

    def prompt(self, text: str, /, **values: object) -> str:
        """This component's prompt text of that name, filled in."""
        circumstances = self._thinking.circumstances
        return circumstances.texts.of(self._component, text, **{"name": self.agent, "time": circumstances.now, **values})

    def prompts(self, text: str, /, **values: object) -> tuple[str, ...]:
        """A list of this component's prompt texts, each filled in."""
        texts = self._thinking.circumstances.texts
        return texts.texts(texts.file_of(self._component), text, **{"name": self.agent, **values})

    def random(self, what: str) -> Draws:
        """The draws named `what`, of this component in this step."""
        circumstances = self._thinking.circumstances
        return draws(circumstances.run_seed, self.step, self.agent, self._component.name, f"{self._thinking.phase}/{what}")

    async def context(self, other: Component) -> str:
        """What another component of the same agent has to say."""
        return await self._thinking.context(other, self._component)

    async def _prompt(self, question: str, given: Sequence[Component], notes: Sequence[Section]) -> Prompt:
        sections = await self._thinking.sections(given, self._component) if given else []
        language = self._thinking.circumstances.texts.language
        return Prompt.of([*self._thinking.before, *sections, *notes], question, name=self.agent, language=language)

    async def _ask(
        self,
        question: str,
        given: Sequence[Component],
        notes: Sequence[Section],
        what: str | None,
        index: int,
        request_of: Callable[[Prompt, CallKey, int], Request],
    ) -> Answer:
        if not self._thinking.asks:
            raise AnswerFailed(f"{self.agent}, {self._component.name}: no model answers for {self.agent}.")
        named = _named(question) if what is None else what
        key = self._thinking.key(self._component.name, named, index)
        seed = key.seed(self._thinking.circumstances.run_seed)
        prompt = await self._prompt(question, given, notes)
        return await self._thinking.ask(self._component, lambda prompt: request_of(prompt, key, seed), prompt, named, index)

    async def text(
        self,
        question: str,
        *,
        answer_prefix: str = "",
        given: Sequence[Component] = (),
        notes: Sequence[Section] = (),
        max_tokens: int = 256,
        temperature: float = 0.7,
        stop: Sequence[str] = (),
        what: str | None = None,
        index: int = 0,
    ) -> str:
        """An answer in words, without the prefix, stripped."""
        sampling = Sampling(temperature=temperature, max_tokens=max_tokens, stop=tuple(stop))
        answer = await self._ask(
            question,
            given,
            notes,
            what,
            index,
            lambda prompt, key, seed: TextRequest(
                prompt=prompt, key=key, seed=seed, sampling=sampling, answer_prefix=answer_prefix
            ),
        )
        return answer.text.strip()

    async def choose(
        self,
        question: str,
        options: Sequence[str],
        *,
        given: Sequence[Component] = (),
        notes: Sequence[Section] = (),
        unsure: int | None = None,
        what: str | None = None,
        index: int = 0,
    ) -> Chosen:
        """One of `options`."""
        offered = tuple(options)
        answer = await self._ask(
            question,
            given,
            notes,
            what,
            index,
            lambda prompt, key, seed: ChoiceRequest(prompt=prompt, key=key, seed=seed, options=offered, unsure=unsure),
        )
        assert answer.index is not None
        return Chosen(option=offered[answer.index], index=answer.index, probabilities=answer.probabilities)

    async def number(
        self,
        question: str,
        low: float | None = None,
        high: float | None = None,
        *,
        given: Sequence[Component] = (),
        notes: Sequence[Section] = (),
        what: str | None = None,
        index: int = 0,
    ) -> float:
        """A number within the bounds; a whole one when every bound given is an int."""
        bounds = [bound for bound in (low, high) if bound is not None]
        schema = number_schema(low, high, bool(bounds) and all(isinstance(bound, int) for bound in bounds))
        answer = await self._object(question, schema, given, notes, 64, what, index)
        return answer["number"]

    async def fill(
        self,
        question: str,
        schema: type[Schema],
        *,
        given: Sequence[Component] = (),
        notes: Sequence[Section] = (),
        max_tokens: int = 512,
        what: str | None = None,
        index: int = 0,
    ) -> Schema:
        """An instance of `schema`."""
        return schema.model_validate(await self._object(question, schema, given, notes, max_tokens, what, index))

    async def list(
        self,
        question: str,
        n: int,
        *,
        given: Sequence[Component] = (),
        notes: Sequence[Section] = (),
        max_tokens: int = 512,
        what: str | None = None,
        index: int = 0,
    ) -> list[str]:
        """At most `n` texts, none empty."""
        answer = await self._object(question, _list_schema(n), given, notes, max_tokens, what, index)
        return [each.strip() for each in answer["items"] if each.strip()]

    async def _object(
        self,
        question: str,
        schema: type[BaseModel],
        given: Sequence[Component],
        notes: Sequence[Section],
        max_tokens: int,
        what: str | None,
        index: int,
    ) -> Mapping[str, Any]:
        sampling = Sampling(temperature=0.7, max_tokens=max_tokens)
        answer = await self._ask(
            question,
            given,
            notes,
            what,
            index,
            lambda prompt, key, seed: ObjectRequest(prompt=prompt, key=key, seed=seed, schema=schema, sampling=sampling),
        )
        assert answer.value is not None
        return answer.value

    async def consult(self, model: LanguageModel, question: str, *, what: str | None = None, index: int = 0) -> str:
        """What a model or tool of the component's own answers."""
        circumstances = self._thinking.circumstances
        named = _named(question) if what is None else what
        key = self._thinking.key(self._component.name, named, index)
        prompt = Prompt(sections=(), call=question, name=self.agent, language=circumstances.texts.language)
        seed = key.seed(circumstances.run_seed)
        answer = await self._thinking.ask(
            self._component,
            lambda prompt: TextRequest(prompt=prompt, key=key, seed=seed),
            prompt,
            named,
            index,
            model=circumstances.around(model),
        )
        return answer.text

    async def aside(self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        """What a slow plain function returns, run in a thread."""
        with outside_work():
            return await asyncio.to_thread(function, *args, **kwargs)

    def measure(self, name: str, value: float | int | str | bool | None) -> None:
        """Put a value on record under `name`, for this agent in this step."""
        self._thinking.circumstances.measures.append(Measure(name=name, who=self.agent, value=value))


def _named(question: str) -> str:
    """The name of a question that was given none: a digest of its text."""
    return f"asked/{blake2b(question.encode('utf-8', 'surrogatepass'), digest_size=6).hexdigest()}"


@lru_cache(maxsize=256)
def number_schema(low: float | None, high: float | None, whole: bool) -> type[BaseModel]:
    """A pydantic model with the one field `number`, within these bounds."""
    kind: Any = int if whole else float
    field: Any = Annotated[kind, Field(ge=low, le=high, allow_inf_nan=False)]
    return create_model("Number", number=(field, ...))


@lru_cache(maxsize=256)
def _list_schema(n: int) -> type[BaseModel]:
    field: Any = Annotated[list[str], MaxLen(n)]
    return create_model("Items", items=(field, ...))
