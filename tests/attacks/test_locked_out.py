"""A stranger who knows nothing but her e-mail keeps her out: six wrong passphrases, again every five minutes.

Red on accb89b: five tries of a stranger, from anywhere, and her right passphrase was answered with "Too many tries" in
every browser, also in the one that she uses each day.
"""

from __future__ import annotations

import base64
from uuid import uuid4

import pytest
from django.http import HttpResponse

from hamkori.vault import server
from hamkori.web.account import known
from tests import database, doors
from tests.attacks import planting
from tests.attacks.counted import tried
from tests.web.test_sign_in import SIGN_IN, first_step, second_step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_marks")]
own_marks = planting.own_marks

WRONG, SLOWER = "do not belong together", "Too many tries"
NAME = "__Host-hk_known"
LIMIT = 5
FAR, NEAR = "192.0.2.7", "127.0.0.1"


def used(who: doors.Person, code: int = 0) -> doors.DoorClient:
    """A browser in which she has signed in, and has signed out again."""
    client = doors.stranger()
    assert first_step(client, who).status_code == 302
    assert second_step(client, who.recovery_codes[code]).status_code == 302
    assert client.post("/account/sign-out/").status_code == 302
    return client


def guess(client: doors.DoorClient, email: str, passphrase: str = "a wrong passphrase", *, of: str = FAR) -> str:
    answer: HttpResponse = client.post(SIGN_IN, {"login": email, "password": passphrase}, REMOTE_ADDR=of)
    return "right" if answer.status_code == 302 else answer.content.decode()


def shut(email: str, *, of: str = FAR) -> None:
    """A stranger takes all tries that an account has."""
    for _ in range(LIMIT):
        assert WRONG in guess(doors.stranger(), email, of=of)
    assert SLOWER in guess(doors.stranger(), email, of=of)


@pytest.mark.parametrize("of", [FAR, NEAR], ids=["from afar", "from her own address"])
def test_a_strangers_tries_keep_her_out_of_no_browser_of_hers(zarina: doors.Person, of: str) -> None:
    hers = used(zarina)
    for _ in range(3):
        shut(zarina.email, of=of)
        assert guess(hers, zarina.email, zarina.passphrase, of=of) == "right"
        database.forget_counts()  # five minutes later he comes again
        tried(LIMIT + 1)


def test_who_tries_other_accounts_from_her_address_keeps_her_out_of_none(zarina: doors.Person) -> None:
    hers = used(zarina)
    for number in range(10):
        guess(doors.stranger(), f"n{number}@example.org", of=NEAR)
    assert SLOWER in guess(doors.stranger(), zarina.email, of=NEAR), "the address has had its ten"
    assert guess(hers, zarina.email, zarina.passphrase, of=NEAR) == "right"
    tried(10)


def test_strangers_have_no_more_tries_than_before_however_many_they_are(zarina: doors.Person) -> None:
    """From a hundred addresses, with cookies of all kinds that are none of hers: five, and then none."""
    used(zarina)
    dilshod = doors.person(zarina.organisation_id, "Dilshod")
    his = used(dilshod).cookies[NAME].value
    invented = base64.urlsafe_b64encode(uuid4().bytes * 3).decode()
    cookies = ("", his, invented, f"{invented}.{his}", "no base64", "." * 50, "é", "A" * 4000)
    answers = []
    for number in range(100):
        client = doors.stranger()
        client.cookies[NAME] = cookies[number % len(cookies)]
        answers.append(guess(client, zarina.email, of=f"198.51.100.{number}"))
    assert [WRONG in answer for answer in answers] == [True] * LIMIT + [False] * 95
    assert all(SLOWER in answer for answer in answers[LIMIT:])
    tried(100)


def test_her_own_browser_has_five_tries_and_no_more(zarina: doors.Person) -> None:
    hers, other = used(zarina), used(zarina, 1)
    for _ in range(LIMIT):
        assert WRONG in guess(hers, zarina.email)
    for _ in range(3):
        assert SLOWER in guess(hers, zarina.email, zarina.passphrase), "whoever sits at it, the right one neither"
    assert guess(other, zarina.email, zarina.passphrase) == "right", "her other browser counts for itself"
    shut(zarina.email)
    tried(LIMIT + 3)


def test_a_browser_that_she_has_ended_is_a_strangers_again(zarina: doors.Person) -> None:
    lost = used(zarina)
    server.marks().raise_to(known.KIND, zarina.user_id, 1)
    shut(zarina.email)
    assert SLOWER in guess(lost, zarina.email)
    tried()


def test_her_browser_tries_somebody_elses_account_as_a_stranger_does(zarina: doors.Person) -> None:
    dilshod = doors.person(zarina.organisation_id, "Dilshod")
    hers = used(zarina)
    shut(dilshod.email)
    assert SLOWER in guess(hers, dilshod.email)
    tried()


def test_nobody_learns_whether_an_account_exists(zarina: doors.Person) -> None:
    """The same answers, in the same order, for her and for nobody: from a stranger's browser, and from hers."""
    browser = used(doors.person(zarina.organisation_id, "Dilshod"))
    for client in (doors.stranger, lambda: browser):
        heard = []
        for email in (zarina.email, f"nobody.{uuid4().hex[:6]}@example.org", "nobody|x@example.org"):
            database.forget_counts()
            page = [guess(client(), email) for _ in range(LIMIT + 3)]
            heard.append([(WRONG in one, SLOWER in one) for one in page])
            tried(LIMIT + 3)
        assert heard[0] == heard[1] == [(True, False)] * LIMIT + [(False, True)] * 3
        assert heard[2] in (heard[0], [(False, False)] * (LIMIT + 3)), "no e-mail at all is no account"


def test_a_right_passphrase_takes_back_its_own_try_and_no_other(zarina: doors.Person) -> None:
    hers = used(zarina)
    for _ in range(LIMIT - 1):
        guess(hers, zarina.email)
    assert guess(hers, zarina.email, zarina.passphrase) == "right"
    assert WRONG in guess(hers, zarina.email)
    assert SLOWER in guess(hers, zarina.email, zarina.passphrase)
    for _ in range(LIMIT - 1):
        guess(doors.stranger(), zarina.email)
    assert guess(hers, zarina.email, zarina.passphrase) != "right", "hers is still full"
    assert WRONG in guess(doors.stranger(), zarina.email), "and has taken nothing from the strangers' count"
    assert SLOWER in guess(doors.stranger(), zarina.email)
    tried(LIMIT * 2)
