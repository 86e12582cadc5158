"""The report is one file: self-contained, the same for the same run, with nothing of the run in its markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from gamemaster import load_run
from gamemaster.record import Archive
from gamemaster.report.viewer import write_report
from gamemaster.report.viewer.page import SCRIPTS, script, scripts, style
from gamemaster.report.viewer.window import read_window, window_of
from gamemaster.words import BadInput
from tests.simulation.village import build_village


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def blocks(path: Path) -> dict[str, Any]:
    found = re.findall(r'<script type="application/octet-stream" data-name="([^"]+)">([^<]*)</script>', path.read_text())
    return {name: json.loads(zlib.decompress(base64.b64decode(packed))) for name, packed in found}


def test_equal_runs_give_equal_files_with_no_path_and_no_address_in_them(archive: Archive, village: Path, tmp_path: Path) -> None:
    one = write_report(archive, tmp_path / "one.html").read_bytes()
    with load_run(village) as run:
        assert run.report(tmp_path / "two.html").read_bytes() == one
    held = json.dumps(blocks(tmp_path / "one.html"))
    assert str(village) not in held
    assert b"http:" not in one.replace(b"http://www.w3.org/2000/svg", b"")
    assert b"https:" not in one
    assert not list(tmp_path.glob(".*"))


def test_the_policy_names_our_script_and_style_and_nothing_else(archive: Archive, tmp_path: Path) -> None:
    page = write_report(archive, tmp_path / "run.html").read_text()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    for text, kind in ((script(), "script"), (style(), "style")):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy
        assert text in page
    assert "default-src 'none'" in policy and "connect-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.index("Content-Security-Policy") < page.index("<style")


def test_attacks_are_no_markup(attacked: Path, tmp_path: Path) -> None:
    with Archive.open(attacked) as archive:
        page = write_report(archive, tmp_path / "run.html").read_text()
    tags = Page(page).tags
    run = [given for tag, given in tags if tag == "script" and "type" not in given]
    data = [given for tag, given in tags if tag == "script" and "type" in given]
    assert run == [{}]
    assert all(set(each) == {"type", "data-name"} for each in data)
    assert {tag for tag, _ in tags} == {
        "html",
        "head",
        "meta",
        "title",
        "link",
        "style",
        "body",
        "div",
        "p",
        "noscript",
        "script",
    }
    assert not [name for _, given in tags for name in given if name.startswith("on")]
    assert "window.attacked" not in page


def test_scripts_never_write_markup_and_each_stands_in_the_page() -> None:
    held = dict(scripts())
    assert set(held) == set(SCRIPTS)
    for name, text in held.items():
        for forbidden in (
            "innerHTML",
            "outerHTML",
            "insertAdjacent",
            "document.write",
            "eval(",
            "new Function",
            "setHTML",
            "srcdoc",
        ):
            assert forbidden not in text, (name, forbidden)
        assert "http" not in text.replace("http://www.w3.org/2000/svg", ""), name
    assert "import {" not in script()
    assert "</script" not in script()


def test_a_report_without_room_has_the_prompts_of_refusals_and_of_the_steps_asked_for(archive: Archive, tmp_path: Path) -> None:
    whole, small = tmp_path / "whole.html", tmp_path / "small.html"
    write_report(archive, whole)
    write_report(archive, small, prompts=(3, 3))
    everything, some = blocks(whole), blocks(small)
    assert everything["index"]["window"]["whole"] is True
    assert some["index"]["window"] == {"first": 3, "last": 3, "whole": False, "turns": some["index"]["window"]["turns"]}
    unlucky = {(event.step, event.actor) for event in archive.events() if event.kind in ("refusal", "failure")}
    assert unlucky
    for step, details in some["details/0"]["steps"].items():
        for call in details["calls"]:
            actor = call["what"].split("/")[1] if call["what"].startswith("resolve/") else call["who"]
            kept = step == "3" or (int(step), actor) in unlucky or "failure" in call
            assert ("sections" in call) == kept
    used = {ref for step in some["details/0"]["steps"].values() for call in step["calls"] for ref in call.get("sections", ())}
    held = [section for name, each in some.items() if name.startswith("sections/") for section in each["sections"]]
    assert used == set(range(len(held)))
    assert len({section[0] for section in held}) == len(held)


def test_a_report_keeps_to_its_size(archive: Archive, tmp_path: Path) -> None:
    whole = write_report(archive, tmp_path / "whole.html").stat().st_size
    bare = write_report(archive, tmp_path / "bare.html", most=0).stat().st_size
    half = write_report(archive, tmp_path / "half.html", most=(whole + bare) // 2).stat().st_size
    assert bare < half < whole
    assert write_report(archive, tmp_path / "again.html", most=whole * 2).read_bytes() == (tmp_path / "whole.html").read_bytes()
    index = blocks(tmp_path / "bare.html")["index"]
    assert not index["window"]["whole"]


def test_the_window_is_as_wide_as_the_room(archive: Archive) -> None:
    assert window_of(archive, room=10_000_000).whole
    narrow, wide = window_of(archive, room=4_000), window_of(archive, room=20_000)
    assert not narrow.whole and not wide.whole
    assert narrow.last < wide.last < 7
    assert window_of(archive, room=0).last == -1


@pytest.mark.parametrize(("text", "steps"), [("3", (3, 3)), (" 3-12 ", (3, 12))])
def test_steps_are_named(text: str, steps: tuple[int, int]) -> None:
    assert read_window(text) == steps


@pytest.mark.parametrize("text", ["", "x", "3-", "-3", "5-3", "1-2-3", "٣"])
def test_other_steps_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="--prompts"):
        read_window(text)


def test_a_run_in_memory_and_one_that_has_not_begun_are_reported_too(tmp_path: Path) -> None:
    with build_village().run(1) as run:
        assert blocks(run.report(tmp_path / "memory.html"))["index"]["last_step"] == 1
    with Archive.create(tmp_path / "new", configuration={"order": ["Ann"], "seed": 1}, environment={}) as archive:
        assert blocks(write_report(archive, tmp_path / "new.html"))["index"]["pages"] == []


def test_a_report_that_cannot_be_written_is_told(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="folder"):
        write_report(archive, tmp_path)
    with pytest.raises(BadInput, match="can't be written"):
        write_report(archive, tmp_path / "no" / "run.html")
    (tmp_path / "there.html").write_text("mine")
    with pytest.raises(BadInput, match="there already"):
        write_report(archive, tmp_path / "there.html", force=False)
    assert (tmp_path / "there.html").read_text() == "mine"
