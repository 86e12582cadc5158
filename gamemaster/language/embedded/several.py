"""Several: the deeds that one attempt holds, each with its action and the words that mean it.

The one idea: a deed begins where a clause has a verb of its own and fits an action by itself, or where a clause gives a new value
to what the deed before has already ("sells cod to Ida and herring to Tom"). All else goes on with the deed before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gamemaster.language.embedded.arguments import Slot, assign_values
from gamemaster.language.embedded.attempt import Tried, own_words, subject_of, take_apart
from gamemaster.language.embedded.clauses import Clause, may_begin_with_verb, take_clauses
from gamemaster.language.embedded.grammar import starts_with_name
from gamemaster.language.embedded.grounding import DOUBTFUL, fit, offer_texts, values_of
from gamemaster.language.embedded.meaning import Meaning
from gamemaster.language.embedded.offers import Offer
from gamemaster.language.embedded.quantity import quantities
from gamemaster.language.embedded.words import content, split_words, stem, stems

__all__ = ["Deed", "deeds_in"]

_BY_ITSELF = 0.28  # what a clause has to fit an action, to be a deed of its own
_UNKNOWN_VERB = 0.5  # the same, where nothing else says that it begins with a verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One deed: the action it is, its clause taken apart, how well they fit, and the values it mentions, by parameter."""

    offer: Offer
    tried: Tried
    score: float
    values: Mapping[str, str]


async def deeds_in(
    lines: Sequence[str], offers: Sequence[Offer], meaning: Meaning, *, about: str = "", here: str | None = None, least: int = 1
) -> list[Deed]:
    """The deeds of the attempt that `lines` hold, in their order; none where nothing fits an action.

    An attempt that can't hold `least` is not looked at further: none then, too.
    """
    names = values_of(offers)
    text = own_words(lines, names, about)
    clauses = take_clauses(text)
    if not offers or len(clauses) < least:
        return []
    reader = _Clauses(offers, meaning, names, about, subject_of(text, names, about), here)
    await meaning.learn(offer_texts(offers))
    return await reader.deeds(clauses)


class _Clauses:
    """Reads clauses as deeds, one after the other."""

    def __init__(
        self, offers: Sequence[Offer], meaning: Meaning, names: Sequence[str], about: str, subject: str, here: str | None
    ) -> None:
        self._offers, self._meaning, self._names, self._about = offers, meaning, names, about
        self._subject, self._here = subject, here
        self._verbs = frozenset(
            each for offer in offers for each in (*stems(offer.words)[:1], stem(offer.description.split(" ", 1)[0]))
        )
        self._nouns = content(" ".join(names))

    async def deeds(self, clauses: Sequence[Clause]) -> list[Deed]:
        """The deeds of these clauses, in their order."""
        await self._meaning.learn([tried.deed for each in clauses if (tried := self._taken(each.text)) is not None])
        found: list[Deed | None] = []
        texts: list[str] = []
        for clause in clauses:
            alone = await self._read(clause.text)
            if clause.free or not texts:
                texts.append(clause.text)
                found.append(alone)
                continue
            last = found[-1]
            elliptic = None if last is None else await self._going_on(last, clause.text)
            if self._is_own(clause.text, alone):
                texts.append(clause.text)
                found.append(alone)
            elif elliptic is not None:
                texts.append(elliptic.tried.text)
                found.append(elliptic)
            else:
                texts[-1] += clause.link + clause.text
                found[-1] = await self._read(texts[-1])
        return self._joined([each for each in found if each is not None and each.score >= DOUBTFUL])

    def _taken(self, text: str) -> Tried | None:
        """A clause taken apart as what the actor does; None when it tells of somebody else's deed, or of none."""
        begins = subject_of(text, self._names, self._about)
        if begins and not self._is_actor(begins):
            return None
        whole = text if begins or not self._subject else f"{self._subject} {text}"
        tried = take_apart([whole], names=self._names, about=self._about)
        return None if tried.empty else tried

    async def _read(self, text: str) -> Deed | None:
        """The best action for a clause; None when nothing fits."""
        tried = self._taken(text)
        if tried is None:
            return None
        await self._meaning.learn([tried.deed])
        fitting = fit(tried, self._offers, self._meaning, here=self._here)
        best = max(range(len(fitting)), key=lambda at: (fitting[at], -at))
        if fitting[best] <= 0:
            return None
        values = assign_values(_slots(self._offers[best]), tried)
        return Deed(offer=self._offers[best], tried=tried, score=fitting[best], values=values)

    def _is_actor(self, subject: str) -> bool:
        """Whether a clause's subject is the one whose attempt it is; what others do is no deed of theirs."""
        first = stems(subject)[:1]
        return starts_with_name(f"{subject} ", "") > 0 or not set(first) - set(stems(self._about or self._subject))

    def _is_own(self, text: str, alone: Deed | None) -> bool:
        """Whether a clause that might go on with the one before it is a deed of its own."""
        if alone is None or alone.score < _BY_ITSELF:
            return False
        if subject_of(text, self._names, self._about):
            return True
        third = bool(self._subject) and self._subject.casefold() not in ("i", "we", "they", "you")
        known = may_begin_with_verb(text, self._verbs, self._nouns, third_person=third)
        first = next((word.text for word in split_words(text)), "")
        bare = first.islower() and may_begin_with_verb(text, frozenset({stem(first)}), self._nouns, third_person=False)
        return known or (bare and alone.score >= _UNKNOWN_VERB)

    async def _going_on(self, last: Deed, text: str) -> Deed | None:
        """The deed before it once more with what `text` names, when that takes the place of what the deed has already."""
        slots = _slots(last.offer)
        again_done = f"{self._subject or 'I'} {last.tried.deed.split(' ', 1)[0]} {text}"
        tried = take_apart([again_done], names=self._names, about=self._about)
        values = assign_values(slots, tried)
        again = [name for name, value in values.items() if name in last.values and last.values[name] != value]
        if not again:
            return None
        both = assign_values(slots, replace(last.tried, plain=f"{last.tried.plain} {text}"))
        if len(both) == len(last.values) + len(values):
            return None
        return Deed(offer=last.offer, tried=tried, score=last.score, values=values)

    def _joined(self, deeds: Sequence[Deed]) -> list[Deed]:
        """The deeds without those that only say once more what the one before them is."""
        out: list[Deed] = []
        for deed in deeds:
            if not out or not _is_said(deed, out[-1]):
                out.append(deed)
        return out


def _is_said(deed: Deed, last: Deed) -> bool:
    """Whether a deed is the one before it, with no value, number or words of its own."""
    if deed.offer is not last.offer or any(last.values.get(name, value) != value for name, value in deed.values.items()):
        return False
    kinds = {each.kind for each in deed.offer.parameters}
    if "text" in kinds and deed.tried.spoken not in (None, last.tried.spoken):
        return False
    numbers, known = ({number.value for number in quantities(each.tried.plain) if not number.weak} for each in (deed, last))
    return "number" not in kinds or numbers <= known


def _slots(offer: Offer) -> list[Slot]:
    return [Slot(name=each.name, about=offer.description, options=each.options) for each in offer.parameters if each.options]
