"""TakingOver: what of the state before a step those who go on from it take over.

All of it, as a rule. Where a simulation goes on after another (`then`), what its phase carries; and where a fork is made with
changed code, what that code still has a place for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gamemaster.record import Phase, State
from gamemaster.words import UnknownName

__all__ = ["CARRIED", "TakingOver", "check_carry"]

CARRIED = ("agents", "memories", "world", "game_master")
"""What `then` may carry, besides single agents by name: what components hold and who answered what; what is remembered
(by single agents too, who bring both); the world's state; what the game master's components hold and it remembers."""


def check_carry(carry: Sequence[str], agents: Sequence[str]) -> tuple[str, ...]:
    """What is to be carried, each once. Raises: UnknownName."""
    for each in carry:
        if each not in CARRIED and each not in agents:
            raise UnknownName.of("part to carry", each, [*CARRIED, *agents])
    return tuple(dict.fromkeys(carry))


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingOver:
    """Who was there before, and what of theirs is taken over.

    `agents` are those of the steps before; `begins` says that a phase begins here, `several` that there are more than one;
    `carry` is None where all is taken over. `breaks` are the first steps of simulations that went on after others, each
    with what it carried; `states` are put in place of those on record.
    """

    agents: frozenset[str]
    game_masters: frozenset[str]
    begins: bool = False
    several: bool = False
    carry: frozenset[str] | None = None
    breaks: tuple[tuple[int, frozenset[str]], ...] = ()
    states: dict[str, State] = field(default_factory=dict[str, State])

    @classmethod
    def of(cls, phases: Sequence[Phase], last: int) -> TakingOver:
        """What those take over who go on after step `last`, in the last of these phases."""
        phase = phases[-1]
        begins = phase.step == last + 1 and len(phases) > 1
        before: Any = (phases[-2] if begins else phase).configuration
        carry = frozenset(phase.carry) if begins and phase.kind == "then" else None
        return cls(
            agents=frozenset(before["order"]),
            game_masters=frozenset([before["game_master"]["name"], *before["game_master"].get("others", ())]),
            begins=begins,
            several=len(phases) > 1,
            carry=carry,
            breaks=tuple((each.step, frozenset(each.carry)) for each in phases if each.kind == "then"),
            states=dict(phase.states) if begins else {},
        )

    def knows(self, agent: str) -> bool:
        """Whether the agent was there before, and comes with what it remembers."""
        return agent in self.agents and self.carries_memories(agent)

    def carries(self, part: str) -> bool:
        """Whether the state of a part is taken over."""
        if self.carry is None:
            return True
        kind, _, rest = part.partition("/")
        if kind == "agent":
            return "agents" in self.carry or rest.rpartition("/")[0] in self.carry
        return kind == "clock" or kind in self.carry

    def carries_history(self, agent: str, step: int) -> bool:
        """Whether what the agent answered and noticed in a step is taken over."""
        return all(step >= first or "agents" in carry or agent in carry for first, carry in self.breaks)

    def carries_memories(self, holder: str) -> bool:
        """Whether what this one remembers is taken over."""
        if self.carry is None:
            return True
        if holder in self.game_masters:
            return "game_master" in self.carry
        return "memories" in self.carry or holder in self.carry
