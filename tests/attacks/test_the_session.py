"""The session: whoever writes its row, or changes the organisation she works for, made it younger than it was.

On commit ff6e3b1 these were red: choosing an organisation, also her own, renewed the limit of eight hours and the
fresh sign-in; the owner's `stepped_up_at = now()` counted as her passphrase, his `expires_at` prolonged a session
without end, his other membership made her act as another; and a statement in her own session could step it up.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from hamkori.access.context import new_token, set_token, token_hash
from hamkori.access.models import AccessSession
from hamkori.vault.models import VaultSession
from hamkori.vault.proof import prove
from hamkori.vault.session import db_token, read_cookie
from hamkori.web.sessions.store import SessionStore
from tests import doors
from tests.attacks import counted
from tests.database import god
from tests.people.test_keys_and_doors import refused

pytestmark = pytest.mark.django_db

ACCOUNT, CODES, BODY, UNLOCK = "/account/", "/account/codes/", "/account/body/", "/account/unlock/"
NOT_FRESH, DONE, OVER = 409, 200, 302


@pytest.fixture
def there(zarina: doors.Person) -> doors.Person:
    """She herself in a second place of work."""
    return doors.person(doors.body("panoh"), "Zarina", email=zarina.email)


def live() -> AccessSession:
    with god():
        return AccessSession.objects.get(ended_at=None)


def change(**columns: Any) -> None:
    """The owner writes the row of the one live session."""
    with god():
        assert AccessSession.objects.filter(ended_at=None).update(**columns) == 1


def older(client: doors.DoorClient, **by: float) -> None:
    """Let the session have begun earlier, in both places, as if time had passed."""
    row, ago = live(), timedelta(**by)
    change(
        issued_at=row.issued_at - ago,
        stepped_up_at=row.stepped_up_at - ago,
        expires_at=row.expires_at - ago,
    )
    store = SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value)
    kept = store.get("hk_session")
    if kept:
        moments = {name: kept[name] - int(ago.total_seconds() * 1_000_000) for name in ("issued", "stepped_up")}
        store["hk_session"] = {**kept, **moments}
        store.save()


def choose(client: doors.DoorClient, who: doors.Person) -> None:
    assert client.post(BODY, {"membership": str(who.membership_id)}).status_code == 302


def test_choosing_an_organisation_renews_nothing(zarina: doors.Person, there: doors.Person) -> None:
    client = doors.client_for(zarina)
    older(client, hours=2)
    before = live()
    for place in (there, zarina, zarina):
        choose(client, place)
        after = live()
        assert after.membership_id == place.membership_id
        assert after.token_hash != before.token_hash
        for name in ("issued_at", "stepped_up_at", "expires_at", "level_code"):
            assert getattr(after, name) == getattr(before, name), name
        assert client.post(CODES).status_code == NOT_FRESH
    counted.tried(3)


def test_choosing_an_organisation_opens_nothing(zarina: doors.Person, there: doors.Person) -> None:
    client = doors.client_for(zarina)
    client.post("/account/seal/", {"next": ACCOUNT})
    for place in (there, zarina):
        choose(client, place)
        assert client.get(ACCOUNT).wsgi_request.actor.keys is None
        with god():
            assert VaultSession.objects.count() == 0
    client.post(UNLOCK, {"passphrase": zarina.passphrase})
    choose(client, there)
    assert client.get(ACCOUNT).wsgi_request.actor.keys.private.raw == zarina.key.private.raw, "an open one stays open"
    counted.tried(2)


def test_a_cookie_from_before_the_choice_is_nobodys(zarina: doors.Person, there: doors.Person) -> None:
    for place in (there, zarina):
        client = doors.client_for(zarina)
        before = {name: morsel.value for name, morsel in client.cookies.items()}
        choose(client, place)
        thief = doors.stranger()
        thief.cookies.load({**before, settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value})
        session = thief.get(ACCOUNT)
        assert session.status_code == OVER
    counted.tried(2)


FRESHER: tuple[Callable[[], dict[str, Any]], ...] = (
    lambda: {"stepped_up_at": timezone.now()},
    lambda: {"stepped_up_at": timezone.now() + timedelta(days=1)},
    lambda: {"issued_at": timezone.now(), "stepped_up_at": timezone.now()},
)


@pytest.mark.parametrize("columns", FRESHER)
def test_the_owners_clock_is_no_passphrase(zarina: doors.Person, columns: Callable[[], dict[str, Any]]) -> None:
    client = doors.client_for(zarina)
    older(client, minutes=6)
    for page in (CODES, "/account/authenticator/"):
        change(**columns())
        assert client.post(page).status_code == NOT_FRESH, page
    assert client.get(ACCOUNT).status_code == DONE
    client.post(UNLOCK, {"passphrase": zarina.passphrase})
    assert client.post(CODES).status_code == DONE, "her own passphrase is one"
    counted.tried(2)


@pytest.mark.parametrize("hours", [8, 9, 11.9])
def test_no_row_makes_a_session_longer_than_eight_hours(zarina: doors.Person, hours: float) -> None:
    client = doors.client_for(zarina)
    older(client, hours=hours)
    now = timezone.now()
    change(issued_at=now, stepped_up_at=now, expires_at=now + timedelta(days=30), idle_until=now + timedelta(days=30))
    assert client.get(ACCOUNT).status_code == OVER
    counted.tried()


def test_seven_hours_are_fewer_than_eight(zarina: doors.Person) -> None:
    client = doors.client_for(zarina)
    older(client, hours=7.9)
    assert client.get(ACCOUNT).status_code == DONE


@pytest.mark.alarms
def test_a_repointed_session_is_over(zarina: doors.Person, there: doors.Person) -> None:
    colleague = doors.person(zarina.organisation_id, "Dilshod")
    for other in (there, colleague):
        client = doors.client_for(zarina)
        change(membership_id=other.membership_id)
        assert client.get(ACCOUNT).status_code == OVER
        with god():
            AccessSession.objects.update(ended_at=timezone.now())
    counted.tried(2)


def test_another_session_under_her_cookies_is_over(zarina: doors.Person) -> None:
    """The owner gives her token to a younger row: a session that somebody else has begun for her."""
    client = doors.client_for(zarina)
    row = live()
    change(ended_at=timezone.now(), token_hash=b"gone")
    with god():
        AccessSession.objects.create(
            token_hash=row.token_hash,
            membership_id=row.membership_id,
            level_code="mfa",
            issued_at=timezone.now(),
            stepped_up_at=timezone.now(),
            idle_until=timezone.now() + timedelta(hours=1),
            expires_at=timezone.now() + timedelta(hours=8),
        )
    assert client.get(ACCOUNT).status_code == OVER
    counted.tried()


def test_locked_facts_put_back_are_earlier_and_foreign_ones_are_none(zarina: doors.Person) -> None:
    client = doors.client_for(zarina)
    older(client, minutes=6)
    with god():
        (kept,) = Session.objects.all()
        old = kept.session_data
    client.post(UNLOCK, {"passphrase": zarina.passphrase})
    with god():
        Session.objects.update(session_data=old)
    assert client.post(CODES).status_code == NOT_FRESH
    doors.client_for(zarina)
    with god():
        foreign = Session.objects.exclude(session_key=kept.session_key).get()
        Session.objects.filter(session_key=kept.session_key).update(session_data=foreign.session_data)
    assert client.get(ACCOUNT).status_code == OVER
    counted.tried(2)


def test_a_statement_in_her_session_is_no_passphrase(zarina: doors.Person) -> None:
    client = doors.client_for(zarina)
    older(client, minutes=6)
    v = read_cookie(client.cookies[settings.HAMKORI_KEY_COOKIE].value)
    assert v is not None
    set_token(db_token(v))
    with connection.cursor() as cursor:
        cursor.execute("select session_step_up()")
    set_token("")
    assert client.post(CODES).status_code == NOT_FRESH
    counted.tried()


def test_no_statement_changes_the_token_or_the_place_of_a_session(zarina: doors.Person, there: doors.Person) -> None:
    stranger = doors.person(there.organisation_id, "Parvina")
    ask, ring, tries = "select session_change(%s, %s, %s, %s, %s)", doors.house(), 0
    with doors.acting(zarina) as actor:
        row = (uuid4(), token_hash(new_token()), there.membership_id)
        at, proof = prove(ring, "change", *row, actor.session_id)
        wrong = (
            (*row, at, b"\0" * 32),
            (*row, at, None),
            (*row, at + 1, proof),
            (uuid4(), *row[1:], at, proof),
            (row[0], token_hash(new_token()), row[2], at, proof),
            (*row[:2], zarina.membership_id, at, proof),
            (*row, *prove(ring, "change", *row, uuid4())),
            (*row, *prove(ring, "issue", *row, actor.session_id)),
        )
        for values in wrong:
            assert refused(ask, *values) == "HK412"
        tries += len(wrong)
        foreign = (uuid4(), token_hash(new_token()), stranger.membership_id)
        assert refused(ask, *foreign, *prove(ring, "change", *foreign, actor.session_id)) == "HK404"
    with doors.acting(stranger):
        assert refused(ask, *row, at, proof) == "HK412", "in somebody else's session"
    set_token("")
    assert refused(ask, *row, at, proof) == "42501", "in nobody's"
    counted.tried(tries + 3)


def test_the_page_says_until_when_by_the_earlier_of_both(zarina: doors.Person) -> None:
    client = doors.client_for(zarina)
    older(client, hours=7, minutes=55)
    change(expires_at=timezone.now() + timedelta(days=1))
    until = client.get(ACCOUNT).wsgi_request.signed_in.until
    assert until < timezone.now() + timedelta(minutes=6)
    counted.tried()
