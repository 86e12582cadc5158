"""Documents: from LangChain's documents to records, and back.

The one idea: a document's metadata may say what a record has fields for, under the names of these fields; what it says
besides is the document's own affair and no part of a memory. To import needs no LangChain: any object of that shape will do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast

from gamemaster.memory.record_checks import check_record
from gamemaster.words import MemoryInputError, MemoryRecord

if TYPE_CHECKING:
    from langchain_core.documents import Document

__all__ = ["DocumentLike", "export_documents", "import_documents", "record_fields", "record_metadata"]


class DocumentLike(Protocol):
    """The shape of LangChain's `Document`."""

    @property
    def page_content(self) -> str: ...
    @property
    def metadata(self) -> Mapping[str, Any]: ...
    @property
    def id(self) -> str | None: ...


def import_documents(documents: Iterable[DocumentLike], *, holder: str) -> list[MemoryRecord]:
    """A record of `holder` for each document, in their order; `bank.load` takes them up.

    `page_content` is the text. Of the metadata `time`, `last_access`, `importance`, `kind`, `tags`, `rests_on` and `depth`
    are taken where they are there; the rest is left out. A document without an id gets "{holder}/documents/{n}", n being
    its place.
    Raises: MemoryInputError for a value that a record can't have, and for an id that is there twice.
    """
    records: dict[str, MemoryRecord] = {}
    for place, document in enumerate(documents):
        id = f"{holder}/documents/{place}" if document.id is None else document.id
        given: dict[str, Any] = {"time": 0.0} | record_fields(document.metadata, f"The document {id!r}")
        given.setdefault("last_access", given["time"])
        record = MemoryRecord(id=id, holder=holder, text=document.page_content, **given)
        check_record(record)
        if id in records:
            raise MemoryInputError(f"The document {id!r} is there twice; each id may be there once.")
        records[id] = record
    return list(records.values())


def export_documents(records: Iterable[MemoryRecord]) -> list[Document]:
    """A LangChain document for each record, in their order: its id, its text, and its other fields as metadata.

    `import_documents` gives equal records again, for one holder; what they were before edits by hand stays behind.
    """
    from langchain_core.documents import Document

    return [Document(id=each.id, page_content=each.text, metadata=record_metadata(each)) for each in records]


def record_fields(metadata: Mapping[str, Any], what: str) -> dict[str, Any]:
    """Those of the metadata that are fields of a record, with their checked values.

    Raises: MemoryInputError, beginning with `what`, for a value of another type than the field's.
    """
    found: dict[str, Any] = {}
    for name, (kind, wanted) in _FIELDS.items():
        if name not in metadata:
            continue
        value = metadata[name]
        if value is None and name == "importance":
            continue
        if name in ("tags", "rests_on"):
            if isinstance(value, list | tuple) and all(isinstance(each, str) for each in cast("list[Any]", value)):
                found[name] = tuple(cast("list[str]", value))
                continue
        elif isinstance(value, kind) and not isinstance(value, bool):
            found[name] = value
            continue
        raise MemoryInputError(f"{what} has {name}={value!r} in its metadata; {wanted} is right. Rename or mend it.")
    return found


def record_metadata(record: MemoryRecord) -> dict[str, Any]:
    """The record's fields as a document's metadata; `import_documents` reads them again."""
    return {
        "holder": record.holder,
        "time": record.time,
        "last_access": record.last_access,
        "importance": record.importance,
        "kind": record.kind,
        "tags": list(record.tags),
        "rests_on": list(record.rests_on),
        "depth": record.depth,
    }


_NUMBER = ((int, float), "a number")
_NAMES = ((list, tuple), "a list of texts")
_FIELDS: dict[str, tuple[tuple[type, ...], str]] = {
    "time": _NUMBER,
    "last_access": _NUMBER,
    "importance": _NUMBER,
    "kind": ((str,), "a text"),
    "tags": _NAMES,
    "rests_on": _NAMES,
    "depth": ((int,), "a whole number"),
}
