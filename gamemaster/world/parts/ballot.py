"""Ballot: a vote that is opened, cast and closed, by a rule that is stated beforehand.

The one idea: who may vote is settled when the vote is opened, and only shrinks: who leaves or dies has no vote and leaves
none behind, and majorities follow. Whoever has voted can't vote again. A secret vote is never shown, to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from annotated_types import Ge, Gt, MaxLen, MinLen
from pydantic import BaseModel, Field

from gamemaster.words import OneOf, Person, quote
from gamemaster.world.action import action
from gamemaster.world.invariant import invariant
from gamemaster.world.parts.coming_and_going import Departure
from gamemaster.world.parts.part import Part
from gamemaster.world.parts.voting_rules import VotingRule, count_votes, is_ranked

__all__ = ["Ballot", "VoteResult"]


class VoteResult(BaseModel):
    """How a vote ended; `winner` None when the rule found none. `tied` are those between whom the lot decided."""

    question: str
    rule: VotingRule
    winner: str | None
    scores: dict[str, int]
    tied: list[str]
    cast: int
    electorate: int


class Ballot(Part):
    """Put it into a world as a field, `ballot: Ballot`, and call `open_vote` in actions and hooks, or name `callers` who may.

    One vote at a time. It is closed at the end of the step in which the last has voted, or at its time, or by `close_vote`;
    the result is announced by the hook's sentence, and stands in `result` until the next vote is opened. Ties fall by a lot
    that is drawn by the number of the vote.
    """

    callers: list[str] = Field(default_factory=list[str])
    number: Annotated[int, Ge(0)] = 0
    is_open: bool = False
    question: str = ""
    options: list[str] = Field(default_factory=list[str])
    rule: VotingRule = "plurality"
    secret: bool = False
    voters: list[str] = Field(default_factory=list[str])
    cast: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    until: float | None = None
    result: VoteResult | None = None

    @invariant
    def votes_are_valid(self) -> bool | str:
        """A ballot would be of somebody who may not vote, or name what isn't there to be voted for."""
        if len(set(self.options)) < len(self.options) or len(set(self.voters)) < len(self.voters):
            return "an option or a voter would be there twice"
        for name, ballot in self.cast.items():
            if name not in self.voters:
                return f"{name} would have voted, and may not"
            if len(set(ballot)) < len(ballot) or any(each not in self.options for each in ballot):
                return "a ballot would name an option twice, or one that there isn't"
            if self.rule in ("plurality", "majority") and len(ballot) > 1:
                return "a ballot would name more than one"
        return True

    # For use in actions and hooks.

    def open_vote(
        self,
        question: str,
        options: Sequence[str],
        *,
        rule: VotingRule = "plurality",
        secret: bool = False,
        voters: Sequence[str] | None = None,
        until: float | None = None,
    ) -> None:
        """Open a vote of those who are present, or of `voters`; it is closed by the simulated second `until` at the latest.

        Refuses while another one is open, and one with fewer than two options or nobody to vote.
        """
        if self.is_open:
            self.refuse(f"The vote on {quote(self.question)} is not closed yet.")
        named = list(dict.fromkeys(options))
        if len(named) < 2:
            self.refuse("A vote needs two options or more.")
        may = list(self.present_people()) if voters is None else self._taking_part(voters)
        if not may:
            self.refuse("Nobody is there to vote.")
        self.number += 1
        self.is_open, self.question, self.options, self.rule, self.secret = True, question, named, rule, secret
        self.voters, self.cast, self.until, self.result = may, {}, until, None

    def put_in(self, name: str, ballot: Sequence[str]) -> None:
        """Cast somebody's vote. Refuses a second one, and one of somebody who may not vote."""
        if not self.is_open:
            self.refuse("No vote is open.")
        if name not in self.voters or not self._takes_part(name):
            self.refuse(f"{name} may not vote.")
        if name in self.cast:
            self.refuse(f"{name} has voted already.")
        self.cast[name] = list(ballot)

    def close_vote(self) -> VoteResult:
        """Count, and close the vote. Refuses when none is open."""
        if not self.is_open:
            self.refuse("No vote is open.")
        may = self.electorate()
        lot = list(self.options)
        self.random(f"lot of vote {self.number}").shuffle(lot)
        ballots = [list(self.cast[name]) for name in may if name in self.cast]
        found = count_votes(self.rule, list(self.options), ballots, electorate=len(may), lot=lot)
        self.result = VoteResult(
            question=self.question,
            rule=self.rule,
            winner=found.winner,
            scores=found.scores,
            tied=list(found.tied) if len(found.tied) > 1 else [],
            cast=len(ballots),
            electorate=len(may),
        )
        self.is_open = False
        self.measure(f"vote {self.number}", found.winner)
        return self.result

    # What there is.

    def electorate(self) -> list[str]:
        """Who may vote in the vote at hand, as of now."""
        return self._taking_part(self.voters)

    def waiting_for(self) -> list[str]:
        """Those of them who haven't voted yet."""
        return [name for name in self.electorate() if name not in self.cast] if self.is_open else []

    def may_vote_once(self, actor: str) -> bool:
        """Whether somebody may name one option now."""
        return self.may_abstain(actor) and self.rule in ("plurality", "majority")

    def may_approve(self, actor: str) -> bool:
        """Whether somebody may name all options that it approves of now."""
        return self.may_abstain(actor) and self.rule == "approval"

    def may_rank(self, actor: str) -> bool:
        """Whether somebody may rank the options now."""
        return self.may_abstain(actor) and is_ranked(self.rule)

    def may_abstain(self, actor: str) -> bool:
        """Whether somebody may vote now."""
        return self.is_open and actor in self.voters and actor not in self.cast and self._takes_part(actor)

    def may_call(self, actor: str) -> bool:
        """Whether somebody may have the others vote now."""
        return actor in self.callers and self._takes_part(actor) and not self.is_open

    def departs(self, departure: Departure) -> None:
        """Who is gone has no vote, and leaves none behind."""
        if self.is_open and departure.name in self.voters:
            self.voters.remove(departure.name)
            self.cast.pop(departure.name, None)

    def end_of_step(self) -> str | None:
        """Close the vote when nobody is left to wait for, or its time has come."""
        if not self.is_open or (self.waiting_for() and (self.until is None or self.now < self.until)):
            return None
        return self.announced(self.close_vote())

    def announced(self, result: VoteResult) -> str:
        """A result in a sentence."""
        scores = ", ".join(f"{option} {score}" for option, score in result.scores.items())
        if result.winner is None:
            return f"The vote on {quote(result.question)} is closed, and nothing wins ({scores})."
        lot = " by lot" if result.tied else ""
        return f"The vote on {quote(result.question)} is closed: {result.winner} wins{lot} ({scores})."

    def perceive(self, name: str) -> str:
        """What is voted on, who has voted, and what, if that isn't secret; or the result."""
        if not self.is_open:
            return "" if self.result is None else self.announced(self.result)
        said = [f"A{' secret' if self.secret else 'n open'} vote is held on {quote(self.question)}: {', '.join(self.options)}."]
        said += [f"{each} has voted{self._shown(each)}." for each in self.cast]
        if self.may_abstain(name):
            said.append(f"{name} has not voted yet.")
        return " ".join(said)

    def perceive_data(self, name: str) -> dict[str, Any]:
        """The same as JSON values; `cast` has the ballots where they aren't secret, and only who has voted where they are."""
        ballots: dict[str, Any] = {each: None if self.secret else list(ballot) for each, ballot in self.cast.items()}
        result = None if self.result is None else self.result.model_dump()
        options = list(self.options)
        return {"open": self.is_open, "question": self.question, "options": options, "cast": ballots, "result": result}

    @action(when="may_vote_once")
    def vote_for(self, actor: Person, option: Annotated[str, OneOf("options")]) -> str:
        """Vote for one of the options of the vote that is held."""
        self.put_in(actor, [option])
        return self._voted(actor)

    @action(when="may_approve")
    def approve_of(self, actor: Person, options: Annotated[list[Annotated[str, OneOf("options")]], MinLen(1)]) -> str:
        """Vote for all options that one approves of."""
        self.put_in(actor, list(dict.fromkeys(options)))
        return self._voted(actor)

    @action(when="may_rank")
    def rank_options(self, actor: Person, options: Annotated[list[Annotated[str, OneOf("options")]], MinLen(1)]) -> str:
        """Vote by ranking the options, the best first."""
        self.put_in(actor, list(dict.fromkeys(options)))
        return self._voted(actor)

    @action(when="may_abstain")
    def abstain_from_vote(self, actor: Person) -> str:
        """Abstain from the vote that is held."""
        self.put_in(actor, [])
        return self._voted(actor)

    @action(when="may_call")
    def call_vote(
        self,
        actor: Person,
        question: Annotated[str, MinLen(1), MaxLen(200)],
        options: Annotated[list[Annotated[str, MinLen(1), MaxLen(60)]], MinLen(2), MaxLen(10)],
        minutes: Annotated[float, Gt(0)] | None = None,
    ) -> str:
        """Have everybody vote on a question with two options or more."""
        self.open_vote(question, options, until=None if minutes is None else self.now + minutes * 60)
        return f"{actor} calls a vote on {quote(question)}: {', '.join(map(quote, self.options))}."

    def _shown(self, name: str) -> str:
        if self.secret:
            return ""
        ballot = self.cast[name]
        return f" for {' before '.join(ballot) if is_ranked(self.rule) else ' and '.join(ballot)}" if ballot else " for nothing"

    def _voted(self, actor: str) -> str:
        return f"{actor} casts a vote." if self.secret else f"{actor} votes{self._shown(actor)}."
