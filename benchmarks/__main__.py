"""The table of all benchmarks, or of those named."""

from benchmarks.command_line import main

if __name__ == "__main__":
    raise SystemExit(main())
