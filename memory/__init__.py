"""gamemaster.memory"""

if __name__ == "memory":
    raise ImportError("Import this package by its public name: gamemaster.memory.")
