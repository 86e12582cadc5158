"""Stateful: what a resumed run must find again."""

from __future__ import annotations

from typing import Protocol, TypeAlias, runtime_checkable

__all__ = ["JsonValue", "Stateful"]

JsonValue: TypeAlias = "None | bool | int | float | str | list[JsonValue] | dict[str, JsonValue]"


@runtime_checkable
class Stateful(Protocol):
    """World, clock, schedule, components and game masters: plain JSON out, the same JSON in.

    `restore(state())` on a freshly built object of the same configuration gives one that behaves identically from then
    on. `version` changes when the form of the state does; `restore` is only given a state of its own version.
    """

    @property
    def version(self) -> int:
        """The version of the state's form, from 1."""
        ...

    def state(self) -> dict[str, JsonValue]:
        """All that changes, as plain JSON values that share nothing with the object."""
        ...

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up a state that `state()` gave."""
        ...
