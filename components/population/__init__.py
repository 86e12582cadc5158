"""Populations: people sampled from what is known of a population, or spread over a space of traits, and how alike they are."""

from gamemaster.components.population.covering import cover_traits
from gamemaster.components.population.deviation import Cell, Deviation
from gamemaster.components.population.people import profiles_of
from gamemaster.components.population.raking import Conditional
from gamemaster.components.population.sampling import Population, sample_population
from gamemaster.components.population.similar_people import Similarity, similarity

__all__ = [
    "Cell",
    "Conditional",
    "Deviation",
    "Population",
    "Similarity",
    "cover_traits",
    "profiles_of",
    "sample_population",
    "similarity",
]
