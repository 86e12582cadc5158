"""History: who did what to whom in which round, to be looked back on.

The one idea: a reputation is a chain: what somebody did last, and what the one it was done to had done last before
that, and so on. It keeps deeds; what they mean, and to whom they are told, is the world's.
"""

from __future__ import annotations

from typing import NamedTuple

from pydantic import BaseModel, Field

from gamemaster.world.world import World

__all__ = ["Deed", "History", "Trace"]


class Deed(BaseModel):
    """One deed: `amount` of what the actor had, `share` of it (None where it had nothing)."""

    round: int
    to: str
    what: str
    amount: float
    share: float | None = None


class Trace(NamedTuple):
    """A link of a chain of deeds: who did it, and the deed."""

    actor: str
    deed: Deed


class History(World):
    """Deeds by actor, oldest first."""

    deeds: dict[str, list[Deed]] = Field(default_factory=dict[str, list[Deed]])

    def note(self, actor: str, round: int, what: str, to: str, amount: float, *, of: float) -> None:
        """Put down that `actor` did `what` to somebody, with `amount` of the `of` that it had."""
        share = amount / of if of > 0 else None
        self.deeds.setdefault(actor, []).append(Deed(round=round, to=to, what=what, amount=amount, share=share))

    def last(self, actor: str, *, before: int) -> Deed | None:
        """What `actor` did last in a round before `before`."""
        return next((deed for deed in reversed(self.deeds.get(actor, ())) if deed.round < before), None)

    def trace(self, actor: str, *, before: int, most: int) -> list[Trace]:
        """What `actor` did last, what the one it was done to had done last before that, and so on: `most` links at most."""
        chain: list[Trace] = []
        while len(chain) < most and (deed := self.last(actor, before=before)) is not None:
            chain.append(Trace(actor, deed))
            actor, before = deed.to, deed.round
        return chain

    def forget(self) -> None:
        """Be empty again."""
        self.deeds.clear()
