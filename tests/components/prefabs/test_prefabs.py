"""Every prefab: it runs, thinks in as many rounds as its longest chain, and can be taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, Event, GameMaster, Person, Simulation, Simultaneous, World, action
from gamemaster.components import Observations, Persona, Profile, Question, TheoryOfMind
from gamemaster.components.prefabs import PREFABS, bdi, generative, left_out, mind_reader, minimal, puppet, rational, scripted
from gamemaster.language import ChoiceRequest, LanguageModel, Request, load_model
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import Component, DefinitionError, UnknownName

OWN = {"scripted": {"policy": lambda view: "Hm."}, "puppet": {"answers": ["Hm."] * 9}, "human": {"ask": lambda text: "Hm."}}
THINKING = [name for name in PREFABS if name not in OWN]
REFLECTING = [name for name in THINKING if name != "assistant"]
NAMES = ("Ann", "Bob")
STEPS = 2


class Green(World):
    """A village green."""

    waves: dict[str, int] = {}

    @action
    def wave(self, actor: Person) -> str:
        """Wave to the others."""
        self.waves[actor] = self.waves.get(actor, 0) + 1
        return f"{actor} waves."

    def witnesses(self, event: Event) -> set[str]:
        return set(NAMES)

    def perceive(self, name: str) -> str:
        return f"{name} stands on the green."


ASK = ActionSpec.choice("What does {name} do?", {"Wave": Green.wave, "Rest": None})


def made(prefab: str, name: str, **more: Any) -> Agent:
    return PREFABS[prefab](
        name,
        Persona(f"{name} keeps bees.", goals=["sell honey"]),
        memories=[f"{name} once met a bear."],
        **OWN.get(prefab, {}),
        **more,
    )


def green(agents: Sequence[Agent], model: LanguageModel, *, spec: ActionSpec = ASK) -> Simulation:
    schedule = Simultaneous(spec)
    return Simulation(agents, GameMaster(Green()), schedule=schedule, model=model, embedder=HashEmbedder(), seed=3)


def asked(model: ScriptedModel, who: str = "Ann") -> list[Request]:
    return model.asked(who=who, component="actor")


@pytest.mark.parametrize("name", PREFABS)
def test_it_runs(name: str) -> None:
    model = ScriptedModel(lambda request: 0 if request.key.component == "actor" else None)
    own = {
        "scripted": {"policy": lambda view: "Wave"},
        "puppet": {"answers": ["Wave"] * STEPS},
        "human": {"ask": lambda text: "Wave"},
    }
    agents = [PREFABS[name](each, Persona("A beekeeper.", goals=["sell honey"]), **own.get(name, {})) for each in NAMES]
    with green(agents, model).run(STEPS) as run:
        assert run.world()["waves"] == {"Ann": STEPS, "Bob": STEPS}
        assert not run.failures
    assert bool(model.requests) == (name in THINKING)


@pytest.mark.parametrize("name", THINKING)
def test_it_runs_with_the_embedded_model(name: str) -> None:
    with green([made(name, each) for each in NAMES], load_model("embedded")).run(STEPS) as run:
        assert len(run.attempts) == STEPS * len(NAMES)
        assert not run.failures


SECTIONS = {
    "minimal": ["instructions", "persona", "observations", "actor"],
    "basic": ["instructions", "persona", "observations", "recall", "which_situation", "which_person", "which_deed", "actor"],
    "basic_with_plan": [
        *["instructions", "persona", "plan", "observations", "recall"],
        *["which_situation", "which_person", "which_deed", "actor"],
    ],
    "conversational": [
        *["instructions", "persona", "summary_of_self", "situation", "similar_memories", "observations", "reminder", "actor"],
    ],
    "rational": ["instructions", "persona", "observations", "recall", "options", "best_option", "actor"],
    "generative": ["instructions", "persona", "reflection", "plan", "observations", "recall", "actor"],
    "mind_reader": ["instructions", "persona", "theory_of_mind", "observations", "recall", "actor"],
    "bdi": ["instructions", "persona", "bdi", "observations", "recall", "actor"],
    "assistant": ["persona", "actor"],
}


def rule(request: Request) -> Any:
    """Plans and options that can be used, words for the rest; always waves."""
    if request.key.component == "actor":
        return 0
    fields = request.schema.model_fields if hasattr(request, "schema") else {}  # type: ignore[attr-defined]
    if "items" in fields:
        return {"items": ["00:00 Ann looks after the bees.", "00:30 Ann eats.", "13:00 Ann rests."]}
    if "insights" in fields:
        return {"insights": [{"insight": "Bob is friendly.", "evidence": [1]}]}
    if "beliefs" in fields:
        return {"beliefs": []}
    return 0 if isinstance(request, ChoiceRequest) else "Bob is near." if not fields else None


@pytest.mark.parametrize("name", THINKING)
def test_its_prompt_has_these_sections(name: str) -> None:
    """After enough has happened for each to have something to say."""
    agent = made(name, "Ann", **({"reflection": "full"} if name == "generative" else {}))
    for component in agent.components:
        if component.name == "reflection":
            component._trigger = type(component._trigger)(budget=1.0)  # type: ignore[attr-defined]
        if component.name == "reminder":
            component.every = 1  # type: ignore[attr-defined]
        if component.name == "recall":
            component.skip_latest = 0  # type: ignore[attr-defined]
    model = ScriptedModel(rule)
    green([agent, minimal("Bob", "A beekeeper.")], model).run(3)
    assert [each.component for each in asked(model)[-1].prompt.sections] == SECTIONS[name]


# The rounds of a step, the first and the second: the longest chain of questions before the answer, that answer, and the
# longest chain of what is thought about the news. The first turn of a day also makes what stands for the day.
ROUNDS = {
    "minimal": [1, 1],
    "basic": [3, 3],  # situation and person, deed, answer
    "basic_with_plan": [4, 3],
    "conversational": [2, 2],
    "rational": [3, 3],  # options, the best, answer
    "generative": [5, 2],  # day, hours, actions, answer; rating
    "mind_reader": [3, 4],  # answer; judgement (once there is something to judge), hypothesis, prediction
    "bdi": [3, 2],  # what is intended (once), answer; beliefs
    "assistant": [1, 1],
}


def rounds(agent: Agent) -> list[int]:
    """Of each step; Bob, whom the agent sees, plays by a rule."""
    model = ScriptedModel(rule)
    found: list[int] = []
    for _ in green([agent, scripted("Bob", policy=lambda view: "Wave")], model).steps(2):
        found.append(model.rounds - sum(found))
    return found


@pytest.mark.parametrize("name", THINKING)
def test_a_step_takes_as_many_rounds_as_its_longest_chain(name: str) -> None:
    assert rounds(made(name, "Ann")) == ROUNDS[name]


@pytest.mark.parametrize("name", ["basic", "generative", "mind_reader"])
def test_more_components_are_no_more_rounds(name: str) -> None:
    agent = made(name, "Ann")
    questions = [Question(f"Question {at}?", name=f"question_{at}", given=agent.components[:1]) for at in range(10)]
    agent.set_components([*agent.components, *questions])
    answering = {"basic": 0, "generative": 1, "mind_reader": 1}[name]  # where the answer was the only round of the turn
    first = answering if name == "mind_reader" else 0
    assert rounds(agent) == [ROUNDS[name][0] + first, ROUNDS[name][1] + answering]


# What these think becomes a memory, or makes one more important; later it may come to mind.
KEPT_IN_MEMORY, READ_FROM_MEMORY = {"plan", "bdi", "reflection", "importance_rating"}, {"recall", "similar_memories"}


def changed_by(component: str, components: Iterable[Component]) -> set[str]:
    """The names of those whose text may be another without this one: itself, and what reads it, directly or not."""
    found = {component}
    for _ in range(9):
        found |= {each.name for each in components if any(read.name in found for read in each.given)}
        if found & KEPT_IN_MEMORY:
            found |= READ_FROM_MEMORY
    return found


def by_prompt(request: Request) -> Any:
    """Words that are others wherever the prompt is another."""
    if request.key.component == "actor":
        return 0
    fields = request.schema.model_fields if hasattr(request, "schema") else {}  # type: ignore[attr-defined]
    told = sum(map(ord, request.prompt.text)) % 9973
    if "items" in fields:
        return {"items": [f"08:00 Ann does thing {told}.", f"12:00 Ann does thing {told + 1}."]}
    return 0 if isinstance(request, ChoiceRequest) else None if fields else f"Thought {told}."


def parts_of() -> list[tuple[str, str]]:
    return [(name, each.name) for name in THINKING for each in made(name, "Ann").components]


async def prompt_without(prefab: str, without: Sequence[str]) -> dict[str, str]:
    """The sections of an agent's second turn, by component. What is left out has asked nothing."""
    model = ScriptedModel(by_prompt)
    agent = made(prefab, "Ann", model=model, without=without)
    for _ in range(2):
        await agent.observe("Bob waves.")
        await agent.answer(ASK)
    assert not [each for component in without for each in model.asked(component=component)]
    return {each.component: each.text for each in model.asked(component="actor")[-1].prompt.sections}


