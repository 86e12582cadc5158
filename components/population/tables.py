"""tables: marginals and conditional tables as users write them, checked and turned into arrays.

The one idea: all that is wrong with a table is said here, with the variable and the category, before anything is computed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from gamemaster.words import DefinitionError, UnknownName

__all__ = ["Axes", "Category", "Conditional", "Floats", "Marginal", "label_of", "read_axes", "read_conditional", "read_marginals"]

Category: TypeAlias = str | int | range
"""What a variable may be: a word, a number, or a range of whole numbers of which one is drawn: `range(18, 35)`."""

Marginal: TypeAlias = Mapping[str, float] | Mapping[int, float] | Mapping[range, float] | Mapping[Category, float]
Axes: TypeAlias = Mapping[str, tuple[Category, ...]]
"""The variables in order, each with its categories in order."""

Floats: TypeAlias = NDArray[np.float64]

_SLACK = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional:
    """How `of` is distributed among those of each category of `given`, one variable or several.

    `table` has a distribution for each category of `given` (a tuple of categories for several); one that isn't there is
    left open: `Conditional(of="work", given="age", table={range(18, 25): {"student": 0.6, "baker": 0.4}})`.
    """

    of: str
    given: str | tuple[str, ...]
    table: Mapping[Any, Marginal]

    @property
    def given_names(self) -> tuple[str, ...]:
        """The variables that it is given."""
        return (self.given,) if isinstance(self.given, str) else tuple(self.given)


def label_of(category: Category) -> str:
    """A category in words: range(18, 35) is "18-34"."""
    return f"{category[0]}-{category[-1]}" if isinstance(category, range) else str(category)


def read_axes(marginals: Mapping[str, Marginal], conditionals: Sequence[Conditional]) -> Axes:
    """The variables: those with a marginal, then those that only a conditional tells of. Raises: DefinitionError."""
    axes: dict[str, tuple[Category, ...]] = {}
    for name, marginal in marginals.items():
        _check_categories(name, marginal)
        axes[name] = tuple(marginal)
    for each in conditionals:
        if each.of not in axes:
            axes[each.of] = tuple(dict.fromkeys([category for row in each.table.values() for category in row]))
    if not axes:
        raise DefinitionError("A population needs at least one marginal: {'age': {range(18, 65): 0.8, range(65, 90): 0.2}}.")
    for each in conditionals:
        for name in each.given_names:
            if name not in axes:
                raise UnknownName.of("variable", name, axes, hint=f"(given in the conditional of {each.of!r}; give its marginal)")
        if each.of in each.given_names or not each.table or len(set(each.given_names)) < len(each.given_names):
            raise DefinitionError(f"The conditional of {each.of!r} is given {each.given!r}; give others, and a table with rows.")
    return axes


def _check_categories(name: str, marginal: Marginal) -> None:
    if not marginal:
        raise DefinitionError(f"The marginal of {name!r} has no categories.")
    for category in marginal:
        if isinstance(category, range) and (not len(category) or category.step != 1):
            raise DefinitionError(f"The category {category!r} of {name!r} is no range of whole numbers that has any.")
    if len({label_of(each) for each in marginal}) < len(marginal):
        raise DefinitionError(
            f"The marginal of {name!r} has two categories that read alike: {[label_of(each) for each in marginal]}."
        )


def read_marginals(marginals: Mapping[str, Marginal]) -> dict[str, Floats]:
    """The share of each category, by variable.

    A marginal is shares that sum to 1, or counts (whole numbers that sum to more); all counts must come to one total.
    Raises: DefinitionError that names the variable and the sum.
    """
    shares: dict[str, Floats] = {}
    totals: dict[str, float] = {}
    for name, marginal in marginals.items():
        values = _values(f"The marginal of {name!r}", marginal)
        total = math.fsum(values)
        if total > 1 and all(float(value).is_integer() for value in values):
            totals[name] = total
        elif abs(total - 1) > _SLACK:
            raise DefinitionError(
                f"The marginal of {name!r} sums to {total:.6g}; shares sum to 1, and counts are whole numbers. "
                "Mend it, or divide each by the sum."
            )
        shares[name] = np.array(values, np.float64) / total
    if len(set(totals.values())) > 1:
        said = ", ".join(f"{name!r} comes to {total:g}" for name, total in totals.items())
        raise DefinitionError(
            f"The marginals count different numbers of people: {said}. Give counts of the same people, or shares."
        )
    return shares


def read_conditional(each: Conditional, axes: Axes) -> Floats:
    """The table as an array over (given ..., of); rows that are left open are not-a-number. Raises: DefinitionError."""
    names = each.given_names
    out = np.full([len(axes[name]) for name in (*names, each.of)], np.nan)
    for row, marginal in each.table.items():
        key = cast("tuple[Category, ...]", row if isinstance(row, tuple) else (row,))
        if len(key) != len(names):
            raise DefinitionError(f"The conditional of {each.of!r} has the row {row!r}; a row is a category of each of {names}.")
        where = f"The conditional of {each.of!r} given {_cell(names, key)}"
        place = tuple(_at(axes[name], category, name, where) for name, category in zip(names, key, strict=True))
        values = _values(where, marginal)
        if abs(math.fsum(values) - 1) > _SLACK:
            raise DefinitionError(f"{where} sums to {math.fsum(values):.6g}; it must sum to 1.")
        out[place] = 0.0
        for category, value in zip(marginal, values, strict=True):
            out[(*place, _at(axes[each.of], category, each.of, where))] = value / math.fsum(values)
    return out


def _cell(names: Sequence[str], key: Sequence[Category]) -> str:
    return ", ".join(f"{name}={label_of(category)}" for name, category in zip(names, key, strict=True))


def _at(categories: Sequence[Category], category: Category, name: str, where: str) -> int:
    if category not in categories:
        known = ", ".join(label_of(each) for each in categories)
        raise DefinitionError(f"{where} has the category {label_of(category)!r} of {name!r}; the known ones are {known}.")
    return categories.index(category)


def _values(where: str, marginal: Marginal) -> list[float]:
    for category, value in marginal.items():
        if isinstance(value, bool) or not 0 <= value < math.inf:
            raise DefinitionError(f"{where} has {value!r} for {label_of(category)!r}; it must be a number from 0 on.")
    return [float(value) for value in marginal.values()]
