"""What happens in a world besides single actions: joint actions, hooks, the agenda, interventions, parts, restoring."""

from __future__ import annotations

import json
from typing import Annotated, Any

import pytest

from gamemaster.words import ActionCall, DefinitionError, Event, InvalidAnswer, Stateful, UnknownName, draws
from gamemaster.world import Applied, Between, Ge, Person, Refused, World, action, bounded, conserved, invariant


class Lake(World):
    fish: int = 100
    caught: dict[str, int] = {}
    days: int = 0
    laws = [conserved("fish", "caught", unless="end_of_round"), bounded("fish", low=0)]

    def has_fish(self, actor: str) -> bool:
        return self.fish > 0 and actor != "Zoe"

    @action(together=True, when="has_fish")
    def harvest(self, wants: dict[str, Annotated[int, Between(0, "fish")]]) -> str:
        """Catch fish, all at once."""
        for name, want in wants.items():
            got = min(want, self.fish)
            self.fish -= got
            self.caught[name] = self.caught.get(name, 0) + got
            self.tell(name, f"You caught {got}.")
        self.measure("wanted", sum(wants.values()))
        return f"{len(wants)} people fish."

    @action
    def shout(self, actor: Person, words: str, after: Annotated[float, Ge(0)] = 0) -> str:
        """Shout something, perhaps later."""
        if after:
            self.later(after, self.shout, words=words)
            self.later(after, "shout", actor="Bob", words=f"{words}?")
            return f"{actor} takes a breath."
        return f"{actor} at {self.now:g}: {words}"

    @action(offered=False)
    def rain(self, amount: int) -> str:
        """Rain."""
        self.fish += amount
        return "It rains."

    @action
    def ripple(self, actor: Person) -> str:
        """Start something that never ends."""
        self.later(0, self.ripple)
        return ""

    def end_of_round(self) -> str | None:
        self.days += 1
        self.fish = min(100, 2 * self.fish)
        return f"Day {self.days} is over."

    def end_of_step(self) -> str | None:
        return None

    def over(self) -> str | None:
        return "The lake is empty." if self.fish < 5 else None


def lake(**fields: Any) -> Lake:
    world = Lake(**fields)
    world.prepare(seed=3, people=["Ann", "Bob", "Zoe"])
    return world


def shout(world: World, actor: str = "Ann", **arguments: Any) -> Applied | Refused:
    return world.apply(ActionCall(action="shout", arguments=arguments), actor=actor)


def test_a_joint_action_is_one_change_in_the_order_of_people() -> None:
    world = lake()
    applied = world.apply_together("harvest", {"Bob": {"wants": 4}, "Ann": {"wants": 3}})
    assert isinstance(applied, Applied)
    assert (applied.actor, applied.arguments, applied.text) == ("", {"wants": {"Ann": 3, "Bob": 4}}, "2 people fish.")
    assert applied.tells == (("Ann", "You caught 3."), ("Bob", "You caught 4."))
    assert applied.measures == (("wanted", 7),)
    assert list(world.caught.items()) == [("Ann", 3), ("Bob", 4)]
    assert isinstance(world.apply_together("harvest", {}), Applied)


def test_a_joint_action_takes_valid_answers_only() -> None:
    world = lake()
    with pytest.raises(InvalidAnswer, match=r"Bob: wants is 101; it must be a whole number from 0 to 100"):
        world.apply_together("harvest", {"Ann": {"wants": 1}, "Bob": {"wants": 101}})
    with pytest.raises(InvalidAnswer, match="Zoe: harvest is not open to Zoe now"):
        world.apply_together("harvest", {"Zoe": {"wants": 1}})
    with pytest.raises(UnknownName, match="no person 'Cid'"):
        world.apply_together("harvest", {"Cid": {"wants": 1}})
    with pytest.raises(DefinitionError, match="shout is no joint action"):
        world.apply_together("shout", {})
    refused = world.apply(ActionCall(action="harvest", arguments={"wants": 3}), actor="Ann")
    assert isinstance(refused, Refused)
    assert refused.reason == "harvest is done by all together, not by Ann alone."
    assert world.fish == 100
    assert [each.name for each in world.offered("Ann")] == ["harvest", "shout", "ripple"]
    assert [each.name for each in world.offered("Zoe")] == ["shout", "ripple"]


