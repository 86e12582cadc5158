"""Recall: memories that bear on the situation, and on nothing that is shown anyway."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from gamemaster import ActionSpec
from gamemaster.components import Observations, Recall
from gamemaster.testing import HashEmbedder, turn_for
from gamemaster.words import DefinitionError, Weights, prompt_texts

HOUR = 3600.0
START = datetime(2023, 2, 13, 7)
BY_WORDS = Weights(recency=0, importance=0)


class Listening(HashEmbedder):
    """Keeps the texts that it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def embed(self, texts: Any) -> Any:
        self.seen.extend(texts)
        return super().embed(texts)


def memory(text: str, hour: float = 0.0, kind: str = "observation") -> dict[str, Any]:
    return {"text": text, "time": hour * HOUR, "kind": kind}


async def recalled(recall: Recall, memories: list[Any], *, hour: float = 10.0, **more: Any) -> list[str]:
    text = await recall.context(turn_for(recall, time=hour * HOUR, start=START, memories=memories, **more))
    return text.splitlines()


async def test_an_empty_memory_says_nothing_and_embeds_nothing() -> None:
    embedder = HashEmbedder()
    assert await recalled(Recall(), [], embedder=embedder) == []
    assert await recalled(Recall(), [memory("It rains.")], embedder=embedder) == [], "Observations shows it"
    assert embedder.calls == 0


async def test_they_stand_oldest_first_each_with_its_time_but_for_what_was_always_known() -> None:
    memories = ["Ann was born by the river.", memory("Ann lost an oar in the river.", 1), memory("The river rose.", 3)]
    lines = await recalled(Recall(k=3, query="the river", skip_latest=0, weights=BY_WORDS), memories)
    assert lines == ["Ann was born by the river.", "[08:00] Ann lost an oar in the river.", "[10:00] The river rose."]
    later = await recalled(Recall(k=3, query="the river", skip_latest=0, weights=BY_WORDS), memories, hour=30)
    assert later == [
        "Ann was born by the river.",
        "[day 1, 08:00] Ann lost an oar in the river.",
        "[day 1, 10:00] The river rose.",
    ]


async def test_what_fits_is_recalled_and_the_rest_is_not() -> None:
    memories = [memory("A fox took a hen."), memory("The price of flour rose."), memory("Flour was dear at the mill.")]
    recall = Recall(k=2, query="flour price mill", skip_latest=0, weights=BY_WORDS)
    assert await recalled(recall, memories) == ["[07:00] The price of flour rose.", "[07:00] Flour was dear at the mill."]


@pytest.mark.parametrize("k", [1, 3, 20])
async def test_what_observations_shows_is_left_out(k: int) -> None:
    memories = [memory(f"The river rose for the {number}. time.", number / 10) for number in range(30)]
    recall, observations = Recall(k=k, query="the river rose"), Observations(last=12)
    turn = turn_for(recall, time=9 * HOUR, start=START, memories=memories)
    lines = (await recall.context(turn)).splitlines()
    shown = (await observations.context(turn)).splitlines()
    assert len(shown) == 12 and len(lines) == min(k, 18)
    assert not set(lines) & set(shown)


async def test_thoughts_and_what_was_known_are_not_what_observations_shows() -> None:
    memories = ["The river is deep.", memory("The river is cold.", 1, "thought"), memory("The river is wide.", 2)]
    lines = await recalled(Recall(query="the river", skip_latest=1), memories)
    assert lines == ["The river is deep.", "[08:00] The river is cold."]


async def test_the_situation_is_what_was_noticed_last_and_what_is_asked() -> None:
    embedder = Listening()
    memories = [memory("A fox barks.", 1), memory("Bob waves.", 2), memory("Night falls.", 3), memory("No fear.", 4, "thought")]
    spec = ActionSpec.free("It is {time}. What does {name} do next?")
    await recalled(Recall(skip_latest=0), memories, spec=spec, embedder=embedder)
    (situation,) = [text for text in embedder.seen if "do next" in text]
    assert situation == "Bob waves. Night falls. It is . What does Ann do next?"


async def test_a_query_replaces_the_situation() -> None:
    embedder = Listening()
    await recalled(Recall(query="a party", skip_latest=0), [memory("A fox barks.")], embedder=embedder)
    assert sorted(embedder.seen) == ["A fox barks.", "a party"]


async def test_when_the_budget_is_short_the_least_fitting_are_left_out() -> None:
    memories = [
        memory("The mill had no flour to sell, and the miller slept.", 1),
        memory("A fox took a hen of the miller's, and was not seen again.", 2),
        memory("The mill sells flour.", 3),
    ]
    recall = Recall(query="the mill sells flour", skip_latest=0, weights=BY_WORDS, budget=33)
    assert await recalled(recall, memories) == [
        "[08:00] The mill had no flour to sell, and the miller slept.",
        "[10:00] The mill sells flour.",
    ]
    best = Recall(query="the mill sells flour", skip_latest=0, weights=BY_WORDS, budget=1)
    assert await recalled(best, memories) == ["[10:00] The mill sells flour."]


async def test_recency_counts_by_default_and_not_when_it_weighs_nothing() -> None:
    memories = [memory("A fox was at the henhouse.", 0), memory("A fox was at the henhouse!", 300)]
    later: dict[str, Any] = {"hour": 310.0}
    first = await recalled(Recall(k=1, query="fox henhouse", skip_latest=0, weights=BY_WORDS), memories, **later)
    latest = await recalled(Recall(k=1, query="fox henhouse", skip_latest=0), memories, **later)
    assert first[0].endswith("henhouse.") and latest[0].endswith("henhouse!")


def test_wrong_numbers_are_refused() -> None:
    with pytest.raises(DefinitionError, match=r"Recall\(k=0\): k must be at least 1"):
        Recall(k=0)
    with pytest.raises(DefinitionError, match=r"Recall\(skip_latest=-1\): skip_latest must be at least 0"):
        Recall(skip_latest=-1)


def test_it_has_no_state() -> None:
    assert Recall().state() == {}
    assert (Recall.changes, Recall.kind) == ("always", "memory")
    assert prompt_texts().label(Recall(), "Ann") == "What you remember"
    assert prompt_texts(perspective="name").label(Recall(), "Ann") == "What Ann remembers"
