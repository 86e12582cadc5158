"""Classic games: equilibria and best replies to the last digit, payoffs that add up, and every edge."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from itertools import combinations
from math import comb
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamemaster import Run, load_run
from gamemaster.agent import Scripted
from gamemaster.examples.classic_games import NAMES, classic_games, metrics
from gamemaster.examples.classic_games_parts.battle_royale import hit_rates
from gamemaster.examples.classic_games_parts.el_farol import going_rate, room_for
from gamemaster.examples.classic_games_parts.guess_average import level
from gamemaster.examples.classic_games_parts.pirates import divisions
from gamemaster.examples.classic_games_parts.truel import solve
from gamemaster.words import BadInput, UnknownName, View

GAMES = ("guess", "bar", "dollar", "diner", "auction", "royale", "pirates")


def play(seed: int = 7, **values: Any) -> Run:
    return classic_games.make(values, seed=seed).run(classic_games.steps_of(values))


def with_actor(policy: Callable[[View], Any], *names: str, **values: Any) -> Run:
    """A run in which some, or all, follow a rule of the test's own."""
    simulation = classic_games.make({"policy": "equilibrium", **values}, seed=7)
    simulation.max_failures = 1.0
    for agent in simulation.agents:
        if agent.name in names or not names:
            agent.actor = Scripted(policy)
    return simulation.run(classic_games.steps_of(values))


# --- all of them ---


@pytest.mark.parametrize("game", GAMES)
def test_in_equilibrium(game: str) -> None:
    run = play(game=game, policy="equilibrium")
    assert run.cost["requests"] == 0
    assert not run.failures
    assert run.metrics["equilibrium_share"] == (None if game == "bar" else 1)


@settings(max_examples=14)
@given(st.sampled_from(GAMES), st.integers(2, 6), st.integers(0, 99))
def test_payoffs_add_up_whatever_is_played(game: str, players: int, seed: int) -> None:
    run = play(seed, game=game, players=players, rounds=3, policy="random")
    assert not run.failures
    world: Any = run.world()
    balances = world["joint"]["money"]["balances"]
    assert run.metrics["payoffs"] == pytest.approx([balances.get(name, 0) for name in NAMES[:players]])
    for name, entries in world["joint"]["money"]["entries"].items():
        assert sum(entries.values()) == pytest.approx(balances[name])
    total = sum(run.metrics["payoffs"])
    if game == "guess":
        assert total == pytest.approx(3)
    if game == "pirates":
        assert total == 100
    if game == "royale":
        assert total in (0, 1)
    if game == "dollar":
        assert total <= 300


@pytest.mark.parametrize("game", GAMES)
def test_everybody_silent(game: str) -> None:
    run = with_actor(lambda view: None, game=game, players=3, rounds=2)
    assert len(run.failures) == len(run.attempts) > 0
    assert run.metrics["equilibrium_share"] is None
    assert run.metrics["payoffs"] == ([0, 0, 100] if game == "pirates" else [0, 0, 0])
    assert run.stopped_by


@pytest.mark.parametrize("game", GAMES)
def test_nothing_played_is_not_defined(game: str) -> None:
    found = classic_games.make({"game": game, "policy": "random"}).run(0).metrics
    assert found["mean_payoff"] is found["winner"] is found["equilibrium_share"] is None


@pytest.mark.parametrize("game", ["guess", "pirates", "royale"])
def test_metrics_can_be_computed_again_and_a_stopped_run_goes_on(game: str, tmp_path: Any) -> None:
    def make() -> Any:
        return classic_games.make({"game": game, "policy": "random", "players": 4, "rounds": 3}, seed=5)

    whole = make().run(12)
    make().run(2, archive=tmp_path / "run").close()
    with make().run(12, archive=tmp_path / "run", resume=True) as resumed:
        assert resumed.transcript() == whole.transcript()
    with load_run(tmp_path / "run") as again:
        assert metrics(again) == again.metrics == whole.metrics


# --- guess ---


def test_guess() -> None:
    run = play(game="guess", policy="guess:10,guess:20,guess:30,guess:40", players=4, rounds=1)
    assert run.metrics["mean_by_round"] == [25]  # two thirds: 16.67, nearest 20
    assert run.metrics["payoffs"] == [0, 1, 0, 0]
    assert run.metrics["winner"] == "Ben"
    assert "Two thirds of the mean are 16.67. Nearest: Ben." in run.transcript()


