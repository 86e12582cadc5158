"""Parts of a game master: how it grounds attempts, judges whether they can be, and tells what happened."""

from gamemaster.components.game_master.grounding import ModelGrounding
from gamemaster.components.game_master.narration import ModelNarration
from gamemaster.components.game_master.plausibility import AskPlausibility, WorldDecides

__all__ = ["AskPlausibility", "ModelGrounding", "ModelNarration", "WorldDecides"]
