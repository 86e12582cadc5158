"""BDI: what the agent believes, what it desires, and the one thing that it has set its mind on.

The one idea: an intention is formed once and then kept, until it is done, impossible, given up or displaced by a more
important desire, with the reason; so that an agent neither dithers nor runs at a wall. Beliefs change by what happens, and
only when they do is the intention thought over.

Source: Bratman 1987; Rao and Georgeff 1995, BDI agents: from theory to practice (the cycle: beliefs revised, options weighed,
intention kept or dropped). Departures: there is one intention, not a structure of them; no plan library (what is intended is
a sentence, and the agent's own answer carries it out).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast, get_args

from gamemaster.components.belief_revision import new_beliefs
from gamemaster.components.fact import Fact, dropped_facts, learnt, with_fact
from gamemaster.components.goal import Goal, after_happening, ended, past_deadline, read_goals
from gamemaster.components.happening import Happening, Rules, check_rules, ruled
from gamemaster.components.happenings import Happenings
from gamemaster.components.intention import Commitment, Intention, IntentionEnd, desire_after, displacing, ends_by_desire, may_end
from gamemaster.components.room import lines_within
from gamemaster.components.unless_failed import unless_failed
from gamemaster.words import (
    AnswerFailed,
    Attempt,
    Component,
    DefinitionError,
    Event,
    JsonValue,
    Observation,
    Section,
    Turn,
    one_line,
)

__all__ = ["BDI"]

_MOST_DESIRES = 8
_MOST_BELIEFS = 24
_MOST_NEWS = 8
_LONGEST = 140


class BDI(Component):
    """Beliefs with their sources, desires with priorities, and one intention that is kept.

    `desires` are goals or texts; `beliefs` are facts or texts that it starts with. `rules` say which beliefs happenings bring
    (`{"storm": Fact(text="The bridge is gone.", topic="bridge")}` by action, tag or kind of event, or a function of a
    `Happening`); with `asks` (by default where there are no rules) the model says what is believed after the news of a step,
    on which of it, and which older belief falls. What was told never overwrites what was seen.

    A turn without an intention forms one: a choice among the open desires (none where there is one alone), and a sentence
    on what is intended. After news, when a belief has changed or an attempt was refused, the model says whether the
    intention is kept; which ends are offered is `commitment`: "blind" (until done), "single_minded" (or impossible),
    "open_minded" (or given up, or displaced by an open desire of higher priority). A desire that declares its end by events
    (`Goal.achieved_by` and so on) ends the intention without a question. With `deliberates=False` no model is asked about
    intentions at all: the desire of the highest priority is the intention, as long as it is open.

    The end of an intention is remembered as a thought, with the reason.
    Measures: `intention` ("formed", "kept", "done", "impossible", "given_up", "displaced") and `beliefs` (how many are held).
    """

    changes = "slowly"
    kind = "goal"
    texts_file = "bdi"

    def __init__(
        self,
        desires: Sequence[Goal | str],
        *,
        beliefs: Sequence[Fact | str] = (),
        commitment: Commitment = "open_minded",
        rules: Rules[Fact] | None = None,
        asks: bool | None = None,
        deliberates: bool = True,
        given: Sequence[Component] = (),
        name: str = "bdi",
        budget: int = 300,
    ) -> None:
        if commitment not in get_args(Commitment):
            known = ", ".join(repr(each) for each in get_args(Commitment))
            raise DefinitionError(f"The component {name!r} has commitment={commitment!r}; it is one of {known}.")
        if isinstance(beliefs, str) or len(beliefs) > _MOST_BELIEFS:
            raise DefinitionError(f"The component {name!r}: beliefs is a list of at most {_MOST_BELIEFS} texts or facts.")
        check_rules(rules or {}, Fact, name=name)
        self.commitment: Commitment = commitment
        self.rules: Rules[Fact] = rules if rules is not None else {}
        self.asks = rules is None if asks is None else asks
        self.deliberates = deliberates
        self.given = tuple(given)
        self.name = name
        self.budget = budget
        self._desires = read_goals(desires, name=name, most=_MOST_DESIRES)
        self._beliefs = tuple(Fact(text=each) if isinstance(each, str) else each for each in beliefs)
        for each in self._beliefs:
            if not isinstance(each, Fact):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise DefinitionError(f"The component {name!r} is given the belief {each!r}; give Fact(...) or a text.")
        self._intention: Intention | None = None
        self._last: tuple[str, IntentionEnd, str] | None = None
        self._happenings = Happenings()

    @property
    def beliefs(self) -> tuple[Fact, ...]:
        """What is believed, in the order in which it came to be."""
        return self._beliefs

    @property
    def desires(self) -> tuple[Goal, ...]:
        """The desires with what has become of them."""
        return self._desires

    @property
    def intention(self) -> Intention | None:
        """What is intended; None before the first turn, and when nothing is left to be desired."""
        return self._intention

    # --- the prompt ---

    async def context(self, turn: Turn) -> str:
        """The intention, why the last one ended, the open desires, and the beliefs, the newest first."""
        self._settle(turn)
        if self._intention is None:
            await self._deliberate(turn)
        lines: list[str] = []
        if self._intention is not None:
            lines.append(turn.prompt("intends", intention=self._intention.text, desire=self._intention.desire))
        if self._last is not None:
            what, end, reason = self._last
            lines.append(turn.prompt(end, intention=what, reason=reason))
        lines += [turn.prompt("desires", desire=goal.text) for goal in self._open()]
        lines += [self._believed(turn, fact) for fact in reversed(self._beliefs)]
        return lines_within(lines, self.budget)

    def _open(self) -> list[Goal]:
        return sorted([each for each in self._desires if each.is_open], key=lambda each: -each.priority)

    def _believed(self, turn: Turn, fact: Fact) -> str:
        if fact.disputes:
            return turn.prompt("disputed", belief=fact.text, source=fact.source, seen=fact.disputes)
        if fact.how == "told" and fact.source:
            return turn.prompt("told", belief=fact.text, source=fact.source)
        return turn.prompt("believes", belief=fact.text)

    # --- forming an intention ---

    async def _deliberate(self, turn: Turn) -> None:
        """Choose a desire and say what is intended for it."""
        options = self._open()
        if not options:
            return
        if not self.deliberates:
            return self._form(turn, options[0], options[0].text)
        try:
            desire = options[0]
            if len(options) > 1:
                question = turn.prompt("which")
                texts = [each.text for each in options]
                notes = self._notes(turn)
                chosen = await turn.choose(question, texts, given=self.given, notes=notes, unsure=0, what="which")
                desire = options[chosen.index]
            question = turn.prompt("what", desire=desire.text)
            told = await turn.text(question, given=self.given, notes=self._notes(turn), max_tokens=60, what="what")
        except AnswerFailed:
            return
        self._form(turn, desire, one_line(told)[:_LONGEST] or desire.text)

    def _form(self, turn: Turn, desire: Goal, text: str) -> None:
        self._intention = Intention(desire=desire.text, text=text, since=float(turn.time))
        turn.measure("intention", "formed")

    def _notes(self, turn: Turn) -> list[Section]:
        if not self._beliefs:
            return []
        lines = lines_within([self._believed(turn, each) for each in reversed(self._beliefs)], self.budget)
        return [Section(label=turn.prompt("what_is_believed"), text=lines, kind="memory", component=self.name)]

    # --- what happens ---

    async def observe(self, observation: Observation) -> None:
        """Note what may change a belief."""
        self._happenings.notice(observation)

    async def after_action(self, attempt: Attempt, events: Sequence[Event]) -> None:
        """Note which action it was, and what was refused."""
        self._happenings.mind(attempt, events)

    async def react(self, turn: Turn) -> None:
        """Revise the beliefs, then the desires, then think over the intention where there is a reason to."""
        happened = self._happenings.take(turn)
        before = self._beliefs
        for happening in happened:
            for fact in ruled(self.rules, happening, Fact):
                self._believe(learnt(fact.text, happening, fact.topic))
            line = happening.line(turn.texts)
            self._desires = tuple(after_happening(each, happening, turn.agent, line) for each in self._desires)
        news = happened[-_MOST_NEWS:]
        if self.asks and news:
            await self._revise(turn, news)
        self._settle(turn)
        if happened:
            turn.measure("beliefs", len(self._beliefs))
        refused = any(each.kind == "refusal" and each.actor == turn.agent for each in happened)
        if self._intention is not None and self.deliberates and (refused or self._beliefs != before):
            await self._think_over(turn, self._intention, news)

    def _believe(self, fact: Fact, contradicts: Fact | None = None) -> None:
        self._beliefs = dropped_facts(with_fact(self._beliefs, fact, contradicts), _MOST_BELIEFS)

    async def _revise(self, turn: Turn, news: Sequence[Happening]) -> None:
        """Ask what is believed after the news."""
        known = self._beliefs
        notes = [self._news(turn, news)]
        if known:
            lines = "\n".join(f"{at}. {self._believed(turn, each)}" for at, each in enumerate(known, 1))
            notes.append(Section(label=turn.prompt("what_is_believed"), text=lines, kind="memory", component=self.name))
        for each in await new_beliefs(turn, news, known, given=self.given, notes=notes):
            self._believe(each.fact, each.instead_of)

    def _news(self, turn: Turn, news: Sequence[Happening]) -> Section:
        lines = "\n".join(f"{at}. {each.line(turn.texts)}" for at, each in enumerate(news, 1))
        return Section(label=turn.prompt("news"), text=lines, kind="observation", component=self.name)

    def _settle(self, turn: Turn) -> None:
        """End desires past their deadline, and the intention whose desire has ended or, undeliberated, is outranked."""
        late = turn.prompt("too_late")
        self._desires = tuple(past_deadline(each, turn.time, late) for each in self._desires)
        held = self._held()
        if self._intention is None or held is None:
            return
        end = ends_by_desire(held)
        if end is not None:
            self._end(turn, end, held.reason)
        elif not self.deliberates and self.commitment == "open_minded" and (higher := displacing(self._desires, held)):
            self._end(turn, "displaced", higher[0].text)

    def _held(self) -> Goal | None:
        if self._intention is None:
            return None
        return next(each for each in self._desires if each.text == self._intention.desire)

    async def _think_over(self, turn: Turn, intention: Intention, news: Sequence[Happening]) -> None:
        """Ask whether the intention is kept, and let go of it where it isn't."""
        held = cast("Goal", self._held())
        ends: list[tuple[IntentionEnd, Goal | None]] = [(end, None) for end in may_end(self.commitment) if end != "displaced"]
        if "displaced" in may_end(self.commitment):
            higher: list[tuple[IntentionEnd, Goal | None]] = [("displaced", each) for each in displacing(self._desires, held)]
            ends += higher
        file = turn.texts.file_of(self)
        options = [turn.prompt("keep")]
        options += [
            turn.texts.text(file, f"end_{end}", desire="" if desire is None else desire.text, name=turn.agent)
            for end, desire in ends
        ]
        notes = [*self._notes(turn), self._news(turn, news)]
        asked = turn.prompt("is_kept", intention=intention.text, desire=intention.desire)
        chosen = await unless_failed(turn.choose(asked, options, given=self.given, notes=notes, unsure=0, what="is_kept"))
        if chosen is None or chosen.index == 0:
            turn.measure("intention", "kept")
            return
        end, instead = ends[chosen.index - 1]
        question = turn.prompt("why", intention=intention.text, end=chosen.option)
        told = await unless_failed(turn.text(question, given=self.given, notes=notes, max_tokens=60, what="why"))
        reason = one_line(told or "")[:_LONGEST] or (news[-1].line(turn.texts) if news else chosen.option)
        ids = [each.id for each in news]
        if end != "displaced":
            changed = ended(held, desire_after(end), reason, ids)
            self._desires = tuple(changed if each.text == changed.text else each for each in self._desires)
        self._end(turn, end, reason)
        if instead is not None:
            self._form(turn, instead, instead.text)

    def _end(self, turn: Turn, end: IntentionEnd, reason: str) -> None:
        intention = cast("Intention", self._intention)
        self._intention, self._last = None, (intention.text, end, reason)
        turn.measure("intention", end)
        turn.memory.add(turn.prompt(end, intention=intention.text, reason=reason), kind="thought")

    # --- its state ---

    def state(self) -> dict[str, JsonValue]:
        """Beliefs, desires, the intention, how the last one ended, and what was noticed and not thought about."""
        return {
            "beliefs": [each.as_json() for each in self._beliefs],
            "desires": [each.as_json() for each in self._desires],
            "intention": None if self._intention is None else self._intention.as_json(),
            "last": None if self._last is None else [*self._last],
            "noticed": self._happenings.as_json(),
        }

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave; a desire that it doesn't know keeps the status that it was given."""
        held: Any = state
        self._beliefs = tuple(Fact.from_json(each) for each in held["beliefs"])
        by_text = {each[0]: each for each in held["desires"]}
        self._desires = tuple(each.having(by_text[each.text]) if each.text in by_text else each for each in self._desires)
        found = None if held["intention"] is None else Intention.from_json(held["intention"])
        known = {each.text for each in self._desires}
        self._intention = found if found is not None and found.desire in known else None
        self._last = None if held["last"] is None else (held["last"][0], held["last"][1], held["last"][2])
        self._happenings.restore(held["noticed"])
