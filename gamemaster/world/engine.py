"""Engine: carries out what is done in a world, one atomic change at a time.

The one idea: actions, joint actions, hooks, delayed actions and interventions all go through `_change`: open a stage, run
the author's code, commit or drop it. The engine knows the whole world with its parts; a part alone has none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from gamemaster.words import ActionCall, DefinitionError, InvalidAnswer, UnknownName
from gamemaster.world.action_table import ActionTable, BoundAction
from gamemaster.world.agenda import Delayed, put_in
from gamemaster.world.build import dump, is_json
from gamemaster.world.change import patch_of
from gamemaster.world.commit import commit
from gamemaster.world.context import Context, Stage
from gamemaster.world.invariant import FreeInvariant
from gamemaster.world.law import Watch
from gamemaster.world.node import Path
from gamemaster.world.offered_action import OfferedAction, offer
from gamemaster.world.outcome import ActionRefused, Applied, Refused
from gamemaster.world.recorded_answer import Recorded
from gamemaster.world.whereabouts import Whereabouts, whereabouts_of
from gamemaster.world.world_class import WorldClass

if TYPE_CHECKING:
    from gamemaster.world.world import World

__all__ = ["Engine"]

_MOST_DUE = 100_000


class Engine:
    """The actions, laws and invariants of a world and its parts, bound to one object."""

    def __init__(self, world: World, context: Context) -> None:
        self.context = context
        self.worlds: dict[Path, World] = {}
        self.actions = ActionTable()
        self.watches: list[Watch] = []
        self.invariants: list[FreeInvariant] = []
        for path, part in WorldClass.of(type(world)).all_worlds():
            here = world
            for name in path:
                here = getattr(here, str(name))
            self.worlds[path] = here
            prefix = "".join([f"{name}." for name in path])
            for name, definition in part.actions.items():
                self.actions.add(BoundAction(prefix + name, definition, here))
            self.watches += [law.watch(path) for law in part.laws]
            self.invariants += [FreeInvariant(here, path, prefix + name, rule) for name, rule in part.invariants.items()]
        self._whereabouts: Whereabouts | None = None
        self._paths = sorted(self.worlds, key=len, reverse=True)

    def check_start(self) -> None:
        """Take up the state as it stands. Raises: DefinitionError for a law that doesn't hold in it."""
        self._whereabouts = None
        state = dump(self.context.world) if self.watches else None
        name = type(self.context.world).__name__
        for watch in self.watches:
            problem = watch.start(state)
            if problem:
                raise DefinitionError(f"The law {watch.name} of {name} doesn't hold at the start: {problem}.")
        for each in self.invariants:
            problem = each.check()
            if problem:
                raise DefinitionError(f"The invariant {each.name} of {name} doesn't hold at the start: {problem}")
            each.settle()

    def people_at(self, place: str, placing: World) -> Sequence[str] | None:
        """Who is in a place by the `place_of` of `placing`; None where everybody has to be asked where they are."""
        if self.context.stage is not None:  # what an action under way has changed is not followed yet
            return None
        if self._whereabouts is None or self._whereabouts.part is not placing:
            self._whereabouts = whereabouts_of(placing, self._path_of(placing))
        return None if self._whereabouts is None else self._whereabouts.at(place)

    def check_person(self, name: str) -> None:
        """Raises: UnknownName."""
        if name not in self.context.people_set:
            raise UnknownName.of("person", name, self.context.people, hint="Give all people to world.prepare.")

    def check_arguments(
        self, bound: BoundAction, arguments: Mapping[str, Any], actor: str, *, consulted: bool = True
    ) -> dict[str, Any]:
        """The arguments in their proper form, defaults filled in; not yet `consulted`, what a tool answers may be missing.

        Raises: InvalidAnswer.
        """
        world, checked = bound.world, dict[str, Any]()
        for each in bound.definition.parameters:
            if each.name in arguments:
                checked[each.name] = each.check(arguments[each.name], world, actor)
            elif not consulted and isinstance(each.type.domain, Recorded):
                continue
            elif each.required and not each.type.optional:
                raise InvalidAnswer(f"{bound.name} needs {each.name}.")
            else:
                checked[each.name] = dump(each.default)
        if len(arguments) > len(checked) or not bound.names.issuperset(arguments):
            extra = ", ".join([repr(name) for name in arguments if name not in bound.names])
            raise InvalidAnswer(f"{bound.name} has no parameter {extra}; it takes {', '.join(checked) or 'none'}.")
        return checked

    def offer(self, bound: BoundAction, actor: str, by: str = "agents") -> OfferedAction | str:
        """The action as it is open to `actor`, or why it isn't; `by` whom it would be chosen."""
        if not bound.definition.offered or (bound.definition.by == "game_master" and by == "agents"):
            return f"{bound.name} is not for anyone to choose"
        if not bound.is_open(actor):
            return f"{bound.name} is not open to {actor} now"
        return offer(bound.name, bound.definition, bound.world, actor)

    def apply(
        self, call: ActionCall, actor: str, *, by: str = "agents", delayed: bool = False, tried: bool = False
    ) -> Applied | Refused:
        """Carry out one action of one actor, chosen `by` it or by the game master; nothing is left of one only `tried`."""
        name, context = call.action, self.context
        arguments: Mapping[str, Any] = call.arguments
        law: str | None = None
        if not delayed:
            self.check_person(actor)
        try:
            bound = self.actions.find(name)
            name = bound.name
            self._check_open(bound, actor, delayed, by)
            arguments = self.check_arguments(bound, call.arguments, actor)
        except (ActionRefused, InvalidAnswer, UnknownName) as problem:
            reason = str(problem)
        else:
            # The action gets lists of its own: what it does with them must not reach the record of its arguments.
            given = {key: dump(value) if type(value) is list else value for key, value in arguments.items()}
            if bound.definition.takes_actor:
                given["actor"] = actor
            try:
                body = lambda: bound.function(**given)  # noqa: E731
                return self._change(name, actor, arguments, body, _sentence(name, actor), tried=tried)
            except ActionRefused as refusal:
                reason, law = refusal.reason, refusal.law
        # What was refused may hold anything; on record it is JSON all the same.
        shown = {str(key): value if is_json(value) else repr(value) for key, value in arguments.items()}
        return Refused(action=name, actor=actor, arguments=shown, reason=reason, law=law, time=context.now)

    def _check_open(self, bound: BoundAction, actor: str, delayed: bool, by: str) -> None:
        name, definition = bound.name, bound.definition
        closed = not definition.offered or (definition.by == "game_master" and by == "agents")
        if closed and not delayed:
            raise ActionRefused(f"{name} is not for anyone to choose.")
        if definition.together:
            raise ActionRefused(f"{name} is done by all together, not by {actor} alone.")
        if definition.when is not None and not bound.is_open(actor):
            raise ActionRefused(f"{name} is not open to {actor or 'anyone'} now.")

    def apply_together(self, action: str, answers: Mapping[str, Mapping[str, Any]]) -> Applied | Refused:
        """Carry out a joint action with the answers of all who take part.

        Raises: UnknownName, InvalidAnswer for an answer that check_arguments would not pass.
        """
        bound = self.actions.find(action)
        if not bound.definition.together:
            raise DefinitionError(f"{bound.name} is no joint action; apply it for each actor, or say @action(together=True).")
        for actor in answers:
            self.check_person(actor)
        gathered: dict[str, dict[str, Any]] = {each.name: {} for each in bound.definition.parameters}
        for actor in [each for each in self.context.people if each in answers]:
            try:
                if not bound.is_open(actor):
                    raise InvalidAnswer(f"{bound.name} is not open to {actor} now.")
                checked = self.check_arguments(bound, answers[actor], actor)
            except InvalidAnswer as problem:
                raise InvalidAnswer(f"{actor}: {problem}") from None
            for name, value in checked.items():
                gathered[name][actor] = value
        time = self.context.now
        try:
            return self._change(bound.name, "", gathered, lambda: bound.function(**dump(gathered)), _sentence(bound.name, ""))
        except ActionRefused as refusal:
            return Refused(action=bound.name, actor="", arguments=gathered, reason=refusal.reason, law=refusal.law, time=time)

    def run_hook(self, hook: str) -> Applied | None:
        """Run a hook of all worlds that define it, parts before the whole, as one change."""
        from gamemaster.world.world import World

        defined = [world for world in self.worlds.values() if getattr(type(world), hook) is not getattr(World, hook)]
        if not defined:
            return None
        defined.sort(key=lambda world: -len(self._path_of(world)))
        methods = [cast("Callable[[], str | None]", getattr(world, hook)) for world in defined]
        applied = self._whole(hook, lambda: " ".join([_text(method(), hook) for method in methods]).strip())
        silent = not (applied.text or applied.patch or applied.tells or applied.measures or applied.agenda_changed)
        return None if silent else applied

    def intervene(self, change: Callable[[Any], str | None]) -> Applied:
        """Change the world from outside."""
        return self._whole("intervention", lambda: change(self.context.world))

    def schedule(
        self, delay: float, action: Callable[..., Any] | str, world: World, actor: str | None, arguments: Mapping[str, Any]
    ) -> None:
        """Have the stage put an action on the agenda. Raises: DefinitionError for one that could never be carried out."""
        context = self.context
        stage = context.acting("later")
        if isinstance(delay, bool) or not math.isfinite(delay) or delay < 0:
            raise DefinitionError(f"{stage.action} puts an action off by {delay!r} s; a delay is a number from 0.")
        bound = self.actions.of(action, world)
        name, definition = bound.name, bound.definition
        who = stage.actor if actor is None else actor
        if definition.together or (definition.takes_actor and not who):
            raise DefinitionError(f"{stage.action} puts off {name}, which needs one actor; name one with actor=...")
        known = {each.name: each for each in definition.parameters}
        missing = [each.name for each in definition.parameters if each.required and each.name not in arguments]
        wrong = [each for each in arguments if each not in known]
        plain = dump(arguments)
        if missing or wrong or not is_json(plain):
            problem = f"lacks {missing[0]!r}" if missing else f"has no {wrong[0]!r}" if wrong else "takes JSON values only"
            raise DefinitionError(f"{stage.action} puts off {name}, which {problem}; it takes {', '.join(known) or 'nothing'}.")
        stage.scheduled.append(Delayed(time=context.now + delay, action=name, arguments=plain, actor=who))

    def due(self) -> list[Applied | Refused]:
        """Carry out what is due, in order, each at its own time."""
        context, done = self.context, list[Applied | Refused]()
        now = context.now
        try:
            while context.agenda and context.agenda[0].time <= now:
                if len(done) == _MOST_DUE:
                    raise DefinitionError(
                        f"{context.agenda[0].action} puts itself off again and again; delay it by more than 0 s."
                    )
                entry = context.agenda.pop(0)
                context.now = entry.time
                try:
                    call = ActionCall(action=entry.action, arguments=entry.arguments)
                    done.append(self.apply(call, entry.actor, delayed=True))
                except BaseException:
                    context.agenda.insert(0, entry)
                    raise
        finally:
            context.now = now
        return done

    def _whole(self, name: str, body: Callable[[], str | None]) -> Applied:
        """A change that nobody is there to be refused. Raises: DefinitionError when it would break a law."""
        try:
            return self._change(name, "", {}, body, "")
        except ActionRefused as refusal:
            law = f" (law: {refusal.law})" if refusal.law else ""
            where = f"{type(self.context.world).__name__}: {name}"
            raise DefinitionError(f"{where} would break the world, and nothing was changed: {refusal.reason}{law}") from refusal

    def _path_of(self, world: World) -> Path:
        return next(path for path, each in self.worlds.items() if each is world)

    def _change(
        self,
        name: str,
        actor: str,
        arguments: Mapping[str, Any],
        body: Callable[[], str | None],
        sentence: str,
        *,
        tried: bool = False,
    ) -> Applied:
        context = self.context
        if context.stage is not None:
            raise DefinitionError(f"{name} was applied inside of {context.stage.action}; call the method itself there.")
        stage = context.stage = Stage(name, actor)
        try:
            text = _text(body(), name)
            changes = commit(stage, self.watches, self.invariants, self._paths, tried=tried)
        except BaseException:
            stage.abort()
            raise
        finally:
            context.stage = None
        if self._whereabouts is not None and changes:
            self._whereabouts.follow(changes)
        for delayed in () if tried else stage.scheduled:
            put_in(context.agenda, delayed)
        return Applied(
            action=name,
            actor=actor,
            arguments=arguments,
            text=text or sentence,
            patch=patch_of(changes),
            tells=tuple(stage.tells),
            measures=tuple(stage.measures),
            agenda_changed=bool(stage.scheduled),
            time=context.now,
        )


def _text(returned: Any, name: str) -> str:
    if returned is None or isinstance(returned, str):
        return returned or ""
    raise DefinitionError(f"{name} returned {returned!r}; it returns the sentence that says what happened, or None.")


def _sentence(name: str, actor: str) -> str:
    """The sentence of an action that returned none."""
    words = name.rpartition(".")[2].replace("_", " ")
    return f"{actor}: {words}." if actor else f"{words.capitalize()}."
