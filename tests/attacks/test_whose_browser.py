"""A copied cookie by which a browser is known: who has it, and uses up the tries of e-mails, learns whose it is.

Red on 5ac3d75: with the tries of an e-mail used up, her cookie had tries left for hers, and for every other none.
Closed for browsers that have a key (script, over https or on localhost); SECURITY.md says what remains for others.
"""

from __future__ import annotations

import base64
import re

import pytest
from django.http import HttpResponse

from hamkori.web.account import known
from tests import database, doors
from tests.attacks import planting
from tests.attacks.counted import tried
from tests.attacks.test_copied_cookies import DEVICES, END, OTHERS, Browser
from tests.attacks.test_locked_out import LIMIT, NAME, NEAR, SLOWER, WRONG, shut
from tests.vault.test_browser import public_of, signature_of
from tests.web.test_sign_in import SIGN_IN, second_step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_marks")]
own_marks = planting.own_marks
OUT = "/account/sign-out/"


@pytest.fixture
def dilshod(zarina: doors.Person) -> doors.Person:
    return doors.person(zarina.organisation_id, "Dilshod")


def used(who: doors.Person, offered: str | None = None) -> Browser:
    """A browser in which she has signed in, and has signed out again."""
    mine = Browser().enter(who, offered)
    assert mine.client.post(OUT).status_code == 302
    return mine


def thief_of(mine: Browser) -> Browser:
    """Somebody with a key of his own and this one cookie of hers."""
    thief = Browser()
    thief.client.cookies[NAME] = mine.client.cookies[NAME].value
    return thief


def heard(answer: HttpResponse) -> str:
    if answer.status_code == 302:
        return "right"
    page = answer.content.decode()
    return WRONG if WRONG in page else SLOWER if SLOWER in page else f"{answer.status_code}"


def guess(browser: Browser, email: str, passphrase: str = "a wrong passphrase", *, of: str = NEAR, **more: str) -> str:
    form = {"login": email, "password": passphrase, **more}
    return heard(browser.client.post(SIGN_IN, form, REMOTE_ADDR=of))


def signed(browser: Browser) -> dict[str, str]:
    return browser.signed(SIGN_IN)


def test_a_copied_cookie_tells_nobody_whose_it_is(zarina: doors.Person, dilshod: doors.Person) -> None:
    """One e-mail after another, its tries used up, and one more with the cookie: unsigned, signed by him, or wrong."""
    mine, other = used(zarina), used(dilshod)
    asked = mine.asked(SIGN_IN)
    answers: dict[str, list[str]] = {}
    for number, email in enumerate((zarina.email, dilshod.email, "nobody@example.org")):
        of = f"198.51.100.{number}"
        shut(email, of=of)
        thief = thief_of(mine)
        hers = {"sign_asked": thief.asked(SIGN_IN), "sign_given": signature_of(other.key, f"{asked} {SIGN_IN}")}
        none = [{"sign_asked": one, "sign_given": "00"} for one in ("00", "no hex")]
        tries = ({}, signed(thief), hers, *none)
        answers[email] = [guess(thief, email, of=of, **one) for one in tries]
        answers[email] += [guess(thief, email, zarina.passphrase, of=of)]
        tried(6)
    assert set(map(tuple, answers.values())) == {(SLOWER,) * 6}
    assert asked, "though she herself is asked"


def test_nor_by_how_many_tries_there_are_before(zarina: doors.Person, dilshod: doors.Person) -> None:
    mine = used(zarina)
    used(dilshod)
    counts = []
    for number, email in enumerate((zarina.email, dilshod.email, "nobody@example.org")):
        thief, of = thief_of(mine), f"198.51.100.{number}"
        said = [guess(thief, email, of=of) for _ in range(LIMIT)]
        said += [guess(one, email, of=of) for one in (Browser(), thief)]
        counts.append(said)
        tried(LIMIT + 2)
    assert counts == [[WRONG] * LIMIT + [SLOWER] * 2] * 3, "his tries are a stranger's, for each e-mail"


def test_her_own_browser_has_tries_of_its_own(zarina: doors.Person) -> None:
    mine = used(zarina)
    shut(zarina.email)
    assert guess(mine, zarina.email, zarina.passphrase) == SLOWER, "unsigned"
    for _ in range(LIMIT - 1):
        assert guess(mine, zarina.email, **signed(mine)) == WRONG
    assert guess(mine, zarina.email, zarina.passphrase, **signed(mine)) == "right"
    assert second_step(mine.client, zarina.recovery_codes[0]).status_code == 302
    tried(LIMIT)


