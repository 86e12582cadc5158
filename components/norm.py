"""Norm: what people do or ought to do, as one agent holds it; and the rules by which it takes up a new one.

The one idea: a norm that is met is not yet a norm that is followed. It is checked for duplicates and conflicts, adopted when
it is worth enough, and its keeping is counted. All here are pure functions of frozen values; who finds norms in what is said
and done is `Norms`.

Source: Ren et al. 2024, Emergence of social norms in generative agent societies (CRSEC: creation and representation,
spreading, evaluation, compliance): norms as sentences, descriptive or injunctive, with a utility.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, cast

from gamemaster.components.happening import Happening
from gamemaster.components.hypothesis import canonical
from gamemaster.words import DefinitionError, JsonValue, one_line

__all__ = ["Norm", "NormKind", "NormVerdict", "counted", "declared_compliance", "same_norm", "taken_up"]

NormKind: TypeAlias = Literal["descriptive", "injunctive"]
"""What most do; or what ought to be done."""

NormVerdict: TypeAlias = Literal["new", "same", "conflict"]

_LONGEST = 160
_MOST_SOURCES = 5
_ENDS = " .!。！"


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """A norm in words. `utility` is what it is worth, 0 to 100; `source` who it came from, "" for the agent itself.

    `kept_by` and `broken_by` name actions, tags or kinds of events that keep or break it. `adopted` says whether it is
    followed, `reason` why not; `kept` and `broken` count the agent's own deeds, `others_kept` and `others_broken` those of
    others that it noticed.
    """

    text: str
    kind: NormKind = "injunctive"
    utility: float = 60.0
    sources: tuple[str, ...] = ()
    kept_by: tuple[str, ...] = ()
    broken_by: tuple[str, ...] = ()
    adopted: bool = True
    reason: str = ""
    kept: int = 0
    broken: int = 0
    others_kept: int = 0
    others_broken: int = 0

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise DefinitionError("A norm is empty; say it in one sentence, as in Norm(text='Nobody takes more than ten.').")
        if self.kind not in ("descriptive", "injunctive"):
            raise DefinitionError(f"The norm {self.text!r} has kind={self.kind!r}; it is 'descriptive' or 'injunctive'.")
        if not 0 <= self.utility <= 100:
            raise DefinitionError(f"The norm {self.text!r} has utility={self.utility}; it is 0 to 100.")
        for what in ("sources", "kept_by", "broken_by"):
            if isinstance(getattr(self, what), str):
                raise DefinitionError(f"The norm {self.text!r} has {what}={getattr(self, what)!r}; give a tuple of names.")
        object.__setattr__(self, "text", one_line(self.text)[:_LONGEST])

    @property
    def is_declared(self) -> bool:
        """Whether events alone say whether it is kept."""
        return bool(self.kept_by or self.broken_by)

    @property
    def compliance(self) -> float | None:
        """The share of the agent's own deeds that kept it; None before the first that bore on it."""
        both = self.kept + self.broken
        return self.kept / both if both else None

    def as_json(self) -> list[JsonValue]:
        """It as JSON values."""
        return [
            self.text,
            self.kind,
            float(self.utility),
            list(self.sources),
            list(self.kept_by),
            list(self.broken_by),
            self.adopted,
            self.reason,
            [self.kept, self.broken, self.others_kept, self.others_broken],
        ]

    @classmethod
    def from_json(cls, held: JsonValue) -> Norm:
        """What `as_json` gave."""
        text, kind, utility, sources, kept_by, broken_by, adopted, reason, counts = cast("list[Any]", held)
        kept, broken, others_kept, others_broken = counts
        return cls(
            text=text,
            kind=kind,
            utility=float(utility),
            sources=tuple(sources),
            kept_by=tuple(kept_by),
            broken_by=tuple(broken_by),
            adopted=adopted,
            reason=reason,
            kept=kept,
            broken=broken,
            others_kept=others_kept,
            others_broken=others_broken,
        )


def same_norm(norms: Sequence[Norm], text: str) -> int | None:
    """The place of the norm that says this in the same words, but for case and the mark at the end; None for none."""
    wanted = canonical(one_line(text)[:_LONGEST]).rstrip(_ENDS)
    return next((at for at, each in enumerate(norms) if canonical(each.text).rstrip(_ENDS) == wanted), None)


def taken_up(
    norms: Sequence[Norm],
    new: Norm,
    verdict: NormVerdict,
    of: int | None = None,
    *,
    adopt_above: float = 50.0,
    most: int = 16,
) -> tuple[Norm, ...]:
    """The norms after one more was met; `verdict` says how it stands to the one at place `of`.

    The same as a known one: that gets the new source, and the higher utility of the two. A new one is adopted when its utility
    is at least `adopt_above`. One that conflicts is adopted when, besides, its utility is higher than that of the one that it
    conflicts with, which then is no longer followed; on a tie the older stays. Each that isn't adopted says why.
    Beyond `most` those not followed go first, of these (or of all) the one of least utility, of ties the oldest.
    """
    held = list(norms)
    if verdict == "same" and of is not None:
        old = held[of]
        sources = tuple(dict.fromkeys([*old.sources, *new.sources]))[-_MOST_SOURCES:]
        utility = max(old.utility, new.utility)
        held[of] = replace(old, sources=sources, utility=utility)
        if not old.adopted and old.reason == "utility" and utility >= adopt_above:
            held[of] = replace(held[of], adopted=True, reason="")
        return tuple(held)
    enough = new.utility >= adopt_above
    new = replace(new, adopted=enough, reason="" if enough else "utility")
    if verdict == "conflict" and of is not None and held[of].adopted:
        if enough and new.utility > held[of].utility:
            held[of] = replace(held[of], adopted=False, reason="displaced")
        elif enough:
            new = replace(new, adopted=False, reason="conflict")
    held.append(new)
    while len(held) > most:
        held.remove(min(held, key=lambda each: (each.adopted, each.utility)))
    return tuple(held)


def declared_compliance(norm: Norm, happening: Happening) -> bool | None:
    """Whether what happened keeps the norm, by what it declares; None where it says nothing. What is said does neither."""
    if happening.is_speech:
        return None
    if any(happening.matches(key) for key in norm.broken_by):
        return False
    return True if any(happening.matches(key) for key in norm.kept_by) else None


def counted(norm: Norm, kept: bool, *, own: bool) -> Norm:
    """The norm with one more deed counted, the agent's own or another's."""
    if own:
        return replace(norm, kept=norm.kept + kept, broken=norm.broken + (not kept))
    return replace(norm, others_kept=norm.others_kept + kept, others_broken=norm.others_broken + (not kept))
