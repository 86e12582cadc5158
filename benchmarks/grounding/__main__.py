"""The scores of the grounding benchmark."""

from benchmarks.grounding.command_line import main

if __name__ == "__main__":
    raise SystemExit(main())
