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
        kept = list(Ledger.objects.filter(decision_code="failed").order_by("id").values_list("user_id", flat=True))
    assert kept == [zarina.user_id, None, gone.user_id], "the answer is one; the record knows whose door it was"


def test_who_works_nowhere_any_more_is_unknown(zarina) -> None:
    with god():
        connection.cursor().execute("update membership set ended_at = hk_now()")
    assert WRONG in first_step(doors.stranger(), zarina).content.decode()


def test_a_code_is_good_once(zarina) -> None:
    code, client = totp.code(zarina.totp_secret), doors.stranger()
    first_step(client, zarina)
    assert second_step(client, code).status_code == 302
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
        for table in ("django_session", "vault_session", "access_session", "mfa_authenticator", "attempt", "ledger"):
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
        assert "What you sent last was not done" in page
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
