"""The apps under random operations: every law holds, and what was written to some reaches nobody else.

Each text that is written holds a canary of its own. Who may come upon it is worked out here, from the arguments of the
actions alone, and compared with all that each person is shown, told, offered, refused with, and finds in a search.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from gamemaster.words import ActionCall, UnknownName
from gamemaster.world import Applied, OfferedAction, OfferedParameter, Refused, World
from gamemaster.world.apps import (
    Calendar,
    Channel,
    Chat,
    Feed,
    Mail,
    Membership,
    Page,
    Search,
    Shop,
    UserAccounts,
    screen,
    screen_data,
)

PEOPLE = ["Ann Falk", "Ben Roe", "Cleo May", "Dan Oss", "Eve Lund"]
CANARY = re.compile(r"zq\d+x")
APPS = ["accounts", "calendar", "mail", "chat", "shop", "search", "feed"]


class Phone(World):
    accounts: UserAccounts
    calendar: Calendar
    mail: Mail
    chat: Chat
    shop: Shop
    search: Search
    feed: Feed

    def perceive(self, name: str) -> str:
        return screen(self, name)

    def perceive_data(self, name: str) -> dict[str, Any]:
        return screen_data(self, name)


def phone() -> Phone:
    users = UserAccounts.one_each(PEOPLE, self_service=True)
    accounts = UserAccounts(
        users={**users.users, "family": {"Ann Falk": "admin", "Ben Roe": "read"}, "club": {}, "old": {"Eve Lund": "admin"}},
        closed=["old"],
        self_service=True,
    )
    world = Phone(
        accounts=accounts,
        calendar=Calendar(may_overlap=["cleo"], remembers=7200),
        mail=Mail(box_limit=12, contacts={"ann": ["ghost", "old"], "dan": ["ghost"]}),
        chat=Chat(
            kept=20,
            channels={
                "hall": Channel(members={"ann": Membership(admin=True)}, open=True, history=True),
                "board": Channel(members={"ben": Membership(admin=True), "cleo": Membership()}),
            },
        ),
        shop=Shop.stocked(
            {"lamp": (5, 40), "stove": (60, 9)}, {"ann": 300, "ben": 90, "family": 500}, staff={"dan": "admin", "eve": "write"}
        ),
        search=Search(
            pages={
                "club.example": Page(title="Rules zq0x", text="zq0x", readers=["cleo"]),
                "news.example": Page(title="News", text="Rain"),
            }
        ),
        feed=Feed(kept=60),
    )
    world.prepare(seed=0, people=PEOPLE)
    return world


@dataclass
class Told:
    """A canary's whereabouts: the accounts that may see it, or who saw the post it is in."""

    accounts: set[str] = field(default_factory=set[str])
    channel: str = ""
    author: str = ""
    public: bool = False
    followers: bool = False
    everybody: bool = False


