"""What helps in tests: a scripted model, a hash embedder, conformance suites."""

from gamemaster.testing.hash_embedder import HashEmbedder
from gamemaster.testing.scripted_model import ScriptedModel

__all__ = ["HashEmbedder", "ScriptedModel"]
