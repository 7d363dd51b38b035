"""A change of what opens her account is told to her, by notice and by a mail that nobody reads away.

Red before: a changed passphrase, another telephone and new recovery codes told nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from hamkori.access.context import set_token
from hamkori.access.models import AccessSession
from hamkori.notices.models import Notice
from hamkori.people import totp
from tests import doors
from tests.attacks import planting
from tests.attacks.planting import committed
from tests.database import god
from tests.web.test_new_authenticator import shown
from tests.web.test_new_device import TODAY, Codes, mails

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_marks")]
own_marks = planting.own_marks

NEW = "nine quiet cranes above the Panj in autumn"
END = f"Was it not you? End that session here and change your passphrase: {TODAY}account/devices/"
OUT = "If you can no longer sign in, tell those who run Hamkori for you at once."
WAY = f"Sign in to read more: {TODAY}"


@pytest.fixture
def zarina() -> doors.Person:
    doors.house()
    return doors.person(doors.body("umed"), "Zarina", function="social_worker")


def passphrase(client: doors.DoorClient, who: doors.Person) -> None:
    with committed():
        form = {"old": who.passphrase, "passphrase": NEW, "again": NEW}
        assert client.post("/account/passphrase/", form).status_code == 302


def authenticator(client: doors.DoorClient, who: doors.Person) -> None:
    page = client.get("/account/authenticator/").content.decode()
    kept, secret = shown(page)
    assert client.post("/account/authenticator/", {"kept": kept, "code": totp.code(secret)}).status_code == 302


def recovery_codes(client: doors.DoorClient, who: doors.Person) -> None:
    assert '<span class="code">' in client.post("/account/codes/").content.decode()


CHANGES: dict[Callable[[doors.DoorClient, doors.Person], None], str] = {
    passphrase: "Your passphrase was changed.",
    authenticator: "The telephone that shows your codes was changed.",
    recovery_codes: "Your recovery codes were made anew. The earlier ones no longer work.",
}
each = pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)


@each
def test_the_mail_says_what_when_and_in_which_browser(
    change: Callable[[doors.DoorClient, doors.Person], None], zarina: doors.Person
) -> None:
    client = Codes(zarina).sign_in(zarina, doors.stranger())
    kind = "Firefox on Android"
    assert mails() == []
    at = timezone.localtime()
    change(client, zarina)
    (one,) = mails()
    assert (one.subject, one.to) == ("Hamkori", [zarina.email])
    said, when, *rest = one.body.strip().splitlines()
    assert said == CHANGES[change]
    assert re.fullmatch(rf"{at.day} \w+ {at.year}, \d\d:\d\d: {kind}", when), when
    assert rest == [END, OUT, WAY]
    written = one.message().as_string().replace(zarina.email, "").lower()
    for word in ("zarina", "umed", "127.0.0.1", "gecko"):
        assert word not in written
    assert not re.search(r"\b\d{4} ?\d{4}\b", one.body), "no code"
    assert mails() == [], "once"


@each
def test_who_made_the_change_cannot_read_the_mail_away(
    change: Callable[[doors.DoorClient, doors.Person], None], zarina: doors.Person
) -> None:
    client = Codes(zarina).sign_in(zarina, doors.stranger())
    change(client, zarina)
    page = client.get("/").content.decode()
    assert CHANGES[change] in page
    assert 'href="/account/devices/"' in page
    client.post("/today/seen/", {"key": change.__name__})
    with god():
        assert not Notice.objects.filter(read_at=None).exists()
    assert len(mails()) == 1


def test_what_was_refused_is_told_to_nobody(zarina: doors.Person) -> None:
    client = Codes(zarina).sign_in(zarina, doors.stranger())
    client.post("/account/passphrase/", {"old": "not hers at all, this one", "passphrase": NEW, "again": NEW})
    page = client.get("/account/authenticator/").content.decode()
    kept, _secret = shown(page)
    client.post("/account/authenticator/", {"kept": kept, "code": "000000"})
    with god():
        AccessSession.objects.update(stepped_up_at=timezone.now() - timedelta(minutes=6))
    client.post("/account/codes/")
    with god():
        assert not Notice.objects.exists()


def test_several_stand_in_one_mail(zarina: doors.Person) -> None:
    client = Codes(zarina).sign_in(zarina, doors.stranger())
    recovery_codes(client, zarina)
    recovery_codes(client, zarina)
    authenticator(client, zarina)
    (one,) = mails()
    lines = one.body.strip().splitlines()
    assert [lines[0], lines[2]] == [CHANGES[authenticator], CHANGES[recovery_codes]]
    assert len(lines) == 8
    assert lines[5:] == [END, OUT, WAY]


@pytest.mark.parametrize("language", ["tg", "ru", "fr"])
def test_it_is_in_her_language(language: str) -> None:
    doors.house()
    who = doors.person(doors.body("umed"), "Zarina", language=language)
    client = Codes(who).sign_in(who, doors.stranger())
    for change in CHANGES:
        change(client, who)
    (one,) = mails()
    assert len(one.body.strip().splitlines()) == 9
    for word in ("changed", "codes were", "no longer", "Was it", "on Android"):
        assert word not in one.body


def test_a_statement_in_her_session_tells_herself_a_known_thing_and_no_flood(zarina: doors.Person) -> None:
    with doors.acting(zarina), connection.cursor() as cursor:
        for key in ("news", "device", "", None):
            with pytest.raises(DatabaseError) as refused, transaction.atomic():
                cursor.execute("select notice_account(%s)", [key])
            assert isinstance(refused.value.__cause__, psycopg.Error)
            assert refused.value.__cause__.sqlstate == "22023"
        for _ in range(30):
            cursor.execute("select notice_account('passphrase')")
    set_token("")
    with connection.cursor() as cursor:
        cursor.execute("select notice_account('passphrase')")
    with god():
        assert list(Notice.objects.values_list("membership_id", flat=True)) == [zarina.membership_id] * 20