def test_hooks_run_through_the_same_change() -> None:
    world = lake(fish=30)
    assert world.run_hook("start") is None
    assert world.run_hook("end_of_step") is None
    applied = world.run_hook("end_of_round")
    assert applied is not None
    assert (applied.action, applied.text, len(applied.patch)) == ("end_of_round", "Day 1 is over.", 2)
    assert (world.fish, world.over()) == (60, None)
    assert lake(fish=4).over() == "The lake is empty."


def test_a_hook_that_would_break_a_law_is_an_error_that_names_it() -> None:
    class Broken(Lake):
        def end_of_step(self) -> str | None:
            self.fish += 1
            return None

        def start(self) -> str | None:
            self.refuse("no wind")

    world = Broken()
    world.prepare(seed=0, people=[])
    with pytest.raises(DefinitionError, match=r"Broken: end_of_step would break the world, .* by \+1\. \(law: conserved"):
        world.run_hook("end_of_step")
    with pytest.raises(DefinitionError, match=r"Broken: start would break the world, .* no wind"):
        world.run_hook("start")
    assert world.fish == 100


def test_what_is_put_off_comes_in_its_order_each_at_its_own_time() -> None:
    world = lake()
    assert world.next_due() is None
    applied = shout(world, words="late", after=60)
    assert isinstance(applied, Applied)
    assert applied.agenda_changed
    shout(world, "Bob", words="soon", after=30)
    assert world.next_due() == 30.0
    assert world.due() == []
    world.set_time(90)
    done = world.due()
    assert [each.text for each in done if isinstance(each, Applied)] == [
        "Bob at 30: soon",
        "Bob at 30: soon?",
        "Ann at 60: late",
        "Bob at 60: late?",
    ]
    assert [each.time for each in done] == [30, 30, 60, 60]
    assert (world.now, world.next_due()) == (90, None)


def test_what_is_put_off_is_checked_when_it_is_due() -> None:
    world = lake()
    world.intervene(lambda world: world.later(5, world.rain, amount=3))
    world.set_time(5)
    refused = world.due()
    assert isinstance(refused[0], Refused)
    assert refused[0].law == "conserved(fish, caught)"
    assert (world.fish, world.next_due()) == (100, None)


def test_a_refused_action_puts_nothing_off_and_tells_nobody() -> None:
    world = lake()

    def change(world: Lake) -> None:
        world.later(5, world.rain, amount=3)
        world.tell("Ann", "psst")
        world.fish += 1

    with pytest.raises(DefinitionError, match="conserved"):
        world.intervene(change)
    assert world.next_due() is None


def test_what_could_never_be_carried_out_is_an_error_at_once() -> None:
    world = lake()
    for change, says in [
        (lambda world: world.later(-1, world.rain, amount=3), "puts an action off by -1 s"),
        (lambda world: world.later(float("nan"), world.rain, amount=3), "puts an action off by nan s"),
        (lambda world: world.later(1, world.rain), "rain, which lacks 'amount'; it takes amount"),
        (lambda world: world.later(1, world.rain, amount=1, more=2), "has no 'more'"),
        (lambda world: world.later(1, world.rain, amount={1}), "takes JSON values only"),
        (lambda world: world.later(1, world.shout, words="x"), "needs one actor"),
        (lambda world: world.later(1, world.harvest, wants={}), "needs one actor"),
        (lambda world: world.later(1, world.over), "over' is no action"),
        (lambda world: world.later(1, "rian"), "Did you mean 'rain'"),
        (lambda world: world.tell("Cid", "x"), "no person 'Cid'"),
        (lambda world: world.measure("x", float("inf")), "measures 'x' as inf"),
        (lambda world: world.set_time(3), "called set_time on the world"),
    ]:
        with pytest.raises((DefinitionError, UnknownName), match=says):
            world.intervene(change)
    assert world.next_due() is None


def test_something_that_puts_itself_off_for_ever_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gamemaster.world.engine._MOST_DUE", 50)
    world = lake()
    world.apply(ActionCall(action="ripple"), actor="Ann")
    with pytest.raises(DefinitionError, match="ripple puts itself off again and again"):
        world.due()


