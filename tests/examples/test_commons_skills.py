"""The items of the sub-skill probe have exact answers, and a run tells how many were right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gamemaster.examples.commons_parts.skills import OUTCOMES, SKILLS, Item, item
from gamemaster.examples.commons_skills import Exercises, commons_skills
from gamemaster.experiment import wilson
from gamemaster.testing import ScriptedModel
from gamemaster.words import BadInput, draws


def items(skill: Any, count: int = 150, seed: int = 0) -> list[Item]:
    return [item(skill, draws(seed, "test", skill, number)) for number in range(count)]


def numbers(question: str) -> list[int]:
    return [int(word.strip(".,?")) for word in question.split() if word.strip(".,?").isdigit()]


def test_the_right_answers_are_those_of_the_story_told_anew() -> None:
    for each in items("simulation"):
        people, capacity, _, _, stock, caught = numbers(each.question)
        left = stock - people * caught
        assert each.right == min(capacity, 2 * left) and left >= 5
    for each in items("sustainable_catch"):
        people, capacity, _, _, stock = numbers(each.question)
        grows_back = [x for x in range(stock // people + 1) if min(capacity, 2 * (stock - people * x)) >= stock]
        assert each.right == max(grows_back)
    for each in items("universalization"):
        people, capacity, _, _, stock, caught = numbers(each.question)
        left = stock - people * caught
        following = min(capacity, 2 * left)
        assert left >= 0
        assert each.right == OUTCOMES[0 if left < 5 else 1 if following < stock else 2]


def test_the_items_vary_and_no_outcome_is_rare() -> None:
    for skill in SKILLS:
        assert len({each.question for each in items(skill)}) > 120
    right = [each.right for each in items("universalization")]
    assert all(35 <= right.count(outcome) <= 70 for outcome in OUTCOMES)


def play(seed: int = 0, model: Any = "embedded", **values: Any) -> Any:
    return commons_skills.make(values, seed=seed, model=model).run(commons_skills.steps_of(values))


def test_right_answers_are_all_right() -> None:
    run = play(policy="exact")
    assert run.last_step == 9
    assert [run.metrics[skill] for skill in SKILLS] == [1.0] * 3
    assert [run.metrics[f"{skill}_items"] for skill in SKILLS] == [150] * 3
    assert run.metrics["simulation_interval"] == [0.975, 1.0]
    assert run.stopped_by == "all items have been asked"


def test_wrong_answers_are_all_wrong_and_guesses_are_guesses() -> None:
    wrong = play(policy="exact:0", items=40).metrics
    assert [wrong[skill] for skill in SKILLS] == [0.0] * 3
    guessed = play(policy="random").metrics
    assert guessed["simulation"] < 0.06 and guessed["sustainable_catch"] < 0.06
    assert 0.22 < guessed["universalization"] < 0.45
    half = play(policy="exact:0.5").metrics
    for skill in SKILLS:
        low, high = half[f"{skill}_interval"]
        assert low < 0.5 < high
        interval = wilson(round(half[skill] * 150), 150)
        assert interval is not None and interval.low is not None
        assert low == pytest.approx(interval.low, abs=1e-4)


def test_a_batch_of_another_size_asks_the_same_items() -> None:
    def asked(batch: int) -> list[str]:
        run = play(policy="random", items=30, batch=batch)
        return [each.spec.call for each in run.attempts]

    assert asked(7) == asked(30) == asked(200)
    assert play(policy="random", items=30, batch=7).last_step == commons_skills.steps_of({"items": 30, "batch": 7}) == 15


def test_a_model_is_asked_in_one_batch_a_step_and_what_it_cannot_answer_is_wrong() -> None:
    def answer(request: Any) -> Any:
        if "doubles" not in request.prompt.call:
            return "?"
        return {"outcome": OUTCOMES[0]} if "What happens" in request.prompt.call else "I don't know"

    model = ScriptedModel(answer)
    run = play(model=model, items=12, batch=6)
    assert run.metrics["simulation"] == 0.0
    assert run.metrics["simulation_unusable"] == run.metrics["sustainable_catch_unusable"] == 1.0
    assert run.metrics["universalization_unusable"] == 0.0
    right = [
        each.right for each in (item("universalization", draws(0, "world", f"item/universalization/{n}")) for n in range(12))
    ]
    assert run.metrics["universalization"] == round(right.count(OUTCOMES[0]) / 12, 4)
    # 4 steps of unusable answers take three tries each, 2 of usable ones take one.
    assert model.rounds == 4 * 3 + 2


def test_a_run_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    values: dict[str, Any] = {"policy": "exact:0.7", "items": 20, "batch": 10}
    commons_skills.make(values).run(4, archive=tmp_path / "run").close()
    resumed = commons_skills.make(values).run(6, archive=tmp_path / "run", resume=True)
    assert resumed.metrics == play(**values).metrics


def test_an_unfinished_run_says_how_many_it_asked() -> None:
    metrics = commons_skills.make({"policy": "exact", "items": 20, "batch": 10}).run(3).metrics
    assert [metrics[f"{skill}_items"] for skill in SKILLS] == [20, 10, 0]
    assert metrics["universalization"] is None and metrics["universalization_interval"] is None


def test_a_wrong_probability_is_refused() -> None:
    with pytest.raises(BadInput, match="can't take the argument '2'"):
        commons_skills.make({"policy": "exact:2"})
    assert Exercises(items=1).skill() == "simulation"
