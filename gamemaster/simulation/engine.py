"""Engine: the walk of one step, from the asks to the commit.

The schedule says who is asked what; all of them think at the same time; the game master makes their attempts events;
those who could notice observe, remember and react, again all at the same time; then everything is committed as one.
Only then does the next step begin. Whatever is applied is applied in agent order, never in order of completion.
"""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from gamemaster.agent import Agent, Circumstances
from gamemaster.game_master import Chronicle
from gamemaster.language import together
from gamemaster.memory import MemoryBank, MemoryChanges
from gamemaster.record import Archive, Measure, MemoryChange, Phase, ProbeAnswer, Reading, StepRecord, StoredVector
from gamemaster.simulation.asks import check_asks, check_named
from gamemaster.simulation.intervention import MADE, Intervention, intervene
from gamemaster.simulation.minding import minded
from gamemaster.simulation.newborns import admit_born, admit_newborn
from gamemaster.simulation.probe import Probe
from gamemaster.simulation.probing import ask_probes
from gamemaster.simulation.restoring import BEFORE_TURNS, Restored, restore
from gamemaster.simulation.taking_over import TakingOver
from gamemaster.words import (
    ActionSpec,
    Ask,
    Attempt,
    BadInput,
    Event,
    Grounding,
    JsonPatch,
    JsonValue,
    Moment,
    Observation,
    TooManyFailures,
    user_code,
)
from gamemaster.world import Applied

if TYPE_CHECKING:
    from gamemaster.simulation.simulation import Simulation

__all__ = ["FAILURE_WINDOW", "Engine", "Step"]

FAILURE_WINDOW = 50
"""Over how many of the last turns `max_failures` is counted."""

# Components recall at the same time; their order on record is that of the table's key.
_RECALL_ORDER = attrgetter("who", "component", "phase", "n")

