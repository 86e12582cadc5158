"""TheoryOfMind: the rule without a model, what is asked when, what the prompt says, and what is measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster import ActionSpec, Agent, GameMaster, Probe, Simulation, World, action
from gamemaster.components import Belief, Constant, Deed, TheoryOfMind
from gamemaster.components.hypothesis import Hypothesis, best, brier_score, holds, kept, predicting, revalued
from gamemaster.components.other_mind import OtherMind
from gamemaster.testing import ComponentSuite, HashEmbedder, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, Observation

MOVES = ("cooperate", "defect")


# --- the rule, without a model ---


def test_the_golden_values() -> None:
    value, seen = 0.0, []
    for right in (True, True, True, True, False):
        value = revalued(value, right)
        seen.append(round(value, 10))
    assert seen == [0.3, 0.51, 0.657, 0.7599, 0.23193]


def test_a_tie_changes_nothing() -> None:
    assert revalued(0.51, None) == 0.51
    mind = OtherMind(met=3).thinking("Copies.").expecting({1: "defect"}, {})
    assert mind.after(Deed(other="Bob", what=None), {"defect": True}) is mind


@given(st.lists(st.booleans(), max_size=60))
def test_a_value_stays_between_minus_one_and_one_and_moves_toward_the_outcome(outcomes: list[bool]) -> None:
    value = 0.0
    for right in outcomes:
        after = revalued(value, right)
        assert -1 < after < 1
        assert (after > value) == right
        value = after


def test_a_hypothesis_holds_above_the_threshold_and_not_at_it() -> None:
    assert not holds([Hypothesis(number=1, text="a", value=0.7)])
    assert holds([Hypothesis(number=1, text="a", value=0.2), Hypothesis(number=2, text="b", value=0.700001)])


def test_the_five_best_and_the_newest_predict() -> None:
    values = [0.1, 0.9, 0.3, 0.3, -0.2, 0.5, 0.0, -0.9]
    hypotheses = [Hypothesis(number=at + 1, text=str(at), value=value) for at, value in enumerate(values)]
    assert [each.number for each in best(hypotheses, 5)] == [2, 6, 3, 4, 1]
    assert [each.number for each in predicting(hypotheses, 5)] == [2, 6, 3, 4, 1, 8]
    assert [each.number for each in predicting(hypotheses[:6], 5)] == [2, 6, 3, 4, 1], "the newest is among the best"
    assert [each.number for each in kept(hypotheses, 2)] == [2, 6, 8]
    assert predicting([], 5) == []


def test_scoring_starts_with_the_second_interaction() -> None:
    stranger = OtherMind().thinking("Always defects.").expecting({1: "defect"}, {})
    once = stranger.after(Deed(other="Bob", what="defect"), {"defect": True})
    assert (once.hypotheses[0].value, once.hypotheses[0].scored, once.hypotheses[0].prediction) == (0.0, 0, None)
    twice = once.expecting({1: "defect"}, {}).after(Deed(other="Bob", what="defect"), {"defect": True})
    assert (twice.hypotheses[0].value, twice.accuracy) == (0.3, 1.0)


def test_what_could_not_be_judged_is_not_scored() -> None:
    mind = OtherMind(met=1).thinking("Copies.").thinking("Defects.").expecting({1: "yes", 2: "no"}, {})
    after = mind.after(Deed(other="Bob", what="no"), {"no": True})
    assert [each.value for each in after.hypotheses] == [0.0, 0.3]
    assert after.accuracy is None, "the best one, the older of two alike, was not judged"


def test_brier_score() -> None:
    assert brier_score(MOVES, {"cooperate": 1.0}, "cooperate") == 0
    assert brier_score(MOVES, {"cooperate": 1.0}, "defect") == 2
    assert brier_score(MOVES, {"cooperate": 0.5, "defect": 0.5}, "defect") == 0.5
    assert brier_score(MOVES, {"cooperate": 1.0}, "flee") == 2


# --- a component among others ---


def seen(text: str, step: int = 1, **more: Any) -> Observation:
    made: dict[str, Any] = {"how": "saw", "event_id": f"{step}/event/0", **more}
    return Observation(id=f"{step}/observation/0", to="Ann", time=0.0, text=text, **made)


def last_move(data: Mapping[str, Any]) -> list[Deed]:
    """The reader of a repeated game whose world shows the last round as data."""
    return [Deed(other=other, what=what, mine=data["mine"], id=str(data["round"])) for other, what in data["moves"].items()]


def answering(predictions: Mapping[str, str] = {}, default: str = "defect") -> ScriptedModel:
    """Makes hypotheses "Guess n." and predicts by the guess."""
    made = [0]

    def rule(request: Any) -> Any:
        call = request.prompt.call
        if "/hypothesis/" in request.key.what:
            made[0] += 1
            return f"Guess {made[0]}."
        if "/predict/" in request.key.what:
            return next((move for guess, move in predictions.items() if guess in call), default)
        return None

    return ScriptedModel(rule)


async def played(tom: TheoryOfMind, model: ScriptedModel, *moves: str | None, other: str = "Bob", first: int = 1) -> None:
    for step, move in enumerate(moves, first):
        data = {"round": step, "mine": "cooperate", "moves": {} if move is None else {other: move}}
        await tom.react(turn_for(tom, model=model, step=step, sees_data=data))


async def test_each_interaction_scores_and_while_one_holds_none_is_made() -> None:
    tom, model = TheoryOfMind(["Bob"], moves=MOVES, deeds_in=last_move, best=1), answering({"Guess 1": "defect"}, "cooperate")
    values: list[float] = []
    for step in range(1, 7):
        await played(tom, model, "defect" if step < 6 else "cooperate", first=step)
        values.append(round(next(each for each in tom.mind("Bob").hypotheses if each.number == 1).value, 5))
    assert values == [0.0, 0.3, 0.51, 0.657, 0.7599, 0.23193]
    made = [request.key.step for request in model.requests if "hypothesis" in request.key.what]
    assert made == [1, 2, 3, 4, 6], "in step 5 one holds; in step 6 it does no more"
    assert [r.key.step for r in model.requests if r.key.what == "act/predict/Bob/1"] == [1, 2, 3, 4, 5, 6]
    assert tom.mind("Bob").accuracy == 4 / 5


async def test_a_round_counts_once_and_nothing_is_asked_where_nothing_was_done() -> None:
    tom, model = TheoryOfMind(moves=MOVES, deeds_in=last_move), answering()
    await played(tom, model, "defect")
    asked = len(model.requests)
    assert asked == 2
    await played(tom, model, None)
    await played(tom, model, "defect")  # the same round as before
    assert len(model.requests) == asked and tom.mind("Bob").met == 1


async def test_it_takes_three_rounds_of_questions_whatever_the_number_of_others() -> None:
    def deeds(data: Mapping[str, Any]) -> list[Deed]:
        return [Deed(other=f"P{at}", what=f"did {data['round']}", id=str(data["round"])) for at in range(9)]

    tom, model = TheoryOfMind(deeds_in=deeds), ScriptedModel()
    for step in (1, 2, 3):
        await tom.react(turn_for(tom, model=model, step=step, sees_data={"round": step}))
    assert model.rounds == 2 + 3 + 3


async def test_the_questions_read_like_this() -> None:
    tom, model = TheoryOfMind(moves=MOVES, deeds_in=last_move), answering()
    await played(tom, model, "defect")
    assert [request.prompt.text for request in model.requests] == [
        "# What Bob has done, oldest first\nYou: cooperate / Bob: defect\n\n"
        "From what Bob has done, how does Bob decide what to do? Give one hypothesis, in one or two sentences, that says what "
        "Bob will do in which case, so that it can be checked. If what has been thought so far proved wrong, say something else.",
        "# What Bob has done, oldest first\nYou: cooperate / Bob: defect\n\n"
        "Suppose that this is how Bob decides: Guess 1.\nWhat will Bob do next, if that is so?",
    ]
    await played(tom, model, "defect", first=2)
    assert "# What has been thought of how Bob decides\nGuess 1. (right 1 of 1 times)" in model.requests[2].prompt.text


async def test_in_words_a_question_judges() -> None:
    def rule(request: Any) -> Any:
        if "judge" in request.key.what:
            return 0 if "sells the boat" in request.prompt.call else 1
        return {"hypothesis": "Is short of money.", "predict": "Bob will sell something."}[request.key.what.split("/")[1]]

    tom, model = TheoryOfMind(), ScriptedModel(rule)
    for step, text in enumerate(("Bob counts coins.", "Bob sells the boat.", "Bob sleeps."), 1):
        await tom.observe(seen(text, step))
        await tom.react(turn_for(tom, model=model, step=step, people=["Ann", "Bob"]))
    assert [round(each.value, 3) for each in tom.mind("Bob").hypotheses] == [-0.09, -0.3, 0.0]
    (judged,) = model.asked(what="act/judge/Bob/0")[:1]
    assert judged.prompt.call == (
        "It was expected that Bob would do this: Bob will sell something.\nWhat Bob did is this: Bob sells the boat.\n"
        "Is it what was expected?"
    )
    assert len(model.asked(what="act/judge/Bob/0")) == 2, "two predictions alike are judged once"


async def test_what_counts_as_a_deed_by_default() -> None:
    async def known(*observations: Observation, others: list[str] | None = None) -> list[str]:
        tom = TheoryOfMind(others)
        for each in observations:
            await tom.observe(each)
        await tom.react(turn_for(tom, people=["Ann", "Bob", "Bob Hill", "Cy"]))
        return tom.known()

    assert await known(seen("Bob sings.")) == ["Bob"]
    assert await known(seen("Bob Hill sings.")) == ["Bob Hill"]
    assert await known(seen("Bobby sings.")) == []
    assert await known(seen("Ann sings.", how="own")) == []
    assert await known(seen("Bob sings.", how="heard", speaker="Cy")) == [], "what is said of somebody is no deed"
    assert await known(seen("Bob sings."), seen("Cy hums.", event_id="1/event/1")) == ["Cy", "Bob"]
    assert await known(seen("Bob sings."), others=["Cy"]) == []


async def test_a_reader_of_observations_may_tell_of_several() -> None:
    def reader(observation: Observation) -> list[Deed]:
        return [Deed(other=name, what="pay") for name in ("Bob", "Cy") if name in observation.text]

    tom = TheoryOfMind(deed=reader)
    await tom.observe(seen("Bob and Cy pay.", how="announced"))
    await tom.react(turn_for(tom))
    assert tom.known() == ["Cy", "Bob"]


async def test_the_prompt_says_what_is_thought_and_the_answer_changes() -> None:
    tom, model = TheoryOfMind(moves=MOVES, deeds_in=last_move, best=1), answering()
    assert await tom.context(turn_for(tom)) == ""
    await played(tom, model, "defect")
    guess = "Bob, no more than a guess: Guess 1.\nWhat Bob will probably do next: defect"
    assert await tom.context(turn_for(tom)) == guess
    await played(tom, model, *["defect"] * 4, first=2)
    assert (await tom.context(turn_for(tom))).startswith("Bob, as has proved true so far: Guess 1.")

    def careful(request: Any) -> str:
        return "Ann shuts the door." if "next: defect" in request.prompt.text else "Ann opens the door."

    trusting = Constant("A door.")
    with_tom = Agent("Ann", [trusting, tom], model=ScriptedModel(careful))
    without = Agent("Ann", [Constant("A door.")], model=ScriptedModel(careful))
    assert await with_tom.answer(ActionSpec.free("And?")) == "Ann shuts the door."
    assert await without.answer(ActionSpec.free("And?")) == "Ann opens the door."
    told = with_tom.model.requests[-1].prompt.text  # type: ignore[union-attr]
    section = f"# What you make of the others\n{await tom.context(turn_for(tom))}\n\n"
    assert told.replace(section, "") == without.model.requests[-1].prompt.text  # type: ignore[union-attr]


async def test_the_prompt_speaks_of_those_present_in_their_order() -> None:
    tom = TheoryOfMind(moves=MOVES, deeds_in=last_move, present=lambda data: data.get("here", []))
    for at, other in enumerate(("Bob", "Cy", "Di")):
        await played(tom, answering(), "defect", other=other, first=at)
    told = await tom.context(turn_for(tom, sees_data={"here": ["Di", "Bob", "Nobody"]}))
    assert [line.split(",")[0] for line in told.splitlines()[::2]] == ["Di", "Bob"]
    tom.present = None
    assert [line.split(",")[0] for line in (await tom.context(turn_for(tom))).splitlines()[::2]] == ["Di", "Cy", "Bob"]
    tom.budget = 40
    assert len((await tom.context(turn_for(tom))).splitlines()) == 2


async def test_beliefs_of_both_orders() -> None:
    first = Belief(other="Bob", proposition="the tin is empty", name="tin")
    second = Belief(other="Bob", proposition="the tin is empty", order=2)
    model = ScriptedModel(lambda request: 0 if "that you believe" in request.prompt.call else 1)
    tom = TheoryOfMind(beliefs=[first, second])
    turn = turn_for(tom, model=model)
    assert await tom.context(turn) == (
        "Bob believes that the tin is empty: 0 % likely\nBob thinks that you believe that the tin is empty: 100 % likely"
    )
    assert [request.prompt.call for request in model.requests] == [
        "Does Bob think that you believe that the tin is empty?",
        "Does Bob believe that the tin is empty?",
    ]
    assert await tom.believes(turn, "Bob", "the tin is empty", order=2) == 1.0
    measures = turn._thinking.circumstances.measures  # pyright: ignore[reportPrivateUsage]
    assert [(each.name, each.value) for each in measures] == [
        ("tin", 0.0),
        ("belief of order 2: Bob, the tin is empty", 1.0),
    ]


class Pairs(World):
    """A game of two: each says a move; both see the moves of the last round."""

    round: int = 0
    moves: dict[str, str] = {}

    @action(together=True)
    def play_move(self, move: dict[str, str]) -> str:
        """Play a move."""
        self.round += 1
        self.moves = dict(move)
        return " ".join(f"{name} plays {each}." for name, each in move.items())

    def perceive_data(self, name: str) -> dict[str, Any]:
        others = {other: move for other, move in self.moves.items() if other != name}
        return {"round": self.round, "mine": self.moves.get(name, ""), "moves": others}


def test_in_a_run_the_measures_are_on_record(tmp_path: Any) -> None:
    def rule(request: Any) -> Any:
        if request.key.component == "actor":
            if "probe" in request.key.what:
                return 0
            moves = {"Ann": "cooperate", "Bob": "cooperate" if request.key.step < 3 else "defect"}
            return {"move": moves[request.key.who]}
        return "Cooperates." if "hypothesis" in request.key.what else "cooperate"

    tom = TheoryOfMind(["Bob"], moves=MOVES, deeds_in=last_move)
    asked = Belief(other="Bob", proposition="Ann defects", order=1).spec()
    run = Simulation(
        [Agent("Ann", [tom]), Agent("Bob")],
        GameMaster(Pairs()),
        schedule=_both(),
        model=ScriptedModel(rule),
        embedder=HashEmbedder(),
        probes=[Probe({"does Bob expect it": asked}, to=["Ann"])],
    ).run(4, archive=tmp_path / "run")
    assert run.series("prediction_right") == [(2, 1), (3, 0), (4, 0)]
    assert run.series("prediction_brier") == [(2, 0), (3, 2), (4, 2)]
    assert run.series("hypothesis_value", who="Ann")[0] == (2, 0.3)
    assert [answer.answer for _, answer in run.answers()] == ["Yes."]


def _both() -> Any:
    from gamemaster import Simultaneous

    return Simultaneous(ActionSpec.of(Pairs.play_move, "Which move?"))


async def test_a_failed_answer_leaves_the_rest() -> None:
    def rule(request: Any) -> Any:
        return "Hm, no." if "predict" in request.key.what else "Copies."

    tom = TheoryOfMind(moves=MOVES, deeds_in=last_move)
    await played(tom, ScriptedModel(rule), "defect", "defect")
    assert [(each.value, each.prediction) for each in tom.mind("Bob").hypotheses] == [(0.0, None), (0.0, None)]
    assert tom.mind("Bob").met == 2


async def test_its_state_moves_to_another_and_stays_small() -> None:
    tom, model = (
        TheoryOfMind(moves=MOVES, deeds_in=last_move),
        ScriptedModel(lambda request: "A long guess. " * 30 if "hypothesis" in request.key.what else "defect"),
    )
    for at in range(90):
        await played(tom, model, "defect", other=f"Person {at}", first=at)
    assert 10_000 < len(str(tom.state())) < 16_000
    assert tom.known()[0] == "Person 89"
    other = TheoryOfMind(moves=MOVES, deeds_in=last_move)
    other.restore(tom.state())
    assert other.state() == tom.state() and list(other.state()["minds"]) == list(tom.state()["minds"])  # type: ignore[arg-type]


async def test_a_state_of_another_version_is_refused() -> None:
    agent = Agent("Ann", [TheoryOfMind()])
    with pytest.raises(DefinitionError, match=r"Ann, theory_of_mind: the stored state has version 9, this code has version 1"):
        agent.restore_states({"theory_of_mind": (9, {})})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"others": "Bob"}, "others='Bob'; give a list"),
        ({"best": 0}, "best=0"),
        ({"rate": 0.0}, "rate=0.0"),
        ({"holds_above": 1.0}, "holds_above=1.0"),
        ({"moves": ["a"]}, "give at least two"),
        ({"moves": ["a", "A "]}, "no two of them alike"),
        ({"moves": "ab"}, "give a list of texts"),
    ],
)
def test_what_is_no_theory_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        TheoryOfMind(**arguments)


async def test_deeds_and_beliefs_that_say_nothing_are_refused() -> None:
    with pytest.raises(DefinitionError, match="A deed is told of nobody"):
        Deed(other=" ", what="x")
    with pytest.raises(DefinitionError, match="A deed of Bob is empty"):
        Deed(other="Bob", what="")
    with pytest.raises(DefinitionError, match="order=3; it is 1 or 2"):
        Belief(other="Bob", proposition="x", order=3)  # type: ignore[arg-type]
    with pytest.raises(DefinitionError, match="give the other's name and a proposition"):
        Belief(other="Bob", proposition=" ")
    tom = TheoryOfMind(deeds_in=lambda data: [Deed(other="Bob", what="x")])
    with pytest.raises(DefinitionError, match="read from data has no id"):
        await tom.react(turn_for(tom))


class TestTheoryInWords(ComponentSuite):
    """Predictions in words, judged."""

    also: ClassVar[Sequence[str]] = ["Bob counts his coins."]

    def make(self) -> Component:
        return TheoryOfMind(beliefs=[Belief(other="Bob", proposition="the miller lies")])


class TestTheoryOfMoves(ComponentSuite):
    """Predictions by choice, and what it reads."""

    also: ClassVar[Sequence[str]] = ["Bob counts his coins."]

    def make(self) -> Component:
        return TheoryOfMind(["Bob"], moves=["Bob counts his coins.", "Bob sleeps."], given=[Constant("A market.")])
