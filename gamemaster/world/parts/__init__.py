"""Worlds to be put into other worlds as fields: places, things, money, roles, votes, who takes part, games, stories."""

from gamemaster.world.parts.accounts import Accounts
from gamemaster.world.parts.ballot import Ballot, VoteResult
from gamemaster.world.parts.coming_and_going import Arrival, Departure
from gamemaster.world.parts.common_pool import Allocation, CommonPool
from gamemaster.world.parts.conserved_each import conserved_each
from gamemaster.world.parts.containers import Container, Containers
from gamemaster.world.parts.doors import Lock
from gamemaster.world.parts.history import Deed, History, Trace
from gamemaster.world.parts.hours import Hours, Weekday
from gamemaster.world.parts.imitation import Imitation
from gamemaster.world.parts.inventories import Inventories
from gamemaster.world.parts.joint_move import JointMove, Move, move_in_words
from gamemaster.world.parts.journey import Journey
from gamemaster.world.parts.ledger import Ledger, in_units
from gamemaster.world.parts.named_in import named_in
from gamemaster.world.parts.network import Network
from gamemaster.world.parts.notice_board import Notice, NoticeBoard
from gamemaster.world.parts.pairing import drawn_pairs, sides, turning_pairs
from gamemaster.world.parts.part import Part
from gamemaster.world.parts.places import Places
from gamemaster.world.parts.presence import Attendance, Presence
from gamemaster.world.parts.repeated import Meeting, PastRound, Repeated
from gamemaster.world.parts.roles import Roles, allowed_to, in_role
from gamemaster.world.parts.sanctioning import Sanctioning
from gamemaster.world.parts.standing_offers import Fate, Offer, StandingOffers
from gamemaster.world.parts.story import Story
from gamemaster.world.parts.taking_turns import TakingTurns
from gamemaster.world.parts.timers import Timer, Timers
from gamemaster.world.parts.voting_rules import VotingRule, count_votes
from gamemaster.world.parts.within_overdraft import within_overdraft

__all__ = [
    "Accounts",
    "Allocation",
    "Arrival",
    "Attendance",
    "Ballot",
    "CommonPool",
    "Container",
    "Containers",
    "Deed",
    "Departure",
    "Fate",
    "History",
    "Hours",
    "Imitation",
    "Inventories",
    "JointMove",
    "Journey",
    "Ledger",
    "Lock",
    "Meeting",
    "Move",
    "Network",
    "Notice",
    "NoticeBoard",
    "Offer",
    "Part",
    "PastRound",
    "Places",
    "Presence",
    "Repeated",
    "Roles",
    "Sanctioning",
    "StandingOffers",
    "Story",
    "TakingTurns",
    "Timer",
    "Timers",
    "Trace",
    "VoteResult",
    "VotingRule",
    "Weekday",
    "allowed_to",
    "conserved_each",
    "count_votes",
    "drawn_pairs",
    "in_role",
    "in_units",
    "move_in_words",
    "named_in",
    "sides",
    "turning_pairs",
    "within_overdraft",
]
