"""What agents and game masters are made of: a file each, to be combined as you like."""

if __name__ == "components":
    raise ImportError("Import this package by its public name: gamemaster.components.")

from gamemaster.components.constant import Constant
from gamemaster.components.instructions import Instructions
from gamemaster.components.observations import Observations
from gamemaster.components.persona import Persona
from gamemaster.components.plan import Plan
from gamemaster.components.question import Question
from gamemaster.components.recall import Recall
from gamemaster.words import Component

__all__ = ["Component", "Constant", "Instructions", "Observations", "Persona", "Plan", "Question", "Recall"]
