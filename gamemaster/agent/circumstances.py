"""Circumstances: what one step is to everybody who thinks in it.

Whoever runs agents (a simulation, or an agent on its own) makes one object a step and hands it to every turn: the
moment, the run's seed, which model answers whom, and what the world shows to whom.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gamemaster.language import LanguageModel, Request
from gamemaster.record import Measure, RecallRecord
from gamemaster.words import Failure, Moment, PromptTexts, prompt_texts
from gamemaster.world import OfferedAction

__all__ = ["Circumstances", "FailedAnswer", "OfferedForm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedAnswer:
    """One request whose answer could not be used."""

    key: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedForm:
    """How an answer to the arguments of one action has to look, for one actor now.

    `schema` is the pydantic model of the arguments, `names` their names in order, `check` raises InvalidAnswer or gives
    the arguments in their proper form. `closed` is why the action isn't open to the actor, None when it is.
    """

    names: tuple[str, ...] = ()
    schema: Any = None
    check: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict
    closed: str | None = None
    offer: OfferedAction | None = None


def _nothing(name: str) -> str:
    return ""


def _as_it_is(model: LanguageModel) -> LanguageModel:
    return model


def _no_data(name: str) -> Mapping[str, Any]:
    return {}


def _no_offers(name: str) -> Sequence[OfferedAction]:
    return ()


def _no_action(action: str, name: str) -> OfferedForm:
    return OfferedForm(closed=f"there is no world that has the action {action!r}")


@dataclass(slots=True, kw_only=True)
class Circumstances:
    """What a step is to those who think in it; the functions are given an agent's name.

    `around` gives a model that a component brings along the wrappers of the run, so that its answers are on record too.
    """

    moment: Moment
    run_seed: int
    model_for: Callable[[str, str], LanguageModel]
    around: Callable[[LanguageModel], LanguageModel] = _as_it_is
    people: Sequence[str] = ()
    sees: Callable[[str], str] = _nothing
    sees_data: Callable[[str], Mapping[str, Any]] = _no_data
    offers: Callable[[str], str] = _nothing
    offered: Callable[[str], Sequence[OfferedAction]] = _no_offers
    form: Callable[[str, str], OfferedForm] = _no_action
    texts: PromptTexts = field(default_factory=prompt_texts)
    measures: list[Measure] = field(default_factory=list[Measure])
    failed: list[FailedAnswer] = field(default_factory=list[FailedAnswer])
    recalls: list[RecallRecord] = field(default_factory=list[RecallRecord])
    on_ask: Callable[[Request], None] | None = None
    _now: tuple[Moment, str] | None = None

    @property
    def now(self) -> str:
        """The moment, in words."""
        known = self._now
        if known is None or known[0] is not self.moment:
            known = self._now = (self.moment, self.texts.moment(self.moment))
        return known[1]

    def fail(self, request: Request, failure: Failure) -> None:
        """Put a failed answer on record."""
        self.failed.append(FailedAnswer(key=str(request.key), reason=failure.reason, raw=failure.raw))
