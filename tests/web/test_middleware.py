"""The two rings around every page: one transaction, one context, and refusals that tell nobody too much."""

import logging
import sys
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import get_resolver, include, path
from django.urls.resolvers import URLPattern, URLResolver

from hamkori.access.actor import Actor
from hamkori.audit.models import Ledger
from hamkori.operations import AlreadyDone
from hamkori.people.actions.account import set_language
from hamkori.people.models import User
from hamkori.refusal import Invalid, NotAllowed, NotNow, NotVisible
from hamkori.vault.bytes import Sealed as SealedUp
from hamkori.vault.bytes import Untrusted
from hamkori.web import middleware
from hamkori.web.kit import refusals
from tests import doors
from tests.database import god

pytestmark = pytest.mark.django_db


def refuse(request: HttpRequest, what: str) -> HttpResponse:
    set_language(request.actor, "ru")  # something was written before
    raise {
        "404": NotVisible(),
        "403": NotAllowed("case.view"),
        "409": NotNow("open_work", n=3),
        "state": NotNow("from_state", state="serving"),
        "her word": NotNow("from_state", state="withdrawn"),
        "sealed": NotNow("vault_open"),
        "unknown": NotNow("no_such_guard"),
        "lacking": NotNow("open_work"),
        "400": Invalid({"field": "message"}),
        "done": AlreadyDone("case.begin", "/somewhere/", None),
        "database": OperationalError("the server closed the connection"),
        "fault": RuntimeError("a canary that no page shows"),
        "planted": Untrusted("team", UUID(int=7)),
        "shut": SealedUp(),
    }[what]


def refuse_anybody(request: HttpRequest, what: str) -> HttpResponse:
    raise Untrusted("invite", "ab" * 32)


def case(request: HttpRequest, code: str) -> HttpResponse:
    raise NotVisible


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter([b"sealed text"]))


def late_fault(request: HttpRequest) -> HttpResponse:
    set_language(request.actor, "ru")
    return HttpResponse(status=503)


urlpatterns = [
    path("open/<str:what>/", login_not_required(refuse_anybody)),
    path("refuse/<str:what>/", refuse),
    path("cases/<str:code>/", case),
    path("stream/", stream),
    path("late/", late_fault),
    path("", include("hamkori.site.urls")),
]


@pytest.fixture
def zarina(settings) -> doors.Person:
    settings.ROOT_URLCONF = __name__
    assert sys.modules[__name__].urlpatterns
    doors.house()
    return doors.person(doors.body("umed"), "Zarina")


def rows() -> list[tuple[str, str, str]]:
    with god():
        return list(Ledger.objects.order_by("id").values_list("action_code", "decision_code", "reason_code"))


def language_of(who: doors.Person) -> str:
    with god():
        return User.objects.get(pk=who.user_id).language_code


@pytest.mark.parametrize(
    ("what", "status", "sentence"),
    [
        ("404", 404, "There is nothing here"),
        ("403", 403, "You are not allowed to do this"),
        ("409", 409, "3 referrals are open."),
        ("state", 409, "It is now &quot;Help is being given&quot;."),
        ("her word", 409, "It is now &quot;Ended&quot;."),
        ("unknown", 409, "Not now"),
        ("lacking", 409, "Not now"),
        ("400", 400, ""),
    ],
)
def test_a_refusal_is_a_page(zarina, what, status, sentence) -> None:
    answer = doors.client_for(zarina).post(f"/refuse/{what}/")
    assert answer.status_code == status
    page = answer.content.decode()
    assert sentence in page
    assert answer["Cache-Control"] == "no-store"
    assert all(f'href="{place}"' in page for place in ("/", "/cases/", "/account/")), "the rail stays"
    assert page.count("<h1>") == 1
    heading = page.split("<h1>")[1].split("</h1>")[0]
    assert f"<title>{heading} – Hamkori</title>" in page


def test_a_sealed_vault_leads_to_the_passphrase_and_back(zarina) -> None:
    client = doors.client_for(zarina)
    assert client.get("/refuse/sealed/")["Location"] == "/account/unlock/?next=%2Frefuse%2Fsealed%2F"
    page = client.post("/refuse/sealed/", headers={"referer": "http://testserver/cases/?page=2"})
    assert page.status_code == 409
    assert "/account/unlock/?next=%2Fcases%2F%3Fpage%3D2" in page.content.decode()
    foreign = client.post("/refuse/sealed/", headers={"referer": "https://elsewhere.example/cases/"})
    assert foreign.status_code == 409
    assert "elsewhere" not in foreign.content.decode()


