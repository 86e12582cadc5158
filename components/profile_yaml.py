"""profile_yaml: profiles as YAML text.

The one idea: every value is read as the text that was written (9:30, no, 2001-02-03 stay what they are), and the fields'
types say which of them are numbers. Nothing is built or executed, and a key that stands twice is an error.
"""

from __future__ import annotations

from typing import Any, cast

import yaml

from gamemaster.words import DefinitionError

__all__ = ["from_yaml", "to_yaml"]


class _TextLoader(yaml.SafeLoader):
    """Reads all values as text, but for what is left empty."""

    yaml_implicit_resolvers = {
        first: [each for each in resolvers if each[0].endswith(":null")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {name!r} stands here twice", key.start_mark)
            seen.add(name)
        return cast("dict[Any, Any]", super().construct_mapping(node, deep=deep))


class _Dumper(yaml.SafeDumper):
    """Writes text with signs that can't be seen, such as unusual line ends, between double quotes, where they are spelt out."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    odd = not text.replace("\n", "").isprintable()
    return cast("Any", dumper).represent_scalar("tag:yaml.org,2002:str", text, style='"' if odd else None)


_Dumper.add_representer(str, _text)


def from_yaml(text: str, where: str) -> Any:
    """The value of one YAML document; its numbers are texts. Raises: DefinitionError, naming the line."""
    try:
        return yaml.load(text, _TextLoader)  # it is a SafeLoader, which resolves less
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = "" if mark is None else f", line {mark.line + 1}"
        raise DefinitionError(f"{where}{at}: this is no YAML: {error.problem or error.context}.") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise DefinitionError(f"{where}: this is no YAML: {str(error).splitlines()[0]}.") from None


def to_yaml(value: Any) -> str:
    """YAML in the order of the fields, for people to read and change."""
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
