"""Bargaining and negotiation: the theory's figures exactly, money that adds up, and offers that no longer stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamemaster import Run, load_run
from gamemaster.agent import Scripted
from gamemaster.examples.bargaining import NAMES, bargaining, metrics
from gamemaster.examples.bargaining_parts.equilibrium import proposer_share, trade_price
from gamemaster.examples.bargaining_parts.spoken import gap, spoken_numbers
from gamemaster.words import BadInput, UnknownName, View


def play(seed: int = 7, **values: Any) -> Run:
    return bargaining.make(values, seed=seed).run(bargaining.steps_of(values))


def haggle(seed: int = 7, **values: Any) -> Run:
    return play(seed, game="negotiation", **values)


def with_actors(seed: int = 7, /, policies: dict[str, Callable[[View], Any]] | None = None, **values: Any) -> Run:
    """A run in which some follow a rule of the test's own."""
    simulation = bargaining.make({"policy": "split", **values}, seed=seed)
    simulation.max_failures = 1.0
    for agent in simulation.agents:
        if policies and agent.name in policies:
            agent.actor = Scripted(policies[agent.name])
    return simulation.run(bargaining.steps_of(values))


def refusals(run: Run) -> list[str]:
    return [event.text for event in run.events if event.kind == "refusal"]


# --- the theory ---


def test_the_equilibrium_share_without_a_last_stage() -> None:
    assert proposer_share(1, None, (0.9, 0.9)) == pytest.approx(0.526316, abs=1e-6)
    assert proposer_share(1, None, (0.8, 0.95)) == pytest.approx(0.05 / 0.24)
    assert proposer_share(2, None, (0.8, 0.95)) == pytest.approx(0.2 / 0.24)
    assert proposer_share(1, None, (1, 1)) == 0.5
    assert proposer_share(1, None, (0.9, 1)) == 0
    assert proposer_share(1, None, (1, 0.9)) == pytest.approx(1)


@pytest.mark.parametrize(("last", "share"), [(1, 1.0), (2, 0.1), (3, 0.91), (4, 0.181), (12, 0.37766866501)])
def test_the_equilibrium_share_by_backward_induction(last: int, share: float) -> None:
    assert proposer_share(1, last, (0.9, 0.9)) == pytest.approx(share)


@given(st.floats(0, 0.95), st.floats(0, 0.95), st.integers(1, 12))
def test_nobody_gains_by_waiting_in_equilibrium(first: float, second: float, last: int) -> None:
    """The other is left what waiting is worth to it; a game long enough is as good as one without an end."""
    discounts = (first, second)
    for stage in range(1, last):
        keeps, next_keeps = proposer_share(stage, last, discounts), proposer_share(stage + 1, last, discounts)
        assert 1 - keeps == pytest.approx(discounts[stage % 2] * next_keeps)
    assert proposer_share(1, 400, discounts) == pytest.approx(proposer_share(1, None, discounts), abs=1e-6)


@pytest.mark.parametrize(("last", "price"), [(1, 120), (2, 80), (7, 120), (None, 100)])
def test_the_equilibrium_price(last: int | None, price: float) -> None:
    assert trade_price(last, 80, 120) == price
    assert trade_price(last, 120, 80) is None


# --- bargaining, exactly ---


def test_equilibrium_without_a_last_stage() -> None:
    run = play(policy="equilibrium", stages=0)
    found = run.metrics
    assert found["first_demand"] == pytest.approx(0.526316, abs=1e-6)
    assert found["payoffs"] == pytest.approx([52.631578947, 47.368421053])
    assert found["agreement_stage"] == found["efficiency"] == 1
    assert run.cost["requests"] == 0
    assert run.stopped_by == "they agree in stage 1"


def test_equilibrium_with_twelve_stages() -> None:
    found = play(policy="equilibrium").metrics
    assert found["payoffs"] == pytest.approx([37.766866501, 62.233133499])
    assert found["fairness"] == pytest.approx(1 - 4 * 0.122331335**2)


def test_the_last_stage() -> None:
    assert play(policy="equilibrium", stages=1).metrics["payoffs"] == [100.0, 0.0]
    refused = play(policy="equilibrium,split", stages=1).metrics
    assert refused["payoffs"] == [0.0, 0.0]
    assert refused["agreement_stage"] is refused["share_of_first"] is None
    assert (refused["efficiency"], refused["fairness"]) == (0, 1)
    late = play(policy="demand:0.6,greedy", stages=2).metrics  # greedy takes the 40 of the first stage
    assert late["payoffs"] == [60.0, 40.0]


