"""Which browsers a person has used before: a cookie that names nobody, and that only this server can have written.

One entry for each person who signs in with this browser, four at most: a salt, a day, a number, and a tag of the
keyring over them and who she is. When she ends a session, all others, or changes her passphrase, the number goes up,
and every browser but this one is a new one again.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.utils import timezone

from hamkori.canon import canon
from hamkori.vault import server
from hamkori.web import appearance
from hamkori.web.door import Door

KIND = "browser"
MOST = 4
SALT, NUMBER, DAY = 8, 4, 4
HEAD = SALT + NUMBER + DAY
LASTS = timedelta(seconds=appearance.A_YEAR)


def is_known(request: HttpRequest, user: UUID) -> bool:
    """Whether she has signed in with this browser within a year, and has ended no other since."""
    return any(_is_hers(entry, user) for entry in _entries(request))


def name_for(request: HttpRequest, user: UUID | None) -> str:
    """What tells this browser from her other ones; '' if she has not used it, or nobody has this e-mail."""
    asked = user or uuid4()  # as long for nobody as for somebody
    hers = [entry for entry in _entries(request) if _is_hers(entry, asked)]
    return hers[0][:SALT].hex() if hers else ""


def remember(request: HttpRequest, user: UUID) -> None:
    """From now on this browser is one of hers."""
    others = [entry for entry in _entries(request) if not _is_hers(entry, user)]
    number = server.marks().least(KIND, user)
    _give(request, [_entry(user, number), *others])


def forget_others(request: HttpRequest, user: UUID) -> None:
    """Every browser but this one is new to her again."""
    number = server.marks().least(KIND, user) + 1
    server.mark(KIND, user, number)
    others = [entry for entry in _entries(request) if not _is_hers(entry, user)]
    _give(request, [_entry(user, number), *others])


def _entry(user: UUID, number: int) -> bytes:
    day = timezone.now().date().toordinal()
    head = secrets.token_bytes(SALT) + number.to_bytes(NUMBER, "big") + day.to_bytes(DAY, "big")
    return head + server.keyring().tag(_said(head, user))


def _is_hers(entry: bytes, user: UUID) -> bool:
    head, tag = entry[:HEAD], entry[HEAD:]
    if not server.keyring().tag_holds(_said(head, user), tag):
        return False
    number, day = int.from_bytes(head[SALT:-DAY], "big"), int.from_bytes(head[-DAY:], "big")
    today = timezone.now().date()
    return date.fromordinal(day) + LASTS > today and number >= server.marks().least(KIND, user)


def _said(head: bytes, user: UUID) -> bytes:
    return canon(KIND, user, head)


def _entries(request: HttpRequest) -> list[bytes]:
    """What the cookie holds; a piece that is none of ours is nobody's."""
    door: Door = request.door  # type: ignore[attr-defined]
    text = door.known if door.known is not None else request.COOKIES.get(appearance.cookie("hk_known"), "")
    found = []
    for piece in text.split(".")[:MOST]:
        try:
            found.append(base64.b64decode(piece.encode("ascii"), altchars=b"-_", validate=True))
        except (ValueError, binascii.Error):
            continue
    return [entry for entry in found if len(entry) > HEAD]


def _give(request: HttpRequest, entries: list[bytes]) -> None:
    door: Door = request.door  # type: ignore[attr-defined]
    door.known = ".".join(base64.urlsafe_b64encode(entry).decode("ascii") for entry in entries[:MOST])
