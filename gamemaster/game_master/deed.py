"""Deed: what one agent's attempt has come to, before it is applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from gamemaster.words import ActionCall, Ask, Attempt, Grounding

if TYPE_CHECKING:
    from gamemaster.game_master.game_master import GameMaster

__all__ = ["Deed", "calls_of"]


@dataclass(frozen=True, slots=True)
class Deed:
    """One attempt, the ask that it answers, the game master in whose charge it is, and what it was grounded as.

    `answered` are its actions with what the tools answered that some of them are mounted from; None where none is.
    """

    ask: Ask
    attempt: Attempt
    master: GameMaster
    grounding: Grounding | None = None
    answered: tuple[ActionCall, ...] | None = None

    @property
    def is_free(self) -> bool:
        """Whether it is an attempt in words, which has to be grounded."""
        return self.attempt.spec.kind == "free" and isinstance(self.attempt.answer, str) and self.master.world is not None


def calls_of(deed: Deed) -> list[ActionCall] | None:
    """The actions that the attempt is; none when it changes nothing; None when it is nothing that can be."""
    attempt, spec, grounding, keeper = deed.attempt, deed.attempt.spec, deed.grounding, deed.master
    if deed.answered is not None:
        return list(deed.answered)
    if grounding is not None:
        if grounding.call is None or not grounding.plausible:
            return None
        return [grounding.call, *grounding.then]
    if keeper.world is None or attempt.failure is not None:
        return []
    answer: Any = attempt.answer
    if spec.kind == "free" and not isinstance(answer, str):  # a policy may answer with an action itself
        deed_itself = cast("Mapping[str, Any]", answer)
        return [ActionCall(action=keeper.full_name(str(deed_itself["action"])), arguments=deed_itself["arguments"])]
    if spec.kind == "action":
        assert spec.action is not None
        return [ActionCall(action=keeper.world.find_action(spec.action), arguments=cast("Mapping[str, Any]", answer))]
    if spec.kind == "choice" and spec.actions is not None:
        action = spec.actions[spec.options.index(answer)]
        return [] if action is None else [ActionCall(action=keeper.world.find_action(action))]
    return []
