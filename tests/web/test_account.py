"""A person's own page, and the page behind an invitation."""

import re
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import connection

from hamkori.access.models import AccessSession
from hamkori.audit.models import Ledger
from hamkori.people import totp
from hamkori.people.actions import welcome
from hamkori.web.account import own
from tests import doors
from tests.database import god
from tests.web.test_sign_in import ACCOUNT, SIGN_IN, STEP, UNLOCK, WRONG, first_step, key_cookie, second_step, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def zarina() -> doors.Person:
    doors.house()
    return doors.person(doors.body("umed"), "Zarina", function="social_worker")


def test_another_passphrase_is_another_key_and_ends_other_sessions(zarina) -> None:
    here, elsewhere = doors.client_for(zarina), doors.client_for(zarina)
    new = "nine quiet cranes above the Panj in autumn"
    sent = {"old": zarina.passphrase, "passphrase": new, "again": new}
    wrong = here.post("/account/passphrase/", sent | {"old": "not the present one"})
    assert "This is not your passphrase." in wrong.content.decode()
    assert elsewhere.get(ACCOUNT).status_code == 200
    assert here.post("/account/passphrase/", sent)["Location"] == ACCOUNT
    changed = here.get(ACCOUNT).wsgi_request.actor.keys
    assert changed.private.raw != zarina.key.private.raw
    assert elsewhere.get(ACCOUNT).status_code == 302
    assert WRONG in first_step(doors.stranger(), zarina).content.decode()
    client = doors.stranger()
    assert first_step(client, zarina, new).status_code == 302
    second_step(client, totp.code(zarina.totp_secret))
    assert client.get(ACCOUNT).wsgi_request.actor.keys.private.raw == changed.private.raw


def test_a_passphrase_pressed_twice_is_changed_once(zarina) -> None:
    here, same_moment = doors.client_for(zarina), doors.stranger()
    new = "nine quiet cranes above the Panj in autumn"
    sent = {"old": zarina.passphrase, "passphrase": new, "again": new}
    same_moment.cookies = here.cookies.copy()
    assert here.post("/account/passphrase/", sent)["Location"] == ACCOUNT
    assert same_moment.post("/account/passphrase/", sent).status_code == 403, "its cookies are of before: signed out"
    assert "This is not your passphrase." in here.post("/account/passphrase/", sent).content.decode()
    assert here.get(ACCOUNT).status_code == 200
    assert first_step(doors.stranger(), zarina, new).status_code == 302, "what the first press said holds"


def test_the_present_passphrase_is_no_new_one(zarina) -> None:
    client, same = doors.client_for(zarina), zarina.passphrase
    page = client.post("/account/passphrase/", {"old": same, "passphrase": same, "again": same})
    assert page.status_code == 200
    assert "This is your present passphrase. Choose another one." in page.content.decode()


@pytest.mark.parametrize("weak", ["short", "passwordpassword", "zarina zarina zarina", "12345678901234567890"])
def test_a_weak_passphrase_is_refused_in_words(zarina, weak) -> None:
    client = doors.client_for(zarina)
    page = client.post("/account/passphrase/", {"old": zarina.passphrase, "passphrase": weak, "again": weak})
    assert page.status_code == 200
    assert "six words" in page.content.decode()


def test_six_words_are_offered_and_stay_after_an_error(zarina) -> None:
    client = doors.client_for(zarina)
    first = client.get("/account/passphrase/").content.decode()
    words = re.search(r'<b translate="no">([a-z ]+)</b>', first).group(1)
    kept = re.search(r'name="kept" value="([0-9a-f]+)"', first).group(1)
    wrong = {"old": "not the present one", "passphrase": words, "again": words}
    page = client.post("/account/passphrase/", wrong | {"kept": kept}).content.decode()
    assert words in page
    assert words not in client.post("/account/passphrase/", wrong | {"kept": "00"}).content.decode(), "not ours"
    right = wrong | {"old": zarina.passphrase, "kept": kept}
    assert client.post("/account/passphrase/", right)["Location"] == ACCOUNT


def test_an_invited_person_comes_in(zarina) -> None:
    ring = doors.house()
    token = welcome.invite(
        ring,
        organisation_id=zarina.organisation_id,
        email="n@e.org",
        name="Nigina",
        roles=["case_worker"],
        language="en",
    )
    client, address = doors.stranger(), f"/invitation/{token}/"
    page = client.get(address).content.decode()
    assert "Welcome, Nigina" in page
    assert "data:image/svg+xml;base64," in page
    words = re.search(r'<b translate="no">([a-zа-я ]+)</b>', page).group(1)
    kept = re.search(r'name="kept" value="([0-9a-f]+)"', page).group(1)
    secret = re.search(r'<b translate="no">([A-Z2-7 ]+)</b>', page).group(1).replace(" ", "")
    sent = {"passphrase": words, "again": words, "kept": kept, "code": totp.code(secret)}
    assert "does not fit" in client.post(address, sent | {"code": "000000"}).content.decode()
    done = client.post(address, sent).content.decode()
    codes = re.findall(r'<span class="code">(\d{4} \d{4})</span>', done)
    assert len(codes) == 10
    assert client.get(address).status_code == 404
    first = client.post(SIGN_IN, {"login": "N@e.org", "password": words})
    assert first["Location"] == STEP
    assert second_step(client, codes[0]).status_code == 302
    assert client.get(ACCOUNT).wsgi_request.actor.name == "Nigina"


