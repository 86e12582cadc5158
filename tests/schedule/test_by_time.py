"""ByTime: what takes time, who sleeps and what wakes them, and that nobody else is looked at."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, ByTime, Event, Observation, Person, Run, Scripted, Simulation, World, action
from gamemaster.schedule import Wake
from gamemaster.words import DefinitionError, StepFailed, UnknownName
from tests.game_master.bazaar import deed
from tests.schedule.stopping import stopped_after_each_step
from tests.simulation.test_same_seed import exported

NAMES = ("Ann", "Bob", "Cid")
HOUR = 3600.0


def crowd(policy: Any, names: Any = NAMES) -> list[Agent]:
    return [Agent(name, actor=Scripted(policy)) for name in names]


def times(run: Run) -> dict[str, list[float]]:
    """When each had a turn."""
    at = {step.step: step.time for step in run.archive.steps}
    found: dict[str, list[float]] = {name: [] for name in NAMES}
    for step, ask in run.archive.asks():
        found[ask.agent].append(at[step])
    return found


class Bakery(World):
    """Where dough rises, loaves are baked, and a bell is rung."""

    loaves: int = 0
    patience: dict[str, int] = {}
    shut: dict[str, float] = {}

    @action(takes=1800)
    def knead_dough(self, actor: Person) -> str:
        """Knead the dough."""
        return f"{actor} kneads."

    @action(takes="as_long_as")
    def bake_loaf(self, actor: Person) -> str:
        """Bake a loaf."""
        self.loaves += 1
        return f"{actor} bakes loaf {self.loaves}."

    @action(takes=lambda world, actor: 60.0 * (1 + world.loaves))
    def count_loaves(self, actor: Person) -> str:
        """Count the loaves, which takes longer the more there are."""
        return f"{actor} counts to {self.loaves}."

    @action
    def ring_bell(self, actor: Person) -> str:
        """Ring the bell, and have it rung once more in two hours."""
        self.later(2 * HOUR, self.echo)
        return f"{actor} rings."

    @action(offered=False)
    def echo(self) -> str:
        """Ring of itself."""
        return "The bell rings of itself."

    def as_long_as(self, actor: str) -> float:
        return 900.0 if actor == "Ann" else 2700.0

    def witnesses(self, event: Any) -> set[str]:
        return set(self.people)


def bakery(deeds: dict[str, str], schedule: ByTime, world: World | None = None) -> Simulation:
    """Each does the one deed that is theirs, whenever asked; who has none speaks."""

    def policy(view: Any) -> Any:
        return deed(deeds[view.name])

    return Simulation(crowd(policy), world or Bakery(), schedule=schedule)


def test_an_action_that_takes_time_says_when_its_actor_is_due() -> None:
    deeds = {"Ann": "knead_dough", "Bob": "bake_loaf", "Cid": "count_loaves"}
    run = bakery(deeds, ByTime(every=300, end=2 * HOUR)).run(99)
    found = times(run)
    assert found["Ann"] == [0, 1800, 3600, 5400]
    assert found["Bob"] == [0, 2700, 5400]
    assert found["Cid"][:3] == [0, 120, 240]


def test_time_that_several_actions_of_a_turn_take_is_added_up_and_one_without_takes_every() -> None:
    deeds = {"Ann": "ring_bell", "Bob": "bake_loaf", "Cid": "ring_bell"}
    found = times(bakery(deeds, ByTime(every=1500, end=HOUR)).run(99))
    assert found == {"Ann": [0, 1500, 3000], "Bob": [0, 2700], "Cid": [0, 1500, 3000]}


@pytest.mark.parametrize("takes", [0, -5, float("nan"), float("inf")])
def test_what_takes_no_time_is_refused(takes: float) -> None:
    with pytest.raises(DefinitionError, match="takes is seconds, more than 0"):
        action(takes=takes)


def test_a_method_that_isnt_there_is_refused_when_the_world_is_made() -> None:
    with pytest.raises(DefinitionError, match=r"takes what 'how_long' says, and Odd has no such method"):

        class Odd(World):  # pyright: ignore[reportUnusedClass]
            @action(takes="how_long")
            def wait_here(self, actor: Person) -> str:
                """Wait."""
                return ""


def test_a_duration_that_is_none_names_the_action() -> None:
    class Odd(World):
        @action(takes=lambda world, actor: -1)
        def wait_here(self, actor: Person) -> str:
            """Wait."""
            return f"{actor} waits."

    with pytest.raises(DefinitionError, match=r"wait_here takes Ann -1.0 seconds"):
        Simulation(crowd(lambda view: deed("wait_here")), Odd(), schedule=ByTime()).run(1)


# --- sleeping and waking ---

TALK = ActionSpec.speech()


def talk(schedule: ByTime, says: Any) -> Simulation:
    return Simulation(crowd(says), schedule=schedule)


def to(*hearers: str) -> ActionSpec:
    return ActionSpec.speech(to=list(hearers))


def test_who_has_no_rhythm_is_asked_only_when_woken_and_the_run_ends_when_nobody_will_be() -> None:
    # Everybody is asked once at the start; nobody hears anything.
    run = Simulation(crowd(lambda view: "Hm."), schedule=ByTime(to(), every=None, wake=Wake.speech())).run(99)
    assert times(run) == {"Ann": [0], "Bob": [0], "Cid": [0]}
    assert (run.last_step, run.stopped_by) == (1, "the schedule has nothing more to ask")


def test_speech_wakes_its_hearers_and_nobody_is_asked_twice_within_the_pause() -> None:
    run = Simulation(crowd(lambda view: "Hello."), schedule=ByTime(to("Bob"), every=None, wake=Wake.speech(), pause=45)).run(4)
    assert times(run) == {"Ann": [0], "Bob": [0, 45], "Cid": [0]}, "his own words don't wake him"


def test_only_an_observation_that_meets_the_condition_wakes() -> None:
    wake = {"Bob": Wake.speech(by="Cid"), "Ann": [Wake(kind="narration"), Wake.speech(channel="broadcast")]}
    run = Simulation(crowd(lambda view: "Hello."), schedule=ByTime(to(*NAMES), every=None, wake=wake, pause=10)).run(9)
    assert times(run) == {"Ann": [0], "Bob": [0, 10], "Cid": [0]}


def test_who_is_busy_is_woken_only_when_what_it_does_is_done() -> None:
    wake = Wake(kind="act", action="ring_bell")
    deeds = {"Ann": "ring_bell", "Bob": "knead_dough", "Cid": "count_loaves"}
    run = bakery(deeds, ByTime(every=4000, wake={"Bob": wake, "Cid": wake}, end=5000)).run(99)
    # Ann rings at 0 and 4000; Bob kneads till 1800, Cid counts till 60, and both have noticed the bell.
    found = times(run)
    assert (found["Ann"], found["Bob"], found["Cid"][:3]) == ([0, 4000], [0, 1800, 3600], [0, 60, 120])


def test_an_effect_that_was_put_off_moves_the_clock_and_wakes() -> None:
    schedule = ByTime(every=None, wake={"Bob": Wake(kind="effect", action="echo")})
    run = bakery(dict.fromkeys(NAMES, "ring_bell"), schedule).run(6)
    found = times(run)
    assert found["Bob"][:2] == [0, 2 * HOUR] and found["Ann"] == [0]
    assert [step.time for step in run.archive.steps][:4] == [0, 0, 2 * HOUR, 2 * HOUR], "the effect in one step, Bob in the next"
    assert [step.time for step in run.archive.steps][-2:] == [2 * HOUR, 4 * HOUR], "an effect in a step of its own"


class Inn(World):
    """Where guests sleep until they are woken or the morning comes."""

    until: dict[str, float] = {}
    asked: int = 0

    @action
    def go_to_bed(self, actor: Person) -> str:
        """Sleep until the morning; Ann for ever."""
        self.until[actor] = float("1e9") if actor == "Ann" else 8 * HOUR
        return f"{actor} goes to bed."

    @action
    def knock_on_doors(self, actor: Person) -> str:
        """Knock on the doors."""
        return f"{actor} knocks."

    def asleep_until(self, name: str) -> float:
        return self.until.get(name, 0.0)

    def witnesses(self, event: Any) -> set[str]:
        return set(self.people)


def inn(**more: Any) -> Simulation:
    def policy(view: Any) -> Any:
        return deed("knock_on_doors" if view.name == "Cid" else "go_to_bed")

    more.setdefault("wake", {"Ann": Wake(action="knock_on_doors", actor="Cid")})
    return Simulation(crowd(policy), Inn(), schedule=ByTime(every=3 * HOUR, end=10 * HOUR, **more))


def test_asleep_until_a_time_or_until_woken() -> None:
    found = times(inn().run(99))
    assert found["Bob"] == [0, 8 * HOUR], "he has no condition: nothing wakes him before the morning"
    assert found["Cid"] == [0, 3 * HOUR, 6 * HOUR, 9 * HOUR]
    assert found["Ann"] == [0, 60, 3 * HOUR, 6 * HOUR, 9 * HOUR], "each knock wakes her, the first when her pause is over"


def test_who_wakes_on_an_arrival_is_where_one_arrives() -> None:
    event = {"id": "1/event/0", "step": 1, "time": 0.0, "actor": "Cid", "text": "Cid arrives."}
    seen = Observation(id="1/observation/0", event_id="1/event/0", to="Ann", time=0.0, how="saw", text="Cid arrives.")
    arrives = Event(**event, kind="effect", action="places.arrive", place="the mill")  # type: ignore[arg-type]
    assert Wake.arrival().meets(seen, arrives, lambda: "the mill")
    assert not Wake.arrival().meets(seen, arrives, lambda: "the inn")
    assert not Wake.arrival(of="Bob").meets(seen, arrives, lambda: "the mill")
    assert Wake.arrival(actions="places.arrive").meets(seen, arrives, lambda: "the mill")
    sets_out = Event(**event, kind="act", action="places.go_to")  # type: ignore[arg-type]
    assert not Wake.arrival().meets(seen, sets_out, lambda: None), "who sets out is nowhere"


@pytest.mark.parametrize("build", ["talk", "bakery", "inn"])
def test_a_run_of_sleepers_goes_on_after_a_stop_at_any_step(build: str, tmp_path: Any) -> None:
    def built() -> Simulation:
        if build == "inn":
            return inn()
        if build == "talk":
            schedule = ByTime(TALK, every=400, wake=Wake.speech(by=["Ann", "Cid"]), pause=45, order="random")
            return Simulation(crowd(lambda view: f"{view.random.random():.3f}"), schedule=schedule, seed=4)
        deeds = {"Ann": "ring_bell", "Bob": "knead_dough", "Cid": "count_loaves"}
        return bakery(deeds, ByTime(every=1000, wake=Wake(action=["ring_bell", "echo"]), end=9000))

    whole = built().run(9)
    assert whole.last_step > 5
    assert exported(stopped_after_each_step(built, 9, tmp_path)) == exported(whole)


def test_who_sleeps_is_not_looked_at() -> None:
    looked = Counter[str]()

    class Dormitory(World):
        def asleep_until(self, name: str) -> float:
            looked[name] += 1
            return 0.0 if name == "Sleeper 0" else 1e12

        def busy_until(self, name: str) -> float:
            looked[name] += 1
            return 0.0

        def witnesses(self, event: Any) -> set[str]:
            return {event.actor}

    names = [f"Sleeper {number}" for number in range(200)]
    schedule = ByTime(TALK, every=60, wake={"Sleeper 1": Wake.speech()})
    walk = Simulation(crowd(lambda view: "Hush.", names), Dormitory(), schedule=schedule).steps(30)
    for _ in range(3):
        next(walk)
    looked.clear()
    for _ in range(20):
        assert [ask.agent for ask in next(walk).asks] == ["Sleeper 0"]
    assert set(looked) == {"Sleeper 0"}


def test_who_was_put_off_and_notices_something_is_looked_at_again() -> None:
    class Gaol(World):
        doors: dict[str, float] = {"Bob": 1e9}

        @action
        def open_doors(self, actor: Person) -> str:
            """Open the doors."""
            if self.now >= 1200:
                self.doors["Bob"] = 0.0
                return f"{actor} opens the doors."
            return f"{actor} rattles the keys."

        def busy_until(self, name: str) -> float:
            return self.doors.get(name, 0.0)

        def witnesses(self, event: Any) -> set[str]:
            return set(self.people)

    simulation = Simulation(crowd(lambda view: deed("open_doors")), Gaol(), schedule=ByTime(every=600, end=2500))
    assert times(simulation.run(99)) == {
        "Ann": [0, 600, 1200, 1800, 2400],
        "Bob": [0, 1200, 1800, 2400],
        "Cid": [0, 600, 1200, 1800, 2400],
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"every": 0}, "every must be a number of seconds, more than 0, or None"),
        ({"pause": 0}, "pause must be a number of seconds, more than 0"),
        ({"wake": "speech"}, "wake='speech'; give a Wake"),
        ({"wake": {"Ann": [1]}}, "wake=1; give a Wake"),
        ({"order": "shuffled"}, "order='shuffled'; it is 'asked' or 'random'"),
    ],
)
def test_what_is_no_schedule_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        ByTime(**given)


def test_a_condition_of_nobody_is_refused() -> None:
    with pytest.raises(UnknownName, match=r"'Anna'.*Did you mean 'Ann'.*in ByTime's wake"):
        Simulation(crowd(lambda view: "Hm."), schedule=ByTime(TALK, wake={"Anna": Wake.speech()})).run(1)


@pytest.mark.parametrize("given", [{"how": "smelled"}, {"kind": ["act", "deed"]}])
def test_a_condition_that_could_never_be_met_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError, match=r"smelled|deed"):
        Wake(**given)


def test_an_error_in_a_worlds_method_names_it() -> None:
    class Odd(World):
        def busy_until(self, name: str) -> float:
            raise KeyError("lost")

    with pytest.raises(StepFailed, match=r"Odd.busy_until of Ann.*KeyError: 'lost'"):
        Simulation(crowd(lambda view: "Hm."), Odd(), schedule=ByTime(TALK)).run(3)
