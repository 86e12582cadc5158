"""Page: the one HTML page, its style and scripts inlined, under a policy that lets nothing else run.

The one idea: nothing of a run stands in the page as markup. What a run holds comes compressed and in base64, whose letters
mean nothing to HTML, and the scripts show it as text alone; the policy names our style and script by their digests.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from gamemaster.record.json_text import to_json

__all__ = ["SCRIPTS", "block", "end_of_page", "policy", "script", "scripts", "start_of_page", "style"]

SCRIPTS = (
    "text",
    "source",
    "run",
    "scroll",
    "charts",
    "route",
    "frame",
    "parts",
    "overview",
    "story",
    "event",
    "agent",
    "call",
    "world",
    "graph",
    "relations",
    "memories",
    "costs",
    "failures",
    "measures",
    "control",
    "keys",
    "main",
)
"""The scripts, each an ES module of that name, in the order in which they are put together."""

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?function|const|class) (\w+)", re.MULTILINE)


@cache
def style() -> str:
    """The style sheet."""
    return _read("viewer.css")


@cache
def script() -> str:
    """All scripts as one: each module a function's body, its exports what that returns, its imports taken from there."""
    return '"use strict";\n(() => {\n' + "".join(_module(name) for name in SCRIPTS) + "})();\n"


def policy(*, served: bool) -> str:
    """The content security policy: our script and style by digest, no other, and no address but, where served, our own."""
    connect = "'self'" if served else "'none'"
    framed = "; frame-ancestors 'none'" if served else ""
    return (
        f"default-src 'none'; script-src '{_digest(script())}'; style-src '{_digest(style())}'; img-src data:; "
        f"connect-src {connect}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
        f"trusted-types 'none'{framed}"
    )


def start_of_page(*, served: bool) -> str:
    """The page up to where blocks of data may stand."""
    # A policy in the page counts only for what comes behind it, so it stands first; a server says it in a header.
    meta = "" if served else f'<meta http-equiv="Content-Security-Policy" content="{policy(served=False)}">\n'
    return (
        f'<!doctype html>\n<html lang="en" data-mode="{"served" if served else "file"}">\n<head>\n<meta charset="utf-8">\n{meta}'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        '<title>Gamemaster</title>\n<link rel="icon" href="data:,">\n'
        f"<style>{style()}</style>\n</head>\n<body>\n"
        '<div id="app"><p class="loading" role="status">Opening the run …</p></div>\n'
        "<noscript><p>This page shows a run of a simulation. It needs JavaScript, and loads nothing from anywhere.</p>"
        "</noscript>\n"
    )


def end_of_page() -> str:
    """The page behind the blocks."""
    return f"<script>{script()}</script>\n</body>\n</html>\n"


def block(name: str, value: Any) -> str:
    """A block of data: JSON, compressed, in base64; `name` is one of our own."""
    packed = base64.b64encode(zlib.compress(to_json(value).encode(), 6)).decode("ascii")
    return f'<script type="application/octet-stream" data-name="{name}">{packed}</script>\n'


def scripts() -> Iterator[tuple[str, str]]:
    """Each script by name, as it stands in the package."""
    for name in SCRIPTS:
        yield name, _read(f"{name}.js")


def _module(name: str) -> str:
    text = _read(f"{name}.js")
    exports = ", ".join(found[2] for found in _EXPORT.finditer(text))
    body = _EXPORT.sub(r"\1 \2", _IMPORT.sub(r"const {\1} = $\2;", text))
    return f"const ${name} = (() => {{\n{body}return {{ {exports} }};\n}})();\n"


def _read(name: str) -> str:
    return (files("gamemaster.report.viewer.static") / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
