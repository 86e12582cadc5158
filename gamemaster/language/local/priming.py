"""Priming: which common beginnings to compute before the prompts that share them, for a cache that is kept in pages.

Such a cache knows a beginning again only in whole pages, and only once it has been computed: prompts that are begun at the
same time share nothing. So each beginning that several of them have is computed first, by itself, shorter ones before those
that go on from them. Pure bookkeeping; what a page holds is not its concern.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["beginnings"]

Ids = tuple[int, ...]


def beginnings(prompts: Sequence[Ids], page: int) -> list[list[Ids]]:
    """The beginnings that at least two prompts share, in levels: those of a level go on from those before, and from no others.

    Each is as long as its prompts stay together, in whole pages of `page` tokens, and one token more, by which a cache that
    never takes a whole prompt as known can know all its pages. A prompt's last token is never in the pages.
    """
    levels: list[list[Ids]] = []
    groups: list[tuple[int, list[Ids]]] = [(0, list(dict.fromkeys(prompts)))]
    while groups:
        level: list[Ids] = []
        deeper: list[tuple[int, list[Ids]]] = []
        for done, members in groups:
            for group in _parted(members, done, page):
                pages = done + 1
                while len(parts := _parted(group, pages, page)) == 1 and len(parts[0]) == len(group):
                    pages += 1
                level.append(group[0][: pages * page + 1])
                deeper.append((pages, group))
        if level:
            levels.append(level)
        groups = deeper
    return levels


def _parted(prompts: Sequence[Ids], done: int, page: int) -> list[list[Ids]]:
    """Those prompts that have a whole page after `done` pages and share it with another, in groups."""
    found: dict[Ids, list[Ids]] = {}
    for prompt in prompts:
        if len(prompt) > (done + 1) * page:
            found.setdefault(prompt[done * page : (done + 1) * page], []).append(prompt)
    return [group for group in found.values() if len(group) > 1]
