"""Sessions and devices: one's own and nobody else's, each ended by a button, at once."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.db import connection

from hamkori.access.context import set_token
from hamkori.audit.models import Ledger
from hamkori.people import totp
from hamkori.vault.models import VaultSession
from hamkori.vocabulary.devices import kind_of
from tests import doors
from tests.database import god
from tests.people.test_keys_and_doors import refused
from tests.web.senders import counted
from tests.web.test_sign_in import first_step, second_step

pytestmark = pytest.mark.django_db

DEVICES, END, OTHERS, ACCOUNT = "/account/devices/", "/account/devices/end/", "/account/end-others/", "/account/"
PHONE = "Mozilla/5.0 (Android 13; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0"
OFFICE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"


@pytest.fixture
def zarina() -> doors.Person:
    doors.house()
    return doors.person(doors.body("umed"), "Zarina", function="social_worker")


def signed_in(who: doors.Person, said: str, code: str = "") -> doors.DoorClient:
    """She signs in with this browser, by the ordinary two steps."""
    client = doors.stranger()
    client.defaults["HTTP_USER_AGENT"] = said
    first_step(client, who)
    assert second_step(client, code or totp.code(who.totp_secret)).status_code == 302
    return client


def page(client: doors.DoorClient) -> str:
    answer = client.get(DEVICES)
    assert answer.status_code == 200
    return answer.content.decode()


def ids(text: str) -> list[str]:
    return re.findall(r'name="session" value="([0-9a-f-]{36})"', text)


def own(client: doors.DoorClient) -> UUID:
    """The id of this browser's session."""
    return client.get(ACCOUNT).wsgi_request.actor.session_id


def rows() -> list[tuple[str, str, str, UUID | None]]:
    with god():
        return list(
            Ledger.objects.filter(action_code="session.end")
            .order_by("id")
            .values_list("decision_code", "reason_code", "object_kind_code", "object_id")
        )


def test_the_account_leads_to_ones_sessions(zarina: doors.Person) -> None:
    assert f'href="{DEVICES}"' in doors.client_for(zarina).get(ACCOUNT).content.decode()


def test_each_is_named_coarsely_and_this_one_is_said(zarina: doors.Person) -> None:
    office, phone = signed_in(zarina, OFFICE), signed_in(zarina, PHONE, zarina.recovery_codes[0])
    text = page(phone)
    assert text.index("Firefox on Android") < text.index("this one") < text.index("Chrome on Windows")
    assert text.count("this one") == 1
    assert text.count("Signed in since") == text.count("Last used") == text.count("Umed</dd>") == 2
    assert ids(text) == [str(own(office))], "this one is left by signing out"
    for fine in ("132.0", "Gecko", "NT 10", "127.0.0.1", "Mozilla"):
        assert fine not in text
    with god(), connection.cursor() as cursor:
        cursor.execute("select string_agg(s::text, ' ') from access_session s where %s", [True])
        (kept,) = cursor.fetchone()
    assert kind_of(PHONE) in kept
    for fine in ("132.0", "Gecko", "Mozilla", "127.0.0.1"):
        assert fine not in kept


def test_alone_it_says_so(zarina: doors.Person) -> None:
    text = page(doors.client_for(zarina))
    assert "You have no other session." in text
    assert "Change your passphrase" in text, "she is told to, so the way stays"
    assert "An unknown browser" in text
    assert ids(text) == []


def test_an_ended_one_is_signed_out_at_its_next_request(zarina: doors.Person) -> None:
    here, there, third = (doors.client_for(zarina) for _ in range(3))
    gone = own(there)
    answer = here.post(END, {"session": str(gone)})
    assert (answer.status_code, answer["Location"]) == (302, DEVICES)
    assert "That session has ended." in page(here)
    assert there.get(ACCOUNT).status_code == 302
    assert third.get(ACCOUNT).status_code == 200, "only that one"
    assert rows() == [("done", "one", "session", gone)]
    with god():
        assert not VaultSession.objects.filter(session_id=gone).exists()
    here.post(END, {"session": str(gone)})
    assert "That session had ended already." in page(here)
    assert here.get(ACCOUNT).status_code == 200


