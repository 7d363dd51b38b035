"""A session that is bound to the browser in which it began: what it asks that browser to sign, and whether it did.

The page of the second step offers a public key; its private half cannot leave the browser, not even by a script. From
then on giving the passphrase, ending sessions, changing the organisation, and every act that asks for a fresh sign-in,
counts only with a signature over a text that this server made for this session and takes once, and over the address
that it is sent to. Who has copied the cookies has not copied the key. A browser that offers no key (no script, an old
one) has a session as ever.
"""

import secrets
from dataclasses import replace
from datetime import timedelta

from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.access.context import ABSOLUTE
from hamkori.audit import ledger
from hamkori.canon import canon
from hamkori.refusal import NotNow
from hamkori.vault import browser
from hamkori.vault.server import keyring
from hamkori.web.sessions.facts import Facts
from hamkori.web.sessions.signed_in import SignedIn, actor_of

FIELD, ASKED, GIVEN = "browser_key", "sign_asked", "sign_given"
KIND = "sign"
SALT_BYTES = 16
FRESH = timedelta(minutes=5)
ALWAYS = ("account_unlock", "account_passphrase", "account", "account_devices")
"""Pages on which something is signed also when no sign-in is fresh."""


def offered(request: HttpRequest) -> bytes | None:
    """The public key that came with the second step, if one did."""
    return browser.read_public(request.POST.get(FIELD, ""))


def key_of(request: HttpRequest) -> bytes | None:
    """The public key of the browser to which the session is bound, if it is."""
    found = _of(request)
    return found.facts.browser if found is not None else None


def ask(request: HttpRequest) -> str:
    """What this page lets its browser sign; '' where nothing on it asks for a signature."""
    found = _of(request)
    if found is None or found.facts.browser is None:
        return ""
    if timezone.now() - found.facts.stepped_up_at > FRESH and request.path not in map(reverse, ALWAYS):
        return ""
    salt = secrets.token_bytes(SALT_BYTES)
    return (salt + keyring().tag(_said(found.facts, salt))).hex()


def weigh(request: HttpRequest) -> None:
    """Before the view: in a form that this session's own browser has not signed, no fresh sign-in counts."""
    found = _of(request)
    if found is None or request.method != "POST" or found.facts.browser is None:
        return
    if _has_signed(request, found.facts, found.facts.browser):
        request.signed_by_browser = True  # type: ignore[attr-defined]
    else:
        request.actor = replace(found.actor, stepped_up_at=None)  # type: ignore[attr-defined]


def is_foreign(request: HttpRequest) -> bool:
    """Whether this form came from another browser than that of its session, as far as a session can tell."""
    found = _of(request)
    bound = found is not None and found.facts.browser is not None
    return bound and request.method == "POST" and not getattr(request, "signed_by_browser", False)


def require_own(request: HttpRequest) -> Actor:
    """Who acts. NotNow("other_browser"), with its row: the form comes from another browser than that of the session."""
    actor = actor_of(request)
    if is_foreign(request):
        ledger.note(actor, "account.manage", "refused", reason="other_browser")
        raise NotNow("other_browser")
    return actor


def _of(request: HttpRequest) -> SignedIn | None:
    found: SignedIn | None = getattr(request, "signed_in", None)
    return found


def _has_signed(request: HttpRequest, facts: Facts, public: bytes) -> bool:
    try:
        asked, given = request.POST.get(ASKED, ""), request.POST.get(GIVEN, "")
    except (SuspiciousOperation, RequestDataTooBig, MultiPartParserError, OSError):
        return False
    try:
        whole = bytes.fromhex(asked)
    except ValueError:
        return False
    salt, tag = whole[:SALT_BYTES], whole[SALT_BYTES:]
    if not given or not keyring().tag_holds(_said(facts, salt), tag):
        return False
    if not browser.has_signed(public, f"{asked} {request.path}", given):
        return False
    # Taken once: who reads it on its way, or in a log, has nothing.
    return bool(cache.add(f"hk.signed:{salt.hex()}", True, timeout=ABSOLUTE.total_seconds()))


def _said(facts: Facts, salt: bytes) -> bytes:
    return canon(KIND, facts.session_id, salt)
