"""Committing: from what an action has written to a checked change of the state.

The one idea: everything is computed before anything is made final. New values are built and checked, changes read off
the stage, laws and invariants asked; only if all agree are the overlays written back. Whatever fails on the way, undoing
is dropping the overlays.
"""

from __future__ import annotations

from typing import Any

from gamemaster.words import DefinitionError
from gamemaster.world.build import BrokenRule, WrongType, build, check_key, check_length, check_rules
from gamemaster.world.change import Change, changes_of
from gamemaster.world.context import Stage
from gamemaster.world.dict_node import DictNode
from gamemaster.world.invariant import FreeInvariant
from gamemaster.world.law import Watch
from gamemaster.world.list_node import ListNode
from gamemaster.world.model_node import ModelNode
from gamemaster.world.node import Node, Path
from gamemaster.world.outcome import ActionRefused
from gamemaster.world.shape import ScalarShape

__all__ = ["commit"]


def commit(
    stage: Stage, watches: list[Watch], invariants: list[FreeInvariant], worlds: list[Path], *, tried: bool = False
) -> list[Change]:
    """Make what the stage has touched the state, and say what changed. `worlds` are the paths of all worlds, longest first.

    What is only `tried` is checked all the same, and then dropped.
    Raises: ActionRefused for a broken field's rule, law or invariant; DefinitionError for a value of a wrong type.
    Nothing has been written back then; the stage is still to be aborted.
    """
    if not stage.touched:
        return []
    _build_all(stage)
    changes, attached = _read_off(stage)
    if changes:
        for watch in watches:
            problem = watch.check(changes, stage.action)
            if problem:
                raise ActionRefused(f"{problem}.", watch.name)
        _check_invariants(stage, changes, invariants, worlds)
    if tried:
        stage.abort()
        for each in invariants:
            each.abort()
        return []
    for node in stage.touched:
        if not attached[id(node)]:
            node.abort()
        elif isinstance(node, ModelNode):
            node.settle()
        elif isinstance(node, DictNode | ListNode):
            node.write_back()
    for watch in watches:
        watch.settle(changes)
    for each in invariants:
        each.settle()
    return changes


def _build_all(stage: Stage) -> None:
    """Put tracked copies in the place of the plain values that the action wrote, and check them."""
    known: dict[int, Path | None] = {}
    ruled: dict[int, tuple[ModelNode, Path]] = {}
    for node in stage.touched:
        path = node.path(known)
        if path is None:
            continue
        try:
            _build_in(node)
        except (BrokenRule, WrongType) as problem:
            raise _refusal(stage, problem, (*path, *problem.where)) from None
        above: Node | None = node
        while above is not None:
            if isinstance(above, ModelNode) and above.shape.has_validators:
                ruled[id(above)] = (above, path[: _depth(above)])
            above = above.parent
    for each, path in ruled.values():
        try:
            check_rules(each)
        except BrokenRule as problem:
            raise _refusal(stage, problem, (*path, *problem.where)) from None


def _depth(node: Node) -> int:
    depth = 0
    while node.parent is not None:
        node, depth = node.parent, depth + 1
    return depth


def _build_in(node: Node) -> None:
    where: str | int = ""
    try:
        if isinstance(node, ModelNode):
            for name, old in node.journal.items():
                value, where = node.values[name], name
                if value is not old:
                    node.values[name] = build(value, node.shape.fields[name], node, name)
        elif isinstance(node, DictNode):
            inner, values = node.shape.values, node.values
            for key, value in node.changed.items():
                where = key
                if value is not values[key]:
                    node.changed[key] = build(value, inner, node, key)
            for key, value in node.added.items():
                where = key
                check_key(key, node.shape)
                node.added[key] = build(value, inner, node, key)
        elif isinstance(node, ListNode):
            inner = node.shape.items
            if node.full is None:
                for where, value in node.replaced.items():
                    if value is not node.values[where]:
                        node.replaced[where] = build(value, inner, node, where)
                start, end = node.kept, len(node.values)
                for offset, value in enumerate(node.tail):
                    where = start + offset
                    if where >= end or value is not node.values[where]:
                        node.tail[offset] = build(value, inner, node, where)
            else:
                _build_full(node, node.full)
    except (BrokenRule, WrongType) as problem:
        if not (isinstance(node, ListNode) and node.full is not None):
            problem.where = (str(where) if isinstance(node, DictNode) else where, *problem.where)
        raise
    if isinstance(node, DictNode | ListNode):
        check_length(node.size(), node.shape)


def _build_full(node: ListNode, full: list[Any]) -> None:
    """A rearranged list keeps its own nodes, each in the first place where it stands; all else is new."""
    items, seen = node.shape.items, set[int]()
    if isinstance(items, ScalarShape) and all(map(items.passes, full)):
        return
    for index, value in enumerate(full):
        inner: Node | None = getattr(value, "__node__", None)
        if inner is not None and inner.parent is node and id(inner) not in seen:
            seen.add(id(inner))
            continue
        try:
            full[index] = build(value, items, node, index)
        except (BrokenRule, WrongType) as problem:
            problem.where = (index, *problem.where)
            raise


def _read_off(stage: Stage) -> tuple[list[Change], dict[int, bool]]:
    """The changes, outer ones before inner ones, and which of the touched nodes are part of the state."""
    if len(stage.touched) == 1:
        node = stage.touched[0]
        path = node.path({})
        return (list(changes_of(node, path, set())), {id(node): True}) if path is not None else ([], {id(node): False})
    known: dict[int, Path | None] = {}
    placed = [(node, node.path(known)) for node in stage.touched]
    attached = {id(node): path is not None for node, path in placed}
    found = sorted([(node, path) for node, path in placed if path is not None], key=lambda pair: len(pair[1]))
    dumped: set[int] = set()
    changes: list[Change] = []
    for node, path in found:
        above: Node | None = node
        while above is not None and dumped:
            if id(above) in dumped:
                break
            above = above.parent
        if above is None or not dumped:
            changes += changes_of(node, path, dumped)
    return changes, attached


def _check_invariants(stage: Stage, changes: list[Change], invariants: list[FreeInvariant], worlds: list[Path]) -> None:
    if not invariants:
        return
    touched = {_field(change.path, worlds) for change in changes}
    stage.sealed = True
    try:
        for each in invariants:
            each.abort()
        for each in invariants:
            if each.concerns(touched):
                problem = each.check()
                if problem:
                    raise ActionRefused(problem, each.name)
    finally:
        stage.sealed = False


def _field(path: Path, worlds: list[Path]) -> tuple[Path, str]:
    for world in worlds:
        if path[: len(world)] == world:
            return world, str(path[len(world)])
    return (), str(path[0])


def _refusal(stage: Stage, problem: BrokenRule | WrongType, where: Path) -> Exception:
    place = ".".join(map(str, where[:12]))
    if isinstance(problem, BrokenRule):
        return ActionRefused(f"{place} {problem}.", f"{place} {problem.rule}")
    return DefinitionError(f"{stage.action} wrote {problem.value!r} to {place}, which {problem.wanted}.")
