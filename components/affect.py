"""Affect: how the agent feels, what about, and how it gets over it.

The one idea: mood is a point that events push and time draws back, x <- base + (x - base) 2^(-dt / half-life), in simulated
time; beside it stand the emotions that were felt of late, each with its cause, which fade faster.

Source: see `gamemaster.components.emotion`. Departures: an emotion moves the mood by its place times its strength at once,
where ALMA pulls the mood step by step toward the middle of all active emotions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

from gamemaster.components.emotion import EMOTIONS, Emotion, Feeling, drawn_back, faded, felt, moved, sector
from gamemaster.components.happening import Happening, Rules, check_rules, ruled
from gamemaster.components.happenings import Happenings
from gamemaster.components.room import lines_within
from gamemaster.components.unless_failed import unless_failed
from gamemaster.language import together
from gamemaster.words import Attempt, Chosen, Component, DefinitionError, Event, JsonValue, Observation, Section, Turn

__all__ = ["Affect"]

_MOST_NEWS = 8
_LONGEST_CAUSE = 100
_FULL = 10


class Affect(Component):
    """How the agent feels: valence and arousal, -1 to 1 each, and the named emotions of late with their causes.

    `base` is the mood that it comes back to; half of a deviation is gone after `half_life` simulated seconds, half of an
    emotion after `emotion_half_life`. `rules` say what happenings are felt as: `{"refusal": Feeling(emotion="disappointment",
    strength=0.6)}` by action, tag or kind of event, or a function of a `Happening`. With `asks` (by default where there are no
    rules) the model appraises the news of a step by two questions at the same time: which emotion, and how strong. It is
    asked only where something concerns the agent: its own deeds and their refusal, what it hears or is told, and what it
    sees others do that names it.

    Measures: `valence`, `arousal` (in each step in which something was noticed), `emotion` (the strongest newly felt).
    """

    changes = "always"
    kind = "other"

    def __init__(
        self,
        *,
        base: tuple[float, float] = (0.0, 0.0),
        half_life: float = 4 * 3600.0,
        emotion_half_life: float = 3600.0,
        rules: Rules[Feeling] | None = None,
        asks: bool | None = None,
        shown_emotions: int = 2,
        given: Sequence[Component] = (),
        name: str = "affect",
        budget: int = 120,
    ) -> None:
        if len(base) != 2 or not all(-1 <= each <= 1 for each in base):
            raise DefinitionError(f"The component {name!r} has base={base}; it is (valence, arousal), both -1 to 1.")
        for what, seconds in (("half_life", half_life), ("emotion_half_life", emotion_half_life)):
            if not 0 < seconds < math.inf:
                raise DefinitionError(f"The component {name!r} has {what}={seconds}; it is a number of seconds above 0.")
        if shown_emotions < 0:
            raise DefinitionError(f"The component {name!r} has shown_emotions={shown_emotions}; it must be at least 0.")
        check_rules(rules or {}, Feeling, name=name)
        self.base = (float(base[0]), float(base[1]))
        self.half_life = half_life
        self.emotion_half_life = emotion_half_life
        self.rules: Rules[Feeling] = rules if rules is not None else {}
        self.asks = rules is None if asks is None else asks
        self.shown_emotions = shown_emotions
        self.given = tuple(given)
        self.name = name
        self.budget = budget
        self._happenings = Happenings()
        self._mood = self.base
        self._emotions: tuple[Emotion, ...] = ()
        self._at = 0.0

    def mood(self, time: float) -> tuple[float, float]:
        """Valence and arousal at a moment, in simulated seconds."""
        passed = time - self._at
        valence, arousal = [drawn_back(x, base, passed, self.half_life) for x, base in zip(self._mood, self.base, strict=True)]
        return valence, arousal

    def emotions(self, time: float) -> list[Emotion]:
        """What is felt at a moment, the strongest first; of ties the newer."""
        left = faded(self._emotions, time - self._at, self.emotion_half_life)
        return sorted(left, key=lambda each: (-each.strength, -left.index(each)))

    # --- the prompt ---

    async def context(self, turn: Turn) -> str:
        """The mood in words, and the strongest emotions with their causes."""
        moods, words = turn.prompts("moods"), turn.prompts("emotions")
        lines = [turn.prompt("mood", mood=moods[sector(*self.mood(turn.time))])]
        known = list(EMOTIONS)
        for emotion in self.emotions(turn.time)[: self.shown_emotions]:
            lines.append(turn.prompt("emotion", emotion=words[known.index(emotion.name)], cause=emotion.cause))
        return lines_within(lines, self.budget)

    # --- what happens ---

    async def observe(self, observation: Observation) -> None:
        """Note what may be felt."""
        self._happenings.notice(observation)

    async def after_action(self, attempt: Attempt, events: Sequence[Event]) -> None:
        """Note which action it was, and what was refused."""
        self._happenings.mind(attempt, events)

    async def react(self, turn: Turn) -> None:
        """Let time pass, and feel what happened."""
        happened = self._happenings.take(turn)
        if not happened:
            return
        self._mood, self._emotions = self.mood(turn.time), faded(self._emotions, turn.time - self._at, self.emotion_half_life)
        self._at = float(turn.time)
        found = [(feeling, each) for each in happened for feeling in ruled(self.rules, each, Feeling)]
        if self.asks:
            concerned = [each for each in happened if _concerns(each, turn.agent)][-_MOST_NEWS:]
            if concerned and (feeling := await self._appraise(turn, concerned)) is not None:
                found.append((feeling, concerned[-1]))
        for feeling, happening in found:
            self._feel(feeling, happening.line(turn.texts, _LONGEST_CAUSE))
        turn.measure("valence", round(self._mood[0], 6))
        turn.measure("arousal", round(self._mood[1], 6))
        named = [feeling for feeling, _ in found if feeling.emotion]
        if named:
            turn.measure("emotion", max(named, key=lambda each: each.strength).emotion)

    def _feel(self, feeling: Feeling, cause: str) -> None:
        valence, arousal = feeling.push
        self._mood = moved(self._mood[0], valence), moved(self._mood[1], arousal)
        self._emotions = felt(self._emotions, feeling, cause)

    async def _appraise(self, turn: Turn, news: Sequence[Happening]) -> Feeling | None:
        """What the news is felt as; None for nothing, and where the model gives no usable answer."""
        label, text = turn.prompt("news"), "\n".join(each.line(turn.texts) for each in news)
        notes = [Section(label=label, text=text, kind="observation", component=self.name)]
        options = [turn.prompt("nothing"), *turn.prompts("emotions")]
        which = turn.choose(turn.prompt("which"), options, given=self.given, notes=notes, unsure=0, what="which")
        strong = turn.number(turn.prompt("how_strong"), 0, _FULL, given=self.given, notes=notes, what="how_strong")
        chosen, strength = cast(
            "tuple[Chosen | None, float | None]", await together([unless_failed(which), unless_failed(strong)])
        )
        if chosen is None or strength is None or chosen.index == 0 or strength == 0:
            return None
        return Feeling(emotion=list(EMOTIONS)[chosen.index - 1], strength=strength / _FULL)

    # --- its state ---

    def state(self) -> dict[str, JsonValue]:
        """Mood and emotions, as of when, and what was noticed and not thought about."""
        emotions: list[JsonValue] = [[each.name, each.strength, each.cause] for each in self._emotions]
        return {
            "mood": [*self._mood],
            "emotions": emotions,
            "at": self._at,
            "noticed": self._happenings.as_json(),
        }

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        held: Any = state
        valence, arousal = held["mood"]
        self._mood = float(valence), float(arousal)
        self._emotions = tuple(
            Emotion(name=name, strength=float(strength), cause=cause) for name, strength, cause in held["emotions"]
        )
        self._at = float(held["at"])
        self._happenings.restore(held["noticed"])


def _concerns(happening: Happening, agent: str) -> bool:
    """Whether it is the agent's own deed, something said, told or announced, or something seen that names the agent."""
    if happening.actor == agent:
        return not happening.is_speech
    return happening.how in ("heard", "was_told", "announced") or happening.names(agent)
