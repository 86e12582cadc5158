"""Worlds to be put into other worlds as fields: places to be in, accounts to pay from."""

from gamemaster.world.parts.accounts import Accounts
from gamemaster.world.parts.places import Hours, Places

__all__ = ["Accounts", "Hours", "Places"]
