"""Prompt: the sections of what a model is asked, in the order in which they change, and then the call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gamemaster.words import CHANGES, Section

__all__ = ["Prompt"]

_RANK = {name: rank for rank, name in enumerate(CHANGES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What one agent's model is asked: sections, then the call.

    `sections` stand in the order of the four groups of `Changes`, inside a group as given; make it with `of`. `name`
    is whose prompt it is, `language` the set of prompt texts that what a model adds to it (the form of an answer, say) is
    taken from. The shared and own groups make the system message, the rest and the call the user's.
    """

    sections: tuple[Section, ...]
    call: str
    name: str
    language: str = "en"

    @classmethod
    def of(cls, sections: Iterable[Section], call: str, *, name: str, language: str = "en") -> Prompt:
        """A prompt of these sections, put in their groups' order; empty ones are left out."""
        kept = [section for section in sections if section.text]
        kept.sort(key=lambda section: _RANK[section.changes])
        return cls(sections=tuple(kept), call=call, name=name, language=language)

    @property
    def system(self) -> str:
        """The system message: what is the same for all agents, then what is fixed for this one."""
        return "\n\n".join([render(each) for each in self.sections if each.changes in ("shared", "own")])

    @property
    def user(self) -> str:
        """The user's message: what changes, and the call."""
        changing = [render(each) for each in self.sections if each.changes not in ("shared", "own")]
        return "\n\n".join([*changing, self.call])

    @property
    def text(self) -> str:
        """The whole as plain text, for a base model and for a reader."""
        return "\n\n".join(part for part in (self.system, self.user) if part)


def render(section: Section) -> str:
    """A section as it stands in the prompt: its heading, if it has one, and its text."""
    return f"# {section.label}\n{section.text}" if section.label else section.text
