"""Relationships, reputation, affect, needs, norms, goals and BDI in a run: by rules, by a model, stopped, in Japanese."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from gamemaster import ActionSpec, Agent, GameMaster, Person, RoundRobin, Simulation, World, action
from gamemaster.components import (
    BDI,
    Affect,
    Constant,
    Fact,
    Feeling,
    Goal,
    Goals,
    Need,
    Needs,
    Norm,
    Norms,
    Opinion,
    RelationshipChange,
    Relationships,
    Relief,
    Reputation,
)
from gamemaster.language import TextRequest
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import Component


class Harbour(World):
    """Two who mend nets and share soup."""

    mended: int = 0

    @action
    def mend_net(self, actor: Person) -> str:
        """Mend a net."""
        self.mended += 1
        return f"{actor}は網を直す。"

    @action
    def share_soup(self, actor: Person) -> str:
        """Share one's soup."""
        if self.mended % 2:
            self.refuse("鍋が冷たい")
        return f"{actor}は汁を分ける。"

    def witnesses(self, event: Any) -> set[str]:
        return {"Ann", "Bob"}


def by_rules() -> list[Component]:
    return [
        Relationships(rules=lambda each: RelationshipChange(closeness=0.1) if "汁" in each.text else None),
        Reputation(rules=lambda each: Opinion(value=1) if "汁" in each.text else None),
        Affect(rules={"refusal": Feeling(emotion="disappointment", strength=1)}),
        Needs([Need(name="hunger", rise=0.5)], rules={"share_soup": Relief(need="hunger", by=1)}),
        Norms([Norm(text="All mend nets.", kept_by=("mend_net",), broken_by=("share_soup",))], asks=False),
        Goals([Goal(text="Mend two nets.", achieved_by=("mend_net",), times=2)], asks=False),
        BDI(["Eat."], rules={"refusal": Fact(text="The pot is cold.")}, deliberates=False),
    ]


def by_model() -> list[Component]:
    return [Relationships(), Reputation(), Affect(), Needs(), Norms(), Goals(["食べる。"]), BDI(["食べる。"])]


def made(parts: Any, model: ScriptedModel, **more: Any) -> Simulation:
    return Simulation(
        [Agent(name, [Constant("港。", label="場所"), *parts()]) for name in ("Ann", "Bob")],
        GameMaster(Harbour()),
        schedule=RoundRobin(ActionSpec.choice("?", {"網": Harbour.mend_net, "汁": Harbour.share_soup})),
        model=model,
        embedder=HashEmbedder(),
        step=3600,
        seed=3,
        **more,
    )


def test_rules_ask_nothing_and_count_what_happens(tmp_path: Path) -> None:
    model = ScriptedModel(lambda request: 1 if request.key.step in (3, 4) else 0)
    simulation = made(by_rules, model)
    run = simulation.run(6, archive=tmp_path / "run")
    assert {request.key.component for request in model.requests} == {"actor"} and len(model.requests) == 6
    ann: dict[str, Any] = {each.name: each for each in simulation.agents[0].components}
    assert [(event.actor, event.kind) for event in run.events if event.kind == "refusal"] == []
    assert (ann["goals"].goals[0].status, ann["goals"].goals[0].done) == ("achieved", 2)
    assert ann["relationships"].to("Bob").closeness == 0.1 and ann["reputation"].of("Bob") == 0.5
    assert (ann["norms"].norms[0].kept, ann["norms"].norms[0].broken) == (2, 1)
    assert run.series("need: hunger", who="Ann")[:3] == [(1, 0.0), (2, 0.5), (3, 0.0)]
    assert run.series("norm_kept", who="Ann") == [(1, 1), (3, 0), (5, 1)]


def test_a_refusal_is_felt_and_believed(tmp_path: Path) -> None:
    model = ScriptedModel(lambda request: 0 if request.key.step == 1 else 1)
    simulation = made(by_rules, model)
    simulation.run(3, archive=tmp_path / "run")
    bob: dict[str, Any] = {each.name: each for each in simulation.agents[1].components}
    assert [each.name for each in bob["affect"].emotions(3600.0)] == ["disappointment"]
    assert [each.text for each in bob["bdi"].beliefs] == ["The pot is cold."]


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not(tmp_path: Path) -> None:
    made(by_model, ScriptedModel()).run(3, archive=tmp_path / "halves")
    resumed = made(by_model, ScriptedModel())
    resumed.run(6, archive=tmp_path / "halves", resume=True)
    whole = made(by_model, ScriptedModel(batched=False))
    whole.run(6, archive=tmp_path / "whole")
    assert [each.states() for each in resumed.agents] == [each.states() for each in whole.agents]


def test_in_japanese_the_model_is_shown_no_english(tmp_path: Path) -> None:
    model = ScriptedModel(lambda request: "魚を獲る。" if isinstance(request, TextRequest) else None)
    made(by_model, model, language="ja", premise="朝です。").run(4, archive=tmp_path / "run")
    own = {"relationships", "affect", "needs", "norms", "goals", "bdi"}
    assert own <= {request.key.component for request in model.requests}
    for request in model.requests:
        shown = re.sub(r"text \d+", "", request.prompt.text)  # the scripted model's own words
        assert set(re.findall(r"[A-Za-z]{2,}", shown)) <= {"Ann", "Bob"}, (request.key, request.prompt.text)
