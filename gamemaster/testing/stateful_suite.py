"""StatefulSuite: the rules of whatever a resumed run must find again.

The one idea: state out, through JSON text, into an object built anew, and from then on nobody can tell the two apart. The
rules look at the states alone; what else an object does is for the suites of its kind.
"""

from __future__ import annotations

import json
import math
from typing import Any, Protocol, TypeVar, cast

from gamemaster.testing.conformance import ConformanceSuite, does_not_apply, expect, rule
from gamemaster.words import JsonValue

__all__ = ["StatefulSuite", "as_json"]


class _Kept(Protocol):
    """`Stateful` without its version: that of a world is a class variable, which type checkers don't take for a property."""

    def state(self) -> dict[str, Any]: ...
    def restore(self, state: dict[str, Any]) -> None: ...


Part = TypeVar("Part", bound=_Kept)


class StatefulSuite(ConformanceSuite[Part]):
    """The rules of `gamemaster.words.Stateful`; define `make`, and `advance` where something can happen to the object.

    The state of a new object is examined, and that after `moves` calls of `advance`.
    """

    moves: int = 3

    def advance(self, part: Part, move: int) -> None:
        """Have something happen that changes the state: the same for the same `move`, counted from 0."""

    def lived(self) -> Part:
        """A new object to which everything has happened."""
        part = self.make()
        for move in range(self.moves):
            self.advance(part, move)
        return part

    @rule
    def test_version_is_a_whole_number(self) -> None:
        """The version of its state's form is a whole number from 1 on."""
        version: Any = getattr(self.make(), "version", None)
        expect(type(version) is int and version >= 1, f"version = {version!r}")

    @rule
    def test_state_is_json(self) -> None:
        """Its state is a dict of plain JSON values: no tuples, no objects, no keys but texts, no number that isn't finite."""
        for part, when in ((self.make(), "new"), (self.lived(), "later")):
            expect(type(part.state()) is dict, f"a state of type {type(part.state()).__name__}, {when}")
            wrong = _no_json(part.state(), "state")
            expect(not wrong, f"{wrong}, {when}")

    @rule
    def test_state_can_be_looked_at(self) -> None:
        """Asking for the state changes nothing."""
        part = self.lived()
        first = as_json(part.state())
        expect(as_json(part.state()) == first, f"{first}, then {as_json(part.state())}")

    @rule
    def test_state_comes_back(self) -> None:
        """A new object that is given the state, from JSON text, has that state, order of members included."""
        for part in (self.make(), self.lived()):
            fresh, text = self.make(), as_json(part.state())
            fresh.restore(json.loads(text))
            expect(as_json(fresh.state()) == text, f"{text} came back as {as_json(fresh.state())}")

    @rule
    def test_state_goes_back(self) -> None:
        """An object that went on can be given its former state, and has it."""
        part = self.make()
        text = as_json(part.state())
        for move in range(self.moves):
            self.advance(part, move)
        part.restore(json.loads(text))
        expect(as_json(part.state()) == text, f"{text} came back as {as_json(part.state())}")

    @rule
    def test_state_given_out_is_a_copy(self) -> None:
        """Writing into the state that it gave out changes nothing in the object."""
        part, other = self.lived(), self.lived()
        _spoil(part.state())
        other.state()  # looked at as often as the first: whether that changes it is another rule's business
        text, spoilt = as_json(other.state()), as_json(part.state())
        expect(spoilt == text, f"{text} became {spoilt}")

    @rule
    def test_state_taken_up_is_a_copy(self) -> None:
        """Writing into the state that it was given changes nothing in the object."""
        text = as_json(self.lived().state())
        fresh, other = self.make(), self.make()
        given: Any = json.loads(text)
        fresh.restore(given)
        other.restore(json.loads(text))
        _spoil(given)
        one, two = as_json(fresh.state()), as_json(other.state())
        expect(one == two, f"{two} became {one}")

    @rule
    def test_taking_up_leaves_the_given_alone(self) -> None:
        """Taking up a state doesn't change the dict that holds it."""
        text = as_json(self.lived().state())
        given: Any = json.loads(text)
        self.make().restore(given)
        expect(as_json(given) == text, f"{text} became {as_json(given)}")

    @rule
    def test_it_goes_on_alike(self) -> None:
        """What happens after a state was taken up leads where it would have led without the stop."""
        part, fresh = self.lived(), self.make()
        fresh.restore(json.loads(as_json(part.state())))
        for move in range(self.moves, 2 * self.moves):
            self.advance(part, move)
            self.advance(fresh, move)
            one, other = as_json(part.state()), as_json(fresh.state())
            expect(one == other, f"{other} after move {move}; without the stop {one}")

    @rule
    def test_something_happens(self) -> None:
        """What `advance` does shows in the state; without it the other rules say little."""
        if type(self).advance is _no_advance:
            does_not_apply("The suite has no `advance`.")
        expect(as_json(self.lived().state()) != as_json(self.make().state()), f"{self.moves} moves without a trace in the state")


def as_json(state: dict[str, JsonValue]) -> str:
    """A state as JSON text; what is no JSON stands in it by its repr, as another rule is about that."""
    return json.dumps(state, ensure_ascii=False, default=repr, skipkeys=True)


_no_advance: Any = vars(StatefulSuite)["advance"]


def _no_json(value: object, place: str) -> str:
    """What in `value` is no plain JSON value, and where; empty when all is."""
    if value is None or type(value) in (bool, int, str):
        return ""
    if type(value) is float:
        return "" if math.isfinite(value) else f"the number {value!r} at {place}"
    if type(value) is list:
        items = cast("list[object]", value)
        return next((wrong for at, each in enumerate(items) if (wrong := _no_json(each, f"{place}[{at}]"))), "")
    if type(value) is dict:
        for key, each in cast("dict[object, object]", value).items():
            if type(key) is not str:
                return f"the key {key!r} at {place}"
            if wrong := _no_json(each, f"{place}[{key!r}]"):
                return wrong
        return ""
    return f"{value!r}, a {type(value).__name__}, at {place}"


def _spoil(value: object) -> None:
    """Write into every list and dict of `value`."""
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        for each in members.values():
            _spoil(each)
        members.clear()
        members["spoilt"] = True
    elif isinstance(value, list):
        items = cast("list[object]", value)
        for each in items:
            _spoil(each)
        items.append("spoilt")
