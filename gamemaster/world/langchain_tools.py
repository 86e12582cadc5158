"""langchain_tools: the actions that are open to somebody in a world, as LangChain tools.

The one idea: a tool is an offer. Its arguments are the offered schema, its call is `World.apply`: atomic, checked against
the world as it stands then, and refused with a reason. For a world that stands alone, under an agent of another library: in
a simulation the game master alone applies actions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from threading import Lock
from typing import TYPE_CHECKING, Any

from gamemaster.words import ActionCall, DefinitionError
from gamemaster.world.offered_action import OfferedAction
from gamemaster.world.outcome import Applied, Refused
from gamemaster.world.world import World

if TYPE_CHECKING:
    from langchain_core.tools import StructuredTool

__all__ = ["langchain_tools"]

_ALLOWED = re.compile(r"[^A-Za-z0-9_-]")


def langchain_tools(
    world: World,
    actor: str,
    *,
    only: Collection[str] | None = None,
    applied: Callable[[Applied], None] | None = None,
) -> list[StructuredTool]:
    """A tool for each action open to `actor` now, in the world's order; `only` those named, dotted or by their last part.

    A tool returns the sentence that the action returned and what the actor was told in private. A refusal comes back as text that
    begins with "Refused: " (langchain's `handle_tool_error`; set it to False to have a ToolException). Domains are those of the
    moment at which the tools were made: make them anew when what is open has changed; what has become impossible is refused.
    `applied` gets each `Applied` as it is, with what others were told and the change. Names are the actions', with `_` for what
    tool names can't hold. Calls come one after the other, from whatever thread.
    Joint actions are left out, and actions that wait for a tool of their own (`mounted`).
    Raises: UnknownName for a name in `only` that is no action; DefinitionError when two tools would have one name.
    """
    from gamemaster.world.mounted_tool import needs_answer

    chosen = None if only is None else {world.find_action(each) for each in only}
    lock = Lock()
    tools: dict[str, StructuredTool] = {}
    for offer in world.offered(actor):
        if (
            offer.together
            or (chosen is not None and offer.name not in chosen)
            or needs_answer(world, ActionCall(action=offer.name))
        ):
            continue
        name = _ALLOWED.sub("_", offer.name)
        if name in tools:
            raise DefinitionError(f"Two actions would be tools called {name!r}; choose one of them with only=[...].")
        tools[name] = _tool(name, offer, world, actor, lock, applied)
    return list(tools.values())


def _tool(
    name: str, offer: OfferedAction, world: World, actor: str, lock: Lock, applied: Callable[[Applied], None] | None
) -> StructuredTool:
    from langchain_core.tools import StructuredTool, ToolException

    defaults = {each.name: each.default for each in offer.parameters if each.optional}

    def act(**arguments: Any) -> str:
        given = {key: value for key, value in arguments.items() if key not in defaults or value != defaults[key]}
        with lock:
            outcome = world.apply(ActionCall(action=offer.name, arguments=given), actor=actor)
            if isinstance(outcome, Refused):
                raise ToolException(f"Refused: {outcome.reason}")
            if applied is not None:
                applied(outcome)
        return "\n".join([outcome.text, *[text for person, text in outcome.tells if person == actor]])

    return StructuredTool.from_function(
        act, name=name, description=offer.description, args_schema=offer.schema, handle_tool_error=True
    )
