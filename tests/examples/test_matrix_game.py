"""Matrix games: the tables, the policies' exact scores, regret, inventories, pairs, theory of mind, and every edge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamemaster import ActionSpec, Run, load_run
from gamemaster.agent import Scripted
from gamemaster.examples.matrix_game import NAMES, matrix_game, metrics
from gamemaster.examples.matrix_game_parts.games import GAMES, payoffs_of, read_table
from gamemaster.examples.matrix_game_parts.metrics import encounters, regrets
from gamemaster.examples.matrix_game_parts.policies import POLICIES
from gamemaster.examples.matrix_game_parts.world import plurality
from gamemaster.testing import ScriptedModel
from gamemaster.words import BadInput, Moment, UnknownName, View, draws

PD = GAMES["prisoners_dilemma"]


def play(seed: int = 7, **values: Any) -> Run:
    return matrix_game.make(values, seed=seed).run(matrix_game.steps_of(values))


def with_actor(policy: Callable[[View], Any], *names: str, **values: Any) -> Run:
    """A run in which some, or all, follow a rule of the test's own."""
    simulation = matrix_game.make({"policy": "always_cooperate", **values}, seed=7)
    simulation.max_failures = 1.0
    for agent in simulation.agents:
        if agent.name in names or not names:
            agent.actor = Scripted(policy)
    return simulation.run(matrix_game.steps_of(values))


# --- the tables ---


def test_the_tables() -> None:
    assert {name: game.row for name, game in GAMES.items()} == {
        "prisoners_dilemma": [[3, 0], [5, 1]],
        "chicken": [[3, 2], [5, 0]],
        "stag_hunt": [[4, 0], [2, 2]],
        "bach_or_stravinsky": [[3, 0], [0, 2]],
        "pure_coordination": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        "rationalizable_coordination": [[1, 0, 0], [0, 2, 0], [0, 0, 3]],
        "running_with_scissors": [[0, -10, 10], [10, 0, -10], [-10, 10, 0]],
    }
    assert GAMES["bach_or_stravinsky"].column == [[2, 0], [0, 3]]
    for name, game in GAMES.items():
        if name != "bach_or_stravinsky":
            assert game.column == [list(line) for line in zip(*game.row, strict=True)]
            assert game.table("column") == game.row, "the same for both, each from where it sits"


def test_mixed_inventories_pay_the_mean() -> None:
    assert payoffs_of(PD, [1, 0], [0, 1]) == (0, 5)
    assert payoffs_of(PD, [7, 0], [0, 3]) == (0, 5), "all of one kind is the pure move"
    assert payoffs_of(PD, [1, 1], [1, 1]) == (2.25, 2.25)
    assert payoffs_of(PD, [3, 1], [1, 1]) == (15 / 8, 25 / 8)  # (3*3 + 3*0 + 5 + 1) / 8, (3*3 + 3*5 + 0 + 1) / 8
    with pytest.raises(ValueError, match="empty"):
        payoffs_of(PD, [0, 0], [1, 0])
    with pytest.raises(ValueError, match="2 moves"):
        payoffs_of(PD, [1], [1, 0])


@given(st.sampled_from(sorted(GAMES)), st.data())
def test_inventories_lie_between_the_pure_moves(name: str, data: st.DataObject) -> None:
    game = GAMES[name]
    size = len(game.options)
    bag = st.lists(st.integers(0, 9), min_size=size, max_size=size).filter(any)
    mine, theirs = data.draw(bag), data.draw(bag)
    row, column = payoffs_of(game, mine, theirs)
    cells = [each for line in game.row for each in line]
    assert min(cells) - 1e-9 <= row <= max(cells) + 1e-9
    assert payoffs_of(game, [3 * each for each in mine], theirs) == pytest.approx((row, column)), "only shares count"
    if name != "bach_or_stravinsky":
        assert payoffs_of(game, theirs, mine) == pytest.approx((column, row)), "the transpose"
    if name == "running_with_scissors":
        assert row == pytest.approx(-column)


def test_plurality() -> None:
    assert plurality(["a", "b", "c"], [1, 3, 2]) == "b"
    assert plurality(["a", "b", "c"], [3, 3, 2]) == ""


