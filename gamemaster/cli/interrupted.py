"""Interrupted: a run that Ctrl-C ended, with how to go on."""

from __future__ import annotations

__all__ = ["Interrupted"]


class Interrupted(Exception):
    """The run was ended by Ctrl-C; the message says where it stands and which command goes on."""
