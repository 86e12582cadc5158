"""Offers from the lines in which prompts show them, so that a world can be written down as what a reader sees of it.

The one idea: `OfferedAction.line` backwards. Only the forms that the two halves use are read; anything else is an error, and
a test holds that each line comes back as it was.
"""

from __future__ import annotations

import re

from gamemaster.world import OfferedAction, OfferedParameter

__all__ = ["offer_of"]

_LINE = re.compile(r"^([\w.]+)\((.*)\): (.+)$")
_PARAMETER = re.compile(r"(\w+): (.+?)(?=, \w+: |$)")
_LEFT_OUT = " (may be left out)"
_BOUNDS = re.compile(r"^(whole number|number)(?: from (\S+) to (\S+)| of at least (\S+))?$")


def offer_of(line: str) -> OfferedAction:
    """The offer that `line` shows. Raises: ValueError for a line of another form."""
    match = _LINE.match(line)
    if match is None:
        raise ValueError(f"{line!r} is no line of an action; it reads `name(parameter: domain): Sentence.`")
    parameters = tuple(_parameter(*each) for each in _PARAMETER.findall(match[2]))
    return OfferedAction(name=match[1], description=match[3], parameters=parameters)


def _parameter(name: str, domain: str) -> OfferedParameter:
    optional = domain.endswith(_LEFT_OUT)
    domain = domain.removesuffix(_LEFT_OUT)
    if domain == "text":
        return OfferedParameter(name=name, type="text", free_text=True, optional=optional)
    if domain == "yes or no":
        return OfferedParameter(name=name, type="yes or no", optional=optional)
    bounds = _BOUNDS.match(domain)
    if bounds is not None:
        low, high = bounds[2] or bounds[4], bounds[3]
        return OfferedParameter(
            name=name,
            type="whole number" if bounds[1] == "whole number" else "number",
            low=None if low is None else float(low),
            high=None if high is None else float(high),
            optional=optional,
        )
    return OfferedParameter(name=name, type="text", options=tuple(domain.split("|")), optional=optional)
