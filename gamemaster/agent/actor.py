"""Actors: what turns an agent's contexts and an action spec into an answer.

The default asks the model once. The others replace the model by a rule, a list of answers, a person at the keyboard, or
several tries of which the best is taken. With a rule or a list no component is asked and no model called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, cast

from pydantic import BaseModel

from gamemaster.agent.asking import ask_in_tries
from gamemaster.agent.circumstances import OfferedForm
from gamemaster.agent.component_turn import number_schema
from gamemaster.agent.thinking import Thinking
from gamemaster.language import Answer, ChoiceRequest, ObjectRequest, Prompt, Request, Sampling, TextRequest, outside_work
from gamemaster.words import (
    ActionSpec,
    CallKey,
    DefinitionError,
    Failure,
    InvalidAnswer,
    JsonValue,
    Policy,
    Section,
    View,
    draws,
)

if TYPE_CHECKING:
    from gamemaster.agent.agent import Agent

__all__ = ["Actor", "AskModel", "BestOf", "Human", "Puppet", "Scripted"]


class Actor(Protocol):
    """Turns an agent's turn into an answer, or says why there is none."""

    def __call__(self, agent: Agent, thinking: Thinking) -> Any:
        """A coroutine that returns the answer to `thinking.spec` in its proper form, or a Failure."""
        ...


class AskModel:
    """Asks the model once: the contexts of the components shown, what the agent perceives, what is open to it, the call.

    `sees` and `offers` put in what the world shows to this agent and, for a free attempt, which actions are open to it,
    within `budget` tokens each.
    """

    def __init__(
        self, *, sees: bool = True, offers: bool = True, budget: int = 800, temperature: float = 0.7, max_tokens: int = 200
    ) -> None:
        self.sees = sees
        self.offers = offers
        self.budget = budget
        self.sampling = Sampling(temperature=temperature, max_tokens=max_tokens)

    async def __call__(self, agent: Agent, thinking: Thinking) -> Any:
        """The model's answer in its proper form, or a Failure after three tries."""
        form = _form(thinking)
        if form is not None and form.closed is not None:
            return Failure(kind="closed", reason=form.closed)
        request = self.request(agent, thinking, await self.prompt(agent, thinking), form, sample=0)
        return _checked(thinking, form, await ask_in_tries(thinking.circumstances, thinking.model("actor"), request))

    async def prompt(self, agent: Agent, thinking: Thinking) -> Prompt:
        """The prompt of this turn."""
        circumstances, spec = thinking.circumstances, thinking.spec
        texts = circumstances.texts
        sections = await thinking.sections(agent.shown)
        if self.sees and (text := thinking.cut(circumstances.sees(agent.name), self.budget, "actor")):
            sections.append(Section(label=texts.text("actor", "here_and_now"), text=text, kind="situation", component="actor"))
        offers = circumstances.offers(agent.name) if self.offers and spec.kind == "free" else ""
        if text := thinking.cut(offers, self.budget, "actor"):
            sections.append(Section(label=texts.text("actor", "what_can_be_done"), text=text, kind="action", component="actor"))
        call = texts.call(spec, name=agent.name, time=circumstances.now if "{time}" in spec.call else "")
        return Prompt.of(sections, call, name=agent.name, language=texts.language)

    def request(self, agent: Agent, thinking: Thinking, prompt: Prompt, form: OfferedForm | None, *, sample: int) -> Request:
        """The request that the spec's kind calls for."""
        spec = thinking.spec
        key: CallKey = thinking.key("actor", spec.tag or "answer", sample)
        seed = key.seed(thinking.circumstances.run_seed)
        if spec.kind in ("free", "speech"):
            return TextRequest(prompt=prompt, key=key, seed=seed, sampling=self.sampling)
        if spec.kind == "choice":
            return ChoiceRequest(prompt=prompt, key=key, seed=seed, options=spec.options)
        return ObjectRequest(prompt=prompt, key=key, seed=seed, schema=_schema(spec, form))


class Scripted:
    """A policy in place of the model: `def policy(view) -> answer`. No component is asked."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    async def __call__(self, agent: Agent, thinking: Thinking) -> Any:
        """The policy's answer in its proper form; one outside the spec is a Failure."""
        form = _form(thinking)
        if form is not None and form.closed is not None:
            return Failure(kind="closed", reason=form.closed)
        return check_answer(thinking.spec, form, self.policy(view_of(agent, thinking)))


class Puppet:
    """Answers laid down beforehand: a list in the order of its turns, or a mapping from a call to its answer.

    The position is part of the agent's state, so a resumed run goes on where it was.
    Raises: DefinitionError when the list is used up, or the mapping lacks the call.
    """

    version = 1

    def __init__(self, answers: Sequence[Any] | Mapping[str, Any]) -> None:
        self.answers = answers
        self.position = 0

    async def __call__(self, agent: Agent, thinking: Thinking) -> Any:
        """The next answer in its proper form; one outside the spec is a Failure."""
        spec = thinking.spec
        if isinstance(self.answers, Mapping):
            if spec.call not in self.answers:
                raise DefinitionError(f"The puppet {agent.name} has no answer to {spec.call!r}; it has: {sorted(self.answers)}.")
            answer = self.answers[spec.call]
        else:
            if self.position >= len(self.answers):
                raise DefinitionError(f"The puppet {agent.name} has used up its {len(self.answers)} answers; give it more.")
            answer = self.answers[self.position]
            self.position += 1
        return check_answer(spec, _form(thinking), answer)

    def state(self) -> dict[str, JsonValue]:
        """Its position in the list."""
        return {"position": self.position}

    def restore(self, state: Mapping[str, JsonValue]) -> None:
        """Go to a position."""
        position = state["position"]
        assert isinstance(position, int)
        self.position = position


