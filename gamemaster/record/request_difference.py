"""What differs between the request recorded under a key and the one made now, in words."""

from __future__ import annotations

from gamemaster.language.prompt import Prompt
from gamemaster.record.call_rows import RequestText
from gamemaster.words import Section

__all__ = ["difference"]

_NAMES = ("kind", "name", "sections", "call", "parameters", "seed")


def difference(recorded: RequestText, recorded_prompt: Prompt, made: RequestText, made_prompt: Prompt) -> str:
    """The parts that differ, each with what was recorded and what was asked now."""
    parts: list[str] = []
    for name, then, now in zip(_NAMES, recorded, made, strict=False):
        if then == now:
            continue
        if name == "sections":
            parts += _sections(recorded_prompt.sections, made_prompt.sections)
        else:
            parts.append(f"{name}: {_around(str(then), str(now))}")
    return "; ".join(parts)


def _sections(recorded: tuple[Section, ...], made: tuple[Section, ...]) -> list[str]:
    then, now = ([_heading(each) for each in sections] for sections in (recorded, made))
    if then != now:
        return [f"sections: recorded {', '.join(then) or 'none'}, now {', '.join(now) or 'none'}"]
    return [
        f"section {_heading(old)}: {_around(old.text, new.text)}" for old, new in zip(recorded, made, strict=True) if old != new
    ]


def _heading(section: Section) -> str:
    return repr(section.label or section.component or section.kind)


def _around(then: str, now: str) -> str:
    """Both texts from shortly before they part."""
    same = next((place for place, (old, new) in enumerate(zip(then, now, strict=False)) if old != new), min(len(then), len(now)))
    start = max(0, same - 30)
    return f"recorded {_cut(then, start)}, now {_cut(now, start)}"


def _cut(text: str, start: int) -> str:
    return ("… " if start else "") + repr(text[start : start + 100]) + (" …" if len(text) > start + 100 else "")
