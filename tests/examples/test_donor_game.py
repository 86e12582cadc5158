"""Donor game: the published figures to the last digit, generations that know nothing of each other, and every edge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamemaster import Run, Simulation, load_run
from gamemaster.agent import Scripted
from gamemaster.examples.donor_game import Parameters, donor_game, metrics, names_of
from gamemaster.testing import ScriptedModel
from gamemaster.words import BadInput, UnknownName, View


def play(seed: int = 7, **values: Any) -> Run:
    return donor_game.make(values, seed=seed).run(donor_game.steps_of(values))


def told_to(run: Run, name: str) -> list[int]:
    """The steps in which somebody noticed something."""
    return [int(each.id.split("/")[0]) for each in run.observations(name)]


def arrivals(agents: int, generations: int) -> list[list[str]]:
    return names_of(Parameters.model_validate({"agents": agents, "generations": generations}))


def with_actor(policy: Callable[[View], Any], *names: str, **values: Any) -> Run:
    """A run in which some, or all, follow a rule of the test's own."""
    simulation = donor_game.make({"policy": "give:0.5", **values}, seed=7)
    simulation.max_failures = 1.0
    for agent in simulation.agents:
        if agent.name in names or not names:
            agent.actor = Scripted(policy)
    return simulation.run(donor_game.steps_of(values))


# --- the figures ---


def test_everybody_gives_half() -> None:
    run = play(policy="give:0.5")
    assert run.metrics["mean_resources"] == [393.90625] * 10
    assert run.metrics["least_resources"] == [211.09375] * 10
    assert run.metrics["most_resources"] == [576.71875] * 10
    assert run.metrics["final_mean_resources"] == 393.90625
    assert run.metrics["donation_fraction"] == 0.5
    assert run.metrics["donation_fraction_by_generation"] == [0.5] * 10
    assert run.metrics["punishing_fraction"] == 0
    assert run.cost["requests"] == 0
    assert run.stopped_by == "generation 10 is over"
    assert run.last_step == 130


def test_nobody_gives() -> None:
    metrics = play(policy="give:0").metrics
    assert metrics["mean_resources"] == metrics["least_resources"] == metrics["most_resources"] == [10.0] * 10
    assert metrics["donation_fraction"] == 0


@pytest.mark.parametrize(
    ("agents", "rounds", "multiplier", "share"), [(2, 12, 2.0, 0.5), (4, 1, 3.0, 0.25), (6, 5, 2.0, 1.0), (10, 7, 1.5, 0.1)]
)
def test_other_numbers_give_what_the_rule_gives(agents: int, rounds: int, multiplier: float, share: float) -> None:
    a = b = 10.0
    for at in range(rounds):
        if at % 2 == 0:
            a, b = a - share * a, b + multiplier * share * a
        else:
            a, b = a + multiplier * share * b, b - share * b
    found = play(policy=f"give:{share}", agents=agents, rounds=rounds, multiplier=multiplier, generations=2).metrics
    assert found["least_resources"] == [pytest.approx(min(a, b), abs=1e-9)] * 2
    assert found["most_resources"] == [pytest.approx(max(a, b))] * 2


def test_punishing_takes_twice_what_it_costs_and_not_more_than_there_is() -> None:
    found = play(policy="punish:0.1", punish=True, rounds=1, generations=1, agents=2).metrics
    assert (found["least_resources"], found["most_resources"]) == ([8.0], [9.0])
    found = play(policy="punish:1", punish=True, rounds=1, generations=1, agents=2).metrics
    assert (found["least_resources"], found["most_resources"]) == ([0.0], [0.0])  # 20 would be lost, and there are 10
    assert found["punishing_fraction"] == 1
    assert found["donation_fraction"] == 0


def test_giving_is_the_same_where_one_might_have_punished() -> None:
    assert play(policy="give:0.5", punish=True, generations=2).metrics == play(policy="give:0.5", generations=2).metrics


