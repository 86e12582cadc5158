"""Whatever course a run takes (stops, resumptions, forks, replays, interventions), it comes to what it is in one go."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gamemaster import Intervention, Run, Simulation, load_run
from gamemaster.record import verify
from gamemaster.simulation import RunBudget, replay
from gamemaster.simulation.loop import run_plain
from gamemaster.simulation.running import Running
from gamemaster.testing import ScriptedModel
from gamemaster.words import StepFailed
from tests.simulation.test_forking import facts
from tests.simulation.village import build_village, village_rule

MOST = 6
_straight: dict[tuple[Any, ...], list[str]] = {}


def thunder(world: Any) -> str:
    world.rung += 10
    return "It thunders."


def built(seeds: tuple[tuple[int, int], ...], told: frozenset[int], model: Any = None) -> Simulation:
    """The village with the last of the seeds, and thunder before the steps `told`."""
    storms = [Intervention(at=step, change=thunder) for step in sorted(told)]
    simulation = build_village(model, seed=seeds[-1][1], interventions=storms)
    simulation.probes = simulation.probes[:2]  # one that is asked at the end would be asked at each stop
    return simulation


def straight(seeds: tuple[tuple[int, int], ...], told: frozenset[int], steps: int) -> list[str]:
    """The run in one go; with several seeds, by way of forks in which nothing else happens."""
    key = (seeds, frozenset(step for step in told if step <= steps), steps)
    if key not in _straight:
        with tempfile.TemporaryDirectory() as folder:
            run = built(seeds[:1], told).run(steps if len(seeds) == 1 else max(seeds[1][0], 0))
            for at in range(1, len(seeds)):
                first, _ = seeds[at]
                end = seeds[at + 1][0] if at + 1 < len(seeds) else steps
                run = run.fork(first, Path(folder) / str(at), simulation=built(seeds[: at + 1], told), steps=end)
            _straight[key] = facts(run)
            run.close()
    return _straight[key]


class Course(RuleBasedStateMachine):
    """One run on disk, and what it should be."""

    @initialize()
    def begin(self) -> None:
        self.place = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
        self.numbers = itertools.count()
        self.folder = self.place / str(next(self.numbers))
        self.seeds: tuple[tuple[int, int], ...] = ((0, 11),)
        self.told: frozenset[int] = frozenset()
        self.asked: list[str] = []
        self.done(self.simulation().run(0, archive=self.folder))

    def simulation(self) -> Simulation:
        """The simulation as it is to go on; what its model is asked is noted."""

        def noted(request: Any) -> Any:
            self.asked.append(str(request.key))
            return village_rule(request)

        return built(self.seeds, self.told, ScriptedModel(noted))

    def done(self, run: Run) -> None:
        self.steps = run.last_step
        run.close()

    @precondition(lambda self: self.steps < MOST)
    @rule(more=st.integers(1, 2))
    def resume(self, more: int) -> None:
        self.done(self.simulation().run(min(MOST, self.steps + more), archive=self.folder, resume=True))

    @precondition(lambda self: self.steps < MOST)
    @rule(calls=st.integers(0, 9), strict=st.booleans())
    def run_out_of_budget(self, calls: int, strict: bool) -> None:
        with load_run(self.folder) as run:
            forked = max(phase.step for phase in run.phases)
            spent = sum(call.answer.usage.asked for call in run.calls() if call.key.step >= forked)
        budget = RunBudget(calls=spent + calls, strict=strict)
        self.done(self.simulation().run(MOST, archive=self.folder, resume=True, budget=budget))

    @precondition(lambda self: self.steps < MOST)
    @rule(place=st.integers(0, 8))
    def break_in_the_middle(self, place: int) -> None:
        passed = 0

        def broken(request: Any) -> Any:
            nonlocal passed
            passed += 1
            if passed > place:
                raise RuntimeError("the machine is on fire")
            self.asked.append(str(request.key))
            return village_rule(request)

        try:
            run = built(self.seeds, self.told, ScriptedModel(broken)).run(MOST, archive=self.folder, resume=True)
        except StepFailed:
            run = load_run(self.folder)
            assert "on fire" in run.stopped_by
        self.done(run)

    @precondition(lambda self: self.steps < MOST)
    @rule()
    def stop_at_the_steps_end(self) -> None:
        running = Running(self.simulation(), archive=self.folder, resume=True)
        running.stop()
        self.done(run_plain(running.all(MOST)))

    @precondition(lambda self: self.steps < MOST - 1 and len(self.told) < 2)
    @rule()
    def intervene_by_hand(self) -> None:
        simulation = self.simulation()
        step = self.steps + 1
        with load_run(self.folder) as run:
            if step in self.told or any(call.key.step == step for call in run.calls()):
                return
        told = False
        for each in simulation.steps(step + 1, archive=self.folder, resume=True):
            if each.number == step and not told:
                told = True
                if step + 1 not in self.told:
                    simulation.intervene(thunder)
                    self.told |= {step + 1}
        assert simulation.last_run is not None
        self.done(simulation.last_run)

    @precondition(lambda self: len(self.seeds) < 3)
    @rule(data=st.data(), seed=st.sampled_from([11, 12]))
    def fork(self, data: st.DataObject, seed: int) -> None:
        step = data.draw(st.integers(self.seeds[-1][0], self.steps))
        self.told = frozenset(each for each in self.told if each <= step)
        self.seeds = (*self.seeds, (step, seed))
        self.asked = [each for each in self.asked if int(each.split(",")[0].removeprefix("step ")) <= step]
        child = self.place / str(next(self.numbers))
        with load_run(self.folder) as run:
            self.done(run.fork(step, child, simulation=self.simulation(), steps=step))
        self.folder = child

    @rule()
    def replay(self) -> None:
        with load_run(self.folder) as run:
            phases = [phase for phase in run.phases if phase.step <= run.last_step]
        # No thunder in the code: it is made again from the record, as if all of it had been made by hand.
        made = [built(self.seeds[: at + 1], frozenset()) for at in range(len(phases))]
        found = replay(self.folder, *made)
        assert found.same, (found.place, found.message, found.differences)

    @invariant()
    def is_what_it_is_in_one_go(self) -> None:
        if not hasattr(self, "steps"):
            return
        with load_run(self.folder) as run:
            assert facts(run) == straight(self.seeds, self.told, self.steps)
            assert verify(run.archive) == []
        assert len(set(self.asked)) == len(self.asked), "a request was made twice"

    def teardown(self) -> None:
        if hasattr(self, "place"):
            shutil.rmtree(self.place)


SUPPRESSED = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example)
TestCourse = Course.TestCase
TestCourse.settings = settings(
    max_examples=8, stateful_step_count=8, deadline=None, suppress_health_check=SUPPRESSED, derandomize=True
)
