"""The game master: keeps the world, and says what comes of what agents attempt."""

from gamemaster.game_master.chronicle import Chronicle
from gamemaster.game_master.game_master import GameMaster
from gamemaster.game_master.game_masters import GameMasters
from gamemaster.game_master.parts import EndsWhen, Grounds, Judges, Narrates, Proposes

__all__ = ["Chronicle", "EndsWhen", "GameMaster", "GameMasters", "Grounds", "Judges", "Narrates", "Proposes"]