def test_reciprocity_answers_what_is_known() -> None:
    assert play(policy="reciprocate:0.3", generations=1).metrics["donation_fraction"] == pytest.approx(0.3)
    mixed = play(policy=",".join(["give:0"] + ["reciprocate:0.5"] * 11), generations=1).metrics
    assert 0 < mixed["donation_fraction"] < 0.5


def test_enforcing_punishes_those_who_gave_less() -> None:
    policy = ",".join(["give:0"] + ["enforce:0.5"] * 11)
    unpunished, punished = play(policy=policy, generations=1).metrics, play(policy=policy, generations=1, punish=True).metrics
    assert unpunished["punishing_fraction"] == 0
    assert 0 < punished["punishing_fraction"] < 0.5
    assert {link["name"] for link in punished["strategies"] if link["strategy"] == "give:0"} == {"1_Ann"}


def test_a_trace_of_nothing_makes_everybody_unknown() -> None:
    policy = ",".join(["give:0"] + ["enforce:0.5"] * 11)
    found = play(policy=policy, generations=1, trace=0, punish=True).metrics
    assert found["punishing_fraction"] == 0


# --- who meets whom ---


def test_everybody_meets_everybody_of_the_other_side() -> None:
    run = play(policy="give:0.5", generations=1)
    first = [event for event in run.events if event.action == "donate_units"]
    given: dict[int, list[tuple[str, str]]] = {}
    for event in first:
        given.setdefault(event.step - 2, []).append((event.actor, event.text.split(" gives ")[1].split()[0]))
    world = run.world()
    side_a, side_b = world["side_a"], world["side_b"]
    assert isinstance(side_a, list) and isinstance(side_b, list)
    for at in range(12):
        pairs = [(side_a[i], side_b[(i + at) % 6]) for i in range(6)]
        expected = pairs if at % 2 == 0 else [(b, a) for a, b in pairs]
        assert sorted(given[at]) == sorted(expected)


@pytest.mark.parametrize("option", [{"trace": 0}, {"own_past": True}, {"first_ideas": False}])
def test_options_do_not_shift_the_draws(option: dict[str, Any]) -> None:
    assert play(policy="random", generations=3, **option).metrics == play(policy="random", generations=3).metrics


def test_sides_are_drawn_anew_for_each_generation_and_seed() -> None:
    runs = [donor_game.make({"policy": "give:0", "generations": 2}, seed=seed).run(14) for seed in (1, 1, 2)]
    sides = [[run.world(step)["side_a"] for step in (2, 14)] for run in runs]
    assert sides[0] == sides[1]
    assert sides[0] != sides[2]
    assert sides[0][0] != sides[0][1]


# --- generations ---


def test_the_richer_half_survives_and_keeps_its_text() -> None:
    policy = ",".join(["give:0"] * 6 + ["give:0.5"] * 6)
    run = play(policy=policy, generations=2)
    lives = {life["name"]: life for life in run.metrics["strategies"]}
    first = {name: life["resources"][0] for name, life in lives.items() if name.startswith("1_")}
    survivors = [name for name, life in lives.items() if len(life["resources"]) == 2 and name.startswith("1_")]
    assert len(survivors) == 6
    assert min(first[name] for name in survivors) >= max(first[name] for name in first if name not in survivors)
    newcomers = [life for name, life in lives.items() if name.startswith("2_")]
    assert len(newcomers) == 6
    for life in newcomers:
        assert sorted(life["taught_by"]) == sorted(survivors)
        assert life["strategy"] in {lives[name]["strategy"] for name in survivors}
    assert run.cost["requests"] == 0


def test_ties_at_the_cut_fall_by_seed() -> None:
    def survivors(seed: int) -> list[str]:
        return [
            life["name"]
            for life in play(seed, policy="give:0", generations=2).metrics["strategies"]
            if len(life["resources"]) == 2
        ]

    drawn = [tuple(name for name in survivors(seed) if name.startswith("1_")) for seed in range(6)]
    assert all(len(names) == 6 for names in drawn)
    assert len(set(drawn)) > 1
    assert drawn[0] == tuple(name for name in survivors(0) if name.startswith("1_"))


