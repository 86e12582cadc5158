"""check_form: whether what an archive says that its run was made from has the form that is relied on.

An archive may come from anyone. What is read of its configuration later, by a hundred places, is checked here once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from gamemaster.words import ArchiveDamaged

__all__ = ["check_form"]


def check_form(configuration: Mapping[str, Any], *, where: str) -> None:
    """Raises: ArchiveDamaged, naming the entry that has another form, and `where` it stands."""
    for name, fits in _FORM.items():
        value = configuration.get(name)
        if not fits(value):
            raise ArchiveDamaged(
                f"{where} says that its {name} is {str(value)[:60]!r}, which can't be. It was changed or damaged."
            )


def _is_names(value: object) -> bool:
    if not isinstance(value, list) or not value:
        return False
    names = cast("list[object]", value)
    return all(isinstance(each, str) for each in names) and len(set(map(str, names))) == len(names)


def _is_named(value: object, *names: str) -> bool:
    """Whether it is an object that has texts under these names."""
    return isinstance(value, dict) and all(isinstance(cast("dict[str, object]", value).get(name), str) for name in names)


def _is_scenario(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    held = cast("dict[str, object]", value)
    return isinstance(held.get("name"), str | None) and isinstance(held.get("parameters", {}), dict)


def _is_moment(value: object) -> bool:
    if value is None:
        return True
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


_FORM: dict[str, Callable[[object], bool]] = {
    "scenario": _is_scenario,
    "seed": lambda value: type(value) is int,
    "model": lambda value: isinstance(value, str),
    "order": _is_names,
    "agents": lambda value: isinstance(value, dict),
    "game_master": lambda value: _is_named(value, "name"),
    "start": _is_moment,
}
