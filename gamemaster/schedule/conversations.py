"""Conversations: a schedule in which people stop to talk when somebody has begun to.

The one idea: who is asked what follows from what happened. An act of speaking to somebody begins a conversation of all who
noticed it; while it lasts they are asked, in private, whether they want to say something, one of those who do is asked to say
it, and everything else waits. Simulated time stands still meanwhile, where the schedule around it keeps the time.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from gamemaster.schedule.asked import those_present
from gamemaster.schedule.schedule import Schedule
from gamemaster.words import ActionSpec, Ask, DefinitionError, JsonValue, draws

if TYPE_CHECKING:
    from gamemaster.game_master import Chronicle
    from gamemaster.simulation import Simulation

__all__ = ["Conversations"]


@dataclass(slots=True)
class _Talk:
    """One conversation: who is in it and where, who spoke last, how many have spoken since it was begun."""

    people: tuple[str, ...]
    place: str | None
    last: str
    said: int = 0


class Conversations(Schedule):
    """What `around` asks, and between its steps the conversations that acts of the actions `begins` have begun.

    In a conversation are those who noticed that act, at most `most` of them, the actor first. Each of its turns is a step: of
    those who want to say something, the last speaker left out, one is drawn by key and asked `spec`; the others of the
    conversation hear it, and nobody else. It ends when nobody wants to, or after `turns` turns. Several at the same time
    take their turns in the same steps; nobody is in two.

    Raises: DefinitionError for no actions, and for turns or most below 1 and 2.
    """

    def __init__(
        self,
        around: Schedule,
        *,
        begins: str | Sequence[str],
        spec: ActionSpec | None = None,
        turns: int = 4,
        most: int = 6,
    ) -> None:
        self.around = around
        self.begins = frozenset([begins] if isinstance(begins, str) else begins)
        if not self.begins:
            raise DefinitionError("Conversations(begins=[]); name at least one action with which somebody begins to talk.")
        if turns < 1 or most < 2:
            raise DefinitionError(
                f"Conversations(turns={turns}, most={most}); a conversation has a turn at least, and two people."
            )
        self.spec = spec if spec is not None else ActionSpec.speech()
        if self.spec.kind != "speech":
            raise DefinitionError(
                f"Conversations(spec=...) asks for {self.spec.kind}; what is asked in a conversation is speech."
            )
        self.turns = turns
        self.most = most
        self._talks: list[_Talk] = []
        self._talking = False

    # --- what the schedule around says, where nobody talks ---

    @property
    def keeps_time(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether time stands still while people talk."""
        return self.around.keeps_time

    @property
    def ends_round(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether a round of the world ends with the step at hand."""
        return not self._talking and self.around.ends_round

    @property
    def scene_name(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The scene at hand."""
        return "conversation" if self._talking else self.around.scene_name

    async def announcements(self, simulation: Simulation) -> Sequence[tuple[str, Sequence[str]]]:
        """What the schedule around has to tell."""
        return () if self._talking else await self.around.announcements(simulation)

    async def after_step(self, simulation: Simulation) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Whether a round ends."""
        if self._talking:
            return False
        ended: Any = self.around.after_step(simulation)
        return bool(await ended if inspect.isawaitable(ended) else ended)

    def is_over(self, simulation: Simulation) -> bool:
        """Whether nobody talks, and the schedule around is over."""
        return not self._talks and self.around.is_over(simulation)

    # --- talking ---

    async def next(self, simulation: Simulation) -> list[Ask]:
        """The next turn of each conversation; where there is none, what the schedule around asks."""
        had_talks = bool(self._talks)
        asks = await self._turns(simulation) if had_talks else []
        # When nobody wanted to say more, the schedule around goes on; if it is over, nobody is asked in this step.
        self._talking = bool(asks) or (had_talks and self.around.is_over(simulation))
        if self._talking:
            return asks
        following: Any = self.around.next(simulation)
        return cast("list[Ask]", await following if inspect.isawaitable(following) else following)

    async def _turns(self, simulation: Simulation) -> list[Ask]:
        for talk in self._talks:
            talk.people = tuple(those_present(talk.people, simulation))
        waiting = [[name for name in talk.people if name != talk.last] for talk in self._talks]
        # Everybody is asked at the same time, whichever conversation they are in.
        named = [name for names in waiting for name in names]
        want = frozenset(await simulation.who_wants_to(named, f"conversation/{simulation.step}") if named else ())
        asks: list[Ask] = []
        going: list[_Talk] = []
        for talk, names in zip(self._talks, waiting, strict=True):
            willing = [name for name in names if name in want]
            if not willing or len(talk.people) < 2:
                continue
            speaker = draws(simulation.seed, "conversation", simulation.step, talk.people[0]).choice(willing)
            talk.last, talk.said = speaker, talk.said + 1
            asks.append(Ask(speaker, self.spec, hears=talk.people, place=talk.place, scene="conversation"))
            if talk.said < self.turns:
                going.append(talk)
        self._talks = going
        return asks

    def noticed(self, simulation: Simulation, chronicle: Chronicle) -> None:
        """Begin the conversations of those who noticed that somebody began to talk."""
        self.around.noticed(simulation, chronicle)
        if self._talking:
            return
        taken: set[str] = set()
        for event in chronicle.events:
            if event.kind != "act" or event.action not in self.begins or event.actor in taken:
                continue
            others = [name for name in event.witnesses if name != event.actor and name not in taken]
            people = (event.actor, *others)[: self.most]
            if len(people) < 2:
                continue
            taken.update(people)
            self._talks.append(_Talk(people, event.place, event.actor))

    # --- state ---

    def state(self) -> dict[str, JsonValue]:
        """The conversations under way, and where the schedule around stands."""
        talks: list[JsonValue] = [[[*talk.people], talk.place, talk.last, talk.said] for talk in self._talks]
        return {"talks": talks, "around": self.around.state(), "version": self.around.version}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        around: Any = state["around"]
        if state["version"] != self.around.version:
            raise DefinitionError(
                f"The stored state of the schedule in Conversations has version {state['version']}, this code's "
                f"{type(self.around).__name__} has version {self.around.version}; run it with the version that wrote it."
            )
        self.around.restore(around)
        self._talks = [
            _Talk(tuple(people), place, last, said)
            for people, place, last, said in cast("list[tuple[list[str], str | None, str, int]]", state["talks"])
        ]
