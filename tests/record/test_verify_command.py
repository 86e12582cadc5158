"""gamemaster verify: what it prints and returns; laws are checked by installed code or the file given, never by an archive's."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from gamemaster.cli import main
from gamemaster.record import Archive
from gamemaster.record.verify import examine
from gamemaster.simulation.laws import laws_of
from tests.record.hostile import forge
from tests.simulation.market import build_market

MARKET = Path(__file__).parents[1] / "cli" / "scenarios" / "market.py"


def change(folder: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(folder / "run.sqlite", isolation_level=None)
    connection.execute(statement, values)
    connection.close()


@pytest.fixture
def commons(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    assert main(["run", "commons", "--set", "policy=take:12", "--set", "discussion=false", "--out", str(folder), "--quiet"]) == 0
    return folder


def test_a_whole_run(commons: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["verify", str(commons)]) == 0
    told = capsys.readouterr().out
    assert "whole; steps 0 to 3, no problem found" in told
    assert "all laws hold" in told
    assert main(["verify", str(commons), "--no-laws"]) == 0
    assert "Laws: not checked" in capsys.readouterr().out


def test_damage_is_told_and_saved(commons: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(commons, "UPDATE events SET text = 'x' WHERE step = 2")
    capsys.readouterr()
    assert main(["verify", str(commons)]) == 1
    told = capsys.readouterr().out
    assert "Step 2 is not what was committed" in told
    assert "1 problem; steps 0 to 1 are whole" in told
    assert "--salvage OUT" in told
    saved = tmp_path / "saved"
    assert main(["verify", str(commons), "--salvage", str(saved)]) == 0
    assert f"{saved}: steps 0 to 1 of {commons}; 2 of its steps" in capsys.readouterr().out
    assert main(["verify", str(saved)]) == 0
    assert main(["resume", str(saved), "--quiet"]) == 0
    assert main(["verify", str(commons), "--salvage", str(saved)]) == 2


def test_the_laws_of_a_file_are_checked_when_it_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, folder = MARKET, tmp_path / "run"
    assert main(["run", str(file), "--set", "policy=buy:2", "--out", str(folder), "--quiet"]) == 0
    capsys.readouterr()
    assert main(["verify", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "Laws: not checked; the scenario came from a file" in told
    assert main(["verify", str(folder), "--laws"]) == 2
    assert main(["verify", str(folder), str(file)]) == 0
    assert "all laws hold" in capsys.readouterr().out


def test_an_archive_names_no_code(commons: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evil, canary = tmp_path / "evil.py", tmp_path / "canary"
    evil.write_text(f"open({str(canary)!r}, 'w')\n")
    connection = sqlite3.connect(commons / "run.sqlite")
    (text,) = connection.execute("SELECT value FROM meta WHERE key = 'configuration'").fetchone()
    connection.close()
    held = json.loads(text)
    held["scenario"]["name"] = str(evil)
    change(commons, "UPDATE meta SET value = ? WHERE key = 'configuration'", json.dumps(held))
    forge(commons)
    for command in (["verify"], ["verify", "--laws"], ["resume"]):
        main([command[0], str(commons), *command[1:]])
        assert not canary.exists()
    capsys.readouterr()


def test_a_state_in_which_a_law_does_not_hold(tmp_path: Path) -> None:
    """Somebody has changed the world and made every digest fit: only the laws can tell."""
    with build_market().run(2, archive=tmp_path / "run"):
        pass
    with Archive.open(tmp_path / "run") as archive:
        found = examine(archive, laws=laws_of(build_market()))
        assert (found.problems, found.broken_laws, found.sound) == ((), (), 2)
        assert found.checked_states >= 2
        version, state = archive.states(0)["world"]
    assert isinstance(state["fields"], dict)
    state["fields"]["coins"] = {"Ann": "many"}
    change(tmp_path / "run", "UPDATE keyframes SET state = ? WHERE part = 'world' AND step = 0", json.dumps(state))
    change(tmp_path / "run", "DELETE FROM changes WHERE part = 'world'")
    forge(tmp_path / "run")
    with Archive.open(tmp_path / "run") as archive:
        found = examine(archive, laws=laws_of(build_market()))
        assert found.problems == ()
        assert found.broken_laws
        assert "Step 0: The stored state doesn't fit Market" in found.broken_laws[0]
    assert version == 1


def test_coins_that_came_from_nowhere(tmp_path: Path) -> None:
    """No single state breaks the law of their sum; two of them do."""
    with build_market().run(3, archive=tmp_path / "run"):
        pass
    operation = json.dumps({"op": "replace", "path": "/fields/coins/Ann", "value": 99})
    more = "UPDATE changes SET value = json_insert(value, '$[#]', json(?)) WHERE part = 'world' AND step = 3 AND kind = 'patch'"
    change(tmp_path / "run", more, operation)
    forge(tmp_path / "run")
    with Archive.open(tmp_path / "run") as archive:
        assert archive.states(3)["world"][1]["fields"]["coins"]["Ann"] == 99  # pyright: ignore
        found = examine(archive, laws=laws_of(build_market()))
    assert found.problems == ()
    assert "conserved(coins), since step 0: The total of coins must stay the same" in found.broken_laws[0]
