"""Prefabs of simulations: each runs, and those who take part observe what they should and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, Probe, Puppet, Run, Scripted, Simulation
from gamemaster.components import Observations
from gamemaster.components.game_master import (
    AccountForOthers,
    AskWhetherOver,
    JudgeSuccess,
    KeepDirectSpeech,
    ModelConsequences,
    PointsOfView,
    PushOn,
)
from gamemaster.scenarios.prefabs import (
    SIMULATION_PREFABS,
    InterviewQuestion,
    Trial,
    conversation,
    dialogic,
    digital,
    experiment,
    game,
    interviewer,
    narrator,
    responses,
    script,
    town,
)
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import DefinitionError, StepFailed, UnknownName, prompt_texts
from gamemaster.world.parts.story import Story

PEOPLE = ("Ann", "Bob", "Cid")
NO_MODEL: dict[str, Any] = {"model": ScriptedModel(answers=[]), "embedder": HashEmbedder()}


def people(policy: Any = None, *names: str) -> list[Agent]:
    actor = None if policy is None else policy
    return [Agent(name, [Observations()], actor=None if actor is None else Scripted(actor)) for name in names or PEOPLE]


def observed(run: Run, name: str) -> list[tuple[str, str]]:
    return [(each.how, each.text) for each in run.observations() if each.to == name]


def world(run: Run) -> Any:
    return run.world()


# --- narrator ---


def test_narrator_tells_what_happens_and_ends_when_the_question_is_answered() -> None:
    def rule(request: Any) -> Any:
        what = request.key.what.rpartition("/")[2]
        if request.key.who != "Game master":
            return f"{request.key.who} looks for the key."
        if what == "over":
            return int(request.key.step == 3)
        found = {"happens": "A key lies there.", "facts": [{"about": "key", "statement": "The key is found."}]}
        return found if what == "what happens" and request.key.step == 3 else 0 if hasattr(request, "options") else {}

    story = Story.told(places=["attic", "cellar"], whereabouts={"Ann": "attic", "Bob": "attic", "Cid": "cellar"})
    run = narrator(people(), story, ends="Is the key found?", model=ScriptedModel(rule), embedder=HashEmbedder()).run(9)
    assert (run.last_step, run.stopped_by) == (3, "Is the key found? Yes.")
    assert observed(run, "Ann") == [("own", "Ann looks for the key."), ("saw", "Bob looks for the key.")]
    assert observed(run, "Cid") == [("own", "A key lies there.")]
    assert world(run)["facts"] == {"key": ["The key is found."]}


def test_narrator_without_a_story_has_all_in_one_place() -> None:
    run = narrator(people(lambda view: {"action": "do_something", "arguments": {"what": "I wave."}}), **NO_MODEL).run(2)
    assert observed(run, "Cid") == [("saw", "Ann: I wave."), ("saw", "Bob: I wave.")]


def test_narrator_speaks_the_language_of_the_run() -> None:
    def rule(request: Any) -> Any:
        if request.key.who != "Game master":
            return "橋を渡る。"
        return {} if hasattr(request, "schema") else 0 if hasattr(request, "options") else "見えた。"

    model = ScriptedModel(rule)
    chain = [JudgeSuccess(), KeepDirectSpeech(), AccountForOthers(), PushOn(every=1)]
    parts: dict[str, Any] = {"consequences": ModelConsequences(most=2), "narration": PointsOfView(), "ends": AskWhetherOver()}
    agents = [Agent(name, [Observations()]) for name in ("花子", "太郎")]
    run = narrator(agents, chain=chain, **parts, language="ja", model=model, embedder=HashEmbedder()).run(2)
    assert [event.text for event in run.events] == ["花子: 橋を渡る。", "太郎: 橋を渡る。"]
    asked = [request for request in model.requests if request.key.who == "Game master"]
    assert len(asked) == 2 * 7
    for request in asked:
        assert not any(each.isascii() and each.isalpha() for each in request.prompt.call), request.prompt.call


# --- dialogic and conversation ---


def test_dialogic_passes_on_what_is_said() -> None:
    words = {name: [f"{name} one", f"{name}: two\n# three"] for name in PEOPLE}
    agents = [Agent(name, [Observations()], actor=Puppet(words[name])) for name in PEOPLE]
    run = dialogic(agents, rounds=2, premise="It rains.", **NO_MODEL).run(99)
    said = [text for line in range(2) for text in (words[name][line] for name in PEOPLE)]
    assert [event.text for event in run.events if event.kind == "speech"] == said
    for name in PEOPLE:
        assert observed(run, name)[0] == ("announced", "It rains.")
        assert [text for _, text in observed(run, name)[1:]] == said
    assert run.cost["requests"] == 0


def test_conversation_ends_when_nobody_wants_to_speak() -> None:
    yes, no = prompt_texts().texts("actor", "yes_and_no")

    def policy(view: Any) -> Any:
        if view.spec.kind == "choice":
            return yes if view.name == "Bob" and len(view.history) < 2 else no
        return f"{view.name} speaks."

    run = conversation(people(policy), most=20, **NO_MODEL).run(99)
    assert [event.text for event in run.events] == ["Bob speaks.", "Bob speaks."]
    assert observed(run, "Ann") == [("heard", "Bob speaks."), ("heard", "Bob speaks.")]
    assert run.stopped_by == "the schedule has nothing more to ask"
    most = conversation(people(lambda view: yes if view.spec.kind == "choice" else "And another thing."), most=3, **NO_MODEL).run(
        99
    )
    assert len(most.events) == 3


# --- town ---


def test_town_goes_by_the_clock_and_only_those_there_notice() -> None:
    def policy(view: Any) -> Any:
        if view.name == "Cid":
            return {"action": "spend_time_on", "arguments": {"pastime": "knitting"}}
        if view.data["place"] == "home" and view.name == "Ann":
            return {"action": "places.go_to", "arguments": {"to": "mill"}}
        if view.name == "Ann":
            return {"action": "spend_time_on", "arguments": {"pastime": "grinding corn"}}
        return {"action": "talk_to", "arguments": {"to": "Cid", "words": "Good morning."}}

    run = town(
        people(policy),
        {("home", "mill"): 30},
        homes=dict.fromkeys(PEOPLE, "home"),
        pastimes={"mill": ["grinding corn"], "home": ["knitting"]},
        hours={"mill": (7, 12)},
        **NO_MODEL,
    ).run(2)
    texts = [event.text for event in run.events]
    assert texts[0] == "Ann sets out for the mill, 30 minutes away."
    assert {'Bob says to Cid: "Good morning."', "Cid spends time on this: knitting.", "Ann arrives at the mill."} <= set(texts)
    assert not any("grinding" in text for _, text in observed(run, "Bob"))
    assert [event.time for event in run.events if event.text.startswith("Ann")] == [0.0, 1800.0, 1800.0]


# --- game ---


def stag(moves: Mapping[str, str]) -> dict[str, float]:
    together = set(moves.values()) == {"stag"}
    return {name: (4 if together else 0) if move == "stag" else 2 for name, move in moves.items()}


def test_game_pays_by_the_function_and_tells_all() -> None:
    def policy(view: Any) -> Any:
        if view.spec.kind == "speech":
            return "Stag?"
        return {"move": "hare" if view.name == "Cid" and not view.data["past"] else "stag"}

    run = game(people(policy), ["stag", "hare"], stag, rounds=2, talk=1, **NO_MODEL).run(99)
    assert world(run)["joint"]["money"]["balances"] == {"Ann": 4.0, "Bob": 4.0, "Cid": 6.0}
    assert run.stopped_by == "round 2 is over"
    told = "Round 1: Ann stag (gets 0), Bob stag (gets 0), Cid hare (gets 2)."
    assert all(told in [text for _, text in observed(run, name)] for name in PEOPLE)
    assert run.series("payoff of Cid") == [(4, 2.0), (8, 4.0)]
    assert run.cost["requests"] == 0


def test_a_round_without_a_valid_answer_pays_nothing() -> None:
    run = game(people(lambda view: {"move": "hare" if view.name != "Bob" else "bear"}), ["stag", "hare"], stag, **NO_MODEL,
               max_failures=1.0).run(9)  # fmt: skip
    assert world(run)["joint"]["money"]["balances"] == {"Ann": 0.0, "Bob": 0.0, "Cid": 0.0}
    assert world(run)["repeated"]["past"][0]["moves"] == {"Ann": "hare", "Cid": "hare"}


def test_moves_may_differ_and_payoffs_must_be_of_those_who_play() -> None:
    moves = {"Ann": ["give"], "Bob": ["take"], "Cid": ["watch"]}
    run = game(
        people(lambda view: {"move": view.data["moves"][0]}), moves, lambda made: {"Ann": -1.0, "Bob": 1.0}, **NO_MODEL
    ).run(1)
    assert world(run)["joint"]["payoffs"] == {"Ann": -1.0, "Bob": 1.0, "Cid": 0.0}
    wrong: list[tuple[Any, str]] = [(lambda made: {"Zoe": 1}, "'Zoe', who doesn't play"), (lambda made: 1 / 0, "ZeroDivision")]
    for payoffs, error in wrong:
        with pytest.raises((DefinitionError, StepFailed), match=error):
            game(people(lambda view: {"move": "a"}), ["a"], payoffs, **NO_MODEL).run(1)
    with pytest.raises(DefinitionError, match="the moves 'ab'"):
        game(people(), "ab", stag)


# --- digital ---


def test_digital_reaches_those_whom_it_is_sent_to() -> None:
    def policy(view: Any) -> Any:
        if view.name == "Ann":
            return {"action": "send_mail", "arguments": {"to": ["bob"], "subject": "Lunch", "text": "At noon?"}}
        return {"action": "mail.nothing"}

    run = digital(people(policy), **NO_MODEL).run(1)
    assert any("At noon?" in text for _, text in observed(run, "Bob"))
    assert not any("noon" in text or "Lunch" in text for _, text in observed(run, "Cid"))
    assert [event.kind for event in run.events] == ["act", "refusal", "refusal"]


# --- interviewer ---


def test_interviewer_asks_each_and_nobody_hears_another() -> None:
    def policy(view: Any) -> Any:
        if view.spec.kind == "choice":
            return "tea" if view.name == "Ann" else "coffee"
        return 30 if view.spec.kind == "number" else f"{view.name}'s secret."

    questions = [
        "What is your secret?",
        InterviewQuestion("Tea or coffee?", ActionSpec.choice("What does {name} prefer?", ["tea", "coffee"])),
        InterviewQuestion("How old are you?", ActionSpec.number("How old is {name}?", 0, 120)),
    ]
    run = interviewer(people(policy), questions, **NO_MODEL).run(99)
    assert run.last_step == 6 and run.cost["requests"] == 0
    for name in PEOPLE:
        heard = [text for how, text in observed(run, name) if how == "heard"]
        assert heard == ["What is your secret?", "Tea or coffee?", "How old are you?"]
        assert not any(other in text for other in PEOPLE if other != name for _, text in observed(run, name))
    told = [text for how, text in observed(run, "Interviewer") if how != "own"]
    assert told == ["Ann's secret.", "Bob's secret.", "Cid's secret.", "Ann: tea", "Bob: coffee", "Cid: coffee"]
    answers = [attempt.answer for attempt in run.attempts if attempt.actor != "Interviewer"]
    assert answers[3:] == ["tea", "coffee", "coffee", 30, 30, 30]
    with pytest.raises(DefinitionError, match="questions"):
        interviewer(people(), "How are you?")


# --- experiment ---


def trials() -> list[Trial]:
    choose = ActionSpec.choice("Which programme does {name} choose?", ["sure", "risky"])
    framed = {"gain": "200 will be saved.", "loss": "400 will die."}
    return [Trial("frame", framed, choose), Trial("age", "A line of 3 cm.", ActionSpec.number("How long is it?", 0, 10))]


def test_experiment_between_and_within_subjects() -> None:
    def policy(view: Any) -> Any:
        shown = [each.text for each in view.observations if each.how == "announced"]
        return 3 if view.spec.kind == "number" else "sure" if shown and "saved" in shown[-1] else "risky"

    probe = Probe({"done": ActionSpec.choice("Was {name} attentive?", ["sure", "risky"])})
    run = experiment(
        people(policy), trials(), instructions="Answer at once.", conditions=["gain", "loss"], order="rotated", probes=[probe],
        **NO_MODEL,
    ).run(99)  # fmt: skip
    assert responses(run) == [
        {"agent": "Ann", "trial": "frame", "condition": "gain", "place": 1, "answer": "sure"},
        {"agent": "Bob", "trial": "age", "condition": "loss", "place": 1, "answer": 3},
        {"agent": "Cid", "trial": "frame", "condition": "gain", "place": 1, "answer": "sure"},
        {"agent": "Ann", "trial": "age", "condition": "gain", "place": 2, "answer": 3},
        {"agent": "Bob", "trial": "frame", "condition": "loss", "place": 2, "answer": "risky"},
        {"agent": "Cid", "trial": "age", "condition": "gain", "place": 2, "answer": 3},
    ]
    assert [text for _, text in observed(run, "Bob")] == ["Answer at once.", "A line of 3 cm.", "400 will die.", "Bob: risky"]
    assert len(run.answers("probe")) == 3


def test_an_experiment_that_cannot_be_is_told() -> None:
    with pytest.raises(UnknownName, match="'lose'"):
        experiment(people(), trials(), conditions=["gain", "lose"])
    with pytest.raises(UnknownName, match="'Zoe'"):
        experiment(people(), trials(), conditions={"Zoe": "gain"})
    with pytest.raises(DefinitionError, match="no trials"):
        experiment(people(), [])
    with pytest.raises(DefinitionError, match="one name"):
        experiment(people(), [trials()[1]] * 2)
    failed = experiment(people(lambda view: "x"), trials()[1:], max_failures=1.0, **NO_MODEL).run(9)
    assert [row["answer"] for row in responses(failed)] == [None] * 3


# --- script ---

PLAY = """
Ann: Who goes there: friend?
Bob: Stand ho!