def test_waiting_costs() -> None:
    """bluff asks for 70 and is rejected; split's half is accepted in stage 2 and is worth 45."""
    run = play(policy="bluff,split")
    assert run.metrics == {
        "payoffs": [45.0, 45.0],
        "self_gain": {"first": 45.0, "second": 45.0},
        "agreement_stage": 2,
        "share_of_first": 0.5,
        "first_demand": pytest.approx(0.7),
        "demands": pytest.approx([0.7, 0.5]),
        "efficiency": 0.9,
        "fairness": 1.0,
        "messages": 2,
        "offers_announced": 2,
        "talk_deed_gap": pytest.approx(0.1),  # 50 said and 30 offered, of 100; then 50 and 50
        "talk_deed_differs": 0.5,
    }
    assert "Alice accepts: 50 for Alice (worth 45 now), 50 for Bob (worth 45 now)." in run.transcript()


def test_discounts_differ_by_player() -> None:
    found = play(policy="bluff,split", discount_first=0.8, discount_second=1).metrics
    assert found["payoffs"] == [40.0, 50.0]
    assert found["efficiency"] == 0.9


def test_two_who_demand_too_much_get_nothing() -> None:
    run = play(policy="demand:0.6", stages=5)
    assert run.metrics["payoffs"] == [0.0, 0.0]
    assert run.metrics["demands"] == pytest.approx([0.6] * 5)
    assert run.metrics["talk_deed_gap"] == 0
    assert run.stopped_by == "there is no agreement by stage 5"
    assert run.last_step == 15
    assert run.events[-1].text == "It is over: there is no agreement by stage 5."


def test_a_game_without_a_last_stage_is_given_up_and_nobody_is_told() -> None:
    run = play(policy="demand:0.6", stages=0, talk="none")
    assert run.metrics["payoffs"] == [0.0, 0.0]
    assert len(run.metrics["demands"]) == 99
    calls = bargaining.make({"stages": 0}, seed=1).run(3).calls()
    assert calls
    assert all("99" not in str(call.prompt) for call in calls)


def test_equilibrium_holds_off_its_path() -> None:
    """It rejects 40, waits for its turn and then leaves the other what waiting is worth to it."""
    run = play(policy="demand:0.6,equilibrium", stages=0)
    assert run.metrics["demands"][:2] == pytest.approx([0.6, 0.5263157894736843])
    assert play(policy="split,equilibrium", stages=0).metrics["payoffs"] == [50.0, 50.0]


@pytest.mark.parametrize("moves", ["typed", "free"])
@pytest.mark.parametrize("game", ["bargaining", "negotiation"])
def test_typed_answers_to_free_questions_are_the_same_game(game: str, moves: str) -> None:
    for policy in ("bluff,split", "equilibrium", "demand:0.7,greedy"):
        run = play(policy=policy, game=game, moves=moves)
        assert run.cost["requests"] == 0
        assert not run.failures
        assert run.metrics == play(policy=policy, game=game).metrics


# --- negotiation, exactly ---


@pytest.mark.parametrize(
    ("values", "price", "payoffs"),
    [
        ({"stages": 1}, 120, [40, 0]),
        ({"stages": 12}, 80, [0, 40]),
        ({"stages": 0}, 100, [20, 20]),
        ({"stages": 1, "seller_outside": 10, "buyer_outside": 5}, 115, [35, 5]),
        ({"stages": 2, "seller_outside": 10, "buyer_outside": 5}, 90, [10, 30]),
    ],
)
def test_equilibrium_of_the_negotiation(values: dict[str, Any], price: float, payoffs: list[float]) -> None:
    found = haggle(policy="equilibrium", **values).metrics
    assert found["price"] == pytest.approx(price)
    assert found["payoffs"] == pytest.approx(payoffs)
    assert found["efficiency"] == found["efficient_trade"] == 1
    assert found["fairness"] == pytest.approx(1 - 4 * ((price - 100) / 100) ** 2)


def test_no_deal_where_the_seller_values_it_more() -> None:
    found = haggle(policy="equilibrium", seller_value=120, buyer_value=80, stages=4).metrics
    assert found["price"] is None
    assert found["payoffs"] == [0.0, 0.0]
    assert (found["efficient_trade"], found["fairness"], found["efficiency"]) == (1, 1, None)


def test_the_outside_option_is_better() -> None:
    found = haggle(policy="equilibrium", seller_outside=30, buyer_outside=20, stages=3).metrics
    assert found["payoffs"] == [30.0, 20.0]
    assert found["efficiency"] == 1  # 50 together, and 40 by trading


