"""Speech: what somebody says, made of the prompt's own lines.

The one idea: one says what one is, wants or has heard, put in the first person: what is nearest to what was last said, and
not what one has said before.
"""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.language.embedded.evidence import due, ranked
from gamemaster.language.embedded.grammar import capitalised, deed, ended, in_first_person, starts_with_name
from gamemaster.language.embedded.meaning import Meaning
from gamemaster.language.embedded.quantity import without_clock
from gamemaster.language.embedded.reader import Line, Reading, clean
from gamemaster.language.embedded.text import statement
from gamemaster.language.embedded.words import content, overlap, stems
from gamemaster.words import Draws

__all__ = ["is_speech", "say", "sayable"]

_SAYING = frozenset(stems("say speak reply respond utter message announce speech"))
_SAME = 0.7


def is_speech(reading: Reading) -> bool:
    """Whether the call asks for words to be said, and not for a description."""
    return bool(set(stems(reading.call)[:14]) & _SAYING)


async def say(reading: Reading, meaning: Meaning, random: Draws) -> str:
    """What the one whose prompt it is says: on what was last said, if anything was; not what was said before."""
    lines = reading.of("memory", "observation", "situation")
    heard = [line for line in lines if line.spoken and not reading.is_own(line.text)]
    said = [words for line in lines if reading.is_own(line.text) for words in line.spoken]
    query = heard[-1].spoken[-1] if heard else reading.call
    candidates = [line for line in _sayable(reading) if overlap(sayable(line, reading.name), query) < _SAME]
    fresh = [line for line in candidates if all(overlap(sayable(line, reading.name), old) < _SAME for old in said)]
    candidates = fresh or candidates
    if not candidates:
        return "I have nothing to say." if heard or not content(query) else ended(capitalised(clean(query)))
    chosen = ranked(candidates, query, 10)
    await meaning.learn([query, *(line.text for line in chosen)])
    scored = [
        (round(meaning.alike(query, line.text) + 0.25 * random.random() + _eagerness(line), 4), -place, line)
        for place, line in enumerate(chosen)
    ]
    return sayable(max(scored, key=lambda each: each[:2])[2], reading.name)


def sayable(line: Line, name: str) -> str:
    """A line as `name` would say it."""
    text = line.spoken[-1] if line.spoken else line.text
    if line.spoken:
        return ended(capitalised(text))
    if line.kind == "plan":
        rest = without_clock(text)
        text = f"I am going to {rest[:1].lower()}{rest[1:]}" if rest and not starts_with_name(rest, name) else text
    elif line.kind == "goal" and not starts_with_name(text, name):
        text = f"I want to {deed(text, name)}"
    elif line.kind == "persona":
        text = statement(line, name).replace(f"{name}'s ", "My ")
    return ended(capitalised(in_first_person(text, name)))


def _eagerness(line: Line) -> float:
    return 0.1 if line.kind in ("goal", "plan") else 0.15 if line.spoken else 0.0


def _sayable(reading: Reading) -> Sequence[Line]:
    plans = due(reading.of("plan"), reading.now) or reading.of("plan")[:3]
    news = [line for line in reading.of("memory", "observation") if not reading.is_own(line.text)]
    lines = [*reading.of("goal", "persona"), *plans, *news[-20:], *reading.of("situation", "other")[:4]]
    return [line for line in lines if line.kind != "persona" or statement(line, reading.name)]
