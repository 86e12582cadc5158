"""Replayed: a model that asks none; it answers from a run's record, and takes nothing but the requests that are there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gamemaster.language.request import Answer, Request
from gamemaster.record.archive import Archive
from gamemaster.record.call_record import CallRecord
from gamemaster.record.call_rows import asked_in, key_of, read_answer, read_call, request_text
from gamemaster.record.contents import Contents
from gamemaster.record.reading import Reading
from gamemaster.record.request_difference import Difference, differences
from gamemaster.record.schema import CALLS
from gamemaster.record.stored import Stored
from gamemaster.record.table import Row
from gamemaster.words import CallKey, ReplayMismatch

__all__ = ["Replayed", "RequestDiffers"]


class RequestDiffers(ReplayMismatch):
    """A request is not the recorded one: `key` names it, `differences` say in what; none where nothing is on record."""

    def __init__(self, message: str, *, key: CallKey, differences: tuple[Difference, ...] = ()) -> None:
        self.key, self.differences = key, differences
        super().__init__(message)


class Replayed:
    """Answers each request with what `recorded` holds under its key, and puts both on record in `archive`.

    Call `new_step` before each step. `count` counts tokens as the run's model did, for components that cut what is longer
    than their budget; where none is given, as where the model can't count.
    """

    name = "replay"
    deterministic = True
    fingerprint: Mapping[str, str] = {"model": "replay"}

    def __init__(self, recorded: Reading, archive: Archive, *, count: Callable[[str], int] | None = None) -> None:
        self.recorded, self.archive = recorded, archive
        self.asked = 0
        """How many requests were answered so far."""
        self._contents = Contents()
        self._rows: dict[CallKey, Row] = {}
        self._unasked: set[CallKey] = set()
        if count is not None:
            self.count_tokens = count

    def new_step(self, step: int) -> None:
        """Take up what is on record of a step."""
        self._rows = {key_of(row): row for row in CALLS.rows(self.recorded.reader(), "step = ?", (step,))}
        self._unasked = set(self._rows)

    @property
    def unasked(self) -> list[CallKey]:
        """The requests on record of this step that were not made."""
        return sorted(self._unasked, key=str)

    async def answer(self, request: Request) -> Answer:
        """The recorded answer. Raises: RequestDiffers."""
        key = request.key
        row = self._rows.get(key)
        if row is None:
            raise RequestDiffers(
                f"The request of {key} is not on record: the recorded run made none there. It asks:\n{request.prompt.text}",
                key=key,
            )
        made = request_text(request, self._contents)
        self._contents.new_sections.clear()
        self._contents.new_documents.clear()
        held = asked_in(row)
        if held != made:
            prompt = read_call(row, Stored(self.recorded.reader())).prompt
            found = differences(held, prompt, made, request.prompt)
            where = ", ".join(each.where for each in found) or "form"
            raise RequestDiffers(
                f"The request of {key} is not the recorded one; it differs in: {where}.", key=key, differences=found
            )
        self._unasked.discard(key)
        self.asked += 1
        answer = read_answer(row, f"the call of {key}")
        await self.archive.record_call(CallRecord(request=request, answer=answer, model=row[14], started=row[19], ended=row[20]))
        return answer