# --- the figures ---


def test_tit_for_tat_against_always_defect() -> None:
    run = play(policy="tit_for_tat,always_defect", rounds=200)
    assert run.metrics["payoffs"] == [199, 204]
    assert run.metrics["regret"] == [1, 0]
    assert run.metrics["cooperation_rate"] == 1 / 400
    assert run.metrics["mutual_cooperation"] == 0
    assert run.cost["requests"] == 0
    assert (run.last_step, run.stopped_by) == (200, "round 200 is over")


SCORES = {  # 200 rounds of the prisoner's dilemma, by arithmetic
    ("always_cooperate", "always_cooperate"): (600, 600),
    ("always_cooperate", "always_defect"): (0, 1000),
    ("always_defect", "always_defect"): (200, 200),
    ("tit_for_tat", "tit_for_tat"): (600, 600),
    ("tit_for_two_tats", "always_defect"): (198, 208),
    ("grudger", "always_defect"): (199, 204),
    ("win_stay_lose_shift", "always_defect"): (100, 600),
    ("win_stay_lose_shift", "always_cooperate"): (600, 600),
    ("alternator", "always_cooperate"): (800, 300),
    ("alternator", "alternator"): (400, 400),
    ("tit_for_tat", "alternator"): (498, 503),  # 3, then 0 and 5 in turn for 199 rounds
    ("grudger", "alternator"): (597, 107),
    ("tit_for_two_tats", "alternator"): (300, 800),
}


@pytest.mark.parametrize(("mine", "other"), SCORES)
def test_scores_of_200_rounds(mine: str, other: str) -> None:
    rounds: list[tuple[int, int]] = []
    scores = [0.0, 0.0]
    makers = (POLICIES[mine](None), POLICIES[other](None))
    for number in range(1, 201):
        moves: list[int] = []
        for at, policy in enumerate(makers):
            met = [
                {"mine": PD.options[each[at]], "theirs": PD.options[each[1 - at]], "payoff": PD.row[each[at]][each[1 - at]]}
                for each in rounds
            ]
            view = _view({"options": PD.options, "inventory": 0, "round": number, "met": met, "table": PD.row})
            moves.append(PD.options.index(str(policy(view))))
        rounds.append((moves[0], moves[1]))
        scores[0] += PD.row[moves[0]][moves[1]]
        scores[1] += PD.row[moves[1]][moves[0]]
    assert tuple(scores) == SCORES[mine, other]


def _view(data: dict[str, Any]) -> View:
    spec = ActionSpec.of("choose_move", "?")
    return View(
        name="Ada", spec=spec, observations=(), history=(), data=data, random=draws(0, "x"), moment=Moment(step=1, time=0)
    )


@pytest.mark.parametrize(("mine", "other"), [("grudger", "alternator"), ("tit_for_two_tats", "alternator")])
def test_the_world_shows_policies_what_they_need(mine: str, other: str) -> None:
    found = play(policy=f"{mine},{other}", rounds=20).metrics["payoffs"]
    assert found == {"grudger": [57, 17], "tit_for_two_tats": [30, 80]}[mine]


@pytest.mark.parametrize(
    ("game", "moves", "payoffs", "efficiency"),
    [
        ("chicken", "always_cooperate,always_defect", [4, 10], 7 / 7),
        ("stag_hunt", "always_cooperate", [8, 8], 1),
        ("bach_or_stravinsky", "always_cooperate", [6, 4], 1),
        ("bach_or_stravinsky", "always_defect", [4, 6], 1),
        ("pure_coordination", "always_cooperate,always_defect", [0, 0], 0),
        ("rationalizable_coordination", "always_defect", [4, 4], 4 / 6),
        ("running_with_scissors", "always_cooperate,always_defect", [-20, 20], None),
    ],
)
def test_the_other_games(game: str, moves: str, payoffs: list[float], efficiency: float | None) -> None:
    found = play(game=game, policy=moves, rounds=2).metrics
    assert found["payoffs"] == payoffs
    assert found["efficiency"] == (None if efficiency is None else pytest.approx(efficiency))
    assert (found["cooperation_rate"] is None) == (game not in ("chicken", "stag_hunt"))
    assert (found["coordination_rate"] is None) == ("coordination" not in game and "bach" not in game)