def test_as_near_is_shared() -> None:
    found = play(game="guess", policy="guess:10,guess:50,guess:10", players=3, rounds=1).metrics
    assert found["payoffs"] == [0.5, 0, 0.5]
    found = play(game="guess", policy="guess:0,guess:4,guess:2", players=3, rounds=1).metrics
    assert found["payoffs"] == [0, 0, 1]  # the target is 4/3
    found = play(game="guess", policy="guess:1,guess:3,guess:5", players=3, rounds=1).metrics
    assert found["payoffs"] == [0.5, 0.5, 0], "1 and 3 are both 1 away from 2"


def test_levels_of_reasoning() -> None:
    assert [level(each) for each in range(6)] == [50, 33, 22, 15, 10, 7]
    assert play(game="guess", policy="level:2", rounds=1).metrics["mean_guess"] == 22


def test_the_best_reply_to_the_last_guesses_goes_down_to_0() -> None:
    found = play(game="guess", policy="best_reply:50", rounds=8).metrics["mean_by_round"]
    assert found[:3] == [50, 32, 21]  # 2/3 * 9 * 50 / (10 - 2/3) = 32.14, then 20.57
    assert found == sorted(found, reverse=True)
    assert found[-1] < 4


# --- bar ---


def test_the_mixed_equilibrium_makes_going_worth_as_much_as_staying() -> None:
    for players in (3, 5, 10, 12):
        room, p = room_for(players), going_rate(players, room_for(players))
        free = sum(comb(players - 1, k) * p**k * (1 - p) ** (players - 1 - k) for k in range(room))
        assert 10 * free == pytest.approx(5, abs=1e-9)
    assert going_rate(3, 1) == pytest.approx(1 - 0.5**0.5, abs=1e-12)  # (1 - p)^2 = 1/2
    assert going_rate(10, 6) == pytest.approx(0.6070, abs=5e-4)
    assert going_rate(4, 4) == 1
    assert [room_for(each) for each in (2, 5, 10)] == [1, 3, 6]


def test_taking_turns_fills_the_bar() -> None:
    run = play(game="bar", policy="take_turns")
    assert run.metrics["attendance_by_round"] == [6] * 10
    assert run.metrics["payoffs"] == [6 * 10 + 4 * 5] * 10


def test_the_best_reply_to_the_last_evening_misses_all_together() -> None:
    assert play(game="bar", policy="best_reply", rounds=4).metrics["attendance_by_round"] == [10, 0, 10, 0]


def test_one_too_many_spoils_the_evening() -> None:
    policy = ",".join(["go"] * 6 + ["stay"] * 4)
    assert play(game="bar", policy=policy, rounds=1).metrics["payoffs"] == [10] * 6 + [5] * 4
    policy = ",".join(["go"] * 7 + ["stay"] * 3)
    assert play(game="bar", policy=policy, rounds=1).metrics["payoffs"] == [0] * 7 + [5] * 3


# --- dollar, diner ---


def test_claims_that_fit_are_paid_and_one_more_pays_nobody() -> None:
    assert play(game="dollar", policy="claim:10", rounds=1).metrics["payoffs"] == [10] * 10
    over = play(game="dollar", policy=",".join(["claim:10"] * 9 + ["claim:11"]), rounds=1)
    assert over.metrics["payoffs"] == [0] * 10
    assert "101 were claimed of 100, so nobody gets anything." in over.transcript()
    assert play(game="dollar", policy="equilibrium", players=3, rounds=1).metrics["payoffs"] == [33] * 3


def test_the_best_reply_takes_what_is_left() -> None:
    found = play(game="dollar", policy="best_reply,claim:20,claim:30", players=3, rounds=3)
    assert found.metrics["claimed_by_round"] == [83, 100, 100]
    assert found.metrics["payoffs"] == [33 + 50 + 50, 60, 90]


def test_the_costly_dish_pays_for_each_and_for_nobody_when_all_order_it() -> None:
    assert play(game="diner", policy="costly", rounds=1).metrics["payoffs"] == [0] * 10
    assert play(game="diner", policy="plain", rounds=1).metrics["payoffs"] == [5] * 10
    one = play(game="diner", policy=",".join(["costly"] + ["plain"] * 9), rounds=1).metrics
    assert one["payoffs"] == [20 - 11] + [15 - 11] * 9
    assert one["costly_rate"] == 0.1
    assert play(game="diner", policy="equilibrium", rounds=1).metrics["costly_rate"] == 1
    assert play(game="diner", policy="equilibrium", players=2, rounds=1).metrics["costly_rate"] == 0


# --- auction ---


