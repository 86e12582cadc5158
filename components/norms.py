"""Norms: what the agent holds that people do or ought to do, whence it has it, and whether it keeps to it.

The one idea: norms spread by what is said and done, but each agent examines them before it follows them, so that a norm that
emerges in a society is seen in the agents' own states, with its sources, and not only in what they say.

Source: Ren et al. 2024, CRSEC (see `gamemaster.components.norm`). Departures: norms are found at the end of a step, in all
that was noticed at once; one question checks a new norm against all that are held, for duplicate and conflict; there is no
synthesis of many norms into a general one; who began a norm isn't set apart as its entrepreneur.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any, cast

from annotated_types import Len
from pydantic import BaseModel, Field, StringConstraints, create_model

from gamemaster.components.happening import Happening, Rules, check_rules, ruled
from gamemaster.components.happenings import Happenings
from gamemaster.components.norm import Norm, NormVerdict, counted, declared_compliance, same_norm, taken_up
from gamemaster.components.room import MOST_STATE, lines_within, size_of
from gamemaster.components.unless_failed import unless_failed
from gamemaster.language import together
from gamemaster.words import Attempt, Component, DefinitionError, Event, JsonValue, Observation, Section, Turn, one_line

__all__ = ["Norms"]

_MOST_NEWS = 8
_MOST_FOUND = 2
_MOST_JUDGED = 5
_LONGEST = 160


class Norms(Component):
    """The norms that the agent knows: those it follows stand in the prompt, the most useful first.

    `norms` are those it starts with, each a `Norm` or a text (an injunctive one that is followed). `rules` say which norms
    happenings bring (`Norm`, by action, tag or kind of event, or by a function of a `Happening`). With `asks` (by default
    where there are no rules) the model finds at most two norms in what others said and did in a step, says of each whether it
    is what is done or what ought to be done and what it is worth, 0 to 100; then, for each, whether it is new, the same as
    one that is held, or against it. What comes of that is a rule: one worth `adopt_above` is adopted, unless it goes against
    one that is worth as much.

    Compliance is counted by what a norm declares (`kept_by`, `broken_by`), for the agent's own deeds and for others'. With
    `judges` (as `asks` unless you say so) the model judges the agent's own deeds by the norms that declare nothing, the five
    most useful ones it follows, all at the same time.

    Measures: `norm` ("adopted", "duplicate", "conflict", "displaced", "rejected", for each that was met), `norm_kept` (1 or 0,
    for each own deed that bore on one that is followed), `norms_adopted` (how many are followed, when that changes).
    """

    changes = "slowly"
    kind = "other"

    def __init__(
        self,
        norms: Sequence[Norm | str] = (),
        *,
        rules: Rules[Norm] | None = None,
        asks: bool | None = None,
        judges: bool | None = None,
        adopt_above: float = 50.0,
        most: int = 16,
        given: Sequence[Component] = (),
        name: str = "norms",
        budget: int = 250,
    ) -> None:
        if isinstance(norms, str):
            raise DefinitionError(f"The component {name!r} has norms={norms!r}; give a list of norms or texts.")
        if most < 1 or len(norms) > most:
            raise DefinitionError(f"The component {name!r} is given {len(norms)} norms and holds at most {most}.")
        if not 0 <= adopt_above <= 100:
            raise DefinitionError(f"The component {name!r} has adopt_above={adopt_above}; it is 0 to 100.")
        check_rules(rules or {}, Norm, name=name)
        read = tuple(Norm(text=each) if isinstance(each, str) else each for each in norms)
        for at, each in enumerate(read):
            if not isinstance(each, Norm):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise DefinitionError(f"The component {name!r} is given the norm {each!r}; give Norm(...) or a text.")
            if same_norm(read[:at], each.text) is not None:
                raise DefinitionError(f"The component {name!r} is given the norm {each.text!r} twice; give it once.")
        self.rules: Rules[Norm] = rules if rules is not None else {}
        self.asks = rules is None if asks is None else asks
        self.judges = self.asks if judges is None else judges
        self.adopt_above = adopt_above
        self.most = most
        self.given = tuple(given)
        self.name = name
        self.budget = budget
        self._norms: tuple[Norm, ...] = read
        self._happenings = Happenings()

    @property
    def norms(self) -> tuple[Norm, ...]:
        """All norms that it knows, in the order in which it met them."""
        return self._norms

    @property
    def followed(self) -> list[Norm]:
        """Those that it follows, the most useful first; of ties the first met."""
        return sorted([each for each in self._norms if each.adopted], key=lambda each: -each.utility)

    # --- the prompt ---

    async def context(self, turn: Turn) -> str:
        """The norms that are followed, the most useful first."""
        return lines_within([turn.prompt(each.kind, norm=each.text) for each in self.followed], self.budget)

    # --- what happens ---

    async def observe(self, observation: Observation) -> None:
        """Note what norms may be found in."""
        self._happenings.notice(observation)

    async def after_action(self, attempt: Attempt, events: Sequence[Event]) -> None:
        """Note which actions were done."""
        self._happenings.mind(attempt, events)

    async def react(self, turn: Turn) -> None:
        """Count compliance with the norms that were held, then look for new ones."""
        happened = self._happenings.take(turn)
        if not happened:
            return
        followed = len(self.followed)
        own = [each for each in happened if each.actor == turn.agent and not each.is_speech and each.kind != "refusal"]
        others = [each for each in happened if each.actor != turn.agent]
        for happening in happened:
            self._count(turn, happening)
        met = [(norm, each) for each in others for norm in ruled(self.rules, each, Norm)]
        judged, found = await together([self._judge(turn, own), self._find(turn, others)])
        for text, kept in cast("list[tuple[str, bool]]", judged):
            at = same_norm(self._norms, text)
            if at is not None:
                self._norms = (*self._norms[:at], counted(self._norms[at], kept, own=True), *self._norms[at + 1 :])
                turn.measure("norm_kept", int(kept))
        met += cast("list[tuple[Norm, Happening]]", found)
        await self._examine(turn, met)
        while len(self._norms) > 1 and size_of(self.state()) > MOST_STATE:
            least = min(self._norms, key=lambda each: (each.adopted, each.utility))
            self._norms = tuple(each for each in self._norms if each is not least)
        if len(self.followed) != followed:
            turn.measure("norms_adopted", len(self.followed))

    def _count(self, turn: Turn, happening: Happening) -> None:
        out: list[Norm] = []
        for norm in self._norms:
            kept = declared_compliance(norm, happening)
            own = happening.actor == turn.agent
            out.append(norm if kept is None else counted(norm, kept, own=own))
            if kept is not None and own and norm.adopted:
                turn.measure("norm_kept", int(kept))
        self._norms = tuple(out)

    async def _judge(self, turn: Turn, own: Sequence[Happening]) -> list[tuple[str, bool]]:
        """Of norms that declare nothing, whether the agent's own deeds kept them; those not borne on are left out."""
        if not self.judges or not own:
            return []
        norms = [each for each in self.followed if not each.is_declared][:_MOST_JUDGED]
        lines = "\n".join(each.line(turn.texts) for each in own[-_MOST_NEWS:])
        notes = [Section(label=turn.prompt("done"), text=lines, kind="observation", component=self.name)]
        options = [turn.prompt("bears_not"), *turn.prompts("kept_or_broken")]
        questions = [
            turn.choose(turn.prompt("judge", norm=norm.text), options, notes=notes, unsure=0, what=f"judge/{at}")
            for at, norm in enumerate(norms)
        ]
        answers = await together([unless_failed(question) for question in questions])
        return [
            (norm.text, chosen.index == 1)
            for norm, chosen in zip(norms, answers, strict=True)
            if chosen is not None and chosen.index
        ]

    async def _find(self, turn: Turn, others: Sequence[Happening]) -> list[tuple[Norm, Happening]]:
        """The norms that the model finds in what others said and did."""
        news = [each for each in others if each.actor][-_MOST_NEWS:]
        if not self.asks or not news:
            return []
        lines = "\n".join(f"{at}. {each.line(turn.texts)}" for at, each in enumerate(news, 1))
        notes = [Section(label=turn.prompt("news"), text=lines, kind="observation", component=self.name)]
        told: Any = await unless_failed(
            turn.fill(
                turn.prompt("find", n=_MOST_FOUND), _schema(len(news)), given=self.given, notes=notes, max_tokens=200, what="find"
            )
        )
        found: list[tuple[Norm, Happening]] = []
        for each in cast("list[Any]", [] if told is None else told.norms):
            text = one_line(each.norm)
            if text:
                kind = "injunctive" if each.is_an_ought else "descriptive"
                norm = Norm(text=text, kind=kind, utility=float(each.utility))
                found.append((norm, news[cast("int", each.on) - 1]))
        return found

    async def _examine(self, turn: Turn, met: Sequence[tuple[Norm, Happening]]) -> None:
        """Check each norm that was met against those that are held, and take it up."""
        held = self._norms
        verdicts = await together([self._verdict(turn, at, norm, held) for at, (norm, _) in enumerate(met)])
        for (norm, happening), (verdict, text) in zip(met, verdicts, strict=True):
            source = (happening.actor,) if happening.actor else ()
            new = Norm(
                text=norm.text,
                kind=norm.kind,
                utility=norm.utility,
                sources=(*norm.sources, *source),
                kept_by=norm.kept_by,
                broken_by=norm.broken_by,
            )
            twin = same_norm(self._norms, new.text)
            if twin is not None:
                verdict, of = "same", twin
            else:
                of = None if text is None else same_norm(self._norms, text)
            before = self._norms
            self._norms = taken_up(before, new, verdict, of, adopt_above=self.adopt_above, most=self.most)
            self._measure(turn, new, verdict, before)

    def _measure(self, turn: Turn, new: Norm, verdict: NormVerdict, before: Sequence[Norm]) -> None:
        """Put on record what became of a norm that was met."""
        if verdict == "same":
            turn.measure("norm", "duplicate")
            return
        at = same_norm(self._norms, new.text)
        reason = "utility" if at is None else self._norms[at].reason
        displaced = sum(each.reason == "displaced" for each in self._norms) > sum(each.reason == "displaced" for each in before)
        turn.measure("norm", {"utility": "rejected", "conflict": "conflict"}.get(reason, "displaced" if displaced else "adopted"))

    async def _verdict(self, turn: Turn, at: int, new: Norm, held: Sequence[Norm]) -> tuple[NormVerdict, str | None]:
        """How a norm stands to those that are held, and to which; a twin in the same words is found without a question."""
        twin = same_norm(held, new.text)
        if twin is not None:
            return "same", held[twin].text
        if not held or not self.asks:
            return "new", None
        options = [turn.prompt("is_new")]
        options += [turn.prompt("is_same", norm=each.text) for each in held]
        options += [turn.prompt("is_against", norm=each.text) for each in held]
        question = turn.prompt("verdict", norm=new.text)
        chosen = await unless_failed(turn.choose(question, options, unsure=0, what=f"verdict/{at}"))
        if chosen is None or chosen.index == 0:
            return "new", None
        place = chosen.index - 1
        return ("same", held[place].text) if place < len(held) else ("conflict", held[place - len(held)].text)

    # --- its state ---

    def state(self) -> dict[str, JsonValue]:
        """All norms with their counts, and what was noticed and not thought about."""
        return {"norms": [each.as_json() for each in self._norms], "noticed": self._happenings.as_json()}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        held: Any = state
        self._norms = tuple(Norm.from_json(each) for each in held["norms"])
        self._happenings.restore(held["noticed"])


@lru_cache(maxsize=64)
def _schema(news: int) -> type[BaseModel]:
    """Norms: in words, whether it says what ought to be done, what it is worth, and on which piece of news."""
    text: Any = Annotated[str, StringConstraints(max_length=2 * _LONGEST)]
    worth: Any = Annotated[int, Field(ge=0, le=100)]
    on: Any = Annotated[int, Field(ge=1, le=news)]
    one = create_model("FoundNorm", norm=(text, ...), is_an_ought=(bool, ...), utility=(worth, ...), on=(on, ...))
    several: Any = Annotated[list[one], Len(0, _MOST_FOUND)]
    return create_model("FoundNorms", norms=(several, ...))
