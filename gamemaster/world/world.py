"""World: the state of a simulation and what can be done in it.

The one idea: a pydantic model whose fields are the state, written by its actions only, each wholly or not at all. The
author writes fields, actions, laws and a few hooks; the engine's half of the class (`prepare`, `apply`, `offered`, ...)
is for whoever runs the simulation. A world asks no model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn, cast

from gamemaster.words import ActionCall, DefinitionError, Draws, Event, draws
from gamemaster.world.action import ActionDefinition
from gamemaster.world.agenda import Delayed
from gamemaster.world.build import BrokenRule, WrongType, build, dump, is_json
from gamemaster.world.context import Context
from gamemaster.world.engine import Engine
from gamemaster.world.law import Law
from gamemaster.world.offered_action import OfferedAction
from gamemaster.world.outcome import ActionRefused, Applied, Refused
from gamemaster.world.world_class import WorldClass, caller_names, check_decorators, check_namespace
from gamemaster.world.world_state import WorldState

__all__ = ["World"]


class World(WorldState):
    """Subclass it; the fields are the state.

    A field is a str, int, float, bool, Literal, Optional, a pydantic model, a dict with str keys, a list, or a World,
    whose actions are then named `field.action`. The world takes copies of what it is given. Outside of its actions it
    can be read, and a write raises.
    """

    __slots__ = ("__engine__",)

    laws: ClassVar[Sequence[Law]] = ()
    """What every action leaves standing: `laws = [conserved("coins")]`. The laws of a parent class hold too."""
    version: ClassVar[int] = 1
    """The version of the form of the state; raise it when the fields change."""

    if TYPE_CHECKING:  # said as a ClassVar, since it would read as a field of every world
        __engine__: ClassVar[Engine | None]

    def __init__(self, **fields: Any) -> None:
        super().__init__(**fields)
        WorldClass.of(type(self))
        object.__setattr__(self, "__engine__", None)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        check_namespace(cls)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        check_decorators(cls)
        if cls.__pydantic_complete__:
            WorldClass.of(cls, caller_names())

    # For the world's author, to override.

    def start(self) -> str | None:
        """Called once, before the first step, as one change; may return a sentence that announces what happened."""

    def end_of_step(self) -> str | None:
        """Called after every step, as one change."""

    def end_of_round(self) -> str | None:
        """Called after every round of a scene or schedule, as one change."""

    def over(self) -> str | None:
        """Why the run ends now, or None. By default the first reason that a world within this one has."""
        return next((reason for part in self._parts() if (reason := part.over())), None)

    def perceive(self, name: str) -> str:
        """What this person sees of the world now, in words; nothing by default."""
        return ""

    def perceive_data(self, name: str) -> dict[str, Any]:
        """The same as JSON values, for policies; nothing by default."""
        return {}

    def place_of(self, name: str) -> str | None:
        """Where this person is; None in a world without places. By default what a part of this world says."""
        part = self._knows("place_of")
        return part.place_of(name) if part is not None else None

    def place_names(self) -> Sequence[str]:
        """All places; none by default, or those of a part of this world."""
        part = self._knows("place_names")
        return part.place_names() if part is not None else ()

    def present_people(self) -> Sequence[str]:
        """Who takes part now. By default what a part of this world says, else everybody: all agents of the run.

        Who has left, died or not come yet is asked nothing, notices nothing and does nothing. A name that is nobody's yet
        is born: the simulation makes the agent at the end of the step.
        """
        part = self._knows("present_people")
        return part.present_people() if part is not None else self.people

    def witnesses(self, event: Event) -> set[str]:
        """Who can notice an event: all in its place, or the actor alone where there are no places."""
        present = {event.actor} & self.__node__.context.people_set
        place = event.place if event.place is not None else self.place_of(event.actor) if present else None
        if place is None:
            return present
        placing = self if type(self).place_of is not World.place_of else self._knows("place_of")
        engine = self.__node__.context.world.__engine__
        there = engine.people_at(place, placing) if engine is not None and placing is not None else None
        if there is None:
            return present | {each for each in self.people if self.place_of(each) == place}
        return present | (self.__node__.context.people_set & set(there))

    # For the world's author, to use.

    @property
    def now(self) -> float:
        """Simulated seconds since the run's start."""
        return self.__node__.context.now

    @property
    def people(self) -> tuple[str, ...]:
        """The names of all agents of the run, in their order."""
        return self.__node__.context.people

    def has_person(self, name: str) -> bool:
        """Whether this is the name of an agent of the run."""
        return name in self.__node__.context.people_set

    def random(self, what: str) -> Draws:
        """The random numbers called `what`; the only chance that a world may use.

        The same name gives the same numbers whenever it is asked in a run, so put the round or the persons concerned
        into it: `self.random(f"weather of day {day}")`. One name's numbers don't depend on what else is drawn.
        """
        context = self.__node__.context
        self._root_engine()
        return draws(context.seed, "world", what)

    def refuse(self, reason: str) -> NoReturn:
        """Leave the action: nothing has changed, and the actor learns the reason."""
        self.__node__.context.acting("refuse")
        raise ActionRefused(reason)

    def later(self, delay: float, action: Callable[..., Any] | str, *, actor: str | None = None, **arguments: Any) -> None:
        """Have an action carried out `delay` simulated seconds from now, by the present actor if no other is named.

        It is checked again then, and refused if it isn't possible any more.
        """
        self.__node__.context.acting("later")
        self._root_engine().schedule(delay, action, self, actor, arguments)

    def tell(self, name: str, text: str) -> None:
        """Let one person know something that nobody else notices."""
        stage = self.__node__.context.acting("tell")
        self._root_engine().check_person(name)
        stage.tells.append((name, text))

    def measure(self, name: str, value: float | int | str | bool | None) -> None:
        """Put a value on record under `name`, at this time."""
        stage = self.__node__.context.acting("measure")
        if not is_json(value):
            raise DefinitionError(f"{stage.action} measures {name!r} as {value!r}; a measure is a finite number, a text or None.")
        stage.measures.append((name, value))

    # For whoever runs the simulation.

    def prepare(self, *, seed: int, people: Sequence[str], reserved: Sequence[str] = ()) -> None:
        """Set the world to the beginning of a run: time 0, nothing on the agenda, these people and this seed.

        Nobody who is born in it may have one of the names `reserved`, whatever the letters' case: those of game masters.
        Raises: DefinitionError for a law that doesn't hold, or two people of one name.
        """
        context = self._at_rest("prepare")
        if context.world is not self:
            raise DefinitionError(f"This {type(self).__name__} is a part of a {type(context.world).__name__}; prepare that one.")
        context.seed, context.now, context.agenda = seed, 0.0, []
        context.reserved = frozenset([name.casefold() for name in reserved])
        self.set_people(people)
        engine = Engine(self, context)
        object.__setattr__(self, "__engine__", engine)
        engine.check_start()

    def set_people(self, people: Sequence[str]) -> None:
        """Say who is in the world from now on. Raises: DefinitionError for an empty name, or two alike."""
        context = self._at_rest("set_people")
        names = tuple(people)
        for name in names:
            if not isinstance(name, str) or not name.strip():  # pyright: ignore[reportUnnecessaryIsInstance]
                raise DefinitionError(f"A person is called {name!r}; a name is a text that isn't empty.")
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise DefinitionError(f"Two people are called {twice!r}; give each a name of its own.")
        context.people, context.people_set = names, frozenset(names)

    def set_time(self, time: float) -> None:
        """Move the clock."""
        self._at_rest("set_time").now = time

    @property
    def definitions(self) -> Mapping[str, ActionDefinition]:
        """All actions by their dotted names, in the order of their definition."""
        found: dict[str, ActionDefinition] = {}
        for path, part in WorldClass.of(type(self)).all_worlds():
            for name, definition in part.actions.items():
                dotted = ".".join([*map(str, path), name])
                found[dotted] = replace(definition, name=dotted)
        return found

    def find_action(self, name: str) -> str:
        """The dotted name of an action given by that, or by its last part if no other has it. Raises: UnknownName."""
        return self._root_engine().actions.find(name).name

    def offered(self, actor: str) -> list[OfferedAction]:
        """The actions open to this person now, joint ones too, with their domains as the world stands."""
        engine = self._root_engine()
        offers = [engine.offer(bound, actor) for bound in engine.actions]
        return [each for each in offers if isinstance(each, OfferedAction)]

    def offered_to_game_master(self, actor: str) -> list[OfferedAction]:
        """The actions that only the game master may choose, as they may now follow from a deed of this actor."""
        engine = self._root_engine()
        own = [bound for bound in engine.actions if bound.definition.by == "game_master"]
        offers = [engine.offer(bound, actor, by="game_master") for bound in own]
        return [each for each in offers if isinstance(each, OfferedAction)]

    def offer(self, action: str, actor: str) -> OfferedAction | str:
        """One action as it is open to this person now, or why it isn't. Raises: UnknownName."""
        engine = self._root_engine()
        return engine.offer(engine.actions.find(action), actor)

    def check_arguments(self, action: str, arguments: Mapping[str, Any], *, actor: str) -> dict[str, Any]:
        """The arguments in their proper form. What a mounted tool is yet to answer may be missing.

        Raises: InvalidAnswer, saying what would be allowed; UnknownName.
        """
        engine = self._root_engine()
        return engine.check_arguments(engine.actions.find(action), arguments, actor, consulted=False)

    def apply(self, call: ActionCall, *, actor: str, by: Literal["agents", "game_master"] = "agents") -> Applied | Refused:
        """Carry out an action wholly, or refuse it and change nothing.

        Refused are an unknown action, one not open to the actor, wrong arguments, what the action itself refuses, and
        what would break a law, an invariant or a field's rule. With `by="game_master"` the actions that are open to it
        alone may be chosen too; the actor is then whose deed they follow from.
        Raises: UnknownName for an unknown actor; DefinitionError for a mistake in the world's code; whatever that code
        raises. Nothing has changed then either.
        """
        return self._root_engine().apply(call, actor, by=by)

    def would_refuse(self, call: ActionCall, *, actor: str, by: Literal["agents", "game_master"] = "agents") -> str | None:
        """Why `apply` would refuse this action now, None if it would carry it out; nothing changes. Costs what `apply` costs."""
        outcome = self._root_engine().apply(call, actor, by=by, tried=True)
        return outcome.reason if isinstance(outcome, Refused) else None

    def apply_together(self, action: str, answers: Mapping[str, Mapping[str, Any]]) -> Applied | Refused:
        """Carry out a joint action: `answers` are the arguments by actor, of those who gave a valid answer.

        The action gets them in the order of `people`, whatever the order here.
        Raises: InvalidAnswer naming the actor, for arguments that `check_arguments` doesn't pass.
        """
        return self._root_engine().apply_together(action, answers)

    def run_hook(self, hook: Literal["start", "end_of_step", "end_of_round"]) -> Applied | None:
        """Run a hook, of the parts first; None when there is none, or it said and did nothing.

        Raises: DefinitionError when it would break a law; nothing has changed then.
        """
        return self._root_engine().run_hook(hook)

    def intervene(self, change: Callable[[Any], str | None]) -> Applied:
        """Change the world from outside, as one checked change: `world.intervene(lambda world: world.shut("mill"))`.

        Raises: DefinitionError when it would break a law; nothing has changed then.
        """
        return self._root_engine().intervene(change)

    def due(self) -> list[Applied | Refused]:
        """Carry out what was put off until now, in order of time, of equal times in order of scheduling.

        `now` is for each the time for which it was scheduled; what one of them schedules in its turn is carried out
        too if it is due.
        """
        return self._root_engine().due()

    def next_due(self) -> float | None:
        """When the next action that was put off is due; None when there is none."""
        agenda = self.__node__.context.agenda
        return agenda[0].time if agenda else None

    def state(self) -> dict[str, Any]:
        """All that changes in a run: fields, agenda, clock and people. The order of dicts is part of it."""
        context = self.__node__.context
        return {"fields": self.dump(), "agenda": self.agenda_state(), "now": context.now, "people": list(context.people)}

    def agenda_state(self) -> list[Any]:
        """The part of `state()` that tells what was put off, in the order in which it is due."""
        return dump([each.to_json() for each in self.__node__.context.agenda])

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state()` gave; the seed is the one of `prepare`.

        Raises: DefinitionError for a state of another form, or one in which a law doesn't hold; the world is as it was.
        """
        engine, context = self._root_engine(), self._at_rest("restore")
        before = (context.agenda, context.now, context.people, context.people_set)
        fields = [(world.__node__.values, dict(world.__dict__)) for world in engine.worlds.values()]
        try:
            context.agenda = [Delayed.from_json(dump(each)) for each in state["agenda"]]
            context.now = state["now"]
            self.set_people(state["people"])
            self.take_over(cast("World", build(state["fields"], self.__node__.shape, self.__node__, "", stored=True)))
            engine.check_start()
        except (BrokenRule, WrongType, KeyError, TypeError, DefinitionError) as problem:
            for now, then in fields:
                now.update(then)
            context.agenda, context.now, context.people, context.people_set = before
            engine.check_start()
            what = f"it lacks {problem}" if isinstance(problem, KeyError) else str(problem)
            where = ".".join(map(str, getattr(problem, "where", ())))
            raise DefinitionError(
                f"The stored state doesn't fit {type(self).__name__}: {where} {what}".replace("  ", " ")
            ) from None

    def _root_engine(self) -> Engine:
        engine = self.__node__.context.world.__engine__
        if engine is None:
            raise DefinitionError(f"{type(self).__name__} isn't prepared; call prepare(seed=..., people=[...]) first.")
        return engine

    def _parts(self) -> list[World]:
        return [cast("World", self.__dict__[name]) for name in WorldClass.of(type(self)).parts]

    def _knows(self, method: str) -> World | None:
        """The first world within this one that defines this method, else the world around this one."""
        root = self.__node__.context.world
        return self._knows_inside(method) or (root if root is not self else None)

    def _knows_inside(self, method: str) -> World | None:
        for part in self._parts():
            found = part if getattr(type(part), method) is not getattr(World, method) else part._knows_inside(method)
            if found is not None:
                return found
        return None

    def _at_rest(self, what: str) -> Context:
        context = self.__node__.context
        if context.stage is not None:
            raise DefinitionError(
                f"{context.stage.action} called {what} on the world; that is for whoever runs it, between actions."
            )
        return context