_NOTHING_ASKED = ActionSpec.free("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A committed step: what was asked, attempted, and what happened."""

    number: int
    moment: Moment
    scene: str
    asks: Sequence[Ask]
    attempts: Sequence[Attempt]
    events: Sequence[Event]
    observations: Sequence[Observation]

    def _repr_html_(self) -> str:
        from gamemaster.words.static_html import facts_html, table_html

        happened = [(event.id, event.kind, event.actor, event.text) for event in self.events]
        asked = ", ".join(dict.fromkeys(ask.agent for ask in self.asks))
        facts = [("time", str(self.moment)), ("scene", self.scene), ("asked", asked)]
        told = [(name, value) for name, value in facts if value]
        return facts_html(f"Step {self.number}", told, table_html(("event", "kind", "actor", "text"), happened))


class Engine:
    """Runs the steps of one simulation into one archive.

    `forgive` counts failed answers anew, for a run that goes on after too many of them had stopped it.
    """

    def __init__(self, simulation: Simulation, archive: Archive, *, forgive: bool = False) -> None:
        self.forgive = forgive
        self.simulation = simulation
        self.archive = archive
        self.bank = MemoryBank(simulation.embedder, deferred=True)
        self._by_name = {agent.name: agent for agent in simulation.agents}
        self._failed_turns: deque[bool] = deque(maxlen=FAILURE_WINDOW)
        self._failing = 0
        self._current: Circumstances | None = None
        self._opening: Phase | None = None
        self.chronicle: Chronicle | None = None
        """What has happened in the step at hand so far; None before the first."""
        self._restored = Restored()
        self.on_asks: Callable[[Moment, Sequence[Ask]], None] | None = None
        """Told who is asked, when a step begins."""

    # --- preparation ---

    async def prepare(self, total: int) -> None:
        """Take everyone's place; then step 0, or, for an archive that holds steps, the state after the last of them."""
        last = self.archive.last_step
        if last is None:
            self._take_places(new=self.simulation.names)
            await self._first(total, 0)
            return
        phases = self.archive.phases
        taking = TakingOver.of(phases, last)
        self.bank.begin_step(last + 1)
        born = self._admit_born(self.archive, last, taking)
        self._take_places(new=[name for name in self.simulation.names if name not in born and not taking.knows(name)])
        self._restored = restore(self.simulation, self.bank, self.archive, last, taking)
        if phases[-1].step == last + 1:
            self._opening = phases[-1]
        if self._opening is not None and self._opening.kind == "then":
            await self._first(total, last + 1)
        elif not self.forgive:
            for attempt in self.archive.attempts():
                self._count(attempt)

    def _take_places(self, *, new: Collection[str]) -> None:
        simulation = self.simulation
        for agent in simulation.agents:
            agent.join(self.bank.view(agent.name), fresh=agent.name in new)
        for gm in simulation.game_masters:
            gm.join(self.bank.view(gm.name))
            gm.meet(simulation.names)
            for channel in gm.channels.values():
                check_named(simulation, channel.named, f"in the channel {channel.called!r} of {gm.name}")
        if simulation.world is not None:
            masters = simulation.game_masters.names
            simulation.world.prepare(seed=simulation.seed, people=simulation.names, reserved=masters)

    def _admit_born(self, reading: Reading, last: int, taking: TakingOver) -> set[str]:
        """Make the agents anew whom the world had born until step `last`, in their order."""
        self.simulation.have_made(int(str(made.value)) for step, made in reading.measures(MADE) if step <= last)
        if not taking.carries("world"):
            return set()
        return admit_born(self.simulation, self._by_name, reading, last)

    async def _first(self, total: int, number: int) -> None:
        """The preparation: of the run, or of a simulation that goes on where another ended."""
        simulation, gm = self.simulation, self.simulation.game_master
        simulation.step = number
        chronicle = Chronicle(number, simulation.clock.time, simulation.names)
        circumstances = self.circumstances_of(number)
        for agent in simulation.agents:
            for text in simulation.shared_memories:
                agent.memory.add(text, kind="formative")
        for preparation in simulation.preparation:
            with user_code(f"preparation {preparation.name}, step {number}"):
                await preparation.prepare(simulation.agents, circumstances)
        has_begun = self._opening is not None and "world" in self._opening.carry
        if gm.world is not None and not has_begun and (applied := gm.hook("start")) is not None:
            gm.effect(applied, chronicle, circumstances)
        for text, names in simulation.premises():
            event = chronicle.event("narration", text, witnesses=gm.present(names))
            chronicle.tell(event, event.witnesses, "announced", text)
        await self._notice(chronicle, 0)
        answers = await ask_probes(simulation, self._due_probes(number, total, first=True), circumstances)
        states = self.all_states()
        await self._commit(chronicle, circumstances, states=states, answers=answers)

    def restore(self, step: int) -> None:
        """Put everyone where they were at the end of a recorded step, to be looked at or asked."""
        taking = TakingOver.of([each for each in self.archive.phases if each.step <= step], step)
        self._admit_born(self.archive, step, taking)
        self._take_places(new=())
        restore(self.simulation, self.bank, self.archive, step, taking)

    def start_from(self, parent: Reading, step: int, configuration: Mapping[str, Any]) -> None:
        """Put everyone where they were at the end of a step of another run, as a fork of it with this configuration begins."""
        phases = [each for each in parent.phases if each.step <= step]
        fork = Phase(step=step + 1, kind="fork", configuration=configuration)
        taking = TakingOver.of([*phases, fork], step)
        self.bank.begin_step(step + 1)
        born = self._admit_born(parent, step, taking)
        self._take_places(new=[name for name in self.simulation.names if name not in born and not taking.knows(name)])
        restore(self.simulation, self.bank, parent, step, taking)

    # --- a step ---

    def ending(self, total: int) -> str | None:
        """Why the run is at its end, None when it isn't; `total` is the number of steps asked for."""
        simulation = self.simulation
        if (reason := simulation.game_masters.over()) is not None:
            return reason
        with user_code(f"schedule {type(simulation.schedule).__name__}, after step {simulation.step}"):
            is_over = simulation.schedule.is_over(simulation)
        if is_over:
            return "the schedule has nothing more to ask"
        return f"{total} steps" if simulation.step >= total else None

    async def step(self, total: int) -> Step:
        """Walk one step of a run of `total` steps, and commit it.

        Raises: StepFailed or another GamemasterError; the run then stands at its last committed step.
        """
        simulation, gm = self.simulation, self.simulation.game_master
        simulation.step += 1
        number = simulation.step
        schedule = simulation.schedule
        self.bank.begin_step(number)
        simulation.models.new_step()
        self._current = circumstances = self.circumstances_of(number)
        with user_code(f"schedule {type(schedule).__name__}, step {number}"):
            asks_or_wait: Any = schedule.next(simulation)
            asks: list[Ask] = await asks_or_wait if inspect.isawaitable(asks_or_wait) else asks_or_wait
        check_asks(simulation, asks)
        asks = self._of_those_present(asks)
        circumstances.moment = simulation.moment
        if self.on_asks is not None:
            self.on_asks(simulation.moment, asks)
        chronicle = self.chronicle = Chronicle(number, simulation.clock.time, simulation.names)
        self._outside(chronicle, circumstances)
        asks = self._of_those_present(asks)
        for text, names in await schedule.announcements(simulation):
            event = chronicle.event("narration", text, witnesses=gm.present(names), scene=schedule.scene_name)
            chronicle.tell(event, event.witnesses, "announced", text)
        await self._notice(chronicle, 0)
        told = len(chronicle.observations)

        attempts = await self._think(asks, circumstances)
        for ask in asks:
            self._by_name[ask.agent].store()
        pairs = list(zip(asks, attempts, strict=True))
        if told:
            circumstances.measures.append(Measure(name=BEFORE_TURNS, value=told))
        groundings = await simulation.game_masters.resolve(pairs, circumstances, chronicle)
        await self._end_of_step(chronicle, circumstances)
        await simulation.game_masters.notice(chronicle, circumstances)
        for attempt in attempts:
            self._by_name[attempt.actor].turn_taken(attempt)
        await self._notice(chronicle, told)
        await self._mind(attempts, chronicle)
        touched = {observation.to for observation in chronicle.observations} | {attempt.actor for attempt in attempts}
        await self._react([agent for agent in simulation.agents if agent.name in touched], circumstances)
        schedule.noticed(simulation, chronicle)
        if not schedule.keeps_time:
            simulation.clock.set(simulation.clock.time + simulation.step_seconds)
        if not gm.open_to_all:
            touched |= admit_newborn(simulation, self._by_name, self.bank, circumstances)
        answers = await ask_probes(simulation, self._due_probes(number, total), circumstances)
        await self._commit(
            chronicle,
            circumstances,
            states=self._touched_states(touched) | self._renewed_states(),
            answers=answers,
            asks=asks,
            attempts=attempts,
            groundings=groundings,
        )
        self._refuse_failing(attempts)
        return Step(
            number=number,
            moment=circumstances.moment,
            scene=schedule.scene_name,
            asks=asks,
            attempts=attempts,
            events=chronicle.events,
            observations=chronicle.observations,
        )

    def circumstances_of(self, step: int) -> Circumstances:
        """What a step is to those who think in it, as things stand."""
        simulation, gm = self.simulation, self.simulation.game_master
        moment = Moment(step=step, time=simulation.clock.time, start=simulation.start)
        return Circumstances(
            moment=moment,
            run_seed=simulation.seed,
            model_for=simulation.models,
            around=simulation.models.around,
            people=simulation.names,
            sees=gm.sees,
            sees_data=gm.sees_data,
            offers=gm.offers,
            offered=gm.offered,
            form=gm.form,
            texts=simulation.texts,
        )

    def _of_those_present(self, asks: list[Ask]) -> list[Ask]:
        """Without those that ask somebody who doesn't take part."""
        gm = self.simulation.game_master
        if gm.open_to_all:
            return asks
        here = frozenset(gm.present_names())
        return [ask for ask in asks if ask.agent in here]

    def _outside(self, chronicle: Chronicle, circumstances: Circumstances) -> None:
        """What comes before anybody acts: words that arrive, delayed effects that are due, and interventions."""
        simulation, gm = self.simulation, self.simulation.game_master
        simulation.game_masters.arrive(chronicle, circumstances)
        if gm.world is not None:
            gm.world.set_time(simulation.clock.time)
            gm.world_changed()
            for outcome in gm.due():
                if isinstance(outcome, Applied):
                    gm.effect(outcome, chronicle, circumstances)
                else:
                    chronicle.event("refusal", outcome.reason, actor=outcome.actor, action=outcome.action)
        for intervention in simulation.interventions_due(simulation.step):
            intervene(simulation, intervention, chronicle, circumstances)
        for name, text in () if self._opening is None else self._opening.told:
            told = Intervention(at=simulation.step, text=text, to=[name])
            intervene(simulation, told, chronicle, circumstances)

    async def _think(self, asks: Sequence[Ask], circumstances: Circumstances) -> list[Attempt]:
        step, seed = circumstances.moment.step, self.simulation.seed
        return await together(
            [
                self._by_name[ask.agent].attempt(
                    f"{step}/attempt/{at}", ask.spec.shown(seed, step, ask.agent) if ask.spec.shuffle else ask.spec, circumstances
                )
                for at, ask in enumerate(asks)
            ]
        )

    async def _end_of_step(self, chronicle: Chronicle, circumstances: Circumstances) -> None:
        """Run the world's hooks, and tell the schedule that everybody has acted."""
        gm, schedule = self.simulation.game_master, self.simulation.schedule
        hooks = [gm.hook("end_of_step"), gm.hook("end_of_round") if schedule.ends_round else None]
        ended: Any = schedule.after_step(self.simulation)
        if await ended if inspect.isawaitable(ended) else ended:
            hooks.append(gm.hook("end_of_round"))
        for applied in hooks:
            if applied is not None:
                gm.effect(applied, chronicle, circumstances)

    async def _notice(self, chronicle: Chronicle, first: int) -> None:
        """Give every agent its observations from the `first` on, remembered in agent order."""
        by_agent: dict[str, list[Observation]] = {}
        for observation in chronicle.observations[first:]:
            by_agent.setdefault(observation.to, []).append(observation)
        for agent in self.simulation.agents:
            if agent.name in by_agent:
                await agent.notice(by_agent[agent.name], step=chronicle.step)

    async def _mind(self, attempts: Sequence[Attempt], chronicle: Chronicle) -> None:
        by_id = {event.id: event for event in chronicle.events}
        for attempt in attempts:
            agent = self._by_name[attempt.actor]
            if agent.minding:
                await agent.mind(attempt, minded(attempt, chronicle, by_id))

    async def _react(self, agents: Sequence[Agent], circumstances: Circumstances) -> None:
        reacting = [agent for agent in agents if agent.reacting]
        await together([agent.react(_NOTHING_ASKED, circumstances) for agent in reacting])
        for agent in reacting:
            agent.store()

    def _due_probes(self, step: int, total: int, *, first: bool = False) -> list[Probe]:
        simulation = self.simulation
        at_end = any(each.when == "end" for each in simulation.probes) and self.ending(total) is not None
        asked = {"end"} if at_end else set[Any]()
        if first:
            asked.add("start")
        return [
            each
            for each in simulation.probes
            if each.is_due(simulation, step) or (isinstance(each.when, str) and each.when in asked)
        ]

    # --- the commit ---

    def all_states(self) -> dict[str, tuple[int, dict[str, JsonValue]]]:
        """The states of all parts as they are now, by name, each with the version of its form."""
        simulation = self.simulation
        states = self._touched_states(set(simulation.names))
        if simulation.world is not None:
            states["world"] = (simulation.world.version, simulation.world.state())
        return states

    def renew(self, part: str) -> None:
        """Put the state of a part on record with the step at hand, whomever that touches: it was changed by hand."""
        self._restored = replace(self._restored, renewed=self._restored.renewed | {part})

    def _renewed_states(self) -> dict[str, tuple[int, dict[str, JsonValue]]]:
        renewed = self._restored.renewed
        return {part: state for part, state in self.all_states().items() if part in renewed} if renewed else {}

    def _touched_states(self, names: set[str]) -> dict[str, tuple[int, dict[str, JsonValue]]]:
        simulation = self.simulation
        states: dict[str, tuple[int, dict[str, JsonValue]]] = {
            "clock": (simulation.clock.version, simulation.clock.state()),
            "schedule": (simulation.schedule.version, simulation.schedule.state()),
        }
        for agent in simulation.agents:
            if agent.name in names and agent.has_state:
                for component, state in agent.states().items():
                    states[f"agent/{agent.name}/{component}"] = state
        for part, state in simulation.game_masters.states().items():
            states[f"game_master/{part}"] = state
        return states

    async def _commit(
        self,
        chronicle: Chronicle,
        circumstances: Circumstances,
        *,
        states: Mapping[str, tuple[int, dict[str, JsonValue]]],
        answers: Sequence[ProbeAnswer],
        asks: Sequence[Ask] = (),
        attempts: Sequence[Attempt] = (),
        groundings: Sequence[Grounding] = (),
    ) -> None:
        simulation = self.simulation
        simulation.game_masters.store()
        self.bank.apply_accesses()
        memory = self.bank.take_changes()
        patches: dict[str, JsonPatch] = {}
        if (patch := simulation.game_master.take_patch()) and "world" not in states:
            patches["world"] = patch
        await self.archive.commit(
            StepRecord(
                step=chronicle.step,
                time=simulation.clock.time,
                scene=simulation.schedule.scene_name,
                asks=asks,
                attempts=attempts,
                groundings=groundings,
                events=chronicle.events,
                observations=chronicle.observations,
                measures=circumstances.measures,
                memories=memory.added,
                memory_changes=_memory_changes(memory),
                forgotten=memory.forgotten,
                vectors=[StoredVector(embedder=memory.embedder, text=text, vector=vector) for text, vector in memory.vectors],
                states=states,
                patches=patches,
                gone=self._restored.gone,
                probe_answers=answers,
                recalls=sorted(circumstances.recalls, key=_RECALL_ORDER) if circumstances.recalls else (),
            )
        )
        self._opening, self._restored = None, Restored()

    # --- failures ---

    def _count(self, attempt: Attempt) -> None:
        failed = attempt.failed
        if len(self._failed_turns) == FAILURE_WINDOW and self._failed_turns[0]:
            self._failing -= 1
        self._failed_turns.append(failed)
        self._failing += failed

    def _refuse_failing(self, attempts: Sequence[Attempt]) -> None:
        for attempt in attempts:
            self._count(attempt)
        most = self.simulation.max_failures * FAILURE_WINDOW
        if self._failing > most:
            raise TooManyFailures(
                f"{self._failing} of the last {len(self._failed_turns)} answers could not be used; max_failures="
                f"{self.simulation.max_failures} allows {most:g} of {FAILURE_WINDOW}. `gamemaster show` tells the reasons."
            )

    @property
    def embedder_fingerprint(self) -> str:
        """What pins the embedder; "" when nothing has been embedded."""
        return self.bank.cache.embedder.fingerprint if self.bank.cache.used else ""

    @property
    def circumstances(self) -> Circumstances:
        """Those of the step at hand."""
        if self._current is None:
            raise BadInput("No step has begun yet.")
        return self._current


def _memory_changes(memory: MemoryChanges) -> list[MemoryChange]:
    """Last accesses, importances, and for each record that was edited the list of its edits."""
    edits: dict[str, list[dict[str, Any]]] = {}
    for edit in memory.edited:
        edits.setdefault(edit.id, []).append({"step": edit.step, "time": edit.time, **edit.changes})
    return [
        *(MemoryChange(id=id, field="last_access", value=time) for id, time in memory.accessed.items()),
        # Edits are made between two steps, and so before anything is rated in the next one.
        *(MemoryChange(id=id, field="edited", value=value) for id, value in edits.items()),
        *(MemoryChange(id=id, field="importance", value=value) for id, value in memory.rated.items()),
    ]
