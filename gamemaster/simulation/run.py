"""Run: what a run left behind, to be looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gamemaster.record import Archive, CallRow, Phase, ProbeAnswer
from gamemaster.simulation.configuration_form import check_form
from gamemaster.words import (
    ActionSpec,
    ArchiveDamaged,
    Attempt,
    BadInput,
    Event,
    JsonValue,
    MemoryRecord,
    Observation,
    UnknownName,
    one_line,
    quote,
)

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from gamemaster.simulation.forking import Tell
    from gamemaster.simulation.run_budget import RunBudget
    from gamemaster.simulation.running import Progress
    from gamemaster.simulation.simulation import Simulation

__all__ = ["Run", "load_run"]

TABLES = (
    *("asks", "attempts", "groundings", "events", "observations", "measures", "calls", "memories", "answers", "recalls"),
    "work",
)


class Run:
    """A run on record, whether it has just ended or was loaded with `load_run`. Everything is read from its archive."""

    def __init__(self, archive: Archive, *, simulation: Simulation | None = None) -> None:
        self.archive = archive
        self._simulation = simulation

    def __repr__(self) -> str:
        if self.folder is None:  # event loops and debuggers show objects unasked, and reading makes rows of the whole run
            return f"Run(in memory, step {self.last_step})"
        return f"Run({self.folder}, {self.status} at step {self.last_step}, {self.stopped_by!r})"

    def _repr_html_(self) -> str:
        from gamemaster.report import run_html

        return run_html(self)

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the archive's file."""
        self.archive.close()

    # --- what it was ---

    @property
    def folder(self) -> Path | None:
        """The archive's folder, None in memory."""
        return self.archive.folder

    @property
    def configuration(self) -> dict[str, Any]:
        """What the run was made from; of a fork, or one that another simulation went on with, the last phase's."""
        return dict(self.archive.phases[-1].configuration)

    @property
    def phases(self) -> list[Phase]:
        """The phases of the run: one, and another for each fork in its past and each simulation that went on with it."""
        return self.archive.phases

    @property
    def scenario(self) -> str | None:
        """The scenario's name, None for a simulation built by hand."""
        return self.configuration["scenario"].get("name")

    @property
    def parameters(self) -> dict[str, Any]:
        """The scenario's parameters."""
        return self.configuration["scenario"].get("parameters", {})

    @property
    def seed(self) -> int:
        """The run's seed."""
        return self.configuration["seed"]

    @property
    def model(self) -> str:
        """The name of the model that answered for all who had none of their own."""
        return self.configuration["model"]

    @property
    def agents(self) -> list[str]:
        """The agents' names, in their order; those who were born in the run at the end, as they came."""
        return [*self.configuration["order"], *(measure.who for _, measure in self.archive.measures("born"))]

    @property
    def last_step(self) -> int:
        """The last committed step; 0 is the preparation."""
        return self.archive.last_step or 0

    @property
    def status(self) -> str:
        """finished, stopped, failed; or running, which may mean killed."""
        return self.archive.status

    @property
    def stopped_by(self) -> str:
        """What ended it."""
        return self.archive.stopped_by

    # --- what happened ---

    @property
    def events(self) -> list[Event]:
        """All events, in order."""
        return list(self.archive.events())

    def observations(self, agent: str | None = None) -> list[Observation]:
        """What was noticed, by one agent or by all."""
        self._known(agent)
        return list(self.archive.observations(to=agent))

    @property
    def attempts(self) -> list[Attempt]:
        """What agents answered when they were asked."""
        return list(self.archive.attempts())

    def transcript(self, agent: str | None = None) -> str:
        """The events as text, a line each; with `agent`, what that agent noticed."""
        self._known(agent)
        if agent is not None:
            return "\n".join(f"[{each.id.split('/')[0]}] {each.sentence}" for each in self.archive.observations(to=agent))
        return "\n".join(f"[{event.step}] {line(event)}" for event in self.archive.events() if event.text)

    def world(self, step: int | None = None) -> dict[str, JsonValue]:
        """The world's fields at the end of a step, the last one when none is given; empty without a world."""
        state = self.archive.states(step).get("world")
        if state is None:
            return {}
        fields = state[1].get("fields")
        if not isinstance(fields, dict):
            raise ArchiveDamaged("The archive's state of the world has no fields. It was changed or damaged.")
        return fields

    def series(self, name: str, who: str | None = None) -> list[tuple[int, Any]]:
        """(step, value) of what was measured under `name`. Raises: UnknownName when nothing was."""
        found = [(step, measure.value) for step, measure in self.archive.measures(name, who=who)]
        if not found:
            known = {measure.name for _, measure in self.archive.measures()}
            if name not in known:
                raise UnknownName.of("measure", name, known)
        return found

    def memories(self, agent: str, step: int | None = None) -> list[MemoryRecord]:
        """What an agent remembers at the end of a step, oldest first."""
        self._known(agent)
        return self.archive.memories(holder=agent, step=step)

    def calls(self, *, agent: str | None = None, component: str | None = None, step: int | None = None) -> list[CallRow]:
        """The model calls, with the exact prompts, in the order of their keys."""
        return list(self.archive.calls(step=step, who=agent, component=component))

    def answers(self, probe: str | None = None) -> list[tuple[int, ProbeAnswer]]:
        """(step, answer) of what was answered to probes."""
        return list(self.archive.probe_answers(probe))

    @property
    def metrics(self) -> dict[str, Any]:
        """The scenario's metrics, as computed when the run ended."""
        return self.archive.metrics

    @property
    def failures(self) -> list[Attempt]:
        """The attempts whose answer could not be used."""
        return [attempt for attempt in self.archive.attempts() if attempt.failed]

    @property
    def refusals(self) -> dict[str, int]:
        """How often each reason was given for a refusal, the most frequent first."""
        counted = Counter(event.text for event in self.archive.events(kind="refusal"))
        return dict(sorted(counted.items(), key=lambda each: (-each[1], each[0])))

    @property
    def degraded(self) -> bool:
        """Whether more than 1 % of the answers could not be used."""
        attempts = self.attempts
        return sum(each.failed for each in attempts) > 0.01 * len(attempts)

    @property
    def cost(self) -> dict[str, int]:
        """Requests asked of a model, repeats that were not asked again, and tokens."""
        asked = repeated = prompt = reused = answered = 0
        for row in self.archive.calls():
            usage = row.answer.usage
            asked += usage.asked
            repeated += usage.asked == 0
            prompt += usage.prompt_tokens
            reused += usage.reused_tokens
            answered += usage.answer_tokens
        return {
            "requests": asked,
            "repeats": repeated,
            "prompt_tokens": prompt,
            "reused_tokens": reused,
            "answer_tokens": answered,
            "tokens": prompt + answered,
        }

    def table(self, name: str) -> list[dict[str, Any]]:
        """One of the archive's tables as rows of plain values.

        The tables are asks, attempts, groundings, events, observations, measures, calls, memories, answers, recalls, work.
        """
        if name not in TABLES:
            raise UnknownName.of("table", name, TABLES)
        return list(_rows(self.archive, name))

    def frame(self, name: str) -> Any:
        """A table as a pandas DataFrame; also `dialogue`, `network`, `survey`, `survey_wide` and `world`, as exports have them.

        Raises: UnknownName; BadInput when pandas is not installed.
        """
        from gamemaster.report import frame

        return frame(self, name)

    def why(self, event: Event | str) -> str:
        """Where an event came from, as text: cause, memories recalled, prompts, answers, grounding, change, who noticed it."""
        from gamemaster.simulation.why import why

        return why(self.archive, event if isinstance(event, str) else event.id)

    def provenance(self, event: Event | str) -> dict[str, Any]:
        """The same as JSON values. Raises: UnknownName when there is no such event."""
        from gamemaster.simulation.provenance import provenance

        return provenance(self.archive, event if isinstance(event, str) else event.id)

    # --- to be read ---

    def report(self, path: str | Path, *, prompts: tuple[int, int] | None = None, force: bool = True) -> Path:
        """Write the run as one HTML file that opens from disk and loads nothing; returns its path.

        `prompts` are the first and the last step whose prompts it holds, where a large run's don't all fit. A file that is
        there is replaced, unless `force` is False. Raises: BadInput when it can't be written.
        """
        from gamemaster.report import write_report

        return write_report(self.archive, path, prompts=prompts, force=force)

    # --- for other programs ---

    def export(
        self,
        path: str | Path,
        *,
        what: Sequence[str] | str | None = None,
        format: str | None = None,
        agent: str | None = None,
        force: bool = False,
    ) -> list[Path]:
        """Write the run, or parts of it, to files: see `gamemaster.record.exports.export_run`."""
        from gamemaster.record.exports import export_run

        return export_run(self.archive, path, what=what, format=format, agent=agent, force=force)

    def messages(self, agent: str) -> list[BaseMessage]:
        """The run as one agent lived it, as LangChain messages: who it is, what it noticed and was asked, what it answered.

        Each has `synthetic` and its `step` in `additional_kwargs`.
        """
        from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

        from gamemaster.record.exports import conversation

        self._known(agent)
        kinds = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
        return [
            kinds[each.role](each.content, additional_kwargs={"synthetic": True, "step": each.step})
            for each in conversation(self.archive, agent)
        ]

    # --- asking ---

    def ask(self, agent: str, spec: ActionSpec | str, step: int | None = None) -> Any:
        """What an agent answers, as it was at the end of a step; it leaves no trace.

        Raises: BadInput when the code that built the run isn't at hand.
        """
        from gamemaster.simulation.interview import interview
        from gamemaster.simulation.loop import run_plain

        self._known(agent)
        if self._simulation is None:
            self._simulation = self._rebuilt()
        wanted = ActionSpec.speech(spec) if isinstance(spec, str) else spec
        return run_plain(interview(self._simulation, self.archive, agent, wanted, self.last_step if step is None else step))

    # --- going on ---

    def fork(
        self,
        step: int,
        folder: str | Path,
        *,
        simulation: Simulation | None = None,
        seed: int | None = None,
        model: Any = None,
        change: Callable[[Simulation], object] | None = None,
        tell: Tell | None = None,
        steps: int | None = None,
        concurrent: int | None = None,
        budget: RunBudget | Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> Run:
        """A counterfactual: a new run in `folder` with this one's past up to `step`, and a future of its own.

        It costs the calls of that future alone; this run isn't touched, and stands named in the child's `phases`. What
        may differ: the `seed`, the `model`, what agents are told before the first new step (`tell={"Ann": "…"}`), what
        `change` does to the simulation as it stands after `step` (a component's state, the world by
        `simulation.world.intervene`), or the `simulation` itself, built anew with other components, parameters or
        interventions. States on record for which that has no part are left behind; parts without a state on record
        begin as they are made. Without any of these the future is the same again.
        `steps` is how many steps the child is to have in all, as many as this run was to have by default.
        Raises: BadInput, UnknownName for what can't be; ArchiveInUse for a folder that holds a run; and what a run raises.
        """
        from gamemaster.simulation.forking import make_fork, total_steps
        from gamemaster.simulation.interview import copied
        from gamemaster.simulation.loop import run_plain
        from gamemaster.simulation.running import Running

        child = simulation
        if child is None:
            child = copied(self._simulation) if self._simulation is not None else self._rebuilt()
        if seed is not None:
            child.seed = seed
        if model is not None:
            child.model = model
        total = total_steps(self.archive, step, steps)
        make_fork(self.archive, step, folder, child, change=change, tell=tell, steps=total)
        running = Running(child, archive=folder, resume=True, concurrent=concurrent, budget=budget, progress=progress)
        return run_plain(running.all(total), on_interrupt=running.stop)

    def then(
        self,
        simulation: Simulation,
        steps: int,
        *,
        carry: Sequence[str] = ("agents", "memories", "world"),
        concurrent: int | None = None,
        budget: RunBudget | Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> Run:
        """Another simulation goes on where this run ended, in the same archive: a study in phases.

        It begins with a step of preparation, in which its premise is told, and then has `steps` steps; steps and
        simulated time go on counting. `carry` says what it takes over: "agents" (what components hold, and what was
        asked and answered lately), "memories", "world", "game_master", or single agents by name with both. What isn't
        carried begins as the new simulation has it, and memories that aren't are forgotten. When the phase has
        begun already, it goes on: so a script that is run again after a stop takes up each phase where it stood.
        Raises: BadInput, UnknownName; DefinitionError where a state doesn't fit the new simulation's part.
        """
        from gamemaster.simulation.loop import run_plain
        from gamemaster.simulation.running import Running

        running = Running(
            simulation,
            archive=self.archive if self.folder is None else self.folder,
            resume=True,
            carry=carry,
            concurrent=concurrent,
            budget=budget,
            progress=progress,
        )
        return run_plain(running.all(steps), on_interrupt=running.stop)

    def _rebuilt(self) -> Simulation:
        from gamemaster.scenarios import rebuild

        if self.scenario is None:
            raise BadInput(
                "This run was made from a simulation built by hand; call ask on the run that simulation.run() returned."
            )
        return rebuild(self.configuration)

    def _known(self, agent: str | None) -> None:
        if agent is None:
            return
        known = dict.fromkeys(name for phase in self.phases for name in phase.configuration["order"])
        masters = [phase.configuration["game_master"] for phase in self.phases]
        if agent not in known and all(agent not in (each["name"], *each.get("others", ())) for each in masters):
            known |= dict.fromkeys(self.agents)
            if agent not in known:
                raise UnknownName.of("agent", agent, known)


def load_run(folder: str | Path) -> Run:
    """The run in an archive folder. Nothing of it is executed, and nothing is written.

    Raises: ArchiveError when there is no archive, or a newer one.
    """
    archive = Archive.open(folder)
    try:
        for phase in archive.phases:
            check_form(phase.configuration, where=f"The run in {folder}")
    except BaseException:
        archive.close()
        raise
    return Run(archive)


def line(event: Event) -> str:
    """An event on one line: words in quotation marks with their speaker, a refusal with its reason."""
    if event.kind == "speech":
        return f"{event.actor}: {quote(event.text)}"
    if event.kind == "refusal":
        return f"{event.actor} is refused: {one_line(event.text)}"
    if event.kind == "failure":
        return f"{event.actor} gave no usable answer: {one_line(event.text)}"
    return one_line(event.text)


def _rows(archive: Archive, name: str) -> Iterator[dict[str, Any]]:
    from dataclasses import fields, is_dataclass

    def plain(value: Any) -> Any:
        if isinstance(value, ActionSpec):
            return value.to_json()
        if is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        if isinstance(value, tuple | list):
            return [plain(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
        return value

    read: dict[str, Any] = {
        "asks": archive.asks,
        "attempts": archive.attempts,
        "groundings": archive.groundings,
        "events": archive.events,
        "observations": archive.observations,
        "measures": archive.measures,
        "calls": archive.calls,
        "memories": archive.memories,
        "answers": archive.probe_answers,
        "recalls": archive.recalls,
        "work": archive.work,
    }
    for each in read[name]():
        if isinstance(each, tuple):
            step, row = each  # pyright: ignore[reportUnknownVariableType]
            yield {"step": step, **plain(row)}
        else:
            yield plain(each)
