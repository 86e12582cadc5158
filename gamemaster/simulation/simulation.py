"""Simulation: agents, a game master and a schedule, ready to run."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gamemaster.agent import Agent
from gamemaster.game_master import GameMaster, GameMasters
from gamemaster.language import load_embedder, together
from gamemaster.schedule import NextScene, Scene, Scenes, Schedule, Simultaneous
from gamemaster.simulation.clock import Clock
from gamemaster.simulation.intervention import Intervention
from gamemaster.simulation.lazy_embedder import LazyEmbedder
from gamemaster.simulation.loop import run_plain
from gamemaster.simulation.models import ModelChoice, Models
from gamemaster.simulation.preparation import Preparation
from gamemaster.simulation.probe import Probe
from gamemaster.simulation.terminating import Terminating
from gamemaster.words import (
    AnswerFailed,
    BadInput,
    Component,
    DefinitionError,
    Moment,
    Perspective,
    Section,
    UnknownName,
    prompt_texts,
    user_code,
)
from gamemaster.world import World

if TYPE_CHECKING:
    from gamemaster.simulation.engine import Engine, Step
    from gamemaster.simulation.rehearsal import Estimate
    from gamemaster.simulation.run import Run
    from gamemaster.simulation.run_budget import RunBudget
    from gamemaster.simulation.running import Progress

__all__ = ["Simulation"]


class Simulation:
    """Who is there, what is asked of them, and in what world. `run` runs it; each object runs once.

    `premise` is told to all before the first step, or by name; `shared_memories` are everybody's from the start, and
    `preparation` is done within step 0, in its order (see `Backstories`); `born` makes the agent of a name that the world
    says takes part and that nobody has yet. Several game masters share the agents among them, see `GameMaster`. What
    is asked comes from a `schedule`, or from `scenes` (a list, or a function of the world and the scenes past); without
    either everybody is asked in every step what they do. `model` answers for all, `models` for some: {"Ann": m,
    "*.plan": m2}. `start` is the calendar time of second 0; `step` is how much time a step takes (seconds or a
    timedelta), where the schedule doesn't keep the time itself. `language` is that of the prompts: a code such as "en", or
    a folder of prompt texts; `perspective` whether they speak to the agent ("you") or of it by name ("name").
    Above `max_failures`, the share of failed answers among the last 50 turns, the run stops.

    Raises: DefinitionError, UnknownName for what is defined wrongly.
    """

    def __init__(
        self,
        agents: Sequence[Agent],
        game_master: GameMaster | World | Sequence[GameMaster] | None = None,
        *,
        premise: str | Mapping[str, str] = "",
        shared_memories: Sequence[str] = (),
        preparation: Sequence[Preparation] = (),
        born: Callable[[str], Agent] | None = None,
        schedule: Schedule | None = None,
        scenes: Sequence[Scene] | NextScene | None = None,
        model: ModelChoice = "embedded",
        models: Mapping[str, ModelChoice] | None = None,
        embedder: Any = None,
        start: datetime | str | None = None,
        step: float | timedelta = 60.0,
        probes: Sequence[Probe] = (),
        interventions: Sequence[Intervention] = (),
        language: str = "en",
        perspective: Perspective = "you",
        seed: int = 0,
        max_failures: float = 0.2,
    ) -> None:
        self.agents = tuple(agents)
        given = game_master if isinstance(game_master, Sequence) else [game_master]
        masters = [each if isinstance(each, GameMaster) else GameMaster(each) for each in given]
        self.game_masters = GameMasters(masters)
        self.born = born
        self._born: list[str] = []
        self.premise = premise
        self.shared_memories = tuple(shared_memories)
        self.preparation = tuple(preparation)
        if schedule is not None and scenes is not None:
            raise DefinitionError("The simulation is given a schedule and scenes; give one of them.")
        self.schedule: Schedule = schedule if schedule is not None else Scenes(scenes) if scenes is not None else Simultaneous()
        self.model = model
        self.model_choices = dict(models or {})
        self._embedder = embedder
        self.start = _calendar(start)
        self.step_seconds = step.total_seconds() if isinstance(step, timedelta) else float(step)
        if not 0 <= self.step_seconds < math.inf:
            raise DefinitionError(f"step={step!r}: a step takes a number of seconds, or a timedelta; from 0 on.")
        self.probes = tuple(probes)
        self.interventions = tuple(interventions)
        self.language = language
        self.texts = prompt_texts(language, perspective)
        self.seed = seed
        self.max_failures = max_failures
        self.clock = Clock()
        self.step = 0
        self.names = tuple(agent.name for agent in self.agents)
        self.engine: Engine | None = None
        self._models: Models | None = None
        self._queued: list[Intervention] = []
        self._made: set[int] = set()
        self.scenario: dict[str, Any] = {}
        self.metrics: Callable[[Run], Mapping[str, Any]] | None = None
        self._check()

    def _check(self) -> None:
        if not self.agents:
            raise DefinitionError("The simulation has no agents; give at least one.")
        if len(set(self.names)) < len(self.names):
            twice = next(name for name in self.names if self.names.count(name) > 1)
            raise DefinitionError(f"Two agents are named {twice!r}; give each a name of its own.")
        for master in self.game_masters:
            if master.name in self.names:
                raise DefinitionError(f"An agent is named {master.name!r} like the game master; rename one of them.")
        owners: dict[Component, str] = {}
        for owner in (*self.game_masters, *self.agents):
            for component in owner.components:
                if component in owners:
                    raise DefinitionError(
                        f"The component {component.name!r} is given to {owners[component]} and to {owner.name}; "
                        "a component object belongs to one agent: make one for each."
                    )
                owners[component] = owner.name
        if isinstance(self.premise, Mapping):
            self._check_known(self.premise, "in the premise")
        prepared = [each.name for each in self.preparation]
        for name in prepared:
            if prepared.count(name) > 1:
                raise DefinitionError(f"Two preparations are named {name!r}; give one of them another name.")
        for probe in self.probes:
            if probe.to != "all":
                self._check_known(probe.to, f"asked by the probe {probe.name!r}")
        for intervention in self.interventions:
            self._check_known(intervention.to or (), "told by an intervention")
        if self.texts is not prompt_texts():
            self.texts.check_whole(owners)
        for owner in (*self.agents, *self.game_masters):
            owner.texts = self.texts
        if not isinstance(self.seed, int) or isinstance(self.seed, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise DefinitionError(f"seed={self.seed!r}; the seed is a whole number.")
        if not 0 <= self.max_failures <= 1:
            raise DefinitionError(f"max_failures={self.max_failures!r}; it is a share from 0 to 1.")
        if self.game_master.world is not None:
            self.game_master.world.prepare(seed=self.seed, people=self.names)

    def _check_known(self, names: Iterable[str], where: str) -> None:
        for name in names:
            if name not in self.names:
                raise UnknownName.of("agent", name, self.names, hint=f"({where})")

    # --- what a schedule and a component may look at ---

    @property
    def game_master(self) -> GameMaster:
        """The game master; of several the first, who does what nobody's attempt is the reason of."""
        return self.game_masters.lead

    @property
    def present(self) -> Sequence[str]:
        """Who takes part now, as the world says; everybody where it says nothing."""
        return self.game_master.present(self.names)

    @property
    def world(self) -> World | None:
        """The world, None in a story without one."""
        return self.game_master.world

    @property
    def moment(self) -> Moment:
        """The step and the simulated time."""
        return Moment(step=self.step, time=self.clock.time, start=self.start)

    @property
    def embedder(self) -> Any:
        """The sentence embedder, loaded when it is first used."""
        if self._embedder is None or isinstance(self._embedder, str):
            name = self._embedder
            self._embedder = LazyEmbedder(lambda: load_embedder(name) if name else load_embedder())
        elif not hasattr(self._embedder, "embed"):
            self._embedder = load_embedder(self._embedder)
        return self._embedder

    @property
    def models(self) -> Models:
        """Which model answers whom."""
        if self._models is None:
            own = {agent.name: agent.model for agent in self.agents}
            self._models = Models(self.model, self.model_choices, own, embedder=self.embedder)
            prepared = [each.name for each in self.preparation]
            parts = {
                agent.name: frozenset([*(each.name for each in agent.components), "actor", *prepared]) for agent in self.agents
            }
            for gm in self.game_masters:
                # A part that is replaced or left out by default may still be named: what it is called is known.
                named = ("actor", "grounding", "plausibility", "narration", *(each.name for each in gm.parts))
                parts[gm.name] = frozenset(named)
            self._models.check(parts)
        return self._models

    def premises(self) -> list[tuple[str, tuple[str, ...]]]:
        """What is told to whom before the first step."""
        if isinstance(self.premise, str):
            return [(self.premise, self.names)] if self.premise else []
        return [(text, (name,)) for name, text in self.premise.items()]

    def interventions_due(self, step: int) -> list[Intervention]:
        """The interventions to be made before this step."""
        queued, self._queued = self._queued, []
        waiting = [each for place, each in enumerate(self.interventions) if not (each.happens_once and place in self._made)]
        return [*(each for each in waiting if each.is_due(self, step)), *queued]

    def made_already(self, intervention: Intervention) -> int:
        """Note that an intervention that happens once has been made; its place among the simulation's own."""
        place = next(place for place, each in enumerate(self.interventions) if each is intervention)
        self._made.add(place)
        return place

    def have_made(self, places: Iterable[int]) -> None:
        """Know which interventions that happen once a run that goes on has made."""
        self._made = set(places)

    def intervene(self, change: Any = None, *, text: str = "", to: Sequence[str] | None = None) -> None:
        """Change the world, or tell somebody something, before the next step; on record like everything else."""
        self._check_known(to or (), "told by an intervention")
        self._queued.append(Intervention(at=self.step + 1, change=change, text=text, to=to))

    def queue(self, intervention: Intervention) -> None:
        """Make this intervention before the next step."""
        self._queued.append(intervention)

    def world_before(self, step: int) -> World | None:
        """The world as it stood when `step` began; a copy, of a recorded run."""
        if self.world is None or self.engine is None:
            return self.world
        version, state = self.engine.archive.states(step - 1)["world"]
        assert version == self.world.version
        former = copy.deepcopy(self.world)
        former.prepare(seed=self.seed, people=self.names)
        former.restore(state)
        return former

    async def ask_game_master(self, question: str, options: Sequence[str], *, what: str, unsure: int | None = None) -> int:
        """The place in `options` of what the game master chooses; for schedules."""
        assert self.engine is not None
        gm = self.game_master
        circumstances = self.engine.circumstances
        thinking = gm.thinking(circumstances, phase="schedule", before=await gm.says(circumstances))
        label = self.texts.text("game_master", "what_happened_of_late")
        notes = [Section(label=label, text=self._latest(), kind="observation")]
        turn = thinking.turn(gm.scheduling)
        try:
            return (await turn.choose(question, options, notes=notes, unsure=unsure, what=what)).index
        except AnswerFailed:
            if unsure is None:
                raise
            return unsure

    async def who_wants_to(self, names: Sequence[str], what: str) -> list[str]:
        """Those who want to speak, each asked in private, all at the same time; for schedules."""
        assert self.engine is not None
        circumstances = self.engine.circumstances
        by_name = {agent.name: agent for agent in self.agents}
        answers = await together([by_name[name].wants_to_speak(circumstances, what) for name in names])
        return [name for name, wants in zip(names, answers, strict=True) if wants]

    def _latest(self) -> str:
        assert self.engine is not None
        from gamemaster.simulation.run import line

        events = self.engine.archive.events(step=self.step - 1)
        return "\n".join([line(event) for event in events if event.text and event.kind in ("act", "speech", "effect")])

    def use_only(self, model: ModelChoice) -> None:
        """Have one model answer for everybody, whatever was chosen before."""
        self.model, self.model_choices, self._models = model, {}, None
        for agent in self.agents:
            agent.model = None

    def forget_run(self) -> None:
        """Be ready to be run or restored again; for copies."""
        self.engine, self._models, self.step, self.clock = None, None, 0, Clock()
        self._queued, self._made = [], set()
        self.last_run = None
        self.agents = tuple(agent for agent in self.agents if agent.name not in self._born)
        self.names, self._born = tuple(agent.name for agent in self.agents), []
        for agent in self.agents:
            agent.leave()
        for master in self.game_masters:
            master.leave()

    def admit(self, name: str) -> Agent:
        """Make the agent of a name that the world has born, and let it take its place.

        Raises: DefinitionError where the simulation can't make one, or makes one of another name; and for a game master's name.
        """
        if name in self.game_masters.names:
            raise DefinitionError(
                f"{name!r} takes part in the world, and is a game master's name; have its world refuse that name."
            )
        if self.born is None:
            raise DefinitionError(
                f"{name!r} takes part in the world, and is no agent of the simulation; give `Simulation(born=...)` a function "
                "that makes the agent of a name."
            )
        with user_code(f"born, step {self.step}"):
            agent = self.born(name)
        if not isinstance(agent, Agent) or agent.name != name:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise DefinitionError(f"born({name!r}) returned {agent!r}; it returns an agent of that name.")
        agent.texts = self.texts
        self.agents = (*self.agents, agent)
        self.names = (*self.names, name)
        self._born.append(name)
        self.models.admit(name, agent.model)
        return agent

    # --- running ---

    def run(
        self,
        steps: int,
        *,
        archive: str | Path | None = None,
        resume: bool = False,
        concurrent: int | None = None,
        budget: RunBudget | Mapping[str, int] | None = None,
        progress: Progress | None = None,
    ) -> Run:
        """Run until there are `steps` steps in all, or the world, the scenes or a budget end it earlier.

        `archive` is a new folder for the run; with `resume=True` a folder that holds a stopped run of this simulation,
        which goes on where it stood. Without an archive the run is kept in memory. At most `concurrent` requests are
        in flight at a model; `budget` bounds calls, tokens, money and wall time (a mapping of `calls` and `tokens` is a
        strict RunBudget). Ctrl-C ends the run at the step's end; so does SIGTERM, which then ends the process.
        Raises: BadInput, StepFailed, TooManyFailures; whatever is committed stays, and can be resumed.
        """
        from gamemaster.simulation.running import Running

        running = Running(self, archive=archive, resume=resume, concurrent=concurrent, budget=budget, progress=progress)
        with Terminating(lambda: running.stop("SIGTERM")) as terminating:
            run = run_plain(running.all(steps), on_interrupt=running.stop)
        terminating.pass_on()
        return run

    async def arun(
        self,
        steps: int,
        *,
        archive: str | Path | None = None,
        resume: bool = False,
        concurrent: int | None = None,
        budget: RunBudget | Mapping[str, int] | None = None,
        progress: Progress | None = None,
    ) -> Run:
        """The same as `run`, to be awaited."""
        from gamemaster.simulation.running import Running

        running = Running(self, archive=archive, resume=resume, concurrent=concurrent, budget=budget, progress=progress)
        return await running.all(steps)

    def steps(
        self,
        steps: int,
        *,
        archive: str | Path | None = None,
        resume: bool = False,
        concurrent: int | None = None,
        budget: RunBudget | Mapping[str, int] | None = None,
    ) -> Iterator[Step]:
        """The same step by step: look at each, and `intervene` before the next. `last_run` has the run afterwards."""
        from gamemaster.simulation.running import Running

        running = Running(self, archive=archive, resume=resume, concurrent=concurrent, budget=budget)
        return running.plain_steps(steps)

    last_run: Run | None = None

    def preview(self, agent: str | Agent) -> str:
        """The exact prompts of an agent's next turn, as text, without asking a model.

        Where a prompt holds what a model answered, a placeholder stands for it. Nothing changes.
        """
        from gamemaster.simulation.rehearsal import preview

        self._refuse_after_run()
        return preview(self, agent if isinstance(agent, str) else agent.name)

    def estimate(self, steps: int) -> Estimate:
        """How many calls and tokens a run of `steps` steps takes, by a rehearsal of it with placeholder answers."""
        from gamemaster.simulation.rehearsal import estimate

        if steps < 0:
            raise BadInput(f"steps={steps}; it must be at least 0.")
        self._refuse_after_run()
        return estimate(self, steps)

    def _refuse_after_run(self) -> None:
        if self.engine is not None:
            raise BadInput("This simulation has run already, and stands where that ended; build it anew to rehearse it.")


def _calendar(start: datetime | str | None) -> datetime | None:
    if isinstance(start, str):
        try:
            return datetime.fromisoformat(start)
        except ValueError:
            raise DefinitionError(f"start={start!r} is no date; write it as in '2023-02-13 07:00'.") from None
    return start
