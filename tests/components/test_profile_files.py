"""People in files: round trips, files that other programs wrote, and what is wrong with a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamemaster.components import (
    BigFive,
    Fragment,
    Persona,
    Profile,
    read_fragments,
    read_profile,
    read_profiles,
    write_profile,
    write_profiles,
)
from gamemaster.words import DefinitionError, UnknownName

PUBLISHED = Path(__file__).parents[2].parent / "shared" / "data" / "smallville" / "Isabella Rodriguez"
SMALLVILLE = PUBLISHED / "scratch.json"

text = st.text(st.characters(codec="utf-8", exclude_characters="\ufeff"), max_size=20).map(str.strip)
item = text.filter(bool)
items = st.lists(item, max_size=3).map(tuple)
share = st.none() | st.floats(0, 1)

profiles = st.builds(
    Profile,
    name=item,
    description=text,
    age=st.none() | st.integers(0, 120),
    nationality=text,
    occupation=text,
    traits=items,
    big_five=st.builds(BigFive, openness=share, extraversion=share, remarks=st.dictionaries(st.just("openness"), item)),
    style=text,
    goals=items,
    beliefs=items,
    relationships=st.dictionaries(item, item, max_size=3),
    routine=items,
    facts=st.dictionaries(item, text, max_size=3),
    private=items,
    fragments=st.lists(st.builds(Fragment, text=item, origin=text), max_size=3).map(tuple),
    source=text,
    consent=st.sampled_from(["fictional", "given", "withdrawn", "unknown"]),
)


@pytest.mark.parametrize("ending", ["yaml", "json"])
@settings(max_examples=60, deadline=None)
@given(profile=profiles)
def test_what_was_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, ending: str, profile: Profile) -> None:
    path = tmp_path_factory.getbasetemp() / f"one.{ending}"
    write_profile(profile, path)
    assert read_profile(path) == profile


@pytest.mark.parametrize("ending", ["yaml", "yml", "json"])
def test_a_population_is_a_list_in_one_file(tmp_path: Path, ending: str) -> None:
    people = [Profile(name="Ann", age=3), Profile(name="Bob", traits=("no", "9:30", "null", "2001-02-03"))]
    write_profiles(people, tmp_path / f"people.{ending}")
    assert read_profiles(tmp_path / f"people.{ending}") == people


def test_yaml_is_read_as_people_write_it(tmp_path: Path) -> None:
    path = tmp_path / "ann.yaml"
    path.write_text(
        "name: Ann\nage: 41\nnationality:\ntraits: [no, yes, 9:30]\nfacts: {born: 2001-02-03, coins: 3}\n"
        "big_five: {openness: .5}\n"
    )
    persona = Persona.from_file(path)
    assert persona.profile == Profile(
        name="Ann",
        age=41,
        traits=("no", "yes", "9:30"),
        facts={"born": "2001-02-03", "coins": "3"},
        big_five=BigFive(openness=0.5),
    )
    persona.to_file(tmp_path / "again.yaml")
    assert Persona.from_file(tmp_path / "again.yaml").profile == persona.profile


def write(folder: Path, name: str, content: Any) -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("a.yaml", "name: Ann\nocupation: baker\n", UnknownName, "no field of a persona 'ocupation'. Did you mean 'occupation'"),
        ("a.yaml", "nam: Ann\nocupation: baker\n", DefinitionError, "unknown fields: nam, ocupation .*missing fields: name"),
        ("a.yaml", "age: 3\n", DefinitionError, "a.yaml: missing fields: name"),
        (
            "a.yaml",
            "name: Ann\nage: old\ntraits: warm\n",
            DefinitionError,
            "age is 'old': .*; traits is 'warm': give a list of texts",
        ),
        ("a.yaml", "name: Ann\nname: Bob\n", DefinitionError, "line 2: this is no YAML: the key 'name' stands here twice"),
        ("a.yaml", "name: [Ann\n", DefinitionError, r"a.yaml, line \d: this is no YAML"),
        ("a.yaml", "just words\n", DefinitionError, "holds a str; a person is written as fields"),
        ("a.json", "{", DefinitionError, "a.json is no whole JSON file"),
        ("a.json", [{"name": "Ann", "age": 1}] * 2, DefinitionError, "holds two people named 'Ann'"),
        ("a.json", [{"name": "Ann", "age": 1}, {"age": 1}], DefinitionError, "a.json, person 2: missing fields: name"),
        ("a.txt", "name: Ann", DefinitionError, "ends in '.txt'"),
        ("a.json", {"type": "TinyPerson", "persona": {"age": 3}}, DefinitionError, "missing fields: name"),
        ("a.json", {"type": "Fragment", "persona": {}}, DefinitionError, "holds a Fragment, which is no whole person"),
    ],
)
def test_a_wrong_file_is_refused_and_says_what(
    tmp_path: Path, name: str, content: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        read_profiles(write(tmp_path, name, content))


def test_what_is_not_there_or_not_one_is_said(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"nobody\.yaml can't be read: No such file"):
        read_profile(tmp_path / "nobody.yaml")
    write_profiles([Profile(name="Ann"), Profile(name="Bob")], tmp_path / "two.json")
    with pytest.raises(DefinitionError, match="holds 2 people; one is wanted"):
        read_profile(tmp_path / "two.json")
    with pytest.raises(DefinitionError, match="A person without a name can't be written"):
        Persona("A baker.").to_file(tmp_path / "a.yaml")
    Persona("A baker.").to_file(tmp_path / "a.yaml", person="Ann")
    assert read_profile(tmp_path / "a.yaml") == Profile(name="Ann", description="A baker.")


NORA = {
    "type": "TinyPerson",
    "persona": {
        "name": "Nora Lind",
        "age": 33,
        "gender": "Female",
        "nationality": "Swedish",
        "residence": "Malmo",
        "education": "Harbour school.",
        "long_term_goals": ["To sail round the world."],
        "occupation": {"title": "Pilot", "organization": "Malmo Port", "description": "You bring ships in."},
        "style": "Short and dry.",
        "personality": {
            "traits": ["You are calm.", "You like storms."],
            "big_five": {"openness": "High. Curious about coasts.", "neuroticism": "Low. Calm.", "extraversion": "It depends."},
        },
        "preferences": {"interests": ["Charts."], "likes": ["Wind."], "dislikes": ["Fog."]},
        "skills": ["Reads currents."],
        "beliefs": ["The sea decides."],
        "behaviors": {"general": ["Whistles."], "routines": {"morning": ["Wakes at 4.", "Looks at the sky."]}},
        "health": "Good.",
        "relationships": [{"name": "Olle", "description": "Your brother."}],
        "other_facts": ["You grew up on a boat."],
        "favourite_knot": "bowline",
    },
}


def test_a_tinytroupe_person_loses_nothing(tmp_path: Path) -> None:
    profile = read_profile(write(tmp_path, "Nora.agent.json", NORA))
    assert profile.model_dump(exclude_defaults=True) == {
        "name": "Nora Lind",
        "description": "You bring ships in.",
        "age": 33,
        "nationality": "Swedish",
        "occupation": "Pilot, Malmo Port",
        "traits": ("You are calm.", "You like storms."),
        "big_five": {
            "openness": 0.7,
            "neuroticism": 0.3,
            "remarks": {"openness": "Curious about coasts", "extraversion": "It depends", "neuroticism": "Calm"},
        },
        "style": "Short and dry.",
        "goals": ("To sail round the world.",),
        "beliefs": ("The sea decides.",),
        "relationships": {"Olle": "Your brother."},
        "routine": ("morning: Wakes at 4.", "morning: Looks at the sky."),
        "facts": {"gender": "Female", "residence": "Malmo", "education": "Harbour school.", "health": "Good."},
        "fragments": tuple(
            {"text": said, "origin": f"Nora.agent.json: {place}"}
            for place, said in [
                ("preferences.interests", "Charts."),
                ("preferences.likes", "Wind."),
                ("preferences.dislikes", "Fog."),
                ("skills", "Reads currents."),
                ("behaviors.general", "Whistles."),
                ("other_facts", "You grew up on a boat."),
                ("favourite_knot", "bowline"),
            ]
        ),
        "source": "Nora.agent.json",
    }
    path = tmp_path / "nora.yaml"
    write_profile(profile, path)
    assert read_profile(path) == profile


def test_a_tinytroupe_fragment_is_added_with_its_origin(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "knots.fragment.json",
        {"type": "Fragment", "persona": {"beliefs": ["Knots are honest."], "behaviors": {"tying": ["You tie anything."]}}},
    )
    profile = Profile(name="Nora", age=33).with_fragments(read_fragments(path))
    assert [(each.text, each.origin) for each in profile.fragments] == [
        ("Knots are honest.", "knots.fragment.json: beliefs"),
        ("You tie anything.", "knots.fragment.json: behaviors.tying"),
    ]
    with pytest.raises(DefinitionError, match="is no fragment"):
        read_fragments(write(tmp_path, "a.json", NORA))


def test_a_tinytroupe_file_with_wrong_parts_says_which(tmp_path: Path) -> None:
    for part, message in [
        ({"personality": "kind"}, "personality: this is 'kind'"),
        ({"relationships": [{"name": "Bo"}]}, "it has a name"),
    ]:
        wrong = {"type": "TinyPerson", "persona": {"name": "Nora", **part}}
        with pytest.raises(DefinitionError, match=message):
            read_profile(write(tmp_path, "a.json", wrong))


def test_an_occupation_may_be_a_word(tmp_path: Path) -> None:
    profile = read_profile(write(tmp_path, "a.json", {"type": "TinyPerson", "persona": {"name": "Nora", "occupation": "pilot"}}))
    assert (profile.occupation, profile.fragments) == ("pilot", ())


def test_a_scratch_file_of_generative_agents(tmp_path: Path) -> None:
    scratch = {
        "name": "Ida Berg",
        "age": 60,
        "innate": "quick, kind",
        "learned": "Ida Berg mends clocks.",
        "currently": "Ida Berg plans a fair.",
        "lifestyle": "Ida Berg sleeps at ten.",
        "daily_plan_req": "",
        "living_area": "the Ville:house",
        "importance_trigger_max": 150,
    }
    assert read_profile(write(tmp_path, "scratch.json", scratch)).model_dump(exclude_defaults=True) == {
        "name": "Ida Berg",
        "description": "Ida Berg mends clocks.",
        "age": 60,
        "traits": ("quick", "kind"),
        "facts": {"home": "the Ville:house"},
        "fragments": (
            {"text": "Ida Berg plans a fair.", "origin": "scratch.json: currently"},
            {"text": "Ida Berg sleeps at ten.", "origin": "scratch.json: lifestyle"},
        ),
        "source": "scratch.json of Generative Agents",
    }


@pytest.mark.skipif(not SMALLVILLE.exists(), reason="the published run isn't here")
def test_the_published_scratch_file() -> None:
    profile = read_profile(SMALLVILLE)
    assert (profile.name, profile.age, profile.traits) == ("Isabella Rodriguez", 34, ("friendly", "outgoing", "hospitable"))
    assert "cafe owner" in profile.description and len(profile.fragments) == 3
    assert Persona.of(profile).budget >= 500