@pytest.mark.parametrize("call", ["refuse('x')", "tell('Ann', 'x')", "measure('x', 1)", "later(1, 'rain', amount=1)"])
def test_outside_of_an_action_the_authors_calls_raise(call: str) -> None:
    world = lake()
    with pytest.raises(DefinitionError, match="outside of an action"):
        exec(f"world.{call}", {"world": world})


def test_chance_is_named_and_has_no_position() -> None:
    world = lake()
    first = [world.random("weather of day 1").random() for _ in range(2)]
    assert first == [draws(3, "world", "weather of day 1").random()] * 2
    assert world.random("weather of day 2").random() != first[0]


class Bank(World):
    balances: dict[str, int] = {}
    laws = [conserved("balances")]

    @action
    def pay(self, actor: Person, to: Person, amount: Annotated[int, Ge(1)]) -> str:
        """Pay somebody."""
        self.balances[actor] -= amount
        self.balances[to] += amount
        self.later(10, self.remind, amount=amount)
        return f"{actor} pays {to} {amount}."

    @action(offered=False)
    def remind(self, actor: Person, amount: int) -> str:
        """Remind."""
        return f"{actor} remembers {amount}."

    @invariant
    def no_debt(self) -> bool:
        return all(each >= 0 for each in self.balances.values())

    def end_of_step(self) -> str | None:
        return "The bank counts."


class Shop(World):
    bank: Bank
    stock: int = 3

    @action
    def sell(self, actor: Person, to: Person) -> str:
        """Sell a thing."""
        self.stock -= 1
        return f"{actor} sells to {to}."

    @action
    def pay(self, actor: Person) -> str:
        """Pay the rent."""
        return f"{actor} pays the rent to {', '.join(self.people)}."


class Town(World):
    shop: Shop
    name: str = "Riverbend"
    laws = [bounded("shop.stock", low=0)]

    @action
    def buy(self, actor: Person, seller: Person) -> str:
        """Buy a thing, and pay for it."""
        return " ".join([self.shop.bank.pay(actor, seller, 2), self.shop.sell(seller, actor)])

    @invariant
    def good_name(self) -> bool:
        asked.append("town")
        return self.shop.stock > 0 or self.name != "Riverbend"

    def end_of_step(self) -> str | None:
        self.name += "!"
        return "The town sleeps."


asked: list[str] = []


def town() -> Town:
    world = Town(shop=Shop(bank=Bank(balances={"Ann": 5, "Bob": 1})))
    world.prepare(seed=0, people=["Ann", "Bob"])
    asked.clear()
    return world


def test_worlds_within_a_world_bring_their_actions() -> None:
    world = town()
    assert list(world.definitions) == ["buy", "shop.sell", "shop.pay", "shop.bank.pay", "shop.bank.remind"]
    assert world.definitions["shop.bank.pay"].name == "shop.bank.pay"
    assert world.find_action("sell") == "shop.sell"
    with pytest.raises(UnknownName, match=r"several actions 'pay'; say shop\.pay or shop\.bank\.pay"):
        world.find_action("pay")
    applied = world.apply(ActionCall(action="shop.pay"), actor="Ann")
    assert isinstance(applied, Applied)
    assert applied.text == "Ann pays the rent to Ann, Bob."
    assert [each.line.split("(")[0] for each in world.offered("Ann")] == ["buy", "shop.sell", "shop.pay", "shop.bank.pay"]


def test_one_action_touches_several_parts_in_one_change() -> None:
    world = town()
    applied = world.apply(ActionCall(action="buy", arguments={"seller": "Bob"}), actor="Ann")
    assert isinstance(applied, Applied)
    assert [each["path"] for each in applied.patch] == ["/shop/stock", "/shop/bank/balances/Ann", "/shop/bank/balances/Bob"]
    world.set_time(10)
    assert [each.action for each in world.due()] == ["shop.bank.remind"]
    world.intervene(lambda world: setattr(world.shop, "stock", 7))
    before = world.state()
    world.apply(ActionCall(action="buy", arguments={"seller": "Bob"}), actor="Ann")
    refused = world.apply(ActionCall(action="buy", arguments={"seller": "Bob"}), actor="Ann")
    assert isinstance(refused, Refused)
    assert refused.law == "shop.bank.no_debt"
    assert (world.shop.stock, world.shop.bank.balances) == (6, {"Ann": 1, "Bob": 5})
    world.restore(before)
    assert (world.shop.stock, world.shop.bank.balances) == (7, {"Ann": 3, "Bob": 3})


