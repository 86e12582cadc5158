"""NotebookProgress: a run as somebody follows it in a notebook: one output that is written anew while the run goes on.

It needs IPython's own `display` and nothing else: no widgets, no extension. The output is made in the cell where the object
is made, and is known by an id from then on, because the run goes on in another thread than the cell. It is static HTML, so
what stands there when the run has ended stays readable when the notebook is closed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from gamemaster.report.run_standing import Prices, RunStanding
from gamemaster.simulation import Run, Simulation, Step
from gamemaster.words import Ask, BadInput, Event, Moment
from gamemaster.words.static_html import shown, table_html

__all__ = ["NotebookProgress"]

_EVENTS = 8
_PAUSE = 0.3
"""Seconds between two writings of the output."""


class NotebookProgress:
    """Give it to a run: `simulation.run(steps=20, progress=NotebookProgress())`.

    `clock` gives seconds, for tests. Raises: BadInput where there is no notebook to write in.
    """

    def __init__(self, *, prices: Prices = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.standing = RunStanding(prices=prices, clock=clock)
        self._clock = clock
        self._events: list[Event] = []
        self._ended = ""
        self._written = float("-inf")
        self._output = _new_output(self)

    def _repr_html_(self) -> str:
        done = round(100 * self.standing.share)
        bar = f'<progress max="100" value="{done}" aria-label="steps done">{done} %</progress>'
        lines = [self._ended] if self._ended else [self.standing.how_far(), self.standing.how_fast(), self.standing.who_thinks()]
        said = "<br>".join(shown(each) for each in lines if each)
        rows = [(event.step, event.kind, event.actor, event.text) for event in self._events]
        happened = table_html(("step", "kind", "actor", "text"), rows) if rows else ""
        return f"<div>{bar}<p>{said}</p>{happened}</div>"

    def begin(self, simulation: Simulation, steps: int) -> None:
        """The run begins, or goes on."""
        self.standing.begin(simulation, steps)
        self._write()

    def asked(self, moment: Moment, asks: Sequence[Ask]) -> None:
        """Some are being asked."""
        self.standing.asked(moment, asks)
        self._write()

    def step(self, step: Step) -> None:
        """A step has been committed."""
        self.standing.step(step)
        self._events = [*self._events, *(event for event in step.events if event.text)][-_EVENTS:]
        self._write()

    def end(self, run: Run) -> None:
        """The run has ended."""
        why = f" ({run.stopped_by})" if run.stopped_by else ""
        asked = self.standing.how_fast()
        self._ended = f"{run.last_step} steps, {run.status}{why}" + (f" · {asked}" if asked else "")
        self._write(at_once=True)

    def close(self) -> None:
        """The run ends by an error: say how far it came. Nothing more is written once the run has ended."""
        if not self._ended:
            self._ended = f"ended after step {self.standing.done} of {self.standing.total}"
            self._write(at_once=True)

    def _write(self, *, at_once: bool = False) -> None:
        now = self._clock()
        if at_once or now - self._written >= _PAUSE:
            self._written = now
            self._output.update(self)


def _new_output(what: object) -> Any:
    try:
        from IPython import display as notebook
        from IPython.core.getipython import get_ipython
    except ImportError:
        found = None
    else:
        untyped: Any = notebook
        found = untyped.display(what, display_id=True) if get_ipython() is not None else None
    if found is None:
        raise BadInput("NotebookProgress writes in a notebook, and this is none; take show_progress(), which looks where it is.")
    return found
