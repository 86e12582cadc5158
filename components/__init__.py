"""What agents and game masters are made of: a file each, to be combined as you like."""

if __name__ == "components":
    raise ImportError("Import this package by its public name: gamemaster.components.")

from gamemaster.components.affect import Affect
from gamemaster.components.appropriateness import AppropriatenessQuestion, appropriateness
from gamemaster.components.background import Background
from gamemaster.components.bdi import BDI
from gamemaster.components.belief import Belief
from gamemaster.components.chain_of_questions import ChainOfQuestions
from gamemaster.components.constant import Constant
from gamemaster.components.deed import Deed
from gamemaster.components.emotion import Feeling
from gamemaster.components.fact import Fact
from gamemaster.components.goal import Goal
from gamemaster.components.goals import Goals
from gamemaster.components.happening import Happening
from gamemaster.components.importance_rating import ImportanceRating
from gamemaster.components.instructions import Instructions
from gamemaster.components.keep_memory import KeepMemory
from gamemaster.components.need import Need, Relief
from gamemaster.components.needs import Needs
from gamemaster.components.norm import Norm
from gamemaster.components.norms import Norms
from gamemaster.components.observations import Observations
from gamemaster.components.options import BestOption, Options
from gamemaster.components.perceived import Perceived
from gamemaster.components.persona import Persona
from gamemaster.components.plan import Plan
from gamemaster.components.profile import BigFive, Fragment, Profile
from gamemaster.components.profile_files import read_profile, read_profiles, write_profile, write_profiles
from gamemaster.components.profile_tinytroupe import read_fragments
from gamemaster.components.pros_and_cons import ProsAndCons
from gamemaster.components.question import Question
from gamemaster.components.recall import Recall
from gamemaster.components.reflection import Reflection
from gamemaster.components.relationship import Relationship, RelationshipChange
from gamemaster.components.relationships import Relationships
from gamemaster.components.reminder import Reminder
from gamemaster.components.report import Report
from gamemaster.components.reputation import Reputation
from gamemaster.components.self_consistency import SelfConsistency
from gamemaster.components.similar_memories import SimilarMemories
from gamemaster.components.situation import Situation
from gamemaster.components.summary_of_self import SummaryOfSelf
from gamemaster.components.testimony import Opinion
from gamemaster.components.theory_of_mind import TheoryOfMind
from gamemaster.components.tools import Tools
from gamemaster.components.universalization import Universalization
from gamemaster.words import Component

__all__ = [
    "Affect",
    "BDI",
    "Feeling",
    "Fact",
    "Goal",
    "Goals",
    "Happening",
    "Need",
    "Relief",
    "Needs",
    "Norm",
    "Norms",
    "Relationship",
    "RelationshipChange",
    "Relationships",
    "Reputation",
    "Opinion",
    "AppropriatenessQuestion",
    "Background",
    "Belief",
    "BigFive",
    "ChainOfQuestions",
    "Component",
    "Constant",
    "Deed",
    "Fragment",
    "ImportanceRating",
    "Instructions",
    "KeepMemory",
    "Observations",
    "Perceived",
    "Persona",
    "Plan",
    "Profile",
    "ProsAndCons",
    "Question",
    "Recall",
    "Reflection",
    "TheoryOfMind",
    "BestOption",
    "Options",
    "Reminder",
    "Report",
    "SelfConsistency",
    "SimilarMemories",
    "Situation",
    "SummaryOfSelf",
    "Tools",
    "appropriateness",
    "Universalization",
    "read_fragments",
    "read_profile",
    "read_profiles",
    "write_profile",
    "write_profiles",
]
