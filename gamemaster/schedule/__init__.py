"""Who is asked what, step by step: schedules and scenes."""

from gamemaster.schedule.scene import Past, Scene, SceneOrder
from gamemaster.schedule.scenes import NextScene, Scenes
from gamemaster.schedule.schedule import ByTime, GameMasterChooses, RoundRobin, Schedule, Simultaneous

__all__ = [
    "ByTime",
    "GameMasterChooses",
    "NextScene",
    "Past",
    "RoundRobin",
    "Scene",
    "SceneOrder",
    "Scenes",
    "Schedule",
    "Simultaneous",
]
