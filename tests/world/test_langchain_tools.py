"""Actions as LangChain tools: what is offered is their schema, what they do is what the world allows."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

import pytest
from langchain_core.tools import ToolException, tool

from gamemaster.words import DefinitionError, OneOf, Person, UnknownName
from gamemaster.world import Applied, Ge, World, action, conserved
from gamemaster.world.langchain_tools import langchain_tools
from gamemaster.world.mounted_tool import mounted


@tool
def ask_elsewhere(question: str) -> str:
    """Ask somewhere else."""
    return ""


class Stall(World):
    stock: dict[str, int]
    bags: dict[str, dict[str, int]]
    laws = [conserved("stock", "bags")]
    ask_elsewhere = mounted(ask_elsewhere)

    @action
    def take_fruit(self, actor: Person, fruit: Annotated[str, OneOf("stock")], count: Annotated[int, Ge(1)] = 1) -> str:
        """Take fruit from the stall."""
        if self.stock[fruit] < count:
            self.refuse(f"there are only {self.stock[fruit]} {fruit}")
        self.stock[fruit] -= count
        self.bags[actor][fruit] = self.bags[actor].get(fruit, 0) + count
        self.tell(actor, f"{fruit} is ripe")
        self.tell("Ben", f"{actor} was here")
        return f"{actor} takes {count} {fruit}."

    @action
    def steal_fruit(self, actor: Person, fruit: Annotated[str, OneOf("stock")]) -> str:
        """Make fruit out of nothing."""
        self.bags[actor][fruit] = 100
        return ""

    @action(together=True)
    def share_fruit(self, counts: dict[str, int]) -> str:
        """Share."""
        return ""

    @action(when="is_ben")
    def close_stall(self, actor: Person) -> str:
        """Close the stall."""
        return f"{actor} closes the stall."

    def is_ben(self, actor: str) -> bool:
        return actor == "Ben"


class Market(World):
    left: Stall
    right: Stall


def stall() -> Stall:
    world = Stall(stock={"pears": 5, "plums": 0}, bags={"Ann": {}, "Ben": {}})
    world.prepare(seed=0, people=["Ann", "Ben"])
    return world


def tools_of(world: World, actor: str = "Ann", **options: Any) -> dict[str, Any]:
    return {each.name: each for each in langchain_tools(world, actor, **options)}


def test_each_action_open_to_somebody_is_a_tool() -> None:
    tools = tools_of(stall())
    assert list(tools) == ["take_fruit", "steal_fruit"]
    assert list(tools_of(stall(), "Ben")) == ["take_fruit", "steal_fruit", "close_stall"]
    schema = tools["take_fruit"].args_schema.model_json_schema()
    assert schema["properties"]["fruit"]["enum"] == ["pears", "plums"]
    assert schema["required"] == ["fruit"]
    assert tools["take_fruit"].description == "Take fruit from the stall."


def test_a_call_is_applied_and_says_what_the_actor_learns() -> None:
    world, applied = stall(), list[Applied]()
    tools = tools_of(world, applied=applied.append)
    assert tools["take_fruit"].invoke({"fruit": "pears", "count": 2}) == "Ann takes 2 pears.\npears is ripe"
    assert (world.stock["pears"], world.bags["Ann"]) == (3, {"pears": 2})
    assert asyncio.run(tools["take_fruit"].ainvoke({"fruit": "pears"})) == "Ann takes 1 pears.\npears is ripe"
    assert applied[0].tells[1] == ("Ben", "Ann was here")
    message = tools["take_fruit"].invoke({"type": "tool_call", "id": "7", "name": "take_fruit", "args": {"fruit": "pears"}})
    assert (message.tool_call_id, message.content) == ("7", "Ann takes 1 pears.\npears is ripe")


def test_a_refusal_is_text_and_nothing_has_changed() -> None:
    world = stall()
    tools = tools_of(world)
    before = world.state()
    assert tools["take_fruit"].invoke({"fruit": "plums"}) == "Refused: there are only 0 plums"
    assert tools["steal_fruit"].invoke({"fruit": "plums"}).startswith("Refused: The total of stock and bags must stay the same")
    assert world.state() == before
    tools["take_fruit"].handle_tool_error = False
    with pytest.raises(ToolException, match="only 0 plums"):
        tools["take_fruit"].invoke({"fruit": "plums"})
    with pytest.raises(ValueError, match="fruit"):
        tools["take_fruit"].invoke({"fruit": "grapes"})


def test_what_has_become_impossible_is_refused_at_the_call() -> None:
    world = stall()
    tools = tools_of(world, "Ben")
    world.intervene(lambda each: each.stock.update(pears=0) or each.bags["Ben"].update(pears=5))
    assert tools["take_fruit"].invoke({"fruit": "pears"}) == "Refused: there are only 0 pears"


def test_only_some_of_them() -> None:
    assert list(tools_of(stall(), only=["steal_fruit"])) == ["steal_fruit"]
    with pytest.raises(UnknownName, match="take_fruit"):
        tools_of(stall(), only=["take_fruits"])


def test_names_of_parts_are_spelled_as_tools_may_be_called() -> None:
    fields: dict[str, Any] = {"stock": {"pears": 5}, "bags": {"Ann": {}, "Ben": {}}}
    world = Market(left=Stall(**fields), right=Stall(**fields))
    world.prepare(seed=0, people=["Ann", "Ben"])
    assert list(tools_of(world)) == ["left_take_fruit", "left_steal_fruit", "right_take_fruit", "right_steal_fruit"]

    class Twice(Market):
        @action
        def left_take_fruit(self, actor: Person) -> str:
            """Take it."""
            return ""

    twice = Twice(left=Stall(**fields), right=Stall(**fields))
    twice.prepare(seed=0, people=["Ann", "Ben"])
    with pytest.raises(DefinitionError, match="only="):
        langchain_tools(twice, "Ann")
    assert len(tools_of(twice, only=["left.take_fruit"])) == 1


def test_calls_from_many_threads_come_one_after_the_other() -> None:
    world = stall()
    tools = tools_of(world)
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda _: tools["take_fruit"].invoke({"fruit": "pears"}), range(20)))
    assert sum(text.startswith("Ann takes") for text in said) == 5
    assert world.bags["Ann"] == {"pears": 5}