def test_a_kept_secret_belongs_to_its_own_invitation(zarina) -> None:
    ring, pages = doors.house(), []
    for name in ("a", "b"):
        token = welcome.invite(
            ring, organisation_id=zarina.organisation_id, email=f"{name}@e.org", name=name, roles=["case_worker"]
        )
        client = doors.stranger()
        text = client.get(f"/invitation/{token}/").content.decode()
        pages.append((client, f"/invitation/{token}/", re.search(r'name="kept" value="([0-9a-f]+)"', text).group(1)))
    (client, address, _), (_, _, foreign) = pages
    assert client.post(address, {"kept": foreign})["Location"] == address


def test_no_invitation_looks_like_no_page(zarina) -> None:
    client = doors.stranger()
    assert client.get("/invitation/invented/").status_code == 404
    assert client.get("/account/signup/").status_code == 404
    assert client.get("/account/password/reset/").status_code == 404


def test_somebody_of_two_bodies_changes_between_them(zarina) -> None:
    panoh = doors.body("panoh")
    there = doors.person(panoh, "Zarina", email=zarina.email)
    client = doors.stranger()
    sign_in(client, zarina)
    assert client.get(ACCOUNT).wsgi_request.actor.organisation_id == zarina.organisation_id
    before = key_cookie(client)
    assert client.post("/account/body/", {"membership": str(there.membership_id)}).status_code == 302
    page = client.get(ACCOUNT)
    assert page.wsgi_request.actor.organisation_id == panoh
    assert page.wsgi_request.actor.keys.private.raw == zarina.key.private.raw
    assert key_cookie(client) != before
    with god():
        assert AccessSession.objects.filter(ended_at=None).count() == 1
    stranger = doors.person(panoh, "Parvina")
    assert client.post("/account/body/", {"membership": str(stranger.membership_id)}).status_code == 404
    assert client.get(ACCOUNT).wsgi_request.actor.organisation_id == panoh


def test_new_codes_need_a_fresh_passphrase(zarina) -> None:
    client = doors.client_for(zarina)
    with god():
        connection.cursor().execute("update access_session set stepped_up_at = stepped_up_at - interval '6 minutes'")
    refused = client.post("/account/codes/", headers={"referer": "http://testserver/account/"})
    assert refused.status_code == 409
    assert "Sign in once more for this." in refused.content.decode()
    assert f"{UNLOCK}?next={quote(ACCOUNT, safe='')}" in refused.content.decode()
    client.post(UNLOCK, {"passphrase": zarina.passphrase})
    shown = client.post("/account/codes/").content.decode()
    codes = re.findall(r'<span class="code">(\d{4} \d{4})</span>', shown)
    assert len(codes) == 10
    assert 'name="language"' not in shown, "another language would lose them"
    back = client.get("/account/codes/", follow=True)
    assert "Recovery codes are shown only once." in back.content.decode()
    assert back.redirect_chain == [(ACCOUNT, 302)]
    other = doors.stranger()
    first_step(other, zarina)
    assert second_step(other, zarina.recovery_codes[0]).status_code == 200, "the old ones are void"
    assert second_step(other, codes[0]).status_code == 302


def test_the_page_of_new_codes_loaded_again_makes_no_others(zarina) -> None:
    """Red before: ten others were made, and those that she had written down were void without a word."""
    client = doors.client_for(zarina)
    form = re.search(
        r'<form[^>]*action="/account/codes/".*?</form>', client.get(ACCOUNT).content.decode(), re.S
    ).group()
    sent = {"operation": re.search(r'name="operation" value="([0-9a-f-]+)"', form).group(1)}
    codes = re.findall(
        r'<span class="code">(\d{4} \d{4})</span>', client.post("/account/codes/", sent).content.decode()
    )
    assert len(codes) == 10
    for _later in range(2):
        again = client.post("/account/codes/", sent, follow=True)
        assert "Recovery codes are shown only once." in again.content.decode()
        assert again.redirect_chain == [(ACCOUNT, 302)]
        with god():
            connection.cursor().execute(
                "update access_session set stepped_up_at = stepped_up_at - interval '6 minutes'"
            )
    with god():
        made = Ledger.objects.filter(action_code="account.manage")
        assert list(made.values_list("decision_code", "reason_code")) == [("done", "recovery_codes")]
    other = doors.stranger()
    first_step(other, zarina)
    assert second_step(other, codes[0]).status_code == 302, "what she wrote down opens"


def test_of_two_presses_at_once_the_second_makes_no_codes(zarina, monkeypatch) -> None:
    """It has looked before the first one ended."""
    client, sent = doors.client_for(zarina), {"operation": str(uuid4())}
    assert client.post("/account/codes/", sent).status_code == 200
    monkeypatch.setattr(own, "first_stands", lambda _actor: None)
    assert client.post("/account/codes/", sent)["Location"] == ACCOUNT
    with god():
        assert Ledger.objects.filter(action_code="account.manage").count() == 1


def test_a_new_telephone_takes_the_place_of_the_old(zarina) -> None:
    client = doors.client_for(zarina)
    page = client.get("/account/authenticator/").content.decode()
    kept = re.search(r'name="kept" value="([0-9a-f]+)"', page).group(1)
    secret = re.search(r'<b translate="no">([A-Z2-7 ]+)</b>', page).group(1).replace(" ", "")
    assert client.post("/account/authenticator/", {"kept": kept, "code": totp.code(secret)})["Location"] == ACCOUNT
    other = doors.stranger()
    first_step(other, zarina)
    assert second_step(other, totp.code(zarina.totp_secret)).status_code == 200
    assert second_step(other, totp.code(secret)).status_code == 302


def test_her_language_is_hers_on_every_device(zarina) -> None:
    doors.client_for(zarina).post("/language/", {"language": "ru", "next": ACCOUNT})
    assert '<html lang="ru"' in doors.client_for(zarina).get(ACCOUNT).content.decode()
    someone = doors.stranger()
    someone.post("/language/", {"language": "fr"})
    assert '<html lang="fr"' in someone.get(SIGN_IN).content.decode()