def test_all_begin_a_generation_with_the_endowment() -> None:
    run = play(policy="give:0.5", generations=3)
    for step in (0, 13, 26):
        world: Any = run.world(step)
        balances = world["ledger"]["balances"]
        assert balances == dict.fromkeys(balances, 10)
        assert len(balances) == 12


def test_newcomers_learn_what_survivors_wrote_and_nothing_else() -> None:
    def answers(request: Any) -> Any:
        return (
            {"text": f"Give a tenth, says {request.prompt.name}."} if "text" in request.schema.model_fields else {"amount": 1.0}
        )

    model = ScriptedModel(answers)
    run = donor_game.make({"agents": 4, "rounds": 4, "generations": 3, "own_past": True}, seed=1, model=model).run(15)
    lives = {life["name"]: life for life in run.metrics["strategies"]}
    wrote = {request.prompt.name: request.prompt.text for request in model.requests if "By what strategy" in request.prompt.call}
    assert list(lives) == [name for names in arrivals(4, 3) for name in names]
    for name, life in lives.items():
        for other in lives:
            assert (f"says {other}." in wrote[name]) == (other in life["taught_by"])
    for request in model.requests:  # no round of a generation past is in any prompt, not even in a survivor's
        step = request.key.step
        assert ("In round" in request.prompt.text) <= ((step - 1) % 5 > 1)
    for name in lives:
        entered = 1 + 5 * (int(name[0]) - 1)
        assert min(told_to(run, name)) == entered
        assert all(memory.time >= 60 * (entered - 1) for memory in run.memories(name))


def test_first_donors_see_nothing_and_later_ones_three_links() -> None:
    seen: dict[int, list[int]] = {}

    def policy(view: View) -> Any:
        if view.spec.action == "write_strategy":
            return "watch"
        seen.setdefault(view.data["round"], []).append(len(view.data["trace"]))
        return 1.0

    with_actor(policy, generations=1)
    assert [max(seen[at]) for at in range(1, 13)] == [0, 1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3]


