"""Progress in a notebook: one output, written anew, in the cell that made it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from gamemaster import Agent, Scripted, Simulation
from gamemaster.report import ConsoleProgress, NotebookProgress, show_progress
from gamemaster.words import BadInput, StepFailed
from tests.words.test_static_html import read

display = pytest.importorskip("IPython.display")


class ZMQInteractiveShell:
    """As a kernel's shell is called."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, Any]] = []


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> ZMQInteractiveShell:
    found = ZMQInteractiveShell()

    def shows(what: Any, *, display_id: bool) -> SimpleNamespace:
        assert display_id
        found.shown.append(("new", what._repr_html_()))
        return SimpleNamespace(update=lambda what: found.shown.append(("update", what._repr_html_())))

    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: found)
    monkeypatch.setattr("IPython.get_ipython", lambda: found)
    monkeypatch.setattr("IPython.display.display", shows)
    return found


def late() -> Simulation:
    return Simulation([Agent("Ann", actor=Scripted(lambda view: "<script>x</script>"))])


def test_there_is_one_output_and_it_is_written_anew(shell: ZMQInteractiveShell) -> None:
    now = iter(range(1000))
    run = late().run(3, progress=NotebookProgress(clock=lambda: float(next(now))))
    kinds = [kind for kind, _ in shell.shown]
    assert kinds[0] == "new" and set(kinds[1:]) == {"update"}
    told = [read(html) for _, html in shell.shown]
    assert any("step 2 of 3" in each and "left" in each and "thinking: Ann" in each for each in told)
    assert "3 steps, finished (3 steps)" in told[-1] and "100 %" in told[-1] and "Ann: <script>x</script>" in told[-1]
    assert run.last_step == 3


def test_it_is_not_written_more_often_than_anybody_can_read(shell: ZMQInteractiveShell) -> None:
    late().run(50, progress=NotebookProgress(clock=lambda: 5.0))
    assert len(shell.shown) == 3  # when it was made, when the run began, when it ended


def test_show_progress_takes_what_fits(shell: ZMQInteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(show_progress(), NotebookProgress)
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    assert isinstance(show_progress(), ConsoleProgress)


def test_outside_of_a_notebook_it_says_so() -> None:
    with pytest.raises(BadInput, match="show_progress"):
        NotebookProgress()


def test_a_run_that_fails_leaves_how_far_it_came(shell: ZMQInteractiveShell) -> None:
    def fails(view: Any) -> str:
        if view.moment.step == 3:
            raise ValueError("no voice")
        return "Yes."

    simulation = Simulation([Agent("Ann", actor=Scripted(fails))])
    with pytest.raises(StepFailed, match="no voice"):
        simulation.run(5, progress=NotebookProgress(clock=lambda: 5.0))
    assert "ended after step 2 of 5" in read(shell.shown[-1][1])
