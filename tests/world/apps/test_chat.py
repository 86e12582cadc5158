"""Chat: one order for all, members only, unread marks."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster.words import ActionCall, DefinitionError
from gamemaster.world import Applied, Refused, World
from gamemaster.world.apps import Channel, Chat, Membership, Post, UserAccounts

PEOPLE = ["Ann Falk", "Ben Roe", "Cleo May"]
ANN, BEN, CLEO = PEOPLE


def chat(**fields: Any) -> Chat:
    channels = {
        "hall": Channel(open=True, members={"ann": Membership(admin=True)}),
        "board": Channel(members={"ann": Membership(admin=True), "ben": Membership()}),
    }
    given: dict[str, Any] = {"sign_in": UserAccounts.one_each(PEOPLE), "channels": channels, **fields}
    world = Chat(**given)
    world.prepare(seed=0, people=PEOPLE)
    return world


def do(world: World, name: str, actor: str = ANN, /, **arguments: Any) -> Applied | Refused:
    return world.apply(ActionCall(action=name, arguments=arguments), actor=actor)


def texts(world: Chat, account: str, channel: str) -> list[str]:
    return [post.text for post in world.seen_by(account, channel)]


def test_posts_reach_members_in_one_order_and_nobody_else() -> None:
    world = chat()
    for actor, text in ((ANN, "one"), (BEN, "two"), (ANN, "three")):
        posted = do(world, "post_message", actor, channel="board", text=text)
        assert isinstance(posted, Applied)
        assert {person for person, _ in posted.tells} == {ANN, BEN}
    assert texts(world, "ann", "board") == texts(world, "ben", "board") == ["one", "two", "three"]
    assert texts(world, "cleo", "board") == []
    assert "board" not in world.perceive(CLEO)
    assert isinstance(do(world, "post_message", CLEO, channel="board", text="me too"), Refused)
    assert isinstance(do(world, "join_channel", CLEO, channel="board"), Refused)


def test_what_is_unread_is_what_came_since_one_looked() -> None:
    world = chat()
    do(world, "post_message", channel="board", text="one")
    do(world, "post_message", channel="board", text="two")
    assert (world.unread("ann", "board"), world.unread("ben", "board")) == (0, 2)
    read = do(world, "read_channel", BEN, channel="board")
    assert isinstance(read, Applied)
    assert read.tells == ((BEN, 'In board: ann: "one"; ann: "two"'),)
    assert world.unread("ben", "board") == 0
    do(world, "post_message", channel="board", text="three")
    again = do(world, "read_channel", BEN, channel="board")
    assert isinstance(again, Applied)
    assert again.tells == ((BEN, 'In board: ann: "three"'),)


def test_who_joins_sees_what_comes_after_unless_there_is_history() -> None:
    world = chat()
    do(world, "post_message", channel="hall", text="before")
    do(world, "join_channel", CLEO, channel="hall")
    do(world, "post_message", channel="hall", text="after")
    assert texts(world, "cleo", "hall") == ["after"]
    open_book = Channel(open=True, history=True, members={"ann": Membership(admin=True)})
    world = chat(channels={"hall": open_book})
    do(world, "post_message", channel="hall", text="before")
    do(world, "join_channel", CLEO, channel="hall")
    assert texts(world, "cleo", "hall") == ["before"]


def test_who_leaves_sees_nothing_and_somebody_is_left_to_decide() -> None:
    world = chat()
    do(world, "post_message", channel="board", text="one")
    do(world, "leave_channel", channel="board")
    assert texts(world, "ann", "board") == []
    assert world.administered(BEN) == ["board"]
    assert isinstance(do(world, "add_member", BEN, channel="board", member="ann"), Applied)
    assert texts(world, "ann", "board") == []
    assert isinstance(do(world, "remove_member", BEN, channel="board", member="ann"), Applied)
    assert isinstance(do(world, "remove_member", BEN, channel="board", member="ann"), Refused)


def test_a_direct_channel_is_made_once_and_stays_with_two() -> None:
    world = chat()
    do(world, "message_directly", to="ben", text="hi")
    do(world, "message_directly", BEN, to="ann", text="hello")
    assert texts(world, "ann", "ann & ben") == ["hi", "hello"]
    assert world.leavable(ANN) == ["hall", "board"]
    assert isinstance(do(world, "leave_channel", channel="ann & ben"), Refused)
    assert isinstance(do(world, "create_channel", CLEO, name="ann & ben"), Refused)
    assert "ann & ben" not in world.joinable(CLEO)


def test_a_channel_of_one_s_own() -> None:
    world = chat()
    assert isinstance(do(world, "create_channel", CLEO, name="garden", open_to_all=True), Applied)
    assert world.administered(CLEO) == ["garden"]
    assert isinstance(do(world, "create_channel", BEN, name="garden"), Refused)
    assert "garden" in world.joinable(BEN)
    do(world, "leave_channel", CLEO, channel="garden")
    do(world, "join_channel", BEN, channel="garden")
    assert world.administered(BEN) == ["garden"]


def test_old_posts_go_and_the_count_stays() -> None:
    world = chat(kept=3)
    for number in range(5):
        do(world, "post_message", channel="board", text=str(number))
    assert texts(world, "ben", "board") == ["2", "3", "4"]
    assert world.unread("ben", "board") == 5


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda world: world.posts["board"].reverse(), "number 1 would come after number 2"),
        (lambda world: world.posts["board"].pop(0) and world.posts["board"].append(world.posts["board"][0]), "after"),
        (lambda world: setattr(world.posts["board"][1], "time", -1.0), "number 2 would come after number 1"),
        (lambda world: setattr(world.posts["board"][0], "number", 7), "number 2 would come after number 7"),
        (lambda world: world.posts.update(nowhere=[Post(number=1, author="ann", text="", time=0.0)]), "no channel"),
        (lambda world: world.posts["board"].pop(), "of 2"),
        (lambda world: world.channels["board"].members.clear(), None),
    ],
)
def test_no_change_breaks_the_order(change: Any, problem: str | None) -> None:
    world = chat()
    for text in ("one", "two"):
        do(world, "post_message", channel="board", text=text)
    if problem is None:
        world.intervene(lambda each: change(each) and None)
        return
    with pytest.raises(DefinitionError, match=problem):
        world.intervene(lambda each: change(each) and None)
    assert isinstance(do(world, "post_message", BEN, channel="board", text="three"), Applied)


def test_posts_out_of_order_are_no_world() -> None:
    posts = {"board": [Post(number=number, author="ann", text="", time=0.0) for number in (1, 3)]}
    channel = Channel(members={"ann": Membership(admin=True)}, posted=3)
    with pytest.raises(DefinitionError, match="number 3 would come after number 1"):
        chat(channels={"board": channel}, posts=posts)
