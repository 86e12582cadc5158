"""mounted: a LangChain tool as an action of a world.

The one idea: a world asks nothing outside of itself, so the tool is asked before the action is applied, by the game master,
through whatever records the run; the action gets the answer as an argument that nobody else can fill in. Replayed, the tool
isn't asked.

This is the world's half: the declaration, and what the game master must know of a call. `needs_answer` says whether a call
waits for a tool, `tool_question` what the tool is to be asked, and `with_answer` puts the answer in.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, TypeAlias, cast

from gamemaster.language.strict_json import without_surrogates
from gamemaster.language.tool_model import ToolModel
from gamemaster.words import ActionCall, DefinitionError, Domain, InvalidAnswer, Person, UnknownName, one_line, quote
from gamemaster.world.action import action
from gamemaster.world.parameter import TypeNotAllowed, parameter_type
from gamemaster.world.recorded_answer import FromTool, RecordedAnswer
from gamemaster.world.world import World

__all__ = ["Effect", "mounted", "mounted_actions", "needs_answer", "tool_question", "with_answer"]

Effect: TypeAlias = Callable[[Any, str, dict[str, Any], str], "str | None"]
"""What a tool's answer does in the world: (world, actor, arguments, answer) -> the sentence that says what happened."""

_ANSWER = "tool_answer"


def mounted(
    tool: Any,
    *,
    name: str | None = None,
    description: str | None = None,
    domains: Mapping[str, Domain] | None = None,
    effect: Effect | None = None,
    when: str | Callable[..., bool] | None = None,
    longest: int = 1500,
) -> Callable[..., str | None]:
    """An action that asks a LangChain tool, to be a class attribute of a World.

    `look_up = mounted(tool, name="look_up")`: both names are one.

    Its parameters are the tool's; `domains` closes some of them (`{"city": OneOf("cities")}`). The first paragraph of
    `description`, by default the tool's, is what the game master reads. `effect` changes the world by the answer, in the same
    atomic change as any action; by default the actor alone is told it, quoted, on one line, cut to `longest` characters. Without
    a recorded answer the action is refused.
    Raises: DefinitionError for what isn't a tool, or takes what no action can take; with the tool's name and the parameter.
    """
    model = ToolModel(tool)
    called = name if name is not None else str(tool.name)
    if not called.isidentifier():
        raise DefinitionError(
            f"The tool {called!r} can't be an action of that name; give name=..., the attribute that it stands under."
        )
    parameters = _parameters(model, called, domains or {})

    def ask_tool(self: World, actor: str, **arguments: Any) -> str | None:
        answer = str(arguments.pop(_ANSWER))
        if effect is not None:
            return effect(self, actor, arguments, answer)
        self.tell(actor, f"{called.replace('_', ' ')} ({_in_words(arguments)}): {quote(one_line(answer)[:longest])}")
        return f"{actor} uses a tool: {called.replace('_', ' ')}."

    ask_tool.__name__ = ask_tool.__qualname__ = called
    ask_tool.__doc__ = description if description is not None else str(tool.description)
    first = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD), _parameter("actor", Person)]
    last = _parameter(_ANSWER, FromTool)
    listed = sorted([*parameters, last], key=lambda each: each.default is not inspect.Parameter.empty)
    cast("Any", ask_tool).__signature__ = inspect.Signature([*first, *listed])
    ask_tool.__annotations__ = {each.name: each.annotation for each in [first[1], *listed]}
    cast("Any", ask_tool).__mounted__ = model
    return action(when=when)(ask_tool)


def mounted_actions(world: World) -> dict[str, ToolModel]:
    """The tools that are mounted in a world, by the dotted names of their actions; empty for most worlds."""
    return {name: model for name in world.definitions if (model := _model_of(world, name)) is not None}


def needs_answer(world: World, call: ActionCall) -> ToolModel | None:
    """The tool whose answer this call waits for; None for a call of any other action, of none, and once the answer is in."""
    if _ANSWER in call.arguments:
        return None
    try:
        return _model_of(world, world.find_action(call.action))
    except UnknownName:
        return None


def tool_question(world: World, call: ActionCall, *, actor: str) -> str | None:
    """The call's arguments as the JSON object that the tool is asked; None when the world would refuse the call anyway.

    The same arguments give the same text.
    """
    try:
        if isinstance(world.offer(call.action, actor), str):
            return None
        checked = world.check_arguments(call.action, call.arguments, actor=actor)
    except (InvalidAnswer, UnknownName):
        return None
    return json.dumps(checked, ensure_ascii=False, sort_keys=True)


def with_answer(call: ActionCall, answer: str) -> ActionCall:
    """The call with what its tool answered, to be applied; for the game master alone."""
    return ActionCall(action=call.action, arguments={**call.arguments, _ANSWER: RecordedAnswer(without_surrogates(answer))})


def _model_of(world: World, action: str) -> ToolModel | None:
    *path, last = action.split(".")
    part: Any = world
    for field in path:
        part = getattr(part, field)
    return getattr(getattr(cast("type[World]", type(part)), last), "__mounted__", None)


def _parameters(model: ToolModel, called: str, domains: Mapping[str, Domain]) -> list[inspect.Parameter]:
    fields = model.schema.model_fields
    if lost := next((each for each in domains if each not in fields), None):
        raise DefinitionError(f"The tool {called!r} is given a domain for {lost!r}; it takes {', '.join(fields) or 'nothing'}.")
    found: list[inspect.Parameter] = []
    for name, info in fields.items():
        if name in ("self", "actor", _ANSWER):
            raise DefinitionError(
                f"The tool {called!r} has a parameter {name!r}, which an action fills in itself; wrap the tool."
            )
        metadata: Sequence[Any] = [domains[name]] if name in domains else info.metadata
        annotation: Any = Annotated[info.annotation, *metadata] if metadata else info.annotation
        try:
            parameter_type(annotation)
        except TypeNotAllowed as problem:
            raise DefinitionError(f"The tool {called!r} has the parameter {name!r} {problem}") from None
        default: Any = inspect.Parameter.empty if info.is_required() else info.get_default(call_default_factory=True)
        found.append(_parameter(name, annotation, default))
    return found


def _parameter(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY if name != "actor" else inspect.Parameter.POSITIONAL_OR_KEYWORD,
        default=default,
        annotation=annotation,
    )


def _in_words(arguments: Mapping[str, Any]) -> str:
    return ", ".join([f"{name} {quote(one_line(str(value))[:80])}" for name, value in arguments.items()])
