"""Both cookies of a session in another browser, with her passphrase: it opens no vault and does nothing that matters.

On commit 4787818 these were red: the passphrase alone opened the vault wherever the cookies were, and within five
minutes of a sign-in the cookies alone made new recovery codes. Red on d7c4e56: they ended her other sessions, by which
their browser became a known one, and changed the organisation. In a real browser: tests/journeys/test_bound_session.py.
"""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.utils import timezone

from hamkori.access.models import AccessSession
from hamkori.audit.models import Ledger
from hamkori.people import totp
from hamkori.people.models import TwoPerson
from tests import database, doors
from tests.attacks.counted import tried
from tests.database import god
from tests.vault.test_browser import public_of, signature_of
from tests.web.test_sign_in import first_step

pytestmark = pytest.mark.django_db

ACCOUNT, UNLOCK, SEAL, CODES, STEP = (
    "/account/", "/account/unlock/", "/account/seal/", "/account/codes/", "/account/second-step/",
)  # fmt: skip
PASSPHRASE, TELEPHONE = "/account/passphrase/", "/account/authenticator/"
DEVICES, END, OTHERS, BODY = "/account/devices/", "/account/devices/end/", "/account/end-others/", "/account/body/"
OTHER = "This session belongs to the browser in which it began."
NEW = "nine quiet cranes above the Panj in autumn"


class Browser:
    """One with a key of its own, that signs what a page asks."""

    def __init__(self) -> None:
        self.client = doors.stranger()
        self.key = ec.generate_private_key(ec.SECP256R1())

    def enter(self, who: doors.Person, offered: str | None = None) -> Browser:
        first_step(self.client, who)
        assert 'name="browser_key"' in self.client.get(STEP).content.decode()
        public = public_of(self.key).hex() if offered is None else offered
        sent = {"code": totp.code(who.totp_secret), "browser_key": public}
        assert self.client.post(STEP, sent).status_code == 302
        return self

    def copied(self) -> Browser:
        """Another browser with the same cookies, and a key of its own."""
        other = Browser()
        names = (settings.SESSION_COOKIE_NAME, settings.HAMKORI_KEY_COOKIE)
        other.client.cookies.load({name: self.client.cookies[name].value for name in names})
        return other

    def asked(self, page: str) -> str:
        found = re.search(r' data-sign="([0-9a-f]+)"', self.client.get(page).content.decode())
        return found[1] if found else ""

    def signed(self, page: str, path: str = "") -> dict[str, str]:
        asked = self.asked(page)
        return {"sign_asked": asked, "sign_given": signature_of(self.key, f"{asked} {path or page}")}

    def post(self, path: str, page: str = "", **form: str) -> HttpResponse:
        """As the script sends it."""
        return self.client.post(path, {**form, **self.signed(page or path, path)})

    @property
    def open(self) -> bool:
        return self.client.get(ACCOUNT).wsgi_request.actor.keys is not None


def refusals() -> list[tuple[str, str]]:
    with god():
        rows = Ledger.objects.filter(decision_code="refused").order_by("id")
        return list(rows.values_list("action_code", "reason_code"))


def test_her_own_browser_works_as_ever(zarina: doors.Person) -> None:
    mine = Browser().enter(zarina)
    assert mine.open
    mine.client.post(SEAL)
    assert mine.post(UNLOCK, passphrase="wrong wrong wrong").status_code == 200
    assert not mine.open
    assert mine.post(UNLOCK, passphrase=zarina.passphrase)["Location"] == "/"
    assert mine.open
    assert mine.post(CODES, ACCOUNT).status_code == 200
    assert mine.post(PASSPHRASE, old=zarina.passphrase, passphrase=NEW, again=NEW)["Location"] == ACCOUNT
    assert mine.open
    assert refusals() == []


def test_copied_cookies_and_her_passphrase_open_nothing(zarina: doors.Person) -> None:
    mine = Browser().enter(zarina)
    mine.client.post(SEAL)
    thief = mine.copied()
    right = {"passphrase": zarina.passphrase}
    hers = mine.signed(UNLOCK)
    tries: list[dict[str, str]] = [
        right,
        {**right, **thief.signed(UNLOCK)},
        {**right, "browser_key": public_of(thief.key).hex(), **thief.signed(UNLOCK)},
        {**right, "sign_asked": thief.asked(UNLOCK), "sign_given": hers["sign_given"]},
        {
            **right,
            **hers,
            "sign_asked": hers["sign_asked"][:-2] + ("01" if hers["sign_asked"].endswith("00") else "00"),
        },
        {**right, **mine.signed(UNLOCK, ACCOUNT)},
        {**right, "sign_asked": "", "sign_given": signature_of(mine.key, f" {UNLOCK}")},
        {**right, "sign_asked": "00" * 50, "sign_given": signature_of(mine.key, f"{'00' * 50} {UNLOCK}")},
        {**right, "sign_asked": "no hex", "sign_given": "no hex"},
        {**right, "sign_asked": "a" * 90_000, "sign_given": "\0"},
    ]
    for form in tries:
        database.forget_counts()  # five tries are refused for another reason
        answer = thief.client.post(UNLOCK, form)
        assert answer.status_code == 200
        assert OTHER in answer.content.decode()
        assert not thief.open
    assert refusals() == [("vault.unlock", "other_browser")] * len(tries)
    database.forget_counts()
    assert thief.client.post(UNLOCK, {**right, **hers}).status_code == 302, "the control: what she herself has signed"
    tried(len(tries))


