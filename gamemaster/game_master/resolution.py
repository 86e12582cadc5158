"""Resolution: what comes of all attempts of one step.

The one idea: whatever needs a model is asked for all attempts at the same time, in phases: what each attempt is; then, with
no model call in between, the world applies, in the order of game masters and of asks; once more for those that lost a
conflict; what follows; then how it is told, and what arrives at whom. So a step of a hundred attempts takes as many rounds
of calls as a step of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from gamemaster.agent import Circumstances
from gamemaster.game_master.chronicle import Chronicle
from gamemaster.game_master.deed import Deed, calls_of
from gamemaster.game_master.speaking import Speaking
from gamemaster.game_master.telling import tell_event
from gamemaster.language import together
from gamemaster.record import Measure
from gamemaster.words import ActionCall, Ask, Attempt, Event, Grounding, InvalidAnswer, one_line
from gamemaster.world import Refused

if TYPE_CHECKING:
    from gamemaster.game_master.game_master import GameMaster
    from gamemaster.game_master.game_masters import GameMasters

__all__ = ["Resolution"]


class Resolution:
    """Makes the attempts of one step events in `chronicle`, in the charge of `masters`."""

    def __init__(self, masters: GameMasters, circumstances: Circumstances, chronicle: Chronicle) -> None:
        self.masters = masters
        self.keeper = masters.lead
        self.circumstances = circumstances
        self.chronicle = chronicle
        self.texts = masters.lead.texts
        self.charges: dict[str, GameMaster] = {}
        """In whose charge each event is, by its id."""
        self.in_charge_of: dict[str, GameMaster] = {}
        """In whose charge each actor is."""
        self._tells: dict[str, list[tuple[str, str]]] = {}
        self._joint: dict[str, dict[str, Deed]] = {}
        self._lost: list[tuple[Deed, str]] = []
        self._speaking = Speaking(masters, circumstances, chronicle)
        self._views: dict[tuple[str, str], str] = {}

    async def resolve(self, attempts: Sequence[tuple[Ask, Attempt]]) -> list[Grounding]:
        """Ground, apply, narrate, tell who notices. Joint actions come after the others, each with all its attempts at once."""
        first = len(self.chronicle.events)
        deeds = await self._ground(self.masters.deeds(attempts))
        self.in_charge_of = {deed.attempt.actor: deed.master for deed in deeds}
        deeds = await self._consult(deeds)
        groundings = {deed.attempt.id: deed.grounding for deed in deeds if deed.grounding is not None}
        acceptable = self._acceptable(deeds)
        for deed in deeds:
            self._apply(deed, may_lose=deed.attempt.id in acceptable)
        for deed in await self._ground_again():
            assert deed.grounding is not None
            groundings[deed.attempt.id] = deed.grounding
            self._apply(deed)
        for action, together_deeds in self._joint.items():
            self._apply_together(action, together_deeds)
        self.keeper.world_changed()
        await self._follow(first)
        await together([self._narrate(first), self._speaking.deliver()])
        self._tell(first, {deed.attempt.id: deed.attempt for deed in deeds})
        return [groundings[attempt.id] for _, attempt in attempts if attempt.id in groundings]

    # --- what the attempts are ---

    async def _ground(self, deeds: Sequence[Deed]) -> list[Deed]:
        free = [at for at, deed in enumerate(deeds) if deed.is_free]
        said = await self._said([deeds[at].master for at in free])
        groundings = await together(
            [deeds[at].master.ground(deeds[at].attempt, self.circumstances, said[deeds[at].master.name]) for at in free]
        )
        grounded = list(deeds)
        for at, grounding in zip(free, groundings, strict=True):
            grounded[at] = replace(deeds[at], grounding=grounding)
        return grounded

    async def _said(self, masters: Sequence[GameMaster]) -> dict[str, Any]:
        """What the components of these game masters have to say in this step, by their names."""
        asked = list(dict.fromkeys(masters))
        said = await together([master.says(self.circumstances) for master in asked])
        return {master.name: each for master, each in zip(asked, said, strict=True)}

    async def _consult(self, deeds: list[Deed], *, again: bool = False) -> list[Deed]:
        """Ask the tools that are mounted as actions, all at the same time; the world gets what they answered."""
        world = self.keeper.world
        if world is None or not self.masters.mounted:
            return deeds
        return await together([deed.master.consult(deed, self.circumstances, again=again) for deed in deeds])

    def _acceptable(self, deeds: Sequence[Deed]) -> set[str]:
        """The ids of the attempts in words that the world would accept as it stands before any of the step is applied."""
        if self.keeper.world is None or len(deeds) < 2:
            return set()
        found: set[str] = set()
        for deed in deeds:
            grounding = deed.grounding
            calls = calls_of(deed) if grounding is not None and deed.master.asks_again else None
            if not calls:
                continue
            if not self.keeper.would_refuse(calls[0], deed.attempt.actor, by="game_master"):
                found.add(deed.attempt.id)
        return found

    async def _ground_again(self) -> list[Deed]:
        """Those whom an earlier attempt of the step took away what they needed, grounded once more in one further batch."""
        if not self._lost:
            return []
        self.keeper.world_changed()
        said = await self._said([deed.master for deed, _ in self._lost])
        groundings = await together(
            [
                deed.master.ground(deed.attempt, self.circumstances, said[deed.master.name], meanwhile=reason)
                for deed, reason in self._lost
            ]
        )
        again = [replace(deed, grounding=each, answered=None) for (deed, _), each in zip(self._lost, groundings, strict=True)]
        return await self._consult(again, again=True)

    # --- applying ---

    def _apply(self, deed: Deed, *, may_lose: bool = False) -> None:
        attempt, spec, keeper = deed.attempt, deed.attempt.spec, self.keeper
        if self._gone(attempt.actor):
            self._refuse(deed, self.texts.text("game_master", "there_no_more", name=attempt.actor), told=False)
        elif attempt.failure is not None and attempt.failure.kind == "closed":
            self._refuse(deed, attempt.failure.reason)
        elif attempt.failure is not None:
            action = None if spec.action is None or keeper.world is None else keeper.world.find_action(spec.action)
            if action in keeper.joint:
                self._joint.setdefault(action, {})[attempt.actor] = deed  # it takes place without this one's answer
            self.chronicle.event(
                "failure", attempt.failure.reason, actor=attempt.actor, attempt_id=attempt.id, scene=deed.ask.scene
            )
        elif spec.kind == "speech":
            said = self._speaking.speak(deed)
            if isinstance(said, str):
                self._refuse(deed, said)
            else:
                self.charges[said.id] = deed.master
        elif (calls := calls_of(deed)) is None:
            reason = deed.grounding.reason if deed.grounding is not None else ""
            self._refuse(deed, reason or self.texts.text("game_master", "nothing_of_the_kind"))
        elif keeper.world is None or not calls:
            if spec.kind in ("free", "choice"):
                self._event(deed, f"{attempt.actor}: {one_line(str(attempt.answer))}")
        else:
            self._apply_calls(deed, calls, may_lose=may_lose)

    def _apply_calls(self, deed: Deed, calls: Sequence[ActionCall], *, may_lose: bool) -> None:
        actor, keeper = deed.attempt.actor, self.keeper
        by: Literal["agents", "game_master"] = "agents" if deed.grounding is None else "game_master"  # whose word the call is
        for number, call in enumerate(calls):
            if call.action in keeper.joint:
                self._joint.setdefault(call.action, {})[actor] = deed
                continue
            before = keeper.place_of(actor)
            outcome = keeper.do(call, actor, by=by)
            if isinstance(outcome, Refused):
                if may_lose and number == 0:
                    self._lost.append((deed, outcome.reason))
                else:
                    self._refuse(deed, outcome.reason, action=call.action)
                break
            self.keeper.measured(outcome, self.circumstances)
            event = self._event(deed, outcome.text, change=outcome.patch, action=call.action, before=before)
            self._tells.setdefault(event.id, []).extend(outcome.tells)

    def _apply_together(self, action: str, deeds: Mapping[str, Deed]) -> None:
        keeper = self.keeper
        world = keeper.world
        assert world is not None
        answers: dict[str, dict[str, Any]] = {}
        is_open = False
        here = [actor for actor in deeds if not self._gone(actor)]
        for actor in [each for each in deeds if each not in here and deeds[each].attempt.failure is None]:
            self._refuse(deeds[actor], self.texts.text("game_master", "there_no_more", name=actor), action=action, told=False)
        for actor in here:  # what was valid when it was answered may not be after the single actions
            deed = deeds[actor]
            closed = keeper.user_code(action, lambda world, who=actor: world.offer(action, who), actor=actor)
            is_open = is_open or not isinstance(closed, str)
            if deed.attempt.failure is not None:
                continue
            if isinstance(closed, str):
                self._refuse(deed, closed, action=action)
                continue
            try:
                answers[actor] = world.check_arguments(action, _arguments(deed, action), actor=actor)
            except InvalidAnswer as error:
                self._refuse(deed, str(error), action=action)
        if not is_open:
            return
        outcome = keeper.changing(keeper.user_code(action, lambda world: world.apply_together(action, answers)))
        if isinstance(outcome, Refused):
            for actor in answers:
                self._refuse(deeds[actor], outcome.reason, action=action)
            return
        self.keeper.measured(outcome, self.circumstances)
        deed = next(iter(deeds.values()))
        event = self.chronicle.event(
            "act", outcome.text, witnesses=here, change=outcome.patch or None, action=action, scene=deed.ask.scene
        )
        self.charges[event.id] = deed.master
        self._tells.setdefault(event.id, []).extend(outcome.tells)

    def _gone(self, name: str) -> bool:
        """Whether this one takes part no more, by what was applied before in this step."""
        return not self.keeper.open_to_all and name not in self.keeper.present_names()

    def _refuse(self, deed: Deed, reason: str, *, action: str | None = None, told: bool = True) -> None:
        event = self.chronicle.event(
            "refusal",
            reason,
            actor=deed.attempt.actor,
            witnesses={deed.attempt.actor} if told else (),
            place=self.keeper.place_of(deed.attempt.actor),
            attempt_id=deed.attempt.id,
            action=action,
            scene=deed.ask.scene,
        )
        self.charges[event.id] = deed.master

    def _event(
        self,
        deed: Deed,
        text: str,
        *,
        change: Any = None,
        action: str | None = None,
        before: str | None = None,
    ) -> Event:
        actor = deed.attempt.actor
        event = self.chronicle.event(
            "act",
            text,
            actor=actor,
            place=self.keeper.place_of(actor),
            attempt_id=deed.attempt.id,
            change=change or None,
            action=action,
            scene=deed.ask.scene,
        )
        self.charges[event.id] = deed.master
        reached = deed.master.noticing(event) | {actor}
        if before is not None and before != event.place:
            reached |= deed.master.noticing(replace(event, place=before))  # who sees somebody leave
        return self.chronicle.noticed(event, reached)

    # --- what follows, and how it is told ---

    async def _follow(self, first: int) -> None:
        """Have the game masters propose what follows from the acts of the step, and apply it in the order of the acts."""
        acts = [each for each in self.chronicle.events[first:] if each.kind == "act" and each.actor]
        asked = [each for each in acts if self.charges[each.id].consequences is not None]
        if not asked or self.keeper.world is None:
            return
        said = await self._said([self.charges[each.id] for each in asked])
        proposed = await together(
            [self.charges[each.id].propose(each, self.circumstances, said[self.charges[each.id].name]) for each in asked]
        )
        for event, calls in zip(asked, proposed, strict=True):
            for call in calls:
                outcome = self.keeper.do(call, event.actor, by="game_master")
                if isinstance(outcome, Refused):
                    why = f"{event.id}: {outcome.reason}"
                    self.circumstances.measures.append(Measure(name="consequence refused", who=event.actor, value=why))
                    continue
                self.keeper.measured(outcome, self.circumstances)
                effect = self.chronicle.event(
                    "effect",
                    outcome.text,
                    actor=event.actor,
                    place=self.keeper.place_of(event.actor),
                    attempt_id=event.attempt_id,
                    change=outcome.patch or None,
                    action=call.action,
                    scene=event.scene,
                )
                master = self.charges[effect.id] = self.charges[event.id]
                self.chronicle.noticed(effect, master.noticing(effect) | {event.actor})
                self._tells.setdefault(effect.id, []).extend(outcome.tells)

    async def _narrate(self, first: int) -> None:
        events = self.chronicle.events[first:]
        told = [
            event
            for event in events
            if event.kind in ("act", "effect") and event.id in self.charges and self.charges[event.id].narration is not None
        ]
        if not told:
            return
        said = await self._said([self.charges[each.id] for each in told])
        texts = await together(
            [self.charges[each.id].narrate(each, self.circumstances, said[self.charges[each.id].name]) for each in told]
        )
        worded = [
            self.chronicle.reword(event, text) if text and text != event.text else event
            for event, text in zip(told, texts, strict=True)
        ]
        viewed = [(event, name) for event in worded if self.charges[event.id].has_views for name in event.witnesses]
        views = await together([self.charges[event.id].view(event, name, self.circumstances) for event, name in viewed])
        self._views = {(event.id, name): text for (event, name), text in zip(viewed, views, strict=True)}

    def _tell(self, first: int, attempts: Mapping[str, Attempt]) -> None:
        for event in self.chronicle.events[first:]:
            tell_event(
                self.chronicle,
                event,
                self.texts,
                attempts.get(event.attempt_id or ""),
                messages=self._speaking.messages(event),
                views=self._views,
            )
            for name, text in self._tells.get(event.id, ()):
                self.chronicle.tell(event, [name], "was_told", text)


def _arguments(deed: Deed, action: str) -> Mapping[str, Any]:
    for call in calls_of(deed) or ():
        if call.action == action:
            return call.arguments
    return {}
