"""GameMasters: all who keep the world of one run together.

The one idea: during a step each agent is in exactly one game master's charge; they work at the same time, and what they
made of the attempts is applied in one order: that of the game masters, then that of the asks. One world, one commit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from gamemaster.agent import Circumstances
from gamemaster.game_master.chronicle import Chronicle
from gamemaster.game_master.deed import Deed
from gamemaster.game_master.part_checks import reason_of
from gamemaster.game_master.resolution import Resolution
from gamemaster.language import together
from gamemaster.record import Measure
from gamemaster.words import Ask, Attempt, DefinitionError, Event, Grounding, JsonValue, UnknownName
from gamemaster.world.mounted_tool import mounted_actions

if TYPE_CHECKING:
    from gamemaster.game_master.game_master import GameMaster

__all__ = ["GameMasters"]


class GameMasters:
    """The game masters of one run. The first is the lead: it does what nobody's attempt is the reason of.

    All keep one world: given to the first, or to each.
    Raises: DefinitionError for none, two of one name, two worlds, or a place in the charge of two.
    """

    def __init__(self, masters: Sequence[GameMaster]) -> None:
        if not masters:
            raise DefinitionError("The simulation is given an empty list of game masters; give at least one.")
        self._all = tuple(masters)
        self._by_name = {each.name: each for each in self._all}
        if len(self._by_name) < len(self._all):
            names = [each.name for each in self._all]
            twice = next(name for name in names if names.count(name) > 1)
            raise DefinitionError(f"Two game masters are named {twice!r}; give each a `name` of its own.")
        self.lead = self._all[0]
        for each in self._all[1:]:
            if each.world is not None and each.world is not self.lead.world:
                raise DefinitionError(
                    f"{each.name} is given another world than {self.lead.name}; a run has one world: give it to the first alone, "
                    "and make a bigger one of two by fields that are worlds."
                )
            each.keep_with(self.lead)
        self._by_place: dict[str, GameMaster] = {}
        for each in self._all:
            for place in each.places:
                if place in self._by_place:
                    raise DefinitionError(f"{place!r} is in the charge of {self._by_place[place].name} and of {each.name}.")
                self._by_place[place] = each
        self._charges: dict[str, GameMaster] = {}
        self._mounted = self.lead.world is not None and bool(mounted_actions(self.lead.world))
        self._otherwise = next((each for each in self._all if not each.places), self.lead)

    def __iter__(self) -> Iterator[GameMaster]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def named(self, name: str) -> GameMaster:
        """The one of this name. Raises: UnknownName."""
        found = self._by_name.get(name)
        if found is None:
            raise UnknownName.of("game master", name, self._by_name)
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, the lead's first."""
        return tuple(self._by_name)

    @property
    def mounted(self) -> bool:
        """Whether an action of the world is a tool that has to be asked before it is applied."""
        return self._mounted

    def in_charge(self, ask: Ask) -> GameMaster:
        """In whose charge an agent is as the world stands: the ask's, else that of the place, else the first without places."""
        if ask.game_master:
            return self.named(ask.game_master)
        if not self._by_place:
            return self._otherwise
        place = ask.place or self.lead.place_of(ask.agent)
        return self._by_place.get(place or "", self._otherwise)

    def deeds(self, attempts: Sequence[tuple[Ask, Attempt]]) -> list[Deed]:
        """The attempts, each with who is in charge of it, in the order in which they are applied."""
        deeds = [Deed(ask, attempt, self.in_charge(ask)) for ask, attempt in attempts]
        if len(self._all) > 1:
            ranks = {each.name: rank for rank, each in enumerate(self._all)}
            deeds.sort(key=lambda deed: ranks[deed.master.name])
        return deeds

    async def resolve(
        self, attempts: Sequence[tuple[Ask, Attempt]], circumstances: Circumstances, chronicle: Chronicle
    ) -> list[Grounding]:
        """Make all attempts of a step events, each in the charge of one of them."""
        resolution = Resolution(self, circumstances, chronicle)
        groundings = await resolution.resolve(attempts)
        self._charges = resolution.charges
        if len(self._all) > 1:
            for actor, master in resolution.in_charge_of.items():
                circumstances.measures.append(Measure(name="in charge", who=actor, value=master.name))
        return groundings

    # --- around a step ---

    def over(self) -> str | None:
        """Why the run is at its end: the world's reason, else the first that one of them has."""
        if self.lead.world is not None:
            reason = self.lead.user_code("over", lambda world: world.over())
            if reason_of(reason, f"{type(self.lead.world).__name__}.over") is not None:
                return reason
        return next((reason for each in self._all if (reason := each.over()) is not None), None)

    async def notice(self, chronicle: Chronicle, circumstances: Circumstances) -> None:
        """Let each remember and think about the events of the step in its charge; those in nobody's are the lead's.

        Then those with a part that says when all ends ask it. All of them at the same time.
        """
        events: dict[str, list[Event]] = {each.name: [] for each in self._all}
        for event in chronicle.events:
            events[self._charges.get(event.id, self.lead).name].append(event)
        self._charges = {}
        await together([each.notice(events[each.name], circumstances) for each in self._all if events[each.name]])

    def arrive(self, chronicle: Chronicle, circumstances: Circumstances) -> None:
        """Tell the words whose time to arrive has come, of all channels, in order; who is gone by then gets none."""
        here = frozenset(self.lead.present(chronicle.people))
        for each in self._all:
            for channel in each.channels.values():
                for message in channel.arriving(chronicle.time) if channel.waiting else ():
                    if message["to"] not in here:
                        lost = f"{message['event']}: gone"
                        circumstances.measures.append(Measure(name="message lost", who=message["to"], value=lost))
                        continue
                    step = int(str(message["event"]).partition("/")[0])
                    said = Event(
                        id=message["event"], step=step, time=chronicle.time, kind="speech", actor=message["speaker"], text=""
                    )
                    tags = (channel.called,) if channel.called else ()
                    chronicle.tell(said, [message["to"]], "heard", message["text"], speaker=message["speaker"], tags=tags)

    def states(self) -> dict[str, tuple[int, dict[str, JsonValue]]]:
        """(version, state) of all parts that have a state; but for the lead's with the game master's name before the part's."""
        states = self.lead.states()
        for each in self._all[1:]:
            states |= {f"{each.name}/{part}": state for part, state in each.states().items()}
        return states

    def restore_states(self, states: Mapping[str, tuple[int, dict[str, JsonValue]]]) -> None:
        """Take up what `states()` gave."""
        others = {f"{each.name}/": each for each in sorted(self._all[1:], key=lambda each: -len(each.name))}
        by_master: dict[str, dict[str, tuple[int, dict[str, JsonValue]]]] = {}
        for part, state in states.items():
            prefix = next((prefix for prefix in others if part.startswith(prefix)), "")
            by_master.setdefault(prefix, {})[part.removeprefix(prefix)] = state
        for prefix, own in by_master.items():
            (others[prefix] if prefix else self.lead).restore_states(own)

    def store(self) -> None:
        """Store what the parts of all have added to their memories, in order."""
        for each in self._all:
            each.store()
