"""The command line."""

from gamemaster.cli.command_line import main

__all__ = ["main"]
