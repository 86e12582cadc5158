"""Everything that gamemaster raises on purpose.

    GamemasterError
    ├── BadInput             what the user gave is wrong; the command line exits with 2
    │   ├── DefinitionError      an agent, component, world, scenario or law is defined wrongly
    │   ├── UnknownName          a name that nothing has; the nearest ones are in the message
    │   ├── InvalidAnswer        an answer outside its action spec
    │   ├── MemoryInputError     a memory, query or vector that can't be used
    │   └── ArchiveError         a folder that is no archive, or can't be used as asked
    │       ├── ArchiveInUse         the folder holds another run, or another process writes to it
    │       ├── ArchiveDamaged       what is stored fails its checks
    │       └── ReplayMismatch       a request differs from the recorded one
    ├── StepFailed           an exception in a user's component, world or policy; names its place
    ├── CircularContext      components that wait for each other's context
    ├── AnswerFailed         no usable answer to a component's question in three tries
    ├── ModelError           a language model or embedder could not be asked (not: answered badly)
    ├── BudgetSpent          a declared limit on tokens, calls or money has been reached
    └── TooManyFailures      more failed answers than `max_failures` allows; the run can be resumed

What a model does wrong is no exception: an answer that can't be parsed is a failure on record, and an action that
the world does not allow is a refusal.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "AnswerFailed",
    "ArchiveDamaged",
    "ArchiveError",
    "ArchiveInUse",
    "BadInput",
    "BudgetSpent",
    "CircularContext",
    "DefinitionError",
    "GamemasterError",
    "InvalidAnswer",
    "MemoryInputError",
    "ModelError",
    "ReplayMismatch",
    "StepFailed",
    "TooManyFailures",
    "UnknownName",
]


class GamemasterError(Exception):
    """The root of the tree: catch this to catch all that the library raises on purpose."""


class BadInput(GamemasterError, ValueError):
    """What the user gave is wrong; the message says what, where and how to mend it."""


class DefinitionError(BadInput):
    """An agent, component, world, law or scenario is defined wrongly."""


class UnknownName(BadInput):
    """A name that nothing has.

    `UnknownName.of("scenario", "comons", ["commons"])` reads: "There is no scenario 'comons'. Did you mean 'commons'?"
    """

    @classmethod
    def of(cls, what: str, name: str, known: Iterable[str], *, hint: str = "") -> UnknownName:
        """The error for `name`, with the nearest of the `known` names, or all of them when none is near."""
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
        if near:
            mend = "Did you mean " + " or ".join(repr(each) for each in near) + "?"
        elif names:
            mend = f"Known: {', '.join(names)}."
        else:
            mend = "None is defined."
        return cls(" ".join(part for part in (f"There is no {what} {name!r}.", mend, hint) if part))


class InvalidAnswer(BadInput):
    """An answer that its action spec does not allow; the message says what would have been allowed."""


class MemoryInputError(BadInput):
    """A memory, query, weight or vector that the associative memory can't use; nothing stored has changed."""


class ArchiveError(BadInput):
    """A folder that is no run archive, or one that can't be used as asked."""


class ArchiveInUse(ArchiveError):
    """The folder holds another run, or another process is writing to it."""


class ArchiveDamaged(ArchiveError):
    """What is stored fails its checks; the message names the place."""


class ReplayMismatch(ArchiveError):
    """A request differs from the one recorded under the same call key."""


class StepFailed(GamemasterError):
    """An exception in a user's component, world or policy; the run stands at its last committed step.

    The original exception is `__cause__`.
    """

    def __init__(self, what: str, *, place: str, resume: str = "") -> None:
        self.what, self.place, self.resume = what, place, resume
        super().__init__(f"{place}: {what}" + (f"\n{resume}" if resume else ""))


class CircularContext(GamemasterError):
    """Components that wait for each other's context; the message shows the circle."""


class AnswerFailed(GamemasterError):
    """A model gave no usable answer to a component's question in three tries; each try is on record."""


class ModelError(GamemasterError):
    """A language model or embedder could not be asked (a bad answer is not this: it is data)."""


class BudgetSpent(GamemasterError):
    """A declared limit on tokens, calls, money or time has been reached; the run ends at the last committed step."""


class TooManyFailures(GamemasterError):
    """More failed answers than `max_failures` allows; the run stands at its last committed step and can be resumed."""
