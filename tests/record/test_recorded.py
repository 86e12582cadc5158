"""Recorded: asked once, on disk first, and the same request again after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import BaseModel

from gamemaster.language.prompt import Prompt
from gamemaster.language.request import Answer, ObjectRequest, Request, Sampling, TextRequest, Usage
from gamemaster.record import Archive, Recorded, StepRecord
from gamemaster.words import CallKey, ReplayMismatch, Section

Ask = Callable[..., TextRequest]


class Counting:
    name = "counting"
    deterministic = False
    fingerprint = {"weights": "none"}

    def __init__(self) -> None:
        self.asked: list[CallKey] = []

    async def answer(self, request: Request) -> Answer:
        self.asked.append(request.key)
        return Answer(text=f"answer {len(self.asked)}", value={"b": 1, "a": 2}, reasoning="hm", probabilities=None)


class Dinner(BaseModel):
    dish: str


def new(folder: Path | None) -> Archive:
    return Archive.create(folder, configuration={}, environment={})


def test_it_says_what_its_model_says() -> None:
    recorded = Recorded(Counting(), new(None))
    assert (recorded.name, recorded.deterministic, recorded.fingerprint) == ("counting", False, {"weights": "none"})


def test_answers_of_a_step_that_was_not_committed_are_not_asked_for_again(tmp_path: Path, ask: Ask) -> None:
    async def run() -> None:
        with new(tmp_path) as archive:
            model = Recorded(Counting(), archive)
            await archive.commit(StepRecord(step=0))
            first = await model.answer(ask(1))
        counting = Counting()
        with Archive.open(tmp_path, write=True) as archive:
            model = Recorded(counting, archive)
            assert await model.answer(ask(1)) == replace(first, usage=Usage(asked=0))
            assert counting.asked == []
            await model.answer(ask(1, "Bob"))
            await archive.commit(StepRecord(step=1))
            assert [call.key.who for call in archive.calls(step=1)] == ["Ann", "Bob"]
            assert archive.recorded(ask(1).key) is None
        assert [key.who for key in counting.asked] == ["Bob"]

    asyncio.run(run())


@pytest.mark.parametrize("on_disk", [True, False])
def test_a_step_that_failed_and_is_tried_again_asks_for_nothing_twice(tmp_path: Path, ask: Ask, on_disk: bool) -> None:
    async def run() -> None:
        with new(tmp_path if on_disk else None) as archive:
            counting = Counting()
            model = Recorded(counting, archive)
            first = await model.answer(ask(0))
            assert await model.answer(ask(0)) == replace(first, usage=Usage(asked=0))
            assert len(counting.asked) == 1

    asyncio.run(run())


@pytest.mark.parametrize("reopened", [True, False])
@pytest.mark.parametrize(
    ("alter", "message"),
    [
        (lambda request: replace(request, seed=5), "seed: recorded '.*', now '5'"),
        (lambda request: replace(request, sampling=Sampling(temperature=0.1)), "parameters: recorded .*0.7.*0.1"),
        (
            lambda request: replace(request, prompt=replace(request.prompt, call="Why?")),
            "call: recorded 'What next\\?', now 'Why\\?'",
        ),
        (
            lambda request: replace(
                request, prompt=Prompt.of([Section(label="Who", text="You are Ann!", changes="own")], "x", name="Ann")
            ),
            "sections: recorded 'Who', 'situation', now 'Who'",
        ),
    ],
)
def test_another_request_under_the_same_key_is_named_with_what_differs(
    tmp_path: Path, ask: Ask, alter: Callable[[TextRequest], TextRequest], message: str, reopened: bool
) -> None:
    async def run() -> None:
        archive = new(tmp_path)
        await Recorded(Counting(), archive).answer(ask(0))
        if reopened:
            archive.close()
            archive = Archive.open(tmp_path, write=True)
        counting = Counting()
        with archive, pytest.raises(ReplayMismatch, match=f"step 0, Ann, actor, answer #0.*{message}"):
            await Recorded(counting, archive).answer(alter(ask(0)))
        assert counting.asked == []

    asyncio.run(run())


def test_a_changed_section_is_shown_where_it_changes(tmp_path: Path, ask: Ask) -> None:
    async def run() -> None:
        with new(tmp_path) as archive:
            model = Recorded(Counting(), archive)
            await model.answer(ask(0, text="You are Ann. " * 50 + "You like tea."))
            with pytest.raises(ReplayMismatch, match=r"section 'Who': recorded … '.*You like tea.', now … '.*You like rum.'"):
                await model.answer(ask(0, text="You are Ann. " * 50 + "You like rum."))

    asyncio.run(run())


def test_the_schema_of_an_object_is_on_record_once(tmp_path: Path, ask: Ask) -> None:
    async def run() -> None:
        with new(tmp_path) as archive:
            model = Recorded(Counting(), archive)
            for index in range(3):
                text = ask(0, index=index)
                await model.answer(ObjectRequest(prompt=text.prompt, key=text.key, seed=text.seed, schema=Dinner))
            calls = list(archive.calls())
            assert [call.parameters["schema"] for call in calls] == [Dinner.model_json_schema()] * 3
            assert list(calls[0].answer.value or {}) == ["b", "a"]
            assert calls[0].kind == "object"
            assert archive.reader().execute("SELECT count(*) FROM documents").fetchone() == (1,)
            assert archive.reader().execute("SELECT count(*) FROM sections").fetchone() == (2,)

    asyncio.run(run())
