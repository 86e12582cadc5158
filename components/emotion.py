"""Emotion: where feelings lie between pleasant and unpleasant, calm and stirred, and how they fade.

The one idea: a state of mind is a point (valence, arousal), both -1 to 1; an emotion pushes it, and time draws it back by
halves. All here is arithmetic and names; what an event is felt as is declared, or judged elsewhere.

Source: Russell 1980, a circumplex model of affect (the plane and its eight sectors); Ortony, Clore and Collins 1988 (the 22
names); Gebhard 2005, ALMA, for where these lie (its pleasure and arousal; its dominance is left out).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from gamemaster.words import DefinitionError, UnknownName

__all__ = ["EMOTIONS", "Emotion", "Feeling", "drawn_back", "faded", "felt", "moved", "sector"]

EMOTIONS: dict[str, tuple[float, float]] = {
    "joy": (0.4, 0.2),
    "distress": (-0.4, -0.2),
    "happy_for": (0.4, 0.2),
    "pity": (-0.4, -0.2),
    "resentment": (-0.2, -0.3),
    "gloating": (0.3, -0.3),
    "hope": (0.2, 0.2),
    "fear": (-0.64, 0.6),
    "satisfaction": (0.3, -0.2),
    "fears_confirmed": (-0.5, -0.3),
    "relief": (0.2, -0.3),
    "disappointment": (-0.3, 0.1),
    "pride": (0.4, 0.3),
    "shame": (-0.3, 0.1),
    "admiration": (0.5, 0.3),
    "reproach": (-0.3, -0.1),
    "gratification": (0.6, 0.5),
    "remorse": (-0.3, 0.1),
    "gratitude": (0.4, 0.2),
    "anger": (-0.51, 0.59),
    "love": (0.3, 0.1),
    "hate": (-0.6, 0.6),
}
"""Valence and arousal of each emotion at full strength. The prompt texts of `affect` list their words in this order."""

_CALM_WITHIN = 0.1
_FAINT = 0.05
_MOST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeling:
    """What an event is felt as: an `emotion` of `strength` 0 to 1, or a push of valence and arousal, or both.

    Raises: UnknownName for an emotion that isn't one of `EMOTIONS`; DefinitionError for figures out of range.
    """

    emotion: str = ""
    strength: float = 0.5
    valence: float = 0.0
    arousal: float = 0.0

    def __post_init__(self) -> None:
        if self.emotion and self.emotion not in EMOTIONS:
            raise UnknownName.of("emotion", self.emotion, EMOTIONS)
        if not 0 <= self.strength <= 1:
            raise DefinitionError(f"Feeling(emotion={self.emotion!r}, strength={self.strength}): strength is 0 to 1.")
        if not (-1 <= self.valence <= 1 and -1 <= self.arousal <= 1):
            raise DefinitionError(f"Feeling(valence={self.valence}, arousal={self.arousal}): both are -1 to 1.")

    @property
    def push(self) -> tuple[float, float]:
        """How far it moves valence and arousal."""
        valence, arousal = EMOTIONS.get(self.emotion, (0.0, 0.0))
        return self.valence + self.strength * valence, self.arousal + self.strength * arousal


@dataclass(frozen=True, slots=True, kw_only=True)
class Emotion:
    """An emotion that is felt, how strongly, and what it was about."""

    name: str
    strength: float
    cause: str = ""


def drawn_back(x: float, base: float, seconds: float, half_life: float) -> float:
    """`x` after so much time: base + (x - base) 2^(-seconds / half_life); time that runs backwards counts as none."""
    return base + (x - base) * 2.0 ** (-max(0.0, seconds) / half_life)


def moved(x: float, push: float) -> float:
    """`x` after a push, -1 to 1."""
    return min(1.0, max(-1.0, x + push))


def faded(emotions: Iterable[Emotion], seconds: float, half_life: float) -> tuple[Emotion, ...]:
    """What is left of emotions after so much time, without those too faint to be named."""
    left = [replace(each, strength=drawn_back(each.strength, 0.0, seconds, half_life)) for each in emotions]
    return tuple(each for each in left if each.strength >= _FAINT)


def felt(emotions: Iterable[Emotion], feeling: Feeling, cause: str) -> tuple[Emotion, ...]:
    """The emotions with one more: strengths of the same name add up to 1 at most, and the newest cause counts.

    At most six stay: the weakest goes first, of ties the older.
    """
    held = list(emotions)
    if not feeling.emotion or feeling.strength < _FAINT:
        return tuple(held)
    before = sum(each.strength for each in held if each.name == feeling.emotion)
    new = Emotion(name=feeling.emotion, strength=min(1.0, before + feeling.strength), cause=cause)
    held = [*(each for each in held if each.name != feeling.emotion), new]
    while len(held) > _MOST:
        held.remove(min(held, key=lambda each: each.strength))
    return tuple(held)


def sector(valence: float, arousal: float) -> int:
    """Which eighth of the circle a state lies in, from 1 (pleased) against the clock; 0 near the middle.

    They are: pleased, excited, aroused, distressed, miserable, depressed, sleepy, relaxed.
    """
    if math.hypot(valence, arousal) < _CALM_WITHIN:
        return 0
    return int(((math.degrees(math.atan2(arousal, valence)) + 22.5) % 360) // 45) + 1
