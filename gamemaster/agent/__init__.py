"""Agents: components, memory and an actor, and the turn in which they think."""

from gamemaster.agent.actor import Actor, AskModel, BestOf, Human, Puppet, Scripted
from gamemaster.agent.agent import HISTORY, Agent, remember
from gamemaster.agent.asking import TRIES, ask_in_tries
from gamemaster.agent.circumstances import Circumstances, FailedAnswer, OfferedForm
from gamemaster.agent.component_turn import ComponentTurn
from gamemaster.agent.random_actor import RandomActor
from gamemaster.agent.thinking import Thinking

__all__ = [
    "HISTORY",
    "TRIES",
    "Actor",
    "Agent",
    "AskModel",
    "BestOf",
    "Circumstances",
    "ComponentTurn",
    "FailedAnswer",
    "Human",
    "OfferedForm",
    "Puppet",
    "RandomActor",
    "Scripted",
    "Thinking",
    "ask_in_tries",
    "remember",
]
