"""WorldKeeper: the one who changes the world, and who says what it shows and offers.

The one idea: every change passes through here, so that what was worked out of the world is forgotten when it changes, what
changed can be taken as one patch a step, and an error in the world's code names its place. It asks no model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from gamemaster.agent import OfferedForm
from gamemaster.words import ActionCall, JsonPatch, UnknownName, user_code
from gamemaster.world import Applied, OfferedAction, Refused, World

__all__ = ["WorldKeeper"]


class WorldKeeper:
    """Keeps a `world`, or none."""

    def __init__(self, world: World | None) -> None:
        self.world = world
        # Of a world that defines no places, and has no part that might, nobody's place need be asked.
        parts = () if world is None else [each for each in vars(world).values() if isinstance(each, World)]
        self._placeless = world is None or (type(world).place_of is World.place_of and not parts)
        self._lines: dict[str, tuple[OfferedAction, ...]] = {}
        self._patch: JsonPatch = []
        self._agenda_changed = False
        self._now = 0.0

    def sees(self, name: str) -> str:
        """What the world lets this agent perceive."""
        return "" if self.world is None else self.user_code("perceive", lambda world: world.perceive(name))

    def sees_data(self, name: str) -> Mapping[str, Any]:
        """The same as JSON values."""
        return {} if self.world is None else self.user_code("perceive_data", lambda world: world.perceive_data(name))

    def offered(self, name: str) -> tuple[OfferedAction, ...]:
        """The actions open to this agent, as the world stands; worked out once between two changes of the world."""
        if self.world is None:
            return ()
        known = self._lines.get(name)
        if known is None:
            known = self._lines[name] = tuple(self.world.offered(name))
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
        self._lines.clear()

    # --- changing it ---

    def full_name(self, action: str) -> str:
        """The dotted name of an action; as given when there is none, which the world then refuses."""
        assert self.world is not None
        try:
            return self.world.find_action(action)
        except UnknownName:
            return action

    def do(self, call: ActionCall, actor: str) -> Applied | Refused:
        """Apply one action; an exception in the world's code names its place."""
        assert self.world is not None
        return self.changing(self.user_code(call.action, lambda world: world.apply(call, actor=actor), actor=actor))

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
        self._agenda_changed = self._agenda_changed or bool(outcomes)  # what was done stands on it no more
        return outcomes

    def intervene(self, change: Callable[[World], str | None]) -> Applied:
        """Change the world from outside."""
        return self.changing(self.user_code("an intervention", lambda world: world.intervene(change)))

    def changing(self, outcome: Any) -> Any:
        """The outcome, its changes noted for the patch."""
        if isinstance(outcome, Applied):
            self._patch.extend(outcome.patch)
            self._agenda_changed = self._agenda_changed or outcome.agenda_changed
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
        patch = [{**each, "path": "/fields" + each["path"]} for each in self._patch]
        if self._agenda_changed:
            patch.append({"op": "replace", "path": "/agenda", "value": world.agenda_state()})
        if world.now != self._now:
            self._now = world.now
            patch.append({"op": "replace", "path": "/now", "value": world.now})
        self._patch, self._agenda_changed = [], False
        return patch
