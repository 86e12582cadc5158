"""Commons skills: whether a model can do the sums that the commons takes: simulate, find the share, see what all do.

Follows the sub-skill tests of GovSim (Piatti et al. 2024, section 3.5 and appendix), three of them: what the stock becomes when
each takes x; the most that each can take so that the stock grows back; what happens if everyone takes x. 150 generated items a
skill have exact answers; accuracies are given with Wilson's 95 % interval. The paper's texts are not used, and its items are not
these, so the figures are not to be compared digit by digit. An item without a usable answer counts as wrong.

Nobody plays: each of the agents is a blank page that is asked one item at a time, as many in a step as there are agents, so that
a model that answers in batches is asked in batches. A run goes on where it was stopped.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from gamemaster import (
    ActionSpec,
    Agent,
    Between,
    GameMaster,
    OneOf,
    PolicySpec,
    Run,
    ScenarioParameters,
    Scene,
    Simulation,
    View,
    World,
    action,
    main,
    scenario,
)
from gamemaster.components import Constant
from gamemaster.examples.commons_parts.skills import CAPACITY, OUTCOMES, SKILLS, Item, Skill, item
from gamemaster.experiment import wilson
from gamemaster.schedule import Past
from gamemaster.words import JsonValue, Policy

TASK = "You solve short exercises. Work out the one right answer, and give nothing but that."


class Exercises(World):
    """Which items have been asked; `asked` is how many a skill, in the order of `SKILLS`."""

    items: int
    asked: int = 0

    def skill(self) -> Skill:
        """The skill whose items are being asked."""
        return SKILLS[min(self.asked // self.items, len(SKILLS) - 1)]

    def size(self) -> int:
        """How many items are asked in this step; the first agents are asked them."""
        return 0 if self.over() else min(self.items - self.asked % self.items, len(self.people))

    def batch(self) -> dict[str, Item]:
        """The items of this step, by the name of whoever is asked."""
        return {name: self.item(self.skill(), self.asked % self.items + at) for at, name in enumerate(self.people[: self.size()])}

    def item(self, skill: Skill, number: int) -> Item:
        """The item of this number."""
        return item(skill, self.random(f"item/{skill}/{number}"))

    @action(together=True)
    def give_number(self, number: dict[str, Annotated[int, Between(0, CAPACITY)]]) -> str:
        """Give the number that is the right answer."""
        return self._mark(number)

    @action(together=True)
    def give_outcome(self, outcome: dict[str, Annotated[str, OneOf(OUTCOMES)]]) -> str:
        """Say what becomes of the stock."""
        return self._mark(outcome)

    def over(self) -> str | None:
        return "all items have been asked" if self.asked >= self.items * len(SKILLS) else None

    def perceive_data(self, name: str) -> dict[str, Any]:
        at = self.people.index(name)
        return {"right": self.item(self.skill(), self.asked % self.items + at).right} if at < self.size() else {}

    def _mark(self, answers: Mapping[str, int | str]) -> str:
        batch, skill = self.batch(), self.skill()
        right = sum(batch[name].right == answer for name, answer in answers.items())
        self.measure(f"asked: {skill}", len(batch))
        self.measure(f"answered: {skill}", len(answers))
        self.measure(f"right: {skill}", right)
        self.asked += len(batch)
        return f"{skill}: {right} of {len(batch)} are right."


class Parameters(ScenarioParameters):
    """What may be changed."""

    items: int = Field(150, ge=1, le=10_000, description="how many items a skill has")
    batch: int = Field(50, ge=1, le=1000, description="how many items are asked in a step")
    policy: PolicySpec | None = None


def exact(argument: str | None) -> Policy:
    """`exact`: the right answer; `exact:P` with probability P, else one that is wrong."""
    often = 1.0 if argument is None else float(argument)
    if not 0 <= often <= 1:
        raise ValueError("the probability lies between 0 and 1")

    def policy(view: View) -> object:
        right = view.data["right"]
        if view.random.random() < often:
            return right
        options = OUTCOMES if isinstance(right, str) else range(CAPACITY + 1)
        return view.random.choice([each for each in options if each != right])

    return policy


def metrics(run: Run) -> dict[str, JsonValue]:
    """For each skill the share of right answers, its interval, and the share of items without a usable answer."""
    found: dict[str, JsonValue] = {}
    for skill in SKILLS:
        asked, answered, right = (_sum(run, f"{what}: {skill}") for what in ("asked", "answered", "right"))
        interval = wilson(right, asked)
        found[skill] = None if interval is None else round(interval.mean, 4)
        found[f"{skill}_interval"] = None if interval is None else [round(interval.low or 0, 4), round(interval.high or 0, 4)]
        found[f"{skill}_unusable"] = round(1 - answered / asked, 4) if asked else None
        found[f"{skill}_items"] = asked
    return found


def _sum(run: Run, name: str) -> int:
    return sum(int(str(measure.value)) for _, measure in run.archive.measures(name))


def steps(parameters: Parameters) -> int:
    """As many as there are batches."""
    return len(SKILLS) * -(-parameters.items // parameters.batch)


@scenario(
    parameters=Parameters,
    metrics=metrics,
    policies={"exact": exact},
    baseline={"policy": "random"},
    source="Piatti et al. 2024, Cooperate or Collapse (GovSim), sub-skills",
    steps=steps,
)
def commons_skills(parameters: Parameters) -> Simulation:
    """Can a model simulate the stock, find the sustainable catch, and tell what happens if all take as much?"""
    names = [f"Page {number}" for number in range(1, min(parameters.batch, parameters.items) + 1)]
    return Simulation(
        agents=[Agent(name, [Constant(TASK, name="task", changes="shared", kind="instruction")]) for name in names],
        game_master=GameMaster(Exercises(items=parameters.items)),
        scenes=next_scene,
        max_failures=1.0,
    )


def next_scene(world: Exercises, past: Sequence[Past]) -> Scene:
    """The next batch of items."""
    batch, number = world.batch(), world.asked
    asked = {
        name: ActionSpec.of(
            Exercises.give_outcome if isinstance(each.right, str) else Exercises.give_number, each.question, tag=f"item/{number}"
        )
        for name, each in batch.items()
    }
    return Scene(world.skill(), list(batch), asked, order="simultaneous")


if __name__ == "__main__":
    raise SystemExit(main(["run", "commons_skills", *sys.argv[1:]]))
