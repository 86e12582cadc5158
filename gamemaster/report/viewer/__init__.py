"""The viewer: a run to be read in a browser, as one file from disk (`write_report`) or served on this machine (`server`)."""

from gamemaster.report.viewer.report_file import write_report

__all__ = ["write_report"]
