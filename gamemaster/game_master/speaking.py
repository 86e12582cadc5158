"""Speaking: whom the words of one step are meant for, and what becomes of them on their way.

The one idea: what was said is an event, with the words as they were said; whom it reaches is known when all words of the step
have gone their ways, at the same time, since a channel's hooks may ask a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gamemaster.agent import Circumstances
from gamemaster.components.game_master.message import Message
from gamemaster.game_master.chronicle import Chronicle
from gamemaster.game_master.deed import Deed
from gamemaster.game_master.parts import ask_part
from gamemaster.language import together
from gamemaster.record import Measure
from gamemaster.words import Event, UnknownName

if TYPE_CHECKING:
    from gamemaster.components.game_master.channel import Channel
    from gamemaster.game_master.game_master import GameMaster
    from gamemaster.game_master.game_masters import GameMasters

__all__ = ["Speaking"]


@dataclass(slots=True)
class _Spoken:
    """Words on their way: those for whom they are meant, and those who notice them besides."""

    channel: Channel
    master: GameMaster
    meant: list[str]
    besides: list[str] = field(default_factory=list[str])
    near: list[str] = field(default_factory=list[str])
    messages: list[Message] = field(default_factory=list[Message])


class Speaking:
    """The words of one step, on their way by the channels of `masters`."""

    def __init__(self, masters: GameMasters, circumstances: Circumstances, chronicle: Chronicle) -> None:
        self.masters = masters
        self.keeper = masters.lead
        self.circumstances = circumstances
        self.chronicle = chronicle
        self._spoken: dict[str, _Spoken] = {}

    def speak(self, deed: Deed) -> Event | str:
        """The event of somebody's words; or why they can't be said, where the speaker is no member of the channel."""
        attempt, ask, master = deed.attempt, deed.ask, deed.master
        spec, actor, named = attempt.spec, attempt.actor, attempt.spec.channel
        owner, channel = self._channel(master, named, actor)
        hearers = spec.to if spec.to is not None else ask.hears
        present = self.keeper.present(self.chronicle.people) if channel is not None else ()
        if named and channel is not None and not channel.may_speak(actor, master.world, present):
            return self.keeper.texts.text("channel", "not_in", name=actor, channel=named)
        event = self.chronicle.event(
            "speech",
            attempt.answer,
            actor=actor,
            place=ask.place or self.keeper.place_of(actor),
            channel=named or ("" if spec.to is None else "private"),
            attempt_id=attempt.id,
            scene=ask.scene,
        )
        if channel is None or not named:
            reached = set(self.keeper.present(hearers)) if hearers is not None else master.noticing(event)
            event = self.chronicle.noticed(event, reached | {actor})
            if channel is not None:
                meant = [name for name in event.witnesses if name != actor]
                near = master.noticing(event) - {actor, *meant} if channel.overheard else set[str]()
                self._spoken[event.id] = _Spoken(channel, master, meant, near=[name for name in present if name in near])
        else:
            self._send(event, channel, owner, spec.to, present)
        return event

    def _channel(self, master: GameMaster, named: str, actor: str) -> tuple[GameMaster, Channel | None]:
        """The channel and whose it is. One of any game master is open to all, wherever a speaker goes; their own comes first."""
        owner = next((each for each in (master, *self.masters) if named in each.channels), master) if named else master
        channel = owner.channels.get(named)
        if named and channel is None:
            raise UnknownName.of("channel", named, master.channels, hint=f"(of {master.name}; what {actor} says goes by it)")
        return owner, channel

    def _send(self, event: Event, channel: Channel, owner: GameMaster, to: Sequence[str] | None, present: Sequence[str]) -> None:
        """Send the words by a channel that has a name."""
        actor = event.actor
        meant = channel.hearers(actor, owner.world, present)
        if to is not None:
            meant = [name for name in meant if name in to]
        if channel.reach == "broadcast":  # it reaches all by the same way, with its delays, losses and hooks
            meant = [name for name in present if name != actor]
        spoken = self._spoken[event.id] = _Spoken(channel, owner, meant)
        if event.place is not None:
            near = [name for name in present if name != actor and name not in meant]
            there = [name for name in near if self.keeper.place_of(name) == event.place]
            spoken.besides, spoken.near = (there, []) if channel.reach == "public" else ([], there)

    async def deliver(self) -> None:
        """Let all words of the step go their ways, at the same time; who is reached is a witness of the event."""
        if not self._spoken:
            return
        by_id = {event.id: event for event in self.chronicle.events}
        await together([self._deliver(by_id[id], spoken) for id, spoken in self._spoken.items()])
        for id, spoken in self._spoken.items():
            event, reached = by_id[id], {by_id[id].actor, *spoken.besides}
            for message in spoken.messages:
                if message.lost:
                    lost = Measure(name="message lost", who=message.to, value=f"{id}: {message.lost}")
                    self.circumstances.measures.append(lost)
                elif message.delay > 0:
                    spoken.channel.wait(message, self.chronicle.time + message.delay)
                else:
                    reached.add(message.to)
            self.chronicle.noticed(event, reached)

    async def _deliver(self, event: Event, spoken: _Spoken) -> None:
        thinking = spoken.master.thinking(self.circumstances, phase=f"channel/{event.id}")
        turn = thinking.turn(spoken.channel)
        channel, meant = spoken.channel, spoken.meant
        spoken.messages = await ask_part(thinking, channel, lambda turn: channel.deliver(event, meant, turn), [])
        spoken.besides += [name for name in spoken.near if spoken.channel.overhears(event, name, turn)]

    def messages(self, event: Event) -> Sequence[Message] | None:
        """How the words of an event arrive at whom; None where they went by no channel."""
        spoken = self._spoken.get(event.id)
        return None if spoken is None else spoken.messages
