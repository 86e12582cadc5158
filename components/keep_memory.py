"""KeepMemory: what an agent's memory loses, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from gamemaster.memory import ConsolidatingPolicy, ForgettingPolicy, Replacement, ReplacingPolicy, consolidated
from gamemaster.words import AnswerFailed, Component, DefinitionError, JsonValue, MemoryRecord, Section, Turn

__all__ = ["KeepMemory", "MemoryPolicy"]

MemoryPolicy: TypeAlias = ForgettingPolicy | ReplacingPolicy | ConsolidatingPolicy
"""Forgets (`gone`), replaces without asking (`replacements`), or has the model sum up (`episodes`, `summary`)."""

_KINDS = ("gone", "replacements", "episodes")


class KeepMemory(Component):
    """Keeps the agent's memory within bounds by `policies`, which are applied in their order.

    That is done after a step in which the agent took part, when at least `every` steps have passed since it was last done
    and more than `above` memories are held: `KeepMemory(ConsolidateOld(), KeepStrongest(count=500), every=10)`. Each policy is
    shown what those before it have left; what they put in its place is seen the next time. `given` are components that
    the summaries of `ConsolidateOld` are written from, besides the memories. An episode for which the model gives no usable
    answer stays as it is. All agents' questions are asked at the same time.

    Memories go at the end of the phase, so whoever thinks in the same phase still recalls them; the archive has them for good.
    Raises: DefinitionError without a policy, for one that is none, or counts that mean nothing.
    """

    kind = "memory"

    def __init__(
        self,
        *policies: MemoryPolicy,
        every: int = 1,
        above: int = 0,
        given: Sequence[Component] = (),
        name: str = "keep_memory",
        budget: int = 200,
    ) -> None:
        if not policies:
            raise DefinitionError("KeepMemory() keeps everything; give a policy, as in KeepMemory(ForgetOld(age=86400)).")
        for policy in policies:
            if isinstance(policy, type) or not any(hasattr(policy, each) for each in _KINDS):
                raise DefinitionError(f"KeepMemory is given {policy!r}, which is no policy: it has none of {', '.join(_KINDS)}.")
        if every < 1:
            raise DefinitionError(f"KeepMemory(every={every}): every must be at least 1.")
        if above < 0:
            raise DefinitionError(f"KeepMemory(above={above}): above must be at least 0.")
        self.policies = policies
        self.every = every
        self.above = above
        self.given = tuple(given)
        self.name = name
        self.budget = budget
        self._last = 0

    async def react(self, turn: Turn) -> None:
        """Apply the policies when it is time."""
        if turn.step - self._last < self.every or len(turn.memory) <= self.above:
            return
        self._last = turn.step
        records = turn.memory.recent(len(turn.memory))
        for number, policy in enumerate(self.policies):
            gone = await self._apply(policy, records, turn, number)
            records = [each for each in records if each.id not in gone]

    async def _apply(self, policy: Any, records: Sequence[MemoryRecord], turn: Turn, number: int) -> set[str]:
        """The ids that the policy takes away."""
        gone: set[str] = set()
        if hasattr(policy, "gone"):
            gone.update(policy.gone(records, turn.time))
        elif hasattr(policy, "replacements"):
            gone = self._replace(policy.replacements(records, turn.time), turn)
        else:
            gone = self._replace(await consolidated(policy, records, turn.time, self._summarise(turn, number)), turn)
        unknown = sorted(gone - {each.id for each in records})
        if unknown:
            raise DefinitionError(f"the policy {policy!r} takes away {unknown[0]!r}, which is none of the memories it was shown.")
        turn.memory.forget([each.id for each in records if each.id in gone])
        return gone

    def _replace(self, replacements: Sequence[Replacement], turn: Turn) -> set[str]:
        for each in replacements:
            turn.memory.add(
                each.text,
                time=each.time,
                last_access=each.last_access,
                importance=each.importance,
                kind=each.kind,
                tags=each.tags,
                rests_on=each.rests_on,
            )
        return {id for each in replacements for id in each.of}

    def _summarise(self, turn: Turn, number: int) -> Any:
        async def summarise(episode: Sequence[MemoryRecord], at: int) -> str:
            lines = turn.texts.stamped(turn.moment, [(each.time, each.text) for each in episode])
            label = turn.prompt("memories")
            note = Section(label=label, text="\n".join(lines), kind="memory", component=self.name)
            try:
                return await turn.text(
                    turn.prompt("question"),
                    given=self.given,
                    notes=[note],
                    max_tokens=self.budget,
                    what=f"consolidate/{number}",
                    index=at,
                )
            except AnswerFailed:
                return ""  # on record; the episode stays as it is

        return summarise

    def state(self) -> dict[str, JsonValue]:
        """The step in which the policies were last applied."""
        return {"last": self._last}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        last = state["last"]
        assert isinstance(last, int)
        self._last = last