def test_regret_is_against_what_the_others_did() -> None:
    met = [
        {"row": "a", "column": "b", "mine": [1, 0], "theirs": [1, 0], "paid": (3, 3)},
        {"row": "b", "column": "a", "mine": [0, 1], "theirs": [1, 0], "paid": (5, 0)},
    ]
    assert regrets(PD, ["a", "b", "c"], met) == [(5 + 1) - 3, (5 + 5) - 8, None]


@settings(max_examples=8)
@given(st.sampled_from(sorted(GAMES)), st.integers(2, 5), st.sampled_from([0, 3]), st.integers(0, 99))
def test_sums_add_up_whatever_is_played(game: str, players: int, inventory: int, seed: int) -> None:
    run = play(seed, game=game, players=players, inventory=inventory, rounds=3, policy="random")
    world: Any = run.world()
    names = NAMES[:players]
    sums = [sum(each["payoffs"].get(name, 0) for each in world["repeated"]["past"]) for name in names]
    assert run.metrics["payoffs"] == pytest.approx(sums)
    assert [world["joint"]["money"]["balances"].get(name, 0) for name in names] == pytest.approx(sums)
    assert sum(sum(each["paid"]) for each in encounters(world)) == pytest.approx(sum(sums))
    for name, entries in world["joint"]["money"]["entries"].items():
        assert sum(entries.values()) == pytest.approx(world["joint"]["money"]["balances"][name])


# --- options ---


def test_one_shot() -> None:
    run = play(policy="always_cooperate", rounds=1)
    assert (run.metrics["payoffs"], run.last_step) == ([3, 3], 1)


def test_in_a_population_pairs_are_drawn_and_the_odd_one_sits() -> None:
    run = play(policy="always_cooperate", players=5, rounds=12)
    world: Any = run.world()
    idle = [next(iter(set(NAMES[:5]) - set(each["partners"]))) for each in world["repeated"]["past"]]
    assert len(idle) == 12 and len(set(idle)) > 2
    assert all(len(each["partners"]) == 4 for each in world["repeated"]["past"])
    assert run.metrics["payoffs"] == [3 * (12 - idle.count(name)) for name in NAMES[:5]]
    assert f"{idle[0]} sits out." in run.transcript()
    assert not any(attempt.actor == idle[0] for attempt in run.attempts if attempt.step == 1)
    assert play(9, policy="always_cooperate", players=5, rounds=12).world() != world


def test_tit_for_tat_remembers_the_one_it_meets() -> None:
    run = play(policy="tit_for_tat,always_cooperate,always_defect", players=3, rounds=12)
    world: Any = run.world()
    met: dict[str, int] = {}
    for each in world["repeated"]["past"]:
        other = each["partners"].get("Ada")
        if other is not None:
            assert each["moves"]["Ada"] == ("defect" if other == "Cora" and met.get(other) else "cooperate")
            met[other] = met.get(other, 0) + 1
    assert len(met) == 2


def test_others_pairs_are_private_where_asked_for() -> None:
    public, private = (play(policy="random", players=4, rounds=2, public=each) for each in (True, False))
    assert public.metrics == private.metrics
    assert "Round 1 is played." in private.transcript()
    seen = {name: [each.text for each in private.observations(name) if " meets " in each.text] for name in NAMES[:4]}
    assert all(len(texts) == 2 and all(name in text for text in texts) for name, texts in seen.items())
    assert sum(text.count(" meets ") for text in (each.text for each in public.observations("Ada"))) == 4


def test_inventories() -> None:
    run = play(policy="always_cooperate,always_defect", inventory=4, rounds=2)
    assert run.metrics["payoffs"] == [0, 10]
    assert run.metrics["moves"] == {"cooperate": 0.5, "defect": 0.5}
    mixed = with_actor(lambda view: {"first": 1, "second": 1}, "Ben", inventory=4, rounds=1)
    assert mixed.metrics["payoffs"] == [1.5, 4]
    assert mixed.metrics["cooperation_rate"] == 0.75
    assert "Ben (1 cooperate, 1 defect, gets 4)" in mixed.transcript()
    three = play(game="running_with_scissors", policy="always_cooperate,always_defect", inventory=4, rounds=1)
    assert three.metrics["payoffs"] == [-10, 10]