@dataclass
class Driver:
    """Does one random thing after another, and keeps books of its own."""

    random: Random
    rarely: float = 0.02
    world: Phone = field(default_factory=phone)
    told: dict[str, Told] = field(default_factory=lambda: {"zq0x": Told(accounts={"cleo"})})
    names: list[str] = field(default_factory=list[str])
    applied: dict[str, int] = field(default_factory=dict[str, int])
    addressed: int = 0
    chats: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    canaries: int = 0
    checked: int = 0

    def __post_init__(self) -> None:
        joint = {name for name, each in self.world.definitions.items() if each.together or not each.offered}
        self.names = [name for name in self.world.definitions if name not in joint and ".sign_in." not in name]
        rare = {
            "accounts.close_account",
            "accounts.open_account",
            "feed.block_account",
            "mail.block_sender",
            "chat.create_channel",
            "shop.add_product",
        }
        self.weights = [self.rarely if name in rare else 1.0 for name in self.names]

    # --- doing ---

    def step(self) -> None:
        actor = self.random.choice(PEOPLE)
        name = self.random.choices(self.names, self.weights)[0]
        offer = self.world.offer(name, actor)
        if isinstance(offer, OfferedAction) and self.random.random() < 0.97:
            arguments = {
                each.name: self.value(each) for each in offer.parameters if not each.optional or self.random.random() < 0.3
            }
            self.check(actor, [offer.line])
        else:
            arguments = {
                self.random.choice(["to", "meeting", "text", "account"]): self.random.choice(["ben", "meeting 1", 7, None, ""])
            }
        mentioned = set(CANARY.findall(json.dumps(arguments)))
        written = mentioned - self.told.keys()
        before = {name: set(each.members) for name, each in self.world.chat.channels.items()}
        outcome = self.world.apply(ActionCall(action=name, arguments=arguments), actor=actor)
        if isinstance(outcome, Refused):
            self.check(actor, [outcome.reason], besides=mentioned)
        else:
            self.book(name, actor, outcome, written, before)
            self.applied[name] = self.applied.get(name, 0) + 1
            assert not CANARY.search(outcome.text) or name.startswith("shop."), outcome.text  # what any bystander hears
            for person, text in outcome.tells:
                self.check(person, [text])
        if self.random.random() < 0.03:
            self.world.set_time(self.world.now + self.random.choice([60, 900, 7200, 40_000]))

    def value(self, each: OfferedParameter) -> Any:
        if each.many:
            assert each.options
            return self.random.sample(each.options, self.random.randint(1, min(3, len(each.options))))
        if each.options is not None:
            return self.random.choice(each.options)
        if each.type == "yes or no":
            return self.random.random() < 0.5
        if each.type == "text":
            self.canaries += 1
            return f"zq{self.canaries}x"
        return self.random.randint(int(each.low or 0), int(each.low or 0) + 9)

    def book(self, name: str, actor: str, outcome: Applied, written: set[str], before: dict[str, set[str]]) -> None:
        """Note whom a text is for, by the arguments alone."""
        world, arguments = self.world, outcome.arguments
        own = arguments.get("account") or next(iter(world.accounts.of(actor)), "")
        known = Told(everybody=True)  # names of accounts, products, channels are known to all
        if name in ("mail.send_mail", "mail.answer_mail"):
            box = next(each for each in reversed(self._sent()) if each.id == f"letter {world.mail.count}")
            self.addressed += len(box.to)
            known = Told(accounts={box.sender, *box.to})
        elif name in ("calendar.invite_guests", "calendar.enter_appointment"):
            whose = arguments["calendar"] or own
            known = Told(accounts={whose, *arguments.get("guests", ())})
        elif name in ("chat.post_message", "chat.message_directly"):
            channel = arguments.get("channel") or next(
                key
                for key, each in world.chat.channels.items()
                if each.pair and each.posted and set(each.pair) == {own, arguments["to"]}
            )
            known = Told(accounts=set(world.chat.channels[channel].members), channel=channel)
            self.chats.setdefault(channel, []).extend(written)
            assert before.get(channel, known.accounts) == known.accounts
        elif name == "chat.add_member" and arguments["channel"] in self.told:
            self.told[arguments["channel"]].accounts.add(arguments["member"])
        elif name == "chat.create_channel":
            known = Told(accounts={own}, channel=arguments["name"])
        elif name == "feed.publish_post":
            known = Told(
                author=own,
                accounts={own},
                public=arguments["audience"] == "everybody",
                followers=arguments["audience"] == "followers",
            )
        elif name == "search.search_for":
            known = Told(accounts=set(world.accounts.of(actor, "read")))
        elif name == "calendar.ask_along":
            title = world.calendar.meetings[arguments["meeting"]].title
            self.told[title].accounts.add(arguments["guest"])
        for canary in written:
            self.told[canary] = known

    def _sent(self) -> list[Any]:
        return sorted((each for out in self.world.mail.outbox.values() for each in out), key=lambda each: int(each.id.split()[1]))

    # --- checking ---

    def may_see(self, canary: str, person: str) -> bool:
        world, told = self.world, self.told[canary]
        own = [each for each in world.accounts.users if person in world.accounts.users[each]]
        if told.everybody:
            return True
        for account in own:
            if account in told.accounts:
                return True
            channel = world.chat.channels.get(told.channel)
            if (
                channel is not None
                and (channel.history or canary == told.channel)
                and (channel.open or account in channel.members)
            ):
                return True
            barred = account in world.feed.blocks.get(told.author, ()) or told.author in world.feed.blocks.get(account, ())
            if (told.public and not barred) or (
                told.followers and told.author in world.feed.follows.get(account, ()) and not barred
            ):
                return True
            if any(account in world.calendar.shared.get(each, ()) for each in told.accounts):
                return True
        return False

    def check(self, person: str, texts: Iterable[str], *, besides: Iterable[str] = ()) -> None:
        for canary in set(CANARY.findall("\n".join(texts))) - set(besides):
            self.checked += 1
            assert self.may_see(canary, person), f"{person} comes upon {canary}: {self.told[canary]}"

    def check_everybody(self) -> None:
        """All that is shown to each, and all that each finds of the newest texts."""
        world = self.world
        newest = " ".join(list(self.told)[-30:])
        for person in PEOPLE:
            seen = world.perceive(person)
            assert len(seen) < 7 * 1500
            found = world.search.results(person, newest)
            self.check(person, [seen, json.dumps(world.perceive_data(person)), *[f"{each.source} {each.text}" for each in found]])
            for account in [*world.accounts.users, "ghost"]:
                if not world.accounts.may(person, account, "read"):
                    assert world.search.results(person, newest, account=account) == []

    def check_books(self) -> None:
        """The laws once more, counted from what was done."""
        world = self.world
        mail, shop, calendar = world.mail, world.shop, world.calendar
        assert sum(mail.sent.values()) == self.addressed == sum(mail.delivered.values()) + sum(mail.bounced.values())
        assert sum(map(len, mail.inbox.values())) == sum(mail.delivered.values()) - sum(mail.deleted.values())
        assert {name: shop.stock[name] + shop.sold[name] for name in shop.products} == dict(shop.supplied)
        orders = [each for orders in shop.orders.values() for each in orders.values()]
        assert shop.till == sum(each.paid for each in orders) == 890 - sum(shop.wallets.values())
        assert sum(shop.sold.values()) == sum(each.count for each in orders)
        assert all(each.paid == each.count == 0 for each in orders if each.status == "refunded")
        for name, written in self.chats.items():
            kept = [each.text for each in world.chat.posts[name]]
            assert kept == written[-20:]
        for meeting in calendar.meetings.values():
            standing = {name: each[meeting.id] for name, each in calendar.entries.items() if meeting.id in each}
            assert set(standing) == set(meeting.attending())
            assert {(each.start, each.end) for each in standing.values()} <= {(meeting.start, meeting.end)}
        for account, entries in calendar.entries.items():
            spans = sorted((each.start, each.end) for each in entries.values())
            assert account == "cleo" or all(end <= start for (_, end), (start, _) in pairwise(spans))
        world.restore(world.state())  # a whole state passes every law and invariant once more


def drive(operations: int, *, seed: int, every: int, rarely: float) -> Driver:
    driver = Driver(random=Random(seed), rarely=rarely)
    for number in range(operations):
        driver.step()
        if number % every == 0:
            driver.check_everybody()
    driver.check_everybody()
    driver.check_books()
    return driver


@pytest.mark.parametrize("seed", [1, 2])
def test_laws_and_privacy_hold_over_random_operations(seed: int) -> None:
    driver = drive(1_500, seed=seed, every=100, rarely=0.2)
    assert driver.checked > 1_000
    assert len(driver.applied) > 30, sorted(set(driver.names) - set(driver.applied))


@pytest.mark.slow
def test_laws_and_privacy_hold_over_100_000_operations() -> None:
    driver = drive(100_000, seed=3, every=1_000, rarely=0.005)
    assert set(driver.names) == set(driver.applied)
    assert sum(driver.applied.values()) > 50_000


def test_every_action_of_every_app_can_happen() -> None:
    driver = Driver(random=Random(0))
    assert {name.split(".")[0] for name in driver.names} == set(APPS)
    with pytest.raises(UnknownName):
        driver.world.find_action("mail.read_all")
