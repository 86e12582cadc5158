"""Stepping: a run that goes on step by step as somebody at the page wishes, changed between steps.

The one idea: an archive has one writer, so who wants to change a run runs it. A thread takes the steps, one when it is told to
or one after the other; changes wait until a step begins and are made there, before anybody is asked, as interventions.
Nothing is written before the first step that is wanted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from gamemaster.record import Archive
from gamemaster.report.viewer.orders import Change, read_change
from gamemaster.simulation import Run, Simulation
from gamemaster.simulation.engine import Step
from gamemaster.simulation.running import Running
from gamemaster.words import Ask, BadInput, GamemasterError, Moment

__all__ = ["Stepping"]

_UNTIL_PAUSED = 10**9
_MOST_STEPS = 10_000
_LAST_MESSAGES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    number: int
    change: Change


class Stepping:
    """Runs `simulation`, which is that of the run in `folder`, up to `steps` steps in all, when it is told to.

    `order` takes {"do": "step" | "play" | "pause" | "drop"} and the changes of `orders`. `close` lets the step at hand end.
    """

    def __init__(self, simulation: Simulation, folder: str | Path, *, steps: int) -> None:
        self._simulation = simulation
        self._folder = Path(folder)
        self._steps = steps
        self._changed = threading.Condition()
        self._wanted = 0
        self._busy = False
        self._closing = False
        self._ended = ""
        self._failed = ""
        self._asking: tuple[str, ...] = ()
        self._waiting: list[_Waiting] = []
        self._given = 0
        self._told: list[str] = []
        self._thread = threading.Thread(target=self._walk, name="gamemaster-view", daemon=True)
        self._thread.start()

    # --- what the page asks ---

    def state(self) -> Mapping[str, Any]:
        """How it stands."""
        with self._changed:
            phase = "ended" if self._ended or self._failed else "stepping" if self._busy else "paused"
            return {
                "phase": phase,
                "goes_on": self._wanted > 0,
                "steps": self._steps,
                "ended": self._ended,
                "failed": self._failed,
                "asking": list(self._asking),
                "waiting": [{"number": each.number, "said": each.change.said} for each in self._waiting],
                "told": list(self._told),
            }

    def order(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do what is wanted, or put a change in the queue; how it stands then. Raises: BadInput."""
        what = order.get("do")
        own: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "step": self._more,
            "play": self._more,
            "pause": self._pause,
            "drop": self._drop,
        }
        if isinstance(what, str) and what in own:
            own[what](order)
        else:
            self._take(read_change(order))
        return self.state()

    def close(self) -> None:
        """Let the step at hand end, say on record that the run stands, and let go of it."""
        with self._changed:
            self._closing, self._wanted = True, 0
            self._changed.notify_all()
        self._thread.join()

    def _more(self, order: Mapping[str, Any]) -> None:
        count = order.get("count", 1) if order["do"] == "step" else _UNTIL_PAUSED
        if not isinstance(count, int) or isinstance(count, bool) or not (1 <= count <= _MOST_STEPS or count == _UNTIL_PAUSED):
            raise BadInput(f"count {count!r}; take 1 to {_MOST_STEPS} steps.")
        with self._changed:
            self._refuse_ended()
            self._wanted = _UNTIL_PAUSED if count == _UNTIL_PAUSED else min(self._wanted + count, _MOST_STEPS)
            self._changed.notify_all()

    def _pause(self, order: Mapping[str, Any]) -> None:
        with self._changed:
            self._wanted = 0

    def _drop(self, order: Mapping[str, Any]) -> None:
        with self._changed:
            self._waiting = [each for each in self._waiting if each.number != order.get("number")]

    def _take(self, change: Change) -> None:
        with Archive.open(self._folder) as archive:
            if archive.last_step is None:
                raise BadInput("The run has no committed step yet; take one step first.")
            change.check(archive)
        with self._changed:
            self._refuse_ended()
            self._given += 1
            self._waiting.append(_Waiting(number=self._given, change=change))

    def _refuse_ended(self) -> None:
        if self._ended or self._failed:
            raise BadInput(f"The run goes on no further: {self._failed or self._ended}.")

    # --- the thread that takes the steps ---

    def _walk(self) -> None:
        running = Running(self._simulation, archive=self._folder, resume=True, progress=self)
        steps = cast("Generator[Step]", running.plain_steps(self._steps))
        try:
            while self._is_wanted():
                try:
                    next(steps)
                except StopIteration:
                    run = self._simulation.last_run
                    self._end(ended="the run is over" if run is None else run.stopped_by)
                    return
                except GamemasterError as error:
                    self._end(failed=str(error))
                    return
                except BaseException as error:  # what the user's code raised; the page has to be told
                    self._end(failed=f"{type(error).__name__}: {error}")
                    return
                with self._changed:
                    self._busy, self._asking = False, ()
        finally:
            steps.close()
            if self._simulation.last_run is not None:
                self._simulation.last_run.close()

    def _is_wanted(self) -> bool:
        """Wait until a step is wanted; False when none will be any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._wanted > 0)
            if self._closing:
                return False
            self._wanted -= 1
            self._busy = True
            return True

    def _end(self, *, ended: str = "", failed: str = "") -> None:
        with self._changed:
            self._ended, self._failed = ended, failed
            self._busy, self._wanted, self._asking = False, 0, ()

    # --- what the run tells (Progress) ---

    def begin(self, simulation: Simulation, steps: int) -> None:
        """The run goes on."""

    def asked(self, moment: Moment, asks: Sequence[Ask]) -> None:
        """A step has begun: the changes that waited for it are made."""
        with self._changed:
            self._asking = tuple(ask.agent for ask in asks)
            waiting, self._waiting = self._waiting, []
        for each in waiting:
            try:
                each.change.make(self._simulation)
            except BadInput as error:
                with self._changed:
                    self._told = [*self._told, f"Not made: {error}"][-_LAST_MESSAGES:]

    def step(self, step: Step) -> None:
        """A step has been committed."""

    def end(self, run: Run) -> None:
        """The run has ended."""
