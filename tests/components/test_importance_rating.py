"""ImportanceRating: what is new is rated in one question, and the numbers are stored with the memories."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, GameMaster, Person, RoundRobin, Simulation, World, action, load_run
from gamemaster.components import ImportanceRating, Persona
from gamemaster.language import EmbeddedModel
from gamemaster.memory import AssociativeMemory, MemoryBank
from gamemaster.testing import ComponentSuite, HashEmbedder, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, MemoryInputError, Weights

NEWS = ["The mill burns.", "Bob yawns."]


def rating(*numbers: int) -> ScriptedModel:
    return ScriptedModel(lambda request: {"ratings": list(numbers)})


async def test_the_question_reads_like_this() -> None:
    persona = Persona("A miller.")
    model, part = rating(9, 1), ImportanceRating(given=[persona])
    await part.react(turn_for(part, model=model, observations=NEWS))
    assert [request.prompt.text for request in model.requests] == [
        "# Who you are\nName: Ann\nA miller.\n\n# What is new\n1. The mill burns.\n2. Bob yawns.\n\n"
        "How important is each of the 2 things above to Ann? Give 2 whole numbers in their order, each from 1 (an everyday "
        "matter, such as brushing one's teeth) to 10 (a turning point of a life, such as a death in the family)."
    ]
    assert [request.key.what for request in model.requests] == ["act/rate/0"]


async def test_the_numbers_are_stored_with_the_memories() -> None:
    part = ImportanceRating()
    turn = turn_for(part, model=rating(9, 1), observations=NEWS, memories=["Ann is old."])
    await part.react(turn)
    assert list(part.ratings.values()) == [9.0, 1.0]
    assert [each.importance for each in turn.memory.recent(3)] == [None, None, None], "not before the phase has ended"
    assert turn.has_added
    turn.memory.store()
    assert [(each.text, each.importance) for each in turn.memory.recent(9)] == [
        ("Ann is old.", None),
        ("The mill burns.", 9.0),
        ("Bob yawns.", 1.0),
    ]


async def test_what_is_rated_is_not_asked_about_again() -> None:
    part, model = ImportanceRating(), rating(5, 5)
    turn = turn_for(part, model=model, observations=NEWS)
    await part.react(turn)
    await part.react(turn)
    assert await part.context(turn) == ""
    assert len(model.requests) == 1 and len(part.ratings) == 2
    silent = turn_for(part, model=model, memories=[{"text": "Rain.", "kind": "observation", "importance": 3.0}])
    await part.react(silent)
    assert len(model.requests) == 1


async def test_many_are_rated_in_batches_at_the_same_time() -> None:
    part = ImportanceRating(batch=3)
    model = ScriptedModel(lambda request: {"ratings": [4] * len(request.prompt.sections[0].text.splitlines())})
    await part.react(turn_for(part, model=model, observations=[f"Thing {at}." for at in range(7)]))
    assert [len(request.prompt.sections[0].text.splitlines()) for request in model.requests] == [3, 3, 1]
    assert model.rounds == 1 and len(part.ratings) == 7


async def test_an_unusable_answer_leaves_them_unrated() -> None:
    part = ImportanceRating(batch=1)
    model = ScriptedModel(lambda request: {"ratings": [2]} if request.key.what.endswith("1") else "Very.")
    turn = turn_for(part, model=model, observations=NEWS)
    await part.react(turn)
    turn.memory.store()
    assert [each.importance for each in turn.memory.recent(2)] == [None, 2.0]


async def test_a_number_too_few_is_no_answer() -> None:
    part, model = ImportanceRating(), rating(9)
    await part.react(turn_for(part, model=model, observations=NEWS))
    assert len(model.requests) == 3 and part.ratings == {}


class Square(World):
    """People who do things."""

    done: int = 0

    @action
    def ring_bell(self, actor: Person) -> str:
        """Ring the bell."""
        self.done += 1
        return f"{actor} rings the bell."


def test_in_a_run_the_archive_has_them(tmp_path: Any) -> None:
    def rule(request: Any) -> Any:
        if hasattr(request, "schema"):
            return {"ratings": [request.key.step] * len(request.prompt.sections[0].text.splitlines())}
        return None

    def simulation() -> Simulation:
        agents = [Agent(name, [ImportanceRating()]) for name in ("Ann", "Bob")]
        spec = ActionSpec.choice("Do what?", {"Ring.": Square.ring_bell})
        return Simulation(
            agents,
            GameMaster(Square()),
            premise="A square.",
            schedule=RoundRobin(spec),
            model=ScriptedModel(rule),
            embedder=HashEmbedder(),
        )

    simulation().run(3, archive=tmp_path / "run")
    expected = [("A square.", 1.0), ("Ann rings the bell.", 1.0), ("Ann rings the bell.", 3.0)]
    assert [(each.text, each.importance) for each in load_run(tmp_path / "run").memories("Ann")] == expected


def test_a_rating_is_no_edit_and_shows_in_recall() -> None:
    memory = AssociativeMemory(HashEmbedder(), holder="Ann")
    first, second = memory.add("One."), memory.add("Two.")
    assert memory.rate(second.id, 9.0).versions == ()
    assert next(hit.memory.id for hit in memory.recall("Zero", 2, weights=Weights(relevance=0))) == second.id
    assert [each.importance for each in memory] == [None, 9.0]
    with pytest.raises(MemoryInputError, match="is to rate '9/memory/9', but holds no record"):
        memory.rate("9/memory/9", 3.0)
    with pytest.raises(MemoryInputError, match="importance 11"):
        memory.rate(first.id, 11.0)


def test_the_archive_learns_of_ratings_of_new_and_of_old_records() -> None:
    bank = MemoryBank(HashEmbedder())
    view = bank.view("Ann")
    old = view.add("Old.")
    bank.take_changes()
    new = view.add("New.")
    view.rate(old.id, 2.0)
    view.rate(new.id, 3.0)
    changes = bank.take_changes()
    assert dict(changes.rated) == {old.id: 2.0} and [each.importance for each in changes.added] == [3.0]
    assert dict(bank.take_changes().rated) == {}


async def test_its_state_moves_to_another() -> None:
    part = ImportanceRating()
    await part.react(turn_for(part, model=rating(1, 1), observations=NEWS))
    other = ImportanceRating()
    other.restore(part.state())
    assert other.state() == part.state() == {"last": "0/memory/1"}


async def test_a_state_of_another_version_is_refused() -> None:
    with pytest.raises(DefinitionError, match="importance_rating: the stored state has version 2"):
        Agent("Ann", [ImportanceRating()]).restore_states({"importance_rating": (2, {})})


@pytest.mark.parametrize(
    ("arguments", "message"), [({"batch": 0}, "batch=0"), ({"kinds": []}, "kinds="), ({"kinds": "thought"}, "kinds='thought'")]
)
def test_what_rates_nothing_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        ImportanceRating(**arguments)


async def test_the_embedded_model_rates() -> None:
    part = ImportanceRating()
    await part.react(turn_for(part, model=EmbeddedModel(HashEmbedder()), observations=NEWS))
    assert len(part.ratings) == 2 and all(1 <= each <= 10 for each in part.ratings.values())


class TestImportanceRating(ComponentSuite):
    """It keeps the rules of a component."""

    def make(self) -> Component:
        return ImportanceRating(given=[Persona("A miller.")])
