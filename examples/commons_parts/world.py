"""The world of the commons: a pool, who lives from it, what each has gained, and whose strategy is what.

The one idea: a round is one joint decision on the pool, after which others may follow (sanctions, talk); `end_of_round` lets
the pool grow, lets the next round begin, with whoever joins in it, or ends the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from gamemaster import Between, OneOf, World, action, invariant
from gamemaster.examples.commons_parts.texts import Texts
from gamemaster.words import JsonValue, quote
from gamemaster.world import MaxLen
from gamemaster.world.parts.common_pool import CommonPool
from gamemaster.world.parts.imitation import Imitation
from gamemaster.world.parts.sanctioning import Sanctioning

__all__ = ["MOST_POINTS", "Commons"]

MOST_POINTS = 10


class Commons(World):
    """`names` are those present, in agent order; `newcomers` says in which round somebody joins them.

    With `burden` a harm is shared in place of the good: a load of floor(stock / present) units is due from each, and what
    somebody doesn't bear is taken from the pool and is that one's gain. `over_users` are those who took more than the share in
    the last harvest.
    """

    pool: CommonPool
    names: list[str]
    rounds: int
    newcomers: dict[str, int] = Field(default_factory=dict)
    sanctions: Sanctioning = Field(default_factory=lambda: Sanctioning(most=MOST_POINTS))
    imitation: Imitation = Field(default_factory=Imitation)
    spreads: bool = False
    payoffs_told: bool = True
    burden: bool = False
    skin: str = "fishing"
    language: str = "en"
    round: int = 1
    gain: dict[str, int] = Field(default_factory=dict)
    catches: dict[str, int] = Field(default_factory=dict)
    over_users: list[str] = Field(default_factory=list)
    ended: str | None = None

    # --- what can be done ---

    @action(together=True)
    def harvest(self, amount: dict[str, Annotated[int, Between(0, "available")]]) -> str:
        """Take an amount from the common stock, from nothing to all of it."""
        return self._take(amount)

    @action(together=True)
    def bear_load(self, units: dict[str, Annotated[int, Between(0, "load")]]) -> str:
        """Bear units of the load that is due from each, from none to all of them."""
        load = self.load()
        return self._take({name: load - borne for name, borne in units.items()})

    @action(together=True)
    def spend_points(
        self, whom: dict[str, Annotated[str, OneOf("others")]], points: dict[str, Annotated[int, Between(0, MOST_POINTS)]]
    ) -> str:
        """Spend points on one of the others: the spender loses as many of its gain, the other three times as many."""
        spent = {name: {whom[name]: number} for name, number in points.items() if number > 0}
        losses = self.sanctions.settle(spent, {name: self.gain[name] for name in self.names})
        for name, loss in losses.items():
            self.gain[name] -= loss
        self._measure_gains()
        self.measure("points spent", sum(points.values()))
        if not spent:
            return self._say("events.unsanctioned")
        told = [
            self._say("events.sanction", name=name, other=other, points=number)
            for name, targets in spent.items()
            for other, number in targets.items()
        ]
        lost = ", ".join(f"{name} {loss}" for name, loss in losses.items() if loss)
        return self._say("events.sanctioned", spent=", ".join(told), lost=lost or "0")

    @action(together=True)
    def state_strategy(self, text: dict[str, Annotated[str, MaxLen(300)]]) -> str:
        """Write down the strategy by which one will decide, in one sentence."""
        for name, strategy in text.items():
            self.imitation.adopt(name, strategy)
        if self.round == 1:  # who joins later has just written its own, and the others have looked already
            self._imitate()
        return self._say("events.strategy")

    # --- rounds ---

    def end_of_round(self) -> None:
        """What is left grows and the next round begins, unless the resource is lost or the last round is over."""
        if self.pool.is_lost():
            self.ended = self._say("events.collapsed")
        elif self.round == self.rounds:
            self.ended = self._say("events.over")
        else:
            self.pool.grow()
            self.round += 1
            if self.spreads:
                self._imitate()
            for name, at in self.newcomers.items():
                if at == self.round:
                    self.names.append(name)
                    self.gain[name] = 0

    def over(self) -> str | None:
        return self.ended

    @invariant
    def gains_add_up(self) -> str | None:
        """What somebody has gained is what it took, less what it lost."""
        for name, gain in self.gain.items():
            if gain != self.pool.taken.get(name, 0) - self.sanctions.lost.get(name, 0):
                return f"the gain of {name} would be {gain}, which is not what it took less what it lost"
        return None

    # --- what is seen ---

    def perceive(self, name: str) -> str:
        if name not in self.names:
            return ""
        said = [self._say("sees.round", rounds=self.rounds), self._say("sees.stock")]
        if self.payoffs_told:
            said.append(self._say("sees.capacity", capacity=self.pool.capacity))
        if self.burden:
            said.append(self._say("sees.load", load=self.load()))
        said.append(self._say("sees.present", present=len(self.names)))
        if self.payoffs_told:
            said.append(self._say("sees.gain", name=name, gain=self.gain[name]))
        if name in self.imitation.strategies:
            said.append(self._say("sees.strategy", name=name, text=quote(self.imitation.strategies[name])))
        return ("" if self.language == "ja" else " ").join(said)

    def perceive_data(self, name: str) -> dict[str, JsonValue]:
        present = max(1, len(self.names))
        data: dict[str, Any] = {
            "stock": self.pool.stock,
            "round": self.round,
            "present": present,
            "share": self.pool.share(present),
            "load": self.load(),
            "gain": self.gain.get(name, 0),
            "strategy": self.imitation.strategies.get(name),
            "others": self.others(name),
            "catches": dict(self.catches),
            "over_users": list(self.over_users),
        }
        return data

    def available(self) -> int:
        """The stock: what one may take at most."""
        return self.pool.stock

    def load(self) -> int:
        """What is due from each when a burden is shared."""
        return self.pool.stock // max(1, len(self.names))

    def others(self, actor: str) -> list[str]:
        """Those present besides this one."""
        return [name for name in self.names if name != actor]

    def texts(self) -> Texts:
        """The texts of this world's language and skin."""
        return Texts.of(self.language, self.skin)

    def _say(self, place: str, **values: object) -> str:
        return self.texts().say(place, **{"round": self.round, "stock": self.pool.stock, **values})

    def _take(self, wants: Mapping[str, int]) -> str:
        before, load = self.pool.stock, self.load()
        share = self.pool.share(len(self.names))
        got = self.pool.take(wants, what=f"ration/{self.round}")
        for name, amount in got.items():
            self.gain[name] += amount
        self.catches = got
        self.over_users = [name for name, amount in got.items() if amount > share]
        self.measure("stock before", before)
        self.measure("stock after", self.pool.stock)
        self.measure("over-usage", len(self.over_users))
        self.measure("played", len(got))
        self._measure_gains()
        if not got:
            return self._say("events.nobody")
        shown = {name: load - amount for name, amount in got.items()} if self.burden else got
        amounts = ", ".join(f"{name} {amount}" for name, amount in shown.items())
        return self._say("events.borne" if self.burden else "events.harvest", amounts=amounts, load=load)

    def _measure_gains(self) -> None:
        for name in self.names:
            self.measure(f"gain of {name}", self.gain[name])

    def _imitate(self) -> None:
        gains = {name: self.gain[name] for name in self.names}
        for each in self.imitation.spread(gains, what=f"imitation/{self.round}"):
            place = "events.peer" if self.payoffs_told else "events.peer_untold"
            saw = self._say(place, name=each.name, other=each.other, gain=gains[each.other], text=quote(each.text))
            did = self._say("events.adopted" if each.adopted else "events.kept", name=each.name)
            self.tell(each.name, f"{saw} {did}")
        self.measure("adoptions", self.imitation.adopted)
