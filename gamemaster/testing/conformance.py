"""ConformanceSuite: the rules of one of the library's protocols, to be run on anybody's implementation.

The one idea: a suite is a class whose test methods are the rules, one each, with the rule as its docstring. A user
subclasses it and says how to make the thing; pytest then finds, names and runs every rule by itself:

    class TestMyModel(LanguageModelSuite):
        def make(self) -> LanguageModel:
            return MyModel()

A class and not a function that checks everything, because a test report should show each rule on a line of its own, a
single rule should run with `-k`, and what a suite must know (a world to stand in, what a model is too weak for) is an
attribute or method to override. Outside of pytest, in a notebook, `MySuite.broken_rules(MyModel)` runs the same rules. A
rule that doesn't apply (repeatability, of a model that doesn't claim it) is skipped.

A suite tries rules out on examples: it finds what is broken and proves nothing right.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, Generic, NoReturn, TypeVar
from unittest import SkipTest

from gamemaster.words import UnknownName

__all__ = ["ConformanceSuite", "RuleBroken", "does_not_apply", "expect", "rule"]

Part = TypeVar("Part")
Result = TypeVar("Result")
Suite = TypeVar("Suite", bound="ConformanceSuite[Any]")

_PREFIX = "test_"


class RuleBroken(AssertionError):
    """An implementation breaks a rule: `rule` is its name, `found` what was seen instead."""

    def __init__(self, rule: str, says: str, found: str, *, suite: str) -> None:
        self.rule, self.found = rule, found
        super().__init__(f"{suite}, rule {rule}: {says}\nFound: {found}")


class ConformanceSuite(Generic[Part]):
    """Subclass a suite and define `make`; see the module.

    `make` gives a new object of the same configuration at each call. Where that is costly it may give the same one
    again, at the price that traces of one rule may show in the next. `patience` is how many seconds a rule may take: an
    implementation that hangs breaks it.
    """

    patience: ClassVar[float] = 120.0

    def make(self) -> Part:
        """A new object of the kind under examination."""
        raise NotImplementedError(f"{type(self).__name__} has no make(); define it to return what is to be examined.")

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """What a coroutine returns, awaited on the library's own event loop; from plain code only.

        Raises: AssertionError when it takes longer than the suite's patience.
        """
        from gamemaster.simulation.loop import run_plain

        return run_plain(_within(coroutine, self.patience))

    @classmethod
    def rules(cls) -> dict[str, str]:
        """The rules by name, with the first line of what they say, in the order in which they are run."""
        names = [name for owner in reversed(cls.__mro__) for name in vars(owner) if name.startswith(_PREFIX)]
        return {name[len(_PREFIX) :]: _says(getattr(cls, name)) for name in dict.fromkeys(names)}

    @classmethod
    def broken_rules(cls, make: Callable[[], Part], *rules: str, **options: Any) -> dict[str, RuleBroken]:
        """The rules that what `make` makes breaks; empty when it keeps all. With `rules` only these are run.

        `options` override the suite's attributes. Raises: UnknownName for a rule that the suite doesn't have.
        """
        known = cls.rules()
        for name in rules:
            if name not in known:
                raise UnknownName.of(f"rule of {cls.__name__}", name, known)

        def made(self: object) -> Part:
            return make()

        suite: Any = type(cls.__name__, (cls,), {**options, "make": made})()
        broken: dict[str, RuleBroken] = {}
        for name in rules or known:
            try:
                getattr(suite, _PREFIX + name)()
            except RuleBroken as found:
                broken[name] = found
            except SkipTest:
                continue
        return broken


def rule(method: Callable[[Suite], Coroutine[Any, Any, None] | None]) -> Callable[[Suite], None]:
    """Makes a method, plain or a coroutine, a rule: whatever it raises is a `RuleBroken` that names it.

    A coroutine is run on the library's own event loop, as a simulation is; that is possible in a notebook too.
    """
    name = method.__name__.removeprefix(_PREFIX)

    @functools.wraps(method)
    def run(self: Suite) -> None:
        try:
            running = method(self)
            if running is not None:
                self.run(running)
        except (SkipTest, RuleBroken):
            raise
        except Exception as error:
            found = str(error) if type(error) is AssertionError else f"{type(error).__name__}: {error}"
            raise RuleBroken(name, _says(method), found, suite=type(self).__name__) from error

    return run


def expect(condition: object, found: str) -> None:
    """Raises AssertionError with what was `found` unless the condition holds."""
    if not condition:
        raise AssertionError(found)


def does_not_apply(why: str) -> NoReturn:
    """Leave a rule that has nothing to say of this implementation; pytest shows it as skipped."""
    raise SkipTest(why)


def _says(method: Callable[..., Any]) -> str:
    return (inspect.getdoc(method) or "").partition("\n")[0]


async def _within(coroutine: Coroutine[Any, Any, Result], seconds: float) -> Result:
    # Not by wait_for: its TimeoutError could be the implementation's own.
    task = asyncio.ensure_future(coroutine)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
        expect(done, f"no end within {seconds:g} seconds")
        return task.result()
    finally:
        task.cancel()