def values_in(run: Run) -> dict[str, int]:
    """What the thing was worth in the first round, from the world as it was before."""
    world: Any = run.world(0)
    return world["values"]


@pytest.mark.parametrize("price", ["first", "second"])
def test_auction_in_equilibrium(price: str) -> None:
    run = play(game="auction", price=price, rounds=1, policy="equilibrium")
    values = values_in(run)
    ranked = sorted(values.values(), reverse=True)
    winner = max(values, key=lambda name: values[name])
    paid = ranked[1] if price == "second" else ranked[0] * 9 / 10
    assert run.metrics["payoffs"] == pytest.approx([ranked[0] - paid if name == winner else 0 for name in NAMES[:10]])
    assert run.metrics["price_by_round"] == pytest.approx([paid])
    assert run.metrics["bid_by_value"] == pytest.approx(1 if price == "second" else 0.9)
    assert run.metrics["efficiency"] == 1


def test_a_tie_is_drawn_by_seed_and_the_second_bid_is_as_high() -> None:
    winners: set[str] = set()
    for seed in range(6):
        simulation = classic_games.make({"game": "auction", "players": 3, "rounds": 1}, seed=seed)
        for agent in simulation.agents:
            agent.actor = Scripted(lambda view: 40)
        run = simulation.run(1)
        assert run.metrics["price_by_round"] == [40]
        text = run.transcript()
        winners.add(text[text.index(": ") + 2 :].split()[0])
    assert len(winners) > 1


def test_values_are_private_and_bids_stay_sealed() -> None:
    run = play(game="auction", policy="bid:0.5", rounds=1)
    text = run.transcript()
    assert "wins the auction and pays" in text
    assert all(f"{name} bids" not in text for name in NAMES)
    simulation = classic_games.make({"game": "auction", "players": 3, "rounds": 1, "policy": "bid:1"}, seed=7)
    values = values_in(simulation.run(1))
    for name in NAMES[:3]:
        shown = str(classic_games.make({"game": "auction", "players": 3}, seed=7).preview(name))
        assert f"worth {values[name]} to {name}" in shown
        assert not any(f"to {other}." in shown for other in NAMES[:3] if other != name)


def test_a_bid_alone_pays_nothing_in_the_second_price_auction() -> None:
    run = with_actor(lambda view: None, "Ben", game="auction", players=2, rounds=1)
    assert run.metrics["price_by_round"] == [0]
    assert run.metrics["payoffs"] == [values_in(run)["Ada"], 0]


# --- royale ---


def test_the_truel() -> None:
    """Hit rates 1/3, 2/3, 1, the worst first: it misses on purpose, and has the best chances. By hand: 25/63, 24/63, 14/63."""
    solution = solve((1 / 3, 2 / 3, 1.0), 120)
    assert [solution.target([0, 1, 2], turn, 120) for turn in range(3)] == [None, 2, 1]
    assert solution.chances([0, 1, 2], 0) == pytest.approx([float(Fraction(each, 63)) for each in (25, 24, 14)], abs=1e-9)


def test_a_duel() -> None:
    solution = solve((0.5, 0.8), 200)
    assert (solution.target([0, 1], 0, 9), solution.target([0, 1], 1, 9)) == (1, 0)
    assert solution.chances([0, 1], 0) == pytest.approx([0.5 / (1 - 0.5 * 0.2), 0.5 * 0.8 / (1 - 0.5 * 0.2)])
    assert solution.chances([0, 1], 1) == pytest.approx([0.2 * 0.5 / (1 - 0.5 * 0.2), 0.8 / (1 - 0.5 * 0.2)])
    assert solution.chances([1], 1) == [0, 1]
    assert solve((0.5, 0.8), 1).chances([0, 1], 0) == [0.5, 0]


def test_nobody_gains_by_another_shot() -> None:
    """The values of a plain recursion that takes the targets as given: no other target is worth more in any state."""
    rates, shots = tuple(hit_rates(5)), 9
    solution = solve(rates, shots)

    @cache
    def values(left: tuple[int, ...], turn: int, more: int) -> tuple[float, ...]:
        if len(left) == 1 or not more:
            return tuple(float(len(left) == 1 and each == left[0]) for each in range(5))
        return worth(left, turn, more, solution.target(left, turn, more))

    def worth(left: tuple[int, ...], turn: int, more: int, target: int | None) -> tuple[float, ...]:
        missed = values(left, following(left, turn), more - 1)
        if target is None:
            return missed
        rest = tuple(each for each in left if each != target)
        hit = values(rest, following(rest, turn), more - 1)
        return tuple(rates[turn] * one + (1 - rates[turn]) * other for one, other in zip(hit, missed, strict=True))

    def following(left: tuple[int, ...], turn: int) -> int:
        return left[(left.index(turn) + 1) % len(left)]

    for count in range(2, 6):
        for left in combinations(range(5), count):
            for turn in left:
                assert values(left, turn, shots) == pytest.approx(solution.chances(left, turn))
                for more in (1, 4, 9):
                    best = values(left, turn, more)[turn]
                    for target in (None, *(each for each in left if each != turn)):
                        assert worth(left, turn, more, target)[turn] <= best * (1 + 1e-8) + 1e-15


