"""A passphrase is slow to try, on purpose: nobody makes the machine try more of them than are counted, or learns by it.

Red on 2d21747: with the cookies of a session the page of a new passphrase worked on any number of present ones, once
where it was wrong and twice where it was right, and counted none of them: a form that was sound but for the person's
name in it, or one of a bound session without its signature. And whatever is no e-mail was worked on at the sign-in.
"""

from __future__ import annotations

import pytest

from hamkori.vault import person
from tests import doors
from tests.attacks.counted import tried
from tests.attacks.test_copied_cookies import OTHER, PASSPHRASE, SEAL, UNLOCK, Browser
from tests.web.test_sign_in import SIGN_IN

pytestmark = pytest.mark.django_db

LIMIT, TRIES = 5, 12
NEW = "nine quiet cranes above the Panj in autumn"
SLOWER = "Too many tries"


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every passphrase that the machine has worked on."""
    done: list[bytes] = []
    real = person.bindings.crypto_pwhash_alg

    def counted(*values: object) -> bytes:
        done.append(values[1])  # type: ignore[arg-type]
        found: bytes = real(*values)
        return found

    monkeypatch.setattr(person.bindings, "crypto_pwhash_alg", counted)
    return done


def presents(who: doors.Person) -> list[str]:
    """What a thief gives for her present passphrase: all wrong, but for every third."""
    return [who.passphrase if number % 3 == 2 else f"a guess, the {number}th of them" for number in range(TRIES)]


def test_no_form_of_another_browser_is_worked_on_for_ever(zarina: doors.Person, worked: list[bytes]) -> None:
    mine = Browser().enter(zarina)
    thief = mine.copied()
    costs = []
    for old in presents(zarina):
        worked.clear()
        answer = thief.client.post(PASSPHRASE, {"old": old, "passphrase": NEW, "again": NEW})
        assert OTHER in answer.content.decode()
        costs.append(len(worked))
    assert costs == [2] * LIMIT + [0] * (TRIES - LIMIT), "right or wrong, it takes as long"
    mine.client.post(SEAL)
    assert mine.post(UNLOCK, passphrase=zarina.passphrase).status_code == 302, "and she is not kept out by it"
    tried(TRIES)


def test_the_same_where_the_vault_is_opened(zarina: doors.Person, worked: list[bytes]) -> None:
    mine = Browser().enter(zarina)
    thief = mine.copied()
    mine.client.post(SEAL)
    costs = []
    for old in presents(zarina):
        worked.clear()
        assert OTHER in thief.client.post(UNLOCK, {"passphrase": old}).content.decode()
        costs.append(len(worked))
    assert costs == [1] * LIMIT + [0] * (TRIES - LIMIT)
    tried(TRIES)


def test_a_form_that_is_wrong_elsewhere_counts_as_a_try(zarina: doors.Person, worked: list[bytes]) -> None:
    """The next passphrase is weak only because it names her."""
    client, weak = doors.client_for(zarina), f"{zarina.name} zx qk vw {zarina.name}"
    costs, said = [], []
    for old in presents(zarina):
        worked.clear()
        page = client.post(PASSPHRASE, {"old": old, "passphrase": weak, "again": weak}).content.decode()
        costs.append(len(worked))
        said.append(SLOWER in page)
    assert costs == [2] * LIMIT + [0] * (TRIES - LIMIT)
    assert said == [False] * LIMIT + [True] * (TRIES - LIMIT)
    tried(TRIES)


@pytest.mark.parametrize("login", ["nobody-here", "@", "a b@c", "\0@example.org"])
def test_what_is_no_e_mail_is_not_worked_on(zarina: doors.Person, worked: list[bytes], login: str) -> None:
    for _ in range(TRIES):
        doors.stranger().post(SIGN_IN, {"login": login, "password": "a wrong passphrase"})
    assert worked == []
    doors.stranger().post(SIGN_IN, {"login": zarina.email, "password": "a wrong passphrase"})
    assert len(worked) == 1, "the control"
    tried(TRIES)


def test_an_address_that_is_too_fast_is_not_worked_for(zarina: doors.Person, worked: list[bytes]) -> None:
    """Thirty pages a minute; what comes behind is a 429, and costs nothing."""
    codes = [
        doors.stranger().post(SIGN_IN, {"login": f"{number}@example.org", "password": "-"}).status_code
        for number in range(40)
    ]
    assert 429 in codes
    assert len(worked) <= codes.index(429)
    tried(40)