@pytest.mark.alarms
@pytest.mark.parametrize("what", ["planted", "shut"])
def test_what_the_server_cannot_confirm_is_a_sentence_and_a_row(zarina, what) -> None:
    answer = doors.client_for(zarina).post(f"/refuse/{what}/")
    assert answer.status_code == 409
    assert "Hamkori cannot confirm this record. Nothing was sent." in answer.content.decode()
    assert language_of(zarina) == "en"
    assert rows()[-1] == ("tag.mismatch", "failed", "page.view")


@pytest.mark.alarms
def test_a_stranger_is_told_the_same(zarina, client) -> None:
    answer = client.get("/open/planted/")
    assert answer.status_code == 409
    assert rows()[-1] == ("tag.mismatch", "failed", "page.view")


@pytest.mark.alarms
@pytest.mark.parametrize("what", ["404", "409"])
def test_a_press_that_only_the_database_calls_done_is_no_answer_to_a_refusal(zarina, monkeypatch, what) -> None:
    def first_stands(asking: Actor) -> None:
        raise Untrusted("operation", asking.operation or "")

    monkeypatch.setattr(middleware, "first_stands", first_stands)
    answer = doors.client_for(zarina).post(f"/refuse/{what}/", {"operation": str(uuid4())})
    assert answer.status_code == 409
    assert "Hamkori cannot confirm this record. Nothing was sent." in answer.content.decode()
    assert language_of(zarina) == "en"
    assert rows()[-1] == ("tag.mismatch", "failed", "page.view")


def test_what_was_done_before_is_answered_as_then(zarina) -> None:
    assert doors.client_for(zarina).post("/refuse/done/")["Location"] == "/somewhere/"


def test_the_ledger_keeps_403_and_404_but_no_typing_error(zarina) -> None:
    client = doors.client_for(zarina)
    client.get("/refuse/403/")
    client.get("/cases/4827316x/")
    client.get("/cases/48273162/")
    client.get("/refuse/409/")
    assert [row for row in rows() if row[1] == "refused"] == [
        ("case.view", "refused", "not_allowed"),
        *[("page.view", "refused", "not_visible")] * 2,
    ], "of a code in an address two rows, whether it is anybody's or not"


def test_absent_foreign_and_malformed_look_alike(zarina) -> None:
    client = doors.client_for(zarina)
    pages = {client.get(address).content.decode() for address in ("/cases/48273162/",) * 2}
    assert len(pages) == 1
    text = client.get("/cases/not-a-code/").content.decode()
    assert text.replace("not-a-code", "48273162") == pages.pop()


@pytest.mark.parametrize("address", ["/refuse/database/", "/late/"])
def test_a_failing_answer_leaves_nothing_behind(zarina, address) -> None:
    client = doors.client_for(zarina)
    assert client.post(address).status_code == 503
    assert language_of(zarina) == "en"


def test_a_fault_leaves_nothing_behind_and_shows_nothing(zarina, caplog) -> None:
    client = doors.client_for(zarina)
    client.raise_request_exception = False
    answer = client.post("/refuse/fault/")
    assert (answer.status_code, language_of(zarina)) == (500, "en")
    assert "canary" not in answer.content.decode()


def test_a_stream_never_leaves(zarina, caplog) -> None:
    answer = doors.client_for(zarina).get("/stream/")
    assert answer.status_code == 503
    assert b"sealed text" not in answer.content
    assert "streaming answer was stopped" in caplog.text


@pytest.fixture
def no_database(monkeypatch) -> Iterator[None]:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OperationalError("connection refused: secret address")

    with monkeypatch.context() as patch:
        patch.setattr(transaction.Atomic, "__enter__", refuse)
        yield


def test_without_the_database_the_rail_of_everybody_stays(zarina, request) -> None:
    client = doors.client_for(zarina)
    request.getfixturevalue("no_database")
    page = client.get("/cases/").content.decode()
    assert all(f'href="{place}"' in page for place in ("/", "/directory/", "/account/"))
    assert 'href="/cases/"' not in page, "nobody was recognised, so no role is known"
    assert "Zarina" not in page


