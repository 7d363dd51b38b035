"""Which browsers a person has used before: a cookie that names nobody, and that only this server can have written.

One entry for each person who signs in with this browser, four at most: a salt, a day, a number, the public key that the
browser has offered, if it did, and a tag of the keyring over them and whose it is. When somebody ends a session, all
others, or changes the passphrase, the number goes up, and every browser but this one is a new one again.

An entry with a key has tries of its own only in a form that this browser has signed: who has copied the cookie is told
the same for every e-mail, and does not learn whose it is.
"""

import base64
import binascii
import secrets
import time
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from hamkori.canon import canon
from hamkori.vault import browser, server
from hamkori.web.account import bound
from hamkori.web.kit import appearance
from hamkori.web.sessions.door import Door

KIND = "browser"
MOST = 4
SALT, NUMBER, DAY = 8, 4, 4
HEAD = SALT + NUMBER + DAY
KEY, TAG = browser.POINT_BYTES, 34
BOUND = HEAD + KEY + TAG
ASKED = "sign_in"
ASKED_SALT, MOMENT = 16, 8
ASKED_FOR = 8 * 60 * 60  # seconds in which what the page of the sign-in lets a browser sign is taken
LASTS = timedelta(seconds=appearance.A_YEAR)


def is_known(request: HttpRequest, user: UUID) -> bool:
    """Whether this person has signed in with this browser within a year, and has ended no other since."""
    return any(_is_hers(entry, user) for entry in _entries(request))


def name_for(request: HttpRequest, user: UUID | None) -> str:
    """What tells this browser from their other ones; '' if they have not used it, or nobody has this e-mail.

    What it asks of the browser's key it asks before it looks whose an entry is: no clock tells that either.
    """
    asked = user or uuid4()  # as long for nobody as for somebody
    shown = _shown(request)
    hers = [entry for entry in _entries(request) if _key(entry) in shown and _is_hers(entry, asked)]
    return hers[0][:SALT].hex() if hers else ""


def ask(request: HttpRequest) -> str:
    """What the page of the sign-in lets this browser sign; '' for one whose entries have no key."""
    if not any(map(_key, _entries(request))):
        return ""
    said = secrets.token_bytes(ASKED_SALT) + int(time.time()).to_bytes(MOMENT, "big")
    return (said + server.keyring().tag(canon(ASKED, said))).hex()


def remember(request: HttpRequest, user: UUID, key: bytes | None = None) -> None:
    """From now on this browser is one of theirs, which has this key."""
    others = [entry for entry in _entries(request) if not _is_hers(entry, user)]
    number = server.marks().least(KIND, user)
    _give(request, [_entry(user, number, key), *others])


def forget_others(request: HttpRequest, user: UUID, key: bytes | None) -> None:
    """Every browser but this one, which has this key, is a new one again."""
    number = server.marks().least(KIND, user) + 1
    server.mark(KIND, user, number)
    others = [entry for entry in _entries(request) if not _is_hers(entry, user)]
    _give(request, [_entry(user, number, key), *others])


def _shown(request: HttpRequest) -> frozenset[bytes]:
    """The keys of this browser's entries that have signed this form, and none: what has no key shows none."""
    found: frozenset[bytes] | None = getattr(request, "keys_shown", None)
    if found is None:
        found = frozenset({b"", *_signers(request)})
        request.keys_shown = found  # type: ignore[attr-defined]  # a text is taken once, and this is asked twice
    return found


def _signers(request: HttpRequest) -> set[bytes]:
    asked, given = request.POST.get(bound.ASKED, ""), request.POST.get(bound.GIVEN, "")
    try:
        whole = bytes.fromhex(asked)
    except ValueError:
        return set()
    said, tag = whole[: ASKED_SALT + MOMENT], whole[ASKED_SALT + MOMENT :]
    if not given or not server.keyring().tag_holds(canon(ASKED, said), tag):
        return set()
    if time.time() - int.from_bytes(said[ASKED_SALT:], "big") > ASKED_FOR:
        return set()
    keys = {key for key in map(_key, _entries(request)) if key and browser.read_public(key.hex())}
    found = {key for key in keys if browser.has_signed(key, f"{asked} {request.path}", given)}
    once = bool(found) and cache.add(f"hk.signed:{said[:ASKED_SALT].hex()}", True, timeout=ASKED_FOR)
    return found if once else set()


def _entry(user: UUID, number: int, key: bytes | None) -> bytes:
    day = timezone.now().date().toordinal()
    head = secrets.token_bytes(SALT) + number.to_bytes(NUMBER, "big") + day.to_bytes(DAY, "big")
    return head + (key or b"") + server.keyring().tag(_said(head, key or b"", user))


def _key(entry: bytes) -> bytes:
    """The browser's public key; b'' for an entry without one."""
    return entry[HEAD:-TAG] if len(entry) == BOUND else b""


def _is_hers(entry: bytes, user: UUID) -> bool:
    head, key = entry[:HEAD], _key(entry)
    if not server.keyring().tag_holds(_said(head, key, user), entry[HEAD + len(key) :]):
        return False
    number, day = int.from_bytes(head[SALT:-DAY], "big"), int.from_bytes(head[-DAY:], "big")
    today = timezone.now().date()
    return date.fromordinal(day) + LASTS > today and number >= server.marks().least(KIND, user)


def _said(head: bytes, key: bytes, user: UUID) -> bytes:
    return canon(KIND, user, head, key) if key else canon(KIND, user, head)


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
