"""A run in a notebook: as static HTML, as pandas frames, and while it goes on."""

from gamemaster.report.notebook.frame import FRAMES, frame
from gamemaster.report.notebook.listing import Listing
from gamemaster.report.notebook.notebook_progress import NotebookProgress
from gamemaster.report.notebook.run_html import run_html

__all__ = ["FRAMES", "Listing", "NotebookProgress", "frame", "run_html"]
