"""Which case and which request a page is of: noted where a code becomes a thing, carried by its forms, asked again.

A code is the database's word. Between a page and what is pressed on it the owner could give two cases, or two requests,
each other's code, and what was said by one woman was written as the other's. So a form names the things themselves,
by a digest of their ids, and a press is for these or for nothing. Beside the digest stands our mark that a page of this
code was of this thing: only with it another thing at the code is somebody's work in the database, and an alarm. Without
it a browser has sent the form of one page to another, which is refused and no more.
"""

from __future__ import annotations

from uuid import UUID

from hamkori.access.actor import Actor
from hamkori.canon import canon
from hamkori.refusal import NotNow
from hamkori.vault.bytes import Untrusted, h
from hamkori.vault.server import alarm, keyring


class Shown:
    """What one page is of: one case, one request, or a request and the case behind it."""

    __slots__ = ("_carried", "_code", "_found")

    def __init__(self, code: str, carried: str | None = None) -> None:
        """`code`: of the page's address. `carried`: what the form of a press brings back; None: nothing is pressed."""
        self._code = code
        self._carried = None if carried is None else _read(carried)
        self._found: dict[str, str] = {}

    @property
    def field(self) -> str:
        """What the forms of this page carry."""
        return ",".join(f"{kind}.{word}.{self._ours(kind, word)}" for kind, word in sorted(self._found.items()))

    def same(self, kind: str, thing: UUID) -> None:
        """This is what the page is of. NotNow("page_of"): it is of another one, or its form does not say of which."""
        word = name(kind, thing)
        brought, ours = ("", "") if self._carried is None else self._carried.get(kind, ("", ""))
        meant = self._found.setdefault(kind, word if self._carried is None else brought)
        if meant != word:
            if self._carried is None or keyring().tag_text_holds(self._fact(kind, brought), ours):
                alarm(Untrusted(kind, thing))
            raise NotNow("page_of")

    def _ours(self, kind: str, word: str) -> str:
        """Our mark that a page of this code was of this thing."""
        return keyring().tag_text(self._fact(kind, word))

    def _fact(self, kind: str, word: str) -> bytes:
        return canon("shown_at", self._code, kind, word)


def name(kind: str, thing: UUID) -> str:
    """A thing as forms name it: no id of the database stands in a page."""
    return h(canon("shown", kind, thing), person=b"hk.shown.v1", size=16).hex()


def meant(actor: Actor, kind: str, thing: UUID) -> None:
    """Whether the page of this request is of this thing; where there is no page, it is. NotNow("page_of")."""
    if actor.shown is not None:
        actor.shown.same(kind, thing)


def _read(carried: str) -> dict[str, tuple[str, str]]:
    """Kind -> digest and mark; what does not read so is left out. Anybody may have written it."""
    parts = (part.split(".") for part in carried.split(",") if carried.isascii())
    return {part[0]: (part[1], part[2]) for part in parts if len(part) == 3}