def test_who_leaves_ends_it() -> None:
    run = with_actors(
        policies={"Bob": lambda view: "leave and deal with somebody else" if view.spec.kind == "choice" else "..."},
        game="negotiation",
        buyer_outside=7,
    )
    assert run.metrics["payoffs"] == [0.0, 7.0]
    assert run.stopped_by == "Bob leaves in stage 1"
    assert run.metrics["efficient_trade"] == 0
    assert "Bob leaves to deal with somebody else. It is over: Bob leaves in stage 1." in run.transcript("Alice")


def test_a_trade_at_a_loss_is_no_efficient_one() -> None:
    run = with_actors(
        policies={"Bob": lambda view: "accept" if view.spec.kind == "choice" else "..."}, game="negotiation", policy="greedy"
    )
    assert run.metrics["price"] == 120
    run = with_actors(
        policies={
            "Alice": lambda view: 150.0 if view.spec.kind == "action" else "...",
            "Bob": lambda view: "accept" if view.spec.kind == "choice" else "...",
        },
        game="negotiation",
    )
    assert run.metrics["payoffs"] == [70.0, -30.0]
    assert run.metrics["efficient_trade"] == 0
    assert run.metrics["efficiency"] == 1  # the two together gained what there was
    assert run.metrics["fairness"] == 0


# --- offers that no longer stand ---


def changes_mind(to: str) -> Callable[[View], Any]:
    """Alice, who offers 40, and then withdraws it or offers 10 instead, once."""

    def policy(view: View) -> Any:
        if view.spec.kind == "speech":
            return "I offer you 40."
        if view.data["phase"] == "answer":
            move = "let_offer_stand" if view.spec.tag.endswith(".2") else to
            return {"action": move, "arguments": {"to_other": 10} if move == "propose_division" else {}}
        return {"action": "propose_division", "arguments": {"to_other": 40}}

    return policy


def accepts(view: View) -> Any:
    return "Fine." if view.spec.kind == "speech" else {"action": "accept_offer", "arguments": {}}


def test_an_offer_withdrawn_while_it_is_accepted() -> None:
    run = with_actors(policies={"Alice": changes_mind("withdraw_offer"), "Bob": accepts}, moves="free", withdrawal=True, stages=1)
    assert refusals(run) == ["Alice's offer of 40 to Bob no longer stands: Alice has withdrawn it"]
    assert run.metrics["payoffs"] == [0.0, 0.0]
    assert "withdraws the offer of 40" in run.transcript("Bob")


def test_an_offer_replaced_while_it_is_accepted_is_asked_about_anew() -> None:
    run = with_actors(
        policies={"Alice": changes_mind("propose_division"), "Bob": accepts}, moves="free", withdrawal=True, stages=1
    )
    assert refusals(run) == ["Alice's offer of 40 to Bob no longer stands: Alice has replaced it"]
    assert run.metrics["payoffs"] == [90.0, 10.0]
    assert run.last_step == bargaining.steps_of({"stages": 1, "withdrawal": True}) == 4


def test_an_accepted_offer_can_not_be_withdrawn() -> None:
    """In the second stage Alice answers; of two moves in one step hers comes first."""

    def alice(view: View) -> Any:
        if view.spec.kind == "speech":
            return "..."
        return "accept" if view.data["proposer"] == "Bob" else 0.0 if view.spec.kind == "action" else "let it stand"

    def bob(view: View) -> Any:
        if view.spec.kind == "speech":
            return "..."
        return 45.0 if view.spec.kind == "action" else "withdraw it" if view.data["proposer"] == "Bob" else "reject"

    run = with_actors(policies={"Alice": alice, "Bob": bob}, withdrawal=True)
    assert refusals(run) == ["Bob's offer of 45 to Alice no longer stands: it has been accepted already"]
    assert run.metrics["share_of_first"] == 0.45


def test_an_answer_from_the_wrong_one_or_without_an_offer_is_refused() -> None:
    def bob(view: View) -> Any:
        return "..." if view.spec.kind == "speech" else {"action": "reject_offer", "arguments": {}}

    def alice(view: View) -> Any:
        return "..." if view.spec.kind == "speech" else {"action": "accept_offer", "arguments": {}}

    run = with_actors(policies={"Alice": alice, "Bob": bob}, moves="free", stages=2)
    assert len(refusals(run)) == 2  # each was to offer, and answered
    assert run.metrics["demands"] == []
    assert run.metrics["payoffs"] == [0.0, 0.0]


