"""View server: a run's page on this machine, read from the archive as it is asked for, while the run goes on too.

The one idea: the server reads and never writes; what may be changed goes through a `Stepping`, which runs the steps itself. It
listens on 127.0.0.1 alone, answers only to its own name (or another site's name could be pointed at it), knows no folders,
and takes an order only with the token that was printed.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import unquote, urlsplit

from gamemaster.record import Archive
from gamemaster.record.json_text import to_json
from gamemaster.record.stored import Stored
from gamemaster.report.viewer.contents import Contents
from gamemaster.report.viewer.page import end_of_page, policy, start_of_page
from gamemaster.words import BadInput, GamemasterError

__all__ = ["Control", "ViewServer"]

_LONGEST_ORDER = 1_000_000
_MOST_SECTIONS = 100
_DIGEST = re.compile(r"[0-9a-f]{1,128}")


class Control(Protocol):
    """Who steps the run and changes it between steps."""

    def state(self) -> Mapping[str, Any]:
        """How it stands, as JSON values."""
        ...

    def order(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do what is wanted, and return how it stands then. Raises: BadInput."""
        ...


class ViewServer:
    """Serves the run in `folder` on 127.0.0.1; `port` 0 takes a free one.

    `serve` serves until `stop` is called, from another thread. With a `control`, its orders are taken by POST with the `token`.
    Raises: ArchiveError when there is no run; BadInput when the port is taken.
    """

    def __init__(self, folder: str | Path, *, port: int = 0, control: Control | None = None, note: str = "") -> None:
        self.control = control
        self.note = note
        self.token = secrets.token_urlsafe(18) if control is not None else ""
        self.archive = Archive.open(folder)
        self._lock = threading.Lock()
        self._contents: Contents | None = None
        self._stands: tuple[Any, ...] = ()
        try:
            self._http = _Http(("127.0.0.1", port), _Handler)
        except OSError as error:
            self.archive.close()
            raise BadInput(f"Port {port} can't be listened on: {error.strerror}. Name another with --port.") from error
        self._http.view = self

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._http.server_address[1])

    @property
    def address(self) -> str:
        """What is opened in a browser; the token stands behind the #, which no browser sends."""
        return f"http://127.0.0.1:{self.port}/" + (f"#/control?token={self.token}" if self.token else "")

    def serve(self) -> None:
        """Serve until `stop` is called."""
        try:
            self._http.serve_forever(poll_interval=0.2)
        finally:
            self._http.server_close()
            with self._lock:
                self.archive.close()

    def stop(self) -> None:
        """End `serve`, from another thread."""
        self._http.shutdown()

    def made(self, name: str) -> Any:
        """What stands under a name, as the archive is now. Raises: ArchiveError."""
        with self._lock:
            if name.startswith("sections/"):
                return self._sections(name.removeprefix("sections/").split(","))
            if name == "pulse":
                return self._pulse()
            stands = self._standing()
            if self._contents is None or stands != self._stands:
                self._contents, self._stands = Contents(self.archive), stands
            return self._contents.make(name)

    def _pulse(self) -> dict[str, Any]:
        last = self.archive.last_step
        return {
            "last_step": -1 if last is None else last,
            "status": self.archive.status,
            "stopped_by": self.archive.stopped_by,
            "control": None if self.control is None else self.control.state(),
            "note": self.note,
        }

    def _standing(self) -> tuple[Any, ...]:
        return self.archive.last_step, self.archive.status, len(self.archive.amended)

    def _sections(self, digests: list[str]) -> dict[str, Any]:
        stored = Stored(self.archive.reader())
        wanted = [each for each in digests[:_MOST_SECTIONS] if _DIGEST.fullmatch(each)]
        found = [(digest, stored.section(digest)) for digest in wanted]
        return {"sections": [[digest, s.label, s.text, s.changes, s.kind, s.component] for digest, s in found]}


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    view: ViewServer


class _Handler(BaseHTTPRequestHandler):
    """One request. Whatever it is, the answer names no file of this machine."""

    protocol_version = "HTTP/1.1"
    server_version = "gamemaster"
    sys_version = ""

    @property
    def _view(self) -> ViewServer:
        return cast("_Http", self.server).view

    def do_GET(self) -> None:
        if not self._is_ours():
            return
        path = unquote(urlsplit(self.path).path)
        if path == "/":
            page = start_of_page(served=True) + end_of_page()
            self._send(HTTPStatus.OK, page, "text/html; charset=utf-8")
        elif path.startswith("/data/"):
            self._answer(lambda: self._view.made(path.removeprefix("/data/")))
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "There is nothing here but the run, at /.")

    def do_POST(self) -> None:
        if not self._is_ours():
            return
        control = self._view.control
        if self.path != "/control" or control is None:
            self._refuse(HTTPStatus.NOT_FOUND, "This run is only shown; start `gamemaster view DIR --control` to change it.")
            return
        given = self.headers.get("X-Gamemaster-Token", "")
        if not hmac.compare_digest(given.encode(), self._view.token.encode()):
            self._refuse(HTTPStatus.FORBIDDEN, "The token is missing or wrong; open the address that was printed.")
            return
        length = self.headers.get("Content-Length", "")
        is_json = self.headers.get("Content-Type", "").partition(";")[0].strip() == "application/json"
        if not is_json or not length.isdecimal() or int(length) > _LONGEST_ORDER:
            self._refuse(HTTPStatus.BAD_REQUEST, "An order is JSON, of at most a million bytes.")
            return
        try:
            order: object = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            self._refuse(HTTPStatus.BAD_REQUEST, "The order is no JSON.")
            return
        if not isinstance(order, dict):
            self._refuse(HTTPStatus.BAD_REQUEST, "An order is a JSON object.")
            return
        self._answer(lambda: control.order(cast("dict[str, Any]", order)))

    def _is_ours(self) -> bool:
        """Whether it is asked for under this server's own name, and by none but its own page."""
        names = {f"127.0.0.1:{self._view.port}", f"localhost:{self._view.port}"}
        origin = self.headers.get("Origin")
        if self.headers.get("Host", "") not in names or (
            origin is not None and origin not in {f"http://{name}" for name in names}
        ):
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, "This server answers on 127.0.0.1 alone.")
            return False
        return True

    def _answer(self, make: Callable[[], Any]) -> None:
        try:
            text = to_json(make())
        except BadInput as error:
            self._refuse(HTTPStatus.BAD_REQUEST, str(error))
        except GamemasterError as error:
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
        else:
            self._send(HTTPStatus.OK, text, "application/json; charset=utf-8")

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        self.close_connection = True  # what came with a refused request isn't read
        self._send(status, to_json({"error": why}), "application/json; charset=utf-8")

    def _send(self, status: HTTPStatus, text: str, kind: str) -> None:
        body = text.encode("utf-8", "replace")
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Content-Security-Policy": policy(served=True),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "X-Frame-Options": "DENY",
            "Cache-Control": "no-store",
        }
        if self.close_connection:
            headers["Connection"] = "close"
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):  # the browser has gone on
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the terminal shows the address, and the page what goes wrong."""
