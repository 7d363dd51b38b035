"""A press does what its page said, or says what has changed since."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.referral.actions import send as sending
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service
from tests.cast import tomorrow
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text, state, version
from tests.web.test_age_confirmed import confirmed
from tests.web.test_short_way import case_of, to_check, to_service

pytestmark = pytest.mark.django_db
CHANGED = "The summary has changed since you opened this page: read it again."


def test_nobody_accepts_or_declines_another_person_than_the_page_showed(house: Senders) -> None:
    """Red before: accepted for a girl by a press on a page that said "Woman", and told only afterwards."""
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    desk, at = house.browser("desk-shelter"), f"/referrals/{sent.code}/"
    page = desk.get(at)
    when = {"arrival_on": tomorrow().isoformat(), "arrival_part": "morning", "place": "Canary-Gate"}
    yes, no = {**fields(page, f"{at}accept/"), **when}, {**fields(page, f"{at}decline/"), "reason": "full"}
    yes["team"] = [str(house.world.membership("shelter-worker"))]
    confirmed(house, case, "a9_17")
    for step, said in (("accept", yes), ("decline", no)):
        old = desk.post(f"{at}{step}/", said)
        assert (old.status_code, page_text(old).count(CHANGED), state(sent)) == (409, 1, "sent")
        assert "Girl" in page_text(old), "the summary that stands now"
        if step == "accept":
            assert "Canary-Gate" in old.content.decode(), "what was typed stays"
            again = {**fields(old, f"{at}accept/"), **when}
        unsaid = desk.post(f"{at}{step}/", {name: value for name, value in said.items() if name != "summary"})
        assert (unsaid.status_code, page_text(unsaid).count(CHANGED), state(sent)) == (409, 1, "sent"), "said of none"
    assert desk.post(f"{at}accept/", again).status_code == 303, "once it was read it is accepted"


def test_nobody_sends_another_summary_than_the_page_showed(house: Senders) -> None:
    """Red before: "I have told the person. Send" sent what another window had changed meanwhile."""
    zarina = house.browser()
    at = to_check(zarina)
    shown = {**fields(zarina.get(at)), "agreed_text": "Canary-Words", "do": "send"}
    with house.as_() as actor:
        case = case_of(at)
        cases.edit(actor, case, version=case.version, codes={"age_band_code": "a30_47"})
    old = zarina.post(at, shown)
    assert (old.status_code, page_text(old).count(CHANGED)) == (409, 1)
    assert "Canary-Words" in old.content.decode()
    with god():
        draft = Referral.objects.get()
    assert draft.state_code == "draft"
    now = {**fields(zarina.get(at)), "do": "send"}
    bare = zarina.post(at, {name: value for name, value in now.items() if name != "summary"})
    assert (bare.status_code, page_text(bare).count(CHANGED)) == (409, 1), "a form that says none"
    both = [{**fields(zarina.get(at)), "do": "send", "agreed_text": text} for text in ("Canary-First", "Canary-Second")]
    assert zarina.post(at, both[0]).status_code == 303
    late = zarina.post(at, {**both[1], "operation": str(uuid4())})
    assert (late.status_code, "What you wrote here was not sent." in page_text(late)) == (409, True)
    assert "Canary-Second" in late.content.decode()
    same = {**both[0], "operation": str(uuid4())}
    assert zarina.post(at, same).status_code == 302, "the same text was sent"


def test_nobody_is_asked_to_go_where_only_the_other_sex_is_taken(house: Senders) -> None:
    """Red before: a girl was offered "Shelter place for men: Ask anyway"."""
    zarina, service = house.browser(), house.world.services["HOME-02"]
    at = to_service(zarina)
    for admits, offered in ((["girls"], True), (["men"], False)):
        with god():
            Service.objects.filter(pk=service).update(admission_codes=admits)
        assert (f'value="{service}:' in zarina.get(at).content.decode()) == offered


def test_the_page_of_a_referral_sends_no_other_summary_either(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    at = f"/cases/{case.code}/refer/"
    zarina = house.browser()
    look = {**house.screen(case), "do": ""}
    ready = {**fields(zarina.post(at, look), at), **house.screen(case)}
    confirmed(house, case, "a30_47")
    old = zarina.post(at, ready)
    assert page_text(old).count(CHANGED) == 1
    now = {**fields(old, at), "do": "send"}
    bare = zarina.post(at, {name: value for name, value in now.items() if name != "summary"})
    assert (bare.status_code, page_text(bare).count(CHANGED)) == (409, 1), "a form that says none"
    with god():
        assert not Referral.objects.exists()
    assert zarina.post(at, now).status_code == 303


def test_a_call_that_came_too_late_or_twice_says_so(house: Senders, sent: Referral) -> None:
    """Red before: the second press showed the page without a word, and a call on what had ended was lost unsaid."""
    zarina, at = house.browser(), f"/referrals/{sent.code}/"
    once = {"operation": str(uuid4()), "answer": "reached"}
    assert "Saved: you called" in page_text(zarina.post(f"{at}call/", once, follow=True))
    assert "This call is recorded already: today" in page_text(zarina.post(f"{at}call/", once, follow=True))
    with house.as_() as actor:
        sending.withdraw(actor, Referral.objects.get(pk=sent.pk), how_said="by_phone")
    late = zarina.post(f"{at}call/", {"operation": str(uuid4()), "answer": "reached"})
    text = page_text(late)
    assert (late.status_code, "The call was not recorded: this referral is" in text) == (409, True)
    assert f'href="{at}"' in late.content.decode(), "and leads there"


def test_who_has_the_person_at_the_door_of_an_ended_referral_reads_whom_to_call(house: Senders, sent: Referral) -> None:
    """Red before: 'It is now "Ended". Nothing was changed.', and no number."""
    house.accepted(sent)
    worker, at = house.browser("shelter-worker"), f"/referrals/{sent.code}/"
    serve = {"operation": str(uuid4()), "version": version(sent)}
    with house.as_() as actor:
        sending.withdraw(actor, Referral.objects.get(pk=sent.pk), how_said="by_phone")
    late = worker.post(f"{at}serve/", serve)
    assert late.status_code == 409
    for page in (late, worker.get(at)):
        assert "If the person is with you, call at once. National coordinator" in page_text(page)
    assert ">Open the referral<" in late.content.decode()
