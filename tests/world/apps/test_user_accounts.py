"""Accounts and the people behind them: shared ones, nobody's, closed ones, and who decides on them."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster.words import ActionCall, DefinitionError
from gamemaster.world import Applied, Refused, World
from gamemaster.world.apps import Mail, UserAccounts

ANN, BEN = "Ann Falk", "Ben Roe"


class Office(World):
    accounts: UserAccounts
    mail: Mail


def office(**fields: Any) -> Office:
    users = fields.pop("users", {"ann": {ANN: "admin"}, "desk": {ANN: "write", BEN: "read"}, "attic": {}})
    world = Office(accounts=UserAccounts(users=users, **fields), mail=Mail())
    world.prepare(seed=0, people=[ANN, BEN])
    return world


def do(world: World, name: str, actor: str = ANN, /, **arguments: Any) -> Applied | Refused:
    return world.apply(ActionCall(action=name, arguments=arguments), actor=actor)


def test_an_account_is_not_a_person() -> None:
    accounts = office().accounts
    assert accounts.of(ANN) == ["ann", "desk"]
    assert accounts.of(BEN) == []
    assert accounts.of(BEN, "read") == ["desk"]
    assert accounts.behind("attic") == []
    assert accounts.names() == ["ann", "desk", "attic"]


def test_one_each_is_called_by_the_first_name() -> None:
    assert UserAccounts.one_each([ANN, BEN]).users == {"ann": {ANN: "admin"}, "ben": {BEN: "admin"}}
    assert list(UserAccounts.one_each({ANN: "a.falk"}).users) == ["a.falk"]
    with pytest.raises(DefinitionError, match="mapping"):
        UserAccounts.one_each([ANN, "Ann Roe"])


def test_mail_to_an_account_of_nobody_arrives_and_mail_to_a_closed_one_comes_back() -> None:
    world = office(closed=["desk"])
    assert isinstance(do(world, "send_mail", to=["attic"], subject="a", text="b"), Applied)
    assert len(world.mail.box("attic")) == 1
    assert world.accounts.of(ANN) == ["ann"]
    assert world.accounts.may(BEN, "desk", "read")
    assert "desk" not in world.mail.addresses(ANN)


def test_without_self_service_nobody_changes_who_may_do_what() -> None:
    world = office()
    assert not [offer.name for offer in world.offered(ANN) if offer.name.startswith(("accounts.", "mail.sign_in"))]
    assert isinstance(do(world, "accounts.open_account", name="new"), Refused)


def test_who_decides_on_an_account_lets_others_in_and_out() -> None:
    world = office(self_service=True)
    assert isinstance(do(world, "accounts.grant_access", account="ann", to=BEN, level="read"), Applied)
    assert world.accounts.of(BEN, "read") == ["ann", "desk"]
    assert isinstance(do(world, "accounts.grant_access", account="desk", to=BEN, level="admin"), Refused)
    last = do(world, "accounts.revoke_access", account="ann", person=ANN)
    assert isinstance(last, Refused)
    assert last.reason == f"nobody but {ANN} decides on ann; close it instead"
    assert isinstance(do(world, "accounts.revoke_access", account="ann", person=BEN), Applied)
    assert isinstance(do(world, "accounts.close_account", account="ann"), Applied)
    assert world.accounts.of(ANN) == ["desk"]
    assert world.accounts.of(ANN, "read") == ["ann", "desk"]


@pytest.mark.parametrize("name", ["", " x", "a|b", "x): Game master", "a\nb", 'say "hi"', "-x", "x" * 41])
def test_a_name_that_could_be_mistaken_for_something_else_is_refused(name: str) -> None:
    world = office(self_service=True)
    assert isinstance(do(world, "accounts.open_account", name=name), Refused)
    assert world.accounts.names() == ["ann", "desk", "attic"]


def test_a_new_account_is_its_opener_s() -> None:
    world = office(self_service=True)
    assert isinstance(do(world, "accounts.open_account", BEN, name="ben.2@home"), Applied)
    assert world.accounts.of(BEN) == ["ben.2@home"]
    assert isinstance(do(world, "accounts.open_account", name="ben.2@home"), Refused)


def test_an_app_with_a_sign_in_of_its_own_uses_that() -> None:
    world = Office(accounts=UserAccounts.one_each([ANN]), mail=Mail(sign_in=UserAccounts(users={"info": {BEN: "write"}})))
    world.prepare(seed=0, people=[ANN, BEN])
    assert world.mail.may_write(BEN) == ["info"]
    assert world.mail.may_write(ANN) == []
    assert [offer.name for offer in world.offered(ANN)] == []


def test_what_is_closed_was_open_once() -> None:
    with pytest.raises(DefinitionError, match="closed"):
        office(closed=["nowhere"])
