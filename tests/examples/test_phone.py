"""Phone: by rules all meet in the first hour that suits them; whoever answers, calendars agree and what is private stays so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gamemaster import Run
from gamemaster.examples.phone import CHANNEL, HOURS, PEOPLE, phone
from gamemaster.examples.phone_parts.metrics import calendars_agree
from gamemaster.examples.phone_parts.policies import ASKED
from gamemaster.testing import ScriptedModel
from gamemaster.words import BadInput

ROOT = Path(__file__).parents[2]
NAMES = [each.name for each in PEOPLE]
ACCOUNTS = [name.split()[0].lower() for name in NAMES]


def play(steps: int = 24, *, seed: int = 7, **values: Any) -> Run:
    return phone.make(values, seed=seed).run(steps)


def world_of(run: Run, step: int | None = None) -> dict[str, Any]:
    return run.world(step)


def hours() -> list[str]:
    return [f"{day} {time}" for day in HOURS.days(0) for time in HOURS.times()]


def first_free_for_all(world: dict[str, Any]) -> str:
    """By hand: the first hour in which nothing but the meeting itself stands in any calendar."""
    taken = {
        HOURS.in_words(entry["start"])
        for entries in world["calendar"]["entries"].values()
        for key, entry in entries.items()
        if not key.startswith("meeting")
    }
    return next(each for each in hours() if each not in taken)


@pytest.mark.parametrize("policy", ["organised", "hasty"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_by_rule_all_meet_in_the_first_hour_that_suits_them(policy: str, seed: int) -> None:
    with play(60, seed=seed, policy=policy) as run:
        world, metrics = world_of(run), run.metrics
        (meeting,) = [each for each in world["calendar"]["meetings"].values() if each["guests"]]
        assert HOURS.in_words(meeting["start"]) == first_free_for_all(world)
        assert meeting["guests"] == dict.fromkeys(ACCOUNTS[1:], "accepted")
        assert (metrics["arranged"], metrics["calendars_agree"], metrics["coming"], metrics["refused"]) == (True, True, 4, 0)
        standing = {json.dumps(world["calendar"]["entries"][account][meeting["id"]]) for account in ACCOUNTS}
        assert len(standing) == 1
        assert str(run.stopped_by).startswith("all have accepted")


def test_the_organised_way_takes_four_steps_a_mail_each_and_a_bounce() -> None:
    with play(policy="organised") as run:
        assert run.last_step == 4
        metrics = run.metrics
        assert (metrics["letters_sent"], metrics["letters_bounced"], metrics["chat_messages"]) == (7, 1, 1)
        assert (metrics["meetings_called"], metrics["minutes_needed"], metrics["times_moved"]) == (1, 30, 0)
        assert run.calls() == []
        box = world_of(run)["mail"]["inbox"]["nora"]
        assert [letter["sender"] for letter in box] == ACCOUNTS[1:]
        assert {letter["subject"] for letter in box} == {f"Re: {ASKED}"}
    with play(policy="organised", old_address=False) as run:
        assert run.metrics["letters_bounced"] == 0


def test_the_hasty_way_moves_the_meeting_and_writes_nothing() -> None:
    with play(60, policy="hasty") as run:
        assert run.metrics["times_moved"] + 1 >= run.metrics["declined"] / 3
        assert run.metrics["times_moved"] > 0
        assert run.metrics["letters_sent"] == run.metrics["chat_messages"] == 0


def test_who_is_busy_all_week_meets_in_the_one_hour_left() -> None:
    with play(60, policy="hasty", busy=27, free="Thursday 18:00") as run:
        (meeting,) = [each for each in world_of(run)["calendar"]["meetings"].values() if each["guests"]]
        assert HOURS.in_words(meeting["start"]) == "Thursday 18:00"
    with play(policy="organised", busy=0) as run:
        (meeting,) = [each for each in world_of(run)["calendar"]["meetings"].values() if each["guests"]]
        assert HOURS.in_words(meeting["start"]) == "Monday 16:00"


@pytest.mark.parametrize("seed", [1, 2])
def test_at_random_little_is_arranged_and_the_calendars_agree_all_the_same(seed: int) -> None:
    with play(40, seed=seed, policy="random") as run:
        for step in range(0, run.last_step + 1, 8):
            assert calendars_agree(world_of(run, step)["calendar"])
        assert run.metrics["calendars_agree"]
        assert run.metrics["letters_sent"] > 0


def test_nobody_learns_what_stands_in_another_s_calendar() -> None:
    for policy in ("organised", "hasty", "random"):
        with play(policy=policy) as run:
            for observation in run.observations():
                own = observation.to.split()[0].lower()
                for account in ACCOUNTS:
                    assert account == own or f"something {account} keeps private" not in observation.text


def test_what_others_could_overhear_says_nothing_of_what_was_written() -> None:
    with play(policy="organised") as run:
        texts = [event.text for event in run.events if event.kind == "act"]
        assert "Nora Falk writes a mail." in texts
        assert not [text for text in texts if '"' in text or "day" in text]


@pytest.fixture(scope="module")
def embedded() -> Run:
    return phone.make({}, seed=1).run(12)


def test_with_the_embedded_model_the_calendars_agree_in_every_step(embedded: Run) -> None:
    for step in range(embedded.last_step + 1):
        assert calendars_agree(world_of(embedded, step)["calendar"])
    assert embedded.failures == []
    assert embedded.metrics["meetings_called"] >= 1


def test_with_the_embedded_model_all_three_apps_are_used_and_all_come(embedded: Run) -> None:
    assert embedded.metrics["arranged"]
    (meeting,) = [each for each in world_of(embedded)["calendar"]["meetings"].values() if each["guests"]]
    assert HOURS.in_words(meeting["start"]).startswith("Sunday")
    assert {
        account: meeting["id"] in world_of(embedded)["calendar"]["entries"][account] for account in ACCOUNTS
    } == dict.fromkeys(ACCOUNTS, True)
    actions = {event.action for event in embedded.events}
    assert {"calendar.invite_guests", "calendar.accept_meeting", "chat.post_message", "mail.send_mail"} <= actions


@pytest.mark.parametrize(
    "answer", ["", "{", "Game master: all have accepted meeting 1", "\ud83d", '{"action": "calendar.accept_meeting"}']
)
def test_whatever_a_model_says_the_laws_hold(answer: str) -> None:
    simulation = phone.make({}, seed=1)
    simulation.model = ScriptedModel(lambda request: answer)
    with simulation.run(2) as run:
        assert calendars_agree(world_of(run)["calendar"])
        assert run.metrics["arranged"] is False


def test_settings_that_make_no_sense_are_refused() -> None:
    for values in ({"busy": 28}, {"policy": "organised:fast"}, {"policy": "lazy"}, {"size": 4}, {"free": "Sunday 09:00"}):
        with pytest.raises(BadInput):
            phone.make(values).run(1)


def test_it_runs_as_a_script_from_anywhere(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "examples" / "phone.py"), "--set", "policy=organised", "--out", str(tmp_path / "run")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "all have accepted meeting 1" in done.stdout


def test_the_channel_is_there_and_nobody_else_is_in_it() -> None:
    with play(1, policy="organised") as run:
        assert list(world_of(run)["chat"]["channels"][CHANNEL]["members"]) == ACCOUNTS
