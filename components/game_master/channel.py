"""Channel: a way by which words travel, with its own hearers, delay and losses."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeAlias, cast

from gamemaster.components.game_master.message import Message, MessageHook, through
from gamemaster.language import together
from gamemaster.words import Component, DefinitionError, Event, JsonValue, Turn, UnknownName, user_code

__all__ = ["Channel", "Hearers"]

Hearers: TypeAlias = Sequence[str] | str | Callable[[Any], Sequence[str]] | None
"""Names, the name of a field or method of the world that gives them (dotted for a part's), a function of the world, or all."""


class Channel(Component):
    """Speech that goes by it reaches its `members`, or those whom `graph` joins the speaker with, and nobody else.

    Who isn't a member can't speak in it. A `graph` maps a speaker to hearers, or names a field or method of the world that
    does. `reach` says who else notices: "private", nobody; "public", all in the speaker's place too; "broadcast",
    everybody who takes part. In a private one, each of the others in the speaker's place overhears with the chance
    `overheard`. Words arrive `delay` simulated seconds later, and with the chance `loss`, for each hearer, not at all;
    `hooks` work on each message in their order. All chance is drawn by key, so that channels don't disturb each other.

    A channel named "" is how words travel that go by no other: hearers are then whom the ask or the world says, and those who
    may overhear them all others who could notice them.
    """

    version = 1

    def __init__(
        self,
        name: str = "",
        *,
        members: Hearers = None,
        graph: Mapping[str, Sequence[str]] | str | None = None,
        reach: Literal["private", "public", "broadcast"] = "private",
        overheard: float = 0.0,
        delay: float = 0.0,
        loss: float = 0.0,
        hooks: Sequence[MessageHook] = (),
    ) -> None:
        for what, share in (("overheard", overheard), ("loss", loss)):
            if not 0 <= share <= 1:
                raise DefinitionError(f"The channel {name!r} has {what}={share}; it is a chance from 0 to 1.")
        if not 0 <= delay < math.inf:
            raise DefinitionError(f"The channel {name!r} has delay={delay}; nothing arrives before it was said, or never.")
        if reach not in ("private", "public", "broadcast"):
            raise DefinitionError(f"The channel {name!r} has reach={reach!r}; it is 'private', 'public' or 'broadcast'.")
        if members is not None and graph is not None:
            raise DefinitionError(f"The channel {name!r} has members and a graph; give one of them.")
        if not name and (members is not None or graph is not None or reach != "private"):
            raise DefinitionError("A channel without a name is how words travel in the open; its hearers are the world's.")
        for hook in hooks:
            if isinstance(hook, type) or not callable(hook):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise DefinitionError(
                    f"The channel {name!r} has the hook {hook!r}; give a function, or an object such as Delayed(60)."
                )
        wrong = (
            next((each for each, names in graph.items() if isinstance(names, str)), None) if isinstance(graph, Mapping) else None
        )
        if wrong is not None:
            raise DefinitionError(f"The graph of the channel {name!r} has a text for {wrong!r}; give a list of names.")
        self.called = name
        self.name = f"channel {name}" if name else "in the open"
        self.members = members
        self.graph = graph
        self.reach = reach
        self.overheard = overheard
        self.delay = delay
        self.loss = loss
        self.hooks = tuple(hooks)
        self._waiting: list[dict[str, Any]] = []

    # --- who ---

    @property
    def named(self) -> tuple[str, ...]:
        """All whom it names itself, in order; those of a function or of the world aren't known before somebody speaks."""
        if isinstance(self.graph, Mapping):
            return tuple(dict.fromkeys([each for name, names in self.graph.items() for each in (name, *names)]))
        return () if self.members is None or isinstance(self.members, str) or callable(self.members) else tuple(self.members)

    def member_names(self, world: Any, present: Sequence[str]) -> list[str]:
        """Its members who take part now. Raises: StepFailed for an error in the code that says who they are."""
        if self.members is None:
            return list(present)
        with user_code(f"the members of the channel {self.called!r}"):
            if callable(self.members):
                names = self.members(world)
            elif isinstance(self.members, str):
                names = cast("Sequence[str]", _of_world(world, self.members, self.called))
            else:
                names = self.members
            inside = frozenset(names)
        return [name for name in present if name in inside]

    def hearers(self, speaker: str, world: Any, present: Sequence[str]) -> list[str]:
        """Whom words of `speaker` are meant for, itself left out."""
        if self.graph is None:
            return [name for name in self.member_names(world, present) if name != speaker]
        with user_code(f"the graph of the channel {self.called!r}, for {speaker}"):
            graph: Any = _of_world(world, self.graph, self.called) if isinstance(self.graph, str) else self.graph
            names = cast("Sequence[str]", graph(speaker) if callable(graph) else graph.get(speaker, ()))
            joined = frozenset(names)
        return [name for name in present if name in joined and name != speaker]

    def may_speak(self, speaker: str, world: Any, present: Sequence[str]) -> bool:
        """Whether this one can speak in it."""
        return self.graph is not None or self.members is None or speaker in self.member_names(world, present)

    # --- the way ---

    async def deliver(self, event: Event, hearers: Sequence[str], turn: Turn) -> list[Message]:
        """What becomes of the words of a speech `event` on the way to each of `hearers`, in their order."""
        return await together([self._deliver(event, name, turn) for name in hearers])

    async def _deliver(self, event: Event, to: str, turn: Turn) -> Message:
        message = Message(
            speaker=event.actor,
            to=to,
            text=event.text,
            original=event.text,
            event_id=event.id,
            channel=self.called,
            delay=self.delay,
        )
        if self.loss and turn.random(f"loss/{event.id}/{to}").random() < self.loss:
            return replace(message, lost="loss")
        return await through(message, self.hooks, turn)

    def overhears(self, event: Event, name: str, turn: Turn) -> bool:
        """Whether somebody in the speaker's place overhears what isn't meant for them."""
        return self.overheard > 0 and turn.random(f"overheard/{event.id}/{name}").random() < self.overheard

    def wait(self, message: Message, due: float) -> None:
        """Keep a message until simulated second `due`. The same words for several are kept once."""
        entry = {"due": due, "event": message.event_id, "speaker": message.speaker, "text": message.text}
        last = self._waiting[-1] if self._waiting else None
        if last is not None and entry == {key: value for key, value in last.items() if key != "to"}:
            last["to"] = [*last["to"], message.to]
        else:
            self._waiting.append({**entry, "to": [message.to]})

    def arriving(self, now: float) -> list[dict[str, Any]]:
        """The messages that are due, the earliest first, of equal times in the order in which they were said."""
        entries = sorted([each for each in self._waiting if each["due"] <= now], key=lambda each: each["due"])
        due = [{**each, "to": name} for each in entries for name in each["to"]]
        self._waiting = [each for each in self._waiting if each["due"] > now]
        return due

    @property
    def next_due(self) -> float | None:
        """When the next message arrives; None when none is on its way."""
        return min([each["due"] for each in self._waiting], default=None)

    @property
    def waiting(self) -> int:
        """How many messages are on their way."""
        return sum(len(each["to"]) for each in self._waiting)

    def state(self) -> dict[str, JsonValue]:
        """The messages on their way."""
        return {"waiting": [dict(each) for each in self._waiting]}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        waiting = state["waiting"]
        assert isinstance(waiting, list)
        entries = [dict(cast("dict[str, Any]", each)) for each in waiting]
        # An older record has one entry for each hearer.
        self._waiting = [{**each, "to": [each["to"]] if isinstance(each["to"], str) else list(each["to"])} for each in entries]


def _of_world(world: Any, path: str, channel: str) -> Any:
    """The field of the world, or what its method gives."""
    found = world
    for name in path.split("."):
        if world is None or not hasattr(found, name):
            raise UnknownName(
                f"The channel {channel!r} takes its hearers from {path!r}, and the world has no such field or method."
            )
        found = getattr(found, name)
    return found() if callable(found) and not _takes_argument(found) else found


def _takes_argument(function: Any) -> bool:
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    bound = 1 if hasattr(function, "__self__") else 0
    return code is not None and code.co_argcount - bound > 0
