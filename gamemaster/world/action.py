"""action: what makes a method of a world something that can be done in it.

The one idea: the method's signature and docstring are all that anyone needs to know about the action: its parameters'
types are their domains, and the docstring's first paragraph is what a game master or an agent reads.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar, get_args, get_origin, get_type_hints, overload

from gamemaster.words import DefinitionError, PersonDomain
from gamemaster.world.parameter import ParameterDefinition, TypeNotAllowed, domain_of, parameter_type

__all__ = ["ActionDefinition", "Takes", "When", "action"]

Method = TypeVar("Method", bound=Callable[..., Any])
When: TypeAlias = str | Callable[..., bool]
"""A method's name, or a function (world, actor) -> bool."""

Takes: TypeAlias = float | str | Callable[..., float]
"""Seconds, a method's name, or a function (world, actor) -> seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDefinition:
    """What is known of an action; `name` is dotted where the world is a part of another.

    `takes_actor` says whether the method has an `actor`, which the engine fills in. What is not `offered` is done by
    the world itself only, by way of `self.later`; what is `by` the game master is open to no agent. `takes` is how long it
    keeps the actor busy, where a schedule goes by time; None where the action doesn't say.
    """

    name: str
    together: bool = False
    when: When | None = None
    offered: bool = True
    by: Literal["agents", "game_master"] = "agents"
    takes: Takes | None = None
    description: str = ""
    takes_actor: bool = False
    parameters: tuple[ParameterDefinition, ...] = ()


@overload
def action(function: Method, /) -> Method: ...
@overload
def action(
    *,
    together: bool = False,
    when: When | None = None,
    offered: bool = True,
    by: Literal["agents", "game_master"] = "agents",
    takes: Takes | None = None,
) -> Callable[[Method], Method]: ...
def action(
    function: Any = None,
    /,
    *,
    together: bool = False,
    when: When | None = None,
    offered: bool = True,
    by: Literal["agents", "game_master"] = "agents",
    takes: Takes | None = None,
) -> Any:
    """Make a method of a world an action.

    With `together` it gets the answers of all who take part in a step at once: each parameter is a dict by the actor's
    name, and there is no `actor`. `when`, the name of a method or a function (world, actor) -> bool, says to whom it
    is open; to others it is not offered. With `offered=False` nobody can choose it: it is for `self.later`. With
    `by="game_master"` agents can't either: the game master may have it follow from what an agent, its actor, did. `takes`
    is how many simulated seconds it keeps its actor busy, where the schedule goes by time: a number, the name of a method,
    or a function (world, actor) -> seconds, asked once the action has been carried out.

    The method returns the sentence that says what happened, or None.
    """
    if by not in ("agents", "game_master") or (by == "game_master" and together):
        raise DefinitionError(
            f"@action(by={by!r}, together={together}): by is 'agents' or 'game_master', the latter of one alone."
        )

    if takes is not None and (together or (isinstance(takes, int | float) and not 0 < takes < math.inf)):
        raise DefinitionError(
            f"@action(takes={takes!r}, together={together}): takes is seconds, more than 0, of what one does alone."
        )

    def decorate(function: Method) -> Method:
        definition = ActionDefinition(name=function.__name__, together=together, when=when, offered=offered, by=by, takes=takes)
        function.__action__ = definition  # pyright: ignore[reportFunctionMemberAccess]
        return function

    return decorate if function is None else decorate(function)


def complete(cls: type, function: Callable[..., Any], names: dict[str, Any]) -> ActionDefinition:
    """The definition of the action `function` of the world `cls`, with its parameters; `names` resolve annotations.

    Raises: DefinitionError for what a game master couldn't offer, with class, action and parameter.
    """
    started: ActionDefinition = function.__action__  # pyright: ignore[reportFunctionMemberAccess]
    where = f"{cls.__name__}.{started.name}"
    description = inspect.cleandoc(function.__doc__ or "").strip()
    if not description:
        raise DefinitionError(f"The action {where} has no docstring; its first paragraph is what the game master reads.")
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        raise DefinitionError(f"The action {where} is a coroutine or generator; an action is a plain method and asks no model.")
    if isinstance(started.when, str) and not callable(getattr(cls, started.when, None)):
        raise DefinitionError(f"The action {where} is gated by {started.when!r}, and {cls.__name__} has no such method.")
    if isinstance(started.takes, str) and not callable(getattr(cls, started.takes, None)):
        raise DefinitionError(f"The action {where} takes what {started.takes!r} says, and {cls.__name__} has no such method.")
    try:
        hints = get_type_hints(function, localns=names, include_extras=True)
    except NameError as error:
        raise DefinitionError(f"The action {where}: {error}; a parameter's type must be importable where it stands.") from None
    parameters: list[ParameterDefinition] = []
    takes_actor = False
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        name = parameter.name
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise DefinitionError(f"The action {where} has the parameter {parameter}; each one has a name and a type of its own.")
        if name not in hints:
            raise DefinitionError(
                f"The action {where} has the parameter {name!r} without a type; say what it may be, as in {name}: int."
            )
        if name == "actor":
            if started.together:
                raise DefinitionError(f"The joint action {where} has an actor; it gets the answers of all, as dicts by name.")
            if not isinstance(domain_of(hints[name]), PersonDomain):
                raise DefinitionError(f"The action {where} has an actor that is no Person; say actor: Person.")
            takes_actor = True
            continue
        parameters.append(_parameter(cls, where, parameter, hints[name], started.together))
    return ActionDefinition(
        name=started.name,
        together=started.together,
        when=started.when,
        offered=started.offered,
        by=started.by,
        takes=started.takes,
        description=" ".join(description.split("\n\n")[0].split()),
        takes_actor=takes_actor,
        parameters=tuple(parameters),
    )


def _parameter(cls: type, where: str, parameter: inspect.Parameter, hint: Any, together: bool) -> ParameterDefinition:
    name = parameter.name
    if together:
        if get_origin(hint) is not dict or not _is_name(get_args(hint)[0]):
            raise DefinitionError(f"The joint action {where} has the parameter {name!r} of another type than dict[str, ...].")
        hint = get_args(hint)[1]
    try:
        kind = parameter_type(hint)
    except TypeNotAllowed as problem:
        raise DefinitionError(f"The action {where} has the parameter {name!r} {problem}") from None
    for source in kind.sources():
        first = source.split(".")[0]
        if not hasattr(cls, first) and first not in getattr(cls, "model_fields", ()):
            raise DefinitionError(
                f"The action {where} has the parameter {name!r} with values from {source!r}; "
                f"{cls.__name__} has no such field or method."
            )
    required = parameter.default is parameter.empty
    if together and not required:
        raise DefinitionError(
            f"The joint action {where} has a default for {name!r}; who gives no answer is absent from the dict."
        )
    try:
        return ParameterDefinition(name=name, type=kind, required=required, default=None if required else parameter.default)
    except TypeNotAllowed as problem:
        raise DefinitionError(f"The action {where} has the parameter {name!r} {problem}") from None


def _is_name(annotation: Any) -> bool:
    return annotation is str or isinstance(domain_of(annotation), PersonDomain)