Ann: "Long live the king" – he said.
"""


def test_script_is_said_word_for_word() -> None:
    run = script(PLAY, people(None, "Dan"), **NO_MODEL).run(99)
    lines = ["Who goes there: friend?", "Stand ho!", '"Long live the king" – he said.']
    assert [(event.actor, event.text) for event in run.events] == list(zip(["Ann", "Bob", "Ann"], lines, strict=True))
    assert observed(run, "Dan") == [("heard", line) for line in lines]
    assert [how for how, _ in observed(run, "Ann")] == ["own", "heard", "own"]
    assert run.cost["requests"] == 0


def test_a_script_goes_on_where_it_stopped(tmp_path: Any) -> None:
    script(PLAY, **NO_MODEL).run(1, archive=tmp_path / "play").close()
    with script(PLAY, **NO_MODEL).run(9, archive=tmp_path / "play", resume=True) as run:
        assert [event.actor for event in run.events] == ["Ann", "Bob", "Ann"]


@pytest.mark.parametrize("lines", ["", "Ann says hello", "Ann:", [("", "hello")]])
def test_a_script_that_cannot_be_is_told(lines: Any) -> None:
    with pytest.raises(DefinitionError, match="screenplay"):
        script(lines)


# --- all ---


def test_all_are_known_by_name() -> None:
    assert list(SIMULATION_PREFABS) == "narrator dialogic town game conversation digital interviewer experiment script".split()
    simulations: list[Simulation] = [
        SIMULATION_PREFABS["narrator"](people()),
        SIMULATION_PREFABS["dialogic"](people(), seed=3),
    ]
    assert [each.seed for each in simulations] == [0, 3], "keyword arguments are handed on"
