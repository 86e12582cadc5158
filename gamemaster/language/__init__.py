"""Language models and embedders, and how requests reach them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gamemaster.language.batching import Batcher, outside_work
from gamemaster.language.budget import Budget
from gamemaster.language.limited import Limited
from gamemaster.language.load_model import load_model
from gamemaster.language.model import Embedder, LanguageModel
from gamemaster.language.once import Once
from gamemaster.language.prompt import Prompt, render
from gamemaster.language.request import (
    GREEDY,
    NO_USAGE,
    Answer,
    ChoiceRequest,
    Finish,
    ObjectRequest,
    Request,
    Sampling,
    TextRequest,
    Usage,
)
from gamemaster.language.retried import LastingModelError, Retried
from gamemaster.language.structured import instructions, parse_answer
from gamemaster.language.together import together

if TYPE_CHECKING:
    from gamemaster.language.embedded import EmbeddedModel
    from gamemaster.language.embedding import EmbeddingCache, embedding_cache, load_embedder
    from gamemaster.language.hugging_face_model import HuggingFaceModel
    from gamemaster.language.in_prefix_order import InPrefixOrder
    from gamemaster.language.langchain_model import LangChainModel
    from gamemaster.language.mixture import Mixture
    from gamemaster.language.paced import Paced

__all__ = [
    "GREEDY",
    "NO_USAGE",
    "Answer",
    "Batcher",
    "Budget",
    "ChoiceRequest",
    "EmbeddedModel",
    "Embedder",
    "EmbeddingCache",
    "Finish",
    "HuggingFaceModel",
    "InPrefixOrder",
    "LangChainModel",
    "LanguageModel",
    "LastingModelError",
    "Limited",
    "Mixture",
    "ObjectRequest",
    "Once",
    "Paced",
    "Prompt",
    "Request",
    "Retried",
    "Sampling",
    "TextRequest",
    "Usage",
    "embedding_cache",
    "instructions",
    "load_embedder",
    "load_model",
    "outside_work",
    "parse_answer",
    "render",
    "together",
]

# A model is imported when it is first named, so that a run pays only for the one it uses.
_HOME = {
    "EmbeddedModel": "embedded",
    "EmbeddingCache": "embedding",
    "HuggingFaceModel": "hugging_face_model",
    "InPrefixOrder": "in_prefix_order",
    "LangChainModel": "langchain_model",
    "Mixture": "mixture",
    "Paced": "paced",
    "embedding_cache": "embedding",
    "load_embedder": "embedding",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found
