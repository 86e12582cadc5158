"""`python -m gamemaster` is the command `gamemaster`."""

from gamemaster.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
