"""The feed: who sees what, in which order, and what a block does."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster.words import ActionCall, DefinitionError
from gamemaster.world import Applied, Refused, World
from gamemaster.world.apps import Feed, FeedPost, UserAccounts

PEOPLE = ["Ann Falk", "Ben Roe", "Cleo May"]
ANN, BEN, CLEO = PEOPLE


def feed(**fields: Any) -> Feed:
    world = Feed(sign_in=UserAccounts.one_each(PEOPLE), **fields)
    world.prepare(seed=0, people=PEOPLE)
    return world


def do(world: World, name: str, actor: str = ANN, /, **arguments: Any) -> Applied | Refused:
    return world.apply(ActionCall(action=name, arguments=arguments), actor=actor)


def shown(world: Feed, account: str) -> list[str]:
    return [post.id for post in world.timeline(account)]


def test_a_timeline_has_what_one_follows_newest_first() -> None:
    world = feed()
    do(world, "follow_account", BEN, other="ann")
    for text in ("one", "two"):
        do(world, "publish_post", text=text)
    do(world, "publish_post", CLEO, text="three")
    do(world, "publish_post", BEN, text="four")
    assert shown(world, "ben") == ["post 4", "post 2", "post 1"]
    assert shown(world, "cleo") == ["post 3"]
    assert isinstance(do(world, "follow_account", BEN, other="ann"), Refused)
    do(world, "unfollow_account", BEN, other="ann")
    assert shown(world, "ben") == ["post 4"]


def test_posts_for_followers_are_for_followers() -> None:
    world = feed()
    do(world, "follow_account", BEN, other="ann")
    do(world, "follow_account", CLEO, other="ben")
    do(world, "publish_post", text="private", audience="followers")
    assert shown(world, "ben") == ["post 1"]
    passed = do(world, "repost", BEN, post="post 1")
    assert isinstance(passed, Refused)
    assert shown(world, "cleo") == []
    assert list(world.documents("cleo")) == []
    do(world, "unfollow_account", BEN, other="ann")
    assert list(world.documents("ben")) == []


def test_what_is_passed_on_reaches_followers_and_goes_with_its_original() -> None:
    world = feed()
    do(world, "follow_account", BEN, other="ann")
    do(world, "follow_account", CLEO, other="ben")
    do(world, "publish_post", text="news")
    assert isinstance(do(world, "repost", BEN, post="post 1"), Applied)
    assert isinstance(do(world, "repost", BEN, post="post 1"), Refused)
    assert shown(world, "cleo") == ["post 2"]
    assert 'post 1, ben passes on ann: "news" (0 likes, 1 reposts)' in world.perceive(CLEO)
    assert isinstance(do(world, "like_post", CLEO, post="post 1"), Applied)
    assert isinstance(do(world, "like_post", CLEO, post="post 1"), Refused)
    assert world.posts["post 1"].likes == ["cleo"]
    assert isinstance(do(world, "take_back_post", CLEO, post="post 1"), Refused)
    assert isinstance(do(world, "take_back_post", post="post 1"), Applied)
    assert list(world.posts) == []


def test_taking_back_a_repost_leaves_the_original() -> None:
    world = feed()
    do(world, "follow_account", BEN, other="ann")
    do(world, "publish_post", text="news")
    do(world, "repost", BEN, post="post 1")
    assert isinstance(do(world, "take_back_post", BEN, post="post 2"), Applied)
    assert world.posts["post 1"].reposts == []
    assert isinstance(do(world, "repost", BEN, post="post 1"), Applied)


def test_after_a_block_neither_sees_the_other() -> None:
    world = feed()
    do(world, "follow_account", BEN, other="ann")
    do(world, "follow_account", ANN, other="ben")
    do(world, "follow_account", CLEO, other="ann")
    do(world, "follow_account", BEN, other="cleo")
    do(world, "publish_post", text="news")
    do(world, "repost", CLEO, post="post 1")
    assert shown(world, "ben") == ["post 2"]  # once, where it comes first
    do(world, "block_account", ANN, other="ben")
    assert (world.follows["ann"], world.follows["ben"]) == ([], ["cleo"])
    assert shown(world, "ben") == []
    assert list(world.documents("ben")) == []
    assert isinstance(do(world, "follow_account", BEN, other="ann"), Refused)
    assert isinstance(do(world, "follow_account", ANN, other="ben"), Refused)
    assert shown(world, "cleo") == ["post 2"]


def test_the_other_ranking_puts_what_is_liked_first() -> None:
    world = feed(ranking="liked", follows={"cleo": ["ann"]})
    for text in ("one", "two", "three"):
        do(world, "publish_post", text=text)
    do(world, "like_post", CLEO, post="post 1")
    do(world, "like_post", post="post 1")
    do(world, "like_post", CLEO, post="post 2")
    assert shown(world, "cleo") == ["post 1", "post 2", "post 3"]
    world.set_time(10 * 3600)
    do(world, "publish_post", text="four")
    assert shown(world, "cleo") == ["post 4", "post 1", "post 2", "post 3"]


def test_old_posts_go_but_not_what_is_being_passed_on() -> None:
    world = feed(kept=2, follows={"ben": ["ann"]})
    do(world, "publish_post", text="one")
    do(world, "publish_post", text="two")
    do(world, "repost", BEN, post="post 1")
    assert list(world.posts) == ["post 1", "post 3"]
    do(world, "publish_post", text="four")
    assert list(world.posts) == ["post 4"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"follows": {"ann": ["ben"]}, "blocks": {"ben": ["ann"]}}, "blocked the other"),
        ({"follows": {"ann": ["ann"]}}, "follow itself"),
        ({"posts": {"p": FeedPost(id="p", author="ann", text="", time=0, likes=["ben", "ben"])}}, "twice"),
        ({"posts": {"p": FeedPost(id="p", author="ann", text="", time=0, reposts=["ben"])}}, "name others"),
        ({"posts": {"p": FeedPost(id="p", author="ann", text="", time=0, repost_of="q")}}, "is not there"),
    ],
)
def test_untrue_marks_are_no_world(fields: Any, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        feed(**fields)
