"""profile_words: what is known of a person, in lines for a prompt.

The one idea: the sentences come from the prompt texts (`persona.toml`) by way of a function, so that a component says them
with its turn, and a comparison of people without one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from gamemaster.components.profile import BIG_FIVE, Profile
from gamemaster.words import PromptTexts

__all__ = ["profile_lines", "public_text", "saying"]

_ENDS = (".", "!", "?", "。")


def profile_lines(
    profile: Profile, say: Callable[..., str], levels: Sequence[str], *, name: str = "", private: bool = False
) -> list[str]:
    """A line or more for each thing known, in a fixed order; what is private only when asked for.

    `say(text, **values)` gives a prompt text filled in, and `levels` are the words for the parts of 0..1. Without `name`
    the person is not named.
    """
    lines = [say("name", name=name)] if name else []
    if profile.age is not None:
        lines.append(say("age", age=profile.age))
    if profile.nationality:
        lines.append(say("nationality", nationality=profile.nationality))
    if profile.occupation:
        lines.append(say("occupation", occupation=profile.occupation))
    if profile.traits:
        lines.append(say("traits", traits=_joined(profile.traits, say("comma"))))
    if factors := _factors(profile, say, levels):
        lines.append(say("big_five", factors=say("comma").join(factors)))
    lines += [say("fact", what=f"{what[:1].upper()}{what[1:]}", fact=fact) for what, fact in profile.facts.items()]
    if profile.style:
        lines.append(say("style", style=profile.style))
    if profile.description:
        lines.append(profile.description)
    lines += _listed(say("goals"), profile.goals)
    lines += _listed(say("beliefs"), profile.beliefs)
    known = [say("acquaintance", who=who, what=what) for who, what in profile.relationships.items()]
    lines += _listed(say("relationships"), known)
    lines += _listed(say("routine"), profile.routine)
    lines += _listed(say("fragments"), [each.text for each in profile.fragments])
    if private:
        lines += _listed(say("private"), profile.private)
    return lines


def public_text(profile: Profile, texts: PromptTexts, *, name: str = "") -> str:
    """All that others may know of a person, as one text; nothing private stands in it."""
    return "\n".join(profile_lines(profile, saying(texts, name), texts.texts("persona", "levels"), name=name))


def saying(texts: PromptTexts, name: str = "") -> Callable[..., str]:
    """What gives a prompt text on a person, filled in, outside a turn."""

    def say(text: str, **values: object) -> str:
        return texts.text("persona", text, **{"name": name, **values})

    return say


def _joined(traits: Sequence[str], comma: str) -> str:
    """Traits that are whole sentences follow each other as such."""
    return (" " if all(each.endswith(_ENDS) for each in traits) else comma).join(traits)


def _factors(profile: Profile, say: Callable[..., str], levels: Sequence[str]) -> list[str]:
    found: list[str] = []
    for trait in BIG_FIVE:
        at, remark = profile.big_five.level(trait, len(levels)), profile.big_five.remarks.get(trait)
        if at is not None:
            said = say("factor", factor=say(trait), level=levels[at])
            found.append(said if remark is None else say("remarked", said=said, remark=remark))
        elif remark is not None:
            found.append(say("remarked", said=say(trait), remark=remark))
    return found


def _listed(heading: str, items: Iterable[str]) -> list[str]:
    listed = [f"- {item}" for item in items]
    return [heading, *listed] if listed else []
