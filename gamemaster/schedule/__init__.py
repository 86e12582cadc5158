"""Who is asked what, step by step: schedules and scenes."""

from gamemaster.schedule.activation import ByChance
from gamemaster.schedule.by_time import ByTime
from gamemaster.schedule.conversations import Conversations
from gamemaster.schedule.ending import Ending, Silence, Talk, TalkIsOver
from gamemaster.schedule.generated_scenes import GeneratedScenes
from gamemaster.schedule.scene import Past, Scene, SceneOrder
from gamemaster.schedule.scenes import NextScene, Scenes
from gamemaster.schedule.schedule import GameMasterChooses, RoundRobin, Schedule, Simultaneous
from gamemaster.schedule.self_exciting import SelfExciting
from gamemaster.schedule.wake import Wake
from gamemaster.schedule.written import Summarised, Written

__all__ = [
    "ByChance",
    "ByTime",
    "Conversations",
    "Ending",
    "GameMasterChooses",
    "GeneratedScenes",
    "NextScene",
    "Past",
    "RoundRobin",
    "Scene",
    "SceneOrder",
    "Scenes",
    "Schedule",
    "SelfExciting",
    "Silence",
    "Simultaneous",
    "Summarised",
    "Talk",
    "TalkIsOver",
    "Wake",
    "Written",
]
