"""Mail: letters from account to account, each of which arrives or comes back.

The one idea: every letter sent is counted once as sent and once as delivered or bounced, and stands as a copy of its own in the
box that it reached; so a box can be read, emptied or closed without touching any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, MaxLen, MinLen
from pydantic import BaseModel, Field

from gamemaster.words import OneOf, Person
from gamemaster.world.action import action
from gamemaster.world.apps.app import App, Document, said
from gamemaster.world.apps.balanced import balanced
from gamemaster.world.invariant import invariant

__all__ = ["Letter", "Mail"]

_SHOWN, _OPEN = 20, 5
"""So many of the newest letters are shown, and so many of these with their text."""


class Letter(BaseModel):
    """A letter in a box. `id` is its own in all of the mail; `bounced` are the addresses that it came back from."""

    id: str
    sender: str
    to: list[str]
    subject: str
    text: str
    time: float
    read: bool = False
    answer_to: str | None = None
    bounced: list[str] = Field(default_factory=list[str])


class Mail(App):
    """Boxes by account, and what became of every letter.

    A letter bounces, back to its sender, when the address has no open account, the sender is blocked
    there, or the box holds `box_limit` letters. `contacts` are addresses that an account knows besides those of the open
    accounts, old and wrong ones too. Of what an account sent, the newest `box_limit` letters are kept.

    A letter counts once for each address that it is sent to.
    """

    title: ClassVar[str] = "Mail"
    inbox: dict[str, list[Letter]] = Field(default_factory=dict[str, list[Letter]])
    outbox: dict[str, list[Letter]] = Field(default_factory=dict[str, list[Letter]])
    contacts: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    blocked: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    box_limit: Annotated[int, Ge(1)] = 1000
    sent: dict[str, int] = Field(default_factory=dict[str, int])
    delivered: dict[str, int] = Field(default_factory=dict[str, int])
    bounced: dict[str, int] = Field(default_factory=dict[str, int])
    deleted: dict[str, int] = Field(default_factory=dict[str, int])
    count: int = 0

    laws = [balanced("sent", ["delivered", "bounced"])]

    def addresses(self, actor: str) -> list[str]:
        """Whom this person can write to: open accounts, and the contacts of the person's own."""
        known = [contact for account in self.may_write(actor) for contact in self.contacts.get(account, ())]
        return list(dict.fromkeys([*self.others(actor), *known]))

    def letters(self, actor: str) -> list[str]:
        """The letters that this person can do something about: in the boxes of accounts that the person may act as."""
        found = [letter.id for account in self.may_write(actor) for letter in reversed(self.inbox.get(account, ()))]
        return list(dict.fromkeys(found))

    def senders(self, actor: str) -> list[str]:
        """From whom this person has got mail, and who isn't blocked."""
        own = self.may_write(actor)
        found = [each.sender for account in own for each in self.inbox.get(account, ())]
        return [each for each in dict.fromkeys(found) if not all(each in self.blocked.get(account, ()) for account in own)]

    @action(when="may_write")
    def send_mail(
        self,
        actor: Person,
        to: Annotated[list[Annotated[str, OneOf("addresses")]], MinLen(1), MaxLen(20)],
        subject: Annotated[str, MaxLen(100)],
        text: Annotated[str, MaxLen(2000)],
        account: Annotated[str, OneOf("may_write")] = "",
    ) -> str:
        """Write a mail to one or several others."""
        self._send(actor, self.acting_as(actor, account), list(dict.fromkeys(to)), subject, text)
        return f"{actor} writes a mail."

    @action(when="letters")
    def answer_mail(self, actor: Person, letter: Annotated[str, OneOf("letters")], text: Annotated[str, MaxLen(2000)]) -> str:
        """Answer a mail that one has got."""
        account, found = self._find(actor, letter)
        found.read = True
        subject = found.subject if found.subject.startswith("Re: ") else f"Re: {found.subject}"[:100]
        self._send(actor, account, [found.sender], subject, text, answer_to=letter)
        return f"{actor} answers a mail."

    @action(when="letters")
    def read_mail(self, actor: Person, letter: Annotated[str, OneOf("letters")]) -> str:
        """Read a mail in full."""
        _, found = self._find(actor, letter)
        found.read = True
        self.tell(actor, f"{found.id} from {found.sender}, {said(found.subject)}: {said(found.text, 2000)}")
        return f"{actor} reads a mail."

    @action(when="letters")
    def delete_mail(self, actor: Person, letter: Annotated[str, OneOf("letters")]) -> str:
        """Throw a mail away."""
        account, _ = self._find(actor, letter)
        del self.inbox[account][[each.id for each in self.inbox[account]].index(letter)]
        self.deleted[account] = self.deleted.get(account, 0) + 1
        return f"{actor} throws a mail away."

    @action(when="senders")
    def block_sender(
        self, actor: Person, sender: Annotated[str, OneOf("senders")], account: Annotated[str, OneOf("may_write")] = ""
    ) -> str:
        """Have all mail from a sender sent back from now on."""
        own = self.acting_as(actor, account)
        blocked = self.blocked.setdefault(own, [])
        if sender in blocked:
            self.refuse(f"{own} has blocked {sender} already")
        blocked.append(sender)
        return f"{actor} changes something in the mail."

    def box(self, account: str) -> list[Letter]:
        """The letters in this account's box, oldest first."""
        return list(self.inbox.get(account, ()))

    def view(self, account: str) -> list[str]:
        box, out = self.inbox.get(account, []), self.outbox.get(account, [])
        unread = sum(not each.read for each in box)
        lines = [f"{len(box)} letters, {unread} unread, {len(out)} sent."]
        for number, each in enumerate(box[: -_SHOWN - 1 : -1]):
            new = "" if each.read else "unread, "
            text = f": {said(each.text)}" if number < _OPEN else ""
            lines.append(f"- {each.id}, {new}from {each.sender}, {said(each.subject, 60)}{text}")
        if len(box) > _SHOWN:
            lines.append(f"- and {len(box) - _SHOWN} older ones.")
        lines += [f"- sent to {', '.join(each.to)}, {said(each.subject, 60)}: {said(each.text, 80)}" for each in out[-3:][::-1]]
        return lines

    def view_data(self, account: str) -> dict[str, Any]:
        inbox, outbox = self.inbox.get(account, [])[-50:], self.outbox.get(account, [])[-50:]
        return {
            "inbox": [_data(each) for each in reversed(inbox)],
            "sent": [_data(each) for each in reversed(outbox)],
            "addresses": list(dict.fromkeys([*self.accounts().names(), *self.contacts.get(account, ())])),
        }

    def documents(self, account: str) -> Iterator[Document]:
        for letters, preposition in ((self.inbox, "from"), (self.outbox, "to")):
            for each in reversed(letters.get(account, ())):
                who = each.sender if preposition == "from" else ", ".join(each.to)
                source = f"{each.id} {preposition} {who}"
                yield Document(where="mail", source=source, text=f"{each.subject}. {each.text}", time=each.time)

    def _find(self, actor: str, letter: str) -> tuple[str, Letter]:
        for account in self.may_write(actor):
            for each in self.inbox.get(account, ()):
                if each.id == letter:
                    return account, each
        self.refuse(f"{actor} has no letter called {letter}")

    def _send(self, actor: str, sender: str, to: list[str], subject: str, text: str, *, answer_to: str | None = None) -> None:
        self.count += 1
        reasons = {address: self._reason(sender, address) for address in to}
        bounced = [address for address, reason in reasons.items() if reason]
        fields: dict[str, Any] = {"sender": sender, "to": to, "subject": subject, "text": text, "time": self.now}
        out = self.outbox.setdefault(sender, [])
        out.append(Letter(id=f"letter {self.count}", answer_to=answer_to, bounced=bounced, read=True, **fields))
        if len(out) > self.box_limit:
            del out[0]
        self.sent[sender] = self.sent.get(sender, 0) + len(to)
        self.tell(actor, f"Sent as {sender} to {', '.join(to)}, {said(subject, 60)}: {said(text)}")
        for address, reason in reasons.items():
            if reason:
                self.bounced[sender] = self.bounced.get(sender, 0) + 1
                self.tell(actor, f"The letter to {address} came back: {reason}.")
                continue
            self.inbox.setdefault(address, []).append(Letter(id=f"letter {self.count}", answer_to=answer_to, **fields))
            self.delivered[address] = self.delivered.get(address, 0) + 1
            self.inform(address, f"Mail for {address} from {sender}, letter {self.count}, {said(subject, 60)}: {said(text)}")

    def _reason(self, sender: str, address: str) -> str:
        """Why a letter would come back from this address; empty when it would arrive."""
        if address not in self.accounts().names():
            return "there is no such account"
        if sender in self.blocked.get(address, ()):
            return "it is not wanted there"
        return "the box is full" if len(self.inbox.get(address, ())) >= self.box_limit else ""

    @invariant
    def boxes_hold_what_was_delivered(self) -> str | None:
        """A box holds what was delivered to it and not thrown away, no more than it may."""
        for account in {**self.delivered, **self.inbox}:
            held, got = len(self.inbox.get(account, ())), self.delivered.get(account, 0) - self.deleted.get(account, 0)
            if held != got or held > self.box_limit:
                return f"the box of {account} would hold {held} letters, and {got} were delivered and kept"
        return None

    @invariant
    def everything_sent_has_a_sender(self) -> str | None:
        """Bounces and letters kept as sent are no more than were sent."""
        for account in {**self.bounced, **self.outbox}:
            if self.bounced.get(account, 0) > self.sent.get(account, 0) or (
                len(self.outbox.get(account, ())) > min(self.sent.get(account, 0), self.box_limit)
            ):
                return f"{account} would have more letters back, or kept as sent, than it sent"
        return None


def _data(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "sender": letter.sender,
        "to": list(letter.to),
        "subject": letter.subject,
        "text": letter.text,
        "time": letter.time,
        "read": letter.read,
        "answer_to": letter.answer_to,
        "bounced": list(letter.bounced),
    }
