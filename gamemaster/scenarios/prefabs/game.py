"""A game: all choose at the same time, in rounds, and a function of the moves says what each gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, TypeAlias

from gamemaster.agent import Agent
from gamemaster.game_master import GameMaster
from gamemaster.schedule import Scene
from gamemaster.simulation import Simulation
from gamemaster.words import ActionSpec, DefinitionError, OneOf, UnknownName, user_code
from gamemaster.world import World, action
from gamemaster.world.parts import JointMove, Repeated

__all__ = ["Payoffs", "PlayedGame", "game"]

Payoffs: TypeAlias = Callable[[Mapping[str, str]], Mapping[str, float]]
"""From the moves by name to what each gets, by name; the same moves pay the same."""


class PlayedGame(World):
    """Which moves each has, what was moved, and what each has got in all (`joint.money`)."""

    moves: dict[str, list[str]]
    joint: JointMove
    repeated: Repeated

    def open_moves(self, actor: str) -> list[str]:
        """The moves that this player has."""
        return list(self.moves[actor])

    def pay(self, moves: Mapping[str, str]) -> Mapping[str, float]:
        """What each gets; `game` gives it the function."""
        raise NotImplementedError("A PlayedGame is made by the prefab `game`, which knows the payoffs.")

    @action(together=True)
    def make_move(self, move: dict[str, Annotated[str, OneOf("open_moves")]]) -> str:
        """Make one's move; all make theirs at the same moment."""
        everybody = len(move) == len(self.moves)
        payoffs = dict(self.pay(dict(move))) if everybody else dict.fromkeys(self.moves, 0.0)
        self.joint.settle(move, payoffs)
        number = self.repeated.round
        self.repeated.note(move, payoffs)
        return f"Round {number}: {self.joint.told(list(self.moves))}."

    def perceive(self, name: str) -> str:
        """What one has got so far."""
        return f"{name} has got {self.joint.earned(name):g} points so far."

    def perceive_data(self, name: str) -> dict[str, Any]:
        """One's moves, and all that was moved and paid so far, for policies."""
        past = [{"moves": dict(each.moves), "payoffs": dict(each.payoffs)} for each in self.repeated.past]
        return {"moves": self.open_moves(name), "past": past, "earned": self.joint.earned(name)}


def game(
    agents: Sequence[Agent],
    moves: Sequence[str] | Mapping[str, Sequence[str]],
    payoffs: Payoffs,
    *,
    rounds: int = 1,
    call: str = "Which move does {name} make?",
    talk: int = 0,
    talk_call: str = "What does {name} say to the others before the moves are made?",
    **simulation: Any,
) -> Simulation:
    """Everybody is asked for one of `moves` (the same for all, or by name) at the same time; all learn moves and payoffs.

    A round in which somebody gives no valid answer pays nothing. `talk` is how many turns of talk come before each
    round. The moves are bound to the game's action, so that no model is asked what they mean. The rest are keyword arguments
    of `Simulation`.
    """
    names = [agent.name for agent in agents]
    if isinstance(moves, str):
        raise DefinitionError(f"A game has the moves {moves!r}; give a list, or a list by name.")
    for name in names if isinstance(moves, Mapping) else ():
        if name not in moves:
            raise UnknownName.of("player", name, moves, hint="(in the moves of the game)")
    if not callable(payoffs):  # pyright: ignore[reportUnnecessaryComparison]
        raise DefinitionError(f"A game has the payoffs {payoffs!r}; give a function from the moves by name to what each gets.")
    by_name = {name: list(moves[name]) if isinstance(moves, Mapping) else list(moves) for name in names}
    idle = next((name for name, own in by_name.items() if not own), None)
    if idle is not None:
        raise DefinitionError(f"{idle} has no moves in the game; give at least one.")
    world = _paying(payoffs)(moves=by_name, joint=JointMove(), repeated=Repeated(rounds=rounds))
    scenes: list[Scene] = []
    for number in range(1, rounds + 1):
        if talk:
            said = ActionSpec.speech(talk_call, tag=f"talk {number}")
            scenes.append(Scene("talk", names, said, rounds=talk, order="random", ends_round="never"))
        scenes.append(Scene("moves", names, ActionSpec.of("make_move", call, tag=f"move {number}"), order="simultaneous"))
    return Simulation(agents, GameMaster(world), scenes=scenes, **simulation)


def _paying(payoffs: Payoffs) -> type[PlayedGame]:
    class Game(PlayedGame):
        """A game with these payoffs."""

        def pay(self, moves: Mapping[str, str]) -> Mapping[str, float]:
            with user_code("the payoffs of a game"):
                found = payoffs(moves)
            unknown = [name for name in found if name not in self.moves]
            if unknown:
                raise DefinitionError(
                    f"The payoffs of a game name {unknown[0]!r}, who doesn't play; those who do are {list(self.moves)}."
                )
            return {name: float(found.get(name, 0.0)) for name in self.moves}

    return Game
