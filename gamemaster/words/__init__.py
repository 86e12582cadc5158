"""The words that everything else is said in: what travels between agents, game master and world, keys and errors."""

from gamemaster.words.action_spec import WHAT_NEXT, ActionSpec, AnswerValue, SpecKind
from gamemaster.words.attempt import Ask, Attempt, Failure
from gamemaster.words.component import Component
from gamemaster.words.domains import Between, Domain, OneOf, Person, PersonDomain, Place, PlaceDomain
from gamemaster.words.errors import (
    AnswerFailed,
    ArchiveDamaged,
    ArchiveError,
    ArchiveInUse,
    BadInput,
    BudgetSpent,
    CircularContext,
    DefinitionError,
    GamemasterError,
    InvalidAnswer,
    MemoryInputError,
    ModelError,
    ReplayMismatch,
    StepFailed,
    TooManyFailures,
    UnknownName,
)
from gamemaster.words.event import Event, EventKind, JsonPatch, Observation, ObservationHow
from gamemaster.words.grounding import ActionCall, Grounding
from gamemaster.words.keys import CallKey, Draws, derive_seed, draws
from gamemaster.words.memory_record import EDITABLE, Hit, MemoryKind, MemoryRecord, MemoryVersion, Remembers, Weights
from gamemaster.words.moment import Moment
from gamemaster.words.prompt_texts import LANGUAGES, PROMPTS, Perspective, PromptTexts, prompt_texts
from gamemaster.words.quote import one_line, quote
from gamemaster.words.section import CHANGES, Changes, Section, SectionKind
from gamemaster.words.stateful import JsonValue, Stateful
from gamemaster.words.turn import Chosen, Turn
from gamemaster.words.user_code import user_code
from gamemaster.words.view import Policy, View

__all__ = [
    "CHANGES",
    "EDITABLE",
    "LANGUAGES",
    "PROMPTS",
    "WHAT_NEXT",
    "ActionCall",
    "ActionSpec",
    "AnswerFailed",
    "AnswerValue",
    "ArchiveDamaged",
    "ArchiveError",
    "ArchiveInUse",
    "Ask",
    "Attempt",
    "BadInput",
    "Between",
    "BudgetSpent",
    "CallKey",
    "Changes",
    "Chosen",
    "CircularContext",
    "Component",
    "DefinitionError",
    "Domain",
    "Draws",
    "Event",
    "EventKind",
    "Failure",
    "GamemasterError",
    "Grounding",
    "Hit",
    "InvalidAnswer",
    "JsonPatch",
    "JsonValue",
    "MemoryInputError",
    "MemoryKind",
    "MemoryRecord",
    "MemoryVersion",
    "ModelError",
    "Moment",
    "Observation",
    "ObservationHow",
    "OneOf",
    "Person",
    "Perspective",
    "PersonDomain",
    "Place",
    "PlaceDomain",
    "Policy",
    "Remembers",
    "PromptTexts",
    "ReplayMismatch",
    "Section",
    "SectionKind",
    "SpecKind",
    "Stateful",
    "StepFailed",
    "TooManyFailures",
    "Turn",
    "UnknownName",
    "View",
    "Weights",
    "derive_seed",
    "draws",
    "one_line",
    "prompt_texts",
    "quote",
    "user_code",
]
