"""A browser that she has not used before is told to her, by notice and mail; one that she has used is not."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.db import connection
from django.urls import resolve
from django.utils import timezone

from hamkori.access.context import set_token
from hamkori.audit.models import Ledger
from hamkori.notices.mail import send_due
from hamkori.notices.models import Notice
from hamkori.people import totp
from hamkori.people.actions import welcome
from hamkori.vault import server
from hamkori.web.account import known
from tests import doors
from tests.attacks import planting
from tests.attacks.planting import committed
from tests.database import as_role, god
from tests.web.test_devices import OFFICE, PHONE
from tests.web.test_sign_in import ACCOUNT, SIGN_IN, first_step, second_step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_marks")]
own_marks = planting.own_marks

TODAY = "https://hamkori.example/"
TOLD = "1 new device signed in to your account."
NAME = "__Host-hk_known"


@pytest.fixture
def zarina() -> doors.Person:
    doors.house()
    return doors.person(doors.body("umed"), "Zarina", function="social_worker")


class Codes:
    """Codes that were not used yet: a sign-in takes one."""

    def __init__(self, who: doors.Person) -> None:
        self.left = list(who.recovery_codes)

    def sign_in(self, who: doors.Person, client: doors.DoorClient, said: str = PHONE) -> doors.DoorClient:
        client.defaults["HTTP_USER_AGENT"] = said
        first_step(client, who)
        assert second_step(client, self.left.pop()).status_code == 302
        return client


def told() -> int:
    with god():
        return Notice.objects.filter(key_code="device").count()


def mails() -> list[Any]:
    mail.outbox = []
    with as_role("hk_clock"):
        send_due(TODAY)
    return list(mail.outbox)


def begun() -> list[str]:
    with god():
        rows = Ledger.objects.filter(action_code="session.begin", decision_code="done").order_by("id")
        return list(rows.values_list("reason_code", flat=True))


def test_another_browser_is_told_and_the_same_one_is_not(zarina: doors.Person) -> None:
    codes, phone, office = Codes(zarina), doors.stranger(), doors.stranger()
    codes.sign_in(zarina, phone)
    assert told() == 0, "the first after her invitation"
    codes.sign_in(zarina, office, OFFICE)
    assert told() == 1
    for client in (phone, office):
        client.post("/account/sign-out/")
        codes.sign_in(zarina, client)
    assert told() == 1, "both are hers from now on"
    assert begun() == ["", "new_device", "", ""]


def test_the_mail_says_when_what_and_where_to_end_it(zarina: doors.Person) -> None:
    codes = Codes(zarina)
    codes.sign_in(zarina, doors.stranger())
    at = timezone.localtime()
    codes.sign_in(zarina, doors.stranger(), OFFICE)
    (one,) = mails()
    assert (one.subject, one.to) == ("Hamkori", [zarina.email])
    first, device, end, way = one.body.strip().splitlines()
    assert first == TOLD
    assert re.fullmatch(rf"{at.day} \w+ {at.year}, \d\d:\d\d: Chrome on Windows", device)
    assert end == f"Was it not you? End that session here and change your passphrase: {TODAY}account/devices/"
    assert way == f"Sign in to read more: {TODAY}"
    assert resolve(urlsplit(f"{TODAY}account/devices/").path).url_name == "account_devices"
    written = one.message().as_string().replace(zarina.email, "").lower()
    for word in ("zarina", "umed", "127.0.0.1", "131.0", "gecko"):
        assert word not in written
    assert mails() == [], "once"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("tg", "Chrome дар Windows"),
        ("ru", "Chrome на Windows"),
        ("fr", "Chrome sur Windows"),
    ],
)
def test_the_mail_is_in_her_language(language: str, words: str) -> None:
    doors.house()
    who = doors.person(doors.body("umed"), "Zarina", language=language)
    codes = Codes(who)
    codes.sign_in(who, doors.stranger())
    codes.sign_in(who, doors.stranger(), OFFICE)
    (one,) = mails()
    assert words in one.body
    assert "account/devices/" in one.body
    assert "device" not in one.body.replace("/devices/", "")


def test_who_signed_in_cannot_read_the_mail_away(zarina: doors.Person) -> None:
    codes = Codes(zarina)
    codes.sign_in(zarina, doors.stranger())
    thief = codes.sign_in(zarina, doors.stranger())
    page = thief.get("/").content.decode()
    assert TOLD in page
    assert 'href="/account/devices/"' in page
    thief.post("/today/seen/", {"key": "device"})
    with god():
        assert not Notice.objects.filter(read_at=None).exists()
    assert len(mails()) == 1


def test_the_cookie_is_closed_lasts_a_year_and_names_nobody(zarina: doors.Person) -> None:
    client = Codes(zarina).sign_in(zarina, doors.stranger())
    cookie = client.cookies[NAME]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"], cookie["path"]) == (True, True, "Strict", "/")
    assert int(cookie["max-age"]) == 365 * 24 * 3600
    assert zarina.user_id.hex not in cookie.value
    assert zarina.user_id.bytes not in known._entries(client.get(ACCOUNT).wsgi_request)[0]
    assert len(cookie.value) < 80


def test_a_cookie_that_is_not_hers_is_nobodys(zarina: doors.Person) -> None:
    dilshod = doors.person(zarina.organisation_id, "Dilshod")
    codes, his = Codes(zarina), Codes(dilshod)
    codes.sign_in(zarina, doors.stranger())
    foreign = his.sign_in(dilshod, doors.stranger()).cookies[NAME].value
    flipped = foreign[:-3] + ("A" if foreign[-3] != "A" else "B") + foreign[-2:]
    tries = ("", "....", "x", "é", foreign, flipped, "A" * 62, f"{foreign}.{foreign}", "=" * 3000)
    for number, value in enumerate(tries, start=1):
        client = doors.stranger()
        client.cookies[NAME] = value
        first_step(client, zarina)
        if not codes.left:
            with doors.acting(zarina) as actor:
                from hamkori.people.actions import account

                codes.left = account.new_recovery_codes(actor, doors.house())
            set_token("")
        assert second_step(client, codes.left.pop()).status_code == 302
        assert told() == number, value[:20]


def test_five_people_at_one_computer(zarina: doors.Person) -> None:
    """Four are remembered; who has not come for the longest is new again."""
    people = [zarina, *(doors.person(zarina.organisation_id, f"P{number}") for number in range(4))]
    shared, codes = doors.stranger(), {who.user_id: Codes(who) for who in people}
    for who in people:
        codes[who.user_id].sign_in(who, shared)
        shared.post("/account/sign-out/")
    assert told() == 0, "each for the first time"
    for who in people[1:]:
        codes[who.user_id].sign_in(who, shared)
        shared.post("/account/sign-out/")
    assert told() == 0
    codes[zarina.user_id].sign_in(zarina, shared)
    assert told() == 1


def test_a_year_later_it_is_new(zarina: doors.Person, monkeypatch: pytest.MonkeyPatch) -> None:
    codes, client = Codes(zarina), doors.stranger()
    with monkeypatch.context() as earlier:
        now = timezone.now()
        earlier.setattr(known.timezone, "now", lambda: now - timedelta(days=366))
        request = client.get(SIGN_IN).wsgi_request
        known.remember(request, zarina.user_id)
        client.cookies[NAME] = request.door.known
    codes.sign_in(zarina, doors.stranger())
    codes.sign_in(zarina, client)
    assert told() == 1


@pytest.mark.parametrize("how", ["one", "others", "passphrase"])
def test_after_an_ending_every_other_browser_is_new_again(zarina: doors.Person, how: str) -> None:
    codes, lost, here = Codes(zarina), doors.stranger(), doors.stranger()
    codes.sign_in(zarina, lost)
    codes.sign_in(zarina, here, OFFICE)
    assert told() == 1
    session = lost.get(ACCOUNT).wsgi_request.actor.session_id
    with committed():
        if how == "one":
            here.post("/account/devices/end/", {"session": str(session)})
        elif how == "others":
            here.post("/account/end-others/")
        else:
            new = "nine quiet cranes above the Panj in autumn"
            here.post("/account/passphrase/", {"old": zarina.passphrase, "passphrase": new, "again": new})
            object.__setattr__(zarina, "passphrase", new)
    assert server.marks().least("browser", zarina.user_id) == 1
    here.post("/account/sign-out/")
    codes.sign_in(zarina, here, OFFICE)
    assert told() == 1, "this one is hers still"
    codes.sign_in(zarina, lost)
    assert told() == 2


def test_the_browser_in_which_she_accepted_is_hers(zarina: doors.Person) -> None:
    token = welcome.invite(
        doors.house(), organisation_id=zarina.organisation_id, email="n@e.org", name="Nigina", roles=["case_worker"],
        language="en",
    )  # fmt: skip
    client, address = doors.stranger(), f"/invitation/{token}/"
    page = client.get(address).content.decode()
    words = re.search(r'<b translate="no">([a-zа-я ]+)</b>', page).group(1)
    kept = re.search(r'name="kept" value="([0-9a-f]+)"', page).group(1)
    secret = re.search(r'<b translate="no">([A-Z2-7 ]+)</b>', page).group(1).replace(" ", "")
    done = client.post(address, {"passphrase": words, "again": words, "kept": kept, "code": totp.code(secret)})
    codes = re.findall(r'<span class="code">(\d{4} \d{4})</span>', done.content.decode())
    assert client.cookies[NAME].value
    elsewhere = doors.stranger()
    for browser, code in ((elsewhere, codes[0]), (client, codes[1])):
        browser.post(SIGN_IN, {"login": "n@e.org", "password": words})
        assert second_step(browser, code).status_code == 302
        assert told() == 0, "the first sign-in of all, and then the browser of the invitation"
    third = doors.stranger()
    third.post(SIGN_IN, {"login": "n@e.org", "password": words})
    second_step(third, codes[2])
    assert told() == 1


def test_a_statement_in_her_session_tells_her_once_and_nobody_else(zarina: doors.Person) -> None:
    with doors.acting(zarina), connection.cursor() as cursor:
        for _ in range(3):
            cursor.execute("select notice_device()")
    set_token("")
    with connection.cursor() as cursor:
        cursor.execute("select notice_device()")
    with god():
        assert list(Notice.objects.values_list("membership_id", flat=True)) == [zarina.membership_id]
