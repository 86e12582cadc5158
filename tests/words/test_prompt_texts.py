"""Prompt texts: sets that are whole, filled in once and never twice, and told clearly when something is missing."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from gamemaster.agent import Agent
from gamemaster.components import Instructions, Observations, Persona, Recall
from gamemaster.simulation import Simulation
from gamemaster.testing import ScriptedModel, turn_for
from gamemaster.words import (
    LANGUAGES,
    PROMPTS,
    Component,
    DefinitionError,
    Moment,
    Observation,
    Turn,
    UnknownName,
    prompt_texts,
)

FILES = sorted(path.stem for path in (PROMPTS / "en").glob("*.toml"))


def tables(language: str) -> dict[str, dict[str, Any]]:
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted((PROMPTS / language).glob("*.toml"))}


def forms(entry: Any) -> list[str]:
    if isinstance(entry, dict):
        return [str(each) for each in entry.values()]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return [entry] if isinstance(entry, str) else list(entry)


def placeholders(entry: Any) -> set[str]:
    return {each for form in forms(entry) for each in re.findall(r"\{([a-z_]+)\}", form)} - {"name"}


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
@pytest.mark.parametrize("file", FILES)
def test_each_language_has_every_text_with_the_same_placeholders(language: str, file: str) -> None:
    english, other = tables("en")[file], tables(language).get(file, {})
    assert sorted(other) == sorted(english)
    for name, entry in english.items():
        assert placeholders(other[name]) == placeholders(entry), f"{language}: {file}.{name}"
        assert isinstance(other[name], list) == isinstance(entry, list), f"{language}: {file}.{name}"
        if isinstance(entry, list):
            assert len(other[name]) == len(entry), f"{language}: {file}.{name}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_set_has_a_file_that_the_english_one_lacks(language: str) -> None:
    assert sorted(tables(language)) == FILES
    for perspective in ("you", "name"):
        assert prompt_texts(language, perspective).missing() == []


def test_japanese_texts_hold_no_english() -> None:
    for file, table in tables("ja").items():
        for name, entry in table.items():
            for form in forms(entry):
                bare = re.sub(r"\{[a-z_]+\}", "", form)
                assert not re.search(r"[A-Za-z]{2,}", bare.replace("JSON", "").replace("BDI", "")), f"{file}.{name}: {form}"


def test_a_value_is_not_looked_through_for_placeholders() -> None:
    texts = prompt_texts()
    said = Observation(
        id="1/observation/0", event_id="", to="Ann", time=0.0, how="heard", text="{name} {words}", speaker="{words}"
    )
    assert texts.sentence(said) == '{words} said: "{name} {words}"'


def test_what_lacks_a_value_is_an_error_that_names_it() -> None:
    with pytest.raises(DefinitionError, match=r"observation\.said \(en\) has the placeholder \{words\}.*there is: speaker"):
        prompt_texts().text("observation", "said", speaker="Ann")


def test_times_are_written_in_the_language() -> None:
    moment = Moment(step=1, time=9 * 3600.0)
    assert prompt_texts().moment(moment) == str(moment) == "Day 1, 09:00"
    assert prompt_texts("ja").moment(moment) == "1日目 09:00"
    from datetime import datetime

    dated = Moment(step=1, time=9 * 3600.0, start=datetime(2023, 2, 13))
    assert prompt_texts().moment(dated) == str(dated) == "Monday, 13 February 2023, 09:00"
    assert prompt_texts("ja").moment(dated) == "2023年2月13日(月曜日) 09:00"
    assert prompt_texts("ja").stamp(Moment(step=9, time=100_000.0), 3600.0) == "1日目 01:00"


def test_an_unknown_text_language_or_perspective_is_told() -> None:
    with pytest.raises(UnknownName, match=r"There is no prompt text 'recall\.lable'.*recall\.label"):
        prompt_texts().text("recall", "lable")
    with pytest.raises(UnknownName, match=r"There is no language of prompts 'jp'.*Did you mean 'ja'"):
        prompt_texts("jp")
    with pytest.raises(DefinitionError, match="perspective='she'; it is 'you' or 'name'"):
        prompt_texts("en", "she")  # type: ignore[arg-type]


class Mood(Component):
    """A component of a user's, with its English text in its class."""

    label = "{name}'s mood"
    texts = {"mood": "{name} is {mood}."}

    async def context(self, turn: Turn) -> str:
        return turn.prompt("mood", mood="content")