# --- what can't be used, and silence ---


def test_an_offer_out_of_bounds_passes_the_stage() -> None:
    run = with_actors(policies={"Alice": lambda view: 400 if view.spec.kind == "action" else "..."}, stages=2)
    assert {attempt.actor for attempt in run.failures} == {"Alice"}
    assert run.metrics["demands"] == [0.5]  # Bob's in stage 2, which "..." doesn't answer
    assert run.metrics["agreement_stage"] is None
    assert run.metrics["payoffs"] == [0.0, 0.0]


def test_an_answer_that_is_none_is_no_acceptance() -> None:
    run = with_actors(policies={"Bob": lambda view: "perhaps" if view.spec.kind == "choice" else "..."}, stages=1)
    assert [attempt.actor for attempt in run.failures] == ["Bob"]
    assert run.metrics["agreement_stage"] is None


@pytest.mark.parametrize("game", ["bargaining", "negotiation"])
def test_everybody_silent(game: str) -> None:
    run = with_actors(policies=dict.fromkeys(NAMES, lambda view: None), game=game, stages=3)
    assert run.metrics["payoffs"] == [0.0, 0.0]
    assert run.metrics["talk_deed_gap"] is None
    assert run.metrics["messages"] == 0
    assert len(run.failures) == len(run.attempts) == 6  # words and an offer in each of three stages
    assert run.stopped_by == "there is no agreement by stage 3"


@pytest.mark.parametrize("game", ["bargaining", "negotiation"])
def test_what_is_cut_short_is_not_defined(game: str) -> None:
    for count in (0, 5):
        found = bargaining.make({"policy": "demand:0.9", "game": game}).run(count).metrics
        assert found["payoffs"] is found["self_gain"] is found["efficiency"] is found["fairness"] is None


def test_wrong_parameters() -> None:
    with pytest.raises(BadInput, match="'honest' doesn't play game=bargaining; these do: bluff"):
        bargaining.make({"policy": "honest"})
    with pytest.raises(BadInput, match="needs informed=true"):
        bargaining.make({"policy": "equilibrium", "informed": False})
    with pytest.raises(BadInput, match="a share from 0 to 1"):
        bargaining.make({"policy": "demand:40"})
    with pytest.raises(BadInput, match="twice the scale, 200"):
        bargaining.make({"game": "negotiation", "buyer_value": 201})
    with pytest.raises(UnknownName, match="Did you mean 'greedy'"):
        bargaining.make({"policy": "greed"})
    with pytest.raises(BadInput, match="game can't be 'chess'"):
        bargaining.make({"game": "chess"})


# --- words and deeds ---


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("You get 40 of the 100.", [40]),
        ("40% for you, and 1,200.50 for me", [40, 1200.5]),
        ("I keep 62.5.", [62.5]),
        ("half and half", []),
        ("A4 paper, v1.2.3, 7th", []),
        ("100", []),
        ("0 for you: 100 for me", [0]),
    ],
)
def test_spoken_numbers(text: str, numbers: list[float]) -> None:
    assert spoken_numbers(text, 100) == numbers


def test_a_percentage_is_of_the_whole() -> None:
    assert spoken_numbers("I take 60 %, no less than 500", 1000) == [600, 500]
    assert gap([600, 500], (400, 600)) == 0
    assert gap([50], (30, 70)) == 20


def test_what_is_said_binds_nobody() -> None:
    said = with_actors(
        policies={"Alice": lambda view: "I give you 90! I accept, I withdraw." if view.spec.kind == "speech" else 10.0}
    )
    assert said.metrics["demands"][0] == pytest.approx(0.9)
    assert said.metrics["talk_deed_gap"] is not None
    quiet = with_actors(policies={"Alice": lambda view: "..." if view.spec.kind == "speech" else 10.0})
    assert quiet.metrics["payoffs"] == said.metrics["payoffs"]


@pytest.mark.parametrize("game", ["bargaining", "negotiation"])
def test_talk_does_not_shift_the_draws(game: str) -> None:
    plain = play(policy="random", game=game, talk="none").metrics
    for talk in ("proposer", "both"):
        found = play(policy="random", game=game, talk=talk).metrics
        assert {**found, "messages": 0} == plain
    assert play(policy="random", game=game, talk="none", characters=False).metrics == plain


