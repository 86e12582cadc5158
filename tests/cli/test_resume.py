"""gamemaster resume: what it goes on with, and what it leaves alone."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from gamemaster import load_run
from gamemaster.record import canonical_export


def exported(folder: str) -> bytes:
    stream = BytesIO()
    with load_run(folder) as run:
        canonical_export(run.archive, stream)
    return stream.getvalue()


def test_a_lengthened_run_is_the_run_in_one_go(command: Any, market: str) -> None:
    command("run", market, "--set", "policy=random", "--steps", "6", "--quiet", "--out", "whole")
    command("run", market, "--set", "policy=random", "--steps", "2", "--quiet", "--out", "parts")
    assert command("resume", "parts", market, "--steps", "4", "--quiet").code == 0
    told = command("resume", "parts", market, "--steps", "6")
    assert told.code == 0
    assert "[5 00:04]" in told.out and "[4 00:03]" not in told.out and "[0 " not in told.out
    assert exported("parts") == exported("whole")


def test_a_finished_run_is_left_as_it_is(command: Any, market: str) -> None:
    command("run", market, "--set", "policy=buy", "--steps", "2", "--quiet", "--out", "a")
    before = Path("a/run.sqlite").read_bytes()
    told = command("resume", "a")
    assert told.code == 0
    assert "It is finished" in told.out and "--steps" in told.out
    assert Path("a/run.sqlite").read_bytes() == before


def test_a_failed_run_goes_on_once_its_source_is_mended(command: Any, market: str, tmp_path: Path) -> None:
    file = tmp_path / "market.py"
    source = Path(market).read_text()
    file.write_text(source)
    command("run", str(file), "--set", "policy=buy:2", "--set", "breaks_at=6", "--quiet", "--out", "a b")
    assert "the scales broke" in Path(market).read_text()
    file.write_text(source.replace('raise ZeroDivisionError("the scales broke")', "pass"))
    told = command("resume", "a b", str(file))
    assert told.code == 0
    assert "has changed since the run began" in told.err
    with load_run("a b") as run:
        assert (run.status, run.last_step) == ("finished", 6)  # the number of steps asked for first


def test_what_fails_names_its_place_and_the_command_that_goes_on(command: Any, market: str) -> None:
    told = command("run", market, "--set", "policy=buy:2", "--set", "breaks_at=6", "--quiet", "--out", "a b")
    assert told.code == 1
    for wanted in ("ZeroDivisionError: the scales broke", "Market.buy by Ann", "scene 'market'", "stands at step 1"):
        assert wanted in told.err
    assert f"gamemaster resume 'a b' {market}" in told.err
    with load_run("a b") as run:
        assert (run.status, run.last_step) == ("failed", 1)


def test_a_run_from_a_file_needs_the_file_again(command: Any, market: str) -> None:
    command("run", market, "--set", "policy=buy", "--steps", "2", "--quiet", "--out", "a")
    told = command("resume", "a", "--steps", "4")
    assert told.code == 2
    assert f"gamemaster resume a {market}" in told.err


def test_another_scenario_is_refused(command: Any, market: str, tea: str) -> None:
    command("run", market, "--set", "policy=buy", "--steps", "2", "--quiet", "--out", "a")
    told = command("resume", "a", tea, "--steps", "4")
    assert told.code == 2
    assert "'market'" in told.err and "'tea'" in told.err


def test_fewer_steps_than_there_are_is_an_error(command: Any, market: str) -> None:
    command("run", market, "--set", "policy=buy", "--steps", "3", "--quiet", "--out", "a")
    told = command("resume", "a", market, "--steps", "2")
    assert told.code == 2 and "3 steps already" in told.err