def test_turns_go_round_among_those_left() -> None:
    run = play(game="royale", policy="strongest", players=4, rounds=30, seed=3)
    shooters = [attempt.actor for attempt in run.attempts]
    assert shooters[:2] == ["Ada", "Ben"]
    left, expected, at = list[str](NAMES[:4]), list[str](), 0
    for event in (each for each in run.events if each.kind == "act"):
        expected.append(left[at])
        hit = [name for name in left if f"{name} is out" in event.text]
        following = left[(at + 1) % len(left)]
        for name in hit:
            if following == name:
                following = left[(left.index(name) + 1) % len(left)]
            left.remove(name)
        at = left.index(following)
    assert shooters == expected
    assert len(left) == 1
    assert run.metrics["winner"] == left[0]
    assert run.metrics["at_the_strongest"] == 1
    assert run.stopped_by == f"{left[0]} is the last one left"


def test_no_shots_no_winner() -> None:
    run = with_actor(lambda view: "nobody", game="royale", players=3, rounds=2)
    assert run.metrics["payoffs"] == [0, 0, 0]
    assert run.metrics["winner"] is None
    assert (run.last_step, run.stopped_by) == (6, "round 6 is over")
    assert "3 are left at the end, and nobody wins." in run.transcript()


def test_who_gives_no_answer_has_had_the_turn() -> None:
    run = with_actor(lambda view: "the moon", "Ada", game="royale", players=3, rounds=2)
    assert {attempt.actor for attempt in run.failures} == {"Ada"}
    assert [attempt.actor for attempt in run.attempts][1] == "Ben"


# --- pirates ---


def test_the_textbook_division() -> None:
    found = divisions(10, 100)
    assert found[2] == [100, 0]
    assert found[3] == [99, 0, 1]
    assert found[5] == [98, 0, 1, 0, 1]
    assert found[10] == [96, 0, 1, 0, 1, 0, 1, 0, 1, 0]
    assert play(game="pirates", policy="equilibrium").metrics["payoffs"] == found[10]


def test_with_too_little_gold_proposers_go_overboard() -> None:
    """With 1 piece: 3 buys one vote; 4 needs one and pays 1; 5 can't pay for two; 6 needs two, and 5 votes for its life."""
    found = divisions(6, 1)
    assert found[3] == [0, 0, 1]
    assert found[4] == [0, 1, 0, 0]
    assert found[5][0] is None
    assert found[6][0] == 0


@given(st.integers(1, 30), st.integers(0, 12))
def test_a_division_wins_the_vote_it_needs(pirates: int, gold: int) -> None:
    found = divisions(pirates, gold)
    for count in range(2, pirates + 1):
        plan, following = found[count], found[count - 1]
        assert sum(each or 0 for each in plan) == gold
        if plan[0] is None:
            assert list(plan[1:]) == list(following)
            continue
        votes = 1 + sum(before is None or (mine or 0) > before for mine, before in zip(plan[1:], following, strict=True))
        assert 2 * votes >= count


def test_votes_in_equilibrium_go_by_what_comes_else() -> None:
    run = play(game="pirates", players=5, policy="equal_parts,equilibrium,equilibrium,equilibrium,equilibrium")
    # of 20 each, Ben would have 99 … so only those who would get less than 20 accept: Cora (0), Dean (1), Elsa (0)
    assert run.metrics["payoffs"] == [20] * 5
    assert run.metrics["votes_for"] == [0.8]


def test_half_of_the_votes_are_enough_and_less_are_not() -> None:
    def vote(*accepting: str) -> Callable[[View], Any]:
        return lambda view: ("accept" if view.name in accepting else "refuse") if view.data["plan"] else [25, 25, 25, 25]

    assert with_actor(vote("Ada", "Ben"), game="pirates", players=4).metrics["payoffs"] == [25] * 4
    rejected = with_actor(vote("Ben"), game="pirates", players=4)
    assert rejected.metrics["payoffs"] == [0, 0, 0, 100]  # then plans of four parts for three have one too many
    assert "Ada's plan is refused, and Ada goes overboard." in rejected.transcript()


