"""Placing: where the names of a network stand; the same network always gets the same picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy

__all__ = ["on_a_circle", "spread_out"]

Place = tuple[float, float]

_ROUNDS = 200
_GOLDEN = math.pi * (3 - math.sqrt(5))


def on_a_circle(names: Sequence[str]) -> dict[str, Place]:
    """The names in their order, clockwise from the top, at distance 1 from the middle; one alone stands in the middle."""
    if len(names) == 1:
        return {names[0]: (0.0, 0.0)}
    turn = 2 * math.pi / len(names)
    return {name: (math.sin(at * turn), math.cos(at * turn)) for at, name in enumerate(names)}


def spread_out(names: Sequence[str], weights: Mapping[tuple[str, str], float]) -> dict[str, Place]:
    """Whoever is joined stands near, everybody at a distance; within 1 of the middle. Costs the square of the names.

    Forces and cooling as in Fruchterman and Reingold 1991, from a spiral: without chance, and with no symmetry to be stuck in.
    """
    if len(names) < 3:
        return on_a_circle(names)
    start = {name: _on_a_spiral(place, len(names)) for place, name in enumerate(names)}
    at = {name: place for place, name in enumerate(names)}
    joined = numpy.zeros((len(names), len(names)))
    for (source, target), weight in weights.items():
        joined[at[source], at[target]] += weight
        joined[at[target], at[source]] += weight
    joined /= joined.max() or 1.0
    places = numpy.array([start[name] for name in names])
    wished = math.sqrt(4.0 / len(names))
    for step in range(_ROUNDS):
        apart = places[:, None, :] - places[None, :, :]
        distance = numpy.maximum(numpy.linalg.norm(apart, axis=2), 1e-3)
        push = wished**2 / distance**2 - joined * distance / wished
        moved = (apart * push[:, :, None]).sum(axis=1) - 0.3 * places  # and a little to the middle: nobody drifts away
        length = numpy.maximum(numpy.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
        places = places + moved / length * numpy.minimum(length, 0.2 * (1 - step / _ROUNDS))
    places = places - places.mean(axis=0)
    places = places / max(float(numpy.abs(places).max()), 1e-9)
    return {name: (float(places[place, 0]), float(places[place, 1])) for name, place in at.items()}


def _on_a_spiral(place: int, count: int) -> Place:
    radius = math.sqrt((place + 0.5) / count)
    return radius * math.cos(place * _GOLDEN), radius * math.sin(place * _GOLDEN)
