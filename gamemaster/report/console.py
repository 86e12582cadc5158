"""ConsoleProgress: a run as somebody at the console follows it.

On a terminal two lines at the bottom tell how far the run is and who is being asked, and the events go by above them. Elsewhere
there is one plain line an event. It only looks: what it shows depends on the clock, what happens in the run does not.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from gamemaster.agent import Human
from gamemaster.report.event_lines import event_line
from gamemaster.report.terminal import clean
from gamemaster.simulation import Run, Simulation, Step
from gamemaster.words import Ask, Moment

__all__ = ["ConsoleProgress"]

_BAR = 20
_NAMED = 6
"""How many of those who are asked are named."""


class ConsoleProgress:
    """Shows a run on `console`; a context manager, so that the terminal is as it was whatever happens in between.

    It implements `Progress`, and is called from the run's loop.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self._simulation: Simulation | None = None
        self._total = 0
        self._first = 0
        self._done = 0
        self._began = 0.0
        self._asked: Sequence[Ask] = ()
        self._moment: Moment | None = None
        self._live: Live | None = None
        self._premise_shown = False

    def __enter__(self) -> ConsoleProgress:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self, simulation: Simulation, steps: int) -> None:
        """Note where the run stands; on a terminal, show the two lines."""
        assert simulation.engine is not None
        last = simulation.engine.archive.last_step
        self._simulation, self._total = simulation, steps
        self._first = self._done = last or 0
        self._premise_shown = last is not None
        self._began = time.monotonic()
        # Who types an answer needs the last line of the terminal.
        typing = any(isinstance(agent.actor, Human) for agent in simulation.agents)
        if self.console.is_terminal and not self.console.is_dumb_terminal and self.console.file.isatty() and not typing:
            self._live = Live(get_renderable=self.status, console=self.console, refresh_per_second=5, transient=True)
            self._live.start()

    def asked(self, moment: Moment, asks: Sequence[Ask]) -> None:
        """Remember who is asked; what happened before anybody was asked is shown now."""
        self._moment, self._asked = moment, asks
        self._show_premise()

    def step(self, step: Step) -> None:
        """Show the events of a step."""
        for event in step.events:
            if event.text:
                self.console.print(event_line(event, step.moment))
        self._done, self._asked = step.number, ()

    def end(self, run: Run) -> None:
        """Take the two lines away."""
        self.close()

    def close(self) -> None:
        """The same; once is enough."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def status(self) -> RenderableType:
        """The two lines as they are now."""
        elapsed = time.monotonic() - self._began
        walked = self._done - self._first
        parts = [f"step {min(self._done + 1, self._total)} of {self._total}"]
        if walked and self._done < self._total:
            parts.append(f"{_duration(elapsed / walked * (self._total - self._done))} left")
        requests = self._requests()
        if requests and elapsed > 0:
            parts.append(f"{requests / elapsed:.1f} requests/s")
        if self._moment is not None:
            parts.append(str(self._moment))
        filled = _BAR * self._done // self._total if self._total else _BAR
        bar = Text("━" * filled, style="green").append("━" * (_BAR - filled), style="bright_black")
        first = bar.append(" ").append(" · ".join(parts), style="default")
        first.no_wrap, first.overflow = True, "ellipsis"
        return Group(first, Text(self._who(), style="dim", no_wrap=True, overflow="ellipsis"))

    def _who(self) -> str:
        names = [clean(ask.agent) for ask in self._asked]
        if not names:
            return "…"
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        scene = clean(self._asked[0].scene)
        return f"asking {', '.join(names[:_NAMED])}{more}" + (f" ({scene})" if scene else "")

    def _requests(self) -> int:
        engine = None if self._simulation is None else self._simulation.engine
        return 0 if engine is None else engine.archive.answered

    def _show_premise(self) -> None:
        if self._premise_shown or self._simulation is None or self._simulation.engine is None:
            return
        self._premise_shown = True
        start = Moment(step=0, time=0.0, start=self._simulation.start)
        for event in self._simulation.engine.archive.events(step=0):
            if event.text:
                self.console.print(event_line(event, start))


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