def test_names_are_unique_for_any_number() -> None:
    for agents in (2, 12, 24, 26, 60):
        names = [name for each in arrivals(agents, 4) for name in each]
        assert len(set(names)) == len(names) == agents + 3 * (agents // 2)
    assert play(policy="give:0.5", agents=26, generations=2, rounds=2).metrics["mean_resources"] == [17.5, 17.5]


# --- what can't be used ---


def test_a_donor_without_a_valid_answer_gives_nothing_and_the_others_go_on() -> None:
    run = with_actor(lambda view: "a good plan" if view.spec.action == "write_strategy" else 1e9, "1_Ann", generations=1)
    assert {attempt.actor for attempt in run.failures} == {"1_Ann"}
    assert len(run.failures) == 6
    assert not any(event.actor == "1_Ann" and event.action == "donate_units" for event in run.events)
    assert run.metrics["donation_fraction"] == 0.5  # of the donors who decided
    assert run.metrics["mean_resources"][0] < 393.90625
    assert run.last_step == 13


def test_everybody_silent() -> None:
    run = with_actor(lambda view: None, generations=2)
    assert run.metrics["mean_resources"] == [10.0, 10.0]
    assert run.metrics["donation_fraction"] is None
    assert run.metrics["donation_fraction_by_generation"] == [None, None]
    assert run.metrics["punishing_fraction"] is None
    assert all(life["strategy"] is None for life in run.metrics["strategies"])
    assert len(run.failures) == len(run.attempts)


def test_a_strategy_of_blanks_is_refused_and_the_game_goes_on() -> None:
    run = with_actor(lambda view: " \n" if view.spec.action == "write_strategy" else 1.0, generations=2)
    assert run.refusals == {"a strategy has at least a word in it": 18}
    assert run.metrics["mean_resources"][1] > 10


def test_a_strategy_cannot_break_out_of_its_line() -> None:
    text = 'Give.\n# The rules\n"Give all."'
    run = with_actor(lambda view: text if view.spec.action == "write_strategy" else 0.0, generations=1)
    assert {life["strategy"] for life in run.metrics["strategies"]} == {"Give. # The rules Give all."}


def test_a_generation_cut_short_has_no_figures_yet() -> None:
    run = donor_game.make({"policy": "give:0.5"}, seed=7).run(20)
    assert run.metrics["mean_resources"] == [393.90625]
    assert run.metrics["strategies"][-1]["resources"] == []
    assert donor_game.make({"policy": "give:0.5"}, seed=7).run(0).metrics["final_mean_resources"] is None


def test_wrong_parameters() -> None:
    with pytest.raises(BadInput, match=r"agents can't be [0-9]+: half of the agents give"):
        donor_game.make({"agents": 7})
    with pytest.raises(BadInput, match="punish=true"):
        donor_game.make({"policy": "punish:0.2"})
    with pytest.raises(BadInput, match="from 0 to 1"):
        donor_game.make({"policy": "give:1.5"})
    with pytest.raises(UnknownName, match="Did you mean 'give'"):
        donor_game.make({"policy": "giv"})
    with pytest.raises(BadInput, match="no argument but best"):
        donor_game.make({"policy": "copy:worst"})


# --- copying, and who plays ---


@pytest.mark.parametrize("policy", ["copy", "copy:best"])
def test_copies_come_from_survivors(policy: str) -> None:
    lives = {life["name"]: life for life in play(policy=policy, generations=4).metrics["strategies"]}
    for name, life in lives.items():
        if life["taught_by"]:
            taught = [lives[other]["strategy"] for other in life["taught_by"]]
            assert life["strategy"] in (taught[:1] if policy == "copy:best" else taught)
        else:
            assert name.startswith("1_")
            assert 0 <= float(life["strategy"].removeprefix("give:")) <= 1


def test_a_copy_of_words_is_no_rule_to_follow() -> None:
    simulation = donor_game.make({"policy": "copy", "agents": 2, "generations": 2, "rounds": 2}, seed=0)
    simulation.max_failures = 1.0
    for agent in simulation.agents[:2]:
        agent.actor = Scripted(lambda view: "be kind" if view.spec.action == "write_strategy" else 1.0)
    run = simulation.run(6)
    assert {attempt.actor for attempt in run.failures} == {"2_Cleo"}
    assert [life["strategy"] for life in run.metrics["strategies"]] == ["be kind"] * 3


def test_a_list_that_ends_with_the_first_generation_leaves_newcomers_to_copy() -> None:
    founders = ",".join(["give:0.5"] * 12)
    assert play(policy=founders, generations=3).cost["requests"] == 0
    simulation = donor_game.make({"policy": founders + ",random", "generations": 2})
    assert [type(agent.actor).__name__ for agent in simulation.agents[11:14]] == ["Scripted", "RandomActor", "Scripted"]
    some = donor_game.make({"policy": "give:0.5,give:0", "generations": 2})
    assert [type(agent.actor).__name__ for agent in some.agents] == ["Scripted"] * 2 + ["AskModel"] * 16


def test_a_model_for_one_agent() -> None:
    simulation = donor_game.make({"model.1_Bob": "embedded", "generations": 1})
    assert simulation.model_choices == {"1_Bob": "embedded"}
    assert simulation.models.plain("1_Bob", "actor").name == "embedded"


# --- the record ---


def test_metrics_can_be_computed_again_from_the_archive(tmp_path: Any) -> None:
    simulation = donor_game.make({"policy": "random", "generations": 2}, seed=3)
    with simulation.run(26, archive=tmp_path / "run") as run:
        stored = run.metrics
    with load_run(tmp_path / "run") as again:
        assert metrics(again) == stored


def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(tmp_path: Any) -> None:
    def make() -> Simulation:
        return donor_game.make({"policy": "random", "generations": 3, "punish": True}, seed=5)

    whole = make().run(39)
    make().run(17, archive=tmp_path / "run").close()
    resumed = make().run(39, archive=tmp_path / "run", resume=True)
    assert resumed.transcript() == whole.transcript()
    assert resumed.metrics == whole.metrics


@settings(max_examples=15)
@given(
    st.lists(st.sampled_from(["give:0.3", "punish:0.4", "random", "enforce:0.6", "reciprocate:0.9"]), min_size=4, max_size=4),
    st.integers(0, 1000),
    st.sampled_from([0.5, 2.0, 3.3]),
)
def test_the_ledger_adds_up_at_every_step(policies: list[str], seed: int, multiplier: float) -> None:
    values: dict[str, Any] = {"agents": 4, "rounds": 5, "generations": 2, "punish": True, "multiplier": multiplier}
    run = donor_game.make({**values, "policy": ",".join(policies)}, seed=seed).run(12)
    for step in range(13):
        world: Any = run.world(step)
        entries, balances = world["ledger"]["entries"], world["ledger"]["balances"]
        for name, balance in balances.items():
            assert balance == pytest.approx(sum(entries[name].values()))
            assert balance >= 0
        given = -sum(each.get("given", 0) for each in entries.values())
        assert sum(each.get("received", 0) for each in entries.values()) == pytest.approx(multiplier * given)
        spent = -sum(each.get("spent on punishing", 0) for each in entries.values())
        assert -sum(each.get("lost to punishing", 0) for each in entries.values()) <= 2 * spent + 1e-9
        assert sum(balances.values()) == pytest.approx(
            10 * len(balances)
            + (multiplier - 1) * given
            - spent
            + sum(each.get("lost to punishing", 0) for each in entries.values())
        )


def test_only_the_two_concerned_notice_a_gift() -> None:
    run = play(policy="give:0.5", generations=1)
    gifts = [event for event in run.events if event.action == "donate_units"]
    assert len(gifts) == 72
    for event in gifts:
        assert set(event.witnesses) == {event.actor, event.text.split(" gives ")[1].split()[0]}


def test_the_facts_that_the_page_states() -> None:
    run = play(seed=1, generations=3)
    assert not run.failures
    assert 0 < run.metrics["donation_fraction"] < 1
    lives = {life["name"]: life for life in run.metrics["strategies"]}
    gifts: dict[str, list[tuple[int, float]]] = {}
    for event in run.events:
        if event.action == "donate_units":
            gifts.setdefault(event.actor, []).append(((event.step - 1) // 13 + 1, float(event.text.split()[3])))
    for name in ("1_Ann", "1_Hugo"):
        assert lives[name]["strategy"] == f"{name} wants to give 1 unit and keep the rest."
        assert gifts[name] == [(generation, 1.0) for generation in (1, 2, 3) for _ in range(6)]
    ended = {name: round(lives[name]["resources"][0], 2) for name in ("1_Dan", "1_Kim", "1_Finn", "1_Hugo")}
    assert ended == {"1_Dan": 8.93, "1_Kim": 11.22, "1_Finn": 6, "1_Hugo": 68}
    assert run.metrics["most_resources"][0] == 68
    assert [len(lives[name]["resources"]) for name in ended] == [1, 1, 1, 3]
    second = {life["strategy"] for life in lives.values() if life["generation"] == 2}
    assert second == {
        "1_Gwen wants to give 4 units, and less to those who gave less. 1_Hugo wants to give 1 unit and keep the rest."
    }
    assert max(amount for each in gifts.values() for generation, amount in each if generation == 3) == 4
