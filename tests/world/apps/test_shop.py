"""The shop: goods and money move together, and the books say so."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster.words import ActionCall, DefinitionError
from gamemaster.world import Applied, Refused, World
from gamemaster.world.apps import Shop, UserAccounts

PEOPLE = ["Ann Falk", "Ben Roe", "Cleo May"]
ANN, BEN, CLEO = PEOPLE


def shop(**fields: Any) -> Shop:
    world = Shop.stocked(
        {"lamp": (5, 3), "stove": (60, 1)},
        fields.pop("wallets", {"ann": 20}),
        **{"sign_in": UserAccounts.one_each(PEOPLE), "staff": {"ben": "admin", "cleo": "write"}, **fields},
    )
    world.prepare(seed=0, people=PEOPLE)
    return world


def do(world: World, name: str, actor: str = ANN, /, **arguments: Any) -> Applied | Refused:
    return world.apply(ActionCall(action=name, arguments=arguments), actor=actor)


def test_an_order_moves_goods_and_money_at_once() -> None:
    world = shop()
    assert isinstance(do(world, "order_goods", product="lamp", count=2), Applied)
    assert (world.wallets["ann"], world.till, world.stock["lamp"], world.sold["lamp"]) == (10, 10, 1, 2)
    assert isinstance(do(world, "order_goods", product="lamp", count=2), Refused)
    refused = do(world, "order_goods", product="stove")
    assert isinstance(refused, Refused)
    assert refused.reason == "1 stove cost 60, and ann has only 10"
    assert (world.wallets["ann"], world.till) == (10, 10)
    assert isinstance(do(world, "order_goods", BEN, product="lamp"), Refused)  # no wallet


def test_an_order_is_sent_and_arrives() -> None:
    world = shop()
    do(world, "order_goods", product="lamp")
    assert isinstance(do(world, "confirm_delivery", order="order 1"), Refused)
    sent = do(world, "send_order", CLEO, order="order 1")
    assert isinstance(sent, Applied)
    assert sent.tells == ((ANN, "order 1 of ann is on its way: 1 lamp."),)
    assert isinstance(do(world, "cancel_order", order="order 1"), Refused)
    assert isinstance(do(world, "confirm_delivery", order="order 1"), Applied)
    assert world.orders["ann"]["order 1"].status == "received"


def test_what_is_paid_back_comes_back_whole_and_once() -> None:
    world = shop()
    do(world, "order_goods", product="lamp", count=3)
    do(world, "set_price", BEN, product="lamp", price=9)
    assert isinstance(do(world, "refund_order", BEN, order="order 1"), Applied)
    assert (world.wallets["ann"], world.till, world.stock["lamp"], world.sold["lamp"]) == (20, 0, 3, 0)
    assert isinstance(do(world, "refund_order", BEN, order="order 1"), Refused)
    do(world, "order_goods", product="lamp")
    assert world.orders["ann"]["order 2"].paid == 9
    assert isinstance(do(world, "cancel_order", order="order 2"), Applied)
    assert world.wallets["ann"] == 20


def test_staff_do_what_they_may() -> None:
    world = shop()
    do(world, "order_goods", product="lamp")
    assert isinstance(do(world, "take_delivery", CLEO, product="lamp", count=4), Applied)
    assert (world.stock["lamp"], world.supplied["lamp"]) == (6, 7)
    assert isinstance(do(world, "set_price", CLEO, product="lamp", price=1), Refused)
    assert isinstance(do(world, "refund_order", CLEO, order="order 1"), Refused)
    assert isinstance(do(world, "take_delivery", ANN, product="lamp", count=4), Refused)
    assert isinstance(do(world, "add_product", BEN, name="kettle", price=7), Applied)
    assert isinstance(do(world, "add_product", BEN, name="kettle", price=7), Refused)
    assert "kettle" not in world.for_sale(ANN)
    do(world, "take_delivery", BEN, product="kettle", count=1)
    assert "kettle" in world.for_sale(ANN)


def test_nobody_sees_anybody_else_s_orders() -> None:
    world = shop(wallets={"ann": 20, "cleo": 9})
    do(world, "order_goods", product="lamp", count=2)
    do(world, "order_goods", CLEO, product="lamp", count=1)
    assert [each["id"] for each in world.perceive_data(CLEO)["cleo"]["orders"]] == ["order 2"]
    assert "2 lamp" not in world.perceive(CLEO)
    assert isinstance(do(world, "cancel_order", CLEO, order="order 1"), Refused)
    assert "In the till: 15" in world.perceive(BEN)
    assert "In the till" not in world.perceive(ANN)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda world: world.stock.update(lamp=5), "stock and sold must add up to the same as supplied"),
        (lambda world: world.stock.update(lamp=3, stove=0), "3 lamp in stock and 1 sold would not be the 3"),
        (lambda world: world.sold.update(lamp=0) or world.stock.update(lamp=3), "sold must add up to the same as orders"),
        (lambda world: world.wallets.update(ann=16), "wallets"),
        (lambda world: world.wallets.update(ann=16) or setattr(world, "till", 4), "till must add up to the same as opening"),
        (lambda world: setattr(world.orders["ann"]["order 1"], "paid", 4), "till must add up to the same as opening"),
    ],
)
def test_nothing_gets_past_the_books(change: Any, problem: str) -> None:
    world = shop()
    do(world, "order_goods", product="lamp")
    before = world.state()
    with pytest.raises(DefinitionError, match=problem):
        world.intervene(lambda each: change(each) and None)
    assert world.state() == before


def test_books_that_do_not_add_up_are_no_world() -> None:
    with pytest.raises(DefinitionError, match="till"):
        shop(till=7)
    assert shop(till=7, opening=7).till == 7
