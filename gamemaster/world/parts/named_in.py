"""named_in: what stands in some fields is the name of something that there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, cast

from gamemaster.world.change import Change
from gamemaster.world.law import FieldPath, Law, Watch, covered, field_paths, texts
from gamemaster.world.node import Path
from gamemaster.world.shape import ModelShape

__all__ = ["named_in"]


class _NamedIn(Law):
    def __init__(self, names: str, fields: tuple[str, ...], kind: str) -> None:
        self.names = FieldPath(names)
        self.fields = field_paths(fields, "named_in")
        self.kind = kind
        self.name = f"named_in({', '.join([names, *fields])})"

    def check_fields(self, shape: ModelShape) -> None:
        for each in self.fields:
            each.check(shape, self.name, (str,))

    def watch(self, prefix: Path) -> Watch:
        return _Watch(self, prefix)


class _Watch(Watch):
    """Knows all names, and counts how often each is used, so that neither side needs to be looked through."""

    def __init__(self, law: _NamedIn, prefix: Path) -> None:
        self.name, self._kind = law.name, law.kind
        self._names_at = law.names.below(prefix).parts
        self._roots = tuple(each.below(prefix).parts for each in law.fields)
        self._names: set[str] = set()
        self._used: Counter[str] = Counter()

    def start(self, state: Any) -> str | None:
        here = state
        for part in self._names_at:
            here = here[part]
        self._names, self._used = set(here), Counter(self._texts((), state))
        return self._broken(self._used, {}, dict.fromkeys(self._used))

    def check(self, changes: Sequence[Change], action: str) -> str | None:
        used, names = self._moved(changes), self._named(changes)
        return self._broken(used, names, {**used, **names}) if used or names else None

    def settle(self, changes: Sequence[Change]) -> None:
        for name, by in self._moved(changes).items():
            self._used[name] += by
            if not self._used[name]:
                del self._used[name]
        for name, there in self._named(changes).items():
            (self._names.add if there else self._names.discard)(name)

    def _moved(self, changes: Sequence[Change]) -> dict[str, int]:
        moved: dict[str, int] = {}
        for change in changes:
            for sign, side in ((-1, change.old), (1, change.new)):
                for text in self._texts(change.path, side):
                    moved[text] = moved.get(text, 0) + sign
        return {text: by for text, by in moved.items() if by}

    def _named(self, changes: Sequence[Change]) -> dict[str, bool]:
        """The names that came or went."""
        found: dict[str, bool] = {}
        at = len(self._names_at)
        for change in changes:
            if change.path == self._names_at:
                found |= dict.fromkeys(cast("dict[str, Any]", change.old or {}), False)
                found |= dict.fromkeys(cast("dict[str, Any]", change.new or {}), True)
            elif change.path[:at] == self._names_at and len(change.path) == at + 1:
                found[str(change.path[at])] = change.op != "remove"
        return found

    def _texts(self, path: Path, value: Any) -> Iterator[str]:
        for root in self._roots:
            for found in covered(root, path, value):
                yield from texts(found)

    def _broken(self, moved: dict[str, int], named: dict[str, bool], touched: dict[str, Any]) -> str | None:
        starting = moved is self._used
        for name in touched:
            uses = self._used[name] if starting else self._used[name] + moved.get(name, 0)
            if uses > 0 and not named.get(name, name in self._names):
                return f"{name!r} is no {self._kind}"
        return None


def named_in(names: str, *fields: str, kind: str = "name that there is") -> Law:
    """Every text in `fields` (keys left out) is a key of the dict `names`: `named_in("ways", "whereabouts", kind="place")`.

    `kind` says in a refusal what it isn't. Costs what was touched.
    """
    return _NamedIn(names, fields, kind)
