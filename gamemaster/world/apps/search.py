"""Search: finds words in pages, and in whatever the apps around it show to the same account.

The one idea: it holds nothing of the other apps. It asks each what an account may find there and ranks that alone, so a search
never knows more than the one who searches.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, MaxLen, MinLen
from pydantic import BaseModel, Field

from gamemaster.words import OneOf, Person
from gamemaster.world.action import action
from gamemaster.world.apps.app import App, Document, apps_in, said
from gamemaster.world.apps.ranking import bm25

__all__ = ["Page", "Search"]


class Page(BaseModel):
    """A page of a web; `readers` are the accounts that may see it, None for everybody."""

    title: str
    text: str
    readers: list[str] | None = None


class Search(App):
    """Pages by address, and a search over them and over the other apps of the world; at most `most` results at a time.

    Results are ranked by BM25 among what the account may see; ties: in the order of the apps, newer first.
    """

    title: ClassVar[str] = "Search"
    pages: dict[str, Page] = Field(default_factory=dict[str, Page])
    most: Annotated[int, Ge(1)] = 5

    def visible_pages(self, actor: str) -> list[str]:
        """The addresses of the pages that this person may open."""
        own = self.may_read(actor)
        return [key for key, page in self.pages.items() if page.readers is None or any(each in page.readers for each in own)]

    @action(when="may_read")
    def search_for(
        self,
        actor: Person,
        words: Annotated[str, MinLen(1), MaxLen(200)],
        where: Literal["everywhere", "pages", "mail", "calendar", "chat", "shop", "feed"] = "everywhere",
        account: Annotated[str, OneOf("may_read")] = "",
    ) -> str:
        """Search one's apps and the web for words."""
        found = self.results(actor, words, where=where, account=account)
        lines = [f"{each.where}, {each.source}: {said(each.text, 120)}" for each in found[: self.most]]
        more = f" And {len(found) - self.most} more." if len(found) > self.most else ""
        self.tell(actor, f"Found for {said(words, 60)}: " + ("; ".join(lines) or "nothing") + "." + more)
        return f"{actor} searches for something."

    @action(when="visible_pages")
    def open_page(self, actor: Person, page: Annotated[str, OneOf("visible_pages")]) -> str:
        """Read a page of the web."""
        found = self.pages[page]
        self.tell(actor, f"{page}, {said(found.title)}: {said(found.text, 2000)}")
        return f"{actor} reads a page."

    def results(self, actor: str, words: str, *, where: str = "everywhere", account: str = "") -> list[Document]:
        """All that is found for this person, best first; as one account, or as all that the person may read."""
        found = [each for each in self._visible(actor, account) if where in ("everywhere", each.where)]
        return [found[at] for _, at in bm25(words, [f"{each.source} {each.text}" for each in found])]

    def documents(self, account: str) -> Iterator[Document]:
        for key, page in self.pages.items():
            if page.readers is None or account in page.readers:
                yield Document(where="pages", source=f"{key}, {page.title}", text=page.text)

    def view(self, account: str) -> list[str]:
        titles = [key for key, page in self.pages.items() if page.readers is None or account in page.readers]
        return [f"{len(titles)} pages: {', '.join(titles[:10])}."] if titles else []

    def view_data(self, account: str) -> dict[str, Any]:
        return {"pages": [key for key, page in self.pages.items() if page.readers is None or account in page.readers]}

    def _visible(self, actor: str, account: str) -> list[Document]:
        seen: dict[tuple[str, str, str], Document] = {}
        for app in apps_in(self.__node__.context.world):
            readable = app.may_read(actor)
            for each in [account] if account in readable else [] if account else readable:
                for document in app.documents(each):
                    seen.setdefault((document.where, document.source, document.text), document)
        return list(seen.values())