def test_without_the_database_there_is_still_a_page_in_her_language(zarina, no_database, caplog) -> None:
    client = doors.DoorClient()
    answer = client.post("/account/sign-in/", {"login": "a@b.org", "password": "x"}, headers={"accept-language": "ru"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    text = answer.content.decode()
    assert 'lang="ru"' in text
    assert "secret address" not in text + caplog.text
    assert 'class="rail"' not in text, "a stranger has none"


def test_a_commit_that_fails_is_no_success(zarina, monkeypatch) -> None:
    client = doors.client_for(zarina)
    leave = transaction.Atomic.__exit__

    def fail(self: transaction.Atomic, *error: object) -> None:
        leave(self, *error)
        if error[0] is None and connection.savepoint_ids == before:
            raise OperationalError("could not commit")

    before = list(connection.savepoint_ids)
    monkeypatch.setattr(transaction.Atomic, "__exit__", fail)
    answer = client.get("/account/")
    assert answer.status_code == 503
    assert "Zarina" not in answer.content.decode()


def test_no_request_inherits_a_token(zarina) -> None:
    client = doors.client_for(zarina)
    from django.test import Client

    plain = Client()
    plain.cookies = client.cookies
    assert plain.get("/account/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("select me() is not null")
        assert cursor.fetchone() == (True,), "in a test the page's savepoint leaves its token behind ..."
    assert Client().get("/account/").status_code == 302, "... and the next request takes it away"


def every_pattern(resolver: URLResolver) -> Iterator[URLPattern]:
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            yield from every_pattern(found)
        else:
            yield found


OPEN_TO_STRANGERS = {
    "account_again",
    "account_login",
    "health-live",
    "health-ready",
    "invitation",
    "keyboard",
    "language",
    "mfa_authenticate",
    "styleguide",
    "theme",
    "today",
}


def test_every_other_address_is_closed_to_strangers() -> None:
    found = set()
    for pattern in every_pattern(get_resolver("hamkori.site.urls")):
        if not getattr(pattern.callback, "login_required", True):
            found.add(pattern.name)
    assert found | {"health-live", "health-ready"} == OPEN_TO_STRANGERS


def test_a_stranger_is_sent_to_the_door_from_everywhere(zarina) -> None:
    client = doors.stranger()
    for address in ("/account/", "/account/unlock/", "/refuse/fault/", "/cases/48273162/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/account/sign-in/"), address


@pytest.mark.parametrize(
    ("page", "leads"),
    [
        ("http://testserver/desk/?list=over#top", "%2Fdesk%2F%3Flist%3Dover"),
        ("http://elsewhere.example/desk/", "%2F"),
        ("http://testserver//elsewhere.example/", "%2F"),
        ("javascript:alert(1)", "%2F"),
        ("", "%2F"),
    ],
)
def test_a_part_that_script_asks_for_is_no_page_to_come_back_to(zarina, page: str, leads: str) -> None:
    """Red before: after the code the browser stood before an address that answers nothing, and could not go on."""
    headers = {"HX-Request": "true", "HX-Current-URL": page}
    asked = doors.stranger().get("/desk/waiting/?seen=1", headers=headers)
    assert (asked.status_code, asked["HX-Redirect"]) == (204, f"/account/sign-in/?next={leads}")


def test_health_needs_no_context(zarina) -> None:
    assert doors.DoorClient().get("/health/live").status_code == 200


def test_a_wrong_token_of_the_right_shape_is_nobody(zarina) -> None:
    from django.conf import settings

    client = doors.client_for(zarina)
    value = client.cookies[settings.HAMKORI_KEY_COOKIE].value
    for forged in ("", "x", value[:-1], "A" * 43, uuid4().hex, "é" * 43):
        client = doors.client_for(zarina)
        client.cookies[settings.HAMKORI_KEY_COOKIE] = forged
        assert client.get("/account/").status_code == 302, forged


def test_the_log_names_no_cookie(zarina, caplog) -> None:
    from django.conf import settings

    caplog.set_level(logging.DEBUG)
    client = doors.client_for(zarina)
    client.raise_request_exception = False
    client.post("/refuse/fault/")
    for name in (settings.HAMKORI_KEY_COOKIE, settings.SESSION_COOKIE_NAME):
        assert client.cookies[name].value not in caplog.text


@login_not_required
def unused(request: HttpRequest) -> HttpResponse:
    """Keeps the decorator honest: Django's attribute is what the ring reads."""
    return HttpResponse()


def test_django_still_marks_open_views_as_we_read_it() -> None:
    assert unused.login_required is False  # type: ignore[attr-defined]


def test_the_passphrase_too_leads_back_to_the_page_and_not_to_its_part() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/"}
    asked = refusals.answer(RequestFactory().get("/desk/waiting/?seen=1", headers=headers), NotNow("vault_open"))
    assert (asked.status_code, asked["HX-Redirect"]) == (204, "/account/unlock/?next=%2Fdesk%2F")
