"""Search: best first by BM25, over what the account may see and nothing else."""

from __future__ import annotations

import math
from typing import Any

import pytest

from gamemaster.words import ActionCall
from gamemaster.world import Applied, Refused, World
from gamemaster.world.apps import Chat, Feed, Mail, Page, Search, Shop, UserAccounts
from gamemaster.world.apps.ranking import bm25

PEOPLE = ["Ann Falk", "Ben Roe", "Cleo May"]
ANN, BEN, CLEO = PEOPLE


class Phone(World):
    accounts: UserAccounts
    mail: Mail
    chat: Chat
    shop: Shop
    feed: Feed
    search: Search


def phone(**pages: Page) -> Phone:
    world = Phone(
        accounts=UserAccounts.one_each(PEOPLE),
        mail=Mail(),
        chat=Chat(),
        shop=Shop.stocked({"lamp": (5, 3)}, {"ann": 20}),
        feed=Feed(),
        search=Search(pages=pages, most=2),
    )
    world.prepare(seed=0, people=PEOPLE)
    return world


def do(world: World, name: str, actor: str = ANN, /, **arguments: Any) -> Applied | Refused:
    return world.apply(ActionCall(action=name, arguments=arguments), actor=actor)


def test_bm25_by_hand() -> None:
    texts = ["red boat", "red red house by the sea", "green boat", "sea"]
    ranked = bm25("RED", texts)
    assert [at for _, at in ranked] == [0, 1]  # once in two words is more than twice in six
    (first, _), (second, _) = ranked
    weight = math.log(1 + (4 - 2 + 0.5) / (2 + 0.5))
    mean = (2 + 6 + 2 + 1) / 4
    assert first == pytest.approx(weight * 1 * 2.5 / (1 + 1.5 * (0.25 + 0.75 * 2 / mean)))
    assert second == pytest.approx(weight * 2 * 2.5 / (2 + 1.5 * (0.25 + 0.75 * 6 / mean)))


def test_bm25_ties_in_order_and_leaves_out_what_has_no_word() -> None:
    assert [at for _, at in bm25("boat boat", ["a boat", "x", "a boat"])] == [0, 2]
    assert bm25("", ["a"]) == bm25("b", []) == bm25("!?", ["a"]) == []


def test_a_search_finds_in_all_apps_what_one_sees() -> None:
    world = phone(news=Page(title="News", text="A lantern was found"))
    do(world, "send_mail", to=["ben"], subject="Lantern", text="bring the lantern")
    do(world, "message_directly", to="ben", text="the lantern please")
    do(world, "publish_post", text="my lantern", audience="followers")
    found = {each.where for each in world.search.results(ANN, "lantern")}
    assert found == {"mail", "chat", "feed", "pages"}
    assert {each.where for each in world.search.results(BEN, "lantern")} == {"mail", "chat", "pages"}
    assert {each.where for each in world.search.results(CLEO, "lantern")} == {"pages"}
    assert [each.where for each in world.search.results(BEN, "lantern", where="mail")] == ["mail"]
    assert world.search.results(CLEO, "lantern", account="ben") == []
    told = do(world, "search_for", BEN, words="lantern")
    assert isinstance(told, Applied)
    assert told.text == "Ben Roe searches for something."
    assert told.tells[0][1].count("; ") == 1
    assert told.tells[0][1].endswith("And 1 more.")


def test_the_order_of_results_tells_nothing_of_what_others_have() -> None:
    def order(world: Phone) -> list[str]:
        return [each.text for each in world.search.results(BEN, "boat sea")]

    world = phone()
    for text in ("boat", "sea", "sea and land"):
        do(world, "send_mail", to=["ben"], subject="", text=text)
    before = order(world)
    for _ in range(20):
        do(world, "send_mail", CLEO, to=["cleo", "ann"], subject="", text="boat boat boat")
    assert order(world) == before


def test_pages_for_some_are_opened_by_those() -> None:
    world = phone(rules=Page(title="Rules", text="no shouting", readers=["cleo"]))
    assert isinstance(do(world, "open_page", page="rules"), Refused)
    opened = do(world, "open_page", CLEO, page="rules")
    assert isinstance(opened, Applied)
    assert "no shouting" in opened.tells[0][1]
    assert world.search.results(ANN, "shouting") == []
