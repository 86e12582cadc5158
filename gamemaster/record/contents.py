"""Contents: what recurs (prompt sections, schemas, action specs), stored once by the digest of what it says.

The one idea: what was used lately is known by its content, so a section that stood in an earlier prompt costs a dict
look-up. The rest is digested again, and stored again to no effect.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Generic, TypeVar

from pydantic import BaseModel

from gamemaster.record.json_text import sorted_json, to_json
from gamemaster.record.table import Row
from gamemaster.words import ActionSpec, Section

__all__ = ["Contents", "digest_of", "section_digest"]

Key = TypeVar("Key")
Known = TypeVar("Known")
_MOST = 4096


class Contents:
    """Digests of sections, schemas and specs; and the rows of those that are new."""

    def __init__(self) -> None:
        self.new_sections: list[Row] = []
        self.new_documents: list[Row] = []
        self._sections: _Recent[str, tuple[Section, str]] = _Recent()
        self._specs: _Recent[ActionSpec, str] = _Recent()
        self._schemas: _Recent[type[BaseModel], str] = _Recent()

    def section(self, section: Section) -> str:
        """The digest of a section."""
        # By its text: a string keeps its hash, a section would be hashed each time. Seldom do two share a text.
        known = self._sections.get(section.text)
        if known is not None and (known[0] is section or known[0] == section):
            return known[1]
        digest = section_digest(section)
        self._sections.put(section.text, (section, digest))
        self.new_sections.append((digest, section.label, section.text, section.changes, section.kind, section.component))
        return digest

    def spec(self, spec: ActionSpec) -> str:
        """The digest of an action spec."""
        digest = self._specs.get(spec)
        if digest is None:
            digest = self._document(to_json(spec.to_json()))
            self._specs.put(spec, digest)
        return digest

    def schema(self, schema: type[BaseModel]) -> str:
        """The digest of a pydantic model's JSON schema."""
        digest = self._schemas.get(schema)
        if digest is None:
            digest = self._document(sorted_json(schema.model_json_schema()))
            self._schemas.put(schema, digest)
        return digest

    def forget(self) -> None:
        """What was said to be stored may not have been: begin anew."""
        self.__init__()

    def _document(self, text: str) -> str:
        digest = digest_of(text)
        self.new_documents.append((digest, text))
        return digest


class _Recent(Generic[Key, Known]):
    """What is known of what was used lately: two generations, the older one thrown away when the younger is full."""

    def __init__(self) -> None:
        self._young: dict[Key, Known] = {}
        self._old: dict[Key, Known] = {}

    def get(self, key: Key) -> Known | None:
        known = self._young.get(key)
        if known is None and (known := self._old.get(key)) is not None:
            self.put(key, known)
        return known

    def put(self, key: Key, known: Known) -> None:
        if len(self._young) >= _MOST:
            self._old, self._young = self._young, {}
        self._young[key] = known


def section_digest(section: Section) -> str:
    """What names a section: 32 hexadecimal digits, from all that it says."""
    label, component = section.label, section.component
    return digest_of(f"{len(label)}:{len(component)}:{section.changes}:{section.kind}:{label}{component}{section.text}")


def digest_of(text: str) -> str:
    """The blake2b digest of a text, 32 hexadecimal digits."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
