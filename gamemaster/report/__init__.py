"""What people look at: a run on the console, in a notebook, as plots; two runs side by side."""

from gamemaster.report.comparing import Comparison, Pinned, compare
from gamemaster.report.comparing_rows import Parting
from gamemaster.report.console import ConsoleProgress
from gamemaster.report.console_comparison import print_comparison
from gamemaster.report.console_summary import last_line, print_summary
from gamemaster.report.event_lines import event_line
from gamemaster.report.notebook import FRAMES, Listing, NotebookProgress, frame, run_html
from gamemaster.report.show_progress import show_progress
from gamemaster.report.summary import Change, Summary, facts, summarize
from gamemaster.report.terminal import clean, open_console
from gamemaster.report.viewer import write_report

__all__ = [
    "FRAMES",
    "Change",
    "Comparison",
    "ConsoleProgress",
    "Listing",
    "NotebookProgress",
    "Parting",
    "Pinned",
    "Summary",
    "clean",
    "compare",
    "event_line",
    "facts",
    "frame",
    "last_line",
    "open_console",
    "print_comparison",
    "print_summary",
    "run_html",
    "show_progress",
    "summarize",
    "write_report",
]
