"""Reputation: what the agent thinks of others' conduct, from its own experience and from what others told it of them.

The one idea: each opinion keeps its source and the number of hands that it went through, and counts the less the more there
were, so that gossip spreads without outweighing what was lived through. The formula stands in
`gamemaster.components.testimony`, with its sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal

from annotated_types import Len
from pydantic import BaseModel, Field, create_model

from gamemaster.components.happening import Happening, Rules, check_rules, ruled
from gamemaster.components.happenings import Happenings
from gamemaster.components.relationships import Relationships
from gamemaster.components.room import MOST_STATE, lines_within, size_of
from gamemaster.components.testimony import Opinion, Testimony, score, with_testimony
from gamemaster.components.unless_failed import unless_failed
from gamemaster.language import together
from gamemaster.words import Attempt, Component, DefinitionError, Event, JsonValue, Observation, Section, Turn, one_line, quote

__all__ = ["Reputation"]

_MOST_NEWS = 8
_MOST_TESTIMONIES = 8
_MOST_OPINIONS = 4
_MOST_HANDS = 5
_FULL = 5


class Reputation(Component):
    """What others are thought of, -1 to 1 each, with the sources of it.

    `rules` say what happenings tell of somebody: `{"break_promise": Opinion(value=-1)}` by action, tag or kind of event, or a
    function of a `Happening` (which reads what was said, where that has a form). With `asks` (by default where there are no
    rules) the model is asked at the end of a step, all at the same time: for each other who did something that the agent
    saw, how it speaks for them, -5 to 5; and for each who said something that names a third person, what opinions of
    others it holds, and through how many hands they went. A self-praise is no testimony.

    An opinion counts with discount ^ hands, own experience in full; `doubt` is the weight of not knowing. With
    `relationships` (of the same agent) what is told counts with the trust in whoever tells it at that time, too.
    `others` limits it to these names. The prompt speaks of `shown` of them: those whom what is seen names first, then those
    of whom there was news last. At most `most` persons are held, with eight testimonies each; the longest without news go.

    Measure, when it changes: `reputation: <other>`.
    """

    changes = "slowly"
    kind = "other"

    def __init__(
        self,
        *,
        others: Sequence[str] | None = None,
        rules: Rules[Opinion] | None = None,
        asks: bool | None = None,
        discount: float = 0.5,
        doubt: float = 1.0,
        relationships: Relationships | None = None,
        shown: int = 6,
        most: int = 20,
        given: Sequence[Component] = (),
        name: str = "reputation",
        budget: int = 200,
    ) -> None:
        if isinstance(others, str):
            raise DefinitionError(f"The component {name!r} has others={others!r}; give a list of names.")
        if not 0 < discount <= 1:
            raise DefinitionError(f"The component {name!r} has discount={discount}; it is above 0 and at most 1.")
        if not 0 < doubt < float("inf"):
            raise DefinitionError(f"The component {name!r} has doubt={doubt}; it is a number above 0.")
        if shown < 1 or most < shown:
            raise DefinitionError(f"The component {name!r} has shown={shown} and most={most}; give 1 <= shown <= most.")
        check_rules(rules or {}, Opinion, name=name)
        self.others = None if others is None else tuple(others)
        self.rules: Rules[Opinion] = rules if rules is not None else {}
        self.asks = rules is None if asks is None else asks
        self.discount = discount
        self.doubt = doubt
        self.relationships = relationships
        self.most_shown = shown
        self.most = most
        self.given = tuple(given) if relationships is None or relationships in given else (relationships, *given)
        self.name = name
        self.budget = budget
        self._held: dict[str, tuple[Testimony, ...]] = {}  # the one without news for longest first
        self._before = tuple(given)  # what stands before its questions
        self._trusts: dict[str, float] = {}  # how far those were trusted who spoke in this step, when they did
        self._happenings = Happenings()

    def of(self, other: str) -> float:
        """What `other` is thought of, -1 to 1; 0 of whom nothing is known."""
        return score(self.testimonies(other), discount=self.discount, doubt=self.doubt)

    def testimonies(self, other: str) -> tuple[Testimony, ...]:
        """What it rests on, oldest first."""
        return self._held.get(other, ())

    def known(self) -> list[str]:
        """Of whom it thinks something, the last with news first."""
        return list(reversed(self._held))

    # --- the prompt ---

    async def context(self, turn: Turn) -> str:
        """For each other what they are thought of, and from where."""
        words = turn.prompts("words")
        seen, known = Happening(id="", time=turn.time, text=turn.sees), self.known()
        order = [*(each for each in known if seen.names(each)), *(each for each in known if not seen.names(each))]
        lines: list[str] = []
        for other in order[: self.most_shown]:
            word = words[min(len(words) - 1, int((self.of(other) + 1) / 2 * len(words)))]
            lines.append(turn.prompt("one", other=other, word=word, sources=self._sources(turn, other)))
        return lines_within(lines, self.budget)

    def _sources(self, turn: Turn, other: str) -> str:
        held = self.testimonies(other)
        own = sum(not each.hands for each in held)
        found = [turn.prompt("own", n=own)] if own else []
        for each in [each for each in held if each.hands]:
            form = "first_hand" if each.hands == 1 else "further_hand"
            found.append(turn.prompt(form, source=each.source, hands=each.hands))
        return "; ".join(found)

    # --- what happens ---

    async def observe(self, observation: Observation) -> None:
        """Note what tells of others, and how far whoever tells it is trusted as yet."""
        if self.relationships is not None and observation.speaker is not None:
            self._trusts[observation.speaker] = self.relationships.to(observation.speaker).trust
        self._happenings.notice(observation)

    async def after_action(self, attempt: Attempt, events: Sequence[Event]) -> None:
        """Note whose acts these were, and which."""
        self._happenings.mind(attempt, events)

    async def react(self, turn: Turn) -> None:
        """Take in what was seen of others and what was told of them."""
        happened = [each for each in self._happenings.take(turn) if each.actor and each.actor != turn.agent]
        before = {other: self.of(other) for other in self._held}
        for happening in happened:
            for opinion in ruled(self.rules, happening, Opinion):
                self._take_in(turn, opinion, happening)
        if self.asks:
            await self._ask(turn, happened)
        while len(self._held) > self.most or (len(self._held) > 1 and size_of(self.state()) > MOST_STATE):
            del self._held[next(iter(self._held))]
        for other in self._held:
            if self.of(other) != before.get(other):
                turn.measure(f"reputation: {other}", round(self.of(other), 6))
        self._trusts.clear()

    def _take_in(self, turn: Turn, opinion: Opinion, happening: Happening) -> None:
        about = opinion.about or happening.actor
        hands = int(happening.is_speech) if opinion.hands is None else opinion.hands
        praises_itself = happening.is_speech and about == happening.actor
        if about == turn.agent or praises_itself or (self.others is not None and about not in self.others):
            return
        new = Testimony(
            value=opinion.value,
            hands=hands,
            source=happening.actor if hands else "",
            what=happening.text,
            time=happening.time,
            event_id=happening.id,
            trust=self._trusts.get(happening.actor, 1.0) if hands else 1.0,
        )
        self._held[about] = with_testimony(self._held.pop(about, ()), new, _MOST_TESTIMONIES)

    async def _ask(self, turn: Turn, happened: Sequence[Happening]) -> None:
        acts: dict[str, list[Happening]] = {}
        words: dict[str, list[Happening]] = {}
        for each in happened:
            (words if each.is_speech else acts).setdefault(each.actor, []).append(each)
        names = [each for each in dict.fromkeys([*turn.people, *self._held]) if each != turn.agent]
        names = [each for each in names if self.others is None or each in self.others]
        asked = [self._judge(turn, at, other, news) for at, (other, news) in enumerate(acts.items()) if other in names]
        for at, (speaker, said) in enumerate(words.items()):
            third = [each for each in names if each != speaker and any(one.names(each) for one in said)]
            if third:
                asked.append(self._listen(turn, at, speaker, third, said))
        for opinion, happening in [each for answer in await together(asked) for each in answer]:
            self._take_in(turn, opinion, happening)

    async def _judge(self, turn: Turn, at: int, other: str, news: Sequence[Happening]) -> list[tuple[Opinion, Happening]]:
        """How what one other did speaks for them."""
        lines = "\n".join(each.line(turn.texts) for each in news[-_MOST_NEWS:])
        notes = [Section(label=turn.prompt("done", other=other), text=lines, kind="observation", component=self.name)]
        question = turn.prompt("judge", other=other)
        points = await unless_failed(turn.number(question, -_FULL, _FULL, given=self._before, notes=notes, what=f"judge/{at}"))
        return [] if points is None or not points else [(Opinion(value=points / _FULL, about=other, hands=0), news[-1])]

    async def _listen(
        self, turn: Turn, at: int, speaker: str, third: Sequence[str], said: Sequence[Happening]
    ) -> list[tuple[Opinion, Happening]]:
        """What somebody's words tell of others."""
        news = said[-_MOST_NEWS:]
        lines = "\n".join(quote(one_line(each.text)) for each in news)
        notes = [Section(label=turn.prompt("said", other=speaker), text=lines, kind="observation", component=self.name)]
        question = turn.prompt("listen", other=speaker, people=", ".join(third))
        told: Any = await unless_failed(
            turn.fill(question, _schema(tuple(third)), given=self._before, notes=notes, max_tokens=150, what=f"listen/{at}")
        )
        if told is None:
            return []
        return [
            (Opinion(value=each.points / _FULL, about=each.about, hands=each.hands), news[-1])
            for each in told.opinions
            if each.points
        ]

    # --- its state ---

    def state(self) -> dict[str, JsonValue]:
        """The testimonies of each person, the one without news for longest first, and what was noticed and not thought about."""
        return {
            "held": {other: [each.as_json() for each in held] for other, held in self._held.items()},
            "noticed": self._happenings.as_json(),
        }

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        held: Any = state
        self._held = {other: tuple(Testimony.from_json(each) for each in several) for other, several in held["held"].items()}
        self._happenings.restore(held["noticed"])


@lru_cache(maxsize=256)
def _schema(people: tuple[str, ...]) -> type[BaseModel]:
    """Opinions: about whom, how many points, and through how many hands."""
    who: Any = Literal[people]
    points: Any = Annotated[int, Field(ge=-_FULL, le=_FULL)]
    hands: Any = Annotated[int, Field(ge=1, le=_MOST_HANDS)]
    one = create_model("ToldOpinion", about=(who, ...), points=(points, ...), hands=(hands, ...))
    several: Any = Annotated[list[one], Len(0, _MOST_OPINIONS)]
    return create_model("ToldOpinions", opinions=(several, ...))
