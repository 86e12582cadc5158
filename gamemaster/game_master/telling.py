"""Telling: each witness of an event gets an observation of it, and nobody else does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gamemaster.components.game_master.message import Message
from gamemaster.game_master.chronicle import Chronicle
from gamemaster.words import Attempt, Event, PromptTexts, quote

__all__ = ["Views", "tell_event"]

Views = Mapping[tuple[str, str], str]
"""An event in the words of one witness's point of view, by event id and name."""


def tell_event(
    chronicle: Chronicle,
    event: Event,
    texts: PromptTexts,
    attempt: Attempt | None = None,
    *,
    messages: Sequence[Message] | None = None,
    views: Views | None = None,
) -> None:
    """Give each witness of an event an observation of it; the actor of a refused attempt learns what and why.

    Of speech that went by a channel, `messages` say how it arrives at whom; `views` have an event in a witness's words.
    """
    if event.kind == "refusal":
        told = texts.text("game_master", "could_not", name=event.actor, reason=event.text)
        if attempt is not None and isinstance(attempt.answer, str):
            told += texts.text("game_master", "attempted", words=quote(attempt.answer))
        chronicle.tell(event, event.witnesses, "own", told)
    elif event.kind == "speech" and messages is None:
        for name in event.witnesses:
            chronicle.tell(event, [name], "own" if name == event.actor else "heard", event.text, speaker=event.actor)
    elif event.kind == "speech" and messages is not None:
        arrived = {message.to: message for message in messages}
        for name in event.witnesses:
            tags = (event.channel,) if event.channel else ()
            if name == event.actor:
                chronicle.tell(event, [name], "own", event.text, speaker=event.actor, tags=tags)
            else:
                text = arrived[name].text if name in arrived else event.text
                chronicle.tell(event, [name], "heard", text, speaker=event.actor, tags=tags)
    elif event.text:
        for name in event.witnesses:
            how = "announced" if not event.actor else "own" if name == event.actor else "saw"
            text = event.text if views is None else views.get((event.id, name)) or event.text
            chronicle.tell(event, [name], how, text)
