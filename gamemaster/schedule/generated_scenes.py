"""GeneratedScenes: the game master's model says which scene comes next.

The one idea: its answer is an object that can name nothing but those who are present, the world's places and the questions
that the scenario gives; and it is part of the schedule's state, so that a run that goes on has the same scene.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field, create_model

from gamemaster.schedule.asked import Order, chosen, those_present
from gamemaster.schedule.asking import latest_lines, scheduling_turn, unless_no_answer
from gamemaster.schedule.scene import Past, Scene, SceneOrder, Until
from gamemaster.words import ActionSpec, DefinitionError, JsonValue, Section, one_line

if TYPE_CHECKING:
    from gamemaster.simulation import Simulation

__all__ = ["GeneratedScenes"]

_MOST_OF_A_PREMISE = 600
"""Characters."""


class GeneratedScenes:
    """At most `most` scenes, each of which the game master's model makes up when the one before has ended.

    It is asked `question` (by default, which scene comes next), shown the scenes so far and the last `lines` of what was
    said and done, and answers with who is in it, where (if the world has `places`), how it begins, and which of `ask` they
    are asked, where that is several, by name. Those in it are among the `agents` who are present. It may
    end the story instead, which an answer that can't be used does too. The scene's `rounds`, `order`, `applied`, `until` and
    `ends_round` are the scenario's.

    Raises: DefinitionError for most < 1 and no questions.
    """

    def __init__(
        self,
        question: str = "",
        *,
        most: int,
        ask: ActionSpec | Mapping[str, ActionSpec],
        name: str = "scene",
        agents: Sequence[str] | None = None,
        rounds: int = 1,
        order: SceneOrder = "fixed",
        applied: Order = "asked",
        until: Until | Sequence[Until] | None = None,
        ends_round: Literal["each", "last", "never"] = "each",
        game_master: str | None = None,
        lines: int = 30,
    ) -> None:
        if most < 1 or lines < 1:
            raise DefinitionError(f"GeneratedScenes(most={most}, lines={lines}); both must be at least 1.")
        if isinstance(ask, Mapping) and not ask:
            raise DefinitionError("GeneratedScenes(ask={}); give at least one question, by name.")
        self.question = question
        self.most = most
        self.asks = {"": ask} if isinstance(ask, ActionSpec) else dict(ask)
        self.name = name
        self.agents = chosen(agents, "GeneratedScenes")
        self.lines = lines
        self.game_master = game_master
        self._common: dict[str, Any] = {
            "rounds": rounds,
            "order": order,
            "applied": applied,
            "until": until,
            "ends_round": ends_round,
            "game_master": game_master,
        }
        Scene(f"{name} 1", ["someone"], next(iter(self.asks.values())), **self._common)

    async def plan(self, simulation: Simulation, past: Sequence[Past]) -> dict[str, JsonValue] | None:
        """The next scene as JSON values, None when the story is at its end."""
        names = those_present(self.agents or simulation.names, simulation)
        if len(past) >= self.most or not names:
            return None
        places = () if simulation.world is None else tuple(simulation.world.place_names())
        turn = await scheduling_turn(simulation, f"next scene/{len(past)}", game_master=self.game_master)
        since = past[-1].began if past else 1
        told = {
            "scenes_past": [f"{each.name} ({each.rounds})" for each in past[-self.lines :]],
            "what_was_said": latest_lines(simulation, since, self.lines),
        }
        notes = [Section(label=turn.prompt(label), text="\n".join(lines), kind="observation") for label, lines in told.items()]
        schema = _schema(tuple(names), places, tuple(self.asks))
        question = self.question or turn.prompt("next_scene")
        asked = turn.fill(question, schema, notes=[each for each in notes if each.text], what="scene")
        answer: Any = await unless_no_answer(asked, None)
        if answer is None or answer.ends:
            return None
        given: dict[str, JsonValue] = answer.model_dump(mode="json")
        who = [name for name in names if name in answer.who]
        return {"who": [*who], "place": given.get("place"), "premise": one_line(answer.premise), "ask": given.get("ask")}

    def scene(self, plan: Mapping[str, JsonValue], number: int) -> Scene:
        """The scene that such a plan is, the `number`-th. Raises: DefinitionError for a question there isn't."""
        who, place, ask = plan["who"], plan["place"], plan["ask"]
        assert isinstance(who, list)
        name = next(iter(self.asks)) if ask is None else str(ask)
        if name not in self.asks:
            raise DefinitionError(
                f"The generated scene asks {name!r}; there is {', '.join(self.asks)}. Go on with the code that wrote it."
            )
        return Scene(
            f"{self.name} {number}",
            [str(each) for each in who],
            self.asks[name],
            premise=str(plan["premise"]),
            place=None if place is None else str(place),
            **self._common,
        )


@lru_cache(maxsize=64)
def _schema(names: tuple[str, ...], places: tuple[str, ...], asks: tuple[str, ...]) -> type[BaseModel]:
    """What an answer is, with these names and no others."""
    ends = Field(default=False, description="true when the story has come to its end and there is no further scene")
    who: Any = Annotated[list[Literal[names]], Field(min_length=1, max_length=len(names))]
    fields: dict[str, Any] = {"ends": (bool, ends), "who": (who, ...)}
    if places:
        fields["place"] = (Literal[places], ...)
    fields["premise"] = (Annotated[str, Field(max_length=_MOST_OF_A_PREMISE)], ...)
    if len(asks) > 1:
        fields["ask"] = (Literal[asks], ...)
    return create_model("NextScene", **fields)
