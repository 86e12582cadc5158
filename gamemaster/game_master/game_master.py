"""GameMaster: hears what agents attempt, makes it actions of the world, and tells those who could notice.

The one idea: it is an agent whose steps are replaceable parts with stated defaults: what an attempt is, whether it can be,
what follows from it, how it is told and to whom, and when all ends. `Resolution` asks them, for all attempts at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from gamemaster.agent import Circumstances, Thinking
from gamemaster.components.game_master import AskPlausibility, Channel, ModelGrounding, ModelNarration
from gamemaster.game_master.chronicle import Chronicle
from gamemaster.game_master.deed import Deed, calls_of
from gamemaster.game_master.part_checks import (
    calls_of_part,
    check_function,
    check_name,
    check_part,
    grounding_of_part,
    names_of,
    reason_of,
    text_of_part,
)
from gamemaster.game_master.parts import (
    Consulting,
    Ending,
    EndsWhen,
    Grounds,
    Judges,
    Narrates,
    Proposes,
    Scheduling,
    as_component,
    ask_part,
)
from gamemaster.game_master.telling import tell_event
from gamemaster.game_master.world_keeper import WorldKeeper
from gamemaster.language import together
from gamemaster.record import Measure
from gamemaster.words import (
    ActionCall,
    ActionSpec,
    AnswerFailed,
    Attempt,
    Component,
    DefinitionError,
    Event,
    Grounding,
    JsonValue,
    Observation,
    Section,
    Turn,
    one_line,
    prompt_texts,
    user_code,
)
from gamemaster.world import Applied, World
from gamemaster.world.mounted_tool import needs_answer, tool_question, with_answer

if TYPE_CHECKING:
    from gamemaster.memory import AssociativeMemory

__all__ = ["GameMaster"]


class GameMaster(WorldKeeper):
    """Keeps the `world`, and is the only one that changes it.

    `grounding` and `plausibility` are parts that may be replaced; `consequences` proposes what follows beyond what the
    world computes, as actions that the world leaves to the game master. `narration="world"` takes the sentence that the
    action returned, with no model call, `"model"` has the model tell it; a part with a `view` tells it to each who
    noticed from their point of view. `witnesses(world, event)` replaces the world's own rule of who notices what;
    `channels` are ways by which words travel; `ends(world)` gives a reason to end besides the world's, or is a part that
    is asked at the end of each step. An attempt whose action fails because another one of the same step came before it
    is grounded once more, all of these in one further batch, unless `asks_again=False`.

    With several game masters, each agent is in the charge of one during a step: that of the scene, else the one whose
    `places` it is in as the step begins, else the first that has none. They keep one world.

    `components` are those of the game master itself: what they have to say, worked out once a step, stands before each of
    its questions, but for those about one person's point of view, and they observe the events in its charge, but for words
    said in private. It `remembers` these (by default if it has components) in a memory of its own, and does not see what
    agents think. Without a world attempts are told as they are, and everyone notices them.
    """

    version = 1

    def __init__(
        self,
        world: World | None = None,
        *,
        name: str = "Game master",
        grounding: Grounds | None = None,
        plausibility: Judges | None = None,
        consequences: Proposes | None = None,
        narration: Literal["world", "model"] | Narrates = "world",
        witnesses: Callable[[World | None, Event], set[str]] | None = None,
        channels: Sequence[Channel] = (),
        ends: Callable[[World | None], str | None] | EndsWhen | None = None,
        places: Sequence[str] = (),
        asks_again: bool = True,
        components: Sequence[Component] = (),
        remembers: bool | None = None,
    ) -> None:
        if world is not None and not isinstance(world, World):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise DefinitionError(f"The game master is given {world!r} as its world; give an object of a World class.")
        if isinstance(narration, str) and narration not in ("world", "model"):
            raise DefinitionError(f"narration={narration!r}; it is 'world', 'model', or a part with a `narrate` method.")
        if isinstance(places, str):
            raise DefinitionError(f"The game master {name!r} has places={places!r}; give a list of names.")
        check_name(name)
        check_part(name, "grounding", grounding, "ground")
        check_part(name, "plausibility", plausibility, "judge")
        check_part(name, "consequences", consequences, "propose")
        check_part(name, "narration", None if isinstance(narration, str) else narration, "narrate")
        check_function(name, "witnesses", witnesses)
        if not hasattr(ends, "over") or isinstance(ends, type):
            check_function(name, "ends", ends, otherwise=", or a part with a coroutine `over`, such as AskWhetherOver()")
        if not isinstance(channels, list | tuple) or not all(isinstance(each, Channel) for each in channels):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise DefinitionError(f"{name} has channels={channels!r}; give a list of Channel objects.")
        super().__init__(world)
        self.name = name
        self.grounding: Grounds = grounding if grounding is not None else ModelGrounding()
        self.plausibility: Judges = plausibility if plausibility is not None else AskPlausibility()
        self.consequences = consequences
        self.narration: Narrates | None = (
            None if narration == "world" else ModelNarration() if isinstance(narration, str) else narration
        )
        self.witnesses = witnesses
        self.channels: dict[str, Channel] = {each.called: each for each in channels}
        if len(self.channels) < len(channels):
            twice = next(each.called for each in channels if sum(other.called == each.called for other in channels) > 1)
            raise DefinitionError(f"{name} has two channels named {twice!r}; give one another name.")
        self.ends: Callable[[World | None], str | None] | None = None
        self.ending: Ending | None = None
        if hasattr(ends, "over"):
            self.ending = Ending(ends)
        else:
            self.ends = ends  # pyright: ignore[reportAttributeAccessIssue]
        self.places = tuple(places)
        self.asks_again = asks_again
        self.components = tuple(components)
        self.remembers = bool(self.components) if remembers is None else remembers
        self._observing = tuple(each for each in self.components if type(each).observe is not Component.observe)
        self._reacting = tuple(each for each in self.components if type(each).react is not Component.react)
        self.texts = prompt_texts()
        self.scheduling = Scheduling()
        self.consulting = Consulting()
        self._check_names()
        self._memory: AssociativeMemory | None = None
        self._thought: list[Thinking] = []
        self._said: list[Section] | None = None

    @property
    def has_views(self) -> bool:
        """Whether its narration tells an event to each who noticed it from their point of view."""
        return hasattr(self.narration, "view")

    @property
    def parts(self) -> list[Component]:
        """All that may ask a model for it: its parts, then its components."""
        parts: list[Any] = [self.grounding, self.plausibility]
        parts += [each for each in (self.consequences, self.narration) if each is not None]
        parts += [] if self.ending is None else [self.ending.part]
        return [*map(as_component, parts), *self.channels.values(), self.scheduling, self.consulting, *self.components]

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

    async def ground(
        self, attempt: Attempt, circumstances: Circumstances, said: Sequence[Section], *, meanwhile: str = ""
    ) -> Grounding:
        """What an attempt in words is, and whether it can be; `meanwhile` is why what it was first taken for failed."""
        sees = self.sees(attempt.actor)
        phase, before = f"resolve/{attempt.actor}", list(said)
        if meanwhile:
            phase += "/again"
            label = self.texts.text("game_master", "meanwhile")
            text = self.texts.text("game_master", "meanwhile_refused", reason=meanwhile)
            before.append(Section(label=label, text=text, kind="situation"))
        thinking = self.thinking(circumstances, phase=phase, before=before)
        offers = [offer for offer in self.offered(attempt.actor) if not offer.together]
        unclear = Grounding(attempt_id=attempt.id, call=None, reason=self.texts.text("game_master", "unclear"))

        async def grounded(turn: Turn) -> Grounding:
            return grounding_of_part(await self.grounding.ground(attempt, offers, sees, turn), attempt)

        async def judged(turn: Turn) -> str:
            return text_of_part(await self.plausibility.judge(attempt, sees, turn), "judge")

        if meanwhile:  # whether it can be has been judged
            return await ask_part(thinking, self.grounding, grounded, unclear)
        grounding, objection = await _both(
            ask_part(thinking, self.grounding, grounded, unclear), ask_part(thinking, self.plausibility, judged, "")
        )
        if objection and grounding.call is not None:
            return replace(grounding, plausible=False, reason=objection)
        return grounding

    async def consult(self, deed: Deed, circumstances: Circumstances, *, again: bool = False) -> Deed:
        """The deed with the answers of the tools that its actions are mounted from, all asked at the same time.

        They go on record as answers under a key; a tool that gave none leaves its action without, and the world refuses it.
        """
        world, attempt = self.world, deed.attempt
        calls = None if world is None else calls_of(deed)
        if world is None or not calls or all(needs_answer(world, call) is None for call in calls):
            return deed
        thinking = self.thinking(circumstances, phase=f"consult/{attempt.actor}" + ("/again" if again else ""))
        turn = thinking.turn(self.consulting)

        async def answered(number: int, call: ActionCall) -> ActionCall:
            tool = needs_answer(world, call)
            question = None if tool is None else tool_question(world, call, actor=attempt.actor)
            if tool is None or question is None:
                return call
            try:
                return with_answer(call, await turn.consult(tool, question, what=f"{number}/{call.action}"))
            except AnswerFailed:
                return call

        return replace(deed, answered=tuple(await together([answered(number, call) for number, call in enumerate(calls)])))

    async def propose(self, event: Event, circumstances: Circumstances, said: Sequence[Section]) -> Sequence[ActionCall]:
        """What follows from an act beyond what the world computed, among the actions that are the game master's."""
        part, world = self.consequences, self.world
        assert part is not None and world is not None
        offers = self.user_code("offers", lambda world: world.offered_to_game_master(event.actor), actor=event.actor)
        if not offers:
            return ()
        thinking = self.thinking(circumstances, phase=f"follow/{event.id}", before=said)

        async def proposed(turn: Turn) -> Sequence[ActionCall]:
            return calls_of_part(await part.propose(event, offers, turn))

        calls, own = await ask_part(thinking, part, proposed, ()), {offer.name for offer in offers}
        for each in calls:
            if self.full_name(each.action) not in own:  # what agents do is theirs to choose
                why = f"{event.id}: {each.action} is not the game master's to choose now"
                circumstances.measures.append(Measure(name="consequence refused", who=event.actor, value=why))
        return [each for each in calls if self.full_name(each.action) in own]

    async def narrate(self, event: Event, circumstances: Circumstances, said: Sequence[Section]) -> str:
        """The event in words."""
        part = self.narration
        assert part is not None
        thinking = self.thinking(circumstances, phase=f"narrate/{event.id}", before=said)

        async def narrated(turn: Turn) -> str:
            return text_of_part(await part.narrate(event, turn), "narrate")

        text = await ask_part(thinking, part, narrated, event.text)
        return text if one_line(text) else event.text

    async def view(self, event: Event, name: str, circumstances: Circumstances) -> str:
        """The event in the words of one who noticed it; asked without what the game master's components have to say of others."""
        part: Any = self.narration
        thinking = self.thinking(circumstances, phase=f"view/{event.id}/{name}")

        async def viewed(turn: Turn) -> str:
            return text_of_part(await part.view(event, name, turn), "view")

        text = await ask_part(thinking, part, viewed, event.text)
        return text if one_line(text) else event.text

    async def look(self, events: Sequence[Event], circumstances: Circumstances) -> None:
        """Ask the part that says when all ends, at the end of a step in which something happened."""
        ending = self.ending
        latest = "\n".join([event.text for event in events if event.text and event.kind != "failure"])
        if ending is None or not latest:
            return
        thinking = self.thinking(circumstances, phase="over", before=await self.says(circumstances))

        async def judged(turn: Turn) -> str | None:
            reason = await ending.part.over(latest, turn)
            return None if reason is None else text_of_part(reason, "over")

        ending.reason = await ask_part(thinking, ending.part, judged, None)

    async def notice(self, events: Sequence[Event], circumstances: Circumstances) -> None:
        """Remember the events in its charge, show them to its components, and let these think about them."""
        news: list[Observation] = []
        if self.remembers or self._observing or self._reacting:
            news = await self._observe(events, circumstances.moment.step)
        if self._reacting and news:
            thinking = self.thinking(circumstances, phase="react", news=news)
            await together([ask_part(thinking, each, each.react, None) for each in self._reacting])
        await self.look(events, circumstances)

    async def _observe(self, events: Sequence[Event], step: int) -> list[Observation]:
        news: list[Observation] = []
        for number, event in enumerate(events):
            if not event.text or event.kind == "failure" or self._is_private(event):
                continue
            said = event.actor if event.kind == "speech" else None
            seen = Observation(
                id=f"{step}/noticed/{number}",
                event_id=event.id,
                to=self.name,
                time=event.time,
                how="heard" if said else "saw",
                text=event.text,
                speaker=said,
                actor=event.actor,
                action=event.action,
            )
            news.append(seen)
            if self.remembers:
                self.memory.add(self.texts.sentence(seen), time=event.time)
            for component in self._observing:
                with user_code(f"{self.name}, {component.name}.observe, step {step}"):
                    await component.observe(seen)
        return news

    def _is_private(self, event: Event) -> bool:
        """Whether these are words for some alone: what it passes on it doesn't know, or it could tell others of it."""
        if event.kind != "speech" or not event.channel:
            return False
        channel = self.channels.get(event.channel)
        return channel is None or (channel.reach == "private" and (channel.members is not None or channel.graph is not None))

    async def says(self, circumstances: Circumstances) -> list[Section]:
        """What its components have to say in this step, asked once."""
        if self._said is None:
            shown = [each for each in self.components if each.shown]
            self._said = await self.thinking(circumstances, phase="says").sections(shown) if shown else []
        return self._said

    def thinking(
        self,
        circumstances: Circumstances,
        *,
        phase: str,
        before: Sequence[Section] = (),
        news: Sequence[Observation] = (),
    ) -> Thinking:
        """A turn of the game master itself; `before` stands in all its questions."""
        spec = ActionSpec.free("")
        thinking = Thinking(self.name, spec, circumstances, memory=self.memory, news=news, phase=phase, before=before)
        self._thought.append(thinking)
        return thinking

    def store(self) -> None:
        """Store what its parts have added to its memory since this was last called."""
        parts = self.parts
        for thinking in self._thought:
            thinking.store_memories(parts)
        self._thought.clear()
        self._said = None

    def over(self) -> str | None:
        """Why the run is at its end, as its own part says; None when it isn't."""
        if self.ends is not None:
            with user_code(f"{self.name}, ends"):
                reason = self.ends(self.world)
            return reason_of(reason, f"{self.name}: `ends`")
        return None if self.ending is None else self.ending.reason

    def measured(self, outcome: Applied, circumstances: Circumstances) -> None:
        """Put what the world measured on record."""
        for name, value in outcome.measures:
            circumstances.measures.append(Measure(name=name, who="", value=value))

    def noticing(self, event: Event) -> set[str]:
        """Who can notice an event, of those who take part."""
        if self.witnesses is not None:
            with user_code(f"{self.name}, witnesses"):
                names: Any = self.witnesses(self.world, event)
            found = set(names_of(names, f"{self.name}: `witnesses`"))
        elif self.world is None:
            return set(self._everybody)
        else:
            names = self.user_code("witnesses", lambda world: world.witnesses(event))
            found = set(names_of(names, f"{type(self.world).__name__}.witnesses"))
        return found if self.open_to_all else found & frozenset(self.present_names())

    _everybody: Sequence[str] = ()

    def meet(self, people: Sequence[str]) -> None:
        """Know all agents of the run, who all notice everything where there is no world."""
        self._everybody = tuple(people)

    def effect(self, outcome: Applied, chronicle: Chronicle, circumstances: Circumstances) -> None:
        """Make what the world did of itself an event: noticed by whoever could, announced to all where nobody did it."""
        self.world_changed()
        self.measured(outcome, circumstances)
        event = chronicle.event(
            "effect",
            outcome.text,
            actor=outcome.actor,
            place=self.place_of(outcome.actor),
            change=outcome.patch or None,
            action=outcome.action or None,
        )
        people = [outcome.actor] if outcome.actor else chronicle.people  # who is gone doesn't notice what they put off
        reached = {*self.present(people), *(self.noticing(event) if outcome.actor else ())}
        tell_event(chronicle, chronicle.noticed(event, reached if outcome.text else set()), self.texts)
        for name, text in outcome.tells:
            chronicle.tell(event, [name], "was_told", text)

    # --- state ---

    def states(self) -> dict[str, tuple[int, dict[str, JsonValue]]]:
        """(version, state) of each of its components and parts that has a state, by name."""
        return {part.name: (part.version, part.state()) for part in self._with_states()}

    def _with_states(self) -> list[Component]:
        parts = self.parts
        if self.ending is not None:  # it holds what the part said last, and the part's own state
            parts = [self.ending if each.name == self.ending.name else each for each in parts]
        return [part for part in parts if type(part).state is not Component.state]

    def restore_states(self, states: Mapping[str, tuple[int, dict[str, JsonValue]]]) -> None:
        """Take up what `states()` gave. Raises: DefinitionError for a state of another part or version."""
        by_name = {part.name: part for part in self._with_states()}
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
