"""profile_tinytroupe: people and fragments in the files of TinyTroupe (`*.agent.json`, `*.fragment.json`).

The one idea: nothing in a file is lost. What a `Profile` has a field for goes there; all else becomes a fragment, with
its place in the file as its origin. Words such as "High. Very curious." on one of the Big Five become a level and a remark.

The format is that of https://github.com/microsoft/TinyTroupe: {"type": "TinyPerson" | "Fragment", "persona": {...}}.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from gamemaster.components.profile import BIG_FIVE, Fragment, Profile, profile_of
from gamemaster.words import DefinitionError

__all__ = ["is_tinytroupe", "profile_of_tinytroupe", "read_fragments"]

_LEVELS = {"very low": 0.1, "low": 0.3, "medium": 0.5, "moderate": 0.5, "average": 0.5, "high": 0.7, "very high": 0.9}
_TAKEN = {"name", "age", "nationality", "style", "long_term_goals", "goals", "beliefs", "relationships"}
_INSIDE = {"personality": ("traits", "big_five"), "behaviors": ("routines",)}
_FACTS = ("gender", "residence", "education", "health")


def is_tinytroupe(value: Mapping[str, Any]) -> bool:
    """Whether this looks like a file of TinyTroupe."""
    return "type" in value and isinstance(value.get("persona"), dict)


def profile_of_tinytroupe(value: Mapping[str, Any], where: str) -> Profile:
    """The person in an agent's file. Raises: DefinitionError for a fragment, or a person without a name."""
    if value["type"] != "TinyPerson":
        raise DefinitionError(
            f"{where} holds a {value['type']}, which is no whole person; add it to one with "
            "profile.with_fragments(read_fragments(path))."
        )
    persona: dict[str, Any] = dict(value["persona"])
    occupation: Any = persona.get("occupation") or ""
    job: dict[str, Any] = cast("dict[str, Any]", occupation) if isinstance(occupation, dict) else {"title": occupation}
    personality: dict[str, Any] = _mapping(persona.get("personality"), f"{where}, personality")
    routines = _mapping(_mapping(persona.get("behaviors"), f"{where}, behaviors").get("routines"), f"{where}, routines")
    given = {
        "name": persona.get("name"),
        "description": job.get("description") or "",
        "age": persona.get("age"),
        "nationality": persona.get("nationality") or "",
        "occupation": ", ".join([str(each) for each in (job.get("title"), job.get("organization")) if each]),
        "traits": _texts(personality.get("traits")),
        "big_five": _big_five(_mapping(personality.get("big_five"), f"{where}, big_five")),
        "style": persona.get("style") or "",
        "goals": [*_texts(persona.get("long_term_goals")), *_texts(persona.get("goals"))],
        "beliefs": _texts(persona.get("beliefs")),
        "relationships": _relationships(persona.get("relationships"), where),
        "routine": [f"{when}: {text}" for when, texts in routines.items() for text in _texts(texts)],
        "facts": {name: persona[name] for name in _FACTS if isinstance(persona.get(name), str)},
        "fragments": [_fragment(where, path, text) for path, text in _texts_in(persona) if not _is_taken(path, persona)],
        "source": Path(where).name,
    }
    return profile_of(given, where=where, needs=("name",))


def read_fragments(path: str | Path) -> tuple[Fragment, ...]:
    """The fragments in a file of type "Fragment", each with its origin: "travel.fragment.json: preferences.likes"."""
    try:
        value: Any = json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise DefinitionError(f"{path} can't be read: {error.strerror}.") from None
    except ValueError as error:
        raise DefinitionError(f"{path} is no whole JSON file: {error}.") from None
    if not isinstance(value, dict) or cast("dict[str, Any]", value).get("type") != "Fragment":
        raise DefinitionError(f'{path} is no fragment; right is the like of {{"type": "Fragment", "persona": {{…}}}}.')
    persona = _mapping(cast("dict[str, Any]", value).get("persona"), f"{path}, persona")
    return tuple([_fragment(str(path), place, text) for place, text in _texts_in(persona)])


def _is_taken(path: Sequence[str], persona: Mapping[str, Any]) -> bool:
    """Whether what stands there has a field of a profile."""
    first, second = path[0], path[1] if len(path) > 1 else ""
    if first == "occupation":
        return second in ("", "title", "organization", "description")
    if first in _INSIDE:
        return second in _INSIDE[first]
    return first in _TAKEN or (first in _FACTS and isinstance(persona[first], str))


def _fragment(where: str, path: Sequence[str], text: str) -> Fragment:
    return Fragment(text=text, origin=f"{Path(where).name}: {'.'.join(path)}")


def _texts_in(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text in `value` behind the names that lead to it, in the order of the file."""
    if isinstance(value, dict):
        for name, each in cast("dict[str, Any]", value).items():
            yield from _texts_in(each, (*path, name))
    elif isinstance(value, list):
        for each in cast("list[Any]", value):
            yield from _texts_in(each, path)
    elif value is not None and str(value).strip():
        yield path, str(value)


def _big_five(given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    remarks: dict[str, str] = {}
    for trait in BIG_FIVE:
        said = given.get(trait)
        if isinstance(said, int | float):
            found[trait] = said
        elif isinstance(said, str) and said.strip():
            level, _, remark = said.partition(".")
            known = _LEVELS.get(level.strip().lower())
            if known is not None:
                found[trait] = known
            if words := (remark if known is not None else said).strip().rstrip("."):
                remarks[trait] = words
    return {**found, "remarks": remarks} if remarks else found


def _relationships(value: Any, where: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in cast("list[Any]", value) if isinstance(value, list) else []:
        one = _mapping(each, f"{where}, relationships")
        name, text = str(one.get("name", "")).strip(), str(one.get("description", "")).strip()
        if not name or not text:
            raise DefinitionError(f"{where}: a relationship is {one!r}; it has a name and a description.")
        found[name] = f"{found[name]} {text}" if name in found else text
    return found


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value.strip() else []
    return [str(each) for each in cast("list[Any]", value)] if isinstance(value, list) else []


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise DefinitionError(f"{where}: this is {value!r}; a JSON object is right there.")
    return cast("dict[str, Any]", value)
