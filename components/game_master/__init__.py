"""Parts of a game master: how it grounds attempts, judges whether they can be, and tells what happened."""

from gamemaster.components.game_master.account_for_others import AccountForOthers
from gamemaster.components.game_master.channel import Channel
from gamemaster.components.game_master.consequences import ModelConsequences
from gamemaster.components.game_master.grounding import ModelGrounding
from gamemaster.components.game_master.judge_success import JudgeSuccess
from gamemaster.components.game_master.keep_direct_speech import KeepDirectSpeech
from gamemaster.components.game_master.message import Delayed, Filtered, Message, Moderated, Tampered, Translated
from gamemaster.components.game_master.narration import ModelNarration
from gamemaster.components.game_master.plausibility import AskPlausibility, WorldDecides
from gamemaster.components.game_master.points_of_view import PointsOfView
from gamemaster.components.game_master.push_on import PushOn
from gamemaster.components.game_master.story_grounding import StoryGrounding
from gamemaster.components.game_master.termination import AskWhetherOver
from gamemaster.components.game_master.thought_chain import Matter, Outcome, Thought, ThoughtChain

__all__ = [
    "AccountForOthers",
    "AskPlausibility",
    "AskWhetherOver",
    "Channel",
    "Delayed",
    "Filtered",
    "JudgeSuccess",
    "KeepDirectSpeech",
    "Matter",
    "Message",
    "ModelConsequences",
    "ModelGrounding",
    "ModelNarration",
    "Moderated",
    "Outcome",
    "PointsOfView",
    "PushOn",
    "StoryGrounding",
    "Tampered",
    "Thought",
    "ThoughtChain",
    "Translated",
    "WorldDecides",
]