def test_what_she_signed_counts_once(zarina: doors.Person) -> None:
    mine = Browser().enter(zarina)
    mine.client.post(SEAL)
    form = {"passphrase": zarina.passphrase, **mine.signed(UNLOCK)}
    assert mine.client.post(UNLOCK, form).status_code == 302
    mine.client.post(SEAL)
    thief = mine.copied()
    assert OTHER in thief.client.post(UNLOCK, form).content.decode()
    assert not thief.open
    tried()


def test_what_another_session_was_asked_is_worth_nothing(zarina: doors.Person) -> None:
    """The same browser, two sessions of two people: the text is for one of them."""
    dilshod = doors.person(zarina.organisation_id, "Dilshod")
    mine, his = Browser(), Browser()
    his.key = mine.key
    mine.enter(zarina)
    his.enter(dilshod)
    mine.client.post(SEAL)
    form = {"passphrase": zarina.passphrase, **his.signed(UNLOCK, UNLOCK)}
    assert OTHER in mine.client.post(UNLOCK, form).content.decode()
    tried()


def test_within_five_minutes_copied_cookies_do_nothing_that_asks_for_a_fresh_sign_in(zarina: doors.Person) -> None:
    mine = Browser().enter(zarina)
    thief = mine.copied()
    assert thief.open, "what is open is read: SECURITY.md says so"
    for path, form in (
        (CODES, {}),
        (TELEPHONE, {"kept": "", "code": "123456"}),
        (CODES, thief.signed(ACCOUNT, CODES)),
        (CODES, mine.signed(ACCOUNT, TELEPHONE)),
    ):
        answer = thief.client.post(path, form)
        assert answer.status_code == 409, path
        assert OTHER in answer.content.decode()
    old = {"old": zarina.passphrase, "passphrase": NEW, "again": NEW}
    assert OTHER in thief.client.post(PASSPHRASE, old).content.decode()
    assert refusals() == [("account.manage", "other_browser")] * 5
    fresh = doors.stranger()
    assert first_step(fresh, zarina).status_code == 302, "her passphrase is what it was"
    tried(5)


def test_a_key_holders_copied_cookies_ask_for_no_key(zarina: doors.Person) -> None:
    """Acts that ask for a fresh sign-in need not know of browsers: in a form without signature none is fresh."""
    karim = doors.person(zarina.organisation_id, "Karim", ["custodian"])
    doors.person(zarina.organisation_id, "Lola", ["custodian"])
    mine = Browser().enter(karim)
    form = {"reason": "joined", "operation": str(uuid4())}
    thief = mine.copied()
    for more in ({}, thief.signed("/keys/", "/keys/create/")):
        assert thief.client.post("/keys/create/", {**form, **more}).status_code == 409
    with god():
        assert not TwoPerson.objects.exists()
    assert refusals() == [("continuity.create", "recent_sign_in")] * 2
    assert mine.client.post("/keys/create/", {**form, **mine.signed("/keys/", "/keys/create/")}).status_code == 303
    tried(2)


def test_a_second_press_of_a_signed_form_is_answered_like_the_first(zarina: doors.Person) -> None:
    karim = doors.person(zarina.organisation_id, "Karim", ["custodian"])
    doors.person(zarina.organisation_id, "Lola", ["custodian"])
    mine = Browser().enter(karim)
    form = {"reason": "joined", "operation": str(uuid4())}
    sent = {**form, **mine.signed("/keys/", "/keys/create/")}
    answers = [mine.client.post("/keys/create/", sent) for _ in range(2)]
    answers.append(mine.client.post("/keys/create/", {**form, **mine.signed("/keys/", "/keys/create/")}))
    assert [(one.status_code, one["Location"]) for one in answers] == [(303, "/keys/")] * 3
    with god():
        assert TwoPerson.objects.count() == 1


def test_a_change_of_organisation_unbinds_nothing(zarina: doors.Person) -> None:
    there = doors.person(doors.body("panoh"), "Zarina", email=zarina.email)
    mine = Browser().enter(zarina)
    mine.client.post(SEAL)
    assert mine.post(BODY, ACCOUNT, membership=str(there.membership_id)).status_code == 302
    thief = mine.copied()
    for _ in range(2):
        form = {"passphrase": zarina.passphrase, **thief.signed(UNLOCK)}
        assert OTHER in thief.client.post(UNLOCK, form).content.decode()
    tried(2)


