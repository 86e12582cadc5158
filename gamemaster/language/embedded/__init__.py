"""The embedded model: answers put together from the prompt's own lines by likeness of meaning."""

from gamemaster.language.embedded.embedded_model import EmbeddedModel

__all__ = ["EmbeddedModel"]
