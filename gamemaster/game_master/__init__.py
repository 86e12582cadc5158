"""The game master: keeps the world, and says what comes of what agents attempt."""

from gamemaster.game_master.chronicle import Chronicle
from gamemaster.game_master.game_master import GameMaster
from gamemaster.game_master.parts import Grounds, Judges, Narrates

__all__ = ["Chronicle", "GameMaster", "Grounds", "Judges", "Narrates"]
