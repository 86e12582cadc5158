"""App: what calendar, mail, chat, shop, search and feed have in common: accounts, what is on the screen, what can be found.

The one idea: a person acts as an account and sees what that person's accounts see, nothing else. So the sentence of an app's
action says only what a bystander could notice ("Ann writes a mail."); what was written, and what came of it, is told in private
to those behind the accounts concerned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from gamemaster.words import one_line, quote
from gamemaster.world.apps.user_accounts import Level, UserAccounts
from gamemaster.world.node import Path
from gamemaster.world.world import World

__all__ = ["App", "Document", "apps_in", "cut", "screen", "screen_data"]

_LONGEST = 1200
"""Characters of one app that a person sees at a time: some 300 tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Something that a search can find: in the app `where`, there called `source`; `time` is None for what was always there."""

    where: str
    source: str
    text: str
    time: float | None = None


class App(World):
    """Subclass it for an app of your own: give `view` and `view_data`, and `documents` if a search shall find things in it.

    The accounts are those of `sign_in`; while that has none, those of the first `UserAccounts` in the world around this one. So
    a phone has one sign-in for all its apps, and an app alone brings its own.
    """

    title: ClassVar[str] = "App"
    sign_in: UserAccounts = Field(default_factory=UserAccounts)

    # For the author of an app, to override.

    def view(self, account: str) -> list[str]:
        """What this account sees, in lines, the most important first."""
        return []

    def view_data(self, account: str) -> dict[str, Any]:
        """The same as JSON values."""
        return {}

    def documents(self, account: str) -> Iterator[Document]:
        """All that this account may find in a search here, newest first."""
        return iter(())

    # For the author of an app, to use.

    def accounts(self) -> UserAccounts:
        """Who may act as which account."""
        if self.sign_in.users:
            return self.sign_in
        root = self.__node__.context.world
        worlds = root.__engine__.worlds if root.__engine__ is not None else dict(_with_paths(root))
        for path, each in worlds.items():
            if isinstance(each, UserAccounts) and not (path and isinstance(worlds[path[:-1]], App)):
                return each
        return self.sign_in

    def may_write(self, actor: str) -> list[str]:
        """The accounts as which this person may act."""
        return self.accounts().of(actor, "write")

    def may_read(self, actor: str) -> list[str]:
        """The accounts whose things this person may see."""
        return self.accounts().of(actor, "read")

    def acting_as(self, actor: str, account: str, level: Level = "write") -> str:
        """The account as which this person acts: the one named, or the first of the person's own when none is.

        Refuses when there is none, or it isn't for this person to use.
        """
        accounts = self.accounts()
        if account:
            if not accounts.may(actor, account, level):
                self.refuse(f"{actor} can't do that as {account}")
            return account
        return next(iter(accounts.of(actor, level)), "") or self.refuse(f"{actor} has no account for that")

    def others(self, actor: str) -> list[str]:
        """All open accounts but the one that is all this person has."""
        own = self.may_write(actor)
        return [each for each in self.accounts().names() if own != [each]]

    def inform(self, account: str, text: str) -> None:
        """Tell everybody behind an account something, in private."""
        for person in self.accounts().behind(account):
            if self.has_person(person):
                self.tell(person, text)

    # What the game master and policies ask for.

    def perceive(self, name: str) -> str:
        """What this person's accounts see, an account a paragraph, at most some 300 tokens in all."""
        readable = self.may_read(name)
        parts: list[str] = []
        for account in readable:
            lines = self.view(account)
            if lines:
                parts.append(cut([f"{self.title} of {account}:", *lines], _LONGEST // len(readable)))
        return "\n".join(parts)

    def perceive_data(self, name: str) -> dict[str, Any]:
        """`view_data` of each account that this person may read, by account."""
        return {account: self.view_data(account) for account in self.may_read(name)}


def cut(lines: Sequence[str], longest: int) -> str:
    """The lines, as many as have room in `longest` characters, and how many are left out."""
    kept: list[str] = []
    room = longest
    for number, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0 and kept:
            return "\n".join([*kept, f"... and {len(lines) - number} lines more."])
        kept.append(line if room >= 0 else line[:longest])
    return "\n".join(kept)


def said(text: str, longest: int = 200) -> str:
    """Somebody's words as they are shown: quoted, on one line, cut."""
    text = one_line(text)
    return quote(text if len(text) <= longest else text[: longest - 3] + "...")


def apps_in(world: World) -> list[App]:
    """All apps in a world, itself included, in the order of the fields."""
    return [each for _, each in _with_paths(world) if isinstance(each, App)]


def screen(world: World, name: str) -> str:
    """What all apps in a world show this person: what a phone's `perceive` returns."""
    return "\n\n".join([seen for app in apps_in(world) if (seen := app.perceive(name))])


def screen_data(world: World, name: str) -> dict[str, Any]:
    """What all apps in a world show this person as JSON values, by the app's field, dotted."""
    return {".".join(map(str, path)): each.perceive_data(name) for path, each in _with_paths(world) if isinstance(each, App)}


def _with_paths(world: World, path: Path = ()) -> list[tuple[Path, World]]:
    found: list[tuple[Path, World]] = [(path, world)]
    for field in type(world).model_fields:
        part = getattr(world, field)
        if isinstance(part, World):
            found += _with_paths(part, (*path, field))
    return found
