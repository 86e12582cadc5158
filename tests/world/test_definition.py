"""What is wrong with a world is said when its class is made."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import cached_property
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, field_validator, model_validator

from gamemaster.words import ActionCall, DefinitionError
from gamemaster.world import Ge, MaxLen, OneOf, Person, Place, World, action, bounded, conserved, invariant, unique_place


class Part(BaseModel):
    size: int = 0
    next: Part | None = None


class Market(World):
    """Every type of field, and every type of parameter, that is allowed."""

    name: str = ""
    open: bool = True
    price: float = 1.0
    weather: Literal["sun", "rain"] = "sun"
    note: str | None = None
    coins: dict[str, int] = {}
    ages: dict[str, Annotated[int, Ge(0)]] = {}
    hosts: dict[Person, Place] = {}
    part: Part = Part()
    parts: list[Part] = []
    deep: dict[str, list[dict[str, Part | int | None]]] = {}
    laws = [conserved("coins"), bounded("ages", low=0)]

    @action
    def buy(
        self,
        actor: Person,
        seller: Person,
        where: Place,
        what: Annotated[str, OneOf("coins")],
        count: Annotated[int, Ge(1), "how many"],
        price: float,
        sure: bool,
        how: Literal["fast", "slow"],
        words: Annotated[str, MaxLen(20)],
        friends: Annotated[list[Person], MaxLen(3)],
        gift: str | None = None,
        more: Annotated[int | None, Ge(0)] = None,
        times: int = 1,
    ) -> str:
        """Buy
        something.

        The rest is for readers of the code.
        """
        return ""

    @action(together=True, when=lambda world, actor: True)
    def bid(self, amounts: dict[Person, int], words: dict[str, str]) -> str:
        """Bid."""
        return ""

    @invariant
    def fair(self) -> bool:
        return True


def test_what_is_allowed_is_known_of_the_class_and_of_its_functions() -> None:
    definitions = Market().definitions
    assert list(definitions) == ["buy", "bid"]
    buy = definitions["buy"]
    assert (buy.description, buy.takes_actor, buy.together) == ("Buy something.", True, False)
    assert [each.name for each in buy.parameters if not each.required] == ["gift", "more", "times"]
    assert Market.buy.__action__ == buy  # pyright: ignore[reportFunctionMemberAccess]
    assert definitions["bid"].together
    assert Market() == Market()
    assert Market(coins={"a": 1}) != Market()


def field(annotation: Any) -> Callable[[], type[World]]:
    return lambda: type("Bad", (World,), {"__annotations__": {"thing": annotation}, "__module__": __name__})


@pytest.mark.parametrize(
    ("annotation", "says"),
    [
        (set[str], r"Bad\.thing has the type .*set.*; .*use a list"),
        (tuple[int, int], "use a list, or a model"),
        (dict[int, str], r"keys of type int; JSON has str keys only"),
        (bytes, "has the type bytes"),
        (Any, "name the type"),
        (dict, r"say dict\[str"),
        (list, r"say list"),
        (datetime.datetime, "has the type datetime"),
        (Callable[[], int], "Callable"),
        (list[set[int]], "has the type .*set"),
        (Market | None, "holds worlds in a list or dict"),
        (dict[str, Market], "holds worlds in a list or dict"),
        (type("Loose", (BaseModel,), {"model_config": {"extra": "allow"}}), "allows extra fields"),
        ("set[str]", "has the type .*set"),
    ],
)
def test_a_field_that_no_archive_could_keep_is_refused(annotation: Any, says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        field(annotation)()


def with_members(**members: Any) -> type[World]:
    annotations = members.pop("annotations", {"coins": dict[str, int], "names": list[str]})
    return type("Bad", (World,), {"__annotations__": annotations, "__module__": __name__, **members})


@pytest.mark.parametrize("name", ["now", "people", "apply", "state", "random", "laws", "over", "perceive", "model_dump", "copy"])
def test_a_field_with_a_name_of_the_librarys_is_refused(name: str) -> None:
    with pytest.raises(DefinitionError, match=f"field '{name}', which is a name of the library's; rename"):
        with_members(annotations={name: int})


def test_other_members_that_would_go_wrong_are_refused() -> None:
    with pytest.raises(DefinitionError, match=r"Bad\.apply is a name of the library's"):
        with_members(apply=lambda self: None)
    with pytest.raises(DefinitionError, match="_secret"):
        with_members(annotations={"_secret": int})
    with pytest.raises(DefinitionError, match="_secret"):
        with_members(_secret=3)
    with pytest.raises(DefinitionError, match="cached property"):
        with_members(total=cached_property(lambda self: 1))

    async def end_of_step(self: Any) -> None: ...

    with pytest.raises(DefinitionError, match="coroutine"):
        with_members(end_of_step=end_of_step)
    with pytest.raises(DefinitionError, match=r"Checked\.check is a pydantic validator"):

        class Checked(World):  # pyright: ignore[reportUnusedClass]
            coins: int

            @field_validator("coins")
            @classmethod
            def check(cls, value: int) -> int:
                return value

    with pytest.raises(DefinitionError, match="pydantic validator"):

        class Whole(World):
            coins: int

            @model_validator(mode="after")
            def check(self) -> Whole:
                return self


@pytest.mark.parametrize(
    ("laws", "says"),
    [
        ([conserved("coin")], r"conserved\(coin\) names the place 'coin'\. There is no field 'coin'\. Did you mean 'coins'"),
        ([conserved("names")], "is about numbers, and 'names' holds none"),
        ([conserved("coins.a.b")], r"names the place 'coins\.a\.b'"),
        ([unique_place("coins")], "is about texts, and 'coins' holds none"),
        ([bounded("names", low=0)], "is about numbers"),
        ([3], r"laws holds 3; a law is made by"),
    ],
)
def test_a_law_about_what_is_not_there_is_refused(laws: Any, says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        with_members(laws=laws)


def test_laws_that_say_nothing_are_refused() -> None:
    for make, says in [
        (lambda: conserved(), "names no field"),
        (lambda: conserved("a", "a.b"), "lies within it"),
        (lambda: unique_place("a.*", "a.b"), "lies within it"),
        (lambda: bounded("a"), "has no bound"),
        (lambda: bounded("a", 3, 1), "low=3 above high=1"),
    ]:
        with pytest.raises(DefinitionError, match=says):
            make()


def bare(self: Any, actor: Person) -> str:
    return ""


def untyped(self: Any, actor: Person, count) -> str:  # type: ignore[no-untyped-def]  # pyright: ignore
    """Do."""
    return ""


def starred(self: Any, *things: int) -> str:
    """Do."""
    return ""


def keyed(self: Any, **things: int) -> str:
    """Do."""
    return ""


def structured(self: Any, things: dict[str, int]) -> str:
    """Do."""
    return ""


def model(self: Any, part: Part) -> str:
    """Do."""
    return ""


def numbered(self: Any, size: Literal[1, 2]) -> str:
    """Do."""
    return ""


def mismatched(self: Any, size: Annotated[str, Ge(1)]) -> str:
    """Do."""
    return ""


def elsewhere(self: Any, what: Annotated[str, OneOf("stock")]) -> str:
    """Do."""
    return ""


def actor_int(self: Any, actor: int) -> str:
    """Do."""
    return ""


def shadow(self: Any, model_dump: int) -> str:
    """Do."""
    return ""


def together(self: Any, want: int) -> str:
    """Do."""
    return ""


def together_actor(self: Any, actor: Person) -> str:
    """Do."""
    return ""


def together_default(self: Any, want: dict[str, int] = {}) -> str:  # noqa: B006
    """Do."""
    return ""


def unknown_name(self: Any, want: Nothing) -> str:  # noqa: F821  # pyright: ignore
    """Do."""
    return ""


def odd_default(self: Any, want: str = object()) -> str:  # type: ignore[assignment]  # pyright: ignore
    """Do."""
    return ""


async def waiting(self: Any) -> str:
    """Do."""
    return ""


@pytest.mark.parametrize(
    ("function", "options", "says"),
    [
        (bare, {}, r"Bad\.bare has no docstring"),
        (untyped, {}, r"Bad\.untyped has the parameter 'count' without a type; .* count: int"),
        (starred, {}, r"Bad\.starred has the parameter \*things"),
        (keyed, {}, r"\*\*things"),
        (structured, {}, r"Bad\.structured has the parameter 'things' of type dict\[str, int\]; it may be str"),
        (model, {}, "parameter 'part' of type Part"),
        (numbered, {}, "a Literal has texts only"),
        (mismatched, {}, "text with low, which doesn't go together"),
        (elsewhere, {}, "values from 'stock'; Bad has no such field or method"),
        (actor_int, {}, "actor that is no Person"),
        (shadow, {}, "name is taken by pydantic"),
        (together, {"together": True}, r"joint action Bad\.together has the parameter 'want' of another type than dict"),
        (together_actor, {"together": True}, "has an actor"),
        (together_default, {"together": True}, "has a default"),
        (unknown_name, {}, "Nothing"),
        (odd_default, {}, "with the default"),
        (waiting, {}, "coroutine"),
        (keyed, {"when": "is_open"}, "gated by 'is_open', and Bad has no such method"),
    ],
)
def test_an_action_that_nobody_could_be_offered_is_refused(function: Any, options: dict[str, Any], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        with_members(**{function.__name__: action(**options)(function)})


def test_a_world_made_with_wrong_values_says_which() -> None:
    with pytest.raises(DefinitionError, match=r"Market\.coins\.Ann is 'x': .*valid integer"):
        Market(coins={"Ann": "x"})  # pyright: ignore[reportArgumentType]
    with pytest.raises(DefinitionError, match=r"Market\.ages\.Ann is -1"):
        Market(ages={"Ann": -1})
    with pytest.raises(DefinitionError, match=r"Market\.cions"):
        Market(cions={})  # pyright: ignore[reportCallIssue]
    with pytest.raises(DefinitionError, match=r"Market\.price is inf"):
        Market(price=float("inf"))


def test_a_field_may_be_filled_in_after_the_others() -> None:
    class Stall(World):
        coins: dict[str, int]
        apples: dict[str, int] = Field(default_factory=dict[str, int])

        def model_post_init(self, context: Any, /) -> None:
            self.apples = dict.fromkeys(self.coins, 0)

    assert Stall(coins={"Ann": 1}).apples == {"Ann": 0}
    assert Stall.model_validate({"coins": {"Bob": 1}}).apples == {"Bob": 0}


def test_local_names_in_annotations_are_found() -> None:
    class Local(BaseModel):
        size: int = 0

    Goods = Annotated[str, OneOf(("a", "b"))]

    class Stall(World):
        local: Local = Local()
        self_made: list[Local] = []

        @action
        def take(self, actor: Person, what: Goods) -> str:  # pyright: ignore[reportInvalidTypeForm]
            """Take."""
            return ""

    assert Stall(self_made=[Local(size=3)]).dump() == {"local": {"size": 0}, "self_made": [{"size": 3}]}


def test_a_subclass_keeps_actions_laws_and_fields() -> None:
    class Fair(Market):
        rides: int = 0
        laws = [bounded("rides", low=0)]

        @action
        def ride(self, actor: Person) -> str:
            """Ride."""
            return ""

    fair = Fair()
    fair.prepare(seed=0, people=["Ann"])
    assert list(fair.definitions) == ["buy", "bid", "ride"]
    with pytest.raises(DefinitionError, match="coins"):
        fair.intervene(lambda fair: fair.coins.update(Ann=1))
    with pytest.raises(DefinitionError, match="rides would be -1"):
        fair.intervene(lambda fair: setattr(fair, "rides", -1))


class Early(World):
    first: Later | None = None
    many: list[Later] = []

    @action
    def use(self, actor: Person, what: Annotated[str, OneOf("many_names")]) -> str:
        """Use."""
        self.many[0].size += 1
        return ""

    def many_names(self) -> list[str]:
        return [str(each.size) for each in self.many]


class Later(BaseModel):
    size: int = 0


def test_a_type_may_be_defined_after_the_world() -> None:
    world = Early(many=[Later(size=3)])
    world.prepare(seed=0, people=["Ann"])
    world.apply(ActionCall(action="use", arguments={"what": "3"}), actor="Ann")
    assert world.dump() == {"first": None, "many": [{"size": 4}]}


class Late(World):
    things: list[Loose] = []


class Loose(BaseModel):
    sizes: set[int] = set()


def test_what_is_found_out_late_is_said_when_the_first_is_made() -> None:
    with pytest.raises(DefinitionError, match=r"Loose\.sizes has the type"):
        Late()