def test_all_others_end_and_this_one_goes_on(zarina: doors.Person, django_capture_on_commit_callbacks) -> None:
    here, *others = (doors.client_for(zarina) for _ in range(4))
    with django_capture_on_commit_callbacks(execute=True):
        assert here.post(OTHERS)["Location"] == DEVICES
    text = page(here)
    assert "3 other sessions have ended." in text
    assert "You have no other session." in text
    assert [client.get(ACCOUNT).status_code for client in others] == [302] * 3
    assert here.get(ACCOUNT).status_code == 200
    assert rows() == [("done", "others", "", None)]
    assert doors.client_for(zarina).get(ACCOUNT).status_code == 200, "and a new one begins"


def test_somebody_elses_session_is_as_one_that_there_never_was(zarina: doors.Person) -> None:
    dilshod = doors.person(zarina.organisation_id, "Dilshod")
    his, hers = doors.client_for(dilshod), doors.client_for(zarina)
    theirs = str(own(his))
    assert theirs not in page(hers)
    answers = set()
    for session in (theirs, str(uuid4()), "", "not one", theirs + "0", "\0"):
        answer = hers.post(END, {"session": session})
        text = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken&quot;: &quot;)[^"&]+', "", answer.content.decode())
        answers.add((answer.status_code, text))
    assert [status for status, _text in answers] == [404]
    assert his.get(ACCOUNT).status_code == 200
    assert doors.stranger().post(END, {"session": theirs}).status_code == 403
    assert his.get(ACCOUNT).status_code == 200


def test_a_person_of_two_places_sees_both(zarina: doors.Person) -> None:
    there = doors.person(doors.body("panoh"), "Zarina", email=zarina.email)
    here, elsewhere = doors.client_for(zarina), doors.client_for(zarina)
    elsewhere.post("/account/body/", {"membership": str(there.membership_id)})
    text = page(here)
    assert "Umed</dd>" in text
    assert "Panoh</dd>" in text
    assert here.post(END, {"session": ids(text)[0]}).status_code == 302
    assert elsewhere.get(ACCOUNT).status_code == 302


def test_a_change_of_organisation_keeps_what_the_browser_was(zarina: doors.Person) -> None:
    there = doors.person(doors.body("panoh"), "Zarina", email=zarina.email)
    phone = signed_in(zarina, PHONE)
    phone.post("/account/body/", {"membership": str(there.membership_id)})
    assert page(phone).count("Firefox on Android") == 1


def test_the_database_answers_for_ones_own_alone(zarina: doors.Person) -> None:
    """With somebody's own SQL in her session, and with none."""
    dilshod = doors.person(zarina.organisation_id, "Dilshod")
    his = doors.client_for(dilshod)
    doors.client_for(zarina)
    theirs = own(his)
    with doors.acting(zarina) as actor, connection.cursor() as cursor:
        cursor.execute("select session_id, is_this from my_sessions() where %s", [True])
        found = dict(cursor.fetchall())
        assert len(found) == 2
        assert theirs not in found
        assert [one for one, is_this in found.items() if is_this] == [actor.session_id]
        assert refused("select session_end_own(%s)", theirs) == "HK404"
        assert refused("select session_end_own(%s)", uuid4()) == "HK404"
        for said in ("Firefox_Android", "a b", "x" * 30 + "_y", "<b>_<i>"):
            assert refused("select session_describe(%s)", said) == "22023"
        cursor.execute("select session_describe(%s), session_describe(%s)", ["safari_mac", "opera_linux"])
        cursor.execute("select device_code from my_sessions() where is_this and %s", [True])
        assert cursor.fetchall() == [("safari_mac",)], "said once"
    set_token("")
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from my_sessions() where %s", [True])
        assert cursor.fetchone() == (0,)
    assert refused("select session_end_own(%s)", theirs) == "HK404"
    assert refused("select session_is_first() where %s", True) == "42501"
    assert his.get(ACCOUNT).status_code == 200


def test_the_page_asks_little_of_the_database(zarina: doors.Person) -> None:
    here = doors.client_for(zarina)
    for _ in range(6):
        doors.client_for(zarina)
    with counted():
        assert len(ids(page(here))) == 6
