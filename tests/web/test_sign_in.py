"""Sign-in as people meet it: two steps, one answer for everything wrong, and a key that only two cookies open."""

import re
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client

from hamkori.access.models import AccessSession
from hamkori.audit.models import Ledger
from hamkori.people import totp
from hamkori.people.actions import welcome
from hamkori.people.models import User
from hamkori.vault.models import VaultSession
from tests import doors
from tests.database import god

pytestmark = pytest.mark.django_db

SIGN_IN, STEP, UNLOCK, ACCOUNT = "/account/sign-in/", "/account/second-step/", "/account/unlock/", "/account/"
WRONG = "This e-mail and this passphrase do not belong together."


@pytest.fixture
def zarina() -> doors.Person:
    doors.house()
    return doors.person(doors.body("umed"), "Zarina", function="social_worker")


def first_step(client: Client, who: doors.Person, passphrase: str = "", address: str = SIGN_IN):
    return client.post(address, {"login": who.email, "password": passphrase or who.passphrase})


def second_step(client: Client, code: str):
    return client.post(STEP, {"code": code})


def sign_in(client: Client, who: doors.Person, address: str = SIGN_IN):
    first_step(client, who, address=address)
    return second_step(client, totp.code(who.totp_secret))


def key_cookie(client: Client) -> str:
    return client.cookies[settings.HAMKORI_KEY_COOKIE].value


def acts() -> list[tuple[str, str]]:
    with god():
        return list(Ledger.objects.order_by("id").values_list("action_code", "decision_code"))


def test_two_steps_open_page_and_vault(zarina) -> None:
    client = doors.stranger()
    assert first_step(client, zarina)["Location"] == STEP
    between = key_cookie(client)
    assert client.get(ACCOUNT).status_code == 302, "one step is no session"
    answer = second_step(client, totp.code(zarina.totp_secret))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert key_cookie(client) != between, "a new cookie after the last step"
    page = client.get(ACCOUNT)
    assert page.wsgi_request.actor.user_id == zarina.user_id
    assert page.wsgi_request.actor.keys.private.raw == zarina.key.private.raw
    assert page["Cache-Control"] == "no-store"
    with god():
        assert list(VaultSession.objects.values_list("level_code", flat=True)) == ["live"]
    assert ("session.begin", "done") in acts()


def test_the_way_leads_to_the_page_that_was_asked_for(zarina) -> None:
    client = doors.stranger()
    sent = client.get("/account/passphrase/")
    assert sent["Location"] == f"{SIGN_IN}?next={quote('/account/passphrase/', safe='')}"
    first_step(client, zarina, address=sent["Location"])
    assert second_step(client, totp.code(zarina.totp_secret))["Location"] == "/account/passphrase/"
    other = doors.stranger()
    first_step(other, zarina, address=f"{SIGN_IN}?next=https://elsewhere.example/")
    assert second_step(other, zarina.recovery_codes[0])["Location"] == "/"


def test_wrong_and_unknown_get_the_same_answer(zarina) -> None:
    def answer(email: str, passphrase: str) -> str:
        page = doors.stranger().post(SIGN_IN, {"login": email, "password": passphrase})
        assert page.status_code == 200
        text = page.content.decode()
        assert WRONG in text
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text.replace(email, "E-MAIL"))

    gone = doors.person(zarina.organisation_id, "Gone")
    with god():
        User.objects.filter(pk=gone.user_id).update(is_active=False)
    answers = {
        answer(zarina.email, "not this passphrase"),
        answer("nobody@example.org", "not this passphrase"),
        answer(gone.email, gone.passphrase),
    }
    assert len(answers) == 1
    failed = [act for act in acts() if act == ("session.begin", "failed")]
    assert len(failed) == 3
    with god():
        assert set(Ledger.objects.filter(decision_code="failed").values_list("user_id", flat=True)) == {None}


def test_who_works_nowhere_any_more_is_unknown(zarina) -> None:
    with god():
        connection.cursor().execute("update membership set ended_at = hk_now()")
    assert WRONG in first_step(doors.stranger(), zarina).content.decode()


def test_a_code_is_good_once(zarina) -> None:
    code = totp.code(zarina.totp_secret)
    assert sign_in(doors.stranger(), zarina).status_code == 302
    other = doors.stranger()
    first_step(other, zarina)
    assert "used already" in second_step(other, code).content.decode()
    assert other.get(ACCOUNT).status_code == 302
    # allauth forgets a used code after 30 seconds; ours stays remembered while it still counts
    cache.delete(f"allauth.mfa.totp.used?user={zarina.user_id}&code={code}")
    assert "used already" in second_step(other, code).content.decode()


