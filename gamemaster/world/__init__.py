"""The world: a typed state, the actions that change it, and the laws that hold in it."""

from annotated_types import Ge, Gt, Le, Len, Lt, MaxLen, MinLen, MultipleOf

from gamemaster.words import Between, OneOf, Person, PersonDomain, Place
from gamemaster.world.action import ActionDefinition, action
from gamemaster.world.bounded import bounded
from gamemaster.world.change import Change
from gamemaster.world.conserved import conserved
from gamemaster.world.invariant import invariant
from gamemaster.world.law import Law, Watch
from gamemaster.world.offered_action import OfferedAction, OfferedParameter
from gamemaster.world.outcome import ActionRefused, Applied, Refused
from gamemaster.world.parameter import ParameterDefinition
from gamemaster.world.unique_place import unique_place
from gamemaster.world.world import World

__all__ = [
    "ActionDefinition",
    "ActionRefused",
    "Applied",
    "Between",
    "Change",
    "Ge",
    "Gt",
    "Law",
    "Le",
    "Len",
    "Lt",
    "MaxLen",
    "MinLen",
    "MultipleOf",
    "OfferedAction",
    "OfferedParameter",
    "OneOf",
    "ParameterDefinition",
    "Person",
    "PersonDomain",
    "Place",
    "Refused",
    "Watch",
    "World",
    "action",
    "bounded",
    "conserved",
    "invariant",
    "unique_place",
]
