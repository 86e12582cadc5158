"""ComponentSuite: the rules of a component.

The one idea: the component lives through made-up steps with a real turn and memory (`ComponentLife`), and what it says and
asks in them is compared: with its budget, with a second life, with a life that was stopped and resumed. To try a
component on a case of your own, use `turn_for`.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, ClassVar, get_args

from gamemaster.language import Answer, ChoiceRequest, LanguageModel, ObjectRequest, Request
from gamemaster.testing.component_life import FORGED, ComponentLife, Said, company
from gamemaster.testing.conformance import does_not_apply, expect, rule
from gamemaster.testing.global_randomness import unmoved_by_global_randomness
from gamemaster.testing.scripted_model import ScriptedModel
from gamemaster.testing.stateful_suite import StatefulSuite, as_json
from gamemaster.words import CHANGES, Component, SectionKind, one_line

__all__ = ["ComponentSuite"]

_MOST_STATE = 16 * 1024
_SECRET = "The key to the vault hangs behind the clock in Quarry House"
_CHARACTERS_A_TOKEN = 3


class ComponentSuite(StatefulSuite[Component]):
    """The rules of `gamemaster.words.Component`, and those of its state; define `make`.

    What it reads (`given`) lives with it, made by `make` too. `model` answers its questions; override it where the answers
    of a `ScriptedModel` mean nothing to the component. `also` are texts to be observed in every step besides the made-up
    ones, `sees` what the world shows; `turns` is how many steps a long life has.
    """

    turns: ClassVar[int] = 80
    sees: ClassVar[str] = "Ann is in the market. Bob is here too."
    also: ClassVar[Sequence[str]] = ()

    def model(self) -> LanguageModel:
        """The model that answers."""
        return ScriptedModel()

    def live(self, component: Component, *, model: LanguageModel | None = None, **given: Any) -> ComponentLife:
        """A life with this component in it."""
        return ComponentLife(component, model if model is not None else self.model(), sees=self.sees, also=self.also, **given)

    def advance(self, part: Component, move: int) -> None:
        """One step of the component's life."""
        lives: dict[Component, ComponentLife] = self.__dict__.setdefault("_lives", {})
        life = lives.setdefault(part, self.live(part))
        self.run(life.step())

    @rule
    def test_description_is_valid(self) -> None:
        """Name, label, changes, kind, shown, budget and given are what a prompt and an agent can use."""
        part: Any = self.make()
        name = part.name
        expect(isinstance(name, str) and name and name == one_line(name) and name != "actor", f"name = {name!r}")
        expect(isinstance(part.label, str) and part.label == one_line(part.label), f"label = {part.label!r}; it is one line")
        expect(part.changes in CHANGES, f"changes = {part.changes!r}; it is one of {CHANGES}")
        expect(part.kind in get_args(SectionKind), f"kind = {part.kind!r}; it is one of {get_args(SectionKind)}")
        expect(isinstance(part.shown, bool), f"shown = {part.shown!r}")
        expect(type(part.budget) is int and part.budget > 0, f"budget = {part.budget!r}; it is a whole number above 0")
        expect(all(isinstance(each, Component) for each in part.given), f"given = {part.given!r}; it holds components")
        names = [each.name for each in company(part)]
        expect(len(set(names)) == len(names), f"components of one name among those that it reads: {names}")

    @rule
    def test_hooks_are_coroutines(self) -> None:
        """What it overrides of context, observe, after_action and react is an `async def`."""
        for hook in ("context", "observe", "after_action", "react"):
            expect(inspect.iscoroutinefunction(getattr(self.make(), hook)), f"{hook} is a plain method")

    @rule
    async def test_context_is_text(self) -> None:
        """Its context is a text, empty when there is nothing to say."""
        for said in await self._words(4):
            expect(type(said.context) is str, f"the context {said.context!r}")

    @rule
    async def test_context_fits_its_budget(self) -> None:
        """After many steps its context still fits the budget uncut: a prompt doesn't grow with the run."""
        part, model = self.make(), self.model()
        count: Any = getattr(model, "count_tokens", None)
        life = self.live(part, model=model)
        for step in range(1, self.turns + 1):
            context = (await life.step()).context
            short = len(str(context)) <= part.budget * _CHARACTERS_A_TOKEN
            fits = short or (count is not None and count(str(context)) <= part.budget)
            expect(fits, f"{len(str(context)):,} characters in step {step} for a budget of {part.budget} tokens")

    @rule
    async def test_state_stays_small(self) -> None:
        """After many steps its state still has less than 16 kB as JSON: what grows belongs in memory."""
        part = self.make()
        life = self.live(part)
        for _ in range(self.turns):
            await life.step()
        size = len(as_json(part.state()).encode("utf-8", "surrogatepass"))
        expect(size <= _MOST_STATE, f"{size:,} bytes after {self.turns} steps")

    @rule
    async def test_secrets_stay_with_their_holder(self) -> None:
        """What only another agent has noticed and remembers never stands in what it says or asks."""
        ann, bob = self.live(self.make()), self.live(self.make(), agent="Bob", secret=_SECRET)
        for _ in range(4):
            await bob.step()
            for text in (await ann.step()).texts:
                expect(_SECRET not in text, f"Bob's secret in Ann's {text!r}")

    @rule
    async def test_words_stay_quoted(self) -> None:
        """What somebody said can't begin a line of its own: it stays a quotation, and looks like nobody else's."""
        for said in await self._words(4):
            for text in said.texts:
                forged = [line for line in text.splitlines() if line.strip().startswith(FORGED)]
                expect(not forged, f"a line of Bob's making in {text!r}")

    @rule
    async def test_same_life_same_words(self) -> None:
        """In two lives that are the same it says and asks the same: it draws, reads and asks by its turn alone."""
        one, other = await self._words(6), await self._words(6)
        for step, (first, second) in enumerate(zip(one, other, strict=True), 1):
            _expect_same(first, second, f"in step {step} of two lives")

    @rule
    async def test_reads_what_it_declares(self) -> None:
        """The components whose contexts it asks for are those in `given`."""
        life = self.live(self.make())
        for _ in range(4):
            await life.step()
        hidden = [(reader, read) for reader, read in life.reads if all(read is not each for each in reader.given)]
        expect(not hidden, f"{[f'{reader.name} reads {read.name}' for reader, read in hidden[:1]]} without declaring it")

    @rule
    async def test_failed_answers_are_survived(self) -> None:
        """When the model gives no usable answer it raises AnswerFailed, or goes on without; nothing else."""
        refusing = ScriptedModel(lambda request: Answer(text="Hm.", finish="unparsable", failure="The model mumbles."))
        life = self.live(self.make(), model=refusing)
        for _ in range(4):
            await life.step()

    @rule
    def test_global_randomness_is_left_alone(self) -> None:
        """It neither reads nor moves the process's random streams; chance comes from `turn.random`."""
        unmoved_by_global_randomness(lambda: [_comparable(said) for said in self.run(self._words(4))], "its life")

    @rule
    async def test_it_goes_on_alike(self) -> None:
        """Put in its place with its state taken up, a new one says and asks what the first would have."""
        part, stopped, fresh = self.make(), self.make(), self.make()
        through, resumed = self.live(part), self.live(stopped)
        for _ in range(self.moves):
            if _comparable(await through.step()) != _comparable(await resumed.step()):
                does_not_apply("Two lives differ without a stop; another rule is about that.")
        for old, new in zip(company(stopped), company(fresh), strict=True):
            new.restore(json.loads(as_json(old.state())))
        resumed.become(fresh)
        for step in range(self.moves + 1, 2 * self.moves + 1):
            _expect_same(await through.step(), await resumed.step(), f"in step {step}, without a stop and with one,")
        one, other = as_json(part.state()), as_json(fresh.state())
        expect(one == other, f"the state {other}; without the stop {one}")

    @rule
    def test_something_happens(self) -> None:
        """The made-up steps show in its state, if it has one; without that the other rules say little of it."""
        if type(self.make()).state is Component.state:
            does_not_apply("The component has no state.")
        expect(as_json(self.lived().state()) != as_json(self.make().state()), f"no trace of {self.moves} steps; give it `also`")

    async def _words(self, steps: int) -> list[Said]:
        life = self.live(self.make())
        return [await life.step() for _ in range(steps)]


def _comparable(said: Said) -> tuple[Any, ...]:
    """What was said and asked, with schemas by their content: a component may make its own anew each time."""
    return (said.context, *(_asked(request) for request in said.requests))


def _asked(request: Request) -> tuple[Any, ...]:
    wanted: Any = None
    if isinstance(request, ChoiceRequest):
        wanted = (request.options, request.unsure)
    elif isinstance(request, ObjectRequest):
        wanted = json.dumps(request.schema.model_json_schema(), sort_keys=True)
    return (str(request.key), request.prompt, wanted, request.sampling, request.answer_prefix, request.seed)


def _expect_same(one: Said, other: Said, when: str) -> None:
    for first, second in zip_longest(_comparable(one), _comparable(other)):
        expect(first == second, f"{when} {first!r}, then {second!r}")
