"""WorldKeeper: the one who changes the world, and who says what it shows and offers.

The one idea: every change passes through here, so that what was worked out of the world is forgotten when it changes, what
changed can be taken as one patch a step, and an error in the world's code names its place. Several game masters keep one
world together: what one of them changes, all know of. It asks no model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from gamemaster.agent import OfferedForm
from gamemaster.game_master.part_checks import names_of
from gamemaster.words import ActionCall, DefinitionError, JsonPatch, UnknownName, user_code
from gamemaster.world import Applied, OfferedAction, Refused, World

__all__ = ["WorldKeeper"]


@dataclass(slots=True)
class _Kept:
    """What is known of one world between two changes, and what has changed in it: common to all who keep it."""

    lines: dict[str, tuple[OfferedAction, ...]] = field(default_factory=dict[str, tuple[OfferedAction, ...]])
    patch: JsonPatch = field(default_factory=JsonPatch)
    agenda_changed: bool = False
    people_changed: bool = False
    now: float = 0.0


class WorldKeeper:
    """Keeps a `world`, or none."""

    def __init__(self, world: World | None) -> None:
        self._keep(world, _Kept())

    def _keep(self, world: World | None, kept: _Kept) -> None:
        self.world = world
        # Of a world that defines no places, and has no part that might, nobody's place need be asked.
        parts = () if world is None else [each for each in vars(world).values() if isinstance(each, World)]
        self._placeless = world is None or (type(world).place_of is World.place_of and not parts)
        # Of one that says nothing of who takes part, everybody does.
        self.open_to_all = world is None or (type(world).present_people is World.present_people and not parts)
        self.joint = frozenset[str]()
        """The joint actions, by their dotted names."""
        if world is not None:
            self.joint = frozenset(name for name, each in world.definitions.items() if each.together)
        self._kept = kept

    def keep_with(self, other: WorldKeeper) -> None:
        """Keep the world of another one, together with it."""
        self._keep(other.world, other._kept)

    def sees(self, name: str) -> str:
        """What the world lets this agent perceive."""
        if self.world is None:
            return ""
        text = self.user_code("perceive", lambda world: world.perceive(name))
        if not isinstance(text, str):
            raise DefinitionError(f"{type(self.world).__name__}.perceive returned {text!r} for {name}; it returns a text.")
        return text

    def sees_data(self, name: str) -> Mapping[str, Any]:
        """The same as JSON values."""
        return {} if self.world is None else self.user_code("perceive_data", lambda world: world.perceive_data(name))

    def offered(self, name: str) -> tuple[OfferedAction, ...]:
        """The actions open to this agent, as the world stands; worked out once between two changes of the world."""
        if self.world is None:
            return ()
        known = self._kept.lines.get(name)
        if known is None:
            known = self._kept.lines[name] = tuple(self.world.offered(name))
        return known

    def offers(self, name: str) -> str:
        """The same as text, a line each."""
        return "\n".join(offer.line for offer in self.offered(name))

    def form(self, action: str, name: str) -> OfferedForm:
        """How an answer to the arguments of `action` has to look for this agent."""
        world = self.world
        if world is None:
            return OfferedForm(closed=f"there is no world that has the action {action!r}")
        full = world.find_action(action)
        offer = world.offer(full, name)
        if isinstance(offer, str):
            return OfferedForm(closed=offer)
        return OfferedForm(
            names=tuple(each.name for each in offer.parameters),
            schema=offer.schema,
            check=lambda arguments: world.check_arguments(full, arguments, actor=name),
            offer=offer,
        )

    def world_changed(self) -> None:
        """Forget what was worked out of the world as it stood."""
        self._kept.lines.clear()

    def world_restored(self) -> None:
        """Take the world as it stands for what is on record of it."""
        self._kept.now = 0.0 if self.world is None else self.world.now
        self.world_changed()

    # --- changing it ---

    def full_name(self, action: str) -> str:
        """The dotted name of an action; as given when there is none, which the world then refuses."""
        assert self.world is not None
        try:
            return self.world.find_action(action)
        except UnknownName:
            return action

    def do(self, call: ActionCall, actor: str, *, by: Literal["agents", "game_master"] = "agents") -> Applied | Refused:
        """Apply one action; an exception in the world's code names its place."""
        assert self.world is not None
        return self.changing(self.user_code(call.action, lambda world: world.apply(call, actor=actor, by=by), actor=actor))

    def would_refuse(self, call: ActionCall, actor: str, *, by: Literal["agents", "game_master"] = "agents") -> bool:
        """Whether the world would refuse this action as it stands now; nothing changes."""
        refused = self.user_code(call.action, lambda world: world.would_refuse(call, actor=actor, by=by), actor=actor)
        return refused is not None

    def present(self, people: Sequence[str]) -> Sequence[str]:
        """Who of `people` takes part now, in their order."""
        if self.open_to_all:
            return people
        here = frozenset(self.present_names())
        return [name for name in people if name in here]

    def admit(self, people: Sequence[str]) -> None:
        """Let these be the people of the world from now on."""
        if self.world is not None:
            self.world.set_people(people)
            self._kept.people_changed = True
            self.world_changed()

    def present_names(self) -> Sequence[str]:
        """Who takes part, as the world says; there may be names whose agents are still to be made."""
        if self.open_to_all:
            return ()
        names = self.user_code("present_people", lambda world: world.present_people())
        return tuple(names_of(names, f"{type(self.world).__name__}.present_people"))

    def hook(self, name: Literal["start", "end_of_step", "end_of_round"]) -> Applied | None:
        """Run one of the world's own hooks; None when it does nothing."""
        if type(self.world) is World or self.world is None:
            return None
        return self.changing(self.user_code(name, lambda world: world.run_hook(name)))

    def due(self) -> list[Applied | Refused]:
        """Apply the delayed actions whose time has come."""
        if self.world is None:
            return []
        outcomes = self.user_code("a delayed action", lambda world: world.due())
        for outcome in outcomes:
            self.changing(outcome)
        self._kept.agenda_changed = self._kept.agenda_changed or bool(outcomes)  # what was done stands on it no more
        return outcomes

    def intervene(self, change: Callable[[World], str | None]) -> Applied:
        """Change the world from outside."""
        return self.changing(self.user_code("an intervention", lambda world: world.intervene(change)))

    def changing(self, outcome: Any) -> Any:
        """The outcome, its changes noted for the patch."""
        if isinstance(outcome, Applied):
            self._kept.patch.extend(outcome.patch)
            self._kept.agenda_changed = self._kept.agenda_changed or outcome.agenda_changed
            self.world_changed()
        return outcome

    def user_code(self, what: str, run: Callable[[World], Any], *, actor: str = "") -> Any:
        """What code of the world's returns. Raises: StepFailed, which names world, code and actor, for an error in it."""
        assert self.world is not None
        with user_code(f"{type(self.world).__name__}.{what}" + (f" by {actor}" if actor else "")):
            return run(self.world)

    def place_of(self, actor: str) -> str | None:
        """Where this agent is; None where the world has no places."""
        if self._placeless or not actor or self.world is None:
            return None
        return self.user_code("place_of", lambda world: world.place_of(actor))

    # --- what has changed ---

    def take_patch(self) -> JsonPatch:
        """What has changed in `world.state()` since this was last taken, as a JSON Patch."""
        world = self.world
        if world is None:
            return []
        kept = self._kept
        patch = [{**each, "path": "/fields" + each["path"]} for each in kept.patch]
        if kept.people_changed:
            patch.append({"op": "replace", "path": "/people", "value": list(world.people)})
        if kept.agenda_changed:
            patch.append({"op": "replace", "path": "/agenda", "value": world.agenda_state()})
        if world.now != kept.now:
            kept.now = world.now
            patch.append({"op": "replace", "path": "/now", "value": world.now})
        kept.patch, kept.agenda_changed, kept.people_changed = [], False, False
        return patch