def test_an_empty_inventory_plays_with_nobody() -> None:
    run = with_actor(lambda view: {"first": 0, "second": 0}, "Ben", inventory=4, rounds=2)
    assert run.metrics["payoffs"] == [0, 0]
    assert run.metrics["mean_payoff"] is None
    assert "Ben (nothing, gets 0)" in run.transcript()


def test_other_tables() -> None:
    found = play(policy="always_cooperate,always_defect", row="1,2;3,4", rounds=1).metrics["payoffs"]
    assert found == [2, 3], "column has the transpose"
    found = play(policy="always_cooperate,always_defect", row="1,2;3,4", column="5,6;7,8", rounds=1).metrics["payoffs"]
    assert found == [2, 6]
    assert read_table("1,2;3,4", 2) == [[1, 2], [3, 4]]


def test_options_do_not_shift_the_draws() -> None:
    plain = play(policy="random", players=4).metrics
    for option in ({"talk": 1}, {"payoffs_told": False}, {"characters": False}, {"public": False}):
        assert play(policy="random", players=4, **option).metrics == plain


def test_payoffs_are_told_or_not() -> None:
    told, kept = play(policy="always_defect", rounds=2), play(policy="always_defect", rounds=2, payoffs_told=False)
    assert "Ada (defect, gets 1) meets Ben (defect, gets 1)." in told.transcript()
    assert "gets" not in kept.transcript()
    for value, here in ((True, True), (False, False)):
        prompt = matrix_game.make({"payoffs_told": value}).preview("Ada")
        assert ("With defect against cooperate one gets 5." in str(prompt)) == here


def test_talk_reaches_the_one_met_alone() -> None:
    run = play(policy="always_cooperate", players=5, rounds=2, talk=1)
    assert run.last_step == matrix_game.steps_of({"players": 5, "rounds": 2, "talk": 1}) == 10
    spoken = [event for event in run.events if event.kind == "speech"]
    assert len(spoken) == 8
    assert all(len(event.witnesses) == 2 for event in spoken)


# --- theory of mind ---


def test_hypotheses_are_scored_in_a_run() -> None:
    made = [0]

    def rule(request: Any) -> Any:
        what = request.key.what
        if "/hypothesis/" in what:
            made[0] += 1
            return f"Guess {made[0]}."
        if "/predict/" in what:
            return "defect" if "Guess 1." in request.prompt.call else "cooperate"
        return None

    # Ada's first hypothesis is right four times, from the second round on, and then wrong.
    simulation = matrix_game.make({"theory_of_mind": True, "rounds": 6}, model=ScriptedModel(rule))
    simulation.agents[1].actor = Scripted(lambda view: "defect" if view.data["round"] < 6 else "cooperate")
    run = simulation.run(6)
    assert [value for _, value in run.series("hypothesis_value")] == [0.3, 0.51, 0.657, 0.7599, 0.23193]
    assert [value for _, value in run.series("prediction_right")] == [1, 1, 1, 1, 0]
    assert run.metrics["prediction_accuracy"] == 0.8


def test_without_theory_of_mind_there_is_no_accuracy() -> None:
    assert play(policy="random", rounds=2).metrics["prediction_accuracy"] is None


# --- what can't be used ---


def test_one_without_an_answer_plays_with_nobody() -> None:
    run = with_actor(lambda view: "flee", "Cora", players=4, rounds=3)
    assert {attempt.actor for attempt in run.failures} == {"Cora"}
    world: Any = run.world()
    partners = [each["partners"]["Cora"] for each in world["repeated"]["past"]]
    assert run.metrics["payoffs"] == [9 - 3 * partners.count(name) if name != "Cora" else 0 for name in NAMES[:4]]
    assert run.metrics["cooperation_rate"] == 1
    assert run.metrics["regret"][2] is None
    assert "Cora (no answer, gets 0)" in run.transcript()


