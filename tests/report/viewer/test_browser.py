"""The viewer in a browser: what a person sees, and what may never run."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from gamemaster.record import Archive
from gamemaster.report.viewer import write_report
from gamemaster.report.viewer.server import ViewServer
from gamemaster.report.viewer.stepping import Stepping
from gamemaster.simulation import load_run
from tests.report.viewer.attacks import ATTACKS
from tests.simulation.village import build_village

VIEWS = ("overview", "story", "agent", "world", "relations", "memories", "measures", "costs", "failures")


class Window:
    """A page in the browser, with all that it complained of."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.said: list[str] = []
        page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(f"error: {error.message}"))
        page.on("dialog", lambda dialog: self.said.append(f"dialog: {dialog.message}"))
        page.on("request", self._asked)
        self.asked: list[str] = []

    def _asked(self, request: Any) -> None:
        if not request.url.startswith("data:"):
            self.asked.append(request.url)

    def open(self, url: str) -> None:
        self.page.goto(url)
        self.page.wait_for_selector("html[data-ready]", timeout=20_000)

    def go(self, address: str, wait: str = "main h1") -> None:
        """Go to a view of the page that is open, and wait until it is there."""
        self.page.evaluate("document.querySelector('main').replaceChildren()")
        self.page.evaluate(
            "address => { if (location.hash === address) dispatchEvent(new Event('hashchange')); else location.hash = address }",
            address,
        )
        self.page.wait_for_selector(wait, timeout=20_000)

    def text(self, selector: str = "main") -> str:
        return str(self.page.locator(selector).first.inner_text())

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def wait(self, expression: str, given: Any = None) -> None:
        # The page's own policy refuses the evaluation that wait_for_function does in it.
        until = time.monotonic() + 20
        while not self.page.evaluate(expression, given):
            assert time.monotonic() < until, expression
            self.page.wait_for_timeout(20)


def barn_at(archive: Archive, step: int) -> int:
    fields: Any = archive.states(step)["world"][1]["fields"]
    return int(fields["barn"])


@contextmanager
def opened(browser: Any, width: int = 1280) -> Generator[Window]:
    context = browser.new_context(viewport={"width": width, "height": 900})
    try:
        yield Window(context.new_page())
    finally:
        context.close()


