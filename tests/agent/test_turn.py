"""A turn computes each context once, refuses circles, and keeps components apart."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from gamemaster.agent import Agent, Circumstances, Thinking
from gamemaster.language import ObjectRequest, TextRequest
from gamemaster.memory import AssociativeMemory
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import (
    ActionSpec,
    AnswerFailed,
    CircularContext,
    Component,
    DefinitionError,
    Moment,
    Section,
    StepFailed,
    Turn,
)


class Says(Component):
    """Says a text, after some other contexts, at the same time or one by one."""

    def __init__(
        self, name: str, text: str = "", *, reads: Sequence[Component] = (), ask: str = "", together: bool = False
    ) -> None:
        self.name, self.text, self.ask, self.together = name, text, ask, together
        self.reads: list[Component] = list(reads)
        self.times = 0

    async def context(self, turn: Turn) -> str:
        self.times += 1
        if self.together:
            read = list(await asyncio.gather(*(turn.context(each) for each in self.reads)))
        else:
            read = [await turn.context(each) for each in self.reads]
        answer = await turn.text(self.ask) if self.ask else ""
        return " ".join(part for part in (self.text, *read, answer) if part)


def thinking(model: Any = None, **more: Any) -> Thinking:
    model = model or ScriptedModel(lambda request: "an answer")
    circumstances = Circumstances(moment=Moment(step=3, time=60.0), run_seed=7, model_for=lambda agent, component: model)
    memory = AssociativeMemory(holder="Ann", embedder=HashEmbedder())
    return Thinking("Ann", ActionSpec.free(), circumstances, memory=memory, **more)


async def test_a_context_is_computed_once_for_all_who_read_it() -> None:
    base = Says("base", "b", ask="What?")
    readers = [Says(f"r{i}", f"{i}", reads=[base]) for i in range(5)]
    top = Says("top", reads=readers, together=True)
    model = ScriptedModel(lambda request: "hm")
    assert await thinking(model).context(top) == "0 b hm 1 b hm 2 b hm 3 b hm 4 b hm"
    assert base.times == 1
    assert len(model.requests) == 1


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("ask", ["", "What?"])
async def test_a_circle_is_an_error_that_shows_it(together: bool, ask: str) -> None:
    one = Says("one", ask=ask, together=together)
    two = Says("two", reads=[one], ask=ask, together=together)
    three = Says("three", reads=[two], ask=ask, together=together)
    one.reads = [three]
    with pytest.raises(CircularContext, match=r"(one|two|three) waits for (one|two|three) waits for"):
        await asyncio.wait_for(thinking().context(three), 5)


async def test_two_contexts_started_together_that_wait_for_each_other_are_a_circle_too() -> None:
    one, two = Says("one", ask="a"), Says("two", ask="b")
    one.reads, two.reads = [two], [one]
    turn = thinking()
    with pytest.raises(CircularContext):
        await asyncio.wait_for(turn.sections([one, two]), 5)


async def test_a_diamond_is_no_circle() -> None:
    base = Says("base", "b", ask="What?")
    left, right = Says("left", reads=[base]), Says("right", reads=[base])
    top = Says("top", reads=[left, right, left], together=True)
    assert (await thinking().context(top)).count("an answer") == 3


async def test_the_same_question_is_asked_once_and_samples_are_numbered() -> None:
    class Thrice(Component):
        async def context(self, turn: Turn) -> str:
            first = [await turn.text("How?"), await turn.text("How?")]
            samples = [await turn.text("How?", index=i) for i in (1, 2)]
            return "|".join([*first, *samples])

    model = ScriptedModel()
    text = await thinking(model).context(Thrice())
    assert len(model.requests) == 3
    assert text.split("|")[0] == text.split("|")[1]
    assert len({request.seed for request in model.requests}) == 3
    assert all(request.key.component == "thrice" and request.key.step == 3 for request in model.requests)


async def test_two_questions_under_one_name_are_an_error() -> None:
    class Twice(Component):
        async def context(self, turn: Turn) -> str:
            await turn.text("How?", what="q")
            return await turn.text("Why?", what="q")

    with pytest.raises(DefinitionError, match="Ann, twice, step 3: asks two different questions"):
        await thinking().context(Twice())


async def test_given_contexts_and_notes_stand_before_the_question_in_their_groups() -> None:
    shared = Says("shared", "s")
    shared.changes = "shared"
    own = Says("own", "o")

    class Asks(Component):
        async def context(self, turn: Turn) -> str:
            return await turn.text("Q?", given=[own, shared], notes=[Section(label="Note", text="n")], answer_prefix="Well,")

    model = ScriptedModel(lambda request: "fine")
    await thinking(model).context(Asks())
    request = model.requests[0]
    assert isinstance(request, TextRequest)
    assert request.prompt.text == "s\n\no\n\n# Note\nn\n\nQ?"
    assert request.answer_prefix == "Well,"


async def test_an_unusable_answer_is_asked_three_times_and_then_fails() -> None:
    class Counts(Component):
        async def context(self, turn: Turn) -> str:
            return f"{await turn.number('How many?', 1, 3)}"

    model = ScriptedModel(lambda request: "no number at all")
    turn = thinking(model)
    assert await turn.context(Counts()) == ""
    assert [request.key.index for request in model.requests] == [0, 1, 2]
    assert "could not be used" in model.requests[1].prompt.call
    assert len({request.seed for request in model.requests}) == 3
    assert len(turn.circumstances.failed) == 3


async def test_the_second_try_may_succeed() -> None:
    answers = iter(["nonsense", '{"number": 2}'])
    model = ScriptedModel(lambda request: next(answers))

    class Counts(Component):
        async def context(self, turn: Turn) -> str:
            return f"{await turn.number('How many?', 1, 3)}"

    assert await thinking(model).context(Counts()) == "2"
    assert isinstance(model.requests[0], ObjectRequest)


async def test_a_failed_answer_may_be_caught() -> None:
    class Careful(Component):
        async def context(self, turn: Turn) -> str:
            try:
                return (await turn.choose("Which?", ["a", "b"])).option
            except AnswerFailed:
                return "neither"

    assert await thinking(ScriptedModel(lambda request: "no idea")).context(Careful()) == "neither"


async def test_an_exception_names_agent_component_and_step_for_all_who_wait() -> None:
    class Breaks(Component):
        async def context(self, turn: Turn) -> str:
            await turn.text("What?")
            raise KeyError("lost")

    broken = Breaks()
    readers = [Says("r0", reads=[broken]), Says("r1", reads=[broken])]
    with pytest.raises(StepFailed, match="Ann, breaks, step 3: KeyError: 'lost'"):
        await thinking().sections(readers)


async def test_what_is_no_text_is_refused() -> None:
    class Wrong(Component):
        async def context(self, turn: Turn) -> str:
            return 3  # type: ignore[return-value]

    with pytest.raises(DefinitionError, match="Ann, wrong, step 3: its context returned 3"):
        await thinking().context(Wrong())


async def test_a_context_is_cut_to_its_budget_at_a_line() -> None:
    long = Says("long", "\n".join(f"line {i} with some more words" for i in range(1000)))
    long.budget = 50
    model = ScriptedModel()
    text = await thinking(model).context(long)
    assert 0 < model.count_tokens(text) <= 50
    assert text.splitlines()[-1].endswith("words")


async def test_what_components_add_is_stored_in_their_order_and_seen_by_themselves_at_once() -> None:
    class Thinks(Component):
        def __init__(self, name: str, pause: int) -> None:
            self.name, self.pause = name, pause

        async def context(self, turn: Turn) -> str:
            turn.memory.add(f"{self.name} begins", kind="thought")
            for _ in range(self.pause):
                await asyncio.sleep(0)
            seen = [each.text for each in turn.memory.recent(9)]
            found = [hit.memory.text for hit in await turn.memory.recall("begins", 9)]
            assert seen == found == [f"{self.name} begins"]
            turn.memory.add(f"{self.name} ends", kind="thought")
            return ""

    turn = thinking()
    await turn.sections([Thinks("slow", 9), Thinks("quick", 0)])
    assert len(turn.memory) == 0
    turn.store_memories()
    assert [each.text for each in turn.memory] == ["slow begins", "slow ends", "quick begins", "quick ends"]


async def test_chance_has_a_name_and_no_position() -> None:
    class Rolls(Component):
        async def context(self, turn: Turn) -> str:
            return " ".join(str(turn.random("die").randint(1, 1000)) for _ in range(2)) + f" {turn.random('coin').random()}"

    first, second = await thinking().context(Rolls()), await thinking().context(Rolls())
    assert first == second
    assert first.split()[0] == first.split()[1]
    assert await thinking(phase="probe/0").context(Rolls()) != first


async def test_aside_work_goes_off_the_loop() -> None:
    import threading

    class Slow(Component):
        async def context(self, turn: Turn) -> str:
            return str(
                await turn.aside(lambda word: f"{word} {threading.current_thread() is threading.main_thread()}", "on main:")
            )

    assert await thinking().context(Slow()) == "on main: False"


async def test_independent_questions_of_a_turn_take_one_round() -> None:
    model = ScriptedModel(lambda request: "hm")
    parts = [Says(f"p{i}", ask=f"Question {i}?") for i in range(8)]
    await thinking(model).sections(parts)
    assert model.rounds == 1
    model.requests.clear()
    chain: list[Component] = []
    for i in range(4):
        chain.append(Says(f"c{i}", ask=f"Question {i}?", reads=chain[-1:]))
    before = model.rounds
    await thinking(model).sections([*chain])
    assert model.rounds - before <= 4


def test_a_component_that_reads_what_its_agent_lacks_is_refused() -> None:
    class Reads(Component):
        def __init__(self, *given: Component) -> None:
            self.given = given

    lone = Says("lone", "x")
    with pytest.raises(DefinitionError, match="'reads' reads 'lone', which isn't in Ann's list"):
        Agent("Ann", [Reads(lone)])
    one, two = Reads(), Reads()
    one.name, two.name = "one", "two"
    one.given, two.given = (two,), (one,)
    with pytest.raises(DefinitionError, match="in a circle: one reads two reads one"):
        Agent("Ann", [one, two])
    with pytest.raises(DefinitionError, match="two components named 'lone'"):
        Agent("Ann", [lone, Says("lone", "y")])
    with pytest.raises(DefinitionError, match="the same object twice"):
        Agent("Ann", [lone, lone])
    with pytest.raises(DefinitionError, match="on one line"):
        Agent("Ann\nGame master", [lone])


async def test_a_thought_may_rest_on_one_that_is_not_stored_yet() -> None:
    class Thinks(Component):
        async def context(self, turn: Turn) -> str:
            turn.memory.add("It rains.")
            (hit,) = await turn.memory.recall("rains", 1)
            turn.memory.add("Rain is good.", kind="thought", rests_on=[hit.memory.id])
            return ""

    turn = thinking()
    await turn.context(Thinks())
    turn.store_memories()
    first, second = list(turn.memory)
    assert second.rests_on == (first.id,)
    assert second.depth == 1
