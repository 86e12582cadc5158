"""Containers: chests, bags and drawers: where each stands, whether it is open, and what key it takes.

The one idea: a container is within something: a place, a person who carries it, or another container; and following that
upwards one always gets out. What is in it, and whether there is room, is `Inventories`' business.
"""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Ge
from pydantic import BaseModel, Field

from gamemaster.words import OneOf, Person
from gamemaster.world.action import action
from gamemaster.world.invariant import invariant
from gamemaster.world.parts.coming_and_going import Departure
from gamemaster.world.parts.part import Part, ThingKeeper

__all__ = ["Container", "Containers"]


class Container(BaseModel):
    """`within` is the place, person or container that it is in, `key` the thing that locks and unlocks it (None: it has no lock).

    `capacity` is the most pieces that go in, containers among them; None for no bound. `fixed` ones can't be carried away.
    """

    within: str
    is_open: bool = True
    locked: bool = False
    key: str | None = None
    capacity: Annotated[int, Ge(0)] | None = None
    fixed: bool = False


class Containers(Part):
    """Containers by name, each named unlike any person and place. `Inventories` has a field of them.

    With `by_hand=False` people can't handle them by actions of their own.
    """

    boxes: dict[str, Container] = Field(default_factory=dict[str, Container])
    by_hand: bool = True

    @invariant
    def has_no_circle(self) -> bool | str:
        """A container would be inside itself."""
        for name in self.boxes:
            above, steps = self.boxes[name].within, 0
            while above in self.boxes:
                above, steps = self.boxes[above].within, steps + 1
                if steps > len(self.boxes):
                    return f"the {name} would be inside itself"
        return True

    @invariant
    def locked_is_shut(self) -> bool | str:
        """A container would be locked and open."""
        return next(
            (f"the {name} would be locked and open" for name, box in self.boxes.items() if box.locked and box.is_open), True
        )

    def around(self, name: str) -> list[str]:
        """The containers that this one is in, the nearest first."""
        found: list[str] = []
        above = self.boxes[name].within
        while above in self.boxes:
            found.append(above)
            above = self.boxes[above].within
        return found

    def bearer(self, name: str) -> str:
        """The place where a container stands, or the person who carries it, with all that it is in."""
        around = self.around(name)
        return self.boxes[around[-1] if around else name].within

    def inside(self, holder: str) -> list[str]:
        """The containers right in a place, on a person or in a container."""
        return [name for name, box in self.boxes.items() if box.within == holder]

    def in_reach(self, actor: str) -> list[str]:
        """The containers that somebody can lay hands on: carried, or in the same place, and in nothing that is shut."""
        if not self.boxes:
            return []
        mine = {actor, self.place_of(actor)}
        return [
            name for name in self.boxes if self.bearer(name) in mine and all(self.boxes[up].is_open for up in self.around(name))
        ]

    def open_ones(self, actor: str) -> list[str]:
        """Those in reach that are open."""
        return [name for name in self.in_reach(actor) if self.boxes[name].is_open]

    def shut_ones(self, actor: str) -> list[str]:
        """Those in reach that are shut."""
        return [name for name in self.in_reach(actor) if not self.boxes[name].is_open]

    def with_lock(self, actor: str) -> list[str]:
        """Those in reach that can be locked."""
        return [name for name in self.in_reach(actor) if self.boxes[name].key is not None]

    def movable(self, actor: str) -> list[str]:
        """Those in reach that can be carried away."""
        return [name for name in self.in_reach(actor) if not self.boxes[name].fixed]

    def carried(self, actor: str) -> list[str]:
        """Those that somebody carries."""
        return self.inside(actor)

    def put(self, name: str, within: str) -> None:
        """Have a container be within a place, a person or another container; for use in actions and hooks."""
        self.boxes[name].within = within

    def departs(self, departure: Departure) -> None:
        """What who is gone carried goes to the heir, or stands where they were; `Inventories`, where there are any, see to it."""
        target = departure.heir or departure.place
        if target is not None and not self._beside(ThingKeeper):
            for container in self.inside(departure.name):
                self.put(container, target)

    def handles(self, actor: str) -> bool:
        """Whether people handle containers by actions of their own, and this one is there to do so."""
        return self.by_hand and bool(self.boxes) and self._takes_part(actor)

    def perceive(self, name: str) -> str:
        """The containers in reach."""
        mine = self.inside(name)
        said = [f"{name} carries the {' and the '.join(mine)}."] if mine else []
        for each in self.in_reach(name):
            box = self.boxes[each]
            where = f", in the {box.within}" if box.within in self.boxes else ""
            said.append(f"The {each}{where} is {'open' if box.is_open else 'locked' if box.locked else 'shut'}.")
        return " ".join(said)

    def perceive_data(self, name: str) -> dict[str, Any]:
        """The containers in reach, as they are kept."""
        found = {each: self.boxes[each] for each in self.in_reach(name)}
        return {each: {"within": box.within, "open": box.is_open, "locked": box.locked} for each, box in found.items()}

    @action(when="handles")
    def open_container(self, actor: Person, container: Annotated[str, OneOf("shut_ones")]) -> str:
        """Open a chest, bag or drawer that is shut."""
        if self.boxes[container].locked:
            self.refuse(f"The {container} is locked.")
        self.boxes[container].is_open = True
        return f"{actor} opens the {container}."

    @action(when="handles")
    def close_container(self, actor: Person, container: Annotated[str, OneOf("open_ones")]) -> str:
        """Shut a chest, bag or drawer that is open."""
        self.boxes[container].is_open = False
        return f"{actor} shuts the {container}."

    @action(when="handles")
    def lock_container(self, actor: Person, container: Annotated[str, OneOf("with_lock")]) -> str:
        """Shut and lock a chest, bag or drawer with its key."""
        box = self._with_key(actor, container)
        if box.locked:
            self.refuse(f"The {container} is locked already.")
        box.is_open, box.locked = False, True
        return f"{actor} locks the {container}."

    @action(when="handles")
    def unlock_container(self, actor: Person, container: Annotated[str, OneOf("with_lock")]) -> str:
        """Unlock a chest, bag or drawer with its key."""
        box = self._with_key(actor, container)
        if not box.locked:
            self.refuse(f"The {container} is not locked.")
        box.locked = False
        return f"{actor} unlocks the {container}."

    @action(when="handles")
    def carry_container(self, actor: Person, container: Annotated[str, OneOf("movable")]) -> str:
        """Take up a chest, bag or drawer with all that is in it, and carry it along."""
        if self.boxes[container].within == actor:
            self.refuse(f"{actor} carries the {container} already.")
        self.put(container, actor)
        return f"{actor} takes up the {container}."

    @action(when="handles")
    def set_down_container(self, actor: Person, container: Annotated[str, OneOf("carried")]) -> str:
        """Set down a chest, bag or drawer that one carries."""
        here = self._must_be_somewhere(actor)
        if here is None:
            self.refuse(f"There is nowhere to set the {container} down.")
        self.put(container, here)
        return f"{actor} sets the {container} down."

    @action(when="handles")
    def put_container_into(
        self, actor: Person, container: Annotated[str, OneOf("movable")], into: Annotated[str, OneOf("open_ones")]
    ) -> str:
        """Put a chest, bag or drawer into another one that is open."""
        if container == into or container in self.around(into):
            self.refuse(f"The {container} can't be put into itself.")
        self.put(container, into)
        return f"{actor} puts the {container} into the {into}."

    def _with_key(self, actor: str, container: str) -> Container:
        box = self.boxes[container]
        if box.key is None or not self._holds(actor, box.key):
            self.refuse(f"{actor} does not have the key of the {container}.")
        return box