async def test_a_component_of_ones_own_needs_no_file_in_english() -> None:
    assert await Mood().context(turn_for(Mood(), agent="Ann")) == "Ann is content."
    assert prompt_texts().label(Mood(), "Ann") == "Ann's mood"


def people() -> list[Agent]:
    return [Agent("Ann", [Instructions(), Persona("A baker."), Observations(), Recall(), Mood()])]


def test_what_a_language_lacks_is_listed_when_the_simulation_is_made() -> None:
    with pytest.raises(DefinitionError, match=r"The prompt texts of 'ja' lack 1: mood\.mood\."):
        Simulation(people(), language="ja", model=ScriptedModel())


@pytest.mark.parametrize(
    ("file", "text", "error", "message"),
    [
        ("plan", 'why = "{name} {nmae}"', DefinitionError, "plan.toml: why has the placeholder {nmae}; there is {name}, {time}."),
        ("plan", 'label = {you = "P", name = "{nom}"}', DefinitionError, "plan.toml: label has the placeholder {nom}"),
        ("set", 'perspective = "name"', UnknownName, "There is no setting of a set of prompt texts 'perspective'. Known: base."),
    ],
)
def test_what_is_wrong_in_a_folder_is_told_at_once(tmp_path: Path, file: str, text: str, error: Any, message: str) -> None:
    (tmp_path / f"{file}.toml").write_text(text, "utf-8")
    with pytest.raises(error, match=re.escape(message)):
        prompt_texts(str(tmp_path))


def test_a_folder_replaces_some_texts_or_must_be_whole(tmp_path: Path) -> None:
    (tmp_path / "observations.toml").write_text('label = "Seen by {name}"\n', "utf-8")
    (tmp_path / "mood.toml").write_text('mood = "{name}: {mood}"\n', "utf-8")
    prompt = Simulation(people(), premise="It rains.", language=str(tmp_path), model=ScriptedModel()).preview("Ann")
    assert "# Seen by Ann\n[00:00] It rains." in prompt
    assert "Ann: content" in prompt
    assert "You play one person" in prompt

    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "set.toml").write_text('base = ""\n', "utf-8")
    with pytest.raises(DefinitionError, match=r"lack \d+: actor\.here_and_now, .*recall\.label.*--export DIR"):
        Simulation(people(), language=str(whole), model=ScriptedModel())


def test_a_file_that_is_no_set_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "recall.toml").write_text("label = 3\n", "utf-8")
    with pytest.raises(DefinitionError, match=r"recall\.toml: label is 3; it is a text"):
        prompt_texts(str(tmp_path))
    (tmp_path / "recall.toml").write_text("label\n", "utf-8")
    with pytest.raises(DefinitionError, match=r"recall\.toml: .*line 1"):
        prompt_texts(str(tmp_path))


def test_the_perspective_is_a_choice() -> None:
    agent = Agent("Ann", [Instructions(), Observations(), Recall()], memories=["Ann bakes."])
    by_name = Simulation([agent], premise="It rains.", perspective="name", model=ScriptedModel()).preview("Ann")
    assert "# What Ann remembers" in by_name
    assert "One person in a simulated world" in by_name


def test_the_digest_tells_sets_apart(tmp_path: Path) -> None:
    (tmp_path / "recall.toml").write_text('label = "Known"\n', "utf-8")
    sets = [prompt_texts(), prompt_texts("en", "name"), prompt_texts("ja"), prompt_texts(str(tmp_path))]
    assert len({each.digest([Recall()]) for each in sets}) == 4
    assert prompt_texts().digest([Recall()]) != prompt_texts().digest()
    assert sets[-1].digest() == prompt_texts().digest()  # of what is used, and that alone
