"""GameMaster: hears what agents attempt, makes it actions of the world, and tells those who could notice.

The one idea: everything that needs a model is asked for all attempts of a step at the same time, before anything is
applied; then the world applies, with no model call in between; then all narrations at the same time. A step of a
hundred attempts takes as many rounds of calls as a step of one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from gamemaster.agent import Circumstances, Thinking
from gamemaster.components.game_master import AskPlausibility, ModelGrounding, ModelNarration
from gamemaster.game_master.chronicle import Chronicle
from gamemaster.game_master.parts import Grounds, Judges, Narrates, Scheduling, as_component, ask_part
from gamemaster.game_master.world_keeper import WorldKeeper
from gamemaster.language import together
from gamemaster.record import Measure
from gamemaster.words import (
    ActionCall,
    ActionSpec,
    Ask,
    Attempt,
    Component,
    DefinitionError,
    Event,
    Grounding,
    InvalidAnswer,
    JsonValue,
    Section,
    one_line,
    prompt_texts,
    quote,
    user_code,
)
from gamemaster.world import Applied, Refused, World

if TYPE_CHECKING:
    from gamemaster.memory import AssociativeMemory

__all__ = ["GameMaster"]


@dataclass(frozen=True, slots=True)
class _Deed:
    """What one agent's attempt has come to before it is applied."""

    ask: Ask
    attempt: Attempt
    grounding: Grounding | None = None