def test_a_recovery_code_is_good_once(zarina) -> None:
    code = zarina.recovery_codes[3]
    client = doors.stranger()
    first_step(client, zarina)
    assert second_step(client, f"{code[:4]} {code[4:]}").status_code == 302
    assert "9 recovery codes are left" in client.get(ACCOUNT).content.decode()
    other = doors.stranger()
    first_step(other, zarina)
    assert second_step(other, code).status_code == 200


def test_the_key_waits_five_minutes(zarina) -> None:
    client = doors.stranger()
    first_step(client, zarina)
    with god():
        connection.cursor().execute("update vault_session set at = at - interval '6 minutes'")
    assert second_step(client, totp.code(zarina.totp_secret)).status_code == 302
    assert client.get(ACCOUNT).wsgi_request.actor.keys is None, "signed in, but sealed"


def test_without_a_second_factor_there_is_no_session(zarina) -> None:
    with god():
        connection.cursor().execute("delete from mfa_authenticator")
    client = doors.stranger()
    assert first_step(client, zarina).status_code == 403
    assert client.get(ACCOUNT).status_code == 302
    with god():
        assert AccessSession.objects.count() == 0


def test_one_cookie_alone_opens_nothing(zarina) -> None:
    client = doors.client_for(zarina)
    assert client.get(ACCOUNT).status_code == 200
    for name in (settings.SESSION_COOKIE_NAME, settings.HAMKORI_KEY_COOKIE):
        half = doors.stranger()
        half.cookies[name] = client.cookies[name].value
        assert half.get(ACCOUNT).status_code == 302, name
    other = doors.client_for(doors.person(zarina.organisation_id, "Dilshod"))
    other.cookies[settings.HAMKORI_KEY_COOKIE] = key_cookie(client)
    assert other.get(ACCOUNT).status_code == 302, "the cookies of two people"


def test_the_second_cookie_is_gone_before_any_page_runs(zarina) -> None:
    client = doors.client_for(zarina)
    request = client.get(ACCOUNT).wsgi_request
    value = key_cookie(client)
    assert settings.HAMKORI_KEY_COOKIE not in request.COOKIES
    assert value not in str(request.META)
    assert settings.SESSION_COOKIE_NAME in request.META["HTTP_COOKIE"]


def test_cookies_are_closed_to_scripts_and_other_sites(zarina) -> None:
    client = doors.stranger()
    sign_in(client, zarina)
    key, session = client.cookies[settings.HAMKORI_KEY_COOKIE], client.cookies[settings.SESSION_COOKIE_NAME]
    assert (key["httponly"], key["secure"], key["samesite"], key["max-age"], key["path"]) == (
        True,
        True,
        "Strict",
        "",
        "/",
    )
    assert (session["httponly"], session["secure"], session["max-age"]) == (True, True, "")
    assert key.key.startswith("__Host-")


def test_nothing_typed_at_the_door_is_kept(zarina, caplog) -> None:
    client = doors.stranger()
    sign_in(client, zarina)
    client.post(UNLOCK, {"passphrase": zarina.passphrase})
    client.post(UNLOCK, {"passphrase": "canary of a wrong passphrase"})
    canaries = [zarina.passphrase, "canary of a wrong", zarina.totp_secret, zarina.email, key_cookie(client)]
    canaries += [client.cookies[settings.SESSION_COOKIE_NAME].value, zarina.key.private.raw.hex()]
    with god(), connection.cursor() as cursor:
        for table in ("django_session", "vault_session", "access_session", "mfa_authenticator", "hk_cache", "ledger"):
            cursor.execute(f"select coalesce(string_agg(t::text, ' '), '') from {table} t where %s", [True])
            (text,) = cursor.fetchone()
            for canary in canaries:
                assert canary not in text, table
    for canary in canaries:
        assert canary not in caplog.text


def test_a_dump_of_sessions_is_no_session(zarina) -> None:
    doors.client_for(zarina)
    thief = doors.stranger()
    with god():
        (row,) = Session.objects.all()
    thief.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
    assert thief.get(ACCOUNT).status_code == 302


def test_sealing_and_opening_again(zarina) -> None:
    client = doors.client_for(zarina)
    assert client.post("/account/seal/", {"next": ACCOUNT})["Location"] == ACCOUNT
    page = client.get(ACCOUNT)
    assert page.wsgi_request.actor.keys is None
    assert "This is not your passphrase." in client.post(UNLOCK, {"passphrase": "wrong wrong wrong"}).content.decode()
    assert client.get(ACCOUNT).wsgi_request.actor.keys is None
    assert client.post(UNLOCK, {"passphrase": zarina.passphrase, "next": ACCOUNT})["Location"] == ACCOUNT
    assert client.get(ACCOUNT).wsgi_request.actor.keys.private.raw == zarina.key.private.raw
    assert [act for act in acts() if act[0].startswith("vault.")] == [
        ("vault.seal", "done"),
        ("vault.unlock", "failed"),
        ("vault.unlock", "done"),
    ]


