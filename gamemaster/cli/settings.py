"""Settings: what `--set KEY=VALUE` means.

The one idea: a value is read as YAML unless its field takes a text as it is; what it may be is the field's own business.
"""

from __future__ import annotations

import types
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml

from gamemaster.scenarios import PolicySpec, Scenario
from gamemaster.scenarios.yaml_text import PlainLoader
from gamemaster.words import BadInput

__all__ = ["read_settings", "without_none"]


def read_settings(scenario: Scenario, given: Sequence[str]) -> dict[str, Any]:
    """The parameters named by `KEY=VALUE` texts; of two for one key the latter counts.

    Raises: BadInput for a text without "=" or a value that is no YAML; UnknownName and BadInput as `scenario.read` does.
    """
    values: dict[str, Any] = {}
    for text in given:
        key, equals, value = text.partition("=")
        key = key.strip()
        if not equals or not key:
            raise BadInput(f"--set {text}: write it --set KEY=VALUE; `gamemaster list {scenario.name}` shows the keys.")
        values[key] = _value(scenario, key, value)
    scenario.read(values)
    return values


def without_none(annotation: Any) -> tuple[list[Any], bool]:
    """The types that an annotation allows, None left out; and whether it allows None."""
    if get_origin(annotation) is Annotated:
        return without_none(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [each for each in get_args(annotation) if each is not type(None)]
        return kinds, len(kinds) < len(get_args(annotation))
    return [annotation], False


def _value(scenario: Scenario, key: str, text: str) -> Any:
    field = scenario.parameters.model_fields.get(key)
    if field is None:  # model.NAME, or a name that nothing has
        return text
    kinds, optional = without_none(field.annotation)
    if optional and text.strip().lower() in ("", "none", "null"):
        return None
    if all(_is_text(kind) for kind in kinds):
        return text
    try:
        return yaml.load(text, PlainLoader)
    except yaml.YAMLError as error:
        raise BadInput(f"--set {key}={text}: the value can't be read: {str(error).splitlines()[0]}.") from None


def _is_text(kind: Any) -> bool:
    if get_origin(kind) is Literal:
        return all(isinstance(each, str) for each in get_args(kind))
    return kind in (str, PolicySpec)
