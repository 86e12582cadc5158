"""Norms: each that is met is examined before it is followed; its keeping is counted."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from gamemaster import ActionSpec, Agent
from gamemaster.components import Constant, Happening, Norm, Norms
from gamemaster.components.norm import counted, declared_compliance, same_norm, taken_up
from gamemaster.testing import ComponentSuite, ScriptedModel, turn_for
from gamemaster.words import Attempt, Component, DefinitionError, Event, Observation

QUEUE = Norm(text="People wait their turn.", utility=60, kept_by=("wait_in_line",), broken_by=("push_ahead",))
HASTE = Norm(text="The first to the counter is served.", utility=70)


# --- the rule, without a model ---


def test_a_new_norm_is_adopted_when_it_is_worth_enough() -> None:
    (one,) = taken_up([], HASTE, "new")
    assert one.adopted and not one.reason
    (one,) = taken_up([], Norm(text="a", utility=49), "new")
    assert (one.adopted, one.reason) == (False, "utility")


def test_of_two_in_conflict_the_more_useful_is_followed_and_the_older_on_a_tie() -> None:
    queue, haste = taken_up([QUEUE], HASTE, "conflict", 0)
    assert (queue.adopted, queue.reason, haste.adopted) == (False, "displaced", True)
    queue, other = taken_up([QUEUE], Norm(text="b", utility=60), "conflict", 0)
    assert queue.adopted and (other.adopted, other.reason) == (False, "conflict")
    given_up = taken_up([queue], HASTE, "conflict", 0)[0]
    assert taken_up([given_up], Norm(text="c", utility=55), "conflict", 0)[1].adopted, "one not followed stands in nobody's way"


def test_a_duplicate_adds_its_source_and_raises_the_utility() -> None:
    (low,) = taken_up([], Norm(text="a", utility=40, sources=("Bob",)), "new")
    (twice,) = taken_up([low], Norm(text="A!", utility=65, sources=("Cy",)), "same", 0)
    assert (twice.sources, twice.utility, twice.adopted) == (("Bob", "Cy"), 65, True)
    assert same_norm([low], "A.") == 0 and same_norm([low], "b") is None


def test_at_most_so_many_stay_those_not_followed_go_first() -> None:
    held = [Norm(text="a", utility=90, adopted=False, reason="conflict"), Norm(text="b", utility=55), Norm(text="c", utility=60)]
    assert [each.text for each in taken_up(held, HASTE, "new", most=3)] == ["b", "c", HASTE.text]
    assert [each.text for each in taken_up(held, HASTE, "new", most=2)] == ["c", HASTE.text]


def test_compliance_is_counted_by_what_is_declared() -> None:
    def deed(action: str, kind: str = "act") -> Happening:
        return Happening(id="", time=0.0, text="", action=action, kind=kind, actor="Ann")

    assert declared_compliance(QUEUE, deed("wait_in_line")) is True
    assert declared_compliance(QUEUE, deed("push_ahead")) is False
    assert declared_compliance(QUEUE, deed("sing")) is None and declared_compliance(QUEUE, deed("push_ahead", "speech")) is None
    norm = counted(counted(counted(QUEUE, True, own=True), False, own=True), False, own=False)
    assert (norm.kept, norm.broken, norm.others_broken, norm.compliance, QUEUE.compliance) == (1, 1, 1, 0.5, None)


# --- a component among others ---


def heard(text: str, at: int = 0, **more: Any) -> Observation:
    made: dict[str, Any] = {"how": "heard", "speaker": "Bob", **more}
    return Observation(id=f"1/observation/{at}", event_id=f"1/event/{at}", to="Ann", time=0.0, text=text, **made)


async def lived(norms: Norms, *news: Observation, action: str = "", model: Any = None) -> Any:
    for each in news:
        await norms.observe(each)
    if action:
        attempt = Attempt(id="1/attempt/0", step=1, actor="Ann", spec=ActionSpec.free())
        did = Event(
            id="1/event/9", step=1, time=0.0, kind="act", actor="Ann", text=f"Ann: {action}", action=action, attempt_id=attempt.id
        )
        await norms.after_action(attempt, [did])
    turn = turn_for(norms, model=model, people=["Ann", "Bob"])
    await norms.react(turn)
    return turn


def measures(turn: Any) -> list[tuple[str, Any]]:
    return [(each.name, each.value) for each in turn._thinking.circumstances.measures]


async def test_declared_norms_spread_and_are_counted() -> None:
    norms = Norms(rules={"rule": QUEUE})
    turn = await lived(norms, heard("Wait your turn!", tags=("rule",)))
    assert measures(turn) == [("norm", "adopted"), ("norms_adopted", 1)]
    assert norms.norms[0].sources == ("Bob",)
    assert measures(await lived(norms, heard("Wait!", tags=("rule",)))) == [("norm", "duplicate")]
    assert measures(await lived(norms, action="push_ahead")) == [("norm_kept", 0)]
    assert (norms.norms[0].broken, norms.norms[0].compliance) == (1, 0.0)


async def test_a_model_finds_examines_and_judges() -> None:
    def rule(request: Any) -> Any:
        what = request.key.what.split("/")[1]
        found = {"norm": "Speak softly here.", "is_an_ought": True, "utility": 80, "on": 1}
        return {"find": {"norms": [found]}, "verdict": 2, "judge": 2}[what]

    norms, model = Norms(["Speak up."]), ScriptedModel(rule)
    turn = await lived(norms, heard("Hush, speak softly!"), action="shout", model=model)
    assert (len(model.requests), model.rounds) == (3, 2), "judging and finding go together, then each find is examined"
    assert [(each.text, each.adopted, each.reason, each.broken) for each in norms.norms] == [
        ("Speak up.", False, "displaced", 1),
        ("Speak softly here.", True, "", 0),
    ]
    assert measures(turn) == [("norm_kept", 0), ("norm", "displaced")]
    assert {request.key.what: request.prompt.text for request in model.requests} == {
        "act/find": '# What others have just said and done\n1. Bob said: "Hush, speak softly!"\n\nDoes this show norms: what '
        "most people do, or what they hold ought to be done or not done? Give at most 2, or none. Say of each, in one sentence "
        "of general form, what the norm is; whether it is about what ought to be done (or else about what is done); what it "
        "would be worth for Ann if everybody followed it, from 0 (nothing) to 100; and the number of what shows it best.",
        "act/judge/0": "# What you have just done\nAnn: shout\n\nA norm says: Speak up.\nHas Ann kept it by what Ann has just "
        "done?",
        "act/verdict/0": "Ann meets with this norm: Speak softly here.\nHow does it stand to the norms that Ann knows?",
    }


async def test_the_prompt_says_what_is_followed_and_the_answer_changes() -> None:
    def rule(request: Any) -> str:
        return "Ann waits." if "wait their turn" in request.prompt.text else "Ann pushes."

    norms = Norms([Norm(text="Most wear hats.", kind="descriptive", utility=50), QUEUE], asks=False)
    told = await norms.context(turn_for(norms))
    assert told == "What ought to be done: People wait their turn.\nWhat most do: Most wear hats."
    with_norms = Agent("Ann", [Constant("A shop."), norms], model=ScriptedModel(rule))
    without = Agent("Ann", [Constant("A shop.")], model=ScriptedModel(rule))
    assert await with_norms.answer(ActionSpec.free("And?")) == "Ann waits."
    assert await without.answer(ActionSpec.free("And?")) == "Ann pushes."
    text = with_norms.model.requests[-1].prompt.text  # type: ignore[union-attr]
    assert text.replace(f"# The norms you follow\n{told}\n\n", "") == without.model.requests[-1].prompt.text  # type: ignore[union-attr]


async def test_failed_answers_change_nothing() -> None:
    norms = Norms(["Speak up."])
    turn = await lived(norms, heard("Hush!"), action="shout", model=ScriptedModel(lambda request: "Hm."))
    assert norms.norms == (Norm(text="Speak up."),) and measures(turn) == []


async def test_its_state_stays_small_moves_to_another_and_another_version_is_refused() -> None:
    norms = Norms(rules=lambda happening: [Norm(text=f"{at} ながい規範 " * 40, utility=50 + at) for at in range(40)])
    await lived(norms, heard("Hear me."))
    import json

    other = Norms()
    other.restore(norms.state())
    assert other.norms == norms.norms and len(json.dumps(norms.state(), ensure_ascii=False).encode()) < 16_000
    with pytest.raises(DefinitionError, match="norms: the stored state has version 9"):
        Agent("Ann", [Norms()]).restore_states({"norms": (9, {})})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Norms("a"), "give a list of norms"),
        (lambda: Norms([3]), "the norm 3; give Norm"),  # type: ignore[list-item]
        (lambda: Norms(["a", "A."]), "the norm 'A.' twice"),
        (lambda: Norms(["a", "b"], most=1), "2 norms and holds at most 1"),
        (lambda: Norms(adopt_above=101), "adopt_above=101"),
        (lambda: Norms(rules={"a": "b"}), "give Norm"),  # type: ignore[dict-item]
        (lambda: Norm(text=""), "A norm is empty"),
        (lambda: Norm(text="a", kind="law"), "kind='law'"),  # type: ignore[arg-type]
        (lambda: Norm(text="a", utility=-1), "utility=-1"),
        (lambda: Norm(text="a", kept_by="wait"), "kept_by='wait'; give a tuple"),  # type: ignore[arg-type]
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        make()


class TestFoundNorms(ComponentSuite):
    """Norms found, examined and judged by a model."""

    turns: ClassVar[int] = 30

    def make(self) -> Component:
        return Norms(["Nobody lies."])


class TestDeclaredNorms(ComponentSuite):
    """Norms by rules."""

    turns: ClassVar[int] = 30

    def make(self) -> Component:
        return Norms([Norm(text="People buy bread.", kept_by=("act",))], rules={"speech": HASTE})
