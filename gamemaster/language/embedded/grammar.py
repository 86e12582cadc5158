"""The little English that the embedded model writes with: who a sentence speaks of, and its verb in another person.

It knows that an order, a docstring and a plan begin with a bare verb, that a description of somebody has an "s" on it, and
which words stand between the two ("wants to", "is going to"). It parses nothing; a sentence that it can't take apart
comes back as it was.
"""

from __future__ import annotations

import re

from gamemaster.language.embedded.words import FUNCTION_WORDS

__all__ = [
    "bare_verb",
    "capitalised",
    "deed",
    "ended",
    "in_first_person",
    "in_third_person",
    "starts_with_name",
    "without_subject",
]

_THIRD = {"have": "has", "be": "is", "am": "is", "are": "is", "do": "does"}
_BARE = {"has": "have", "is": "be", "am": "be", "are": "be", "does": "do", "was": "be", "were": "be"}
_FIRST = {"has": "have", "is": "am", "are": "am", "be": "am", "does": "do", "was": "was", "were": "was"}
_INTENT = re.compile(
    r"^(?:(?:now|next|then|first|today|tomorrow|always|usually|often|also|please|still|just|finally|really|decides?d? to|"
    r"decided to|tries to|try to|trying to|attempts to|attempt to|wants to|want to|wanted to|would like to|'d like to|"
    r"would love to|likes to|loves to|plans to|plan to|is planning to|intends to|hopes to|has to|have to|needs to|must|"
    r"should|shall|will|'ll|is going to|am going to|is about to|am about to|means to|wishes to)\b,?\s*)+",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"^(?:i|he|she|they|we|you)(?=\s|['’])\s*", re.IGNORECASE)
_LEAD = re.compile(r"^[^\w\"“'’]+")
_QUOTE = re.compile(r"[\"“”]")
_NO_VERB_ENDS = ("ing", "ness", "ment", "tion", "ity")


def starts_with_name(sentence: str, name: str) -> int:
    """How many characters at the start of `sentence` are `name`, its first word, or a pronoun; 0 when none."""
    for each in (name, name.split(" ")[0] if name else ""):
        if each and sentence[: len(each)].casefold() == each.casefold():
            following = sentence[len(each) : len(each) + 1]
            if not following.isalnum() and following not in ("'", "’"):
                return len(each)
    match = _PRONOUN.match(sentence)
    return match.end() if match else 0


def without_subject(sentence: str, name: str = "") -> str:
    """`sentence` without who it speaks of and without words of intent: "Ann wants to sing." -> "sing."."""
    rest = _LEAD.sub("", sentence)
    rest = rest[starts_with_name(rest, name) :].lstrip(" :,-–—")
    stripped = _INTENT.sub("", rest)
    return stripped or rest


def deed(sentence: str, name: str = "") -> str:
    """The deed that a sentence speaks of, beginning with the bare verb and with no stop: "sing a song"."""
    rest = without_subject(sentence, name).strip().rstrip(".!;, ")
    first, _, others = rest.partition(" ")
    had_subject = len(rest) < len(sentence.strip()) and starts_with_name(_LEAD.sub("", sentence), name) > 0
    intent = bool(_INTENT.match(_LEAD.sub("", sentence)[starts_with_name(_LEAD.sub("", sentence), name) :].lstrip()))
    verb = bare_verb(first) if had_subject and not intent else first
    if verb and not (len(verb) > 1 and verb.isupper()):
        verb = verb[0].lower() + verb[1:]
    return f"{verb} {others}".strip()


def bare_verb(verb: str) -> str:
    """The bare form of a verb in the third person: "carries" -> "carry"; another word comes back as it was."""
    low = verb.casefold()
    if low in _BARE:
        return _BARE[low]
    if len(low) > 4 and low.endswith("ies"):
        return verb[:-3] + "y"
    if low.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return verb[:-2]
    if len(low) > 2 and low.endswith("s") and not low.endswith(("ss", "us", "is")):
        return verb[:-1]
    return verb


def in_third_person(phrase: str) -> str:
    """A phrase that begins with a bare verb, put in the third person: "carry it home" -> "carries it home"."""
    match = re.match(r"[^\W\d_]+(?:-[^\W\d_]+)?", phrase)
    if match is None:
        return phrase
    verb = match.group()
    return _third(verb) + phrase[match.end() :]


def _third(verb: str) -> str:
    low = verb.casefold()
    if low in _THIRD:
        return _THIRD[low]
    if low in FUNCTION_WORDS or low.endswith(_NO_VERB_ENDS):
        return verb
    if low.endswith(("ss", "sh", "ch", "x", "zz", "o")):
        return verb + "es"
    if low.endswith("s"):
        return verb
    if len(low) > 2 and low.endswith("y") and low[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


def in_first_person(sentence: str, name: str) -> str:
    """A sentence about `name`, as that person would say it: "Ann likes tea." -> "I like tea."; others unchanged."""
    start = _LEAD.sub("", sentence).strip()
    length = starts_with_name(start, name)
    if not length:
        return start
    who = start[:length].strip().casefold()
    if who in ("i", "we", "they"):
        return start
    rest = start[length:].lstrip()
    first, _, others = rest.partition(" ")
    if not first or not first[0].isalpha():
        return start
    verb = _FIRST.get(first.casefold(), bare_verb(first))
    others = re.sub(r"\b(?:his|her|their)\b", "my", others)
    others = re.sub(r"\b(?:himself|herself|themselves)\b", "myself", others)
    return f"I {verb} {others}".strip()


def capitalised(text: str) -> str:
    """`text` with its first letter a capital."""
    return text[:1].upper() + text[1:]


def ended(text: str) -> str:
    """`text` with a full stop unless it ends a sentence already."""
    text = text.rstrip(" ,;:-–—")
    return text if text.endswith((".", "!", "?", "…", '."', '!"', '?"', ".”", "!”", "?”")) else text + "."
