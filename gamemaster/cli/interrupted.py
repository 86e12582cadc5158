"""Interrupted: a run that a signal ended, with how to go on."""

from __future__ import annotations

__all__ = ["INTERRUPTED", "TERMINATED", "Interrupted", "exit_code"]

INTERRUPTED, TERMINATED = 130, 143
"""128 and the signal's number, as shells have it: SIGINT, SIGTERM."""


class Interrupted(Exception):
    """The run was ended by a signal; the message says where it stands and which command goes on, `code` how to exit."""

    def __init__(self, message: str, *, code: int = INTERRUPTED) -> None:
        self.code = code
        super().__init__(message)


def exit_code(status: str, stopped_by: str) -> int | None:
    """The code with which the command that made the run exited; None while it goes on, or where it was killed."""
    if status == "running":
        return None
    if status == "failed" or stopped_by.startswith("TooManyFailures"):
        return 1
    if stopped_by.startswith("interrupt"):
        return INTERRUPTED
    return TERMINATED if stopped_by.startswith("SIGTERM") else 0
