"""The world of the transmission chain: who has heard the text in which form, and what has been told."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, Field

from gamemaster import Person, World, action
from gamemaster.examples.transmission_chain_parts.propositions import sentences_of
from gamemaster.words import Event, JsonValue, one_line, quote
from gamemaster.world import MaxLen, MinLen
from gamemaster.world.parts.network import Network

__all__ = ["MOST", "Telling", "Transmission"]

MOST = 60
"""The most sentences of a text."""


class Telling(BaseModel):
    """One retelling: who told it how many steps from the source, to whom, what they had heard, and what they said."""

    teller: str
    wave: int
    to: list[str]
    heard: list[str]
    text: str


class Transmission(World):
    """Who has heard the text in which form, and what has been told."""

    network: Network
    first: str
    source: str
    rounds_of_ring: int = 0
    """How often the text goes round, on a ring; 0 on any other graph."""
    wave: int = 0
    heard: dict[str, list[str]] = Field(default_factory=dict)
    coming: dict[str, list[str]] = Field(default_factory=dict)
    tellings: list[Telling] = Field(default_factory=list[Telling])

    def start(self) -> None:
        """The first hears the text."""
        self.heard[self.first] = [self.source]
        self._say_to(self.first, self.source)

    @action(when="has_heard")
    def retell_text(self, actor: Person, sentences: Annotated[list[Annotated[str, MaxLen(600)]], MinLen(1), MaxLen(MOST)]) -> str:
        """Retell what one has heard, sentence by sentence, to those who come next."""
        # What is told is put between marks, and needs none of its own.
        text = " ".join(filter(None, (one_line(re.sub('["“”]', "", each)) for each in sentences)))
        if not text:
            self.refuse("nothing has been told")
        hearers = self.hearers(actor)
        telling = Telling(teller=actor, wave=self.wave, to=hearers, heard=list(self.heard[actor]), text=text)
        self.tellings.append(telling)
        for hearer in hearers:
            self.coming.setdefault(hearer, []).append(text)
            self._say_to(hearer, text)
        return (
            f"{actor} tells {' and '.join(hearers)}: {quote(text)}" if hearers else f"{actor}, the last, retells: {quote(text)}"
        )

    def has_heard(self, actor: str) -> bool:
        return actor in self.heard

    def hearers(self, actor: str) -> list[str]:
        """To whom somebody tells the text: those next to them and one step further from the source."""
        if self.rounds_of_ring:
            is_last = self.wave == self.rounds_of_ring * len(self.network.ways)
            return [] if is_last else self.network.hearers(actor)
        far = self.network.distances(self.first)
        return [each for each in self.network.hearers(actor) if far[each] == far[actor] + 1]

    def tellers(self) -> list[str]:
        """Who retells now, in the order of the people."""
        return [name for name in self.people if name in self.heard]

    def _say_to(self, hearer: str, text: str) -> None:
        for sentence in sentences_of(text):
            self.tell(hearer, quote(sentence))

    def end_of_round(self) -> None:
        """Those who were told are the next to tell."""
        self.heard, self.coming = {name: list(texts) for name, texts in self.coming.items()}, {}
        self.wave += 1

    def over(self) -> str | None:
        if self.heard:
            return None
        return "everybody has told what they heard" if self.tellings else "nobody has told anything"

    def witnesses(self, event: Event) -> set[str]:
        """Whoever tells; the hearers are told sentence by sentence, which is how they remember it."""
        return {event.actor}

    def perceive_data(self, name: str) -> dict[str, JsonValue]:
        heard: list[JsonValue] = [*self.heard.get(name, [])]
        return {"heard": heard, "wave": self.wave}
