"""Matrix games: two choose at the same time, and a table says what each gets; once or again and again, in words or not.

Seven games in their payoffs as in Melting Pot's repeated games "in the matrix" (Leibo et al. 2021, Agapiou et al. 2022), which
Hypothetical Minds (Cross et al. 2024) are played on: prisoners_dilemma, chicken, stag_hunt, bach_or_stravinsky,
pure_coordination, rationalizable_coordination, running_with_scissors. Two play as row and column throughout; of more, pairs
are drawn in each round, the first of a pair playing row, and an odd one out sits. With `inventory=N` each brings up to N of
every kind instead of choosing one, and row gets (a/|a|)^T A (b/|b|), as there.

Where this departs from those papers: no grid is walked, and nothing collected on it; nobody begins with anything, so that
all of one kind is the pure move. Who brings nothing, or gives no valid answer, plays with nobody in that round, and both
get 0. Talk before each round, characters and `public` are ours. With `theory_of_mind=true` everybody carries
hypotheses on whomever it meets; what they predict is on record as `prediction_right` and `hypothesis_value`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, model_validator

from gamemaster import (
    ActionSpec,
    Agent,
    GameMaster,
    PolicySpec,
    Run,
    ScenarioParameters,
    Scene,
    Simulation,
    main,
    scenario,
)
from gamemaster.components import Constant, Deed, Instructions, Observations, Persona, TheoryOfMind
from gamemaster.examples.matrix_game_parts.games import GAMES, Game, read_table
from gamemaster.examples.matrix_game_parts.metrics import figures
from gamemaster.examples.matrix_game_parts.policies import POLICIES
from gamemaster.examples.matrix_game_parts.world import MatrixGame
from gamemaster.words import Component, JsonValue
from gamemaster.world.parts.joint_move import JointMove
from gamemaster.world.parts.ledger import in_units
from gamemaster.world.parts.repeated import Repeated

NAMES = tuple("Ada Ben Cora Dean Elsa Fritz Greta Henri Ines Jakob Katja Lars".split())
PERSONA_TRAITS = ("trusting", "ambitious", "patient", "bold")
GameName = Literal[
    "prisoners_dilemma",
    "chicken",
    "stag_hunt",
    "bach_or_stravinsky",
    "pure_coordination",
    "rationalizable_coordination",
    "running_with_scissors",
]


class Parameters(ScenarioParameters):
    """What may be changed."""

    game: GameName = Field("prisoners_dilemma", description="which game is played")
    rounds: int = Field(10, ge=1, description="how often; 1 for the one-shot game")
    players: int = Field(2, ge=2, le=len(NAMES), description="how many there are; of more than 2, pairs are drawn each round")
    payoffs_told: bool = Field(True, description="whether the table, and what each gets, is told")
    inventory: int = Field(0, ge=0, description="0: choose a move; N: bring up to N of every kind")
    talk: int = Field(0, ge=0, description="how many turns of talk each has with the one it meets, before each round")
    theory_of_mind: bool = Field(False, description="whether all make hypotheses on how the others decide")
    public: bool = Field(True, description="whether everybody learns what the other pairs did")
    characters: bool = Field(True, description="whether each has a character, in a line; ours")
    row: str = Field("", description="another table for row, as in 3,0;5,1")
    column: str = Field("", description="another table for column; the transpose of row's where only that is given")
    policy: PolicySpec | None = None

    @model_validator(mode="after")
    def _tables(self) -> Parameters:
        for name, text in (("row", self.row), ("column", self.column)):
            try:
                if text:
                    read_table(text, len(GAMES[self.game].options))
            except ValueError as error:
                raise ValueError(f"the table {name}={text!r} of {self.game} can't be read: {error}") from None
        return self

    @property
    def played(self) -> Game:
        """The game with these tables."""
        game = GAMES[self.game]
        size = len(game.options)
        row = read_table(self.row, size) if self.row else game.row
        column = game.column
        if self.column:
            column = read_table(self.column, size)
        elif self.row:
            column = [list(line) for line in zip(*row, strict=True)]
        return game.model_copy(update={"row": row, "column": column})


def metrics(run: Run) -> dict[str, JsonValue]:
    """Payoffs in the order of the players, what was chosen, and regret."""
    parameters = Parameters.model_validate(run.parameters)
    return figures(run, NAMES[: parameters.players])


def steps(parameters: Parameters) -> int:
    """In each round a step for each turn of talk, and one for the moves."""
    playing = parameters.players - parameters.players % 2
    return parameters.rounds * (parameters.talk * playing + 1)


@scenario(
    parameters=Parameters,
    metrics=metrics,
    policies=POLICIES,
    baseline={"policy": "random"},
    source="Leibo et al. 2021, Melting Pot; Cross et al. 2024, Hypothetical Minds",
    steps=steps,
)
def matrix_game(parameters: Parameters) -> Simulation:
    """Two choose at the same time and a table says what each gets: seven games, once or repeated, by two or many."""
    names, game = NAMES[: parameters.players], parameters.played
    world = MatrixGame(
        game=game,
        names=list(names),
        joint=JointMove(),
        repeated=Repeated(rounds=parameters.rounds),
        **parameters.model_dump(include={"payoffs_told", "inventory", "public"}),
    )

    def next_scene(world: MatrixGame, past: Sequence[Any]) -> Scene:
        playing = [name for name in names if name in world.partners()]
        number = world.repeated.round
        if parameters.talk and not (past and past[-1].name == "talk"):
            return Scene("talk", playing, _said, rounds=parameters.talk, order="random", ends_round="never")
        if not parameters.inventory:
            call, chosen = "Which move does {name} choose?", MatrixGame.choose_move
        else:
            call = f"How many does {{name}} bring of {_listed(game.options)}, from 0 to {parameters.inventory} of each?"
            chosen = MatrixGame.bring_two_kinds if len(game.options) == 2 else MatrixGame.bring_three_kinds
        return Scene("moves", playing, ActionSpec.of(chosen, call, tag=f"move {number}"), order="simultaneous")

    return Simulation([_agent(name, at, parameters) for at, name in enumerate(names)], GameMaster(world), scenes=next_scene)


def _said(world: MatrixGame, name: str) -> ActionSpec:
    other = world.partners()[name]
    call = f"What does {{name}} say to {other} about which move to choose?"
    return ActionSpec.speech(call, to=(other,), tag=f"talk {world.repeated.round}")


def deeds(data: Mapping[str, Any]) -> list[Deed]:
    """What the one just met did, for TheoryOfMind; of no answer, or an inventory with as much of two kinds, nothing is told."""
    last = data["last"]
    if last is None:
        return []
    return [Deed(other=last["other"], what=last["theirs"] or None, mine=last["mine"] or "", id=f"round {last['round']}")]


def _agent(name: str, at: int, parameters: Parameters) -> Agent:
    game = parameters.played
    parts: list[Component] = [
        Instructions(),
        Constant(_rules(parameters, at), label="The rules", name="rules", changes="shared", kind="instruction"),
        Observations(last=12),
    ]
    if parameters.characters:
        move = game.options[at % len(game.options)]
        goals = [f"choose {move}"]
        if parameters.inventory:
            counts = [parameters.inventory if option == move else 1 for option in game.options]
            kinds = zip(("first", "second", "third"), game.options, counts, strict=False)
            goals = [f"bring {count} of the {which} kind, {option}" for which, option, count in kinds]
        parts.insert(2, Persona(traits=[PERSONA_TRAITS[at % len(PERSONA_TRAITS)]], goals=goals))
    if parameters.theory_of_mind:
        parts.append(
            TheoryOfMind(
                moves=game.options,
                deeds_in=deeds,
                present=lambda data: [data["other"]] if data["other"] else [],
            )
        )
    return Agent(name, parts)


def _rules(parameters: Parameters, at: int) -> str:
    game, n = parameters.played, parameters.players
    meet = "Both" if n == 2 else "In each round pairs are drawn by lot. Both of a pair"
    what = f"bring up to {parameters.inventory} each of" if parameters.inventory else "choose one of"
    lines = [f"{n} people play {_times(parameters.rounds)}. {meet} {what} {_listed(game.options)}, at the same time."]
    if not parameters.payoffs_told:
        return f"{lines[0]} What both do decides what each gets."
    if n == 2:
        lines.append(_table_told(game, "row" if at == 0 else "column"))
    elif game.table("row") == game.table("column"):
        lines.append(_table_told(game, "row"))
    else:
        lines.append(f"For the one who is drawn first: {_table_told(game, 'row')}")
        lines.append(f"For the other: {_table_told(game, 'column')}")
    if parameters.inventory:
        lines.append("Of mixed kinds one gets the mean over all that one brings and all that the other brings.")
    return "\n".join(lines)


def _table_told(game: Game, role: Literal["row", "column"]) -> str:
    table = game.table(role)
    return " ".join(
        f"With {mine} against {theirs} one gets {in_units(table[i][j])}."
        for i, mine in enumerate(game.options)
        for j, theirs in enumerate(game.options)
    )


def _listed(options: Sequence[str]) -> str:
    return f"{', '.join(options[:-1])} or {options[-1]}"


def _times(rounds: int) -> str:
    return "once" if rounds == 1 else f"{rounds} rounds"


if __name__ == "__main__":
    raise SystemExit(main(["run", "matrix_game", *sys.argv[1:]]))