def test_tit_for_tat_passes_over_a_missing_answer() -> None:
    answers = iter(["cooperate", "defect", None, None, "cooperate"])
    simulation = matrix_game.make({"policy": "tit_for_tat", "rounds": 5}, seed=7)
    simulation.max_failures = 1.0
    seen: dict[int, Any] = {}
    simulation.agents[1].actor = Scripted(lambda view: seen.setdefault(view.data["round"], next(answers)))
    world: Any = simulation.run(5).world()
    moves = [each["moves"].get("Ada") for each in world["repeated"]["past"]]
    assert moves == ["cooperate", "cooperate", "defect", "defect", "defect"]


def test_everybody_silent() -> None:
    run = with_actor(lambda view: None, players=3, rounds=2)
    assert run.metrics["payoffs"] == [0, 0, 0]
    assert run.metrics["cooperation_rate"] is run.metrics["mean_payoff"] is run.metrics["efficiency"] is None
    assert run.metrics["regret"] == [None] * 3
    assert run.metrics["cooperation_rate_by_round"] == [None, None]
    assert len(run.failures) == len(run.attempts) == 4
    assert run.stopped_by == "round 2 is over"


def test_nothing_played_is_not_defined() -> None:
    found = matrix_game.make({"policy": "random"}).run(0).metrics
    assert found["mean_payoff"] is found["cooperation_rate"] is None
    assert found["moves"] == {"cooperate": None, "defect": None}


def test_wrong_parameters() -> None:
    with pytest.raises(BadInput, match="2 lines of 2 numbers, as in 0,0;0,0"):
        matrix_game.make({"row": "1,2,3"})
    with pytest.raises(BadInput, match="no argument"):
        matrix_game.make({"policy": "grudger:1"})
    with pytest.raises(UnknownName, match="Did you mean 'tit_for_tat'"):
        matrix_game.make({"policy": "tit_for_tats"})
    with pytest.raises(BadInput, match="game can't be 'go'"):
        matrix_game.make({"game": "go"})


# --- the record ---


def test_metrics_can_be_computed_again_and_a_stopped_run_goes_on(tmp_path: Any) -> None:
    def make() -> Any:
        return matrix_game.make({"policy": "random", "players": 3, "talk": 1, "rounds": 4, "inventory": 2}, seed=5)

    whole = make().run(12)
    make().run(8, archive=tmp_path / "run").close()
    with make().run(12, archive=tmp_path / "run", resume=True) as resumed:
        assert resumed.transcript() == whole.transcript()
    with load_run(tmp_path / "run") as again:
        assert metrics(again) == again.metrics == whole.metrics


def test_the_facts_that_the_page_states() -> None:
    run = play(1, players=5, rounds=4)
    assert not run.failures
    moves = {name: {value for _, value in run.series(f"move of {name}")} for name in NAMES[:5]}
    assert moves == {"Ada": {"cooperate"}, "Ben": {"defect"}, "Cora": {"cooperate"}, "Dean": {"defect"}, "Elsa": {"cooperate"}}
    text = run.transcript()
    assert text.count("Elsa sits out.") == 3 and text.count("Ben sits out.") == 1
    assert text.count("Elsa (cooperate, gets 3) meets Cora (cooperate, gets 3).") == 1
    assert run.metrics["payoffs"] == [0, 15, 3, 20, 3]
    assert run.metrics["mutual_cooperation"] == 0.125
    assert run.metrics["regret"][0] == 4
    assert sum("Ada" in line and "Dean" in line for line in _pairs(text)) == 3


def _pairs(text: str) -> list[str]:
    return [sentence for sentence in text.split(". ") if " meets " in sentence]


def test_the_embedded_model_talks_fills_inventories_and_thinks_of_the_other() -> None:
    run = play(1, rounds=2, talk=1, inventory=4, theory_of_mind=True)
    assert not run.failures
    assert len([event for event in run.events if event.kind == "speech"]) == 4
    assert run.metrics["prediction_accuracy"] is not None