def test_an_invariant_of_the_whole_is_asked_only_for_what_it_reads_of_a_part() -> None:
    world = town()
    world.intervene(lambda world: world.shop.bank.balances.update(Ann=4, Bob=2))
    assert asked == []
    world.intervene(lambda world: setattr(world.shop, "stock", 2))
    assert asked == ["town"]
    with pytest.raises(DefinitionError, match="good_name"):
        world.intervene(lambda world: setattr(world.shop, "stock", 0))


def test_hooks_of_parts_run_before_that_of_the_whole() -> None:
    applied = town().run_hook("end_of_step")
    assert applied is not None
    assert applied.text == "The bank counts. The town sleeps."


def test_a_part_is_prepared_with_its_whole_and_cannot_be_replaced() -> None:
    world = town()
    with pytest.raises(DefinitionError, match="This Bank is a part of a Town; prepare that one"):
        world.shop.bank.prepare(seed=0, people=[])
    with pytest.raises(DefinitionError, match="holds a world; it can't be replaced"):
        world.intervene(lambda world: setattr(world, "shop", Shop(bank=Bank())))
    bank = Bank(balances={"Ann": 1})
    assert Shop(bank=bank).bank is not bank


def test_a_restored_world_goes_on_as_the_first_one_does() -> None:
    first = town()
    first.set_time(3)
    first.apply(ActionCall(action="buy", arguments={"seller": "Bob"}), actor="Ann")
    first.set_people(["Ann", "Bob", "Cid"])
    stored = json.loads(json.dumps(first.state()))
    second = town()
    bank = second.shop.bank
    second.restore(stored)
    assert json.dumps(second.state()) == json.dumps(first.state())
    assert second.shop.bank is bank
    for world in (first, second):
        world.set_time(20)
        assert [each.time for each in world.due()] == [13]
        pay = ActionCall(action="shop.bank.pay", arguments={"to": "Bob", "amount": 1})
        assert isinstance(world.apply(pay, actor="Ann"), Applied)
        with pytest.raises(DefinitionError, match="change it by"):
            world.intervene(lambda world: world.shop.bank.balances.update(Ann=9))
    assert json.dumps(second.state()) == json.dumps(first.state())
    stored["fields"]["shop"]["stock"] = 99
    assert second.shop.stock == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda state: state["fields"]["shop"].pop("stock"),
        lambda state: state["fields"]["shop"].update(stock="x"),
        lambda state: state["fields"]["shop"].update(extra=1),
        lambda state: (state["fields"]["shop"].update(stock=0), state["fields"].update(name="Riverbend")),
        lambda state: state.pop("agenda"),
        lambda state: state.update(people=["Ann", "Ann"]),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_the_world_is_as_it_was(spoil: Any) -> None:
    world = town()
    before = json.dumps(world.state())
    state = json.loads(before)
    state["fields"]["name"] = "other"
    spoil(state)
    with pytest.raises(DefinitionError, match="stored state doesn't fit Town"):
        world.restore(state)
    assert json.dumps(world.state()) == before
    world.intervene(lambda world: setattr(world, "name", "Riverside"))


def test_a_world_is_stateful_and_can_be_copied() -> None:
    world = town()
    assert isinstance(world, Stateful)
    assert world.version == 1
    other = world.model_copy(update={"name": "Hill"})
    other.prepare(seed=0, people=["Ann"])
    other.intervene(lambda other: setattr(other.shop, "stock", 9))
    assert (world.shop.stock, world.name, other.shop.stock, other.name) == (3, "Riverbend", 9, "Hill")
    assert world.model_dump() == world.dump() == json.loads(json.dumps(world.dump())) == json.loads(world.model_dump_json())


def test_without_places_only_the_actor_notices() -> None:
    event = Event(id="1/act/0", step=1, time=0.0, kind="act", actor="Ann", text="Ann sneezes.")
    assert town().witnesses(event) == {"Ann"}
    assert (town().perceive("Ann"), town().perceive_data("Ann"), town().place_of("Ann"), list(town().place_names())) == (
        "",
        {},
        None,
        [],
    )
