"""Turn: what a component sees while its agent thinks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

from pydantic import BaseModel

from gamemaster.words.action_spec import ActionSpec
from gamemaster.words.event import Observation
from gamemaster.words.keys import Draws
from gamemaster.words.memory_record import Remembers
from gamemaster.words.moment import Moment
from gamemaster.words.prompt_texts import PromptTexts
from gamemaster.words.section import Section

if TYPE_CHECKING:
    from gamemaster.words.component import Component

__all__ = ["Chosen", "Turn"]

Schema = TypeVar("Schema", bound=BaseModel)
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The option chosen, its place in the list, and a probability per option where the model gives them."""

    option: str
    index: int
    probabilities: tuple[float, ...] | None = None


class Turn(Protocol):
    """One agent's turn as one of its components sees it.

    Model, memory, time and chance come from here and from nowhere else. Every question is tagged with agent, component
    and step; `what` names it within the component, and stands for the question's own text when left out. The same
    question asked twice in a turn is asked once; to draw several answers, number them with `index`.

    `given` are components of the same agent whose contexts are put before the question; `notes` are further sections
    of the caller's own.

    Each of the questions raises `AnswerFailed` when the model gave no usable answer in three tries; unless caught, the
    component then has nothing to say in this turn, and the failure is on record.
    """

    @property
    def agent(self) -> str: ...
    @property
    def spec(self) -> ActionSpec: ...
    @property
    def step(self) -> int: ...
    @property
    def time(self) -> float: ...
    @property
    def moment(self) -> Moment: ...
    @property
    def memory(self) -> Remembers: ...
    @property
    def sees(self) -> str:
        """What the world lets this agent perceive, in words."""
        ...

    @property
    def sees_data(self) -> Mapping[str, Any]:
        """The same as JSON values."""
        ...

    @property
    def people(self) -> Sequence[str]:
        """The names of all agents of the run, in their order."""
        ...

    @property
    def offers(self) -> str:
        """The world's actions that are open to this agent now, one a line, with their parameters and domains."""
        ...

    @property
    def news(self) -> Sequence[Observation]:
        """What this agent observed since its last turn began, oldest first."""
        ...

    def prompt(self, text: str, /, **values: object) -> str:
        """This component's prompt text of that name in the run's language, filled in.

        `{name}` (the agent) and `{time}` (now, in words) are always there; the rest comes from `values`.
        """
        ...

    def prompts(self, text: str, /, **values: object) -> tuple[str, ...]:
        """A list of prompt texts (options, say), each filled in like `prompt`."""
        ...

    @property
    def texts(self) -> PromptTexts:
        """All prompt texts of the run's language; for times (`turn.texts.stamp`) and shared sentences."""
        ...

    def random(self, what: str) -> Draws:
        """The draws of chance named `what`, of this component in this step."""
        ...

    async def context(self, other: Component) -> str:
        """What `other`, a component of the same agent, has to say; computed once a turn.

        Raises: CircularContext when `other` is waiting for the caller.
        """
        ...

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
        ...

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
        """One of `options`; `unsure` is the one to be taken by a model that can't tell."""
        ...

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
        ...

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
        ...

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
        ...

    async def consult(self, model: Any, question: str, *, what: str | None = None, index: int = 0) -> str:
        """What a model or tool of the component's own answers to `question`, and to nothing else; on record like all answers.

        Raises: AnswerFailed when it gave none.
        """
        ...

    async def aside(self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        """What a slow plain function returns, run off the event loop: the only way off it."""
        ...

    def measure(self, name: str, value: float | int | str | bool | None) -> None:
        """Put a value on record under `name`, for this agent in this step."""
        ...
