"""Scenarios without code: what a file may say, and what it is told when it says something else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster import load_run
from gamemaster.components import Persona, Plan, Question, Recall
from gamemaster.scenarios import find_scenario
from gamemaster.scenarios.yaml_text import YamlText
from gamemaster.schedule import GameMasterChooses, RoundRobin, Scenes, Simultaneous
from gamemaster.words import BadInput

LEAST = "description: Tea.\nagents: [{name: Ann, persona: Tall.}, {name: Bob}]\n"


def made(tmp_path: Path, text: str) -> Any:
    file = tmp_path / "tea.yaml"
    file.write_text(text, encoding="utf-8")
    return find_scenario(str(file)).make()


def test_a_whole_file(tea: str) -> None:
    scenario = find_scenario(tea)
    assert (scenario.name, scenario.description, scenario.steps) == ("tea", "Two neighbours have tea.", 5)
    simulation = scenario.make(seed=3)
    ann, bob = simulation.agents
    assert [each.name for each in ann.components] == ["instructions", "persona", "observations", "recall", "plan"]
    assert [each.name for each in bob.components] == ["instructions", "persona", "observations", "recall", "mood"]
    plan, recall, mood = ann.components[4], bob.components[3], bob.components[4]
    assert isinstance(plan, Plan) and plan.given == (ann.components[1],)
    assert isinstance(recall, Recall) and recall.k == 3
    assert isinstance(mood, Question) and mood.given == (bob.components[1],)
    persona = bob.components[1]
    assert isinstance(persona, Persona) and (persona.age, persona.goals) == (61, ("Find out who Ann's guest is",))
    assert ann.memories == (
        "Ann has bought a cake.",
        {"text": "Bob likes cake.", "importance": 7, "kind": "formative", "tags": []},
    )
    assert isinstance(simulation.schedule, Scenes)
    assert simulation.world is None
    assert (simulation.step_seconds, str(simulation.start)) == (300, "2023-02-13 17:00:00")
    assert [probe.name for probe in simulation.probes] == ["mood"]


def test_it_runs_by_a_rule_and_is_resumed(command: Any, tea: str) -> None:
    told = command("run", tea, "--set", "policy=random", "--steps", "2")
    assert told.code == 0
    assert '[1 17:00] Ann: "..."' in told.out
    assert command("resume", "runs/tea-0", tea, "--steps", "5", "--quiet").code == 0
    with load_run("runs/tea-0") as run:
        assert run.last_step == 5
        assert [event.actor for event in run.events if event.kind == "speech"] == ["Ann", "Bob", "Ann", "Bob"]
        assert [answer.answer in ("well", "badly") for step, answer in run.answers("mood") if step == 5] == [True, True]


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ("", Simultaneous),
        ("order: in turn\n", RoundRobin),
        ("order: game master chooses\nask: {speech: Well}\n", GameMasterChooses),
        ("scenes: [{name: tea}]\n", Scenes),
    ],
)
def test_rounds_or_scenes(tmp_path: Path, more: str, kind: type) -> None:
    assert isinstance(made(tmp_path, LEAST + more).schedule, kind)


def test_who_has_no_persona_has_no_plan_resting_on_it(tmp_path: Path) -> None:
    ann, bob = made(tmp_path, LEAST).agents
    assert [each.name for each in ann.components][-1] == "plan"
    assert [each.name for each in bob.components] == ["instructions", "observations", "recall"]


def test_the_words_stay_what_was_written(tmp_path: Path) -> None:
    simulation = made(tmp_path, "description: Tea.\nagents: [{name: no}, {name: 'on'}, {name: 9:30}]\nstart: 2023-02-13\n")
    assert simulation.names == ("no", "on", "9:30")


WRONG = {
    "no YAML": ("agents: [", ["line 1", "no YAML"]),
    "a mark that YAML reads": (LEAST + "ask: {speech: Well?}\n", ["line 3", "quotation marks"]),
    "no mapping": ("- Ann\n", ["mapping"]),
    "empty": ("", ["mapping"]),
    "code": ("description: !!python/object/apply:os.system [touch done]\n", ["line 1", "no YAML"]),
    "a character that YAML does not allow": ("description: \x07\n", ["no YAML"]),
    "a key twice": ("description: Tea.\ndescription: Cake.\n", ["line 2", "'description'", "twice"]),
    "two documents": ("a: 1\n---\nb: 2\n", ["no YAML"]),
    "no agents": ("description: Tea.\n", ["'agents'", "missing"]),
    "an empty list of agents": ("description: Tea.\nagents: []\n", ["line 2", "agents", "at least 1"]),
    "no description": ("agents: [{name: Ann}]\n", ["'description'", "missing"]),
    "an unknown key": (LEAST + "premiss: It rains.\n", ["'premiss'", "'premise'"]),
    "an unknown key of an agent": (
        "description: Tea.\nagents:\n  - name: Ann\n    persna: Tall.\n",
        ["agents[0]", "'persna'", "'persona'"],
    ),
    "an unknown key of a persona": (
        "description: Tea.\nagents:\n  - name: Ann\n    persona:\n      aeg: 3\n",
        ["line 5", "agents[0].persona", "'aeg'", "'age'"],
    ),
    "a value of another type": (
        "description: Tea.\nagents:\n  - name: Ann\n    persona:\n      age: old\n",
        ["line 5", "agents[0].persona.age", "integer", "'old'"],
    ),
    "a value out of bounds": (LEAST + "steps: -3\n", ["line 3", "steps", "-3"]),
    "a time that is none": (LEAST + "step: ten minutes\n", ["line 3", "step", "'10 minutes'"]),
    "a start that is none": (LEAST + "start: today\n", ["'today'", "start"]),
    "an unknown component": (
        "description: Tea.\nagents:\n  - name: Ann\n    components:\n      - observation\n",
        ["line 5", "agents[0].components[0]", "'observation'", "'observations'"],
    ),
    "an unknown argument": (
        "description: Tea.\nagents:\n  - name: Ann\n    components:\n      - recall: {kk: 3}\n",
        ["line 5", "'kk'", "'k'"],
    ),
    "a missing argument": (
        "description: Tea.\nagents:\n  - name: Ann\n    components: [{question: {name: mood}}]\n",
        ["agents[0].components[0].question", "'question'", "missing"],
    ),
    "an argument of another type": (
        "description: Tea.\nagents:\n  - name: Ann\n    components:\n      - recall:\n          k: many\n",
        ["line 6", "components[0].recall.k", "'many'"],
    ),
    "an argument that its component refuses": (
        "description: Tea.\nagents:\n  - name: Ann\n    components: [{recall: {k: 0}}]\n",
        ["agents[0].components[0]", "k"],
    ),
    "two components in one": (
        "description: Tea.\nagents:\n  - name: Ann\n    components: [{recall: {}, observations: {}}]\n",
        ["components[0]", "one name"],
    ),
    "given before it is there": (
        "description: Tea.\nagents:\n  - name: Ann\n    persona: Tall.\n    components: [{plan: {given: [persona]}}, persona]\n",
        ["components[0]", "'persona'", "before"],
    ),
    "a persona that isn't": ("description: Tea.\nagents: [{name: Ann, components: [persona]}]\n", ["'persona'", "Ann"]),
    "two agents of one name": ("description: Tea.\nagents: [{name: Ann}, {name: Ann}]\n", ["Ann"]),
    "somebody unknown in a scene": (
        LEAST + "scenes:\n  - name: tea\n    who: [Anne]\n",
        ["line 5", "scenes[0].who", "'Anne'", "'Ann'"],
    ),
    "somebody unknown in the premise": (LEAST + "premise: {Anne: Hello.}\n", ["premise", "'Anne'"]),
    "somebody unknown in a probe": (LEAST + "probes: [{questions: ['How?'], to: [Anne]}]\n", ["probes[0].to", "'Anne'"]),
    "a choice without options": (LEAST + "ask: {choice: 'Cake?'}\n", ["line 3", "ask", "options"]),
    "options of no choice": (LEAST + "ask: {speech: 'Cake?', options: [a]}\n", ["ask", "'options'"]),
    "an unknown way of asking": (LEAST + "ask: shout\n", ["ask", "'shout'", "speech"]),
    "an unknown order": (LEAST + "scenes: [{name: tea, order: randon}]\n", ["scenes[0].order", "'randon'", "'random'"]),
    "rounds and scenes": (LEAST + "scenes: [{name: tea}]\nask: speech\n", ["'ask'", "scenes"]),
    "a name that can't be one": (LEAST + "name: a b/c\n", ["line 3", "name"]),
    "a probe without questions": (LEAST + "probes: [{questions: []}]\n", ["probes[0].questions", "at least 1"]),
    "itself in itself": ("description: Tea.\nagents: &all [{name: Ann, memories: *all}]\n", ["line 2", "itself"]),
    "nested too deeply": ("a: " + "[" * 600 + "]" * 600, ["tea.yaml", "deep"]),
    "too much of it": (
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)),
        ["100,000"],
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_file_that_is_wrong(command: Any, tmp_path: Path, kind: str) -> None:
    text, wanted = WRONG[kind]
    (tmp_path / "tea.yaml").write_text(text)
    told = command("run", "tea.yaml")
    assert told.code == 2, told
    assert told.err.startswith("tea.yaml"), told.err
    for each in wanted:
        assert each in told.err, told.err
    assert len(told.err.splitlines()) == 1
    assert not (tmp_path / "done").exists() and not (tmp_path / "runs").exists()


def test_a_file_in_another_encoding(command: Any, tmp_path: Path) -> None:
    (tmp_path / "tea.yaml").write_bytes(b"description: \xff\xfe\n")
    told = command("run", "tea.yaml")
    assert told.code == 2 and "tea.yaml can't be read" in told.err


WORDS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=8)


@given(st.recursive(st.none() | st.booleans() | st.integers() | WORDS, lambda inner: st.lists(inner, max_size=3)))
def test_json_is_yaml(value: Any) -> None:
    assert YamlText(json.dumps(value, ensure_ascii=False), "some").value == value


@given(st.text(max_size=60))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    refused = ""
    try:
        YamlText(text, "some")
    except BadInput as error:
        refused = str(error)
    assert refused == "" or refused.startswith("some")
