"""How often the right actions with the right arguments come of attempts in words, for any model and beside two baselines."""

from benchmarks.grounding.attempts import CATEGORIES, HALVES, Item, MadeUpWorld, load_half

__all__ = ["CATEGORIES", "HALVES", "Item", "MadeUpWorld", "load_half"]
