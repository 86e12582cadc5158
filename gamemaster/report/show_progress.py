"""show_progress: the progress that fits where it is shown: in a notebook's cell, on a terminal, or as plain lines."""

from __future__ import annotations

import sys
from typing import Any

from gamemaster.report.console import ConsoleProgress
from gamemaster.report.notebook.notebook_progress import NotebookProgress
from gamemaster.report.run_standing import Prices
from gamemaster.report.terminal import open_console
from gamemaster.simulation import Progress

__all__ = ["show_progress"]


def show_progress(*, prices: Prices = None) -> Progress:
    """Something to give a run: `simulation.run(steps=20, progress=show_progress())`.

    In a notebook it is one output that is written anew; elsewhere it is what the command line shows. `prices` say what tokens
    cost, for the cost so far.
    """
    return NotebookProgress(prices=prices) if _in_notebook() else ConsoleProgress(open_console(), prices=prices)


def _in_notebook() -> bool:
    """Whether a kernel runs this; IPython in a terminal is a terminal."""
    module: Any = sys.modules.get("IPython")
    shell = None if module is None else module.get_ipython()
    return shell is not None and type(shell).__name__ not in ("TerminalInteractiveShell", "InteractiveShell")
