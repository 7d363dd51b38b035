"""After a session has ended all that a person said with a form is said once more, in words, and nothing else."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

import hamkori.web
from hamkori.web.kit.appearance import cookie
from hamkori.web.kit.forms import KitForm
from hamkori.web.kit.written import AS_READ, by_whom
from hamkori.web.received.forms import ArrivalForm
from hamkori.web.received.hours import HourForm
from hamkori.web.sessions.door import WHOSE
from tests import doors
from tests.web.forms_of import fields, press, text
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db

BOX = re.compile(r'<label for="(written_\d+)">([^<]*)</label><textarea id="\1"[^>]*>([^<]*)</textarea>')
LINE = re.compile(r"<p><b>([^<]*)</b><br>([^<]*)</p>")


def said(answer: HttpResponse) -> dict[str, str]:
    """What the page gives back, by its name; no two have the same. The first break in a box is no browser's text."""
    page = text(answer)
    found = [(label, value.removeprefix("\n")) for _id, label, value in BOX.findall(page)] + LINE.findall(page)
    named = {unescape(label): unescape(value) for label, value in found}
    assert len(named) == len(found), found
    return named


def sent_too_late(world: Scene, address: str, **typed: object) -> HttpResponse:
    """The answer to the page's own form, sent after sixteen minutes."""
    client = doors.client_for(world.zarina)
    form = {**fields(client.get(address), address), **typed}
    with doors.idle(world.zarina, 16):
        answer = client.post(address, form)
    assert answer.status_code == 403
    for name in ("operation", "page_of", "by_whom"):
        for value in form.get(name, ()):  # type: ignore[attr-defined]
            assert value not in text(answer), name
    return answer


def test_a_number_and_a_single_word_come_back_with_the_names_of_their_fields(world) -> None:
    """Red before: only what contains a space was given back."""
    case = world.case()
    typed = {"safe_phone": "+992918123456", "code_word": "anor"}
    given = said(sent_too_late(world, f"/cases/{case.code}/section/?of=contact", **typed))
    assert "+992918123456" in given.values()
    assert "anor" in given.values()
    assert not {"safe_phone", "code_word", "What you wrote"} & set(given)


def test_choices_come_back_in_words(world) -> None:
    case = world.case()
    given = said(sent_too_late(world, f"/cases/{case.code}/edit/", risk_code="high", next_step_on="2026-12-24"))
    assert given["On which day"] == "24.12.2026"
    assert given["Risk"] not in ("", "high")


def test_the_same_is_given_back_where_it_was_too_late(world) -> None:
    case = world.case()
    client = doors.client_for(world.zarina)
    address = f"/cases/{case.code}/section/?of=contact"
    typed = {**fields(client.get(address)), "code_word": "anor"}
    press(doors.client_for(world.zarina), f"/cases/{case.code}/close/", outcome="goals_met", sure="on")
    refused = client.post(address, typed)
    assert refused.status_code == 409
    assert "anor" in said(refused).values()


def test_a_text_in_which_both_versions_were_put_together_is_given_back(world) -> None:
    case = world.case()
    client = doors.client_for(world.zarina)
    address = f"/cases/{case.code}/section/?of=needs"
    typed = {**fields(client.get(address)), "keep_needs": "both", "both_needs": "a room\n\na doctor"}
    press(doors.client_for(world.zarina), f"/cases/{case.code}/close/", outcome="goals_met", sure="on")
    refused = client.post(address, typed)
    assert refused.status_code == 409
    assert any("a doctor" in text for text in said(refused).values())


@pytest.mark.parametrize("origin", ["http://testserver", "http://elsewhere.example", "null", ""])
def test_a_page_of_the_session_before_gives_back_what_was_typed_in_it_and_another_site_nothing(world, origin) -> None:
    """Red before: after a sign-in in another window Save was answered by a page without a word of what was written."""
    client, case = doors.client_for(world.zarina), world.case()
    address = f"/cases/{case.code}/section/?of=contact"
    typed = {**fields(client.get(address)), "code_word": "anor", "csrfmiddlewaretoken": "a" * 64}
    client.handler.enforce_csrf_checks = True
    answer = client.post(address, typed, headers={"origin": origin} if origin else {})
    assert (answer.status_code, answer["Cache-Control"]) == (403, "no-store")
    assert "This page was open for too long" in text(answer)
    if origin == "http://testserver":
        assert "anor" in said(answer).values()
    else:
        assert said(answer) == {}


