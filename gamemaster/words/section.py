"""Section: one headed part of a prompt, as a component gave it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

__all__ = ["CHANGES", "Changes", "Section", "SectionKind"]

Changes: TypeAlias = Literal["shared", "own", "slowly", "always"]
"""How often a section's text changes: the same for all agents; fixed for this agent; now and then; at every turn."""

CHANGES: tuple[Changes, ...] = get_args(Changes)
"""The order of the groups in a prompt, so that prompts share the longest possible prefix."""

SectionKind: TypeAlias = Literal[
    "instruction", "persona", "goal", "plan", "memory", "observation", "situation", "action", "question", "other"
]
"""What a section speaks of, stated by its component. Models with no weights read it; the others read the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A headed part of a prompt. `component` is the name of the component it came from ("" for the caller's own)."""

    label: str
    text: str
    changes: Changes = "always"
    kind: SectionKind = "other"
    component: str = ""
