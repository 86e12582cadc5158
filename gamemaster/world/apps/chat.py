"""Chat: channels of members, each with one order of posts that is the same for all who read it.

The one idea: a post has a number in its channel, and a membership two: the last post before it began, and the last one read. What
an account sees is what lies after the first; what is unread lies after the second.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, MaxLen
from pydantic import BaseModel, Field

from gamemaster.words import OneOf, Person
from gamemaster.world.action import action
from gamemaster.world.apps.app import App, Document, said
from gamemaster.world.apps.in_sequence import in_sequence
from gamemaster.world.apps.user_accounts import check_name
from gamemaster.world.invariant import invariant

__all__ = ["Channel", "Chat", "Membership", "Post"]


class Post(BaseModel):
    """What an account wrote into a channel; `number` counts the channel's posts from 1."""

    number: int
    author: str
    text: str
    time: float


class Membership(BaseModel):
    """An account's place in a channel: it sees posts after number `since` and has read those up to `read`."""

    since: int = 0
    read: int = 0
    admin: bool = False


class Channel(BaseModel):
    """A channel; whoever likes may join an `open` one. With `history` newcomers see what was written before they came.

    `posted` is the number of the last post; the newest posts are kept. `pair` are the two accounts of a direct channel.
    """

    members: dict[str, Membership] = Field(default_factory=dict[str, Membership])
    open: bool = False
    history: bool = False
    posted: int = 0
    pair: list[str] = Field(default_factory=list[str])


