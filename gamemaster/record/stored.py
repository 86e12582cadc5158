"""Stored: sections and documents read back by digest, each once, and checked against the digest that names them."""

from __future__ import annotations

import sqlite3
from typing import Any, cast, get_args

from gamemaster.record.contents import digest_of, section_digest
from gamemaster.record.json_text import from_json
from gamemaster.record.schema import DOCUMENTS, SECTIONS
from gamemaster.words import CHANGES, ActionSpec, ArchiveDamaged, Section, SectionKind, SpecKind

__all__ = ["Stored"]

_MOST = 4096
_KINDS = frozenset(get_args(SectionKind))
_SPEC_KINDS = frozenset(get_args(SpecKind))


class Stored:
    """Looks up what recurs. What is missing, or isn't what its digest says, is ArchiveDamaged."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._sections: dict[str, Section] = {}
        self._documents: dict[str, str] = {}
        self._specs: dict[str, ActionSpec] = {}

    def section(self, digest: str) -> Section:
        """The prompt section of this digest."""
        found = self._sections.get(digest)
        if found is None:
            row = next(SECTIONS.rows(self._connection, "digest = ?", (digest,)), None)
            if row is None or row[3] not in CHANGES or row[4] not in _KINDS:
                raise ArchiveDamaged(f"The archive lacks the prompt section {digest!r} that a call names, or holds it damaged.")
            _, label, text, changes, kind, component = row
            found = Section(label=label, text=text, changes=changes, kind=kind, component=component)
            if section_digest(found) != digest:
                raise ArchiveDamaged(f"The prompt section {digest} is not what was recorded.")
            _keep(self._sections, digest, found)
        return found

    def document(self, digest: str) -> Any:
        """The JSON document of this digest, a fresh value each time."""
        text = self._documents.get(digest)
        if text is None:
            row = next(DOCUMENTS.rows(self._connection, "digest = ?", (digest,)), None)
            if row is None:
                raise ArchiveDamaged(f"The archive lacks the document {digest!r} that a row names.")
            text = str(row[1])
            if digest_of(text) != digest:
                raise ArchiveDamaged(f"The document {digest} is not what was recorded.")
            _keep(self._documents, digest, text)
        return from_json(text, f"document {digest}")

    def spec(self, digest: str) -> ActionSpec:
        """The action spec of this digest. Its `schema` is None: the class it was made from is code, and not on record."""
        found = self._specs.get(digest)
        if found is None:
            found = _spec(self.document(digest), digest)
            _keep(self._specs, digest, found)
        return found


def _keep(cache: dict[str, Any], digest: str, value: object) -> None:
    if len(cache) >= _MOST:
        cache.clear()
    cache[digest] = value


def _spec(held: Any, digest: str) -> ActionSpec:
    try:
        known = cast("dict[str, Any]", held)
        kind, call = known["kind"], known["call"]
        if kind not in _SPEC_KINDS or not isinstance(call, str):
            raise ValueError(kind)
        bounds = [known[name] for name in ("low", "high") if known.get(name) is not None]
        actions, to = known.get("actions"), known.get("to")
        return ActionSpec(
            kind=kind,
            call=call,
            options=tuple(known.get("options", ())),
            actions=None if actions is None else tuple(actions),
            low=known.get("low"),
            high=known.get("high"),
            whole=kind == "number" and bool(bounds) and all(isinstance(bound, int) for bound in bounds),
            action=known.get("action"),
            to=None if to is None else tuple(to),
            tag=str(known.get("tag", "")),
            channel=str(known.get("channel", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArchiveDamaged(f"The archive's document {digest} is no action spec: {error!r}.") from error
