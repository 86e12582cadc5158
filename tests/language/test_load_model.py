"""What load_model makes of names and objects, and what importing the language models costs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

import gamemaster.language
from gamemaster.language import Answer, EmbeddedModel, Request, load_model
from gamemaster.testing.hash_embedder import HashEmbedder
from gamemaster.words import BadInput, UnknownName


class Own:
    name, deterministic = "own", True
    fingerprint: Mapping[str, str] = {}

    async def answer(self, request: Request) -> Answer:
        return Answer(text="yes")


def test_a_language_model_is_itself_and_takes_no_options() -> None:
    own = Own()
    assert load_model(own) is own
    with pytest.raises(BadInput, match="The model 'own' was given the options concurrent"):
        load_model(own, concurrent=3)


def test_the_embedded_model_is_made_with_its_embedder() -> None:
    model = load_model("embedded", embedder=HashEmbedder())
    assert isinstance(model, EmbeddedModel)
    assert model.name == "embedded"
    with pytest.raises(UnknownName, match=r"no option of the embedded model 'embeder'. Did you mean 'embedder'"):
        load_model("embedded", embeder=None)


@pytest.mark.parametrize(
    ("name", "near"), [("embeded", "Did you mean 'embedded'"), ("gpt-4", "Known: embedded"), ("scripted", "")]
)
def test_an_unknown_name_is_an_error_that_lists_the_ways(name: str, near: str) -> None:
    with pytest.raises(UnknownName) as caught:
        load_model(name)
    message = str(caught.value)
    assert near in message
    assert all(way in message for way in (f"no model '{name}'", '"embedded"', '"hf:NAME"', "LangChain chat model object"))


@pytest.mark.parametrize("given", [None, 3, Own, object(), b"embedded"])
def test_any_other_object_is_refused(given: Any) -> None:
    with pytest.raises(BadInput, match=r"is no language model. Give"):
        load_model(given)


def test_a_hugging_face_model_needs_a_name() -> None:
    with pytest.raises(BadInput, match="'hf: ' names no Hugging Face model"):
        load_model("hf: ")


def test_every_public_name_is_there() -> None:
    for name in gamemaster.language.__all__:
        assert getattr(gamemaster.language, name) is not None
    assert callable(gamemaster.language.load_model)
    assert callable(gamemaster.language.together)
    with pytest.raises(AttributeError, match="nothing"):
        _ = gamemaster.language.nothing


def test_importing_it_loads_no_model_library() -> None:
    heavy = ["torch", "transformers", "sentence_transformers", "faiss", "langchain_core", "huggingface_hub", "tenacity"]
    code = f"import sys, gamemaster.language; print([name for name in {heavy} if name in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
