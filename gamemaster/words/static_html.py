r"""Static HTML: things as a notebook shows them: tables and lists of facts, nothing that runs.

The one idea: what is shown is text, whoever wrote it. Each text goes through `shown`, which escapes what HTML would read and
writes as an escape (`\u202e`) whatever hides or reorders text or moves a terminal. There are no scripts, links, images or
classes; the few styles stand in the tags, and colours are the page's own, so that it is readable in light and dark.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

__all__ = ["facts_html", "shown", "table_html"]

# Control characters but for line break and tab; marks that hide or reorder text, tags, annotations, halves of characters.
_HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    r"\U000e0000-\U000e007f]"
)
_CELL = 300
"""How many characters of a cell are shown."""

_BLOCK = "text-align:left;vertical-align:top;white-space:pre-wrap;overflow-wrap:break-word;max-width:60em"


def shown(value: object, most: int | None = None) -> str:
    """The value as text that is safe between tags and in attributes; cut after `most` characters. None is a dash."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        text = value
    elif isinstance(value, float):
        text = f"{value:.6g}"
    elif isinstance(value, dict | list | tuple):
        text = json.dumps(value, ensure_ascii=False, default=str)
    else:
        text = str(value)
    if most is not None and len(text) > most:
        text = f"{text[:most]}…"
    return html.escape(_HIDDEN.sub(_escape, text), quote=True)


def table_html(headings: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "", more: int = 0) -> str:
    """A table; each cell is cut after 300 characters. `more` is how many rows there are that aren't shown."""
    caption = f'<caption style="text-align:left;font-weight:bold">{shown(title)}</caption>' if title else ""
    head = "".join(f'<th style="text-align:left">{shown(each)}</th>' for each in headings)
    body = "".join("<tr>" + "".join(f'<td style="{_BLOCK}">{shown(cell, _CELL)}</td>' for cell in row) + "</tr>" for row in rows)
    rest = f'<p style="opacity:0.7">… and {more:,} more</p>' if more else ""
    return f"<div><table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}</div>"


def facts_html(title: str, facts: Iterable[tuple[str, Any]], *below: str) -> str:
    """A title, facts as name and value (each value whole), and below them other pieces of this module, as they are."""
    body = "".join(
        f'<tr><th style="text-align:left;vertical-align:top">{shown(name)}</th><td style="{_BLOCK}">{shown(value)}</td></tr>'
        for name, value in facts
    )
    return f'<div><p style="font-weight:bold">{shown(title)}</p><table><tbody>{body}</tbody></table>{"".join(below)}</div>'


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
