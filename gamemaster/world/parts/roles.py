"""Roles: who is what, what that allows, and which of it nobody else may see.

The one idea: a role is a name with holders. What it allows is asked, by the world's actions or in their `when=`; what others
see of it is decided here once: a hidden role is shown to nobody but its holders, and to their fellows only where they know
one another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from annotated_types import Ge
from pydantic import Field

from gamemaster.words import OneOf, Person, PersonDomain
from gamemaster.world.action import action
from gamemaster.world.invariant import invariant
from gamemaster.world.parts.coming_and_going import Departure
from gamemaster.world.parts.part import Part, RoleKeeper, beside
from gamemaster.world.world import World

__all__ = ["Roles", "allowed_to", "in_role"]


def in_role(*roles: str) -> Callable[[World, str], bool]:
    """A gate for `@action(when=in_role("sheriff"))`: open to who has one of these roles, in any part of the world."""

    def is_open(world: World, actor: str) -> bool:
        return any(keeper.has_role(actor, role) for keeper in beside(world, RoleKeeper) for role in roles)

    return is_open


def allowed_to(deed: str) -> Callable[[World, str], bool]:
    """A gate for `@action(when=allowed_to("make an arrest"))`: open to who has a role that allows this."""

    def is_open(world: World, actor: str) -> bool:
        return any(each.may(actor, deed) for each in beside(world, Roles))

    return is_open


class Roles(Part):
    """Put it into a world as a field, `roles: Roles`.

    `holders` are the people by role, `allows` what each role may do, in words of your own. `hidden` roles are shown to their
    holders alone; holders of those in `known_among` see one another as well. `seats` says how many may have a role at most. A
    role of `handed_on` may be given to somebody else by who has it. Who leaves or dies has no role any more; it stays vacant.
    """

    holders: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    allows: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    hidden: list[str] = Field(default_factory=list[str])
    known_among: list[str] = Field(default_factory=list[str])
    handed_on: list[str] = Field(default_factory=list[str])
    seats: dict[str, Annotated[int, Ge(0)]] = Field(default_factory=dict[str, int])

    @invariant
    def roles_add_up(self) -> bool | str:
        """A role would have a holder twice, more holders than seats, or be hidden and handed on for all to see."""
        for role, names in self.holders.items():
            if len(set(names)) < len(names):
                return f"somebody would be {role} twice"
            if len(names) > self.seats.get(role, len(names)):
                return f"there would be {len(names)} in the role {role}, which {self.seats[role]} can have"
        both = next((role for role in self.handed_on if role in self.hidden), None)
        return True if both is None else f"the role {both} is hidden, and can't be handed on for all to see"

    def has_role(self, name: str, role: str) -> bool:
        """Whether somebody has this role."""
        return name in self.holders.get(role, ())

    def roles_of(self, name: str) -> list[str]:
        """All roles of somebody, hidden ones too: for the world, not for showing."""
        return [role for role, names in self.holders.items() if name in names]

    def may(self, name: str, deed: str) -> bool:
        """Whether a role of somebody allows this."""
        return any(deed in self.allows.get(role, ()) for role in self.roles_of(name))

    def seen_by(self, name: str) -> dict[str, list[str]]:
        """By role, the holders whom this person may know of: all of open roles, of hidden ones itself and fellows known to it."""
        seen: dict[str, list[str]] = {}
        for role, names in self.holders.items():
            if role not in self.hidden or (role in self.known_among and name in names):
                shown = list(names)
            else:
                shown = [each for each in names if each == name]
            if shown:
                seen[role] = shown
        return seen

    def appoint(self, name: str, role: str) -> None:
        """Give somebody a role; for use in actions and hooks. Refuses one that it has, or that has no seat left."""
        if self.has_role(name, role):
            self.refuse(f"{name} has that role already.")
        names = self.holders.get(role, [])
        if len(names) >= self.seats.get(role, len(names) + 1):
            self.refuse(
                "All seats of that role are taken." if role in self.hidden else f"All seats of the role {role} are taken."
            )
        self.holders[role] = [*names, name]

    def dismiss(self, name: str, role: str) -> None:
        """Take a role from somebody; for use in actions and hooks. Refuses one that it doesn't have."""
        if not self.has_role(name, role):
            self.refuse(f"{name} does not have that role.")
        self.holders[role].remove(name)

    def departs(self, departure: Departure) -> None:
        """Who is gone has no role any more."""
        for role in self.roles_of(departure.name):
            self.holders[role].remove(departure.name)

    def to_hand_on(self, actor: str) -> list[str]:
        """The roles that somebody can give to somebody else."""
        return [role for role in self.handed_on if self.has_role(actor, role)]

    def perceive(self, name: str) -> str:
        """Who has which role, as far as this person may know."""
        said: list[str] = []
        for role, names in self.seen_by(name).items():
            secret = role in self.hidden
            ends = (
                ", which nobody else knows"
                if secret and names == [name]
                else ", which nobody else but them knows"
                if secret
                else ""
            )
            said.append(f"{' and '.join(names)} {'has' if len(names) == 1 else 'have'} the role {role}{ends}.")
        return " ".join(said)

    def perceive_data(self, name: str) -> dict[str, Any]:
        """The same: the person's own `roles`, and by role all whom it knows of in `known`."""
        return {"roles": self.roles_of(name), "known": self.seen_by(name)}

    @action
    def hand_on_role(
        self, actor: Person, role: Annotated[str, OneOf("to_hand_on")], to: Annotated[str, PersonDomain(others=True)]
    ) -> str:
        """Hand a role of one's own on to somebody else, who has it from now on."""
        if not self._takes_part(to):
            self.refuse(f"{to} is not there.")
        self.dismiss(actor, role)
        self.appoint(to, role)
        return f"{actor} hands the role {role} on to {to}."