def test_who_speaks() -> None:
    spoke = {
        talk: [event.actor for event in play(policy="split", talk=talk).events if event.kind == "speech"]
        for talk in ("none", "proposer", "both")
    }
    assert spoke == {"none": [], "proposer": ["Alice"], "both": ["Alice", "Bob"]}


# --- who knows what ---


def test_values_are_private_unless_informed() -> None:
    def prompts(informed: bool, who: str) -> str:
        run = bargaining.make({"game": "negotiation", "informed": informed, "seller_value": 83.21}, seed=1).run(3)
        return " ".join(str(call.prompt) for call in run.calls(agent=who))

    assert "83.21" in prompts(True, "Bob")
    assert "83.21" not in prompts(False, "Bob")
    assert "83.21" in prompts(False, "Alice")


def test_data_for_policies_are_private_too() -> None:
    seen: dict[str, Any] = {}

    def bob(view: View) -> Any:
        seen.update(view.data)
        return "..." if view.spec.kind == "speech" else "reject"

    with_actors(policies={"Bob": bob}, game="negotiation", informed=False, stages=1)
    assert list(seen["values"]) == list(seen["outside"]) == ["Bob"]
    with_actors(policies={"Bob": bob}, informed=False, stages=1)
    assert list(seen["discounts"]) == ["Bob"]


# --- money ---


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["bargaining", "negotiation"]),
    st.lists(st.sampled_from(["random", "split", "greedy", "demand:0.7", "bluff"]), min_size=2, max_size=2),
    st.booleans(),
    st.floats(0, 1),
    st.floats(1, 2000),
    st.integers(0, 99),
)
def test_money_and_pot_add_up_at_every_step(
    game: str, policies: list[str], withdrawal: bool, discount: float, pot: float, seed: int
) -> None:
    values = {
        "game": game,
        "policy": ",".join(policies),
        "withdrawal": withdrawal,
        "moves": "free" if withdrawal else "typed",
        "stages": 4,
        "discount_first": discount,
        "pot": pot,
        "seller_value": pot * 0.8,
        "buyer_value": pot * 1.2,
    }
    run = bargaining.make(values, seed=seed).run(bargaining.steps_of(values))
    for step in range(run.last_step + 1):
        world: Any = run.world(step)
        money = world["money"]
        for name, balance in money["balances"].items():
            assert balance == pytest.approx(sum(money["entries"][name].values()), abs=1e-6)
        if game == "bargaining":
            lost = sum(entries.get("lost by waiting", 0) for entries in money["entries"].values())
            assert sum(money["balances"].values()) - lost == pytest.approx(pot)
        else:
            assert sum(entries.get("price", 0) for entries in money["entries"].values()) == pytest.approx(0)
    found = run.metrics
    assert found["efficiency"] <= 1 + 1e-9
    assert found["fairness"] <= 1


# --- the record ---


def test_metrics_can_be_computed_again_and_a_stopped_run_goes_on(tmp_path: Any) -> None:
    values = {"policy": "demand:0.7,random", "moves": "free", "withdrawal": True, "stages": 6, "talk": "both"}

    def make() -> Any:
        return bargaining.make(values, seed=3)

    count = bargaining.steps_of(values)
    whole = make().run(count)
    make().run(8, archive=tmp_path / "run").close()
    with make().run(count, archive=tmp_path / "run", resume=True) as resumed:
        assert resumed.transcript() == whole.transcript()
    with load_run(tmp_path / "run") as again:
        assert metrics(again) == again.metrics == whole.metrics


# --- the embedded model ---


@pytest.mark.parametrize("moves", ["typed", "free"])
def test_the_facts_that_the_page_states_of_bargaining(moves: str) -> None:
    run = play(1, moves=moves)
    assert [event.text for event in run.events if event.text] == [
        "I want to offer Bob 40 coins.",
        "Alice offers Bob 40 of the 100 and would keep 60.",
        "Bob rejects Alice's offer of 40.",
        "I want to offer Alice 50 coins.",
        "Bob offers Alice 50 of the 100 and would keep 50.",
        "Alice accepts: 50 for Alice (worth 45 now), 50 for Bob (worth 45 now).",
    ]
    assert run.metrics["talk_deed_gap"] == 0
    assert run.metrics["payoffs"] == [45.0, 45.0]
    assert not run.failures


def test_the_facts_that_the_page_states_of_the_negotiation() -> None:
    run = haggle(1)
    assert run.metrics["prices"] == [110.0, 95.0]
    assert run.metrics["payoffs"] == [15.0, 25.0]
    assert run.metrics["fairness"] == pytest.approx(0.99)