def test_what_is_left_over_is_the_proposers_and_a_bad_plan_is_asked_for_again() -> None:
    def policy(view: View) -> Any:
        return "accept" if view.data["plan"] else [60, 60] if not view.history else [10, 30]

    run = with_actor(policy, game="pirates", players=3)
    assert run.metrics["payoffs"] == [70, 30, 0]
    assert run.metrics["kept_by_proposers"] == [70]
    assert [event.kind for event in run.events if event.actor == "Ada"][:2] == ["refusal", "act"]
    assert run.last_step == 3


def test_who_does_not_vote_has_not_voted_for_the_plan() -> None:
    def policy(view: View) -> Any:
        return None if view.data["plan"] else [100]

    run = with_actor(policy, "Ben", "Cora", game="pirates", players=3)
    assert "Ben no answer, Cora no answer" in run.transcript()
    assert "Ada's plan is refused" in run.transcript()
    assert run.metrics["votes_for"][0] == pytest.approx(1 / 3)


# --- options and wrong input ---


def test_payoffs_are_told_or_not() -> None:
    for game in ("bar", "dollar", "diner"):
        told, kept = (play(game=game, policy="random", rounds=2, payoffs_told=each) for each in (True, False))
        assert "gets" in told.transcript() and "(gets" not in kept.transcript()
        assert told.metrics == kept.metrics


def test_one_without_an_answer_takes_no_part() -> None:
    diner = with_actor(lambda view: "soup", "Ben", game="diner", players=3, rounds=1)
    assert diner.metrics["payoffs"] == [0, 0, 0]  # two costly dishes, split by the two who ordered
    dollar = with_actor(lambda view: 101, "Ben", game="dollar", players=2, rounds=1)
    assert dollar.metrics["payoffs"] == [50, 0]
    assert dollar.metrics["efficiency"] == 0.5
    guess = with_actor(lambda view: -1, "Ben", game="guess", players=3, rounds=1)
    assert guess.metrics["payoffs"] == [0.5, 0, 0.5]


def test_wrong_parameters() -> None:
    with pytest.raises(BadInput, match="'level' is for guess, not for game=bar"):
        classic_games.make({"game": "bar", "policy": "level:1"})
    with pytest.raises(BadInput, match="first number in guess and dollar, not in game=bar"):
        classic_games.make({"game": "bar", "policy": "best_reply:5"})
    with pytest.raises(BadInput, match="from 0 to 100"):
        classic_games.make({"policy": "guess:101"})
    with pytest.raises(BadInput, match="argument 'much': it isn't a whole number"):
        classic_games.make({"policy": "guess:much"})
    with pytest.raises(BadInput, match="the share must be"):
        classic_games.make({"game": "auction", "policy": "bid:2"})
    with pytest.raises(UnknownName, match="Did you mean 'best_reply'"):
        classic_games.make({"policy": "best_replies"})
    with pytest.raises(BadInput, match="game can't be 'chess'"):
        classic_games.make({"game": "chess"})


# --- with the embedded model ---


def test_the_facts_that_the_page_states() -> None:
    guess = play(1, game="guess")
    numbers = {name: {value for _, value in guess.series(f"move of {name}")} for name in NAMES[:10]}
    assert list(numbers.values()) == [{50}, {33}, {22}, {15}, {10}] * 2
    assert guess.metrics["payoffs"] == [5 if name in ("Dean", "Ines") else 0 for name in NAMES[:10]]
    bar = play(1, game="bar")
    assert bar.metrics["attendance_by_round"] == [7] * 10
    assert bar.metrics["payoffs"] == [50 if name in ("Cora", "Fritz", "Ines") else 0 for name in NAMES[:10]]
    royale = play(1, game="royale")
    assert "[1] Ada shoots at Jakob and misses." in royale.transcript()
    assert "[5] Elsa shoots at Ada and hits." in royale.transcript()
    assert (royale.metrics["winner"], royale.last_step, royale.metrics["at_the_strongest"]) == ("Henri", 20, 0.25)


@pytest.mark.parametrize("game", ["dollar", "diner", "auction", "pirates"])
def test_the_embedded_model_answers_validly(game: str) -> None:
    run = play(1, game=game, players=5, rounds=2)
    assert not run.failures
    assert not [event for event in run.events if event.kind == "refusal"]
