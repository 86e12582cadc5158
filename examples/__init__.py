"""Example scenarios: a file each, to be run by name, and to be read."""

if __name__ == "examples":
    raise ImportError("Import this package by its public name: gamemaster.examples.")
