"""What people look at: a run on the console."""

from gamemaster.report.console import ConsoleProgress
from gamemaster.report.console_summary import last_line, print_summary
from gamemaster.report.event_lines import event_line
from gamemaster.report.summary import Change, Summary, facts, summarize
from gamemaster.report.terminal import clean, open_console

__all__ = [
    "Change",
    "ConsoleProgress",
    "Summary",
    "clean",
    "event_line",
    "facts",
    "last_line",
    "open_console",
    "print_summary",
    "summarize",
]
