"""Worlds to be put into other worlds as fields: places to be in, accounts to pay from, ledgers, histories, networks; and pairings."""

from gamemaster.world.parts.accounts import Accounts
from gamemaster.world.parts.history import Deed, History, Trace
from gamemaster.world.parts.ledger import Ledger, in_units
from gamemaster.world.parts.network import Network
from gamemaster.world.parts.pairing import drawn_pairs, sides, turning_pairs
from gamemaster.world.parts.places import Hours, Places

__all__ = [
    "Accounts",
    "Deed",
    "History",
    "Hours",
    "Ledger",
    "Network",
    "Places",
    "Trace",
    "drawn_pairs",
    "in_units",
    "sides",
    "turning_pairs",
]
