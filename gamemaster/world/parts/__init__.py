"""Worlds to be put into other worlds as fields: places, accounts, ledgers, histories, networks, commons; and pairings."""

from gamemaster.world.parts.accounts import Accounts
from gamemaster.world.parts.common_pool import Allocation, CommonPool
from gamemaster.world.parts.history import Deed, History, Trace
from gamemaster.world.parts.imitation import Imitation
from gamemaster.world.parts.joint_move import JointMove, Move, move_in_words
from gamemaster.world.parts.ledger import Ledger, in_units
from gamemaster.world.parts.network import Network
from gamemaster.world.parts.pairing import drawn_pairs, sides, turning_pairs
from gamemaster.world.parts.places import Hours, Places
from gamemaster.world.parts.repeated import Meeting, PastRound, Repeated
from gamemaster.world.parts.sanctioning import Sanctioning
from gamemaster.world.parts.standing_offers import Fate, Offer, StandingOffers
from gamemaster.world.parts.taking_turns import TakingTurns

__all__ = [
    "Accounts",
    "Allocation",
    "CommonPool",
    "Deed",
    "Fate",
    "History",
    "Hours",
    "Imitation",
    "JointMove",
    "Ledger",
    "Meeting",
    "Move",
    "Network",
    "Offer",
    "PastRound",
    "Places",
    "Repeated",
    "Sanctioning",
    "StandingOffers",
    "TakingTurns",
    "Trace",
    "drawn_pairs",
    "in_units",
    "move_in_words",
    "sides",
    "turning_pairs",
]
