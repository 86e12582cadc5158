"""Feed: a small social network: posts, follows, likes, reposts, blocks, and a timeline for each account.

The one idea: whether an account sees a post is one question, asked of every post wherever it would be shown: is it the
account's own, public or by somebody it follows, and has neither blocked the other. A repost shows the original and asks
again about its author.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, MaxLen, MinLen
from pydantic import BaseModel, Field

from gamemaster.words import OneOf, Person
from gamemaster.world.action import action
from gamemaster.world.apps.app import App, Document, said
from gamemaster.world.invariant import invariant

__all__ = ["Feed", "FeedPost"]

_AGE = 3600.0


class FeedPost(BaseModel):
    """A post, or with `repost_of` somebody's passing on of another. `audience` is everybody, or the author's followers alone."""

    id: str
    author: str
    text: str
    time: float
    audience: Literal["everybody", "followers"] = "everybody"
    repost_of: str | None = None
    likes: list[str] = Field(default_factory=list[str])
    reposts: list[str] = Field(default_factory=list[str])


class Feed(App):
    """Posts by id, oldest first, of which the newest `kept` stay; who follows whom, and who has blocked whom, by account.

    The timeline has what the account and those it follows wrote or passed on: newest first, or with `ranking="liked"` by
    (1 + likes + 2 reposts) / (2 + age in hours)^1.5, ties newest first. With a block neither sees the other's posts, and no
    follow stands between the two.
    """

    title: ClassVar[str] = "Feed"
    posts: dict[str, FeedPost] = Field(default_factory=dict[str, FeedPost])
    follows: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    blocks: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    ranking: Literal["newest", "liked"] = "newest"
    kept: Annotated[int, Ge(2)] = 1000
    count: int = 0

    # --- what can be chosen ---

    def followable(self, actor: str) -> list[str]:
        """Whom this person's first account can follow."""
        return [each for each in self.others(actor) if not all(self._bars(own, each) for own in self.may_write(actor))]

    def followed(self, actor: str) -> list[str]:
        """Whom this person's accounts follow."""
        return list(dict.fromkeys(each for own in self.may_write(actor) for each in self.follows.get(own, ())))

    def seen_posts(self, actor: str) -> list[str]:
        """The posts that this person can like or pass on: those on the timelines of the person's accounts, newest first."""
        found = [each for own in self.may_write(actor) for each in self.timeline(own)]
        return list(dict.fromkeys(each.repost_of or each.id for each in found))

    def own_posts(self, actor: str) -> list[str]:
        """The posts that this person can take back."""
        own = self.may_write(actor)
        return [each.id for each in reversed(list(self.posts.values())) if each.author in own]

    # --- what can be done ---

    @action(when="may_write")
    def publish_post(
        self,
        actor: Person,
        text: Annotated[str, MinLen(1), MaxLen(500)],
        audience: Literal["everybody", "followers"] = "everybody",
        account: Annotated[str, OneOf("may_write")] = "",
    ) -> str:
        """Publish a post on the social feed."""
        author = self.acting_as(actor, account)
        post = self._add(author, text, audience=audience)
        self.tell(actor, f"{author} has published {post.id}: {said(text)}")
        return f"{actor} posts something online."

    @action(when="seen_posts")
    def like_post(
        self, actor: Person, post: Annotated[str, OneOf("seen_posts")], account: Annotated[str, OneOf("may_write")] = ""
    ) -> str:
        """Like a post on the social feed."""
        own, found = self.acting_as(actor, account), self.posts[post]
        if own in found.likes:
            self.refuse(f"{own} likes {post} already")
        self._check_sees(own, found)
        found.likes.append(own)
        return f"{actor} likes something online."

    @action(when="seen_posts")
    def repost(
        self, actor: Person, post: Annotated[str, OneOf("seen_posts")], account: Annotated[str, OneOf("may_write")] = ""
    ) -> str:
        """Pass a post of somebody else on to one's followers."""
        own, found = self.acting_as(actor, account), self.posts[post]
        self._check_sees(own, found)
        if found.author == own or found.audience == "followers" or own in found.reposts:
            self.refuse(f"{own} can't pass {post} on: it is {own}'s, for followers only, or passed on already")
        found.reposts.append(own)
        self._add(own, "", repost_of=post)
        return f"{actor} passes something on online."

    @action(when="own_posts")
    def take_back_post(self, actor: Person, post: Annotated[str, OneOf("own_posts")]) -> str:
        """Take back a post of one's own, with all that passes it on."""
        self._drop(post)
        return f"{actor} takes something back online."

    @action(when="may_write")
    def follow_account(
        self, actor: Person, other: Annotated[str, OneOf("followable")], account: Annotated[str, OneOf("may_write")] = ""
    ) -> str:
        """Follow somebody on the social feed."""
        own = self.acting_as(actor, account)
        following = self.follows.setdefault(own, [])
        if other == own or other in following or self._bars(own, other):
            self.refuse(f"{own} can't follow {other}")
        following.append(other)
        self.inform(other, f"{own} follows {other}.")
        return f"{actor} follows somebody online."

    @action(when="followed")
    def unfollow_account(
        self, actor: Person, other: Annotated[str, OneOf("followed")], account: Annotated[str, OneOf("may_write")] = ""
    ) -> str:
        """Stop following somebody on the social feed."""
        own = self.acting_as(
            actor, account or next(each for each in self.may_write(actor) if other in self.follows.get(each, ()))
        )
        if other not in self.follows.get(own, ()):
            self.refuse(f"{own} does not follow {other}")
        self.follows[own].remove(other)
        return f"{actor} follows somebody no longer."

    @action(when="may_write")
    def block_account(
        self, actor: Person, other: Annotated[str, OneOf("others")], account: Annotated[str, OneOf("may_write")] = ""
    ) -> str:
        """Block somebody on the social feed: neither sees the other any more."""
        own = self.acting_as(actor, account)
        blocked = self.blocks.setdefault(own, [])
        if other == own or other in blocked:
            self.refuse(f"{own} can't block {other}")
        blocked.append(other)
        for one, another in ((own, other), (other, own)):
            if another in self.follows.get(one, ()):
                self.follows[one].remove(another)
        return f"{actor} changes something online."

    # --- what is seen ---

    def sees(self, account: str, post: FeedPost) -> bool:
        """Whether an account may see a post, wherever it comes upon it."""
        if self._bars(account, post.author):
            return False
        if post.repost_of is not None:
            original = self.posts.get(post.repost_of)
            return original is not None and self.sees(account, original)
        return post.audience == "everybody" or account == post.author or post.author in self.follows.get(account, ())

    def timeline(self, account: str, most: int = 50) -> list[FeedPost]:
        """The posts on this account's timeline, in the order of `ranking`; each original once, where it first comes."""
        shown_from = {account, *self.follows.get(account, ())}
        found = [each for each in reversed(self.posts.values()) if each.author in shown_from and self.sees(account, each)]
        if self.ranking == "liked":
            found.sort(key=lambda each: -self._score(self._original(each)))
        return list({each.repost_of or each.id: each for each in reversed(found)}.values())[::-1][:most]

    def view(self, account: str) -> list[str]:
        lines = [f"{account} follows {len(self.follows.get(account, ()))}."]
        for each in self.timeline(account):
            post = self._original(each)
            by = f"{each.author} passes on {post.author}" if each.repost_of else post.author
            lines.append(f"- {post.id}, {by}: {said(post.text)} ({len(post.likes)} likes, {len(post.reposts)} reposts)")
        return lines

    def view_data(self, account: str) -> dict[str, Any]:
        shown = [(each, self._original(each)) for each in self.timeline(account)]
        return {
            "follows": list(self.follows.get(account, ())),
            "timeline": [
                {"id": post.id, "author": post.author, "by": each.author, "text": post.text, "likes": len(post.likes)}
                for each, post in shown
            ],
        }

    def documents(self, account: str) -> Iterator[Document]:
        for each in reversed(self.posts.values()):
            if each.repost_of is None and self.sees(account, each):
                yield Document(where="feed", source=f"{each.id} by {each.author}", text=each.text, time=each.time)

    # --- inside ---

    def _original(self, post: FeedPost) -> FeedPost:
        return post if post.repost_of is None else self.posts[post.repost_of]

    def _score(self, post: FeedPost) -> float:
        age = max(0.0, self.now - post.time) / _AGE
        return (1 + len(post.likes) + 2 * len(post.reposts)) / (2 + age) ** 1.5

    def _bars(self, one: str, other: str) -> bool:
        return other in self.blocks.get(one, ()) or one in self.blocks.get(other, ())

    def _check_sees(self, account: str, post: FeedPost) -> None:
        if not self.sees(account, post):
            self.refuse(f"{account} can't see {post.id}")

    def _add(self, author: str, text: str, **fields: Any) -> FeedPost:
        while len(self.posts) >= self.kept:  # what is passed on stays, however old
            self._drop(next(each for each in self.posts if each != fields.get("repost_of")))
        self.count += 1
        key = f"post {self.count}"
        self.posts[key] = FeedPost(id=key, author=author, text=text, time=self.now, **fields)
        return self.posts[key]

    def _drop(self, key: str) -> None:
        """Take a post out, with those that pass it on; the original of one that is dropped loses its mark."""
        dropped = self.posts.pop(key)
        original = self.posts.get(dropped.repost_of or "")
        if original is not None and dropped.author in original.reposts:
            original.reposts.remove(dropped.author)
        for each in [each.id for each in self.posts.values() if each.repost_of == key]:
            del self.posts[each]

    @invariant
    def nobody_follows_across_a_block(self) -> str | None:
        """No follow stands where one has blocked the other; each is followed once."""
        for account, following in self.follows.items():
            if account in following or len(set(following)) < len(following):
                return f"{account} would follow itself, or somebody twice"
            for other in following:
                if self._bars(account, other):
                    return f"{account} would follow {other}, and one of them has blocked the other"
        return None

    @invariant
    def marks_are_true(self) -> str | None:
        """Each account likes a post once; reposts are posts of those named, and what they pass on is there."""
        passed_on: dict[str, list[str]] = {}
        for each in self.posts.values():
            if each.repost_of is not None:
                passed_on.setdefault(each.repost_of, []).append(each.author)
        for key, each in self.posts.items():
            if len(set(each.likes)) < len(each.likes):
                return f"somebody would like {key} twice"
            if sorted(each.reposts) != sorted(passed_on.pop(key, [])):
                return f"{key} would name others than pass it on"
        return f"{next(iter(passed_on))} would be passed on, and is not there" if passed_on else None
