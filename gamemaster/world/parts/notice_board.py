"""NoticeBoard: notices put up at a place, to be read by who comes there, until they are taken down or out of date.

The one idea: words that stay where they are. Who isn't at the board learns nothing of it; what stands on a notice is
somebody's words, and is shown as a quotation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from annotated_types import Ge, Gt, MaxLen, MinLen
from pydantic import BaseModel, Field

from gamemaster.words import OneOf, Person, quote
from gamemaster.world.action import action
from gamemaster.world.invariant import invariant
from gamemaster.world.parts.part import Part

__all__ = ["Notice", "NoticeBoard"]

_SHOWN = 5


class Notice(BaseModel):
    """Words that `by` put up at `place` (empty in a world without places), to hang `until` then; None for as long as it likes."""

    by: str
    place: str
    text: str
    since: float
    until: float | None = None


class NoticeBoard(Part):
    """Put it into a world as a field, `board: NoticeBoard(boards=["square"])`.

    `boards` are the places that have one; in a world without places leave it empty: everybody reads the same board. Notices
    are numbered in the order in which they were put up; on each board hang `most` at most. Who put a notice up takes it down,
    and whoever is in `keepers` takes down any. What is out of date is gone at once, and cleared away at the end of the step.
    """

    boards: list[str] = Field(default_factory=list[str])
    notices: dict[str, Notice] = Field(default_factory=dict[str, Notice])
    keepers: list[str] = Field(default_factory=list[str])
    most: Annotated[int, Ge(1)] = 20
    count: Annotated[int, Ge(0)] = 0

    @invariant
    def fits(self) -> bool | str:
        """A notice would hang where no board is, or a board would be overfull."""
        hanging: dict[str, int] = {}
        for notice in self.notices.values():
            hanging[notice.place] = hanging.get(notice.place, 0) + 1
        for place, number in hanging.items():
            if place not in self.boards and (place or self.boards):
                return f"there is no notice board at {place or 'no place'}"
            if number > self.most:
                return f"{number} notices would hang on a board for {self.most}"
        return True

    def board_of(self, name: str) -> str | None:
        """The place of the board before which somebody stands; empty for the one board of a world without places."""
        if not self.boards:
            return ""
        here = self.place_of(name)
        return here if here in self.boards else None

    def hanging(self, place: str) -> dict[str, Notice]:
        """The notices on a board that aren't out of date, by number, oldest first."""
        return {
            number: each
            for number, each in self.notices.items()
            if each.place == place and (each.until is None or each.until > self.now)
        }

    def put(self, by: str, place: str, text: str, *, until: float | None = None) -> str:
        """Put a notice up, and return its number; for use in actions and hooks. Refuses when the board is full."""
        self._clear()
        if len(self.hanging(place)) >= self.most:
            self.refuse("The notice board is full.")
        self.count += 1
        self.notices[str(self.count)] = Notice(by=by, place=place, text=text, since=self.now, until=until)
        return str(self.count)

    def readable(self, actor: str) -> list[str]:
        """The numbers of the notices before which somebody stands."""
        board = self.board_of(actor)
        return [] if board is None else list(self.hanging(board))

    def removable(self, actor: str) -> list[str]:
        """Those of them that somebody may take down."""
        here = self.readable(actor)
        return here if actor in self.keepers else [each for each in here if self.notices[each].by == actor]

    def at_a_board(self, actor: str) -> bool:
        """Whether somebody stands before a board."""
        return self._takes_part(actor) and self.board_of(actor) is not None

    def has_something_to_read(self, actor: str) -> bool:
        """Whether somebody stands before a board with a notice."""
        return self._takes_part(actor) and bool(self.readable(actor))

    def end_of_step(self) -> None:
        """What is out of date is taken down."""
        self._clear()

    def perceive(self, name: str) -> str:
        """What hangs on the board before which this person stands, the newest first."""
        return "\n".join(self._seen(name, _SHOWN))

    def perceive_data(self, name: str) -> dict[str, Any]:
        """The same by number, the newest first."""
        board = self.board_of(name)
        newest = [] if board is None else list(reversed(self.hanging(board).items()))
        shown = {number: {"by": each.by, "text": each.text} for number, each in newest[:_SHOWN]}
        return {"notices": shown, "more": max(0, len(newest) - _SHOWN)}

    @action(when="at_a_board")
    def put_up_notice(
        self,
        actor: Person,
        text: Annotated[str, MinLen(1), MaxLen(300)],
        hours: Annotated[float, Gt(0)] | None = None,
    ) -> str:
        """Put up a notice on the notice board for others to read, for some hours or until it is taken down."""
        board = self.board_of(actor)
        until = None if hours is None else self.now + hours * 3600
        number = self.put(actor, board or "", text, until=until)
        return f"{actor} puts up notice {number} on the notice board."

    @action(when="has_something_to_read")
    def read_notices(self, actor: Person) -> str:
        """Read all that hangs on the notice board."""
        self.tell(actor, " ".join(self._seen(actor, self.most)))
        return f"{actor} reads the notice board."

    @action(when="has_something_to_read")
    def take_down_notice(self, actor: Person, notice: Annotated[str, OneOf("readable")]) -> str:
        """Take down a notice that one has put up."""
        if notice not in self.removable(actor):
            self.refuse(f"Notice {notice} is by {self.notices[notice].by}, who alone may take it down.")
        del self.notices[notice]
        return f"{actor} takes down notice {notice}."

    def _seen(self, name: str, most: int) -> Iterator[str]:
        board = self.board_of(name)
        if board is None:
            return
        newest = list(reversed(self.hanging(board).items()))
        for number, each in newest[:most]:
            yield f"Notice {number} by {each.by}: {quote(each.text)}"
        if len(newest) > most:
            yield f"{len(newest) - most} older notices hang there too."

    def _clear(self) -> None:
        for number in [each for each, notice in self.notices.items() if notice.until is not None and notice.until <= self.now]:
            del self.notices[number]
