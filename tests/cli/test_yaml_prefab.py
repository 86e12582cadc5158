"""An agent of a YAML scenario may be a prefab, with its arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gamemaster.agent import Agent, Puppet
from gamemaster.components import Plan, Reflection
from gamemaster.components.prefabs import PREFABS
from gamemaster.scenarios import find_scenario
from gamemaster.words import BadInput


def made(tmp_path: Path, ann: str, *, without: str = "") -> Any:
    file = tmp_path / "tea.yaml"
    file.write_text(f"description: Tea.\nagents:\n  - name: Ann\n{ann}\n  - {{name: Bob, persona: Short.}}\n", encoding="utf-8")
    return find_scenario(str(file)).make({"without": without} if without else {})


def ann(tmp_path: Path, text: str, **more: Any) -> Agent:
    return made(tmp_path, text, **more).agents[0]


def test_a_prefab_by_name(tmp_path: Path) -> None:
    agent = ann(tmp_path, "    prefab: basic\n    persona: Tall.\n    memories: [A bear.]")
    assert [each.name for each in agent.components] == [each.name for each in PREFABS["basic"]("Ann", "Tall.").components]
    assert agent.memories == ("A bear.",)


def test_a_prefab_with_arguments(tmp_path: Path) -> None:
    agent = ann(tmp_path, "    prefab: {generative: {reflection: bounded, levels: 1, without: [persona]}}\n    persona: Tall.")
    plan, reflection = (next(each for each in agent.components if isinstance(each, kind)) for kind in (Plan, Reflection))
    assert (plan.levels, reflection.mode) == (1, "bounded")  # type: ignore[attr-defined]
    assert "persona" not in [each.name for each in agent.components]


def test_answers_are_data(tmp_path: Path) -> None:
    actor = ann(tmp_path, "    prefab: {puppet: {answers: [Hello., Bye.]}}").actor
    assert isinstance(actor, Puppet) and list(actor.answers) == ["Hello.", "Bye."]


def test_components_are_left_out_of_prefabs_too(tmp_path: Path) -> None:
    agent = ann(tmp_path, "    prefab: rational\n    persona: Tall.", without="options")
    assert [each.name for each in agent.components][-2:] == ["recall", "best_option"]
    assert "options" not in [each.name for each in agent.components[-1].given]


@pytest.mark.parametrize("name", [name for name in PREFABS if name not in ("scripted", "puppet", "bdi")])
def test_every_prefab_that_needs_no_more(tmp_path: Path, name: str) -> None:
    assert ann(tmp_path, f"    prefab: {name}\n    persona: Tall.").name == "Ann"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("prefab: baisc", r"tea.yaml, line 4: agents\[0\].prefab: There is no prefab 'baisc'. Did you mean 'basic'"),
        ("prefab: {basic: {levels: 3}}", "There is no argument of basic 'levels'"),
        ("prefab: {generative: {levels: many}}", r"line 4: .*valid integer"),
        ("prefab: {generative: {levels: 7}}", "levels is 1"),
        ("prefab: {generative: {reflection: some}}", "'none', 'bounded' or 'full'"),
        ("prefab: {basic: {without: persona}}", "line 4: "),
        ("prefab: {basic: {without: [persna]}}", "There is no component 'persna'"),
        ("prefab: {basic: , minimal: }", "a prefab is one name with its arguments; this has 2"),
        ("prefab: scripted", "needs a policy, which is code"),
        ("prefab: puppet", "answers"),
        ("prefab: bdi", "Ann desires nothing"),
        ("prefab: {basic: {model: embedded}}", "There is no argument of basic 'model'"),
        ("prefab: basic\n    components: [recall]", "Ann has both a prefab and components; give one of them"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        made(tmp_path, f"    {text}")
