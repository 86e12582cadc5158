"""gamemaster.examples"""

if __name__ == "examples":
    raise ImportError("Import this package by its public name: gamemaster.examples.")
