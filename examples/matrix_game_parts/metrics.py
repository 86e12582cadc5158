"""The metrics of the matrix games, from the rounds that the world has kept.

Regret is external regret: what the best single move would have got, against what the others did in the very rounds
played and in the role one had then, minus what was earned. Rounds in which one of the two gave no answer count for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any, cast

from gamemaster import Run
from gamemaster.examples.matrix_game_parts.games import Game, payoffs_of
from gamemaster.words import JsonValue

__all__ = ["Encounter", "encounters", "figures", "regrets"]

Encounter = Mapping[str, Any]
"""Row, column, round, the inventories `mine` (row's) and `theirs`, and what was paid to row and column: a pair that played."""


def encounters(world: Mapping[str, Any]) -> list[Encounter]:
    """Every pair of every round in which both moved, in order."""
    game = Game.model_validate(world["game"])
    found: list[Encounter] = []
    for at, each in enumerate(world["repeated"]["past"]):
        moves, payoffs, names = each["moves"], each["payoffs"], list(each["partners"])
        for row, column in zip(names[0::2], names[1::2], strict=True):
            if row not in moves or column not in moves:
                continue
            brought = world["kept"][at] if world["inventory"] else {name: _pure(game, moves[name]) for name in (row, column)}
            found.append(
                {
                    "round": at + 1,
                    "row": row,
                    "column": column,
                    "mine": brought[row],
                    "theirs": brought[column],
                    "paid": (payoffs[row], payoffs[column]),
                }
            )
    return found


def _pure(game: Game, move: str) -> list[int]:
    return [int(each == move) for each in game.options]


def regrets(game: Game, names: Sequence[str], met: Sequence[Encounter]) -> list[float | None]:
    """The regret of each, in the order of `names`; None for one who never played."""
    found: list[float | None] = []
    fixed = [_pure(game, option) for option in game.options]
    for name in names:
        own = [each for each in met if name in (each["row"], each["column"])]
        earned = fsum(each["paid"][each["column"] == name] for each in own)
        best = [
            fsum(
                payoffs_of(game, move, each["theirs"])[0] if each["row"] == name else payoffs_of(game, each["mine"], move)[1]
                for each in own
            )
            for move in fixed
        ]
        found.append(round(max(best) - earned, 9) if own else None)
    return found


def figures(run: Run, names: Sequence[str]) -> dict[str, JsonValue]:
    """The metrics by name; lists are in the order of the players, or by round."""
    world = cast("dict[str, Any]", run.world())
    game = Game.model_validate(world["game"])
    met = encounters(world)
    rounds = len(world["repeated"]["past"])
    payoffs: list[JsonValue] = [
        round(fsum(each["payoffs"].get(name, 0) for each in world["repeated"]["past"]), 9) for name in names
    ]
    total = fsum(each["paid"][0] + each["paid"][1] for each in met)
    shares = [_share(each[side], 0) for each in met for side in ("mine", "theirs")]
    cooperative = game.kind == "cooperation" and bool(met)
    both = [_share(each["mine"], 0) * _share(each["theirs"], 0) for each in met]
    same = [fsum(_share(each["mine"], at) * _share(each["theirs"], at) for at in range(len(game.options))) for each in met]
    by_round: list[JsonValue] = []
    for number in range(1, rounds + 1):
        here = [_share(each[side], 0) for each in met if each["round"] == number for side in ("mine", "theirs")]
        by_round.append(fsum(here) / len(here) if here else None)
    right = [float(str(measure.value)) for _, measure in run.archive.measures("prediction_right")]
    return {
        "payoffs": payoffs,
        "mean_payoff": round(total / (2 * len(met)), 9) if met else None,
        "efficiency": round(total / (game.best_sum * len(met)), 9) if met and game.best_sum > 0 else None,
        "cooperation_rate": fsum(shares) / len(shares) if cooperative else None,
        "mutual_cooperation": fsum(both) / len(both) if cooperative else None,
        "cooperation_rate_by_round": by_round if game.kind == "cooperation" else None,
        "coordination_rate": fsum(same) / len(same) if met and game.kind == "coordination" else None,
        "moves": {
            option: fsum(_share(each[side], at) for each in met for side in ("mine", "theirs")) / (2 * len(met)) if met else None
            for at, option in enumerate(game.options)
        },
        "regret": list(regrets(game, names, met)),
        "prediction_accuracy": fsum(right) / len(right) if right else None,
    }


def _share(inventory: Sequence[int], at: int) -> float:
    return inventory[at] / sum(inventory)
