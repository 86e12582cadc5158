"""YAML text: plain values from YAML, and where in the file each stands.

The one idea: YAML as people write it. Only the core types are read (text, numbers, true, false, null), so that "9:30", "no"
and a date stay what was written; a key that stands twice is an error, and nothing is executed or built.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast

import yaml

from gamemaster.words import BadInput

__all__ = ["PlainLoader", "YamlText"]

_MOST = 100_000
"""How many values a file may come to, its aliases written out."""

_QUOTES = "A text with any of : ? # { } [ ] in it stands between quotation marks."


class PlainLoader(yaml.SafeLoader):
    """Reads YAML's core types and nothing else."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


def _resolve(tag: str, pattern: str, first: str) -> None:
    cast("Any", PlainLoader).add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))


_resolve("bool", "true|True|TRUE|false|False|FALSE", "tTfF")
_resolve("null", "null|Null|NULL|~|", "nN~")
PlainLoader.yaml_implicit_resolvers.setdefault("", []).append(("tag:yaml.org,2002:null", re.compile("^$")))
_resolve("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789")
_resolve("float", r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+", "-+0123456789.")


class YamlText:
    """One document: its `value`, and with `place` where a part of it stands.

    Raises: BadInput for what is no YAML, for a key that stands twice, and for aliases that come to too much.
    """

    def __init__(self, text: str, where: str) -> None:
        self.where = where
        self._node: Any = None
        self.value: Any = None
        try:
            loader: Any = PlainLoader(text)
            self._node = loader.get_single_node()
            if self._node is not None:
                self._check(self._node)
                self.value = loader.construct_document(self._node)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            at = "" if mark is None else f", line {mark.line + 1}"
            raise BadInput(f"{where}{at}: this is no YAML: {error.problem or error.context}. {_QUOTES}") from None
        except yaml.YAMLError as error:
            raise BadInput(f"{where}: this is no YAML: {str(error).splitlines()[0]}.") from None
        except RecursionError:
            raise BadInput(f"{where}: this is nested too deeply to be read.") from None

    def has(self, path: Sequence[str | int]) -> bool:
        """Whether something stands at `path`."""
        node: Any = self._node
        for key in path:
            node = _child(node, key)
        return node is not None

    def place(self, path: Sequence[str | int]) -> str:
        """The file and the line on which the value at `path` stands, or the last part of the path that there is."""
        node: Any = self._node
        for key in path:
            found = _child(node, key)
            if found is None:
                break
            node = found
        return self.where if node is None else f"{self.where}, line {node.start_mark.line + 1}"

    def _check(self, root: yaml.Node) -> None:
        sizes: dict[int, int] = {}
        above: set[int] = set()

        def size(node: yaml.Node) -> int:
            if id(node) in above:
                raise BadInput(f"{self.where}, line {node.start_mark.line + 1}: this holds itself.")
            if id(node) not in sizes:
                above.add(id(node))
                sizes[id(node)] = 1 + sum(size(each) for each in self._below(node))
                above.remove(id(node))
            return sizes[id(node)]

        if size(root) > _MOST:
            raise BadInput(f"{self.where}: this comes to more than {_MOST:,} values; write less, or fewer aliases.")

    def _below(self, node: yaml.Node) -> list[yaml.Node]:
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        if not isinstance(node, yaml.MappingNode):
            return []
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise BadInput(
                    f"{self.where}, line {key.start_mark.line + 1}: the key {name!r} stands here twice; leave one out."
                )
            seen.add(name)
        return [value for _, value in node.value]


def _child(node: Any, key: str | int) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if str(name.value) == str(key)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key]
    return None
