"""ActionSpec: what is asked of one agent, and which answers are answers to it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, cast

from pydantic import BaseModel, ValidationError

from gamemaster.words.errors import DefinitionError, InvalidAnswer
from gamemaster.words.keys import draws

__all__ = ["WHAT_NEXT", "ActionSpec", "AnswerValue", "SpecKind"]

WHAT_NEXT = "What does {name} do next?"
"""What is asked where a scenario says nothing; a run in another language, or perspective, has its own text for it."""

SpecKind: TypeAlias = Literal["free", "speech", "choice", "number", "object", "action"]
AnswerValue: TypeAlias = Any
"""Text for free and speech, the option for a choice, int or float for a number, a dict of JSON values otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSpec:
    """What is asked of one agent; make it with `free`, `speech`, `choice`, `number`, `object` or `of`.

    `call` is the question as put to the agent; `{name}` and `{time}` in it are filled in when it is asked, and no other
    braces mean anything. `tag` names the question for the draws of chance that go with it (a shuffle, a policy's
    `view.random`); without one the step does, so state a tag where another option may add or drop steps.
    """

    kind: SpecKind
    call: str
    options: tuple[str, ...] = ()
    actions: tuple[str | None, ...] | None = None
    low: float | None = None
    high: float | None = None
    whole: bool = False
    schema: type[BaseModel] | None = None
    action: str | None = None
    to: tuple[str, ...] | None = None
    shuffle: bool = False
    tag: str = ""
    channel: str = ""

    @classmethod
    def free(cls, call: str = WHAT_NEXT, *, tag: str = "") -> ActionSpec:
        """Any attempt, in words; the game master grounds it."""
        return cls(kind="free", call=call, tag=tag)

    @classmethod
    def speech(
        cls,
        call: str = "What does {name} say?",
        to: str | Iterable[str] | None = None,
        *,
        channel: str = "",
        tag: str = "",
    ) -> ActionSpec:
        """Words to be said as they are. They reach `to`, else the scene's hearers, else the world's witnesses.

        With a `channel` of the game master's they go by that, to `to` of its members, or to all of them.
        """
        hearers = (to,) if isinstance(to, str) else None if to is None else tuple(to)
        return cls(kind="speech", call=call, to=hearers, tag=tag, channel=channel)

    @classmethod
    def choice(
        cls,
        call: str,
        options: Iterable[str] | Mapping[str, Callable[..., Any] | str | None],
        *,
        shuffle: bool = False,
        tag: str = "",
    ) -> ActionSpec:
        """One of `options`. A mapping binds options to actions of the world, or to None: `{"Buy": Market.buy}`.

        A bound action is applied with no grounding; it may need no argument but the actor. With `shuffle` the order
        shown is drawn from the run's seed; the answer is the option, whatever its place.
        Raises: DefinitionError for no options, an empty one, or two alike.
        """
        actions: tuple[str | None, ...] | None = None
        if isinstance(options, Mapping):
            bound = cast("Mapping[str, Callable[..., Any] | str | None]", options)
            actions = tuple(None if each is None else _action_name(each) for each in bound.values())
            names = tuple(bound)
        else:
            names = tuple(options)
        if not names:
            raise DefinitionError(f"The choice {call!r} has no options; give at least one.")
        for name in names:
            if not isinstance(name, str) or not name.strip():  # pyright: ignore[reportUnnecessaryIsInstance]
                raise DefinitionError(f"The choice {call!r} has the option {name!r}; an option is a text that isn't empty.")
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise DefinitionError(f"The choice {call!r} has the option {twice!r} twice; give each once.")
        return cls(kind="choice", call=call, options=names, actions=actions, shuffle=shuffle, tag=tag)

    @classmethod
    def number(cls, call: str, low: float | None = None, high: float | None = None, *, tag: str = "") -> ActionSpec:
        """A number from `low` to `high`, both included; a whole one when every bound given is an int."""
        bounds = [bound for bound in (low, high) if bound is not None]
        if any(not math.isfinite(bound) for bound in bounds) or (low is not None and high is not None and low > high):
            raise DefinitionError(
                f"The number {call!r} has the bounds {low!r} and {high!r}; low must be at most high, both finite."
            )
        whole = bool(bounds) and all(isinstance(bound, int) for bound in bounds)
        return cls(kind="number", call=call, low=low, high=high, whole=whole, tag=tag)

    @classmethod
    def object(cls, call: str, schema: type[BaseModel], *, tag: str = "") -> ActionSpec:
        """A JSON object that the pydantic model `schema` accepts."""
        return cls(kind="object", call=call, schema=schema, tag=tag)

    @classmethod
    def of(cls, action: Callable[..., Any] | str, call: str, *, tag: str = "") -> ActionSpec:
        """The arguments of one action of the world: `ActionSpec.of(Market.buy_apples, "How many?")`.

        The answer is applied with no grounding and no plausibility call. An action of a part is named by a string,
        `"market.buy_apples"`, where the world has more than one of it.
        """
        return cls(kind="action", call=call, action=_action_name(action), tag=tag)

    def question(self, *, name: str, time: str) -> str:
        """The call with `{name}` and `{time}` filled in."""
        return self.call.replace("{name}", name).replace("{time}", time)

    def shown(self, run_seed: int, *key: str | int) -> ActionSpec:
        """This spec with its options in the order in which they are shown (drawn by key with `shuffle`)."""
        if not self.shuffle:
            return self
        order = list(range(len(self.options)))
        draws(run_seed, "shuffle", *key).shuffle(order)
        actions = None if self.actions is None else tuple(self.actions[i] for i in order)
        return replace(self, options=tuple(self.options[i] for i in order), actions=actions, shuffle=False)

    def check(self, answer: AnswerValue) -> AnswerValue:
        """The answer in its proper form.

        A policy may answer a free spec with an action itself, as {"action": name, "arguments": {…}}: it needs no grounding.
        Raises: InvalidAnswer, with what would have been allowed. The arguments of an action are checked for being a
        JSON object only; their types and domains are the world's to check.
        """
        if self.kind == "free" and isinstance(answer, Mapping):
            deed = cast("Mapping[str, Any]", answer)
            arguments = deed.get("arguments", {})
            if not isinstance(deed.get("action"), str) or not isinstance(arguments, Mapping):
                raise InvalidAnswer(f"The answer {answer!r} is no action; write it as {{'action': name, 'arguments': {{…}}}}.")
            return {"action": deed["action"], "arguments": dict(cast("Mapping[str, Any]", arguments))}
        if self.kind in ("free", "speech"):
            if not isinstance(answer, str) or not answer.strip():
                raise InvalidAnswer(f"The answer {answer!r} is no text; {self.kind} wants words.")
            return answer
        if self.kind == "choice":
            if answer not in self.options:
                raise InvalidAnswer(f"The answer {answer!r} is none of the options: {', '.join(map(repr, self.options))}.")
            return answer
        if self.kind == "number":
            return self._checked_number(answer)
        if self.schema is not None:
            try:
                return self.schema.model_validate(answer).model_dump(mode="json")
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                place = ".".join(map(str, first["loc"])) or "the whole"
                raise InvalidAnswer(f"The answer {answer!r} does not fit: {place}: {first['msg']}.") from None
        return answer

    def _checked_number(self, answer: AnswerValue) -> int | float:
        if isinstance(answer, bool) or not isinstance(answer, int | float) or not math.isfinite(answer):
            raise InvalidAnswer(f"The answer {answer!r} is no number.")
        if self.whole and answer != int(answer):
            raise InvalidAnswer(f"The answer {answer!r} is no whole number.")
        if (self.low is not None and answer < self.low) or (self.high is not None and answer > self.high):
            raise InvalidAnswer(f"The answer {answer!r} is outside {self.low} .. {self.high}.")
        return int(answer) if self.whole else answer

    def to_json(self) -> dict[str, Any]:
        """This spec as JSON values, for the archive; fields at their default are left out."""
        out: dict[str, Any] = {"kind": self.kind, "call": self.call}
        for name in ("low", "high", "action"):
            if getattr(self, name) is not None:
                out[name] = getattr(self, name)
        if self.options:
            out["options"] = list(self.options)
        if self.actions is not None:
            out["actions"] = list(self.actions)
        if self.to is not None:
            out["to"] = list(self.to)
        if self.tag:
            out["tag"] = self.tag
        if self.channel:
            out["channel"] = self.channel
        if self.schema is not None and self.kind == "object":
            out["schema"] = json.loads(json.dumps(self.schema.model_json_schema(), sort_keys=True))
        return out


def _action_name(action: Callable[..., Any] | str) -> str:
    if isinstance(action, str):
        return action
    definition = getattr(action, "__action__", None)
    if definition is None:
        raise DefinitionError(f"{getattr(action, '__qualname__', action)!r} is no action; decorate it with @action, or name one.")
    return str(definition.name)