@pytest.fixture(scope="module")
def report(village: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "village.html"
    with load_run(village) as run:
        return write_report(run.archive, path).as_uri()


@pytest.mark.parametrize("width", [1280, 390])
def test_every_view_opens_without_complaint_at_every_width(browser: Any, report: str, width: int) -> None:
    with opened(browser, width) as window:
        window.open(report)
        for view in VIEWS:
            window.go(f"#/{view}")
            assert window.page.evaluate("document.querySelectorAll('main h1').length") == 1, view
            window.wait("!document.querySelector('main').textContent.includes('Counting …')")
            assert "can’t be shown" not in window.text(), view
            assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
            assert window.page.locator("nav a[aria-current=page]").count() == 1
            fields = "[...document.querySelectorAll('input, select, textarea, button')]"
            unnamed = f"{fields}.filter(e => !(e.labels?.length || e.textContent.trim() || e.ariaLabel)).length"
            assert window.page.evaluate(unnamed) == 0, view
        assert window.said == []
        assert len(window.asked) == 1


def test_a_run_that_has_not_begun_is_shown(browser: Any, tmp_path: Path) -> None:
    configuration = {"order": ["Ann"], "seed": 1, "model": "embedded", "schedule": "Simultaneous", "language": "en"}
    with Archive.create(tmp_path / "new", configuration=configuration, environment={}) as archive:
        url = write_report(archive, tmp_path / "new.html").as_uri()
    with opened(browser) as window:
        window.open(url)
        for address in [*(f"#/{view}" for view in VIEWS), "#/event/1/event/0", "#/call/1/Ann/actor/act/0", "#/agent/Nobody"]:
            window.go(address)
            assert "Cannot read" not in window.text(), address
        assert window.said == []


def test_an_event_leads_to_its_cause_its_recalls_and_its_prompts(browser: Any, report: str, archive: Archive) -> None:
    refusal = next(each for each in archive.events(kind="refusal") if each.attempt_id)
    delayed = next(each for each in archive.events(kind="effect") if each.actor)
    with opened(browser) as window:
        window.open(f"{report}#/event/{refusal.id}")
        assert "Why it was refused" in window.text()
        assert refusal.text in window.text(".cause")
        assert refusal.actor in window.text(".attempt")
        prompt = next(each for each in archive.calls(step=refusal.step, who=refusal.actor) if each.key.component == "actor")
        window.page.locator(".attempt > .calls a").last.click()
        window.page.wait_for_selector(".section.question")
        assert prompt.prompt.call in window.text(".section.question")
        for section in prompt.prompt.sections:
            assert section.text.split("\n")[0] in window.text()
        assert window.page.locator("[class*=' rate-']").count() >= len(prompt.prompt.sections)
        window.go(f"#/event/{delayed.id}", ".cause")
        window.page.locator(".cause li a").first.click()
        window.wait("id => !location.hash.endsWith(id)", delayed.id)
        step, recall = next((step, each) for step, each in archive.recalls() if each.hits and each.phase == "act")
        window.go(f"#/agent/{recall.who}?step={step}", ".day .think")
        window.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        texts = {each.id: each.text for each in archive.memories()}
        assert (
            texts[recall.hits[0].id][:40] in window.page.locator("main").inner_text() or window.page.locator(".recall a").count()
        )
        assert f"{recall.hits[0].score:.2f}" in window.page.locator(".recall").first.text_content()
        assert window.said == []


def test_keys_filters_and_search_find_their_way(browser: Any, report: str, archive: Archive) -> None:
    told = [each for each in archive.events() if each.text]
    with opened(browser) as window:
        window.open(f"{report}#/story")
        window.page.wait_for_selector(".row")
        at = "Number(document.querySelector('.row.selected')?.dataset.at ?? -1)"
        window.press("j")
        window.wait(f"{at} >= 0")
        first = window.page.evaluate(at)
        window.press("j", "j", "k")
        window.wait(f"{at} === {first + 1}")
        window.press("Enter")
        window.page.wait_for_selector(".cause")
        before = window.page.evaluate("location.hash")
        window.press("j")
        window.wait("before => location.hash !== before", before)
        window.press("u")
        window.page.wait_for_selector(".row.selected")
        window.press("/")
        window.page.keyboard.type("bell")
        wanted = sum("bell" in f"{each.text} {each.actor} {each.place} {each.action}".lower() for each in told)
        assert wanted
        window.wait("count => document.querySelector('.count').textContent.startsWith(count + ' event')", wanted)
        assert "q=bell" in window.page.evaluate("location.hash")
        assert window.page.locator("mark").count()
        refused = next(each.actor for each in told if each.kind == "refusal")
        window.go(f"#/story?kind=refusal&agent={refused}", ".count")
        both = sum(each.kind == "refusal" and each.actor == refused for each in told)
        window.wait("count => document.querySelector('.count').textContent.startsWith(count + ' event')", both)
        holder = archive.memories()[0].holder
        window.go(f"#/memories/{holder}?q=zzzz", ".count")
        window.wait("document.querySelector('.count').textContent.startsWith('0 memories')")
        window.press("?")
        assert window.page.locator("dialog[open]").count() == 1
        assert window.said == []


def test_the_world_is_shown_as_it_was_with_its_history(browser: Any, report: str, archive: Archive) -> None:
    with opened(browser) as window:
        window.open(f"{report}#/world?step=2&q=barn")
        window.page.wait_for_selector("table.world")
        assert str(barn_at(archive, 2)) in window.text("table.world")
        window.page.locator("table.world button").first.click()
        window.page.wait_for_selector(".history li")
        values = [barn_at(archive, step) for step in range(8)]
        changes = 1 + sum(a != b for a, b in pairwise(values))
        assert window.page.locator(".history li").count() == changes
        theme = "document.documentElement.dataset.theme"
        for wish in ("dark", "light"):
            window.page.emulate_media(color_scheme=wish)
            window.page.wait_for_selector(f'html[data-theme="{wish}"]', timeout=5000)  # until one is chosen, the machine's own
        window.page.evaluate("document.querySelector('button[aria-label=\"Light or dark\"]').click()")
        assert window.page.evaluate(theme) == "dark"
        window.page.emulate_media(color_scheme="dark")
        window.page.emulate_media(color_scheme="light")
        assert window.page.evaluate(theme) == "dark", "what was chosen stays"
        assert window.said == []


def test_attacks_are_shown_and_never_run(browser: Any, attacked: Path, tmp_path: Path) -> None:
    assert len(ATTACKS) >= 200
    with Archive.open(attacked) as archive:
        url = write_report(archive, tmp_path / "attacked.html").as_uri()
        names = list(archive.phases[-1].configuration["order"])
    with opened(browser) as window:
        window.open(url)
        ours = window.page.evaluate("document.querySelectorAll('script').length")
        window.page.evaluate("window.told = ''")
        addresses = [f"#/{view}" for view in VIEWS] + [f"#/event/1/event/{n}" for n in range(0, len(ATTACKS), 24)]
        for address in [
            *addresses,
            "#/relations?q=window",
            "#/story?q=script",
            "#/world?step=2&q=script",
            "#/nowhere/<img src=x onerror=window.attacked=1>",
        ]:
            window.go(address)
            _open_all(window)
            _is_whole(window, ours, address)
        for name in names:
            window.page.evaluate("name => { location.hash = '#/agent/' + encodeURIComponent(name) + '?step=1' }", name)
            window.page.wait_for_timeout(150)
            window.page.evaluate("name => { location.hash = '#/memories/' + encodeURIComponent(name) }", name)
            window.page.wait_for_timeout(150)
            _is_whole(window, ours, name)
        window.go("#/failures", ".call, main a[href^='#/call/']")
        window.page.evaluate("document.querySelector(\"main a[href^='#/call/']\").click()")
        window.page.wait_for_selector(".section.question")
        _is_whole(window, ours, "a call")
        told = window.page.evaluate("window.told")
        assert window.said == []
        for shown in (
            "U+202E",
            "U+2028",
            "U+0000",
            "U+FEFF",
            "<script>window.attacked=1</script>",
            "javascript:window.attacked=1",
        ):
            assert shown in told
        assert len(window.asked) == 1
        # And were there a hole, the policy would still hold.
        refused = "text => { try { document.body.innerHTML = text; return false } catch { return true } }"
        assert window.page.evaluate(refused, "<img src=x onerror=window.attacked=1>")
        assert window.page.evaluate("fetch('http://127.0.0.1:1/').then(() => false, () => true)")
        assert window.page.evaluate("window.attacked === undefined")


def _open_all(window: Window) -> None:
    window.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    window.page.wait_for_timeout(60)


def _is_whole(window: Window, ours: int, where: str) -> None:
    """Nothing ran, and there is no element that isn't ours."""
    found = window.page.evaluate(
        """ours => {
            window.told += document.body.innerText;
            const wrong = [];
            const asks = ["src", "srcdoc", "action", "formaction", "xlink:href"];
            const foreign = /^(iframe|object|embed|img|base|video|audio|marquee|math|template|animate|foreignobject)$/i;
            if (window.attacked !== undefined) wrong.push("it ran");
            if (document.querySelectorAll("script").length !== ours) wrong.push("a script more");
            for (const each of document.querySelectorAll("*")) {
                for (const name of each.getAttributeNames()) {
                    if (name.startsWith("on") || asks.includes(name)) wrong.push(each.tagName + " " + name);
                }
                const link = each.getAttribute("href");
                if (each.tagName !== "LINK" && link !== null && !link.startsWith("#")) wrong.push(link);
                if (foreign.test(each.tagName)) wrong.push(each.tagName);
            }
            return wrong;
        }""",
        ours,
    )
    assert found == [], where


def test_the_server_is_followed_and_ordered_from_the_page(browser: Any, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    build_village().run(2, archive=folder).close()
    stepping = Stepping(build_village(), folder, steps=12)
    server = ViewServer(folder, control=stepping)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        with opened(browser) as window:
            window.open(server.address)
            assert server.token not in window.page.evaluate("location.href")
            window.page.get_by_label("What", exact=True).fill("The mill is <b>shut</b>.")
            window.page.get_by_role("button", name="Tell before the next step").click()
            window.page.get_by_text("will be told").wait_for(timeout=20_000)
            window.page.get_by_role("button", name="One step").click()
            window.wait("document.querySelector('.panel').textContent.includes('step 3 of 12')")
            window.go("#/story?kind=intervention", ".row")
            window.wait("[...document.querySelectorAll('.row')].some(e => e.textContent.includes('The mill is <b>shut</b>.'))")
            window.go("#/story", ".row")
            stepping.order({"do": "step"})
            window.wait("document.querySelector('.status').textContent.includes('4 steps')")
            assert window.said == []
            assert all(url.startswith(server.address.partition("#")[0]) for url in window.asked)
    finally:
        server.stop()
        thread.join()
        stepping.close()
