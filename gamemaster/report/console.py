"""ConsoleProgress: a run as somebody at the console follows it.

On a terminal a few lines at the bottom tell how far the run is, how fast, at what cost and who thinks, and the events go by
above them. Elsewhere there is one plain line an event. It only looks: what it shows depends on the clock, what happens in the
run does not.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from gamemaster.agent import Human
from gamemaster.report.event_lines import event_line
from gamemaster.report.run_standing import Prices, RunStanding
from gamemaster.simulation import Run, Simulation, Step
from gamemaster.words import Ask, Moment

__all__ = ["ConsoleProgress"]

_BAR = 20


class ConsoleProgress:
    """Shows a run on `console`; a context manager, so that the terminal is as it was whatever happens in between.

    It implements `Progress`, and is called from the run's loop. `prices` say what tokens cost, for the cost so far.
    """

    def __init__(self, console: Console, *, prices: Prices = None) -> None:
        self.console = console
        self.standing = RunStanding(prices=prices)
        self._simulation: Simulation | None = None
        self._live: Live | None = None
        self._premise_shown = False

    def __enter__(self) -> ConsoleProgress:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self, simulation: Simulation, steps: int) -> None:
        """Note where the run stands; on a terminal, show the lines at the bottom."""
        assert simulation.engine is not None
        self._simulation = simulation
        self._premise_shown = simulation.engine.archive.last_step is not None
        self.standing.begin(simulation, steps)
        # Who types an answer needs the last line of the terminal.
        typing = any(isinstance(agent.actor, Human) for agent in simulation.agents)
        if self.console.is_terminal and not self.console.is_dumb_terminal and self.console.file.isatty() and not typing:
            self._live = Live(get_renderable=self.status, console=self.console, refresh_per_second=5, transient=True)
            self._live.start()

    def asked(self, moment: Moment, asks: Sequence[Ask]) -> None:
        """Remember who is asked; what happened before anybody was asked is shown now."""
        self.standing.asked(moment, asks)
        self._show_premise()

    def step(self, step: Step) -> None:
        """Show the events of a step."""
        for event in step.events:
            if event.text:
                self.console.print(event_line(event, step.moment))
        self.standing.step(step)

    def end(self, run: Run) -> None:
        """Take the lines at the bottom away."""
        self.close()

    def close(self) -> None:
        """The same; once is enough."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def status(self) -> RenderableType:
        """The lines at the bottom as they are now; each is cut where the terminal ends."""
        filled = int(_BAR * self.standing.share)
        bar = Text("━" * filled, style="green").append("━" * (_BAR - filled), style="bright_black")
        first = bar.append(" ").append(self.standing.how_far(), style="default")
        first.no_wrap, first.overflow = True, "ellipsis"
        below = [each for each in (self.standing.how_fast(), self.standing.who_thinks()) if each]
        return Group(first, *(Text(each, style="dim", no_wrap=True, overflow="ellipsis") for each in below))

    def _show_premise(self) -> None:
        if self._premise_shown or self._simulation is None or self._simulation.engine is None:
            return
        self._premise_shown = True
        start = Moment(step=0, time=0.0, start=self._simulation.start)
        for event in self._simulation.engine.archive.events(step=0):
            if event.text:
                self.console.print(event_line(event, start))
