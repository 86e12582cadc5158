"""What a persona says of a profile: every field, in two languages and perspectives; what is private, and consent."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, Simulation, Simultaneous
from gamemaster.components import BigFive, Constant, Fragment, Instructions, Observations, Persona, Profile, Question, Recall
from gamemaster.components.profile_words import public_text
from gamemaster.testing import ComponentSuite, HashEmbedder, ScriptedModel, turn_for
from gamemaster.words import DefinitionError, prompt_texts

CLARA = Profile(
    name="Clara Holm",
    description="Keeps the inn since her father died.",
    age=41,
    nationality="Danish",
    occupation="innkeeper",
    traits=("warm", "talkative"),
    big_five=BigFive(openness=0.9, neuroticism=0.1, remarks={"openness": "tries every dish"}),
    style="fast, with many questions",
    goals=("have a full house",),
    beliefs=("A guest is never wrong.",),
    relationships={"Bodil": "Her aunt, who owns the mill."},
    routine=("08:00 go to the market",),
    facts={"home": "the inn"},
    private=("She waters the beer.",),
    fragments=(Fragment(text="I never left this valley.", origin="interview, page 2"),),
    source="an interview",
    consent="given",
)

WHOLE = """\
Name: Clara
Age: 41
Nationality: Danish
Occupation: innkeeper
Character: warm, talkative
Personality: very high openness (tries every dish), very low neuroticism
Home: the inn
Way of talking: fast, with many questions
Keeps the inn since her father died.
Goals:
- have a full house
Beliefs:
- A guest is never wrong.
People you know:
- Bodil: Her aunt, who owns the mill.
Routine:
- 08:00 go to the market
More about you:
- I never left this valley.
What only you know:
- She waters the beer."""


async def test_all_of_a_profile_reads_like_this() -> None:
    persona = Persona.of(CLARA)
    assert await persona.context(turn_for(persona, agent="Clara")) == WHOLE
    assert "interview" not in WHOLE  # origins and source are kept, and not said


async def test_in_japanese_no_english_stands_round_what_the_user_wrote() -> None:
    persona = Persona.of(CLARA)
    texts = prompt_texts("ja")
    turn = turn_for(persona, agent="Clara")
    turn._thinking.circumstances.texts = texts
    said = await persona.context(turn)
    assert said.splitlines()[:6] == [
        "名前: Clara",
        "年齢: 41歳",
        "国籍: Danish",
        "職業: innkeeper",
        "人柄: warm、talkative",
        "性格: 開放性がとても高い(tries every dish)、神経症傾向がとても低い",
    ]
    assert "あなただけが知っていること:" in said
    for heading in ("Goals", "Beliefs", "People", "Routine", "More", "What only"):
        assert heading not in said


def test_the_two_languages_and_perspectives_have_the_same_placeholders() -> None:
    for file in ("persona", "background", "backstory"):
        assert not prompt_texts("ja").missing([file])
    assert prompt_texts("en", "name").label(Persona("A baker."), "Ann") == "Who Ann is"
    assert prompt_texts("ja", "you").label(Persona("A baker."), "Ann") == "あなたについて"


def test_the_constructor_and_the_data_are_one() -> None:
    values = CLARA.model_dump(exclude={"name"})
    values["big_five"] = CLARA.big_five
    assert Persona(**values).profile == CLARA.renamed("")


async def test_sentences_on_the_character_follow_each_other_as_such() -> None:
    persona = Persona(traits=["You are curious.", "You never give up."])
    assert await persona.context(turn_for(persona)) == "Name: Ann\nCharacter: You are curious. You never give up."


@pytest.mark.parametrize(
    ("score", "word"), [(0, "very low"), (0.19, "very low"), (0.2, "low"), (0.5, "average"), (0.8, "very high"), (1, "very high")]
)
async def test_a_factor_is_said_in_words(score: float, word: str) -> None:
    persona = Persona(big_five={"openness": score})
    assert await persona.context(turn_for(persona)) == f"Name: Ann\nPersonality: {word} openness"


async def test_another_personality_changes_prompt_and_answer() -> None:
    model = ScriptedModel(lambda request: "Yes." if "very high openness" in request.prompt.text else "No.")
    answers: list[Any] = []
    for openness in (0.9, 0.1):
        agent = Agent("Ann", [Persona(big_five={"openness": openness})], model=model)
        answers.append(await agent.answer("Does {name} try the eel?"))
    assert answers == ["Yes.", "No."]


async def test_without_it_nothing_else_of_the_prompt_changes() -> None:
    texts: list[str] = []
    for parts in ([Instructions(), Persona.of(CLARA), Constant("Rules.")], [Instructions(), Constant("Rules.")]):
        model = ScriptedModel(lambda request: "Nothing.")
        await Agent("Clara", parts, model=model).answer("What now?")
        texts.append(model.requests[-1].prompt.text)
    assert texts[0].replace(f"# Who you are\n{WHOLE}\n\n", "") == texts[1]


def test_what_is_private_stands_in_no_public_text() -> None:
    said = public_text(CLARA, prompt_texts())
    assert "beer" not in said and "Clara" not in said and "Danish" in said


def test_a_secret_is_in_nobody_elses_prompt() -> None:
    secret = "the key hangs behind the clock in Quarry House"

    def person(name: str, private: list[str]) -> Agent:
        persona = Persona("A baker.", private=private)
        question = Question("What does {name} want?", name="want", given=[persona])
        return Agent(name, [Instructions(), persona, question, Recall(), Observations()])

    model = ScriptedModel()
    people = [person("Ann", [secret]), person("Bob", [])]
    simulation = Simulation(
        people, schedule=Simultaneous(ActionSpec.free()), model=model, embedder=HashEmbedder(), premise="Rain."
    )
    simulation.run(20)
    told = {request.key.who for request in model.requests if secret in request.prompt.text}
    assert told == {"Ann"}


def test_who_withdrew_consent_is_not_simulated() -> None:
    with pytest.raises(
        DefinitionError, match="The persona of Clara Holm can't be used: the person behind it has withdrawn consent"
    ):
        Persona.of(CLARA.model_copy(update={"consent": "withdrawn"}))


def test_the_budget_grows_with_the_text_up_to_a_bound() -> None:
    assert Persona("A baker.").budget == 500
    assert Persona("A baker. " * 300).budget == (9 * 300 - 1 + 100 + 2) // 3
    assert Persona("A baker. " * 3000, budget=700).budget == 700
    with pytest.raises(DefinitionError, match="A persona takes about 9,033 tokens in every prompt; shorten it, or give a budget"):
        Persona("A baker. " * 3000)


async def test_a_long_persona_is_not_cut_in_the_prompt() -> None:
    secret = "The last line of all."
    persona = Persona("A baker. " * 300, private=[secret])
    model = ScriptedModel(lambda request: "Hm.")
    await Agent("Ann", [persona], model=model).answer("What now?")
    assert secret in model.requests[0].prompt.text


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"big_five": {"openess": 0.5}}, r"big_five\.openess is 0\.5: extra inputs"),
        ({"big_five": {"openness": 1.5}}, r"big_five\.openness is 1\.5: input should be less than or equal to 1"),
        ({"private": "a secret"}, "private are 'a secret'; give a list"),
        ({"consent": "maybe"}, "consent is 'maybe'"),
        ({"fragments": [{"text": " "}]}, r"fragments\.0\.text is ' '"),
        ({"source": "a diary", "consent": "given"}, "says nothing about the person"),
    ],
)
def test_what_is_no_profile_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        Persona(**given)


class TestPersona(ComponentSuite):
    def make(self) -> Persona:
        return Persona.of(CLARA)


def test_stated_facts_are_those_that_can_be_checked() -> None:
    assert CLARA.stated == {"age": "41", "nationality": "Danish", "occupation": "innkeeper", "home": "the inn"}
    assert Profile().stated == {}


def test_a_fragment_is_added_once() -> None:
    more = partial(Fragment, origin="a page")
    once = CLARA.with_fragments([more(text="One."), more(text="Two.")])
    assert once.with_fragments([more(text="One.")]) == once
    assert [each.text for each in once.fragments] == ["I never left this valley.", "One.", "Two."]