class GameMaster(WorldKeeper):
    """Keeps the `world`, and is the only one that changes it.

    `grounding` and `plausibility` are parts that may be replaced; `narration="world"` takes the sentence that the
    action returned, with no model call, `"model"` has the model tell it. `witnesses(world, event)` replaces the world's
    own rule of who notices what; `ends(world)` gives a reason to end besides the world's. `components` are those of the
    game master itself: what they have to say, worked out once a step, stands before each of its questions. It has a memory
    of its own and does not see what agents think. Without a world attempts are told as they are, and everyone notices
    them.
    """

    version = 1

    def __init__(
        self,
        world: World | None = None,
        *,
        name: str = "Game master",
        grounding: Grounds | None = None,
        plausibility: Judges | None = None,
        narration: Literal["world", "model"] | Narrates = "world",
        witnesses: Callable[[World | None, Event], set[str]] | None = None,
        ends: Callable[[World | None], str | None] | None = None,
        components: Sequence[Component] = (),
    ) -> None:
        if world is not None and not isinstance(world, World):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise DefinitionError(f"The game master is given {world!r} as its world; give an object of a World class.")
        if isinstance(narration, str) and narration not in ("world", "model"):
            raise DefinitionError(f"narration={narration!r}; it is 'world', 'model', or a part with a `narrate` method.")
        super().__init__(world)
        self.name = name
        self.grounding: Grounds = grounding if grounding is not None else ModelGrounding()
        self.plausibility: Judges = plausibility if plausibility is not None else AskPlausibility()
        self.narration: Narrates | None = (
            None if narration == "world" else ModelNarration() if isinstance(narration, str) else narration
        )
        self.witnesses = witnesses
        self.ends = ends
        self.components = tuple(components)
        self.texts = prompt_texts()
        self.scheduling = Scheduling()
        self._check_names()
        self._joint = () if world is None else frozenset(name for name, each in world.definitions.items() if each.together)
        self._memory: AssociativeMemory | None = None
        self._thought: list[Thinking] = []
        self._said: list[Section] | None = None

    @property
    def parts(self) -> list[Component]:
        """All that may ask a model for it: its parts, then its components."""
        parts: list[Any] = [self.grounding, self.plausibility, *([] if self.narration is None else [self.narration])]
        return [*map(as_component, parts), self.scheduling, *self.components]

    def _check_names(self) -> None:
        names: set[str] = set()
        for part in self.parts:
            if part.name in names:
                raise DefinitionError(f"{self.name} has two parts or components named {part.name!r}; give one another name.")
            names.add(part.name)

    @property
    def memory(self) -> AssociativeMemory:
        """Its own memory, which agents do not see."""
        if self._memory is None:
            from gamemaster.memory import AssociativeMemory

            self._memory = AssociativeMemory(holder=self.name)
        return self._memory

    @property
    def own_memory(self) -> AssociativeMemory | None:
        """Its memory, None while it has none yet."""
        return self._memory

    def leave(self) -> None:
        """Be as it was before it took part in a simulation, but for its world and its components' state."""
        self._memory = None
        self.world_changed()

    def join(self, memory: AssociativeMemory) -> None:
        """Take a view of the simulation's memory bank."""
        self._memory = memory

    # --- a step ---

    async def resolve(
        self, attempts: Sequence[tuple[Ask, Attempt]], circumstances: Circumstances, chronicle: Chronicle
    ) -> list[Grounding]:
        """Make all attempts of a step events: ground, apply in the order given, narrate, and tell who notices.

        Joint actions are applied after the others, each with all its attempts at once.
        """
        deeds = await self._ground(attempts, circumstances)
        first = len(chronicle.events)
        tells: list[tuple[Event, Applied]] = []
        joint: dict[str, dict[str, _Deed]] = {}
        for deed in deeds:
            self._apply(deed, chronicle, circumstances, tells, joint)
        for action, together_deeds in joint.items():
            self._apply_together(action, together_deeds, chronicle, circumstances, tells)
        self.world_changed()
        await self._narrate(chronicle, first, circumstances)
        self._tell(chronicle, first, tells, {deed.attempt.id: deed.attempt for deed in deeds})
        return [deed.grounding for deed in deeds if deed.grounding is not None]

    async def _ground(self, attempts: Sequence[tuple[Ask, Attempt]], circumstances: Circumstances) -> list[_Deed]:
        deeds = [_Deed(ask, attempt) for ask, attempt in attempts]
        free = [
            at
            for at, deed in enumerate(deeds)
            if deed.attempt.spec.kind == "free" and isinstance(deed.attempt.answer, str) and self.world is not None
        ]
        said = await self.says(circumstances) if free else []
        groundings = await together([self._ground_one(deeds[at].attempt, circumstances, said) for at in free])
        for at, grounding in zip(free, groundings, strict=True):
            deeds[at] = replace(deeds[at], grounding=grounding)
        return deeds

    async def _ground_one(self, attempt: Attempt, circumstances: Circumstances, said: Sequence[Section]) -> Grounding:
        sees = self.sees(attempt.actor)
        thinking = self.thinking(circumstances, phase=f"resolve/{attempt.actor}", before=said)
        offers = [offer for offer in self.offered(attempt.actor) if not offer.together]
        unclear = Grounding(attempt_id=attempt.id, call=None, reason="the game master could not tell what this is")
        grounding, objection = await _both(
            ask_part(thinking, self.grounding, lambda turn: self.grounding.ground(attempt, offers, sees, turn), unclear),
            ask_part(thinking, self.plausibility, lambda turn: self.plausibility.judge(attempt, sees, turn), ""),
        )
        if objection and grounding.call is not None:
            return replace(grounding, plausible=False, reason=objection)
        return grounding

    async def says(self, circumstances: Circumstances) -> list[Section]:
        """What its components have to say in this step, asked once."""
        if self._said is None:
            shown = [each for each in self.components if each.shown]
            self._said = await self.thinking(circumstances, phase="says").sections(shown) if shown else []
        return self._said

    def thinking(self, circumstances: Circumstances, *, phase: str, before: Sequence[Section] = ()) -> Thinking:
        """A turn of the game master itself; `before` stands in all its questions."""
        thinking = Thinking(self.name, ActionSpec.free(""), circumstances, memory=self.memory, phase=phase, before=before)
        self._thought.append(thinking)
        return thinking

    def store(self) -> None:
        """Store what its parts have added to its memory since this was last called."""
        parts = self.parts
        for thinking in self._thought:
            thinking.store_memories(parts)
        self._thought.clear()
        self._said = None

    def _apply(
        self,
        deed: _Deed,
        chronicle: Chronicle,
        circumstances: Circumstances,
        tells: list[tuple[Event, Applied]],
        joint: dict[str, dict[str, _Deed]],
    ) -> None:
        attempt, spec, world = deed.attempt, deed.attempt.spec, self.world
        if attempt.failure is not None and attempt.failure.kind == "closed":
            self._refuse(deed, attempt.failure.reason, chronicle)
        elif attempt.failure is not None:
            if spec.action is not None and world is not None and (action := world.find_action(spec.action)) in self._joint:
                joint.setdefault(action, {})[attempt.actor] = deed  # it takes place without this one's answer
            chronicle.event("failure", attempt.failure.reason, actor=attempt.actor, attempt_id=attempt.id, scene=deed.ask.scene)
        elif spec.kind == "speech":
            self._speak(deed, chronicle)
        elif (calls := self._calls(deed)) is None:
            reason = deed.grounding.reason if deed.grounding is not None else ""
            self._refuse(deed, reason or self.texts.text("game_master", "nothing_of_the_kind"), chronicle)
        elif world is None or not calls:
            if spec.kind in ("free", "choice"):
                self._event(deed, "act", f"{attempt.actor}: {one_line(str(attempt.answer))}", chronicle)
        else:
            for call in calls:
                if call.action in self._joint:
                    joint.setdefault(call.action, {})[attempt.actor] = deed
                    continue
                before = self.place_of(attempt.actor)
                outcome = self.do(call, attempt.actor)
                if isinstance(outcome, Refused):
                    self._refuse(deed, outcome.reason, chronicle, action=call.action)
                    break
                self.measured(outcome, circumstances)
                event = self._event(deed, "act", outcome.text, chronicle, change=outcome.patch, action=call.action, before=before)
                tells.append((event, outcome))

    def _calls(self, deed: _Deed) -> list[ActionCall] | None:
        """The actions that the attempt is; none when it changes nothing; None when it is nothing that can be."""
        attempt, spec, grounding = deed.attempt, deed.attempt.spec, deed.grounding
        if grounding is not None:
            if grounding.call is None or not grounding.plausible:
                return None
            return [grounding.call, *grounding.then]
        if self.world is None:
            return []
        answer: Any = attempt.answer
        if spec.kind == "free" and not isinstance(answer, str):  # a policy may answer with an action itself
            return [ActionCall(action=self.full_name(answer["action"]), arguments=answer["arguments"])]
        if spec.kind == "action":
            assert spec.action is not None
            return [ActionCall(action=self.world.find_action(spec.action), arguments=attempt.answer)]
        if spec.kind == "choice" and spec.actions is not None:
            action = spec.actions[spec.options.index(attempt.answer)]
            return [] if action is None else [ActionCall(action=self.world.find_action(action))]
        return []

    def over(self) -> str | None:
        """Why the run is at its end, None when it isn't."""
        reason = None if self.world is None else self.user_code("over", lambda world: world.over())
        if reason is None and self.ends is not None:
            with user_code(f"{self.name}, ends"):
                reason = self.ends(self.world)
        return reason

    def _apply_together(
        self,
        action: str,
        deeds: Mapping[str, _Deed],
        chronicle: Chronicle,
        circumstances: Circumstances,
        tells: list[tuple[Event, Applied]],
    ) -> None:
        assert self.world is not None
        answers: dict[str, dict[str, Any]] = {}
        is_open = False
        for actor, deed in deeds.items():  # what was valid when it was answered may not be after the single actions
            closed = self.user_code(action, lambda world, who=actor: world.offer(action, who), actor=actor)
            is_open = is_open or not isinstance(closed, str)
            if deed.attempt.failure is not None:
                continue
            if isinstance(closed, str):
                self._refuse(deed, closed, chronicle, action=action)
                continue
            try:
                answers[actor] = self.world.check_arguments(action, self._arguments(deed, action), actor=actor)
            except InvalidAnswer as error:
                self._refuse(deed, str(error), chronicle, action=action)
        if not is_open:
            return
        outcome = self.changing(self.user_code(action, lambda world: world.apply_together(action, answers)))
        if isinstance(outcome, Refused):
            for actor in answers:
                self._refuse(deeds[actor], outcome.reason, chronicle, action=action)
            return
        self.measured(outcome, circumstances)
        scene = next(iter(deeds.values())).ask.scene
        event = chronicle.event(
            "act", outcome.text, witnesses=set(deeds), change=outcome.patch or None, action=action, scene=scene
        )
        tells.append((event, outcome))

    def _arguments(self, deed: _Deed, action: str) -> Mapping[str, Any]:
        for call in self._calls(deed) or ():
            if call.action == action:
                return call.arguments
        return {}

    def measured(self, outcome: Applied, circumstances: Circumstances) -> None:
        """Put what the world measured on record."""
        for name, value in outcome.measures:
            circumstances.measures.append(Measure(name=name, who="", value=value))

    def _speak(self, deed: _Deed, chronicle: Chronicle) -> None:
        attempt, ask = deed.attempt, deed.ask
        hearers = attempt.spec.to if attempt.spec.to is not None else ask.hears
        place = ask.place or self.place_of(attempt.actor)
        channel = "" if attempt.spec.to is None else "private"
        event = chronicle.event(
            "speech", attempt.answer, actor=attempt.actor, place=place, channel=channel, attempt_id=attempt.id, scene=ask.scene
        )
        reached = set(hearers) if hearers is not None else self._witnesses(event)
        chronicle.noticed(event, reached | {attempt.actor})

    def _refuse(self, deed: _Deed, reason: str, chronicle: Chronicle, *, action: str | None = None) -> None:
        chronicle.event(
            "refusal",
            reason,
            actor=deed.attempt.actor,
            witnesses={deed.attempt.actor},
            place=self.place_of(deed.attempt.actor),
            attempt_id=deed.attempt.id,
            action=action,
            scene=deed.ask.scene,
        )

    def _event(
        self,
        deed: _Deed,
        kind: Literal["act"],
        text: str,
        chronicle: Chronicle,
        *,
        change: Any = None,
        action: str | None = None,
        before: str | None = None,
    ) -> Event:
        actor = deed.attempt.actor
        event = chronicle.event(
            kind,
            text,
            actor=actor,
            place=self.place_of(actor),
            attempt_id=deed.attempt.id,
            change=change or None,
            action=action,
            scene=deed.ask.scene,
        )
        reached = self._witnesses(event) | {actor}
        if before is not None and before != event.place:
            reached |= self._witnesses(replace(event, place=before))  # who sees somebody leave
        return chronicle.noticed(event, reached)

    def _witnesses(self, event: Event) -> set[str]:
        if self.witnesses is not None:
            with user_code(f"{self.name}, witnesses"):
                return set(self.witnesses(self.world, event))
        if self.world is None:
            return set(self._everybody)
        return set(self.user_code("witnesses", lambda world: world.witnesses(event)))

    _everybody: Sequence[str] = ()

    def meet(self, people: Sequence[str]) -> None:
        """Know all agents of the run, who all notice everything where there is no world."""
        self._everybody = tuple(people)

    async def _narrate(self, chronicle: Chronicle, first: int, circumstances: Circumstances) -> None:
        narration = self.narration
        if narration is None:
            return
        told = [event for event in chronicle.events[first:] if event.kind == "act"]
        said = await self.says(circumstances) if told else []
        texts = await together([self._narrate_one(narration, event, circumstances, said) for event in told])
        for event, text in zip(told, texts, strict=True):
            chronicle.reword(event, text or event.text)

    async def _narrate_one(self, narration: Narrates, event: Event, circumstances: Circumstances, said: Sequence[Section]) -> str:
        thinking = self.thinking(circumstances, phase=f"narrate/{event.id}", before=said)
        return await ask_part(thinking, narration, lambda turn: narration.narrate(event, turn), event.text)

    def _tell(
        self, chronicle: Chronicle, first: int, tells: Sequence[tuple[Event, Applied]], attempts: Mapping[str, Attempt]
    ) -> None:
        private: dict[str, list[tuple[str, str]]] = {}
        for event, outcome in tells:
            private.setdefault(event.id, []).extend(outcome.tells)
        for event in chronicle.events[first:]:
            self.tell_event(chronicle, event, attempts.get(event.attempt_id or ""))
            for name, text in private.get(event.id, ()):
                chronicle.tell(event, [name], "was_told", text)

    def tell_event(self, chronicle: Chronicle, event: Event, attempt: Attempt | None = None) -> None:
        """Give each witness of an event an observation of it; the actor of a refused attempt learns what and why."""
        if event.kind == "refusal":
            told = self.texts.text("game_master", "could_not", name=event.actor, reason=event.text)
            if attempt is not None and isinstance(attempt.answer, str):
                told += self.texts.text("game_master", "attempted", words=quote(attempt.answer))
            chronicle.tell(event, event.witnesses, "own", told)
        elif event.kind == "speech":
            for name in event.witnesses:
                chronicle.tell(event, [name], "own" if name == event.actor else "heard", event.text, speaker=event.actor)
        elif event.text:
            for name in event.witnesses:
                how = "announced" if not event.actor else "own" if name == event.actor else "saw"
                chronicle.tell(event, [name], how, event.text)

    def effect(
        self,
        outcome: Applied,
        chronicle: Chronicle,
        circumstances: Circumstances,
        *,
        kind: Literal["effect", "intervention"] = "effect",
    ) -> None:
        """Make what the world did of itself an event: noticed by whoever could, announced to all where nobody did it."""
        self.world_changed()
        self.measured(outcome, circumstances)
        event = chronicle.event(
            kind,
            outcome.text,
            actor=outcome.actor,
            place=self.place_of(outcome.actor),
            change=outcome.patch or None,
            action=outcome.action or None,
        )
        reached = self._witnesses(event) | {outcome.actor} if outcome.actor else set(chronicle.people)
        self.tell_event(chronicle, chronicle.noticed(event, reached if outcome.text else set()))
        for name, text in outcome.tells:
            chronicle.tell(event, [name], "was_told", text)

    # --- state ---

    def states(self) -> dict[str, tuple[int, dict[str, JsonValue]]]:
        """(version, state) of each of its components and parts that has a state, by name."""
        return {part.name: (part.version, part.state()) for part in self.parts if type(part).state is not Component.state}

    def restore_states(self, states: Mapping[str, tuple[int, dict[str, JsonValue]]]) -> None:
        """Take up what `states()` gave. Raises: DefinitionError for a state of another part or version."""
        by_name = {part.name: part for part in self.parts}
        for name, (version, state) in states.items():
            part = by_name.get(name)
            if part is None:
                raise DefinitionError(f"{self.name} has no component {name!r}, of which there is a stored state.")
            if part.version != version:
                raise DefinitionError(
                    f"{self.name}, {name}: the stored state has version {version}, this code has version {part.version}; "
                    "run it with the version of the component that wrote it."
                )
            part.restore(state)


async def _both(grounding: Any, judging: Any) -> tuple[Grounding, str]:
    first, second = await together([grounding, judging])
    return first, second
