"""Recorded: a model whose answers are on disk before anyone acts on them, and which is never asked twice for the same."""

from __future__ import annotations

import time
from dataclasses import replace

from gamemaster.language.model import LanguageModel
from gamemaster.language.request import Answer, Request, Usage
from gamemaster.language.wrapper import Wrapper
from gamemaster.record.archive import Archive
from gamemaster.record.call_record import CallRecord
from gamemaster.record.call_rows import asked_in, read_answer, read_call, request_text
from gamemaster.record.contents import Contents
from gamemaster.record.request_difference import difference
from gamemaster.record.stored import Stored
from gamemaster.record.table import Row
from gamemaster.words import ReplayMismatch

__all__ = ["Recorded"]


_FREE = Usage(asked=0)


class Recorded(Wrapper):
    """A model that puts every answer on record before it hands it on.

    An answer that the archive holds already for the step at hand (a process died, or the step failed, after it was given)
    is handed on without asking, and costs nothing (`usage.asked` is 0). The request must then be the recorded one.
    """

    def __init__(self, model: LanguageModel, archive: Archive) -> None:
        super().__init__(model)
        self.archive = archive

    async def answer(self, request: Request) -> Answer:
        """The answer, on disk.

        Raises: ReplayMismatch when another request is on record under the same key; ArchiveError when the answer can't be
        put on record; and what the model raises.
        """
        recorded = self.archive.recorded(request.key)
        if recorded is not None:
            return self._known(recorded, request)
        started = time.time()
        answer = await self.model.answer(request)
        ended = time.time()
        await self.archive.record_call(
            CallRecord(request=request, answer=answer, model=self.model.name, started=started, ended=ended)
        )
        return answer

    def _known(self, recorded: CallRecord | Row, request: Request) -> Answer:
        contents = Contents()
        made = request_text(request, contents)
        if isinstance(recorded, CallRecord):
            held, answer = request_text(recorded.request, contents), recorded.answer
        else:
            held, answer = asked_in(recorded), read_answer(recorded, f"the call of {request.key}")
        if held == made:
            return replace(answer, usage=_FREE)
        if isinstance(recorded, CallRecord):
            prompt = recorded.request.prompt
        else:
            prompt = read_call(recorded, Stored(self.archive.reader())).prompt
        raise ReplayMismatch(
            f"The request of {request.key} is not the one on record. {difference(held, prompt, made, request.prompt)}. "
            "Resume with the code and settings that the run was made with, or fork it. "
            "If two calls of one step share this key, give each its own `what` or `index`."
        )
