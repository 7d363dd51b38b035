"""The second cookie: read once, taken out of the request, and set again only when the middleware says so."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from hamkori.vault import session
from hamkori.vault.bytes import Secret
from hamkori.web.kit.appearance import cookie, put_cookie

WHOSE: Final = "hk_whose"
"""Who signed in last in this browser, until they sign out: what was not taken goes back to them. It names nobody."""


class Door:
    """What this request brought along, and what its answer takes back."""

    def __init__(self, v: Secret | None = None) -> None:
        self.v = self._brought = v
        self._given: str | None = None
        self._forgotten = False
        self.whose = self._was_whose = ""
        self.known: str | None = None  # what this browser shall show at a later sign-in (account/known.py)

    def __repr__(self) -> str:
        return "<door>"

    @classmethod
    def take(cls, request: HttpRequest) -> Door:
        """The cookie's value. It is then gone from the request: allauth keeps parts of requests in its session, and
        reports of errors keep the rest.
        """
        name = settings.HAMKORI_KEY_COOKIE
        value = request.COOKIES.pop(name, None)
        kept = [
            part for part in request.META.get("HTTP_COOKIE", "").split(";") if part.strip().partition("=")[0] != name
        ]
        if "HTTP_COOKIE" in request.META:
            request.META["HTTP_COOKIE"] = ";".join(kept).strip()
        door = cls(session.read_cookie(value))
        door.whose = door._was_whose = request.COOKIES.get(cookie(WHOSE), "")
        return door

    @property
    def token(self) -> str:
        """What goes into the transaction's context; '' for a stranger."""
        return session.db_token(self.v) if self.v else ""

    def renew(self) -> Secret:
        """A new value from now on: at each step of a sign-in, and at a change to another body."""
        self._given, self._forgotten = session.new_cookie(), False
        value = session.read_cookie(self._given)
        assert value is not None
        self.v = value
        return value

    def forget(self) -> None:
        """The browser shall forget both cookies. Whose they were it forgets at a sign-out: pages may be open."""
        self.v, self._given, self._forgotten = None, None, True

    def undo(self) -> None:
        """Everything that this request did was undone: the browser keeps what it has."""
        self.v, self._given, self._forgotten, self.known = self._brought, None, False, None
        self.whose = self._was_whose

    def leave(self, answer: HttpResponse) -> None:
        """Puts what was decided into the answer."""
        if self._given:
            # The session's own limits count; the browser only forgets the cookie when it closes.
            put_cookie(answer, settings.HAMKORI_KEY_COOKIE, self._given, samesite="Strict", max_age=None)
        if self._forgotten:
            put_cookie(answer, settings.HAMKORI_KEY_COOKIE, "", samesite="Strict", max_age=0)
            put_cookie(answer, settings.SESSION_COOKIE_NAME, "", max_age=0)
        if self.whose != self._was_whose:
            put_cookie(answer, cookie(WHOSE), self.whose, samesite="Strict", max_age=None if self.whose else 0)
        if self.known is not None:
            put_cookie(answer, cookie("hk_known"), self.known, samesite="Strict")