def test_what_was_signed_counts_once_at_this_address_and_for_a_while(
    zarina: doors.Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = used(zarina)
    shut(zarina.email)
    once = signed(mine)
    assert guess(mine, zarina.email, **once) == WRONG
    elsewhere = mine.signed(SIGN_IN, "/account/unlock/")
    changed = {**signed(mine), "sign_asked": mine.asked(SIGN_IN)}
    old = signed(mine)
    for form in (once, elsewhere, changed):
        assert guess(mine, zarina.email, **form) == SLOWER
        tried()
    monkeypatch.setattr(known, "ASKED_FOR", -1)
    assert guess(mine, zarina.email, **old) == SLOWER
    tried()


def test_no_entry_is_made_of_another(zarina: doors.Person) -> None:
    """The key taken out, another put in, points that are none: an entry with other bytes is nobody's."""
    mine, thief = used(zarina), Browser()
    shut(zarina.email)
    entry = base64.urlsafe_b64decode(mine.client.cookies[NAME].value)
    head, key, tag = entry[: known.HEAD], entry[known.HEAD : -known.TAG], entry[-known.TAG :]
    assert key == public_of(mine.key)
    for other in (b"", public_of(thief.key), b"\x04" + bytes(64), bytes(65)):
        thief.client.cookies[NAME] = base64.urlsafe_b64encode(head + other + tag).decode()
        for form in ({}, signed(thief)):
            assert guess(thief, zarina.email, **form) == SLOWER
            tried()


def test_strangers_keep_her_out_of_no_browser_of_hers_however_she_came_to_it(zarina: doors.Person) -> None:
    """Ending a session gives this browser a new entry: with its key, as before."""
    for path, page in ((OTHERS, DEVICES), (END, DEVICES)):
        other, mine = doors.client_for(zarina), Browser()
        client = mine.client
        assert client.post(SIGN_IN, {"login": zarina.email, "password": zarina.passphrase}).status_code == 302
        code = zarina.recovery_codes[0 if path == OTHERS else 1]
        entered = {"code": code, "browser_key": public_of(mine.key).hex()}
        assert client.post("/account/second-step/", entered).status_code == 302
        ends = str(other.get("/account/").wsgi_request.actor.session_id)
        with planting.committed():
            assert mine.post(path, page, session=ends).status_code == 302
        assert client.post(OUT).status_code == 302
        shut(zarina.email)
        assert guess(thief_of(mine), zarina.email) == SLOWER
        assert guess(mine, zarina.email, zarina.passphrase, **signed(mine)) == "right"
        database.forget_counts()
        tried()


def test_a_browser_without_a_key_counts_for_itself_as_before_and_gets_one_when_it_can(zarina: doors.Person) -> None:
    """Without script a cookie is all that it can show. To be locked out by strangers would be worse: see ADR 0051."""
    mine = used(zarina, "")
    shut(zarina.email)
    assert mine.asked(SIGN_IN) == ""
    assert guess(mine, zarina.email, zarina.passphrase) == "right"
    key = {"code": zarina.recovery_codes[0], "browser_key": public_of(mine.key).hex()}
    assert mine.client.post("/account/second-step/", key).status_code == 302
    assert mine.client.post(OUT).status_code == 302
    assert guess(thief_of(mine), zarina.email) == SLOWER
    assert guess(mine, zarina.email, zarina.passphrase, **signed(mine)) == "right"


def test_two_people_at_one_browser(zarina: doors.Person, dilshod: doors.Person) -> None:
    mine = used(zarina)
    mine.client.post(SIGN_IN, {"login": dilshod.email, "password": dilshod.passphrase})
    entered = {"code": dilshod.recovery_codes[0], "browser_key": public_of(mine.key).hex()}
    assert mine.client.post("/account/second-step/", entered).status_code == 302
    mine.client.post(OUT)
    for who in (zarina, dilshod):
        database.forget_counts()
        mine.client.post("/account/start-again/")
        shut(who.email)
        assert guess(thief_of(mine), who.email) == SLOWER
        assert guess(mine, who.email, who.passphrase, **signed(mine)) == "right"


def test_the_page_asks_nothing_of_strangers(zarina: doors.Person) -> None:
    stranger = Browser()
    page = stranger.client.get(SIGN_IN).content.decode()
    assert "data-sign" not in page
    assert not re.search(r'<script src="[^"]*/sign\.', page)
