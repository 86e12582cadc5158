"""Keys: what names a model call or a draw of chance, and the numbers that follow from the name alone.

The one idea: a seed is a digest of (run seed, key), so no stream of random numbers has a position. Whatever else a run
does, in whatever order, the same key gives the same numbers; nothing has to be saved to resume or fork.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

__all__ = ["CallKey", "Draws", "derive_seed", "draws"]


@dataclass(frozen=True, slots=True)
class CallKey:
    """The name of one model call, unique in a run and stated by the caller.

    `who` is the agent's or game master's name, `component` the part of it that asks ("actor" for the answer itself),
    `what` the caller's own name for the question, `index` the number of the sample or of the attempt to get it parsed.
    """

    step: int
    who: str
    component: str
    what: str
    index: int = 0

    def seed(self, run_seed: int) -> int:
        """The seed of this call, 0 .. 2**63 - 1."""
        return derive_seed(run_seed, self.step, self.who, self.component, self.what, self.index)

    def __str__(self) -> str:
        return f"step {self.step}, {self.who}, {self.component}, {self.what} #{self.index}"


def derive_seed(run_seed: int, *parts: str | int) -> int:
    """A number 0 .. 2**63 - 1 that depends on every part and on where one part ends and the next begins."""
    text = "\x1f".join([f"{len(part)}:{part}" if isinstance(part, str) else f"#{part}" for part in (run_seed, *parts)])
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


class Draws(random.Random):
    """Random numbers that are a function of (seed, how many were drawn): `random.Random` over a counter.

    Every method of `random.Random` works. The generator is meant to be made where it is used and thrown away; its
    position is never saved.
    """

    def __new__(cls, seed: int) -> Draws:
        made: Any = super().__new__
        return made(cls, 0)  # an explicit seed spares the base class a read of the system's entropy

    def __init__(self, seed: int) -> None:
        self._key = (seed & (2**64 - 1)).to_bytes(8, "big")
        self._count = 0
        self.gauss_next = None

    def seed(self, a: Any = None, version: int = 2) -> None:
        """Not allowed: a stream's seed is its name."""
        raise TypeError("These draws are named by a key and can't be seeded again; draw under another name instead.")

    def _block(self) -> int:
        digest = blake2b(self._count.to_bytes(8, "big"), key=self._key, digest_size=8).digest()
        self._count += 1
        return int.from_bytes(digest, "big")

    def random(self) -> float:
        """A float in [0, 1) with 53 random bits."""
        return (self._block() >> 11) * 2.0**-53

    def getrandbits(self, k: int, /) -> int:
        """A non-negative integer with `k` random bits."""
        if k < 0:
            raise ValueError(f"getrandbits was asked for {k} bits; it must be at least 0.")
        value, have = 0, 0
        while have < k:
            value |= self._block() << have
            have += 64
        return value & ((1 << k) - 1)

    def getstate(self) -> tuple[Any, ...]:
        """(seed bytes, number of draws so far)."""
        return (self._key, self._count)

    def setstate(self, state: tuple[Any, ...]) -> None:
        """Go back to what `getstate` gave."""
        self._key, self._count = state


def draws(run_seed: int, *parts: str | int) -> Draws:
    """The random numbers named by `parts` in the run with this seed."""
    return Draws(derive_seed(run_seed, *parts))