@pytest.mark.parametrize(("prefab", "component"), parts_of())
async def test_removed_nothing_else_changes_but_what_was_given_it(prefab: str, component: str) -> None:
    free = changed_by(component, made(prefab, "Ann").components)
    whole, without = await prompt_without(prefab, ()), await prompt_without(prefab, [component])
    assert component not in without
    assert {name: text for name, text in whole.items() if name not in free} == {
        name: text for name, text in without.items() if name not in free
    }


@pytest.mark.parametrize(("prefab", "component"), parts_of())
async def test_what_a_section_says_decides_the_answer(prefab: str, component: str) -> None:
    """A model that goes by one section alone answers otherwise where the component that writes it is left out."""
    shown = (await prompt_without(prefab, ())).get(component)
    if shown is None:
        pytest.skip("it says nothing in this turn")

    async def answer(without: Sequence[str]) -> Any:
        def by_section(request: Request) -> Any:
            if request.key.component == "actor":
                return int(any(each.component == component for each in request.prompt.sections))
            return by_prompt(request)

        agent = made(prefab, "Ann", model=ScriptedModel(by_section), without=without)
        await agent.observe("Bob waves.")
        await agent.answer(ASK)
        await agent.observe("Bob waves.")
        return await agent.answer(ASK)

    assert await answer(()) != await answer([component])