def written_and_open(world: Scene) -> tuple[doors.DoorClient, str, dict[str, object]]:
    """Her browser, the address of a form in it, and what she typed there."""
    client, address = doors.client_for(world.zarina), f"/cases/{world.case().code}/section/?of=contact"
    return client, address, {**fields(client.get(address)), "code_word": "anor"}


def too_long(client: doors.DoorClient, address: str, typed: dict[str, object]) -> HttpResponse:
    """The answer to the same with a text behind it that is longer than we read."""
    body = urlencode({**typed, "wishes": "an or " * 500_000}, doseq=True)
    return client.generic("POST", address, body, content_type="application/x-www-form-urlencoded")  # type: ignore[return-value]


def test_whoever_sends_again_from_the_history_after_she_signed_out_reads_nothing(world) -> None:
    """Red before: Back and "send again", on a computer that several share, showed what she had written."""
    client, address, typed = written_and_open(world)
    with doors.idle(world.zarina, 16):
        assert "anor" in said(client.post(address, typed)).values(), "it is hers, and she has not signed out"
        assert "anor" in said(client.post(address, typed)).values(), "also from another page that is still open"
    client.cookies.update(doors.client_for(world.zarina).cookies)
    assert client.post("/account/sign-out/").status_code == 302
    again = client.post(address, typed)
    assert (again.status_code, said(again)) == (403, {})
    client.get("/account/sign-in/")
    assert said(client.post(address, typed)) == {}, "nor whoever has opened the sign-in"


def test_a_page_that_is_still_open_gives_back_also_where_another_one_was_told_first(world) -> None:
    client, address, typed = written_and_open(world)
    with doors.idle(world.zarina, 16):
        assert "why=ended" in client.get("/")["Location"]
        assert not client.cookies[settings.HAMKORI_KEY_COOKIE].value
        assert "anor" in said(client.post(address, typed)).values()


def test_a_session_of_before_there_was_the_cookie_gives_back_as_any_other(world) -> None:
    """Red before: what she typed and could not send was lost, once, after an update."""
    client, address, typed = written_and_open(world)
    name = cookie(WHOSE)
    del client.cookies[name]
    assert "anor" in said(too_long(client, address, typed)).values(), "she acts"
    assert client.cookies[name].value
    client = doors.client_for(world.zarina)
    del client.cookies[name]
    client.get(address)
    with doors.idle(world.zarina, 16):
        assert "anor" in said(client.post(address, typed)).values(), "one page since, and her session is over"


def test_what_another_person_wrote_in_this_browser_is_not_given_back_to_who_sits_there_now(world) -> None:
    _client, address, typed = written_and_open(world)
    here = {"origin": "http://testserver"}
    for who, gives in ((world.manzura, False), (world.zarina, True)):
        client = doors.client_for(who)
        client.handler.enforce_csrf_checks = True
        answer = client.post(address, {**typed, "csrfmiddlewaretoken": "a" * 64}, headers=here)
        assert answer.status_code == 403
        assert ("anor" in said(answer).values()) is gives, who.email
        long = too_long(client, address, typed)
        assert long.status_code == 413
        assert ("anor" in said(long).values()) is gives, who.email


def test_another_site_learns_nothing_and_shows_nothing_in_our_name(world) -> None:
    """Its form brings no cookie of ours (SameSite), so nothing of it stands on a page of ours."""
    _client, address, typed = written_and_open(world)
    assert said(doors.stranger().post(address, typed, headers={"origin": "http://elsewhere.example"})) == {}
    long = too_long(doors.stranger(), address, typed)
    assert (long.status_code, said(long)) == (413, {})


def test_a_view_that_says_nothing_gives_back_what_is_more_than_one_word_each_under_its_own_name(world) -> None:
    client = doors.client_for(world.zarina)
    with doors.idle(world.zarina, 16):
        sent = {"operation": "1", "by_whom": by_whom(world.zarina.user_id)}
        sent |= {"one": "two words", "other": "three more words", "code": "code"}
        ended = client.post("/account/end-others/", sent)
    assert said(ended) == {"What you wrote": "two words", "What you wrote, 2": "three more words"}


# --- every form with something to type ------------------------------------------------------------------------------


