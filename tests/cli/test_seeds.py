"""gamemaster run --seeds: many seeds in processes of their own, and what their metrics come to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gamemaster import load_run
from gamemaster.cli.seed_summary import estimates
from gamemaster.cli.seeds import as_options, read_seeds
from gamemaster.experiment import Interval, mean_interval, wilson
from gamemaster.words import BadInput

RUN = ("run", "commons", "--set", "policy=random", "--set", "rounds=2", "--set", "discussion=false")


def test_seeds_are_a_number_or_a_list() -> None:
    assert read_seeds("3") == [0, 1, 2]
    assert read_seeds("3", 10) == [10, 11, 12]
    assert read_seeds("4,1,9") == [4, 1, 9]
    assert read_seeds("7,") == [7]
    for wrong, said in (("0", "how many"), ("x", "a list"), ("1,2,1", "1 stands there twice"), (",", "a list"), ("-3", "a list")):
        with pytest.raises(BadInput, match=said):
            read_seeds(wrong)


def test_options_are_passed_on_as_they_were_given() -> None:
    given = as_options(model="hf:x", set=["a=1", "b=x y"], max_calls=None, concurrent=3)
    assert given == ["--model", "hf:x", "--set", "a=1", "--set", "b=x y", "--concurrent", "3"]


def test_estimates_are_made_of_numbers_and_lists_of_them() -> None:
    found = estimates(
        [
            {"a": 1, "b": [1, 2, 3], "c": True, "d": "text", "e": None, "f": [None], "g": {"x": 1}},
            {"a": 3.0, "b": [3], "c": False, "d": "text", "e": 4, "f": [None], "g": {"x": 2}},
        ]
    )
    assert list(found) == ["a", "b", "c", "e"]
    assert found["a"] == mean_interval([1, 3])
    assert found["b"] == [mean_interval([1, 3]), mean_interval([2]), mean_interval([3])]
    assert found["c"] == wilson(1, 2)
    assert found["e"] == Interval(mean=4.0, low=None, high=None, n=1)


def test_many_seeds_in_one_command_each_on_record_like_a_single_run(command: Any) -> None:
    told = command(*RUN, "--seeds", "2", "--seed", "5", "--workers", "2", "--out", "many")
    assert told.code == 0 and told.err == ""
    assert "95 % interval" in told.out and "2 of 2 seeds finished" in told.out
    command(*RUN, "--seed", "6", "--out", "one")
    with load_run("many/seed-6") as run, load_run("one") as single:
        assert run.metrics == single.metrics and run.transcript() == single.transcript()
    found = json.loads(Path("many/seeds.json").read_text(encoding="utf-8"))
    assert found["seeds"] == [5, 6] and found["failed"] == {}
    gains: list[list[int]] = []
    for seed in (5, 6):
        with load_run(f"many/seed-{seed}") as run:
            gains.append(run.metrics["gain"])
    assert [each["mean"] for each in found["metrics"]["gain"]] == [(a + b) / 2 for a, b in zip(*gains, strict=True)]

    # What is finished stays as it is; what is missing is run.
    file = Path("many/seed-5/run.sqlite")
    before = file.stat().st_mtime_ns
    again = command(*RUN, "--seeds", "5,6,7", "--out", "many", "--quiet")
    assert again.code == 0 and "3 of 3 seeds finished" in again.out
    assert file.stat().st_mtime_ns == before

    other = command("run", "commons", "--set", "policy=share", "--seeds", "5,", "--out", "many")
    assert other.code == 2 and "whose parameters is" in other.err and "--out" in other.err


def test_a_stopped_seed_goes_on(command: Any) -> None:
    command(*RUN[:2], "--set", "policy=share", "--set", "rounds=4", "--steps", "3", "--seed", "1", "--out", "many/seed-1")
    told = command(*RUN[:2], "--set", "policy=share", "--set", "rounds=4", "--seeds", "1,", "--out", "many")
    assert told.code == 0 and "1 of 1 seeds finished" in told.out
    with load_run("many/seed-1") as run:
        assert run.metrics["survival_time"] == 4


def test_a_seed_that_fails_is_named_and_takes_no_other_with_it(command: Any, market: str) -> None:
    told = command("run", market, "--set", "policy=buy", "--set", "breaks_at=2", "--seeds", "2", "--out", "many")
    assert told.code == 1
    assert "seed 0 failed" in told.out and "seed 1 failed" in told.out
    assert "0 of 2 seeds finished" in told.out and "Failed: seeds 0, 1" in told.out


def test_bad_input_is_told_before_anything_runs(command: Any) -> None:
    for arguments, said in (
        (("--seeds", "many"), "--seeds many"),
        (("--seeds", "2", "--set", "rounds=0"), "rounds"),
        (("--seeds", "2", "--model", "gpt"), "gpt"),
    ):
        told = command("run", "commons", *arguments)
        assert told.code == 2 and said in told.err
    assert not Path("runs").exists()


def test_a_dry_run_runs_nothing(command: Any) -> None:
    told = command(*RUN, "--seeds", "3", "--dry-run")
    assert told.code == 0 and "one of 3 runs, seeds 0, 1, 2" in told.out
    assert not Path("runs").exists()