def test_guessing_is_slowed_at_door_and_vault(zarina) -> None:
    client = doors.stranger()
    for _ in range(5):
        assert WRONG in first_step(client, zarina, "a wrong passphrase").content.decode()
    assert "Too many tries" in first_step(client, zarina).content.decode(), "even with the right one"
    inside = doors.client_for(zarina, vault=False)
    for _ in range(5):
        inside.post(UNLOCK, {"passphrase": "a wrong passphrase"})
    assert "Too many tries" in inside.post(UNLOCK, {"passphrase": zarina.passphrase}).content.decode()


def test_signing_out_ends_everything(zarina) -> None:
    client = doors.client_for(zarina)
    kept = {name: client.cookies[name].value for name in (settings.SESSION_COOKIE_NAME, settings.HAMKORI_KEY_COOKIE)}
    assert client.post("/account/sign-out/").status_code == 302
    assert {client.cookies[name].value for name in kept} == {""}
    with god():
        assert [VaultSession.objects.count(), Session.objects.count()] == [0, 0]
        assert AccessSession.objects.filter(ended_at=None).count() == 0
    thief = doors.stranger()
    thief.cookies.load(kept)
    assert thief.get(ACCOUNT).status_code == 302
    assert client.get("/account/sign-out/").status_code in (302, 405)


def test_after_fifteen_idle_minutes_the_way_leads_back(zarina) -> None:
    client = doors.client_for(zarina)
    with doors.idle(zarina, 16):
        sent = client.post("/account/end-others/", headers={"referer": "http://testserver/account/passphrase/"})
        assert sent.status_code == 403
        page = sent.content.decode()
        assert "press Back" in page
        assert quote("/account/passphrase/", safe="") in page
        assert {client.cookies[name].value for name in (settings.SESSION_COOKIE_NAME, settings.HAMKORI_KEY_COOKIE)} == {
            ""
        }
        assert client.get("/account/passphrase/")["Location"].endswith(quote("/account/passphrase/", safe=""))


def test_work_lengthens_a_session_and_polling_does_not(zarina) -> None:
    def until():
        with god():
            return AccessSession.objects.get(ended_at=None).idle_until

    client = doors.client_for(zarina)
    with doors.idle(zarina, 10):
        before = until()
        client.get(ACCOUNT, headers={"HX-Request": "true"})
        assert until() == before
        client.get(ACCOUNT)
        assert until() > before


def test_another_passphrase_keeps_the_key_and_ends_other_sessions(zarina) -> None:
    here, elsewhere = doors.client_for(zarina), doors.client_for(zarina)
    new = "nine quiet cranes above the Panj in autumn"
    sent = {"old": zarina.passphrase, "passphrase": new, "again": new}
    wrong = here.post("/account/passphrase/", sent | {"old": "not the present one"})
    assert "This is not your passphrase." in wrong.content.decode()
    assert elsewhere.get(ACCOUNT).status_code == 200
    assert here.post("/account/passphrase/", sent)["Location"] == ACCOUNT
    assert here.get(ACCOUNT).wsgi_request.actor.keys.private.raw == zarina.key.private.raw
    assert elsewhere.get(ACCOUNT).status_code == 302
    assert WRONG in first_step(doors.stranger(), zarina).content.decode()
    client = doors.stranger()
    assert first_step(client, zarina, new).status_code == 302
    second_step(client, totp.code(zarina.totp_secret))
    assert client.get(ACCOUNT).wsgi_request.actor.keys.private.raw == zarina.key.private.raw


@pytest.mark.parametrize("weak", ["short", "passwordpassword", "zarina zarina zarina", "12345678901234567890"])
def test_a_weak_passphrase_is_refused_in_words(zarina, weak) -> None:
    client = doors.client_for(zarina)
    page = client.post("/account/passphrase/", {"old": zarina.passphrase, "passphrase": weak, "again": weak})
    assert page.status_code == 200
    assert "six words" in page.content.decode()


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
    codes = re.findall(r'<span class="code">(\d{4} \d{4})</span>', client.post("/account/codes/").content.decode())
    assert len(codes) == 10
    other = doors.stranger()
    first_step(other, zarina)
    assert second_step(other, zarina.recovery_codes[0]).status_code == 200, "the old ones are void"
    assert second_step(other, codes[0]).status_code == 302


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


def test_start_again_as_somebody_else(zarina) -> None:
    dilshod = doors.person(zarina.organisation_id, "Dilshod")
    client = doors.stranger()
    first_step(client, zarina)
    assert client.get(SIGN_IN)["Location"] == STEP
    client.post("/account/start-again/")
    assert client.get(SIGN_IN).status_code == 200
    sign_in(client, dilshod)
    page = client.get(ACCOUNT)
    assert page.wsgi_request.actor.name == "Dilshod"
    assert page.wsgi_request.actor.keys.private.raw == dilshod.key.private.raw
