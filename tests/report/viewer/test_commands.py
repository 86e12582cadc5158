"""gamemaster report and gamemaster view, as they are typed."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gamemaster import load_run
from gamemaster.cli import main
from gamemaster.scenarios import find_scenario
from tests.simulation.village import build_village

MARKET = str(Path(__file__).parents[2] / "cli" / "scenarios" / "market.py")


@contextmanager
def viewing(*arguments: str) -> Generator[tuple[subprocess.Popen[str], list[str]]]:
    """`gamemaster view` in a process of its own, with what it has printed once it serves."""
    command = [sys.executable, "-m", "gamemaster", "view", *arguments, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ}) as process:
        assert process.stdout is not None
        try:
            said = [process.stdout.readline(), process.stdout.readline()]
            yield process, said
        finally:
            if process.poll() is None:
                process.kill()


def fetched(address: str, path: str, *, token: str = "", body: str | None = None) -> Any:
    found = re.fullmatch(r"http://([\d.:]+)/.*", address)
    assert found is not None
    connection = http.client.HTTPConnection(found[1], timeout=30)
    headers = {"Content-Type": "application/json", "X-Gamemaster-Token": token}
    connection.request("GET" if body is None else "POST", path, body, headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def test_a_report_is_written_and_not_over_another(
    village: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["report", str(village), "-o", "run.html"]) == 0
    assert "run.html" in capsys.readouterr().out
    first = Path("run.html").read_bytes()
    assert main(["report", str(village), "-o", "run.html"]) == 2
    assert "--force" in capsys.readouterr().err
    assert main(["report", str(village), "-o", "run.html", "--force"]) == 0
    assert Path("run.html").read_bytes() == first
    assert [each.name for each in tmp_path.iterdir()] == ["run.html"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["report", "nowhere"], "nowhere"),
        (["report", "{run}", "-o", "no/run.html"], "no/run.html"),
        (["report", "{run}", "-o", "run.html", "--prompts", "9-1"], "--prompts"),
        (["view", "nowhere"], "nowhere"),
        (["view", "{run}", "--steps", "3"], "--control"),
        (["view", "{run}", "--port", "99999"], "port"),
        (["view", "{run}", "--control"], "more"),
        (["view", "{run}", "--control", "--steps", "2"], "--steps 2"),
        (["view", "{run}", "--control", "--steps", "99"], "built by hand"),
    ],
)
def test_bad_input_is_told(
    village: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([each.format(run=village) for each in arguments]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert "Traceback" not in told.err
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_view_serves_until_it_is_ended(village: Path) -> None:
    with viewing(str(village)) as (process, said):
        address = said[0].split()[-1]
        assert address.startswith("http://127.0.0.1:")
        assert fetched(address, "/data/pulse")["last_step"] == 7
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_view_with_control_goes_on_with_a_run_and_leaves_it_resumable(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    find_scenario(MARKET).make({"policy": "buy"}).run(2, archive=folder).close()
    with viewing(str(folder), MARKET, "--control", "--steps", "9") as (process, said):
        address = said[0].split()[-1]
        token = address.partition("token=")[2]
        assert len(token) > 20
        assert "alone" in said[1]
        state = fetched(address, "/control", token=token, body='{"do": "tell", "text": "Rain.", "to": null}')
        assert state["waiting"]
        fetched(address, "/control", token=token, body='{"do": "step"}')
        while fetched(address, "/data/pulse")["last_step"] < 3:
            pass
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    with load_run(folder) as run:
        assert (run.last_step, run.status) == (3, "stopped")
        assert [event.text for event in run.events if event.kind == "intervention"] == ["Rain."]
    assert main(["resume", str(folder), MARKET, "--steps", "4", "--quiet"]) == 0


def test_view_with_control_of_a_run_that_goes_on_elsewhere_shows_it_only(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    steps = build_village().steps(5, archive=folder)
    next(steps)
    with viewing(str(folder), "--control") as (process, said):
        address = said[0].split()[-1]
        assert "token" not in address
        pulse = fetched(address, "/data/pulse")
        assert pulse["control"] is None
        assert "only shown" in pulse["note"]
        next(steps)
        assert fetched(address, "/data/pulse")["last_step"] == 2
        process.terminate()
        process.wait(20)
    del steps
