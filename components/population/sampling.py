"""sample_population: people who are, taken together, as a population is known to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gamemaster.components.population.deviation import Deviation, deviation
from gamemaster.components.population.people import Person, profiles_of
from gamemaster.components.population.raking import rake
from gamemaster.components.population.rounding import whole_people
from gamemaster.components.population.tables import Conditional, Marginal
from gamemaster.components.profile import Profile
from gamemaster.words import DefinitionError, draws

__all__ = ["Population", "sample_population"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Sampled people, and how far they are from the tables that they were sampled from."""

    people: tuple[Person, ...]
    deviation: Deviation

    def profiles(self, names: Sequence[str] = ()) -> list[Profile]:
        """A profile for each person; see `profiles_of`."""
        return profiles_of(self.people, names, source="sampled from marginals")


def sample_population(
    n: int, marginals: Mapping[str, Marginal], conditionals: Sequence[Conditional] = (), *, seed: int = 0
) -> Population:
    """`n` people whose margins are those given, rounded to whole people by largest remainder.

    A marginal maps the categories of a variable to shares that sum to 1, or to counts:
    `{"age": {range(18, 40): 0.5, range(40, 80): 0.5}, "work": {"baker": 0.2, "farmer": 0.8}}`. Of a range, one number is
    drawn, each as likely as the other. `conditionals` say how one variable depends on others. The joint distribution is
    raked (`rake`), the people drawn from it by systematic sampling, and moved until the margins hold (`rounding`); then
    their order is drawn. The same seed gives the same people.

    Raises: DefinitionError for n below 1, tables that are no distributions, or that contradict each other (it names the
    cell).
    """
    if isinstance(n, bool) or n < 1:
        raise DefinitionError(f"n={n!r}; a population has at least 1 person.")
    joint = rake(marginals, conditionals)
    known = {each.names[0]: each.shares for each in joint.constraints if len(each.names) == 1}
    margins = [known[name] if name in known else joint.over([name]) for name in joint.axes]
    counts = whole_people(joint.shares, margins, n, draws(seed, "population", "offset").random())
    places = [tuple(place) for place in np.argwhere(counts > 0).tolist() for _ in range(int(counts[tuple(place)]))]
    draws(seed, "population", "order").shuffle(places)
    people = [
        {
            name: _drawn(categories[at], seed, number, name)
            for (name, categories), at in zip(joint.axes.items(), place, strict=True)
        }
        for number, place in enumerate(places)
    ]
    return Population(people=tuple(people), deviation=deviation(joint, counts))


def _drawn(category: str | int | range, seed: int, number: int, name: str) -> str | int:
    if not isinstance(category, range):
        return category
    return category[draws(seed, "population", "person", number, name).randrange(len(category))]
