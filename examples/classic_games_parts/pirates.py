"""Pirate game: the most senior proposes how to divide the gold; without half of the votes it goes overboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from gamemaster import ActionSpec, Between, Person, action
from gamemaster.examples.classic_games_parts.joint_game import ClassicGame
from gamemaster.words import JsonValue

__all__ = ["Pirates", "divisions"]

GOLD = 100


class Pirates(ClassicGame):
    """All vote on the plan, the proposer too; half of those aboard are enough. Each wants to live, then gold, then others out.

    Ours: what a plan leaves over is the proposer's, and who isn't named in it gets nothing; a proposer without a plan that
    could be carried out (more gold than there is, more parts than pirates) is asked once more, and then goes overboard; who
    doesn't vote hasn't voted for the plan. A round is one plan.
    """

    title: ClassVar[str] = "pirates"
    aboard: list[str]
    plan: list[int] = Field(default_factory=list[int])
    votes: dict[str, str] = Field(default_factory=dict[str, str])
    voted: bool = False
    tries: int = 0
    ended: str | None = None

    @action(when="proposes")
    def propose_division(self, actor: Person, parts: list[Annotated[int, Between(0, GOLD)]]) -> str:
        """Propose how many pieces of gold each one aboard gets, in the order of seniority, oneself first; at most 100 in all."""
        count, total = len(self.aboard), sum(parts)
        if not 0 < len(parts) <= count or total > GOLD:
            self.refuse(f"a plan has up to {count} parts, and up to {GOLD} pieces of gold; this has {len(parts)}, with {total}")
        plan = [parts[0] + GOLD - total, *parts[1:], *([0] * (count - len(parts)))]
        self.measure("as in equilibrium", int(plan == self.answer_of(actor)))
        self.measure("kept by the proposer", plan[0])
        self.plan = plan
        return f"{actor} proposes: {self._plan_told()}."

    @action(together=True, when="votes_now")
    def vote_on_plan(self, vote: dict[str, Literal["accept", "refuse"]]) -> str:
        """Vote on the plan: accept it, or refuse it."""
        for name, each in vote.items():
            self.as_in_equilibrium(name, each)
        self.votes, self.voted = dict(vote), True
        told = ", ".join(f"{name} {self.votes.get(name, 'no answer')}" for name in self.aboard)
        return f"The vote on {self.aboard[0]}'s plan: {told}."

    def proposes(self, actor: str) -> bool:
        return not self.plan and actor == self.aboard[0]

    def votes_now(self, actor: str) -> bool:
        return bool(self.plan) and actor in self.aboard

    def end_of_step(self) -> str | None:
        """After a vote, or a second try that gave no plan, the round is over."""
        if self.voted:
            return self._decide()
        self.tries += not self.plan
        return self._decide() if self.tries == 2 else None

    def _decide(self) -> str:
        """The gold is divided, or the proposer goes overboard; the last one aboard has all of it."""
        senior, moves = self.aboard[0], dict(self.votes)
        accepted = bool(self.plan) and 2 * list(moves.values()).count("accept") >= len(self.aboard)
        gold = dict(zip(self.aboard, self.plan, strict=False)) if accepted else {}
        told = f"The plan is accepted: {self._plan_told()}." if accepted else ""
        if not accepted:
            self.aboard.remove(senior)
            why = "'s plan is refused" if self.plan else " has no plan"
            told = f"{senior}{why}, and {senior} goes overboard."
            if len(self.aboard) == 1:
                gold = {self.aboard[0]: GOLD}
                told += f" {self.aboard[0]} is the last one aboard and has all the gold."
        asked = len(self.aboard) + (not accepted)
        self.measure("votes for", list(moves.values()).count("accept") / asked if self.plan else None)
        self.repeated.note(moves, gold)
        self.plan, self.votes, self.voted, self.tries = [], {}, False, 0
        if gold:
            self.joint.settle({}, {name: float(gold.get(name, 0)) for name in self.names})
            self.ended = f"the gold is divided after {len(self.repeated.past)} plans"
        return told

    def over(self) -> str | None:
        return self.ended

    def _plan_told(self) -> str:
        return ", ".join(f"{name} {part}" for name, part in zip(self.aboard, self.plan, strict=True))

    def rules(self) -> str:
        return (
            f"{len(self.names)} pirates divide {GOLD} pieces of gold. They are, the most senior first, {', '.join(self.names)}. "
            "The most senior aboard proposes how much each gets, what is left over being the proposer's; then all aboard vote. "
            "With half of the votes or more the gold is divided so; else the proposer goes overboard, and the next one proposes. "
            "Everybody wants above all to stay aboard, then as much gold as possible, then others overboard."
        )

    def asked(self) -> dict[str, ActionSpec]:
        number = self.repeated.round
        if not self.plan:
            call = f"How many of the {GOLD} pieces of gold does {{name}} propose for {', '.join(self.aboard)}, in this order?"
            return {self.aboard[0]: ActionSpec.of(Pirates.propose_division, call, tag=f"plan {number}")}
        return dict.fromkeys(
            self.aboard, ActionSpec.of(Pirates.vote_on_plan, "Does {name} accept the plan?", tag=f"vote {number}")
        )

    def leanings(self) -> list[str]:
        return ["accept what is fair", "refuse what is less than a fair part", "accept nearly anything"]

    def answer_of(self, name: str) -> JsonValue:
        if not self.plan:
            if not self.proposes(name):
                return None
            best = divisions(len(self.aboard), GOLD)[len(self.aboard)]
            parts = [each or 0 for each in best]
            parts[0] += GOLD - sum(parts)  # one who goes overboard whatever the plan has to propose something, too
            return list[JsonValue](parts)
        if name not in self.aboard:
            return None
        at = self.aboard.index(name)
        if at == 0:
            return "accept"
        following = divisions(len(self.aboard) - 1, GOLD)[len(self.aboard) - 1][at - 1]
        return "accept" if following is None or self.plan[at] > following else "refuse"

    def perceive(self, name: str) -> str:
        if name not in self.aboard:
            return f"{name} is overboard."
        lines = [f"Aboard, the most senior first: {', '.join(self.aboard)}."]
        if self.plan:
            lines.append(f"{self.aboard[0]}'s plan: {self._plan_told()}. {name} would get {self.plan[self.aboard.index(name)]}.")
        return "\n".join(lines)

    def known(self, name: str) -> dict[str, Any]:
        return {"aboard": list(self.aboard), "plan": list(self.plan)}


def divisions(pirates: int, gold: int) -> dict[int, Sequence[int | None]]:
    """What comes of it with 1, 2, … pirates aboard, by seniority: the gold of each, None for one who goes overboard.

    By backward induction: a pirate votes for a plan when it would go overboard otherwise, or gets more than it would. The
    cheapest votes are bought, of equally cheap ones the more senior (ours). Where they can't be paid for, the proposer
    goes overboard whatever it proposes.
    """
    found: dict[int, Sequence[int | None]] = {1: [gold]}
    for count in range(2, pirates + 1):
        following = found[count - 1]
        prices = sorted((0 if each is None else each + 1, at) for at, each in enumerate(following))
        bought = prices[: (count + 1) // 2 - 1]
        cost = sum(price for price, _ in bought)
        if cost > gold:
            found[count] = [None, *following]
            continue
        plan: list[int | None] = [gold - cost, *([0] * (count - 1))]
        for price, at in bought:
            plan[at + 1] = price
        found[count] = plan
    return found
