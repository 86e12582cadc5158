"""What differs between the request recorded under a key and the one made now, in words."""

from __future__ import annotations

from dataclasses import dataclass

from gamemaster.language.prompt import Prompt
from gamemaster.record.call_rows import RequestText
from gamemaster.words import Section

__all__ = ["Difference", "difference", "differences"]

_NAMES = ("kind", "name", "sections", "call", "parameters", "seed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing in which two texts differ: what was expected by the record, and what came."""

    where: str
    expected: str
    got: str


def differences(recorded: RequestText, recorded_prompt: Prompt, made: RequestText, made_prompt: Prompt) -> tuple[Difference, ...]:
    """The parts that differ, each whole, with what was recorded and what was asked now."""
    found: list[Difference] = []
    for name, then, now in zip(_NAMES, recorded, made, strict=False):
        if then == now:
            continue
        if name == "sections":
            found += _sections(recorded_prompt.sections, made_prompt.sections)
        else:
            found.append(Difference(where=name, expected=str(then), got=str(now)))
    return tuple(found)


def difference(recorded: RequestText, recorded_prompt: Prompt, made: RequestText, made_prompt: Prompt) -> str:
    """The same on one line, each text from shortly before they part."""
    found = differences(recorded, recorded_prompt, made, made_prompt)
    return "; ".join(f"{each.where}: {_shown(each)}" for each in found)


def _shown(each: Difference) -> str:
    if each.where == "sections":  # a list of headings, quoted already
        return f"recorded {each.expected}, now {each.got}"
    return _around(each.expected, each.got)


def _sections(recorded: tuple[Section, ...], made: tuple[Section, ...]) -> list[Difference]:
    then, now = ([_heading(each) for each in sections] for sections in (recorded, made))
    found: list[Difference] = []
    if then != now:
        found.append(Difference(where="sections", expected=", ".join(then) or "none", got=", ".join(now) or "none"))
    old, new = (dict(zip(headings, sections, strict=True)) for headings, sections in ((then, recorded), (now, made)))
    for heading in dict.fromkeys([*then, *now]):
        first, second = old.get(heading), new.get(heading)
        if first != second and (first is not None and second is not None):
            found.append(Difference(where=f"section {heading}", expected=_said(first, second), got=_said(second, first)))
    return found


def _said(section: Section, other: Section) -> str:
    """The text; where that is the same in both, what else a section says."""
    if section.text != other.text:
        return section.text
    return f"(component {section.component!r}, {section.kind}, changes {section.changes})"


def _heading(section: Section) -> str:
    return repr(section.label or section.component or section.kind)


def _around(then: str, now: str) -> str:
    """Both texts from shortly before they part."""
    same = next((place for place, (old, new) in enumerate(zip(then, now, strict=False)) if old != new), min(len(then), len(now)))
    start = max(0, same - 30)
    return f"recorded {_cut(then, start)}, now {_cut(now, start)}"


def _cut(text: str, start: int) -> str:
    return ("… " if start else "") + repr(text[start : start + 100]) + (" …" if len(text) > start + 100 else "")