@pytest.mark.parametrize("name", REFLECTING)
def test_reflection_is_a_factor(name: str) -> None:
    parts = {mode: [each.name for each in made(name, "Ann", reflection=mode).components] for mode in ("none", "bounded", "full")}
    assert parts["bounded"] == parts["full"]
    assert [each for each in parts["full"] if each not in ("reflection", "importance_rating")] == parts["none"]
    modes = {mode: made(name, "Ann", reflection=mode).components for mode in ("bounded", "full")}
    assert {mode: [each.mode for each in found if each.name == "reflection"] for mode, found in modes.items()} == {  # type: ignore[attr-defined]
        "bounded": ["bounded"],
        "full": ["full"],
    }


@pytest.mark.parametrize("name", THINKING)
def test_nobody_learns_anothers_secret(name: str) -> None:
    """Private facts, memories and thoughts are in their holder's prompts and in nobody else's, the game master's included."""
    secrets = {"Ann": "blue heron", "Bob": "iron anchor"}

    def answers(request: Request) -> Any:
        holds = secrets.get(request.key.who)
        if request.key.component == "actor" or not holds or hasattr(request, "schema") or isinstance(request, ChoiceRequest):
            return None
        return f"It is about the {holds}, thinks {request.key.who}."

    model = ScriptedModel(answers)
    agents = [
        PREFABS[name](
            who,
            Persona("A beekeeper.", goals=["sell honey"], private=[f"hides the {secret}"]),
            memories=[f"The {secret} is mine."],
        )
        for who, secret in secrets.items()
    ]
    with green(agents, model, spec=ActionSpec.free()).run(3):
        pass
    for who, secret in secrets.items():
        holders = {request.key.who for request in model.requests if secret in request.prompt.text}
        assert holders == {who}


class Plaza(World):
    """A village green, in Japanese."""

    @action
    def wave(self, actor: Person) -> str:
        """手を振る。"""
        return f"{actor}が手を振る。"

    def witnesses(self, event: Event) -> set[str]:
        return set(NAMES)