class Human:
    """A person at the keyboard. `ask` is given the question and returns the line typed; by default it is `input`."""

    def __init__(self, ask: Callable[[str], str] = input) -> None:
        self.ask = ask

    async def __call__(self, agent: Agent, thinking: Thinking) -> Any:
        """What was typed, in its proper form; asked again until it fits."""
        import asyncio

        spec, form = thinking.spec, _form(thinking)
        if form is not None and form.closed is not None:
            return Failure(kind="closed", reason=form.closed)
        question = spec.question(name=agent.name, time=thinking.circumstances.now)
        seen = thinking.circumstances.sees(agent.name)
        news = "\n".join(thinking.circumstances.texts.sentence(each) for each in thinking.news)
        options = "\n".join(f"  {option}" for option in spec.options)
        text = "\n".join(part for part in (news, seen, question, options) if part) + "\n> "
        while True:
            with outside_work():
                typed = await asyncio.to_thread(self.ask, text)
            checked = check_answer(spec, form, _typed(spec, typed))
            if not isinstance(checked, Failure):
                return checked
            text = f"{checked.reason}\n> "


class BestOf:
    """Asks the model `n` times at once and lets it choose the answer that suits the agent best."""

    def __init__(self, n: int, *, actor: AskModel | None = None) -> None:
        if n < 1:
            raise DefinitionError(f"BestOf({n}): n must be at least 1.")
        self.n = n
        self.actor = actor or AskModel()

    async def __call__(self, agent: Agent, thinking: Thinking) -> Any:
        """The answer chosen among the usable ones; the first failure when none is usable."""
        from gamemaster.language import together

        form = _form(thinking)
        if form is not None and form.closed is not None:
            return Failure(kind="closed", reason=form.closed)
        prompt = await self.actor.prompt(agent, thinking)
        model, circumstances = thinking.model("actor"), thinking.circumstances
        requests = [self.actor.request(agent, thinking, prompt, form, sample=i) for i in range(self.n)]
        answers = await together([ask_in_tries(circumstances, model, request) for request in requests])
        checked = [_checked(thinking, form, answer) for answer in answers]
        usable: dict[str, Any] = {}
        for answer in checked:
            if not isinstance(answer, Failure):
                usable.setdefault(str(answer), answer)
        if len(usable) <= 1:
            return next(iter(usable.values()), checked[0])
        key = thinking.key("actor", "best")
        best = circumstances.texts.text("actor", "best_of", name=agent.name)
        call = f"{prompt.call}\n\n{best}"
        choice = await ask_in_tries(
            circumstances,
            model,
            ChoiceRequest(
                prompt=replace(prompt, call=call),
                key=key,
                seed=key.seed(circumstances.run_seed),
                options=tuple(usable),
                unsure=0,
            ),
        )
        if choice.index is None:
            return Failure(kind="unparsable", reason=choice.failure or "no choice", raw=choice.text)
        return list(usable.values())[choice.index]


def view_of(agent: Agent, thinking: Thinking) -> View:
    """What a policy sees in this turn."""
    circumstances, spec = thinking.circumstances, thinking.spec
    return View(
        name=agent.name,
        spec=spec,
        observations=thinking.news,
        history=tuple(agent.history),
        data=circumstances.sees_data(agent.name),
        random=draws(circumstances.run_seed, "policy", agent.name, spec.tag or circumstances.moment.step),
        moment=circumstances.moment,
        people=circumstances.people,
    )


def check_answer(spec: ActionSpec, form: OfferedForm | None, answer: Any) -> Any:
    """The answer in its proper form, or a Failure that says what would have been allowed."""
    try:
        if form is None:
            return spec.check(answer)
        if form.closed is not None:
            return Failure(kind="closed", reason=form.closed)
        if isinstance(answer, Mapping):
            return dict(form.check(cast("Mapping[str, Any]", answer)))
        if len(form.names) == 1:  # an action of one parameter may be answered with its bare value
            return dict(form.check({form.names[0]: answer}))
        raise InvalidAnswer(f"The answer {answer!r} is no JSON object with {', '.join(form.names)}.")
    except InvalidAnswer as error:
        return Failure(kind="invalid", reason=str(error), raw=repr(cast("object", answer))[:2000])


def _checked(thinking: Thinking, form: OfferedForm | None, answer: Answer) -> Any:
    spec = thinking.spec
    if answer.failure is not None:
        kind = answer.finish if answer.finish in ("length", "refused") else "unparsable"
        return Failure(kind=kind, reason=answer.failure, raw=answer.text)
    if spec.kind in ("free", "speech"):
        return check_answer(spec, None, answer.text.strip())
    if spec.kind == "choice":
        assert answer.index is not None
        return spec.options[answer.index]
    assert answer.value is not None
    if spec.kind == "number":
        return check_answer(spec, None, answer.value["number"])
    return check_answer(spec, form, dict(answer.value))


def _form(thinking: Thinking) -> OfferedForm | None:
    spec = thinking.spec
    if spec.action is None:
        return None
    return thinking.circumstances.form(spec.action, thinking.agent)


def _schema(spec: ActionSpec, form: OfferedForm | None) -> type[BaseModel]:
    if spec.kind == "number":
        return number_schema(spec.low, spec.high, spec.whole)
    if spec.schema is not None:
        return spec.schema
    assert form is not None
    return form.schema


def _typed(spec: ActionSpec, typed: str) -> Any:
    import json

    if spec.kind in ("free", "speech", "choice"):
        return typed.strip()
    try:
        return json.loads(typed)
    except ValueError:
        return typed.strip()
