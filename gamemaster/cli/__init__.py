"""The command line."""

from gamemaster.cli.main import main

__all__ = ["main"]
