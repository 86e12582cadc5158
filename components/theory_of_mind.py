"""TheoryOfMind: hypotheses in words on how named others decide, scored by whether their predictions come true.

The one idea: after each interaction every standing hypothesis says what the other will do next, and the next interaction
says whether it did. What a hypothesis is worth is arithmetic (`gamemaster.components.hypothesis`); a model only finds the
words and predicts. The agent is told its best guess, and what to expect.

Source: Cross et al. 2024, Hypothetical Minds. Departures: all that predict are scored also while a hypothesis holds; beyond
the eight best and the newest, hypotheses are dropped, as they would hardly predict again; what to do about it is left to
the agent's own answer, with no separate question for a counter-strategy.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar, cast

from gamemaster.components.belief import Belief, probability_of_yes
from gamemaster.components.deed import Deed, DeedReader, DeedsInData
from gamemaster.components.deeds_noticed import DeedsNoticed
from gamemaster.components.hypothesis import HOLDS_ABOVE, RATE, Hypothesis, brier_score, canonical
from gamemaster.components.other_mind import OtherMind
from gamemaster.language import together
from gamemaster.words import (
    AnswerFailed,
    Attempt,
    Component,
    DefinitionError,
    Event,
    JsonValue,
    Observation,
    Section,
    Turn,
    one_line,
)

__all__ = ["TheoryOfMind"]

Result = TypeVar("Result")

_MOST_STATE = 12_000
_MOST_PREDICTION = 200


class TheoryOfMind(Component):
    """What the agent makes of others: for each a few hypotheses on how they decide, and what they will do next.

    What another did is told by `deed`, a function from an observation to a `Deed`, several of them, or None; by
    `deeds_in`, a function from what the world shows as data (`perceive_data`) to deeds with ids of their own; or, with
    neither, every act of theirs that the agent sees counts. `others` are those it thinks about (all whom it hears of when
    None). `moves` are what the others can do, a list or a function of the data: predictions then are choices, compared as
    such. Without moves a prediction is in words, and a further question judges whether it came true.

    In the step in which another did something: the predictions for it are scored; if no hypothesis is above
    `holds_above`, a new one is made; the `best` ones and the newest predict what comes next. These are at most three rounds
    of questions, for all others at the same time. Nothing is asked in a step in which nobody did anything.

    `present` says of whom the prompt speaks (a function from the data to names), by default of all, the last met first,
    within the budget. `beliefs` are asked at every turn. `given` stand before all questions.

    Measures, by deed: `prediction_right` (0 or 1, of the best hypothesis), `prediction_brier` (over the moves, 0 .. 2; in
    words, of (1 + V) / 2 as the forecast that the prediction comes true) and `hypothesis_value` (of the best, afterwards).
    By turn: each belief's probability under its own name.

    The state holds some 12 kB: of those not met for longest the two best hypotheses stay, and in the end nothing.
    """

    changes = "slowly"
    kind = "other"

    def __init__(
        self,
        others: Sequence[str] | None = None,
        *,
        moves: Sequence[str] | Callable[[Mapping[str, Any]], Sequence[str]] = (),
        deed: DeedReader | None = None,
        deeds_in: DeedsInData | None = None,
        present: Callable[[Mapping[str, Any]], Sequence[str]] | None = None,
        beliefs: Sequence[Belief] = (),
        given: Sequence[Component] = (),
        best: int = 5,
        rate: float = RATE,
        holds_above: float = HOLDS_ABOVE,
        name: str = "theory_of_mind",
        budget: int = 300,
    ) -> None:
        if isinstance(others, str):
            raise DefinitionError(f"The component {name!r} has others={others!r}; give a list of names.")
        if best < 1:
            raise DefinitionError(f"The component {name!r} has best={best}; it must be at least 1.")
        if not 0 < rate <= 1:
            raise DefinitionError(f"The component {name!r} has rate={rate}; it is above 0 and at most 1.")
        if not -1 <= holds_above < 1:
            raise DefinitionError(f"The component {name!r} has holds_above={holds_above}; it is at least -1 and below 1.")
        if not callable(moves):
            _check_moves(moves, name)
        self.others = None if others is None else tuple(others)
        self.moves = moves
        self.present = present
        self.beliefs = tuple(beliefs)
        self.given = tuple(given)
        self.best = best
        self.rate = rate
        self.holds_above = holds_above
        self.name = name
        self.budget = budget
        self._minds: dict[str, OtherMind] = {}  # the one not met for longest first
        self._deeds = DeedsNoticed(self.others, deed, deeds_in)

    # --- what it knows ---

    def mind(self, other: str) -> OtherMind:
        """What it makes of `other`; an empty theory of one it hasn't met."""
        return self._minds.get(other, OtherMind())

    def known(self) -> list[str]:
        """Whom it has a theory of, the last met first."""
        return list(reversed(self._minds))

    async def believes(self, turn: Turn, other: str, proposition: str, *, order: int = 1) -> float:
        """How likely it seems, 0 .. 1, that `other` believes the proposition; with `order=2`, that they think the agent does.

        `turn` is this component's, or that of one that reads it. Raises: AnswerFailed.
        """
        belief = Belief(other=other, proposition=proposition, order=cast(Any, order))
        return await self._believed(turn, belief)

    async def _believed(self, turn: Turn, belief: Belief) -> float:
        texts = turn.texts
        notes = self._history(turn, belief.other, self.mind(belief.other))
        question = belief.question(texts, turn.agent)
        chosen = await turn.choose(question, belief.options(texts), given=self.given, notes=notes, what=belief.measure)
        return probability_of_yes(chosen)

    # --- the prompt ---

    async def context(self, turn: Turn) -> str:
        """For each other the best hypothesis and what to expect, then the beliefs."""
        found = await together([_unless_failed(self._believed(turn, each)) for each in self.beliefs])
        lines: list[str] = []
        for belief, probability in zip(self.beliefs, found, strict=True):
            if probability is not None:
                turn.measure(belief.measure, round(probability, 6))
                lines.append(belief.statement(turn.texts, turn.agent, probability))
        names = self.known() if self.present is None else list(self.present(turn.sees_data))
        room = self.budget * 3 - sum(len(line) + 1 for line in lines)
        told: list[str] = []
        for other in names:
            text = self._told(turn, other)
            room -= len(text) + 1
            if room < 0:
                break
            if text:
                told.append(text)
        return "\n".join([*told, *lines])

    def _told(self, turn: Turn, other: str) -> str:
        mind = self.mind(other)
        leading = mind.best
        if leading is None:
            return ""
        held = leading.value > self.holds_above
        lines = [turn.prompt("held" if held else "guessed", other=other, hypothesis=leading.text)]
        if leading.prediction is not None:
            lines.append(turn.prompt("expected", other=other, prediction=leading.prediction))
        return "\n".join(lines)

    def _history(self, turn: Turn, other: str, mind: OtherMind) -> list[Section]:
        """What the other did, and what is thought of it, as sections for a question."""
        texts, file = turn.texts, self.texts_file
        did: list[str] = []
        for mine, what in mind.deeds:
            form = "both_did" if mine else "did"
            did.append(texts.text(file, form, other=other, what=what, mine=mine, name=turn.agent))
        thought = [
            texts.text(file, "worth", hypothesis=each.text, right=each.right, scored=each.scored) for each in mind.hypotheses
        ]
        sections: list[Section] = []
        for label, lines in (("what_was_done", did), ("what_is_thought", thought)):
            if lines:
                heading = texts.text(file, label, other=other)
                sections.append(Section(label=heading, text="\n".join(lines), kind="observation", component=self.name))
        return sections

    # --- what happens ---

    async def observe(self, observation: Observation) -> None:
        """Note what may tell of a deed."""
        self._deeds.notice(observation)

    async def after_action(self, attempt: Attempt, events: Sequence[Event]) -> None:
        """Note whose acts these were."""
        self._deeds.mind(attempt, events)

    async def react(self, turn: Turn) -> None:
        """Score, think anew, and predict, for each other who did something in this step."""
        by_other = self._deeds.take(turn, {other: mind.last for other, mind in self._minds.items()})
        minds = await together([self._meet(turn, other, deeds) for other, deeds in by_other.items()])
        for other, mind in zip(by_other, minds, strict=True):
            self._minds.pop(other, None)
            self._minds[other] = mind
        self._make_room()

    async def _meet(self, turn: Turn, other: str, deeds: Sequence[Deed]) -> OtherMind:
        """The theory of `other` after these deeds. Only the first was predicted; the rest are looked back on."""
        moves = self._moves(turn)
        mind = self.mind(other)
        for deed in deeds:
            verdicts = await self._verdicts(turn, mind, deed, judged=not moves)
            self._measure(turn, mind, deed, verdicts, moves)
            mind = mind.after(deed, verdicts, rate=self.rate)
        leading = mind.best
        if leading is not None and leading.scored:
            turn.measure("hypothesis_value", round(leading.value, 6))
        if not mind.holds(self.holds_above):
            asked = turn.text(
                turn.prompt("generate", other=other),
                given=self.given,
                notes=self._history(turn, other, mind),
                max_tokens=100,
                what=f"hypothesis/{other}",
            )
            text = await _unless_failed(asked)
            if text is not None and one_line(text):
                mind = mind.thinking(text)
        return await self._expect(turn, other, mind, moves)

    async def _verdicts(self, turn: Turn, mind: OtherMind, deed: Deed, *, judged: bool) -> dict[str, bool]:
        """Of each prediction whether it came true; what can't be told is left out."""
        predictions = mind.predictions() if mind.met else []
        assert deed.what is not None
        if not judged:
            return {each: canonical(each) == canonical(deed.what) for each in predictions}
        options = turn.prompts("came_true")
        questions = [
            turn.choose(
                turn.prompt("judge", other=deed.other, prediction=each, deed=one_line(deed.what)),
                options,
                what=f"judge/{deed.other}/{at}",
            )
            for at, each in enumerate(predictions)
        ]
        found = await together([_unless_failed(question) for question in questions])
        return {each: chosen.index == 0 for each, chosen in zip(predictions, found, strict=True) if chosen is not None}

    async def _expect(self, turn: Turn, other: str, mind: OtherMind, moves: Sequence[str]) -> OtherMind:
        """The theory with a prediction of the next move by each that predicts."""
        predicting = mind.predicting(self.best)
        found = await together([self._predict(turn, other, each, mind, moves) for each in predicting])
        predictions = {
            each.number: prediction[0] for each, prediction in zip(predicting, found, strict=True) if prediction is not None
        }
        leading = found[0] if found else None
        return mind.expecting(predictions, leading[1] if leading is not None else {})

    async def _predict(
        self, turn: Turn, other: str, hypothesis: Hypothesis, mind: OtherMind, moves: Sequence[str]
    ) -> tuple[str, dict[str, float]] | None:
        question = turn.prompt("predict", other=other, hypothesis=hypothesis.text)
        notes = self._history(turn, other, mind)[:1] if mind.deeds else []
        what = f"predict/{other}/{hypothesis.number}"
        if not moves:
            told = turn.text(question, given=self.given, notes=notes, max_tokens=60, what=what)
            text = one_line(await _unless_failed(told) or "")[:_MOST_PREDICTION]
            return (text, {}) if text else None
        chosen = await _unless_failed(turn.choose(question, moves, given=self.given, notes=notes, what=what))
        if chosen is None:
            return None
        forecast = {} if chosen.probabilities is None else dict(zip(moves, chosen.probabilities, strict=True))
        return chosen.option, forecast

    def _measure(self, turn: Turn, mind: OtherMind, deed: Deed, verdicts: Mapping[str, bool], moves: Sequence[str]) -> None:
        """Put on record how well the best hypothesis foretold this deed."""
        leading = mind.best
        if leading is None or leading.prediction is None or leading.prediction not in verdicts or deed.what is None:
            return
        right = verdicts[leading.prediction]
        turn.measure("prediction_right", int(right))
        if moves:
            same = {canonical(each): each for each in moves}
            forecast = dict(mind.forecast) or {leading.prediction: 1.0}
            score = brier_score(list(moves), forecast, same.get(canonical(deed.what), deed.what))
        else:
            score = ((1 + leading.value) / 2 - right) ** 2
        turn.measure("prediction_brier", round(score, 6))

    def _moves(self, turn: Turn) -> Sequence[str]:
        if not callable(self.moves):
            return self.moves
        moves = tuple(self.moves(turn.sees_data))
        _check_moves(moves, self.name)
        return moves

    # --- its state ---

    def _make_room(self) -> None:
        """Let those fade who weren't met for longest, until the rest fits."""
        for change in ("fade", "forget"):
            for other in list(self._minds):
                if len(json.dumps(self.state(), ensure_ascii=False).encode("utf-8", "replace")) <= _MOST_STATE:
                    return
                if change == "fade":
                    self._minds[other] = self._minds[other].faded()
                else:
                    del self._minds[other]

    def state(self) -> dict[str, JsonValue]:
        """The theory of each other, the one not met for longest first."""
        return {"minds": {other: mind.as_json() for other, mind in self._minds.items()}}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        minds = cast("dict[str, JsonValue]", state["minds"])
        self._minds = {other: OtherMind.from_json(held) for other, held in minds.items()}
        self._deeds.clear()


async def _unless_failed(question: Coroutine[Any, Any, Result]) -> Result | None:
    """The answer, or None where the model gave no usable one: it is on record, and the others go on."""
    try:
        return await question
    except AnswerFailed:
        return None


def _check_moves(moves: Sequence[str], name: str) -> None:
    if isinstance(moves, str):
        raise DefinitionError(f"The component {name!r} has moves={moves!r}; give a list of texts.")
    if moves and len({canonical(each) for each in moves}) < max(2, len(moves)):
        raise DefinitionError(f"The component {name!r} has the moves {list(moves)}; give at least two, no two of them alike.")