def typed_in() -> Iterator[type[KitForm]]:
    """Every form of the staff's pages that is sent with an operation."""
    for room in pkgutil.walk_packages(hamkori.web.__path__, "hamkori.web."):
        importlib.import_module(room.name)
    waiting = [KitForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.startswith("hamkori.web.") and "account" not in form.__module__:
            yield form


def views(patterns: list[URLPattern | URLResolver]) -> Iterator[object]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from views(one.url_patterns)
        else:
            yield one.callback


STEPS = ("step=later", "step=who", "step=consent", "step=need", "step=check")
"""Of the first contact: each its form."""
BY_GET = {"FilterForm", "KitForm", "Sample", "Signs", "Consent"}
"""Sent by GET, or shown in the style guide alone."""
ONE_CHOICE = {"AdmitForm", "AmendForm", "AnswerForm", "AskForm", "ConfirmForm", "FinishForm", "UnacceptForm"}
ONE_CHOICE |= {"StaffForm", "AddForm", "ReasonForm", "RefuseForm", "HearForm"}
"""Two taps make it anew, or ids of people are all that is in it."""


def test_every_form_in_which_somebody_types_says_what_it_gives_back() -> None:
    """A new form: `gives_back` at its view (written.py), or it loses what was typed when a session ends."""
    asked: set[str] = set()
    factory = RequestFactory()
    for view in views(get_resolver("hamkori.site.urls").url_patterns):
        read = getattr(view, AS_READ, None)
        if read is None:
            continue
        drawn = [cell.cell_contents for cell in read.__closure__ or () if callable(cell.cell_contents)]
        for one in drawn:
            for query in ("of=contact&part=danger&page=1", "of=needs&part=acts&page=2", "page=3", *STEPS):
                form = one(factory.get(f"/?{query}"))
                asked |= {each.__name__ for each in type(form).__mro__}
    asked |= {"WithdrawForm", "ReferForm"}  # of pages that read by themselves
    assert set(HourForm.base_fields) <= set(ArrivalForm.base_fields), "it is sent to the address of that form"
    asked |= {"HourForm", "BothForm"}  # the latter's field is one of the form of its section
    missing = {form.__name__ for form in typed_in()} - asked - BY_GET - ONE_CHOICE
    assert missing == set()


# --- her answers ----------------------------------------------------------------------------------------------------


def test_her_answers_come_back_in_words_and_no_code(world) -> None:
    """Red before: one box of codes of the form, and none of her answers."""
    case = world.case()
    answers = {"a_shelter_social_help": "yes", "a_police_justice": "no", "language": "tg", "how_said": "spoken"}
    ended = sent_too_late(world, f"/cases/{case.code}/consent/", **answers)
    given = said(ended)
    assert given["Shelter and social help"] == "Yes, with name"
    assert given["Police: for a criminal case"] == "No"
    assert "Needs" in given["What may be shared, Shelter and social help"]
    assert "What may be shared, Police: for a criminal case" not in given, "nothing was changed there"
    assert given["Language in which the text was read"] == "Tajik"
    assert not re.search(r"[as]_[a-z]+_|:contact|shelter_social|not asked", text(ended))


def test_a_request_comes_back_with_what_she_needs_and_where(world) -> None:
    """Red before: these were left out, and nothing said so."""
    case = world.case()
    typed = {"need": "HOME", "district": "", "service": str(world.shelter), "agreed_text": "a room"}
    given = said(sent_too_late(world, f"/cases/{case.code}/refer/", **typed))
    assert given["What the person needs"] not in ("", "HOME")
    assert given["Service"] == "One was chosen. Its name is not shown here."
    assert "a room" in given.values()
    assert str(world.shelter) not in str(given)


def test_who_has_no_cookie_left_is_told_that_she_is_signed_out(world) -> None:
    """Red before: her page had grown too old, and there was no word of the sign-in."""
    _client, address, typed = written_and_open(world)
    other = doors.stranger()
    other.handler.enforce_csrf_checks = True
    answer = other.post(address, typed, headers={"origin": "http://testserver"})
    assert (answer.status_code, said(answer)) == (403, {})
    assert "You are signed out" in text(answer)
    assert "/account/sign-in/" in text(answer)


def test_a_tick_for_a_body_comes_back_as_a_number(world) -> None:
    case = world.case()
    ended = sent_too_late(world, f"/cases/{case.code}/consent/", excluded=[str(world.shelter)])
    assert given_number(said(ended)) == "1 tick was changed. Names of organisations are not shown here."
    assert str(world.shelter) not in text(ended)


def given_number(given: dict[str, str]) -> str:
    return given["Organisations that must get nothing"]


def test_what_she_takes_back_comes_back_in_words(world) -> None:
    client, case = doors.client_for(world.zarina), world.case()
    sent = {
        "operation": "1",
        "by_whom": by_whom(world.zarina.user_id),
        "took": ["police:justice"],
        "how_said": "spoken",
    }
    with doors.idle(world.zarina, 16):
        given = said(client.post(f"/cases/{case.code}/consent/withdraw/", sent))
    whole = "Police: for a criminal case (the whole consent)"
    assert given["What is withdrawn"] == whole
