"""The general store: a story runs, its words and bounds hold, and its metrics are of the record alone."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import Run, load_run
from gamemaster.examples.general_store import NEWS, PEOPLE, PLACES, PLOT, general_store, metrics
from gamemaster.language import load_model
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import BadInput

EMBEDDED = load_model("embedded")


def play(steps: int = 16, *, model: Any = EMBEDDED, seed: int = 1, **values: Any) -> Run:
    return general_store.make(values, model=model, seed=seed).run(steps)


@pytest.fixture(scope="module")
def played() -> Run:
    return play()


def test_the_embedded_model_plays_a_story_in_which_nothing_is_made_up(played: Run) -> None:
    run = played
    found = run.metrics
    assert found["happenings"] == 16 and found["refused"] == 0
    assert found["plot"] == 4 and found["words_kept"] in (None, 1.0)
    world: Any = run.world()
    assert world["places"] == PLACES, "no place was invented"
    assert world["facts"] == {each.name: [each.fact] for each in PEOPLE}, "no fact was invented"
    assert set(world["whereabouts"].values()) <= set(PLACES)
    assert {event.actor for event in run.events if event.kind == "act"} == {each.name for each in PEOPLE}


def test_the_plot_happens_in_its_order_where_somebody_is(played: Run) -> None:
    told = [(event, each) for event in played.events if event.kind == "act" for each in PLOT if each in event.text]
    assert [each for _, each in told] == list(PLOT[:4])
    assert [event.step for event, _ in told] == [4, 8, 12, 16]


def test_two_runs_of_one_seed_are_the_same(played: Run) -> None:
    assert [event.text for event in play(6).events] == [event.text for event in played.events if event.step <= 6]


@pytest.mark.parametrize("values", [{"views": True, "consequences": True}, {"plot": "model"}, {"plot": "none", "chance": False}])
def test_every_part_can_be_put_in_and_taken_out(values: dict[str, Any]) -> None:
    run = play(4, **values)
    assert run.metrics["happenings"] == 4
    assert run.world()["places"] == PLACES
    assert run.metrics["plot"] == (1 if "plot" not in values else 0)


def test_the_written_day_asks_no_model() -> None:
    run = play(model=ScriptedModel(answers=[]), policy="as_written")
    assert run.cost["requests"] == 0
    assert run.metrics == {
        "happenings": 16,
        "moves": 6,
        "facts": 4,
        "places": 4,
        "minutes": 0,
        "plot": 0,
        "heard_of_sale": ["Edda Quill", "Jonas Wick", "Pip Marlow"],
        "words_kept": None,
        "refused": 0,
    }
    (event,) = [event for event in run.events if NEWS in event.text and event.actor == "Edda Quill"]
    assert event.witnesses == ("Edda Quill", "Jonas Wick", "Pip Marlow"), "Thea is not there, and hears nothing of it"


def test_whatever_a_model_says_words_stand_as_spoken_and_the_story_stays_small() -> None:
    def rule(request: Any) -> Any:
        if request.key.who != "Game master":
            return f'{request.key.who} says "I want number {request.key.step}" and leaves.'
        if request.key.what.endswith("what happens"):
            number = request.key.step
            facts = [{"about": f"thing {number}", "statement": f"There is a thing {number}."}] * 4
            return {"happens": "Something is said.", "new_place": f"cave {number}", "minutes": 30, "facts": facts}
        return None

    model = ScriptedModel(rule)
    simulation = general_store.make({"chance": False}, model=model, seed=2)
    simulation._embedder = HashEmbedder()  # pyright: ignore[reportPrivateUsage]
    run = simulation.run(40)
    world: Any = run.world()
    assert run.metrics["words_kept"] == 1.0
    assert len(world["places"]) == 16 and run.metrics["refused"] > 0, "no more places than there may be"
    assert len(world["facts"]) <= 60
    assert world["minutes"] == 30 * run.metrics["happenings"]


def test_metrics_are_those_of_the_record(tmp_path: Any) -> None:
    general_store.make({"policy": "as_written"}, seed=1).run(8, archive=tmp_path / "run").close()
    with load_run(tmp_path / "run") as run:
        assert dict(metrics(run)) == run.metrics


def test_the_random_baseline_runs() -> None:
    run = play(model=ScriptedModel(answers=[]), policy="random")
    assert run.metrics["happenings"] + run.metrics["refused"] == 16
    with pytest.raises(BadInput, match="as_written takes no argument"):
        general_store.make({"policy": "as_written:3"})
