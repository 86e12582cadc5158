"""DeedsNoticed: the deeds of others that one agent noticed in a step, each counted once.

The one idea: where deeds come from (observations, the world's data, or simply what is seen of others' acts) is settled in one
place, so that who thinks about them needn't know.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from gamemaster.components.deed import Deed, DeedReader, DeedsInData, named_acts
from gamemaster.words import Attempt, DefinitionError, Event, Observation, Turn, one_line

__all__ = ["DeedsNoticed"]

_MOST_QUEUED = 64


class DeedsNoticed:
    """Collects what may tell of deeds, and gives them once.

    With `deed` (a reader of observations) or `deeds_in` (a reader of the world's data), or both, it is what these say; with
    neither, every act of another that was seen. `others` are those who count, None for all.
    """

    def __init__(self, others: Sequence[str] | None, deed: DeedReader | None, deeds_in: DeedsInData | None) -> None:
        self.others = others
        self.deed = deed
        self.deeds_in = deeds_in
        self._noticed: deque[Observation] = deque(maxlen=_MOST_QUEUED)
        self._acted: dict[str, Event] = {}

    def notice(self, observation: Observation) -> None:
        """Take note of an observation."""
        if self.deeds_in is None or self.deed is not None:
            self._noticed.append(observation)

    def mind(self, attempt: Attempt, events: Sequence[Event]) -> None:
        """Take note of whose acts these were: an event says it by itself."""
        if self.deed is None and self.deeds_in is None:
            self._acted.update({event.id: event for event in events if event.kind == "act" and event.actor != attempt.actor})

    def clear(self) -> None:
        """Forget what was noted."""
        self._noticed.clear()
        self._acted.clear()

    def take(self, turn: Turn, counted: Mapping[str, str]) -> dict[str, list[Deed]]:
        """The deeds that could be told, by who did them, oldest first; `counted` says which id was the last of each.

        Raises: DefinitionError for a deed in the data that has no id.
        """
        known = set(counted.items())
        by_other: dict[str, list[Deed]] = {}
        for deed in list(self._found(turn)):
            if deed.what is None or deed.other == turn.agent or (self.others is not None and deed.other not in self.others):
                continue
            if not deed.id or (deed.other, deed.id) not in known:
                known.add((deed.other, deed.id))
                by_other.setdefault(deed.other, []).append(deed)
        self.clear()
        return by_other

    def _found(self, turn: Turn) -> Iterator[Deed]:
        if self.deed is not None:
            for observation in self._noticed:
                given = self.deed(observation)
                yield from [given] if isinstance(given, Deed) else given or ()
        elif self.deeds_in is None:
            yield from self._seen(turn)
        for deed in self.deeds_in(turn.sees_data) if self.deeds_in is not None else ():
            if not deed.id:
                raise DefinitionError(f"A deed of {deed.other} read from data has no id; give the round's, to count it once.")
            yield deed

    def _seen(self, turn: Turn) -> Iterator[Deed]:
        names = [each for each in (self.others if self.others is not None else turn.people) if each != turn.agent]
        for observation in self._noticed:
            event = self._acted.get(observation.event_id)
            if event is not None and event.actor in names and observation.speaker is None:
                yield Deed(other=event.actor, what=one_line(observation.text), id=event.id)
            elif (act := named_acts(observation, names)) is not None:
                yield act
