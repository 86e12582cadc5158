"""profile_files: people in files, YAML or JSON, and back.

The one idea: what was written is read again as it was, by a file's ending; what another program wrote is known by its
content. A profile in a file has a name; one file may hold one person, or a list of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from gamemaster.components.profile import Profile, profile_of
from gamemaster.components.profile_smallville import is_scratch, profile_of_scratch
from gamemaster.components.profile_tinytroupe import is_tinytroupe, profile_of_tinytroupe
from gamemaster.components.profile_yaml import from_yaml, to_yaml
from gamemaster.words import DefinitionError

__all__ = ["read_profile", "read_profiles", "write_profile", "write_profiles"]

_YAML, _JSON = (".yaml", ".yml"), (".json",)


def read_profile(path: str | Path) -> Profile:
    """The one person in a YAML or JSON file: this library's own, TinyTroupe's, or Generative Agents' scratch.json.

    Raises: DefinitionError or UnknownName that names the file and every field that is unknown, missing or wrong.
    """
    found = read_profiles(path)
    if len(found) != 1:
        raise DefinitionError(f"{path} holds {len(found)} people; one is wanted: read them all with read_profiles.")
    return found[0]


def read_profiles(path: str | Path) -> list[Profile]:
    """All people in a file, in its order. Raises: as `read_profile`, and for two people of one name."""
    where = str(path)
    value = _content(Path(path))
    if not isinstance(value, list):
        return [_profile(value, where)]
    people = [_profile(each, f"{where}, person {at}") for at, each in enumerate(cast("list[Any]", value), start=1)]
    names = [each.name for each in people]
    for name in names:
        if names.count(name) > 1:
            raise DefinitionError(f"{where} holds two people named {name!r}; give each a name of its own.")
    return people


def write_profile(profile: Profile, path: str | Path) -> None:
    """Write one person to a file that ends in .yaml, .yml or .json, what is known alone. Raises: DefinitionError."""
    _write(_known(profile), Path(path))


def write_profiles(profiles: Iterable[Profile], path: str | Path) -> None:
    """Write people to a file, as a list. Raises: DefinitionError."""
    _write([_known(each) for each in profiles], Path(path))


def _profile(value: Any, where: str) -> Profile:
    if not isinstance(value, Mapping):
        raise DefinitionError(f"{where} holds a {type(value).__name__}; a person is written as fields: name, age, …")
    fields = cast("Mapping[str, Any]", value)
    if is_tinytroupe(fields):
        return profile_of_tinytroupe(fields, where)
    if is_scratch(fields):
        return profile_of_scratch(fields, where)
    given = {name: each for name, each in fields.items() if each is not None}
    return profile_of(given, where=where, needs=("name",))


def _known(profile: Profile) -> dict[str, Any]:
    if not profile.name:
        raise DefinitionError("A person without a name can't be written to a file; give the profile a name.")
    return profile.model_dump(mode="json", exclude_defaults=True)


def _content(path: Path) -> Any:
    if path.suffix not in _YAML + _JSON:
        raise DefinitionError(f"{path} ends in {path.suffix!r}; people stand in files that end in .yaml, .yml or .json.")
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise DefinitionError(f"{path} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise DefinitionError(f"{path} is no text in UTF-8.") from None
    if path.suffix in _YAML:
        return from_yaml(text, str(path))
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DefinitionError(f"{path} is no whole JSON file: {error}.") from None


def _write(value: Any, path: Path) -> None:
    if path.suffix not in _YAML + _JSON:
        raise DefinitionError(f"{path} ends in {path.suffix!r}; write people to a file that ends in .yaml, .yml or .json.")
    text = to_yaml(value) if path.suffix in _YAML else json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    try:
        path.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise DefinitionError(f"{path} can't be written: {error.strerror}.") from None
