"""The associative memory: what agents remember, and how they recall it."""

if __name__ == "memory":
    raise ImportError("Import this package by its public name: gamemaster.memory.")

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gamemaster.language import load_embedder
from gamemaster.memory.associative_memory import AssociativeMemory
from gamemaster.memory.consolidating import ConsolidateOld, ConsolidatingPolicy, Summarise, consolidate, consolidated
from gamemaster.memory.documents import export_documents, import_documents
from gamemaster.memory.edited_file import MemoryEdits, read_edits
from gamemaster.memory.forgetting import ForgetFaint, ForgetOld, ForgettingPolicy, KeepStrongest, forget_by, strength
from gamemaster.memory.genagents import import_genagents
from gamemaster.memory.importance_trigger import ImportanceTrigger
from gamemaster.memory.imported_memories import ImportedMemories, KnownPlace, Utterance
from gamemaster.memory.jsonl import read_jsonl, write_jsonl
from gamemaster.memory.memory_bank import MemoryBank
from gamemaster.memory.memory_changes import MemoryChanges, MemoryEdit
from gamemaster.memory.merging import MergeDuplicates, merge_duplicates, times
from gamemaster.memory.parquet import SavedMemories, read_parquet, write_parquet
from gamemaster.memory.presets import GENAGENTS, GENERATIVE_AGENTS_CODE, GOVSIM, PAPER, PLAIN, PRESETS, RECENT
from gamemaster.memory.recall_request import RecallRequest
from gamemaster.memory.record_row import row_of
from gamemaster.memory.replacement import Replacement, ReplacingPolicy
from gamemaster.memory.smallville import import_smallville

if TYPE_CHECKING:
    from gamemaster.memory.memory_retriever import MemoryRetriever
    from gamemaster.memory.memory_vector_store import MemoryVectorStore

__all__ = [
    "GENAGENTS",
    "GENERATIVE_AGENTS_CODE",
    "GOVSIM",
    "PAPER",
    "PLAIN",
    "PRESETS",
    "RECENT",
    "AssociativeMemory",
    "ConsolidateOld",
    "ConsolidatingPolicy",
    "ForgetFaint",
    "ForgetOld",
    "ForgettingPolicy",
    "ImportanceTrigger",
    "ImportedMemories",
    "KeepStrongest",
    "KnownPlace",
    "MemoryBank",
    "MemoryChanges",
    "MemoryEdit",
    "MemoryEdits",
    "MemoryRetriever",
    "MemoryVectorStore",
    "MergeDuplicates",
    "RecallRequest",
    "Replacement",
    "ReplacingPolicy",
    "SavedMemories",
    "Summarise",
    "Utterance",
    "consolidate",
    "consolidated",
    "export_documents",
    "forget_by",
    "import_documents",
    "import_genagents",
    "import_smallville",
    "load_embedder",
    "merge_duplicates",
    "read_edits",
    "read_jsonl",
    "read_parquet",
    "row_of",
    "strength",
    "times",
    "write_jsonl",
    "write_parquet",
]

# LangChain is imported when one of its faces is first named.
_HOME = {"MemoryRetriever": "memory_retriever", "MemoryVectorStore": "memory_vector_store"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found
