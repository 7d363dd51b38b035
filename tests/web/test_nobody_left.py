"""Nobody else is listed who could be asked: it is known before a button leads there, and the coordinator is called."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries.left import may_ask_again
from hamkori.directory.models import Service
from hamkori.vocabulary import codelist
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text, records
from tests.web.test_the_way_on import another, declines

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("declined", [False, True])
def test_no_button_leads_to_a_page_on_which_nobody_is_listed(house: Senders, declined: bool) -> None:
    """Red before: "Ask another organisation" was the first button, and nobody stood behind it."""
    case = house.case()
    house.agreed(case)
    gone = house.sent(case)
    zarina, page, ask = house.browser(), f"/referrals/{gone.code}/", "Ask another organisation"
    places = (page, "/", f"/cases/{case.code}/", "/cases/")
    alone, called = (
        "Nobody else is listed: call the coordinator",
        re.compile(r'<button class="btn small"[^>]*>\s*Reached the coordinator'),
    )
    calm = zarina.get(page)
    assert (alone in page_text(calm), ask in page_text(calm)) == (False, False), "an open desk may still answer"
    why = r"Nobody else can be asked now: wait for this answer, due \w+ \d\d:\d\d\."  # from 22:00 on of the next day
    assert re.search(why, page_text(calm)), "and why none"
    assert "I called" in page_text(calm)
    assert not called.findall(calm.content.decode())
    tone = re.compile(r'class="tag (\w+)"[^>]*>(?:(?!class="tag).)*?No place for tonight', re.DOTALL)
    assert tone.findall(calm.content.decode()) == ["wait"], "nothing is late yet"
    if declined:
        declines(house, gone)
    else:
        pass_time(hours=3)

    def said() -> list[bool]:
        return [ask in page_text(zarina.get(one)) for one in places[:3]]

    def call(answer: str, **more: str) -> str:
        form = {"operation": str(uuid4()), "answer": answer, **more}
        return page_text(zarina.post(f"{page}call/", form, follow=True))

    assert "Nobody else is listed" in page_text(zarina.get(f"{page}again/")), "so it is"
    assert not any(said())
    shown = zarina.get(page).content.decode()
    assert alone in page_text(zarina.get(page)), "and whom to call"
    assert "Reached the coordinator" in shown
    assert not called.findall(shown), "it is an answer of a call like the other one, and the call comes first"
    assert "National coordinator: not recorded." in page_text(zarina.get(page))
    assert "nobody else is listed: call the coordinator" in page_text(zarina.get("/"))
    assert [one for one in places if "No place for tonight" not in page_text(zarina.get(one))] == []
    assert "you called and reached nobody. It is still open: call the coordinator." in call("not_reached")
    out = call("no_coordinator")
    assert "the coordinator was not reached. It is still open." in out
    assert re.search(r"(?:Caseworker|Supervisor) Cso called the coordinator today \d\d:\d\d: not reached", out), (
        "and not the desk"
    )
    assert declined or "Call again. Ask your supervisor" in out, "no number of the desk: it was the coordinator"
    asked = call("coordinator")
    assert "If nothing comes, call the coordinator again." in asked
    assert "Nobody else is listed: call the coordinator" not in asked, "it was done"
    assert not called.findall(zarina.get(page).content.decode()), "the answer is awaited: no button is filled"
    kept = {**fields(zarina.get(page), f"/cases/{case.code}/gap/record/"), "operation": str(uuid4())}
    noted = zarina.post(f"/cases/{case.code}/gap/record/", kept)
    assert noted["Location"] == f"{page}?gap=kept"
    assert "Record a missing service" not in page_text(zarina.get(noted["Location"])).partition("What happened")[0]
    another(house, admission_codes=["men"])
    assert not any(said()), "who does not take the person is no way on"
    another(house, slug="cso-pamir", is_full=True)
    assert all(said()), "somebody is listed now"
    assert "Nobody else is listed" not in page_text(zarina.get(f"{page}again/"))


def test_only_who_had_no_room_is_asked_again_and_not_at_once() -> None:
    at = datetime(2026, 11, 28, 2, 39, tzinfo=UTC)
    later = at + timedelta(hours=4)
    assert may_ask_again("declined", "full", at, later)
    assert not may_ask_again("declined", "full", at, later - timedelta(minutes=1))
    reasons = [code for code in codelist("decline_reason").codes if code != "full"]
    assert [one for one in reasons if may_ask_again("declined", one, at, later)] == []
    assert not may_ask_again("unaccepted", "full", at, later)


def asked_hours_later(house: Senders, code: str) -> None:
    """Red before: "Nobody else is listed", and who had no room hours ago lay in a fold."""
    pass_time(hours=2)
    zarina, page, again = house.browser(), f"/referrals/{code}/", f"/referrals/{code}/again/"
    said = re.compile(r"Shelter Kulob declined (?:today|yesterday) \d\d:\d\d: no place then")
    shown = zarina.get(page)
    assert "Ask Shelter Kulob again" in page_text(shown)
    assert said.search(page_text(shown))
    today = page_text(zarina.get("/"))
    assert "Ask Shelter Kulob again" in today
    assert said.search(today)
    service = house.world.services["HOME-02"]
    assert f'href="{again}?service={service}"' in zarina.get("/").content.decode()
    chosen = zarina.get(f"{again}?service={service}")
    assert f'type="hidden" name="service" value="{service}"' in chosen.content.decode()
    assert "Asked already: Shelter Kulob" in page_text(chosen)
    listed = zarina.get(again)
    assert f'name="service" value="{service}"' in " ".join(listed.content.decode().split())
    for one in (shown, chosen, listed, zarina.get("/")):
        assert "obody else is listed" not in page_text(one)
    assert zarina.get(f"{again}?service=none").status_code == 200, "what is no number names nothing"
    with god():
        Service.objects.filter(pk=service).update(is_full=True)
    assert "Nobody else is listed: call the coordinator" in page_text(zarina.get(page)), "its entry says so"
    with god():
        Service.objects.filter(pk=service).update(is_full=False)


def test_who_was_asked_and_declined_is_named_alike_on_both_pages(house: Senders) -> None:
    """Red before: "Nobody else is listed" here, and there an organisation that had declined, with a number."""
    case = house.case()
    house.agreed(case)
    other = another(house)
    house.world.services["legal-aid:HOME-02"] = other.pk
    records(house)
    declines(house, gone := house.sent(case))
    pass_time(minutes=1)
    sent = house.sent(case, service="legal-aid:HOME-02")
    pass_time(hours=3)
    zarina, page, again = house.browser(), f"/referrals/{sent.code}/", f"/referrals/{sent.code}/again/"
    said = re.compile(
        r"Asked already: Shelter Kulob, 00\u201111 \(invented\), declined (?:today|yesterday) \d\d:\d\d, no place now"
    )
    shown = said.search(page_text(zarina.get(page)))
    assert shown is not None
    assert f"{shown[0]}. Nobody else is listed: call the coordinator." in page_text(zarina.get(page))
    assert shown[0].removeprefix("Asked already: ") in page_text(zarina.get(again)), "beside the one that is asked now"
    assert "Asked already: Shelter Kulob" not in page_text(zarina.get(f"/referrals/{gone.code}/")), "of itself"
    assert "Asked already" not in page_text(house.browser("supervisor-cso").get(page)), "who asks nobody"
    asked_hours_later(house, sent.code)
    once_more = house.sent(case)
    pass_time(minutes=1)
    with house.as_() as actor:
        found = Referral.objects.get(pk=once_more.pk)
        send.recall(actor, found, version=found.version, reason="mistake")
    newest = r"Shelter Kulob: asked [^;]* \d\d:\d\d, that referral ended [^;]* \d\d:\d\d; before that declined "
    for one in (page, "/"):  # red before: the no of hours ago alone
        assert re.search(newest, page_text(zarina.get(one))), one
    house.agreed(later := house.case())
    sent = house.sent(later, service="legal-aid:HOME-02")
    pass_time(hours=3)
    house.accepted(house.sent(later))
    assert "a place only from" in page_text(zarina.get(f"/referrals/{sent.code}/")), "and not that it accepted"


def test_a_yes_by_telephone_is_not_said_to_be_no_answer(house: Senders) -> None:
    """Red before: "no answer yet" stood above "said yes by telephone", once nobody was reached there later."""
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    at = f"/referrals/{sent.code}/"
    pass_time(minutes=1)
    for answer in ("said_yes", "not_reached"):
        house.browser().post(f"{at}call/", {"operation": str(uuid4()), "answer": answer})
        pass_time(minutes=1)
    pass_time(hours=3)
    asked = page_text(house.browser().get(f"{at}again/")).partition("Asked already: ")[2]
    assert "said yes by telephone" in asked[:120]
    assert "no answer yet" not in asked
