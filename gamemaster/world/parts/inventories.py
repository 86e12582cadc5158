"""Inventories: who has what: goods that are counted, and single things that have a name.

The one idea: things only change hands. A holder is a name, of a person, a place (what lies about there), a container or a
shelf; each single thing stands in one list, and of each kind of goods there are as many as before, unless making or using up
is booked in `made`. Laws keep both, whatever an action does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from annotated_types import Ge
from pydantic import Field

from gamemaster.words import OneOf, Person, PersonDomain
from gamemaster.world.action import action
from gamemaster.world.invariant import invariant
from gamemaster.world.parts.coming_and_going import Departure
from gamemaster.world.parts.conserved_each import conserved_each
from gamemaster.world.parts.containers import Containers
from gamemaster.world.parts.part import Part
from gamemaster.world.unique_place import unique_place

__all__ = ["Inventories"]

Count = Annotated[int, Ge(1)]


class Inventories(Part):
    """Put it into a world as a field, `things: Inventories`; move things with `move`, make them with `make`.

    `goods` are counted, by holder and kind; `things` are single, by holder. People give, drop, pick up and put things into
    `containers` by actions of this part, unless `by_hand=False`. `limits` says how many pieces a holder can have at most,
    containers among them. `made` counts by kind what was used up, below zero what was made; `used_up` lists the single things
    that are no more. People, places, containers and other holders all have different names.

    When somebody leaves or dies, what they have goes to the heir as far as it can, and lies where they were as to the rest;
    what can go nowhere stays in their name.
    """

    goods: dict[str, dict[str, Annotated[int, Ge(0)]]] = Field(default_factory=dict[str, dict[str, int]])
    things: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    containers: Containers = Field(default_factory=Containers)
    limits: dict[str, Annotated[int, Ge(0)]] = Field(default_factory=dict[str, int])
    made: dict[str, int] = Field(default_factory=dict[str, int])
    used_up: list[str] = Field(default_factory=list[str])
    by_hand: bool = True
    laws = (conserved_each("goods", "made"), unique_place("things", "used_up"))

    @invariant
    def has_room(self) -> bool | str:
        """A holder would have more than it can."""
        boxes = self.containers.boxes
        bounds = {name: box.capacity for name, box in boxes.items() if box.capacity is not None}
        for holder, most in [*self.limits.items(), *bounds.items()]:
            if self.pieces(holder) > most:
                return f"{holder} would have {self.pieces(holder)} pieces, and {most} is the most that it can have"
        return True

    # What there is.

    def count(self, holder: str, what: str) -> int:
        """How many of this a holder has; 1 or 0 of a single thing."""
        return 1 if what in self.things.get(holder, ()) else self.goods.get(holder, {}).get(what, 0)

    def has(self, holder: str, what: str, count: int = 1) -> bool:
        """Whether a holder has as many of this."""
        return self.count(holder, what) >= count

    def held(self, holder: str) -> dict[str, int]:
        """All that a holder has, by kind and name: goods first, then single things; nothing of which there is none."""
        goods = {what: count for what, count in self.goods.get(holder, {}).items() if count}
        return goods | dict.fromkeys(self.things.get(holder, ()), 1)

    def pieces(self, holder: str) -> int:
        """How many pieces a holder has, containers among them; what is in those isn't counted."""
        return sum(self.goods.get(holder, {}).values()) + len(self.things.get(holder, ())) + len(self.containers.inside(holder))

    def room(self, holder: str) -> int | None:
        """How many more pieces a holder can have; None for any number."""
        box = self.containers.boxes.get(holder)
        bounds = [most for most in (self.limits.get(holder), box.capacity if box is not None else None) if most is not None]
        return min(bounds) - self.pieces(holder) if bounds else None

    def holder_of(self, thing: str) -> str | None:
        """Who has a single thing; None when there is no such thing, or no more."""
        return next((holder for holder, things in self.things.items() if thing in things), None)

    # For use in actions and hooks.

    def move(self, what: str, source: str, target: str, count: int = 1) -> None:
        """Have things pass from one holder to another. Refuses what there isn't, or has no room."""
        if count < 1:
            self.refuse(f"{count} {what} can't be moved.")
        if source == target:
            self.refuse(f"{source} has it already.")
        if not self.has(source, what, count):
            there = self.count(source, what)
            self.refuse(f"{source} has only {there} {what}." if there else f"{source} has no {what}.")
        room = self.room(target)
        if room is not None and room < count:
            carries = f"{target} can carry no more." if self.has_person(target) else f"There is no room for that in the {target}."
            self.refuse(carries)
        if what in self.things.get(source, ()):
            self.things[source].remove(what)
            self.things.setdefault(target, []).append(what)
        else:
            self._add(what, source, -count)
            self._add(what, target, count)

    def make(self, what: str, holder: str, count: int = 1) -> None:
        """Have goods come into being, booked in `made`."""
        if count < 1:
            self.refuse(f"{count} {what} can't be made.")
        self.made[what] = self.made.get(what, 0) - count
        self._add(what, holder, count)

    def use_up(self, what: str, holder: str, count: int = 1) -> None:
        """Have goods or a single thing be no more; booked in `made` or `used_up`. Refuses what there isn't."""
        if count < 1 or not self.has(holder, what, count):
            self.refuse(f"{holder} does not have {count} {what}.")
        if what in self.things.get(holder, ()):
            self.things[holder].remove(what)
            self.used_up.append(what)
        else:
            self._add(what, holder, -count)
            self.made[what] = self.made.get(what, 0) + count

    def make_thing(self, thing: str, holder: str) -> None:
        """Have a single thing come into being. Refuses one that there is, or was, already."""
        if self.holder_of(thing) is not None or thing in self.used_up:
            self.refuse(f"There is a {thing} already.")
        self.things.setdefault(holder, []).append(thing)

    def departs(self, departure: Departure) -> None:
        """What who is gone had goes to the heir, or lies where they were."""
        name = departure.name
        for target in (departure.heir, departure.place):
            if target is None:
                continue
            for container in self.containers.inside(name):
                if (room := self.room(target)) is None or room > 0:
                    self.containers.put(container, target)
            for what, count in self.held(name).items():
                room = self.room(target)
                fits = count if room is None else min(count, room)
                if fits > 0:
                    self.move(what, name, target, fits)

    # What people see and do.

    def belongings(self, actor: str) -> list[str]:
        """What somebody has."""
        return list(self.held(actor))

    def lying_about(self, actor: str) -> list[str]:
        """What lies about where somebody is."""
        here = self.place_of(actor)
        return [] if here is None else list(self.held(here))

    def open_containers(self, actor: str) -> list[str]:
        """The containers in reach that are open."""
        return self.containers.open_ones(actor)

    def in_containers(self, actor: str) -> list[str]:
        """What is in the open containers in reach."""
        return list(dict.fromkeys(what for each in self.open_containers(actor) for what in self.held(each)))

    def handles(self, actor: str) -> bool:
        """Whether people move things by actions of this part, and this one is there to do so."""
        return self.by_hand and self._takes_part(actor)

    def perceive(self, name: str) -> str:
        """What this person has, what lies about, and what stands open."""
        return "\n".join(self._seen(name))

    def perceive_data(self, name: str) -> dict[str, Any]:
        """The same: `has`, `here`, and `in` by open container."""
        here = self.place_of(name)
        shown = {"has": self.held(name), "here": {} if here is None else self.held(here)}
        return {**shown, "in": {each: self.held(each) for each in self.open_containers(name)}} | (
            {"containers": boxes} if (boxes := self.containers.perceive_data(name)) else {}
        )

    @action(when="handles")
    def give(
        self,
        actor: Person,
        to: Annotated[str, PersonDomain(others=True)],
        what: Annotated[str, OneOf("belongings")],
        count: Count = 1,
    ) -> str:
        """Give something that one has to somebody in the same place."""
        self._must_meet(actor, to)
        return f"{actor} gives {to} {self._moved(what, actor, to, count)}."

    @action(when="handles")
    def drop(self, actor: Person, what: Annotated[str, OneOf("belongings")], count: Count = 1) -> str:
        """Put something that one has down, and leave it lying here."""
        here = self._must_be_somewhere(actor)
        if here is None:
            self.refuse(f"There is nowhere to leave {what}.")
        return f"{actor} leaves {self._moved(what, actor, here, count)} at the {here}."

    @action(when="handles")
    def pick_up(self, actor: Person, what: Annotated[str, OneOf("lying_about")], count: Count = 1) -> str:
        """Pick up something that lies about here."""
        here = self._must_be_somewhere(actor)
        return f"{actor} picks up {self._moved(what, here or '', actor, count)}."

    @action(when="handles")
    def put_into(
        self,
        actor: Person,
        what: Annotated[str, OneOf("belongings")],
        container: Annotated[str, OneOf("open_containers")],
        count: Count = 1,
    ) -> str:
        """Put something that one has into an open chest, bag or drawer."""
        return f"{actor} puts {self._moved(what, actor, container, count)} into the {container}."

    @action(when="handles")
    def take_from(
        self,
        actor: Person,
        container: Annotated[str, OneOf("open_containers")],
        what: Annotated[str, OneOf("in_containers")],
        count: Count = 1,
    ) -> str:
        """Take something out of an open chest, bag or drawer."""
        return f"{actor} takes {self._moved(what, container, actor, count)} out of the {container}."

    def in_words(self, holder: str, most: int = 12) -> str:
        """What a holder has as one reads it: "3 apples, brass key"; of many kinds the first ones, and how many more there are."""
        goods = [f"{count} {what}" for what, count in self.goods.get(holder, {}).items() if count]
        named = [*goods, *self.things.get(holder, ())]
        return ", ".join([*named[:most], *([f"{len(named) - most} other kinds of things"] if len(named) > most else [])])

    def _seen(self, name: str) -> Iterator[str]:
        here = self.place_of(name)
        yield f"{name} has {self.in_words(name) or 'nothing'}."
        if here is not None and (lying := self.in_words(here)):
            yield f"Lying here: {lying}."
        if boxes := self.containers.perceive(name):
            yield boxes
        for each in self.open_containers(name):
            yield f"In the {each}: {self.in_words(each) or 'nothing'}."

    def _moved(self, what: str, source: str, target: str, count: int) -> str:
        """Move things, and say what was moved: the name of a single thing, goods with their number."""
        single = what in self.things.get(source, ())
        self.move(what, source, target, count)
        return what if single else f"{count} {what}"

    def _add(self, what: str, holder: str, count: int) -> None:
        kinds = self.goods.setdefault(holder, {})
        kinds[what] = kinds.get(what, 0) + count
        if not kinds[what]:
            del kinds[what]
