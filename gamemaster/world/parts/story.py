"""Story: open narrative as state: who is where, what is known of whom and what, and how long things took.

The one idea: what a game master tells becomes facts, places and time, through actions like any other. So a story is
atomic, bounded, forkable and on record, and needs no world of its own types. It understands none of the sentences: what is
true of coins or keys beyond them is for a typed world to keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, cast

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import Field

from gamemaster.words import Event, OneOf, Person
from gamemaster.world.action import action
from gamemaster.world.invariant import invariant
from gamemaster.world.parts.coming_and_going import Arrival, Departure
from gamemaster.world.whereabouts import by_entry
from gamemaster.world.world import World

__all__ = ["LONGEST_DEED", "LONGEST_FACT", "LONGEST_NAME", "MOST_FACTS_AT_ONCE", "Story", "sentence_of"]

LONGEST_DEED = 2000
"""Characters that tell what happens, at most."""

LONGEST_FACT = 240
"""Characters of a fact."""

LONGEST_NAME = 60
"""Characters of the name of a place, or of what a fact is about."""

MOST_FACTS_AT_ONCE = 4
"""How many facts may come of one deed."""

MOST_MINUTES = 480
_SHOWN_OF_EACH = 4
_SHOWN = 2000

Deed = Annotated[str, MinLen(1), MaxLen(LONGEST_DEED)]
Fact = Annotated[str, MinLen(1), MaxLen(LONGEST_FACT)]
Name = Annotated[str, MinLen(1), MaxLen(LONGEST_NAME)]
Minutes = Annotated[int, Ge(0), Le(MOST_MINUTES)]


class Story(World):
    """A world of facts, places and time, or a part of one (`story: Story`).

    `facts` are statements by what they are about, `places` what each place is, `whereabouts` where each person is. Who has
    no place is with all others who have none; a story need have no places at all. `minutes` is how much time has passed
    in what was told: what is done in one step is done at the same time, and the longest of it counts. Under a schedule by
    time, who is busy isn't asked before `busy` (simulated seconds). As a part, it leaves to the world around it who notices
    what: by default those in the same place, or the actor alone where there are no places.

    What is known stays small. Of one subject the last `statements_each` statements are kept; of subjects the last
    `most_subjects` of which something was noted; the others are forgotten, here, while the run's record has all. At most
    `most_places` places can be there, those found on the way included.
    """

    facts: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    places: dict[str, str] = Field(default_factory=dict[str, str])
    whereabouts: dict[str, str] = Field(default_factory=dict[str, str])
    busy: dict[str, float] = Field(default_factory=dict[str, float])
    minutes: Annotated[int, Ge(0)] = 0
    longest: Annotated[int, Ge(0)] = 0
    """The minutes that the longest deed of the step at hand takes."""
    statements_each: Annotated[int, Ge(1)] = 6
    most_subjects: Annotated[int, Ge(1)] = 60
    most_places: Annotated[int, Ge(0)] = 16

    @classmethod
    def told(
        cls,
        facts: Mapping[str, str | Iterable[str]] | None = None,
        *,
        places: Mapping[str, str] | Iterable[str] = (),
        whereabouts: Mapping[str, str] | None = None,
        **fields: Any,
    ) -> Story:
        """A story as it stands at its beginning: `Story.told({"Dan": "Dan keeps the shop."}, places=["shop", "street"])`."""
        known = {about: [each] if isinstance(each, str) else list(each) for about, each in (facts or {}).items()}
        pairs = cast("Mapping[str, str]", places).items() if isinstance(places, Mapping) else [(each, "") for each in places]
        named = dict(pairs)
        return cls(facts=known, places=named, whereabouts=dict(whereabouts or {}), **fields)

    # --- where and with whom ---

    @by_entry("whereabouts")
    def place_of(self, name: str) -> str | None:
        """Where this person is; None for who has no place."""
        return self.whereabouts.get(name)

    def place_names(self) -> Sequence[str]:
        """All places, in the order in which they came up."""
        return list(self.places)

    def elsewhere(self, actor: str) -> list[str]:
        """The places where this person isn't."""
        here = self.whereabouts.get(actor)
        return [place for place in self.places if place != here]

    def can_go(self, actor: str) -> bool:
        """Whether there is another place to go to."""
        return bool(self.elsewhere(actor))

    def company(self, actor: str) -> list[str]:
        """Who else is there, in the order of the people."""
        here = self.whereabouts.get(actor)
        return [name for name in self.present_people() if name != actor and self.whereabouts.get(name) == here]

    def has_company(self, actor: str) -> bool:
        """Whether somebody else is there."""
        return bool(self.company(actor))

    def witnesses(self, event: Event) -> set[str]:
        """All where it happened; where nobody has a place, all."""
        here = event.place if event.place is not None else self.whereabouts.get(event.actor)
        return {name for name in self.people if self.whereabouts.get(name) == here}

    def busy_until(self, name: str) -> float:
        """From when on this person can be asked again, in simulated seconds."""
        return self.busy.get(name, 0.0)

    # --- what anybody can do ---

    @action(when="can_go")
    def go_to(self, actor: Person, to: Annotated[str, OneOf("elsewhere")]) -> str:
        """Go to another place."""
        self.whereabouts[actor] = to
        return f"{actor} goes {_to(to)}."

    @action(when="has_company")
    def talk_to(self, actor: Person, to: Annotated[str, OneOf("company")], words: Annotated[str, MaxLen(LONGEST_DEED)]) -> str:
        """Tell somebody who is here something, or talk to them."""
        marked = " ".join(words.replace('"', "'").split())
        return f'{actor} says to {to}: "{marked}"'

    @action
    def do_something(self, actor: Person, what: Deed) -> str:
        """Do anything else, said in one sentence."""
        return sentence_of(actor, what)

    # --- what only the game master can have happen ---

    @action(by="game_master")
    def happens(
        self,
        actor: Person,
        what: Deed,
        place: Annotated[str, MaxLen(LONGEST_NAME)] = "",
        minutes: Minutes = 0,
        about: Annotated[list[Name], MaxLen(MOST_FACTS_AT_ONCE)] = [],  # noqa: B006
        facts: Annotated[list[Fact], MaxLen(MOST_FACTS_AT_ONCE)] = [],  # noqa: B006
    ) -> str:
        """Tell what happens, where the actor is then, how many minutes it takes, and what is true from now on."""
        if len(about) != len(facts):
            self.refuse(f"{len(facts)} facts are about {len(about)} things; each needs one")
        if place:
            self._enter(actor, place)
        self._take(actor, minutes)
        for subject, fact in zip(about, facts, strict=True):
            self.learn(subject, fact)
        return what

    @action(by="game_master")
    def note_fact(self, actor: Person, about: Name, fact: Fact) -> str:
        """Note what is true from now on, of a person, a place or a thing; all who are here notice it."""
        self.learn(about, fact)
        return self.facts[self._subject(about)][-1]

    @action(by="game_master", when="has_room")
    def find_place(self, actor: Person, place: Name, description: Annotated[str, MaxLen(LONGEST_FACT)] = "") -> str:
        """There turns out to be another place, where one can go from now on."""
        if self._place(place) is not None:
            self.refuse(f"{_at(place)} is known already")
        self.places[_one_line(place)] = _one_line(description)
        return f"There is another place to go to: {_one_line(place)}." + (f" {_one_line(description)}" if description else "")

    @action(by="game_master")
    def time_passes(self, actor: Person, minutes: Annotated[int, Ge(1), Le(MOST_MINUTES)]) -> str:
        """It takes longer than it looked."""
        self._take(actor, minutes)
        return f"It takes {actor} {minutes} minutes."

    def has_room(self, actor: str = "") -> bool:
        """Whether there can be another place."""
        return len(self.places) < self.most_places

    def learn(self, about: str, fact: str) -> None:
        """Note a fact; for use in actions and hooks. One that is known already becomes the latest."""
        subject, fact = self._subject(about), _one_line(fact)[:LONGEST_FACT]
        if not subject or not fact:
            self.refuse("a fact has words, and is about somebody or something")
        known = [each for each in self.facts.pop(subject, []) if each != fact]
        self.facts[subject] = [*known, fact][-self.statements_each :]  # put in anew: the last noted stand last
        while len(self.facts) > self.most_subjects:
            del self.facts[next(iter(self.facts))]

    def end_of_step(self) -> None:
        """Time has passed for all, by the longest deed of the step."""
        if self.longest:
            self.minutes += self.longest
            self.longest = 0

    def arrives(self, arrival: Arrival) -> None:
        """Put who comes where that was said to be, if it is a place of the story; `Presence` says so."""
        known = None if arrival.place is None else self._place(arrival.place)
        if known is not None:
            self.whereabouts[arrival.name] = known

    def departs(self, departure: Departure) -> None:
        """Have who is gone be nowhere; what is known of them stays."""
        self.whereabouts.pop(departure.name, None)
        self.busy.pop(departure.name, None)

    # --- what one sees ---

    def perceive(self, name: str) -> str:
        """Where one is, who else is there, what is known of these and of oneself; at most some 2,000 characters."""
        here, others = self.whereabouts.get(name), self.company(name)
        lines: list[str] = []
        if here is not None:
            lines.append(" ".join([each for each in (f"{name} is {_at(here)}.", self.places.get(here, "")) if each]))
        lines.append(f"{_and(others)} {'is' if len(others) == 1 else 'are'} here too." if others else "Nobody else is here.")
        near: list[str] = [name, *([] if here is None else [here]), *others]
        for subject in dict.fromkeys(near):
            lines += self.facts.get(subject, [])[-_SHOWN_OF_EACH:]
        if elsewhere := self.elsewhere(name):
            lines.append(f"Other places: {', '.join(elsewhere)}.")
        general = [fact for subject, facts in self.facts.items() if subject not in self._situated() for fact in facts]
        lines += [fact for fact in general[-_SHOWN_OF_EACH:] if fact not in lines]
        return _cut(lines)

    def perceive_data(self, name: str) -> dict[str, Any]:
        """The same for policies: place, who is present, other places, and the facts about oneself and the place."""
        here = self.whereabouts.get(name)
        known = {subject: list(self.facts[subject]) for subject in (name, here) if subject and subject in self.facts}
        return {
            "place": here,
            "present": self.company(name),
            "elsewhere": self.elsewhere(name),
            "facts": known,
            "minutes": self.minutes,
        }

    @invariant
    def everybody_somewhere_known(self) -> str | None:
        """People are in places that there are, and there aren't too many of these."""
        for name, place in self.whereabouts.items():
            if place not in self.places:
                return f"{name} is at {place!r}, which is no place of the story"
        return (
            f"there are {len(self.places)} places, and can be {self.most_places}" if len(self.places) > self.most_places else None
        )

    # --- inside ---

    def _situated(self) -> set[str]:
        """What is shown only to those who are there: people and places."""
        return {*self.people, *self.places}

    def _subject(self, about: str) -> str:
        """The subject under the name that it has already, whatever the letters' case."""
        about = _one_line(about)[:LONGEST_NAME]
        named = {each.casefold(): each for each in (*self.facts, *self.places, *self.people)}
        return named.get(about.casefold(), about)

    def _place(self, place: str) -> str | None:
        wanted = _one_line(place).casefold()
        wanted = wanted.removeprefix("the ")
        return next((each for each in self.places if each.casefold().removeprefix("the ") == wanted), None)

    def _enter(self, actor: str, place: str) -> None:
        known = self._place(place)
        if known is None:
            if not self.has_room():
                self.refuse(f"there is no place called {_one_line(place)!r}; there are {', '.join(self.places) or 'none'}")
            known = _one_line(place)
            self.places[known] = ""
        self.whereabouts[actor] = known

    def _take(self, actor: str, minutes: int) -> None:
        if minutes:
            self.longest = max(self.longest, minutes)
            self.busy[actor] = max(self.now, self.busy.get(actor, 0.0)) + 60 * minutes


def sentence_of(actor: str, what: str) -> str:
    """What somebody does in their own words, as a sentence about them."""
    what = _one_line(what)
    return what if what.casefold().startswith(f"{actor.casefold()} ") else f"{actor}: {what}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _named(place: str) -> str:
    """A place as it stands in a sentence: "the store", but "Main Street"."""
    return f"the {place}" if place[:1].islower() and not place.startswith("the ") else place


def _at(place: str) -> str:
    return f"at {_named(place)}"


def _to(place: str) -> str:
    return f"to {_named(place)}"


def _cut(lines: Sequence[str]) -> str:
    """As many whole lines as fit."""
    kept, size = list[str](), 0
    for line in lines:
        size += len(line) + 1
        if size > _SHOWN:
            break
        kept.append(line)
    return "\n".join(kept)