class Chat(App):
    """Channels by name, and their posts, of which the newest `kept` of each channel stay. Only members write and read.

    Posts of a channel are numbered in the order in which they were written, which is the same for all who read it.
    """

    title: ClassVar[str] = "Chat"
    channels: dict[str, Channel] = Field(default_factory=dict[str, Channel])
    posts: dict[str, list[Post]] = Field(default_factory=dict[str, list[Post]])
    kept: Annotated[int, Ge(1)] = 200

    laws = [in_sequence("posts")]

    # --- what can be chosen ---

    def channels_of_actor(self, actor: str) -> list[str]:
        """The channels that this person can write into."""
        own = self.may_write(actor)
        return [name for name, each in self.channels.items() if any(account in each.members for account in own)]

    def joinable(self, actor: str) -> list[str]:
        """The open channels in which this person isn't yet, with an account at least."""
        own = self.may_write(actor)
        return [n for n, each in self.channels.items() if each.open and not all(account in each.members for account in own)]

    def administered(self, actor: str) -> list[str]:
        """The channels whose members this person decides on."""
        own = self.may_write(actor)
        found = self.channels.items()
        return [n for n, each in found if any(account in each.members and each.members[account].admin for account in own)]

    def leavable(self, actor: str) -> list[str]:
        """The channels that this person can leave: all but the direct ones."""
        return [name for name in self.channels_of_actor(actor) if not self.channels[name].pair]

    # --- what can be done ---

    @action(when="channels_of_actor")
    def post_message(
        self,
        actor: Person,
        channel: Annotated[str, OneOf("channels_of_actor")],
        text: Annotated[str, MaxLen(1000)],
        account: Annotated[str, OneOf("may_write")] = "",
    ) -> str:
        """Write a message into a channel of the chat."""
        author = self._member(actor, channel, account)
        self._post(channel, author, text)
        return f"{actor} writes in the chat."

    @action(when="may_write")
    def message_directly(
        self,
        actor: Person,
        to: Annotated[str, OneOf("others")],
        text: Annotated[str, MaxLen(1000)],
        account: Annotated[str, OneOf("may_write")] = "",
    ) -> str:
        """Write a private chat message to one other."""
        author = self.acting_as(actor, account)
        if to == author:
            self.refuse(f"{author} can't write to {author}")
        channel = self.direct(author, to)
        if channel is None:
            channel = " & ".join([author, to])
            members = {author: Membership(), to: Membership()}
            self.channels[channel] = Channel(members=members, pair=[author, to])
        self._post(channel, author, text)
        return f"{actor} writes in the chat."

    @action(when="channels_of_actor")
    def read_channel(self, actor: Person, channel: Annotated[str, OneOf("channels_of_actor")]) -> str:
        """Read what is new in a channel of the chat."""
        for account in self.may_write(actor):
            member = self.channels[channel].members.get(account)
            if member is not None:
                new = [each for each in self.seen_by(account, channel) if each.number > member.read]
                lines = [f"{each.author}: {said(each.text)}" for each in new[-20:]]
                self.tell(actor, f"In {channel}: " + ("; ".join(lines) or "nothing new."))
                member.read = self.channels[channel].posted
        return f"{actor} reads the chat."

    @action(when="may_write")
    def create_channel(
        self,
        actor: Person,
        name: Annotated[str, MaxLen(40)],
        open_to_all: bool = False,
        account: Annotated[str, OneOf("may_write")] = "",
    ) -> str:
        """Make a new channel in the chat; one that is open to all can be joined without being added."""
        check_name(name)
        if name in self.channels:
            self.refuse(f"the name {name} can't be had")
        creator = self.acting_as(actor, account)
        self.channels[name] = Channel(members={creator: Membership(admin=True)}, open=open_to_all)
        self.tell(actor, f"{creator} has made the channel {name}.")
        return f"{actor} makes a channel."

    @action(when="joinable")
    def join_channel(
        self, actor: Person, channel: Annotated[str, OneOf("joinable")], account: Annotated[str, OneOf("may_write")] = ""
    ) -> str:
        """Join an open channel of the chat."""
        outside = [each for each in self.may_write(actor) if each not in self.channels[channel].members]
        self._add(channel, self.acting_as(actor, account or outside[0]))
        self.tell(actor, f"Joined {channel}.")
        return f"{actor} joins a channel."

    @action(when="leavable")
    def leave_channel(
        self, actor: Person, channel: Annotated[str, OneOf("leavable")], account: Annotated[str, OneOf("may_write")] = ""
    ) -> str:
        """Leave a channel of the chat."""
        self._remove(channel, self._member(actor, channel, account))
        self.tell(actor, f"Left {channel}.")
        return f"{actor} leaves a channel."

    @action(when="administered")
    def add_member(
        self, actor: Person, channel: Annotated[str, OneOf("administered")], member: Annotated[str, OneOf("others")]
    ) -> str:
        """Add somebody to a channel on which one decides."""
        self._add(channel, member)
        self.inform(member, f"{member} has been added to {channel}.")
        return f"{actor} adds somebody to a channel."

    @action(when="administered")
    def remove_member(
        self, actor: Person, channel: Annotated[str, OneOf("administered")], member: Annotated[str, OneOf("others")]
    ) -> str:
        """Take somebody out of a channel on which one decides."""
        if member not in self.channels[channel].members:
            self.refuse(f"{member} is not in {channel}")
        self._remove(channel, member)
        self.inform(member, f"{member} has been taken out of {channel}.")
        return f"{actor} takes somebody out of a channel."

    # --- what is seen ---

    def direct(self, one: str, other: str) -> str | None:
        """The direct channel of two accounts, None while they have none."""
        found = (name for name, each in self.channels.items() if sorted(each.pair) == sorted((one, other)))
        return next(found, None)

    def seen_by(self, account: str, channel: str) -> list[Post]:
        """The posts of a channel that this account may see, oldest first; none for who is no member."""
        found = self.channels.get(channel)
        member = None if found is None else found.members.get(account)
        if found is None or member is None:
            return []
        return [each for each in self.posts.get(channel, ()) if found.history or each.number > member.since]

    def unread(self, account: str, channel: str) -> int:
        """How many posts of a channel this account hasn't read."""
        found = self.channels.get(channel)
        return found.posted - found.members[account].read if found is not None and account in found.members else 0

    def view(self, account: str) -> list[str]:
        lines: list[str] = []
        for name in self._newest_first(account):
            posts = self.seen_by(account, name)
            unread = self.unread(account, name)
            lines.append(f"- {name}: {len(self.channels[name].members)} members, {unread} unread.")
            for each in reversed(posts[-max(2, min(unread, 5)) :]):
                new = " (unread)" if each.number > self.channels[name].members[account].read else ""
                lines.append(f"  {each.author}{new}: {said(each.text)}")
        return lines

    def view_data(self, account: str) -> dict[str, Any]:
        return {
            name: {
                "members": list(self.channels[name].members),
                "unread": self.unread(account, name),
                "posts": [{"author": p.author, "text": p.text, "time": p.time} for p in self.seen_by(account, name)[-20:]],
            }
            for name in self._newest_first(account)
        }

    def documents(self, account: str) -> Iterator[Document]:
        for name in self._newest_first(account):
            for each in reversed(self.seen_by(account, name)):
                yield Document(where="chat", source=f"{each.author} in {name}", text=each.text, time=each.time)

    # --- inside ---

    def _newest_first(self, account: str) -> list[str]:
        own = [name for name, each in self.channels.items() if account in each.members]
        last = {name: posts[-1].time for name in own if (posts := self.posts.get(name))}
        return sorted(own, key=lambda name: -last.get(name, -1.0))

    def _member(self, actor: str, channel: str, account: str) -> str:
        """The account as which this person is in a channel: the one named, or the first that is a member."""
        members = self.channels[channel].members
        if account:
            self.acting_as(actor, account)
        found = next((each for each in ([account] if account else self.may_write(actor)) if each in members), None)
        return found or self.refuse(f"{account or actor} is not in {channel}")

    def _post(self, channel: str, author: str, text: str) -> None:
        found = self.channels[channel]
        found.posted += 1
        found.members[author].read = found.posted
        posts = self.posts.setdefault(channel, [])
        posts.append(Post(number=found.posted, author=author, text=text, time=self.now))
        if len(posts) > self.kept:
            del posts[0]
        for member in found.members:
            self.inform(member, f"{author} in {channel}: {said(text)}")

    def _add(self, channel: str, member: str) -> None:
        found = self.channels[channel]
        if found.pair:
            self.refuse(f"{channel} is for two")
        if member in found.members:
            self.refuse(f"{member} is in {channel} already")
        since = 0 if found.history else found.posted
        found.members[member] = Membership(since=since, read=found.posted, admin=not found.members)

    def _remove(self, channel: str, member: str) -> None:
        """Take a member out; when no admin is left, whoever is longest in it becomes one."""
        found = self.channels[channel]
        if found.pair:
            self.refuse(f"{channel} is for two")
        del found.members[member]
        left = list(found.members.values())
        if left and not any(each.admin for each in left):
            left[0].admin = True

    @invariant
    def channels_count_their_posts(self) -> str | None:
        """The last post in a channel has the number that the channel has counted to."""
        for name, posts in self.posts.items():
            if name not in self.channels:
                return f"there would be posts in {name!r}, which is no channel"
            if posts and posts[-1].number != self.channels[name].posted:
                return f"the last post in {name} would be number {posts[-1].number}, of {self.channels[name].posted}"
        return None

    @invariant
    def members_only(self) -> str | None:
        """Marks lie within what was posted, a direct channel has its two, and a channel with members has an admin or two."""
        for name, each in self.channels.items():
            if each.pair and list(each.members) != list(each.pair):
                return f"{name} would have other members than its two"
            if each.members and not each.pair and not any(member.admin for member in each.members.values()):
                return f"nobody would decide on {name}"
            for account, member in each.members.items():
                if not 0 <= member.since <= each.posted or not 0 <= member.read <= each.posted:
                    return f"{account} would have read posts in {name} that weren't written"
        return None
