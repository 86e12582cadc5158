"""Happening: one thing that an agent noticed, with all that is known of it without a model; and the rules read off it.

The one idea: what was observed and what is known of the agent's own step (who did it, which action of the world) are put
together in one place, so that a component's rule is a mapping from actions to changes, or a plain function. It interprets no
words: what a sentence means is asked of a model elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, cast

from gamemaster.components.named_in import named_in
from gamemaster.words import DefinitionError, Event, ObservationHow, PromptTexts, one_line, quote

__all__ = ["Happening", "Rules", "check_rules", "happening_of", "ruled"]

Change = TypeVar("Change")

_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What one agent noticed: who did it, which action of the world it was, and the sentence.

    `id` is that of the event. `actor` is "" where nobody did it, or it can't be told, and `action` None where it is no action
    of the world. What was told in private has neither, so that one deed counts once. What was refused is of the kind
    "refusal" and no action: it wasn't done. `kind` is "speech" for somebody's words.
    """

    id: str
    time: float
    text: str
    actor: str = ""
    action: str | None = None
    kind: str = ""
    how: ObservationHow = "saw"
    tags: tuple[str, ...] = ()

    @property
    def is_speech(self) -> bool:
        """Whether the text is somebody's words, which are data and may claim anything."""
        return self.kind == "speech"

    def matches(self, key: str) -> bool:
        """Whether `key` names its action, one of its tags, its kind ("refusal", say), or how it was noticed ("announced")."""
        return key in (self.action, self.kind, self.how) or key in self.tags

    def names(self, person: str) -> bool:
        """Whether the text names a person, as a whole word."""
        return named_in(self.text, person)

    def line(self, texts: PromptTexts, longest: int = _LONGEST) -> str:
        """It as one line of a prompt; somebody's words stand as a quotation."""
        told = one_line(self.text)[:longest]
        return texts.text("observation", "said", speaker=self.actor, words=quote(told)) if self.is_speech else told


Rules: TypeAlias = "Mapping[str, Change | Sequence[Change]] | Callable[[Happening], Iterable[Change] | Change | None]"
"""What happenings change: by action, tag, kind or how they were noticed; or a function that says it, None for nothing."""


def ruled(rules: Rules[Change], happening: Happening, change: type[Change]) -> list[Change]:
    """The changes that a happening brings about, in the order of the rules; `change` is what a function's results must be.

    Raises: DefinitionError when the function gives something else.
    """
    if not callable(rules):
        return [one for key, each in rules.items() if happening.matches(key) for one in _several(each, change)]
    given = rules(happening)
    found = [] if given is None else _several(given, change)
    for each in found:
        if not isinstance(each, change):
            raise DefinitionError(f"a rule gave {each!r}; it gives a {change.__name__}, a list of them, or None.")
    return found


def check_rules(rules: object, change: type[object], *, name: str, what: str = "rules") -> None:
    """See that rules are a function, or a mapping from names to changes. Raises: DefinitionError."""
    if callable(rules):
        return
    if not isinstance(rules, Mapping):
        raise DefinitionError(f"The component {name!r} has {what}={rules!r}; give a mapping from actions, or a function.")
    for key, value in cast("Mapping[object, object]", rules).items():
        if not isinstance(key, str) or not key.strip():
            raise DefinitionError(f"The component {name!r} has {what} for {key!r}; a key names an action, a tag or a kind.")
        for each in _several(value, change):
            if not isinstance(each, change):
                raise DefinitionError(
                    f"The component {name!r} has in {what} {key!r}: {each!r}; give {change.__name__}(...), or a list of them."
                )


def _several(given: Any, change: type[Change]) -> list[Change]:
    """One change or several as a list; what is neither stands in it as it is, for a check to refuse."""
    is_one = isinstance(given, (change, str, Mapping)) or not isinstance(given, Iterable)
    return [cast("Change", given)] if is_one else list(cast("Iterable[Change]", given))


def happening_of(event: Event) -> Happening:
    """An event as its actor knows it."""
    return Happening(
        id=event.id,
        time=event.time,
        text=event.text,
        actor=event.actor,
        action=event.action if event.kind == "act" else None,
        kind=event.kind,
        how="own",
    )
