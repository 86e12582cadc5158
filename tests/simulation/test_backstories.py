"""Backstories: one batch, dated episodes, shared and private, frozen and loaded again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gamemaster import Agent, Backstories, load_backstories, write_backstories
from gamemaster.components import Background, Constant, Persona
from gamemaster.language import Answer
from gamemaster.simulation import seed_memories
from gamemaster.testing import ScriptedModel
from gamemaster.words import AnswerFailed, DefinitionError, MemoryInputError, UnknownName

YEAR = 365.25 * 86400


def story(request: Any) -> Any:
    return {field: f"{request.prompt.name} broke a jar ({field})." for field in request.schema.model_fields}


def people(*names: str, age: int | None = 20, **given: Any) -> list[Agent]:
    return [
        Agent(name, [Persona(f"{name} bakes.", age=age, private=[f"{name} stole."]), Constant("Rules.")], **given)
        for name in names
    ]


async def test_one_batch_one_question_for_each() -> None:
    model = ScriptedModel(story)
    agents = people(*[f"P{at}" for at in range(40)])
    written = await write_backstories(agents, episodes_at=[7, 13, 17], model=model)
    assert model.rounds == 1 and len(model.requests) == 40
    assert len(written.records) == 120
    assert {str(request.key) for request in model.requests} >= {"step 0, P0, backstory, prepare/episodes #0"}


async def test_the_question_reads_like_this() -> None:
    model = ScriptedModel(story)
    ann = Agent("Ann", [Persona("A baker.", age=20), Background("Ann grew up by the sea."), Constant("Rules.")])
    await write_backstories(
        [ann],
        shared=["The mill burned."],
        private={"Ann": ["Ann lit a match."]},
        context={"Ann": "Ann never talks of the mill."},
        episodes_at=[7, 13, 20, 40],
        model=model,
    )
    assert model.requests[0].prompt.text == (
        "# What everybody knows\nThe mill burned.\n\n# Who you are\nName: Ann\nAge: 20\nA baker.\n\n"
        "# Your life so far\nAnn grew up by the sea.\n\n"
        "# What is known of Ann\nAnn never talks of the mill.\nAnn lit a match.\n\n"
        "Write formative episodes of the life of Ann, one at each of these ages: 7, 13. Each is one thing that happened to Ann, "
        "told in one or two sentences, in the third person and the past tense. Together they show how Ann became the person "
        "described above. They contradict nothing that stands above."
    )


async def test_all_remember_what_is_shared_and_each_what_is_theirs() -> None:
    ann, bob = people("Ann", "Bob")
    await write_backstories(
        [ann, bob],
        shared=["The mill burned."],
        private={"Ann": "Ann lit a match; she ran"},
        episodes_at=[7, 13],
        model=ScriptedModel(story),
    )
    assert [(each.text, each.time, each.kind, each.tags) for each in ann.memory] == [
        ("At the age of 7: Ann broke a jar (at_7).", -13 * YEAR, "formative", ("backstory", "episode")),
        ("At the age of 13: Ann broke a jar (at_13).", -7 * YEAR, "formative", ("backstory", "episode")),
        ("The mill burned.", 0.0, "formative", ("backstory", "shared")),
        ("Ann lit a match", 0.0, "formative", ("backstory", "private")),
        ("she ran", 0.0, "formative", ("backstory", "private")),
    ]
    assert [each.text for each in bob.memory][2:] == ["The mill burned."]


async def test_nobody_has_lived_what_is_still_to_come() -> None:
    model = ScriptedModel(story)
    written = await write_backstories(people("Ann", age=7), shared=["Rain."], episodes_at=[7, 13], model=model)
    assert not model.requests and [each.text for each in written.records] == ["Rain."]


async def test_memories_that_were_there_stay_and_those_of_a_loose_agent_are_added_to_its_memory() -> None:
    (ann,) = people("Ann", memories=["Ann was born."])
    (bob,) = people("Bob")
    await bob.observe("Rain.")
    await write_backstories([ann, bob], shared=["The mill burned."])
    assert [each.text for each in ann.memory] == ["Ann was born.", "The mill burned."]
    assert {each.text for each in bob.memory} == {"Rain.", "The mill burned."}


async def test_frozen_stories_are_loaded_again_as_they_were(tmp_path: Path) -> None:
    first, second = people("Ann", "Bob"), people("Ann", "Bob")
    written = await write_backstories(first, shared=["A\nmill."], episodes_at=[7], model=ScriptedModel(story), seed=3)
    written.write(tmp_path / "stories.jsonl")
    loaded = load_backstories(tmp_path / "stories.jsonl", second)
    assert loaded.records == written.records
    assert [[*each.memory] for each in first] == [[*each.memory] for each in second]
    again = tmp_path / "again.jsonl"
    loaded.write(again)
    assert again.read_bytes() == (tmp_path / "stories.jsonl").read_bytes()


async def test_a_file_for_others_says_who_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "stories.jsonl"
    (await write_backstories(people("Ann", "Bob"), shared=["Rain."])).write(path)
    others = people("Ann", "Cid", "Dora")
    with pytest.raises(DefinitionError, match=r"stories\.jsonl: there is no backstory of Cid, Dora; there are those of Ann, Bob"):
        load_backstories(path, others)
    assert not others[0].memories  # nothing was given to anybody
    path.write_text(path.read_text()[:-20])
    with pytest.raises(MemoryInputError, match="truncated"):
        load_backstories(path)


async def test_who_cannot_be_written_stops_it_or_goes_without() -> None:
    def rule(request: Any) -> Any:
        return Answer(text="?", failure="not a life", finish="unparsable") if request.prompt.name == "Bob" else story(request)

    with pytest.raises(AnswerFailed, match="There is no backstory of Bob: Bob, backstory: no usable answer"):
        await write_backstories(people("Ann", "Bob"), episodes_at=[7], model=ScriptedModel(rule))
    agents = people("Ann", "Bob")
    written = await write_backstories(agents, shared=["Rain."], episodes_at=[7], model=ScriptedModel(rule), on_failure="go on")
    assert [*written.failures] == ["Bob"] and "not a life" in written.failures["Bob"]
    assert [each.text for each in agents[1].memory] == ["Rain."]


async def test_an_agent_is_asked_about_by_its_own_model() -> None:
    own, common = ScriptedModel(story), ScriptedModel(story)
    ann, bob = people("Ann", model=own)[0], people("Bob")[0]
    await write_backstories([ann, bob], episodes_at=[7], model=common)
    assert ([each.prompt.name for each in own.requests], [each.prompt.name for each in common.requests]) == (["Ann"], ["Bob"])


async def test_in_japanese_no_english_is_asked_or_remembered() -> None:
    model = ScriptedModel(lambda request: {"at_7": "壺を割った。"})
    (ann,) = people("Ann")
    await write_backstories([ann], episodes_at=[7], model=model, language="ja")
    assert "次の年齢ごとに一つずつ書いてください: 7" in model.requests[0].prompt.text
    assert [each.text for each in ann.memory] == ["7歳のとき: 壺を割った。"]


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({}, DefinitionError, "hold nothing"),
        ({"shared": "Rain."}, DefinitionError, "shared='Rain.': give a list"),
        ({"episodes_at": [13, 7]}, DefinitionError, "in ascending order"),
        ({"episodes_at": [-1]}, DefinitionError, "give ages in years"),
        ({"shared": ["Rain."], "context": {"Cid": "x"}}, UnknownName, "no agent 'Cid'.*in context of the backstories"),
        ({"private": {"Anne": ["x"]}}, UnknownName, "Did you mean 'Ann'.*in private"),
    ],
)
async def test_wrong_input_is_refused(given: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        await write_backstories(people("Ann"), model=ScriptedModel(story), **given)


async def test_an_unknown_age_is_asked_for() -> None:
    agents = people("Ann", "Bob", age=None)
    with pytest.raises(DefinitionError, match=r"The age of Ann, Bob isn't known.*ages=\{'Ann': …\}"):
        await write_backstories(agents, episodes_at=[7], model=ScriptedModel(story))
    await write_backstories(agents, episodes_at=[7], ages={"Ann": 9, "Bob": 30}, model=ScriptedModel(story))
    assert [next(iter(agent.memory)).time / YEAR for agent in agents] == [-2, -23]


def test_a_paragraph_is_memories() -> None:
    assert seed_memories(" Ann bakes;\n she  loves Cid ;; ") == ["Ann bakes", "she loves Cid"]
    assert Backstories(private={"Ann": "a; b"}).private == {"Ann": ["a", "b"]}
