"""stamp and stamped: the time of something past, as it stands before a memory."""

from __future__ import annotations

from datetime import datetime

import pytest

from gamemaster.words import Moment, prompt_texts

stamp, stamped = prompt_texts().stamp, prompt_texts().stamped

DAY = 86_400.0


@pytest.mark.parametrize(
    ("start", "now", "then", "expected"),
    [
        (None, 0.0, 0.0, "00:00"),
        (None, 4200.0, 4199.0, "01:09"),
        (None, DAY, DAY - 1, "day 1, 23:59"),
        (None, DAY, DAY, "00:00"),
        (datetime(2023, 2, 13, 7), 3600.0, 0.0, "07:00"),
        (datetime(2023, 2, 13, 23, 30), 1800.0, 0.0, "day 1, 23:30"),
        (datetime(2023, 2, 13, 23, 30), 3 * DAY, 2 * DAY, "day 3, 23:30"),
    ],
)
def test_the_clock_and_the_day_when_it_is_another(start: datetime | None, now: float, then: float, expected: str) -> None:
    moment = Moment(step=1, time=now, start=start)
    assert stamp(moment, then) == expected
    assert stamped(moment, [(then, "Ann waves.")]) == [f"[{expected}] Ann waves."]
