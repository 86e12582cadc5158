"""Clock: simulated time, which nobody but the schedule and the simulation moves."""

from __future__ import annotations

import math

from gamemaster.words import DefinitionError, JsonValue

__all__ = ["Clock"]


class Clock:
    """Simulated seconds since the run's start. It never goes back."""

    version = 1

    def __init__(self) -> None:
        self.time = 0.0

    def set(self, time: float) -> None:
        """Move to `time`. Raises: DefinitionError when that lies in the past or is no finite number."""
        if not math.isfinite(time) or time < self.time:
            raise DefinitionError(f"The clock stands at {self.time} s and can't be set to {time}; simulated time only goes on.")
        self.time = float(time)

    def state(self) -> dict[str, JsonValue]:
        """The time."""
        return {"time": self.time}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        time = state["time"]
        assert isinstance(time, int | float)
        self.time = float(time)
