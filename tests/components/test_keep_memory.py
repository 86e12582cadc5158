"""KeepMemory: memory stays within bounds, in a turn and in a run, and a resumed run keeps the same."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, Scene, Simulation
from gamemaster.components import KeepMemory, Observations, Recall
from gamemaster.language import Answer, LanguageModel
from gamemaster.memory import ConsolidateOld, ForgetOld, KeepStrongest, MergeDuplicates, times
from gamemaster.record import canonical_export, verify
from gamemaster.simulation import Run
from gamemaster.testing import ComponentSuite, HashEmbedder, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, MemoryRecord

DAY = 86_400.0
QUESTION = """\
# What you remember of that time
[day 1, 00:00] Bob waves.
[day 1, 01:00] Bob sells a cart.

Say in at most three sentences what of these memories is worth keeping: they will be forgotten, and your answer stands in \
their place. Speak of Ann by name. Keep names, places, amounts and what was promised; add nothing."""


class TestKeepMemory(ComponentSuite):
    def make(self) -> Component:
        return KeepMemory(
            MergeDuplicates(), ConsolidateOld(age=0.0, window=600.0, least=2), KeepStrongest(count=20), every=3, above=5
        )


def memories(*rows: tuple[str, float]) -> list[dict[str, Any]]:
    return [{"text": text, "time": time} for text, time in rows]


def held(turn: Any) -> list[MemoryRecord]:
    """What is remembered when the phase has ended."""
    turn.memory.store()
    turn.memory.store_forgetting()
    return turn.memory.recent(99)


async def test_the_question_reads_like_this_and_its_answer_rests_on_the_episode() -> None:
    keep = KeepMemory(ConsolidateOld(least=2))
    model = ScriptedModel(answers=[" Bob sold Ann's cart. "])
    turn = turn_for(
        keep,
        model=model,
        time=2.5 * DAY,
        memories=memories(("Bob waves.", 0.0), ("Bob sells a cart.", 3600.0), ("Bob waits.", 2.4 * DAY)),
    )
    await keep.react(turn)
    assert [request.prompt.text for request in model.requests] == [QUESTION]
    assert [(each.key.component, each.key.what) for each in model.requests] == [("keep_memory", "act/consolidate/0")]
    assert [each.text for each in turn.memory.recent(99)[:3]] == ["Bob waves.", "Bob sells a cart.", "Bob waits."]
    summary, last = held(turn)
    assert (last.text, summary.text) == ("Bob waits.", "Bob sold Ann's cart.")
    assert (summary.kind, summary.depth, len(summary.rests_on)) == ("thought", 1, 2)
    assert (summary.time, summary.last_access) == (3600.0, 2.5 * DAY)


async def test_an_episode_without_an_answer_stays() -> None:
    keep = KeepMemory(ConsolidateOld(least=2), ForgetOld(age=10 * DAY))
    model = ScriptedModel(lambda request: Answer(text="", failure="cut off") if "Bob" in request.prompt.text else "Cid left.")
    rows = memories(("Bob waves.", 0.0), ("Bob waits.", 1.0), ("Cid sits.", DAY), ("Cid walks.", DAY + 1))
    turn = turn_for(keep, model=model, time=3.5 * DAY, memories=rows)
    await keep.react(turn)
    assert [each.text for each in held(turn)] == ["Bob waves.", "Bob waits.", "Cid left."]


async def test_each_policy_is_shown_what_those_before_have_left() -> None:
    shown: list[list[str]] = []

    class Looking:
        def gone(self, records: Any, now: float) -> list[str]:
            shown.append([each.text for each in records])
            return []

    keep = KeepMemory(Looking(), MergeDuplicates(), Looking(), KeepStrongest(count=1), Looking())
    turn = turn_for(keep, memories=memories(("a", 0.0), ("b", 1.0), ("a", 2.0), ("c", 3.0)), time=5.0)
    await keep.react(turn)
    assert shown == [["a", "b", "a", "c"], ["b", "c"], ["c"]]
    assert sorted((each.text, times(each)) for each in held(turn)) == [("a", 2), ("c", 1)]


async def test_it_waits_for_its_time_and_for_enough() -> None:
    keep = KeepMemory(KeepStrongest(count=0), every=5, above=2)
    few, many = memories(("a", 0.0), ("b", 0.0)), memories(("a", 0.0), ("b", 0.0), ("c", 0.0))
    for step, rows, left in ((4, many, 3), (5, few, 2), (6, many, 0), (10, many, 3), (11, many, 0)):
        turn = turn_for(keep, step=step, memories=rows)
        await keep.react(turn)
        assert len(held(turn)) == left, step


async def test_a_policy_of_one_s_own_that_errs_forgets_nothing() -> None:
    class Wrong:
        def gone(self, records: Any, now: float) -> list[str]:
            return ["nobody's"]

    keep = KeepMemory(Wrong())
    turn = turn_for(keep, memories=memories(("a", 0.0)))
    with pytest.raises(DefinitionError, match='takes away "nobody\'s"'):
        await keep.react(turn)
    assert len(held(turn)) == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: KeepMemory(), "keeps everything"),
        (lambda: KeepMemory(5), "5, which is no policy"),  # type: ignore[arg-type]
        (lambda: KeepMemory(MergeDuplicates), "no policy"),  # type: ignore[arg-type]
        (lambda: KeepMemory(ForgetOld(age=1.0), every=0), "every=0"),
        (lambda: KeepMemory(ForgetOld(age=1.0), above=-1), "above=-1"),
    ],
)
def test_what_means_nothing_is_refused(make: Any, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        make()


class Thinker(Component):
    """Adds in each reaction a thought that rests on its oldest memory, which KeepMemory forgets in the same phase."""

    async def react(self, turn: Any) -> None:
        oldest = turn.memory.recent(len(turn.memory))[0]
        turn.memory.add(f"after {oldest.text}", kind="thought", rests_on=[oldest.id], importance=9.0)


def built(model: LanguageModel | None = None) -> Simulation:
    def agent(name: str) -> Agent:
        keep = KeepMemory(
            MergeDuplicates(), ConsolidateOld(age=0.0, window=1800.0, least=2), KeepStrongest(count=6), every=2, above=4
        )
        return Agent(name, [keep, Observations(), Recall(k=3), Thinker()])

    return Simulation(
        [agent("Ann"), agent("Bob")],
        scenes=[Scene("street", who=["Ann", "Bob"], ask=ActionSpec.speech("What does {name} say?"), rounds=12)],
        model=ScriptedModel() if model is None else model,
        embedder=HashEmbedder(),
        step=900.0,
        seed=3,
    )


def exported(run: Run) -> bytes:
    stream = BytesIO()
    canonical_export(run.archive, stream)
    return stream.getvalue()


def test_a_run_keeps_its_memory_and_a_resumed_one_the_same(tmp_path: Path) -> None:
    with built().run(12, archive=tmp_path / "whole") as whole:
        final = whole.memories("Ann")
        assert len(final) <= 6 + 2 * 4  # what two steps bring until it is kept again
        thoughts = [each for each in final if "consolidated" in each.tags]
        asked = whole.calls(agent="Ann", component="keep_memory")
        assert thoughts and asked and {call.key.what for call in asked} == {"react/consolidate/1"}
        everything = {record.id: record for step in range(13) for record in whole.memories("Ann", step)}
        assert all(set(each.rests_on) <= set(everything) for each in thoughts)
        assert verify(whole.archive) == []
        wanted = exported(whole)
    built().run(5, archive=tmp_path / "parts").close()
    with built().run(12, archive=tmp_path / "parts", resume=True) as parts:
        assert exported(parts) == wanted
        assert verify(parts.archive) == []


def test_timing_changes_nothing(tmp_path: Path) -> None:
    late = ScriptedModel(delay=lambda request: 0.002 if request.key.who == "Ann" else 0.0, batched=False)
    with built().run(4) as one, built(late).run(4) as other:
        assert one.memories("Ann") == other.memories("Ann")
        assert [each.text for each in one.events] == [each.text for each in other.events]
