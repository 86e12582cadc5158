"""The world of the donor game: who is in it, what each has and gave, and what strategies are handed down."""

from __future__ import annotations

import re
from math import fsum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from gamemaster import Between, Person, World, action
from gamemaster.words import Event, one_line, quote
from gamemaster.world import MaxLen, MinLen
from gamemaster.world.parts.history import History, Trace
from gamemaster.world.parts.ledger import Ledger, in_units
from gamemaster.world.parts.pairing import sides, turning_pairs

__all__ = ["LONGEST", "DonorGame", "Life"]

LONGEST = 600
"""The most characters of a strategy text."""


class Life(BaseModel):
    """What is on record of one agent: its strategy, whose texts it had read, and what it ended each generation with."""

    generation: int
    strategy: str | None = None
    taught_by: list[str] = []
    resources: list[float] = []


class DonorGame(World):
    """Who is in the game, what each has and gave, and what strategies are handed down."""

    ledger: Ledger
    history: History
    present: list[str]
    arrivals: list[list[str]]
    generations: int
    rounds: int
    endowment: float
    multiplier: float
    trace: int
    punish: bool
    generation: int = 1
    round: int = 0
    side_a: list[str] = Field(default_factory=list[str])
    side_b: list[str] = Field(default_factory=list[str])
    lives: dict[str, Life] = Field(default_factory=dict[str, Life])
    survivors: list[str] = Field(default_factory=list[str])
    shares: list[float] = Field(default_factory=list[float])
    ended: str | None = None

    def start(self) -> None:
        """The first generation enters."""
        self._begin_generation()

    @action(when="has_no_strategy")
    def write_strategy(self, actor: Person, text: Annotated[str, MinLen(1), MaxLen(LONGEST)]) -> str:
        """Write down, in a sentence or two, by what strategy one decides how much to give to whom."""
        text = one_line(re.sub('["“”]', "", text))  # marks would pile up where texts quote texts
        if not text:
            self.refuse("a strategy has at least a word in it")
        self.lives[actor].strategy = text
        return f"{actor} writes down a strategy: {quote(text)}"

    @action(when="gives_only")
    def donate_units(self, actor: Person, amount: Annotated[float, Between(0, "resources")]) -> str:
        """Give an amount of one's own units to the one met, who receives a multiple of it."""
        return self._give(actor, amount)

    @action(when="gives_or_punishes")
    def donate_or_punish(
        self, actor: Person, deed: Literal["give", "punish"], amount: Annotated[float, Between(0, "resources")]
    ) -> str:
        """Give some of one's own units to the one met, who receives a multiple; or spend them to take twice as many away."""
        return self._give(actor, amount) if deed == "give" else self._punish(actor, amount)

    def resources(self, name: str) -> float:
        """What somebody has now."""
        return self.ledger.balance(name)

    def donors(self) -> dict[str, str]:
        """Who gives to whom in this round."""
        pairs = turning_pairs(self.side_a, self.side_b, self.round)
        return dict(pairs) if self.round % 2 == 0 else {second: first for first, second in pairs}

    def gives_only(self, actor: str) -> bool:
        return not self.punish and actor in self.donors()

    def gives_or_punishes(self, actor: str) -> bool:
        return self.punish and actor in self.donors()

    def has_no_strategy(self, actor: str) -> bool:
        return actor in self.present and self.lives[actor].strategy is None

    def _give(self, actor: str, amount: float) -> str:
        other, had = self.donors()[actor], self.resources(actor)
        self.ledger.book(actor, -amount, "given")
        self.ledger.book(other, amount * self.multiplier, "received")
        self._note(actor, "gave", other, amount, had)
        got = in_units(amount * self.multiplier)
        return f"{actor} gives {other} {in_units(amount)} of {in_units(had)} units; {other} gets {got}."

    def _punish(self, actor: str, amount: float) -> str:
        other, had = self.donors()[actor], self.resources(actor)
        loss = min(2 * amount, self.resources(other))
        self.ledger.book(actor, -amount, "spent on punishing")
        self.ledger.book(other, -loss, "lost to punishing")
        self._note(actor, "punished", other, amount, had)
        return f"{actor} spends {in_units(amount)} of {in_units(had)} units to punish {other}, who loses {in_units(loss)}."

    def _note(self, actor: str, what: str, other: str, amount: float, had: float) -> None:
        self.history.note(actor, self.round, what, other, amount, of=had)
        self.measure("punishing", what == "punished")
        if had > 0:
            share = amount / had if what == "gave" else 0.0
            self.shares.append(share)
            self.measure("share given", share)

    def end_of_round(self) -> None:
        """The next round; after the last one the selection, and the next generation."""
        self.round += 1
        if self.round == self.rounds:
            self._end_generation()

    def _end_generation(self) -> None:
        final = {name: self.resources(name) for name in self.present}
        chance = self.random(f"ties of generation {self.generation}")
        lot = {name: chance.random() for name in self.present}
        ranked = sorted(self.present, key=lambda name: (-round(final[name], 9), lot[name]))
        self.survivors = ranked[: len(ranked) // 2]
        for name in self.present:
            self.lives[name].resources.append(final[name])
            stays = "is among those who survive" if name in self.survivors else "is not among those who survive"
            self.tell(
                name, f"Generation {self.generation} is over. {name} ends it with {in_units(final[name])} units, and {stays}."
            )
        self.measure("mean resources", fsum(final.values()) / len(final))
        self.measure("least resources", min(final.values()))
        self.measure("most resources", max(final.values()))
        self.measure("donation fraction", fsum(self.shares) / len(self.shares) if self.shares else None)
        if self.generation == self.generations:
            self.ended = f"generation {self.generations} is over"
            return
        for name in list(self.present):
            self.ledger.close(name)
        self.history.forget()
        self.shares.clear()
        self.generation, self.round = self.generation + 1, 0
        self._begin_generation()

    def _begin_generation(self) -> None:
        newcomers = self.arrivals[self.generation - 1]
        order = [name for names in self.arrivals for name in names]
        self.present = [name for name in order if name in self.survivors or name in newcomers]
        for name in newcomers:
            self.lives[name] = Life(generation=self.generation, taught_by=list(self.survivors))
        for name in self.present:
            self.ledger.book(name, self.endowment, "endowment")
        self.side_a, self.side_b = sides(self.present, self.random(f"sides of generation {self.generation}"))

    def over(self) -> str | None:
        return self.ended

    def witnesses(self, event: Event) -> set[str]:
        """The one who does something and, of a gift or a punishment, the one to whom it is done."""
        other = self.donors().get(event.actor) if event.action != "write_strategy" else None
        return {name for name in (event.actor, other) if name}

    def perceive(self, name: str) -> str:
        if name not in self.present:
            return f"{name} is not in the game in generation {self.generation}."
        lines = [f"It is round {self.round + 1} of {self.rounds}. {name} has {in_units(self.resources(name))} units."]
        if self.lives[name].strategy is None and self.round == 0:
            lines = [f"{name} enters the game. All begin with {in_units(self.endowment)} units."]
        elif (other := self.donors().get(name)) is not None:
            lines.append(f"{name} meets {other}, and decides; {other} can only receive.")
            lines += [told(link) for link in self._known(other)] or [f"Nothing is known yet of what {other} gave to others."]
        return "\n".join(lines)

    def _lessons(self, life: Life) -> list[str]:
        lines: list[str] = []
        for name in life.taught_by:
            wrote = self.lives[name].strategy
            lines += [f"{name}, who ended with {in_units(self.lives[name].resources[-1])} units:", quote(wrote)] if wrote else []
        return lines

    def _known(self, name: str) -> list[Trace]:
        return self.history.trace(name, before=self.round, most=self.trace)

    def perceive_data(self, name: str) -> dict[str, Any]:
        if name not in self.present:
            return {}
        life, other = self.lives[name], self.donors().get(name)
        trace = [] if other is None else [{"actor": actor, **deed.model_dump()} for actor, deed in self._known(other)]
        past = [told(Trace(who, deed)) for who, deeds in self.history.deeds.items() for deed in deeds if name in (who, deed.to)]
        return {
            "generation": self.generation,
            "round": self.round + 1,
            "resources": self.resources(name),
            "recipient": other,
            "trace": trace,
            "strategy": life.strategy,
            "taught": [{"name": each, "strategy": self.lives[each].strategy} for each in life.taught_by],
            "lessons": self._lessons(life) if life.strategy is None else [],
            "own_past": past,
        }


def told(link: Trace) -> str:
    """A link of a trace in words."""
    actor, deed = link
    share = "nothing, having nothing" if deed.share is None else f"{100 * deed.share:.3g} % of what it had"
    if deed.what == "punished":
        return f"In round {deed.round + 1} {actor} spent {share} on punishing {deed.to}."
    return f"In round {deed.round + 1} {actor} gave {deed.to} {share}."
