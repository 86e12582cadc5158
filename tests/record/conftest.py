"""What the tests of the archive share: requests, and the bytes of an export."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from gamemaster.language.prompt import Prompt
from gamemaster.language.request import TextRequest
from gamemaster.record import Archive, canonical_export
from gamemaster.words import CallKey, Section


@pytest.fixture
def export() -> Callable[[Archive], bytes]:
    """The canonical export of an archive, as bytes."""

    def bytes_of(archive: Archive) -> bytes:
        stream = io.BytesIO()
        canonical_export(archive, stream)
        return stream.getvalue()

    return bytes_of


@pytest.fixture
def ask() -> Callable[..., TextRequest]:
    """A request by its key's parts, with a prompt of two sections."""

    def request(
        step: int = 0, who: str = "Ann", what: str = "answer", index: int = 0, *, text: str = "You are Ann."
    ) -> TextRequest:
        key = CallKey(step, who, "actor", what, index)
        sections = [Section(label="Who", text=text, changes="own"), Section(label="", text=f"Step {step}.", kind="situation")]
        return TextRequest(prompt=Prompt.of(sections, "What next?", name=who), key=key, seed=key.seed(1))

    return request