def later(mine: Browser) -> None:
    """Her sign-in is no longer fresh, and nothing is open."""
    mine.client.post(SEAL)
    with god():
        AccessSession.objects.update(stepped_up_at=timezone.now() - timedelta(hours=1))


@pytest.mark.parametrize("fresh", [True, False])
def test_copied_cookies_end_no_session_and_change_no_organisation(zarina: doors.Person, fresh: bool) -> None:
    there = doors.person(doors.body("panoh"), "Zarina", email=zarina.email)
    mine, other = Browser().enter(zarina), doors.client_for(zarina)
    known = settings.COOKIE_PREFIX + "hk_known"
    if not fresh:
        later(mine)
    thief = mine.copied()
    ends = {"session": str(other.get(ACCOUNT).wsgi_request.actor.session_id)}
    for path, page, form in (
        (OTHERS, DEVICES, {}),
        (END, DEVICES, ends),
        (BODY, ACCOUNT, {"membership": str(there.membership_id)}),
    ):
        for more in ({}, thief.signed(page, path), mine.signed(page, SEAL), {"sign_asked": "00", "sign_given": "00"}):
            answer = thief.client.post(path, {**form, **more})
            assert answer.status_code == 409, path
            assert OTHER in answer.content.decode()
            assert not answer.cookies.get(known), "his browser is no known one"
            tried()
    assert other.get(ACCOUNT).status_code == 200, "it goes on"
    assert thief.client.get(ACCOUNT).wsgi_request.actor.membership_id == zarina.membership_id
    assert refusals() == [("account.manage", "other_browser")] * 12


@pytest.mark.parametrize("fresh", [True, False])
def test_in_her_own_browser_both_go_as_ever(zarina: doors.Person, fresh: bool) -> None:
    there = doors.person(doors.body("panoh"), "Zarina", email=zarina.email)
    mine, lost, left = Browser().enter(zarina), doors.client_for(zarina), doors.client_for(zarina)
    if not fresh:
        later(mine)
    ends = str(lost.get(ACCOUNT).wsgi_request.actor.session_id)
    assert mine.post(END, DEVICES, session=ends)["Location"] == DEVICES
    assert left.get(ACCOUNT).status_code == 200
    assert mine.post(OTHERS, DEVICES)["Location"] == DEVICES
    assert {one.get(ACCOUNT).status_code for one in (lost, left)} == {302}
    assert mine.post(BODY, ACCOUNT, membership=str(there.membership_id))["Location"] == "/"
    assert mine.client.get(ACCOUNT).wsgi_request.actor.membership_id == there.membership_id
    assert refusals() == []


def test_without_a_key_sessions_are_ended_and_organisations_changed_as_ever(zarina: doors.Person) -> None:
    there = doors.person(doors.body("panoh"), "Zarina", email=zarina.email)
    mine, other = Browser().enter(zarina, ""), doors.client_for(zarina)
    assert mine.client.post(OTHERS)["Location"] == DEVICES
    assert other.get(ACCOUNT).status_code == 302
    assert mine.client.post(BODY, {"membership": str(there.membership_id)})["Location"] == "/"


def test_the_owner_of_the_database_cannot_take_the_key_out(zarina: doors.Person) -> None:
    """It lies in what is locked under the keyring, and there it was from the first moment."""
    mine = Browser().enter(zarina)
    with god():
        versions = set(Session.objects.values_list("session_data", flat=True))
    assert public_of(mine.key).hex() not in "".join(versions)
    mine.client.post(SEAL)
    thief = mine.copied()
    for data in versions:
        with god():
            Session.objects.update(session_data=data)
        assert OTHER in thief.client.post(UNLOCK, {"passphrase": zarina.passphrase}).content.decode()
    tried(len(versions))


@pytest.mark.parametrize("offered", ["", "00", "04" + "11" * 64, "é", "4" * 5000])
def test_a_browser_that_offers_no_key_has_a_session_as_ever(zarina: doors.Person, offered: str) -> None:
    mine = Browser().enter(zarina, offered)
    mine.client.post(SEAL)
    assert mine.asked(UNLOCK) == ""
    assert mine.client.post(UNLOCK, {"passphrase": zarina.passphrase}).status_code == 302
    assert mine.open
    assert mine.client.post(CODES).status_code == 200


def test_a_form_that_cannot_be_read_is_unsigned_and_no_fault(zarina: doors.Person) -> None:
    mine = Browser().enter(zarina)
    broken = mine.client.post(UNLOCK, b"--x\r\nbroken", content_type="multipart/form-data; boundary=y")
    assert broken.status_code < 500
    many = mine.client.post(CODES, {f"f{number}": "" for number in range(1500)})
    assert many.status_code == 413
