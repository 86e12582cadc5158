"""load_model: the language model that a name, or an object that a user brings, stands for."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from gamemaster.language.model import LanguageModel
from gamemaster.words import BadInput, UnknownName

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

__all__ = ["load_model"]

_WAYS = (
    'Give "embedded" (no weights but the sentence embedder\'s), "hf:NAME" or "hf:FOLDER" (a Hugging Face model), '
    "a LangChain chat model object, or an object with the methods of LanguageModel."
)


def load_model(model: str | object = "embedded", **options: Any) -> LanguageModel:
    """The model that `model` names, with `options` handed on to it; a LanguageModel as it is.

    - `"embedded"`: `EmbeddedModel`; options: `embedder`.
    - `"hf:NAME"` or `"hf:FOLDER"`: `HuggingFaceModel`; options: `dtype`, `device`, `max_memory`,
      `offload_folder`, `chat`, `thinking`, `revision`, `per_token`, `rows`, `tokens`, `prefixes`, `backend`.
    - a LangChain chat model: `LangChainModel`; options: `name`, `concurrent`, `sampling`, `reasoning_tokens`,
      `requests_per_minute`, `tokens_per_minute`, `timeout`; `in_prefix_order=True` for a server with a prefix cache.

    Raises: UnknownName for any other name or an option that the model does not have, BadInput for any other object and
    for a model that is not there or can't be loaded.
    """
    kind, make = _maker(model)
    if make is None:
        if options:
            raise BadInput(f"{kind} was given the options {', '.join(options)}; a model that is already made takes none.")
        assert isinstance(model, LanguageModel)
        return model
    known = _OPTIONS[kind]
    if unknown := [name for name in options if name not in known]:
        raise UnknownName.of(f"option of {kind}", unknown[0], known)
    return make(**options)


_OPTIONS = {
    "the embedded model": ("embedder",),
    "a Hugging Face model": (
        *("dtype", "device", "max_memory", "offload_folder", "chat", "thinking", "revision"),
        *("per_token", "rows", "tokens", "prefixes", "backend"),
    ),
    "a LangChain chat model": (
        *("name", "concurrent", "sampling", "reasoning_tokens", "requests_per_minute", "tokens_per_minute", "timeout"),
        "in_prefix_order",
    ),
}


def _maker(model: str | object) -> tuple[str, Any]:
    """What kind of model it is, and what makes it; None in place of the latter where it is made already."""
    if isinstance(model, str):
        return _named(model)
    if isinstance(model, LanguageModel) and not isinstance(model, type):
        return f"The model {model.name!r}", None
    if _is_chat_model(model):
        return "a LangChain chat model", partial(_chat_model, cast("BaseChatModel", model))
    raise BadInput(f"{model!r} is no language model. {_WAYS}")


def _named(name: str) -> tuple[str, Any]:
    if name == "embedded":
        from gamemaster.language.embedded.embedded_model import EmbeddedModel

        return "the embedded model", EmbeddedModel
    if name.startswith("hf:"):
        from gamemaster.language.hugging_face_model import HuggingFaceModel

        if not name[3:].strip():
            raise BadInput(f"The model {name!r} names no Hugging Face model. {_WAYS}")
        return "a Hugging Face model", partial(HuggingFaceModel, name[3:].strip())
    raise UnknownName.of("model", name, ["embedded"], hint=_WAYS)


def _chat_model(model: BaseChatModel, *, in_prefix_order: bool = False, **options: Any) -> LanguageModel:
    from gamemaster.language.in_prefix_order import InPrefixOrder
    from gamemaster.language.langchain_model import LangChainModel

    made = LangChainModel(model, **options)
    return InPrefixOrder(made) if in_prefix_order else made


def _is_chat_model(model: object) -> bool:
    # Whoever brings a chat model has loaded the library: without it in sys.modules this is none, and importing it is waste.
    chat_models = sys.modules.get("langchain_core.language_models.chat_models")
    return chat_models is not None and isinstance(model, chat_models.BaseChatModel)
