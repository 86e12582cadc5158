"""The server shows the run to its own page alone, and takes orders with the token alone."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import sqlite3
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gamemaster.report.viewer.contents import Contents
from gamemaster.report.viewer.server import Control, ViewServer
from gamemaster.simulation import load_run
from gamemaster.words import ArchiveError, BadInput
from tests.simulation.village import build_village


class Orders:
    def __init__(self) -> None:
        self.given: list[Mapping[str, Any]] = []

    def state(self) -> Mapping[str, Any]:
        return {"phase": "paused"}

    def order(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        if order.get("do") == "no":
            raise BadInput("That can't be done.")
        self.given.append(order)
        return {"phase": "stepping"}


@contextmanager
def serving(folder: Path, control: Control | None = None) -> Generator[ViewServer]:
    server = ViewServer(folder, control=control)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


def ask(server: ViewServer, path: str, *, method: str = "GET", body: str | None = None, **headers: str) -> tuple[int, Any, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        text = answer.read().decode()
        return answer.status, answer.headers, json.loads(text) if "json" in answer.headers["Content-Type"] else text
    finally:
        connection.close()


def test_it_serves_the_page_and_all_there_is(village: Path) -> None:
    with load_run(village) as run, serving(village) as server:
        status, headers, page = ask(server, "/")
        assert status == 200
        assert 'data-mode="served"' in page
        assert "connect-src 'self'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        contents = Contents(run.archive)
        for name in ["index", *contents.names()]:
            assert ask(server, f"/data/{name}")[::2] == (200, json.loads(json.dumps(contents.make(name)))), name
        call = next(iter(run.archive.calls()))
        shown = ask(server, "/data/details/0")[2]["steps"]["1"]["calls"][0]
        sections = ask(server, "/data/sections/" + ",".join(shown["sections"]))[2]["sections"]
        assert [each[2] for each in sections] == [each.text for each in call.prompt.sections]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "", "[::1]:{port}"])
def test_another_name_is_not_answered(village: Path, host: str) -> None:
    with serving(village) as server:
        status, _, answer = ask(server, "/data/index", Host=host.format(port=server.port))
        assert status == 421
        assert "scenario" not in answer
        assert ask(server, "/data/index", Host=f"localhost:{server.port}")[0] == 200
        assert ask(server, "/data/index", Origin="http://evil.example")[0] == 421


def test_it_listens_on_this_machine_alone(village: Path) -> None:
    with serving(village) as server:
        address = server._http.server_address
        assert address[0] == "127.0.0.1"
        assert server.address == f"http://127.0.0.1:{server.port}/"
        with pytest.raises(BadInput, match="--port"):
            ViewServer(village, port=server.port)


@pytest.mark.parametrize(
    "path",
    [
        "/run.sqlite",
        "/../run.sqlite",
        "/data/../run.sqlite",
        "/data/%2e%2e/run.sqlite",
        "//etc/passwd",
        "/data/",
        "/data/events/99",
        "/data/sections/x",
        "/data/events/1e9",
    ],
)
def test_it_knows_no_folders(village: Path, path: str) -> None:
    with serving(village) as server:
        status, _, answer = ask(server, path)
        if path.endswith("/x"):
            assert (status, answer) == (200, {"sections": []})
        else:
            assert status in (400, 404)
            assert str(village) not in answer["error"]


def test_orders_need_the_token(village: Path) -> None:
    orders = Orders()
    with serving(village, orders) as server:
        form = {"Content_Type": "application/json"}
        step = json.dumps({"do": "step"})
        assert server.token in server.address
        assert server.token not in ask(server, "/")[2]
        for given in ({}, {"X_Gamemaster_Token": ""}, {"X_Gamemaster_Token": server.token[:-1]}, {"X_Gamemaster_Token": "é"}):
            assert ask(server, "/control", method="POST", body=step, **form, **given)[0] == 403
        token = {"X_Gamemaster_Token": server.token}
        assert ask(server, "/control", method="POST", body=step, Content_Type="text/plain", **token)[0] == 400
        for wrong in ("{", "[]", "3", "[" * 20_000):
            assert ask(server, "/control", method="POST", body=wrong, **form, **token)[0] == 400
        assert not orders.given
        assert ask(server, "/control", method="POST", body=step, **form, **token)[::2] == (200, {"phase": "stepping"})
        assert orders.given == [{"do": "step"}]
        refused = ask(server, "/control", method="POST", body='{"do":"no"}', **form, **token)
        assert refused[::2] == (400, {"error": "That can't be done."})


def test_without_control_nothing_is_ordered(village: Path) -> None:
    with serving(village) as server:
        assert server.token == ""
        status, _, answer = ask(
            server, "/control", method="POST", body="{}", Content_Type="application/json", X_Gamemaster_Token=""
        )
        assert status == 404
        assert "--control" in answer["error"]
        assert ask(server, "/data/pulse")[2]["control"] is None


def test_a_run_that_goes_on_is_followed(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    steps = build_village().steps(4, archive=folder)
    next(steps)
    with serving(folder) as server:
        assert ask(server, "/data/pulse")[2]["last_step"] == 1
        before = ask(server, "/data/index")[2]
        next(steps)
        assert ask(server, "/data/pulse")[2] == {
            "last_step": 2,
            "status": "running",
            "stopped_by": "",
            "control": None,
            "note": "",
        }
        after = ask(server, "/data/index")[2]
        assert (before["last_step"], after["last_step"]) == (1, 2)
        more = ask(server, "/data/outline/1")[2]
        assert set(more["step"]) == {2}
        list(steps)
        assert ask(server, "/data/index")[2]["status"] == "finished"


def test_an_archive_that_is_damaged_is_told_and_the_server_lives(village: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(village, folder)
    with pytest.raises(ArchiveError, match="There is no folder"):
        ViewServer(tmp_path / "nothing")
    with sqlite3.connect(folder / "run.sqlite") as database:
        database.execute("UPDATE events SET witnesses = 'x' WHERE step = 1")
    database.close()
    with serving(folder) as server:
        status, _, answer = ask(server, "/data/details/0")
        assert status == 400
        assert "damaged" in answer["error"] or "readable" in answer["error"]
        assert ask(server, "/data/pulse")[0] == 200


def test_what_is_no_request_is_survived(village: Path) -> None:
    with serving(village) as server:
        for sent in (b"\x00\xff\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
                assert b" 200 " not in connection.recv(4096).partition(b"\r\n")[0]
        assert ask(server, "/data/pulse")[0] == 200