@pytest.mark.parametrize("name", THINKING)
def test_in_japanese_no_english_reaches_the_model(name: str) -> None:
    def answers(request: Request) -> Any:
        found = rule(request)
        if isinstance(found, dict) and "items" in found:
            return {"items": ["00:00 養蜂", "00:30 昼食"]}
        return "そうです。" if isinstance(found, str) else found

    model = ScriptedModel(answers)
    ask = ActionSpec.choice("{name}は何をしますか。", {"手を振る": Plaza.wave, "休む": None})
    agents = [PREFABS[name](who, Persona("養蜂家。", goals=["蜜を売る"]), memories=["熊に会った。"]) for who in NAMES]
    schedule = Simultaneous(ask)
    Simulation(agents, GameMaster(Plaza()), schedule=schedule, model=model, embedder=HashEmbedder(), language="ja").run(2)
    text = "\n".join(request.prompt.text for request in model.requests)
    assert set(re.findall("[A-Za-z]{2,}", text)) == set(NAMES)


def test_a_persona_in_any_form() -> None:
    for who in (Persona("A baker."), Profile(description="A baker."), "A baker."):
        persona = minimal("Ann", who).components[1]
        assert isinstance(persona, Persona)
        assert persona.profile.description == "A baker."
    assert [each.name for each in minimal("Ann").components] == ["instructions", "observations"]


def test_what_is_left_out_is_not_read_either() -> None:
    agent = generative("Ann", "A baker.", without=["importance_rating", "persona"])
    assert [each.name for each in agent.components] == ["instructions", "reflection", "plan", "observations", "recall"]
    assert all(not each.given for each in agent.components)
    assert [each.name for each in left_out([Observations()], ["observations"])] == []


@pytest.mark.parametrize("name", THINKING)
def test_what_is_wrong_is_told(name: str) -> None:
    with pytest.raises(UnknownName, match=r"no component 'persna'. Did you mean 'persona'.*\? \(in without=… of Ann\)"):
        made(name, "Ann", without=["persna"])
    with pytest.raises(DefinitionError, match="without='persona' is one text; give a list"):
        made(name, "Ann", without="persona")
    wrong = {"desires": ["rest"]} if name == "bdi" else {}
    with pytest.raises(DefinitionError, match="A persona is 5; give a Persona, a Profile, or a description"):
        PREFABS[name]("Ann", 5, **wrong)


def test_rational_may_weigh() -> None:
    assert [each.name for each in rational("Ann", weighs=True).components][-2:] == ["options", "pros_and_cons"]


def test_desires_are_the_goals_of_the_persona_by_default() -> None:
    found = [bdi("Ann", Persona("A baker.", goals=["rest"])), bdi("Ann", "A baker.", desires=["bake"])]
    assert [[each.text for each in agent.components[2].desires] for agent in found] == [["rest"], ["bake"]]  # type: ignore[attr-defined]
    with pytest.raises(DefinitionError, match=r"Ann desires nothing: give desires=\[…\], or a persona with goals"):
        bdi("Ann", "A baker.")


def test_minds_of_ones_own() -> None:
    minds = TheoryOfMind(["Bob"], moves=["split", "steal"])
    assert minds in mind_reader("Ann", minds=minds).components


async def test_those_that_ask_no_model() -> None:
    assert await scripted("Ann", policy=lambda view: f"{view.name} nods.").answer("Well?") == "Ann nods."
    assert await puppet("Ann", "A baker.", answers=["Yes.", "No."]).answer("Well?") == "Yes."
    assert await PREFABS["human"]("Ann", ask=lambda text: "Yes.").answer("Well?") == "Yes."


async def test_an_assistant_has_its_system_prompt_and_nothing_more() -> None:
    model = ScriptedModel(lambda request: "4")
    agent = PREFABS["assistant"]("Ann", system="You are terse.", memories=["A bear."], model=model)
    await agent.observe("Bob waves.")
    await agent.answer("2 + 2?")
    assert model.requests[0].prompt.text == "You are terse.\n\n2 + 2?"
    assert model.requests[0].prompt.system == "You are terse."
