"""Relationships: what others are to the agent, and what it knows of them from its own eyes and from hearsay.

The one idea: closeness and trust are numbers that deeds move, and what was told never overwrites what was seen. What the two
are to each other stays between them: each agent keeps its own side.

Source: none is followed; closeness and trust as two figures, and what is known as sentences with their origin, are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal, cast

from annotated_types import Len
from pydantic import BaseModel, Field, StringConstraints, create_model

from gamemaster.components.fact import Fact, learnt
from gamemaster.components.happening import Happening, Rules, check_rules, ruled
from gamemaster.components.happenings import Happenings
from gamemaster.components.relationship import Relationship, RelationshipChange, after_change, fewer, knowing, met
from gamemaster.components.room import MOST_STATE, lines_within, size_of
from gamemaster.components.unless_failed import unless_failed
from gamemaster.language import together
from gamemaster.words import Attempt, Component, DefinitionError, Event, JsonValue, Observation, Section, Turn, one_line

__all__ = ["Relationships"]

_MOST_NEWS = 8
_NEW_FACTS = 3
_LONGEST = 140
_STEP = 0.1
"""What one of the model's points of closeness is worth; one of trust is worth half of it, its range being half as long."""


class Relationships(Component):
    """For each other: closeness (-1 to 1), trust (0 to 1), a tie, when last met, and facts, each seen or told by somebody.

    `known` are the relationships that it starts with. `rules` say what happenings change: `{"give_bread":
    RelationshipChange(closeness=0.2, trust=0.1)}` by action, tag or kind of event, for whoever did it; or a function of a
    `Happening` that may name somebody else. With `asks` (by default where there are no rules) the model is asked at the end of
    a step, for each other who did or said something that the agent noticed, all at the same time: how closeness and trust
    change, -3 to 3, and what is learnt, about whom, from which of it, against which known fact. What comes of that is a rule:
    what was said is told, what was done was seen, and a told fact that contradicts a seen one is kept apart as disputed.

    The prompt speaks of `shown` others: those `present` first (a function from the world's data; by default those whom what
    is seen names), then those met last. `others` limits it to these names. At most `most` are held; who has no tie and was
    met longest ago goes first.

    Measures, when they change: `closeness: <other>` and `trust: <other>`; `disputed_facts` (how many it then holds of all
    others), when something told spoke against something seen.
    """

    changes = "slowly"
    kind = "other"

    def __init__(
        self,
        known: Mapping[str, Relationship] | None = None,
        *,
        others: Sequence[str] | None = None,
        rules: Rules[RelationshipChange] | None = None,
        asks: bool | None = None,
        present: Callable[[Mapping[str, Any]], Sequence[str]] | None = None,
        shown: int = 5,
        most: int = 24,
        given: Sequence[Component] = (),
        name: str = "relationships",
        budget: int = 300,
    ) -> None:
        if isinstance(others, str):
            raise DefinitionError(f"The component {name!r} has others={others!r}; give a list of names.")
        if shown < 1 or most < shown:
            raise DefinitionError(f"The component {name!r} has shown={shown} and most={most}; give 1 <= shown <= most.")
        if known is not None and len(known) > most:
            raise DefinitionError(f"The component {name!r} is given {len(known)} relationships; it holds at most {most}.")
        for other, each in (known or {}).items():
            if not isinstance(each, Relationship):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise DefinitionError(f"The component {name!r} is given {each!r} for {other}; give Relationship(...).")
        check_rules(rules or {}, RelationshipChange, name=name)
        self.others = None if others is None else tuple(others)
        self.rules: Rules[RelationshipChange] = rules if rules is not None else {}
        self.asks = rules is None if asks is None else asks
        self.present = present
        self.most_shown = shown
        self.most = most
        self.given = tuple(given)
        self.name = name
        self.budget = budget
        self._held: dict[str, Relationship] = dict(known or {})
        self._happenings = Happenings()

    def to(self, other: str) -> Relationship:
        """What `other` is to the agent; a stranger's where it knows nothing."""
        return self._held.get(other, Relationship())

    def known(self) -> list[str]:
        """Whom it knows, the last met first; of those it only heard of, in the order in which it did."""
        return sorted(self._held, key=lambda each: -(_when(self._held[each])))

    # --- the prompt ---

    async def context(self, turn: Turn) -> str:
        """Those present, then those met last: tie, closeness, trust, the last meeting, and what is known."""
        known = self.known()
        if self.present is not None:
            here = [each for each in self.present(turn.sees_data) if each in self._held]
        else:
            seen = Happening(id="", time=turn.time, text=turn.sees)
            here = [each for each in known if seen.names(each)]
        order = list(dict.fromkeys([*here, *known]))[: self.most_shown]
        return lines_within([line for other in order for line in self._told(turn, other)], self.budget)

    def _told(self, turn: Turn, other: str) -> Iterable[str]:
        held = self._held[other]
        closeness, trust = turn.prompts("closeness"), turn.prompts("trust")
        close = closeness[_place((held.closeness + 1) / 2, len(closeness))]
        trusted = trust[_place(held.trust, len(trust))]
        form = "other_with_tie" if held.tie else "other"
        line = turn.prompt(form, other=other, tie=held.tie, closeness=close, trust=trusted)
        if held.last_met is not None:
            line = turn.prompt("met", told=line, when=turn.texts.stamp(turn.moment, held.last_met))
        yield line
        for fact in held.facts:
            yield "  " + self._fact(turn, fact)

    def _fact(self, turn: Turn, fact: Fact) -> str:
        if fact.disputes:
            return turn.prompt("disputed", fact=fact.text, source=fact.source, seen=fact.disputes)
        if fact.how == "told" and fact.source:
            return turn.prompt("told", fact=fact.text, source=fact.source)
        return turn.prompt("known", fact=fact.text)

    # --- what happens ---

    async def observe(self, observation: Observation) -> None:
        """Note whom the agent met and heard."""
        self._happenings.notice(observation)

    async def after_action(self, attempt: Attempt, events: Sequence[Event]) -> None:
        """Note whose acts these were, and which."""
        self._happenings.mind(attempt, events)

    async def react(self, turn: Turn) -> None:
        """Meet those who did or said something, and see what it changes."""
        happened = [each for each in self._happenings.take(turn) if each.actor != turn.agent]
        before = {other: (held.closeness, held.trust) for other, held in self._held.items()}
        disputed = self._disputed()
        by_other: dict[str, list[Happening]] = {}
        for happening in happened:
            if self._counts(happening.actor, turn):
                by_other.setdefault(happening.actor, []).append(happening)
                self._held[happening.actor] = met(self.to(happening.actor), happening.time)
            for change in ruled(self.rules, happening, RelationshipChange):
                about = change.about or happening.actor
                if self._counts(about, turn):
                    self._change(about, change, happening)
        if self.asks:
            asked = [self._ask(turn, at, other, news[-_MOST_NEWS:]) for at, (other, news) in enumerate(by_other.items())]
            for change, happening, against in [each for answer in await together(asked) for each in answer]:
                self._change(change.about, change, happening, against)
        self._make_room()
        for other, held in self._held.items():
            closeness, trust = before.get(other, (Relationship().closeness, Relationship().trust))
            if held.closeness != closeness:
                turn.measure(f"closeness: {other}", round(held.closeness, 6))
            if held.trust != trust:
                turn.measure(f"trust: {other}", round(held.trust, 6))
        if self._disputed() > disputed:
            turn.measure("disputed_facts", self._disputed())

    def _counts(self, other: str, turn: Turn) -> bool:
        return bool(other) and other != turn.agent and (self.others is None or other in self.others)

    def _disputed(self) -> int:
        return sum(bool(fact.disputes) for held in self._held.values() for fact in held.facts)

    def _change(self, other: str, change: RelationshipChange, happening: Happening, against: Fact | None = None) -> None:
        held = after_change(self.to(other), change)
        if change.fact:
            given = change.fact if isinstance(change.fact, Fact) else Fact(text=change.fact)
            fact = learnt(given.text, happening, given.topic)
            held = knowing(held, fact, against)
        self._held[other] = held

    async def _ask(
        self, turn: Turn, at: int, other: str, news: Sequence[Happening]
    ) -> list[tuple[RelationshipChange, Happening, Fact | None]]:
        """What the model makes of what one other did and said; nothing where it gives no usable answer."""
        people = [each for each in turn.people if self._counts(each, turn)]
        about = list(dict.fromkeys([other, *people]))
        named = [each for each in about if each == other or any(happening.names(each) for happening in news)]
        facts = [(each, fact) for each in named for fact in self.to(each).facts if not fact.disputes]
        lines = "\n".join(f"{number}. {each.line(turn.texts)}" for number, each in enumerate(news, 1))
        notes = [Section(label=turn.prompt("news", other=other), text=lines, kind="observation", component=self.name)]
        if facts:
            known = "\n".join(f"{number}. {each}: {self._fact(turn, fact)}" for number, (each, fact) in enumerate(facts, 1))
            notes.insert(0, Section(label=turn.prompt("what_is_known"), text=known, kind="memory", component=self.name))
        schema = _schema(tuple(named), len(news), len(facts))
        question = turn.prompt("question", other=other, n=_NEW_FACTS)
        told: Any = await unless_failed(
            turn.fill(question, schema, given=self.given, notes=notes, max_tokens=250, what=f"change/{at}")
        )
        if told is None:
            return []
        change = RelationshipChange(closeness=told.closeness * _STEP, trust=told.trust * _STEP / 2, about=other)
        found: list[tuple[RelationshipChange, Happening, Fact | None]] = [(change, news[-1], None)]
        for each in told.learnt:
            text = one_line(cast("str", each.fact))
            if text:
                about, old = facts[cast("int", each.against) - 1] if each.against else ("", None)
                fact = RelationshipChange(fact=text, about=each.about)
                found.append((fact, news[cast("int", each.on) - 1], old if about == each.about else None))
        return found

    # --- its state ---

    def _make_room(self) -> None:
        """Let go of those without a tie who weren't met for longest, then of what is known of them, until the rest fits."""
        self._held = fewer(self._held, self.most)
        for other in reversed(self.known()):
            if size_of(self.state()) <= MOST_STATE:
                return
            held = self._held[other]
            self._held[other] = Relationship(
                closeness=held.closeness, trust=held.trust, tie=held.tie, last_met=held.last_met, facts=held.facts[-1:]
            )

    def state(self) -> dict[str, JsonValue]:
        """Each relationship, and what was noticed and not thought about."""
        return {
            "held": {other: held.as_json() for other, held in self._held.items()},
            "noticed": self._happenings.as_json(),
        }

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        held: Any = state
        self._held = {other: Relationship.from_json(each) for other, each in held["held"].items()}
        self._happenings.restore(held["noticed"])


def _when(relationship: Relationship) -> float:
    return float("-inf") if relationship.last_met is None else relationship.last_met


def _place(share: float, n: int) -> int:
    """Which of `n` words stands for a share of 0 to 1."""
    return min(n - 1, int(share * n))


@lru_cache(maxsize=256)
def _schema(about: tuple[str, ...], news: int, known: int) -> type[BaseModel]:
    """Changes of closeness and trust, and facts: about whom, on which piece of news, against which known fact (0 for none)."""
    points: Any = Annotated[int, Field(ge=-3, le=3)]
    who: Any = Literal[about]
    text: Any = Annotated[str, StringConstraints(max_length=2 * _LONGEST)]
    on: Any = Annotated[int, Field(ge=1, le=news)]
    against: Any = Annotated[int, Field(ge=0, le=known)]
    one = create_model("Learnt", about=(who, ...), fact=(text, ...), on=(on, ...), against=(against, ...))
    several: Any = Annotated[list[one], Len(0, _NEW_FACTS)]
    return create_model("Change", closeness=(points, ...), trust=(points, ...), learnt=(several, ...))
