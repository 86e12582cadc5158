"""UserAccounts: which accounts there are, and who may act as which.

The one idea: an account is not a person. One person may hold several, several may share one, and one may belong to nobody; what
an app knows, it knows of accounts, and this part alone says who stands behind them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, Self, TypeAlias, cast, get_args

from annotated_types import MaxLen
from pydantic import Field

from gamemaster.words import DefinitionError, OneOf, Person
from gamemaster.world.action import action
from gamemaster.world.invariant import invariant
from gamemaster.world.outcome import ActionRefused
from gamemaster.world.world import World

__all__ = ["LEVELS", "Level", "UserAccounts"]

Level: TypeAlias = Literal["read", "write", "admin"]
"""What somebody may do as an account: look, act, or also say who else may."""

LEVELS: tuple[Level, ...] = get_args(Level)

_NAME = re.compile(r"[^\W_](?:[\w .@+-]{0,38}[\w])?")


class UserAccounts(World):
    """Accounts by name, and under each who may use it, as far as a `Level` goes. Each level includes those before it.

    An account without users is there all the same: it gets mail, and nobody reads it. What is `closed` gets nothing any more.
    With `self_service` agents may open accounts, let others use theirs, and close them; else only the world's author does.
    """

    users: dict[str, dict[str, Level]] = Field(default_factory=dict[str, dict[str, Level]])
    closed: list[str] = Field(default_factory=list[str])
    self_service: bool = False

    @classmethod
    def one_each(cls, people: Iterable[str] | Mapping[str, str], *, self_service: bool = False) -> Self:
        """An account for each person, called as the mapping says (`{"Ann Falk": "ann"}`), else by the first name, small.

        Raises: DefinitionError for two accounts of one name.
        """
        named: dict[str, str] = (
            dict(cast("Mapping[str, str]", people))
            if isinstance(people, Mapping)
            else {name: name.split()[0].lower() for name in people}
        )
        if len(set(named.values())) < len(named):
            raise DefinitionError(
                f"Two accounts have one name in {', '.join(named.values())}; give a mapping from person to account."
            )
        return cls(users={account: {person: "admin"} for person, account in named.items()}, self_service=self_service)

    def names(self) -> list[str]:
        """All accounts that aren't closed, in the order in which they were opened."""
        return [each for each in self.users if each not in self.closed]

    def may(self, person: str, account: str, level: Level = "write") -> bool:
        """Whether this person may use an account so far. A closed account can still be read."""
        held = self.users.get(account, {}).get(person)
        if held is None or (level != "read" and account in self.closed):
            return False
        return LEVELS.index(held) >= LEVELS.index(level)

    def of(self, person: str, level: Level = "write") -> list[str]:
        """The accounts that this person may use so far, in their order."""
        return [each for each in self.users if self.may(person, each, level)]

    def behind(self, account: str, level: Level = "read") -> list[str]:
        """Who may use this account so far."""
        return [person for person in self.users.get(account, {}) if self.may(person, account, level)]

    def administered(self, actor: str) -> list[str]:
        """The accounts whose users this person decides on; none without `self_service`."""
        return self.of(actor, "admin") if self.self_service else []

    def open_to(self, actor: str) -> bool:
        """Whether this person may open accounts."""
        return self.self_service

    @action(when="open_to")
    def open_account(self, actor: Person, name: Annotated[str, MaxLen(40)]) -> str:
        """Open a new account under a name of one's choice."""
        check_name(name)
        if name in self.users:
            self.refuse(f"there is an account {name} already")
        self.users[name] = {actor: "admin"}
        self.tell(actor, f"The account {name} is open.")
        return f"{actor} opens an account."

    @action(when="administered")
    def grant_access(
        self, actor: Person, account: Annotated[str, OneOf("administered")], to: Person, level: Level = "write"
    ) -> str:
        """Let somebody use an account that one decides on: only read it, act as it, or decide on it too."""
        if to == actor:
            self.refuse(f"{actor} decides on {account} already")
        self.users[account][to] = level
        self.tell(to, f"{actor} lets {to} use the account {account} ({level}).")
        return f"{actor} lets somebody use an account."

    @action(when="administered")
    def revoke_access(self, actor: Person, account: Annotated[str, OneOf("administered")], person: Person) -> str:
        """Let somebody use an account no longer."""
        if person not in self.users[account]:
            self.refuse(f"{person} does not use {account}")
        if self.behind(account, "admin") == [person]:
            self.refuse(f"nobody but {person} decides on {account}; close it instead")
        del self.users[account][person]
        self.tell(person, f"{person} can't use the account {account} any more.")
        return f"{actor} lets somebody use an account no longer."

    @action(when="administered")
    def close_account(self, actor: Person, account: Annotated[str, OneOf("administered")]) -> str:
        """Close an account for good; what it has got can still be read."""
        self.closed.append(account)
        self.tell(actor, f"The account {account} is closed.")
        return f"{actor} closes an account."

    @invariant
    def closed_accounts_exist(self) -> str | None:
        """What is closed was open, once."""
        wrong = next((each for each in self.closed if each not in self.users or self.closed.count(each) > 1), None)
        return None if wrong is None else f"{wrong!r} would be closed, and is no account that was open"


def check_name(name: str) -> None:
    """Refuse a name that could be mistaken for something else where it is shown."""
    if not _NAME.fullmatch(name):
        raise ActionRefused(
            f"{name!r} can't be used as a name; that is up to 40 letters, digits, blanks and . _ @ + -, a letter or digit first"
        )
