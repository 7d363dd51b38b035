"""Calls of the coordinator that are about no number she reads: about a child, of a disputed result (ADR 122)."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from hamkori.audit.models import Ledger
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import place
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.referral.actions import confirm
from hamkori.casework.referral.models import Referral
from tests.cast import SEALED, pass_time
from tests.database import god
from tests.doors import DoorClient
from tests.web.senders import Senders, page_text, version

pytestmark = pytest.mark.django_db
LATE = "/coordination/late/"
CHILD = "A child: child protection does not know yet"
BUTTONS = ("Child protection knows now", "The organisation tells them", "Not reached")
NOTHING = "Nothing is to be done about this call any more."


def calls(house: Senders, case: Case, told: str = "else") -> str:
    """The worker says whom she reached; what the next page says."""
    zarina = house.browser()
    with god():
        known = Case.objects.get(pk=case.pk).version
    said = {"operation": str(uuid4()), "version": known, "told": told}
    return page_text(zarina.post(f"/cases/{case.code}/tell_child_protection/", said, follow=True))


def seen_by(house: Senders, slug: str) -> list[Any]:
    """What the database gives her of these calls, by her own statement."""
    with house.as_(slug), connection.cursor() as cursor:
        cursor.execute("select * from national_owed('{}') where clock_code = 'child'")
        return list(cursor.fetchall())


def stands(farida: DoorClient) -> bool:
    """On her Today, on the page of late answers and in the rail, or in none of them."""
    today, late = page_text(farida.get("/")), page_text(farida.get(LATE))
    found = {CHILD in today, CHILD in late, "Today 1 1 to call now" in today, "Late answers 1 to call now" in late}
    assert len(found) == 1, "all of them say it, or none does"
    return found.pop()


def answer(farida: DoorClient, call: object, said: str, page: str = "today") -> str:
    press = {"operation": str(uuid4()), "from": page, "answer": said}
    return page_text(farida.post(f"/coordination/child/{call}/called/", press, follow=True))


def read_by_the_side(house: Senders, child: Case, says: str) -> None:
    """The worker and the supervisor read it alike, and that they still have to tell child protection."""
    for slug in ("caseworker-cso", "supervisor-cso"):
        text = page_text(house.browser(slug).get(f"/cases/{child.code}/"))
        assert says in text, slug
        assert "child protection is still to be told" in text, slug
        assert "Tell child protection" in text, slug
        assert "Farida" not in text, slug


def test_a_call_about_a_child_stands_there_until_it_is_answered(house: Senders) -> None:
    """Red before: nothing of it stood there, and if she forgot, nobody followed."""
    adult = house.case()
    tell = f"/cases/{adult.code}/tell_child_protection/"
    assert house.browser().get(tell).status_code == 409
    # Red before: such a call was recorded, and it was said that the coordinator reads it.
    for told in ("else", "recorded"):
        said = calls(house, adult, told)
        assert "The person is recorded as an adult: nothing was written." in said
        assert "Saved" not in said
    with god():
        assert not CaseStep.objects.filter(case=adult, step_code__in=("child_not_reached", "tell_child_protection"))
    child = house.case({"age_band_code": "a9_17"})
    farida = house.browser("coordinator")
    farida.post("/coordination/cso-kulob/phone/", {"operation": str(uuid4()), "phone": "+992 00 000 00 07"})
    calls(house, child, "place")
    assert (stands(farida), seen_by(house, "coordinator")) == (False, []), "she was not called"
    assert "The coordinator reads on Today that your organisation called about a child" in calls(house, child)
    assert stands(farida)
    row = farida.get("/").content.decode().partition('<ul class="work')[2].partition("</li>")[0]
    for word in ("Call: Cso Kulob", "+992", "they called you today ", *BUTTONS):
        assert word in row, word
    whole = page_text(farida.get("/")) + page_text(farida.get(LATE))
    for hidden in (child.code, f"{child.code[:4]} {child.code[4:]}", "9-17", "Girl", "Khatlon", "Canary", "Zarina"):
        assert hidden not in whole, hidden
    with god():
        step = CaseStep.objects.get(case=child, step_code="child_not_reached", reason_code="coordinator")
    ((*known, at, service, sender, call, said, said_at, side),) = seen_by(house, "coordinator")
    assert known == ["", house.world.bodies["cso-kulob"], "", "", "child"]
    assert (at, service, sender, call) == (step.at, None, None, step.pk), "nor by her own SQL"
    assert (said, said_at, side) == ("", None, "")
    for slug in ("caseworker-cso", "supervisor-cso", "desk-shelter", "auditor"):
        assert seen_by(house, slug) == [], slug
        other = house.browser(slug).post(f"/coordination/child/{call}/called/", {"operation": str(uuid4())})
        assert other.status_code == 403, slug
    for nothing in (uuid4(), child.pk):
        assert NOTHING in answer(farida, nothing, "knows")
    assert NOTHING in answer(farida, call, "put_back"), "nothing was put away"
    for wrong in ("", "settled", "reached"):
        refused = farida.post(f"/coordination/child/{call}/called/", {"operation": str(uuid4()), "answer": wrong})
        assert refused.status_code == 400, wrong
    assert stands(farida)
    assert "Saved: the organisation tells child protection." in answer(farida, call, "they_tell")
    assert not stands(farida)
    assert NOTHING in answer(farida, call, "knows"), "an older window"
    with god():
        (row_of,) = Ledger.objects.filter(action_code="referral.late", decision_code="done")
        assert (row_of.object_id, row_of.object_kind_code, row_of.reason_code) == (step.pk, "call", "they_tell")
        assert row_of.case_id is None
        assert Case.objects.get(pk=child.pk).told_child_protection_at is None, "nothing of the case moves"
    pass_time(minutes=1)
    calls(house, child)
    assert stands(farida), "whoever calls again stands there again"


def test_what_she_recorded_of_the_call_is_read_and_can_be_put_back(house: Senders) -> None:
    """Red before: one press, "Settled", took a child from her list for good, and the worker went on believing that the
    coordinator had it.
    """
    child = house.case({"age_band_code": "a9_17"})
    calls(house, child)
    farida = house.browser("coordinator")
    ((*_known, call, _said, _at, _side),) = seen_by(house, "coordinator")
    pass_time(minutes=1)
    assert "Saved: Cso Kulob was not reached. It stays where it was." in answer(farida, call, "not_reached")
    assert stands(farida), "called back in vain: it stays"
    for page in ("/", LATE):
        assert re.search(r"You called today \d\d:\d\d: not reached", page_text(farida.get(page))), page
    read_by_the_side(house, child, "The coordinator called back today")
    pass_time(minutes=1)
    said = answer(farida, call, "knows")
    assert "Saved: child protection knows now." in said
    assert not stands(farida)
    assert "To what was put away" in said, "the link is named after the page to which it leads"
    read_by_the_side(house, child, "child protection knows. Ask them whether it is so, and record it here.")
    for slug in ("caseworker-cso", "supervisor-cso"):
        happened = page_text(house.browser(slug).get(f"/cases/{child.code}/")).partition("What happened")[2]
        for line in (
            "Recorded after your call: child protection knows of the child",
            "Called back about the child, and reached nobody",
        ):
            assert line in happened, (slug, line)
    late = farida.get(LATE).content.decode()
    away = late.partition('id="away"')[2].partition("</section>")[0]
    assert "Undo" in away
    assert "You recorded today" in away
    assert child.code not in away
    pass_time(minutes=1)
    assert "Put back: this call is shown under “Call now” again." in answer(farida, call, "put_back", "late")
    assert stands(farida), "the slip is mended"
    assert 'id="away"' not in farida.get(LATE).content.decode()
    happened = page_text(house.browser().get(f"/cases/{child.code}/"))
    assert "Cancelled what was recorded after your call about the child" in happened
    assert "child protection knows. Ask them" not in happened, "what was taken back is said of the past alone"
    pass_time(minutes=1)
    answer(farida, call, "they_tell")
    read_by_the_side(house, child, "your organisation tells child protection.")
    for slug in ("desk-shelter", "auditor", "coordinator"):
        with house.as_(slug), connection.cursor() as cursor:
            cursor.execute("select child_call_answers(%s)", [call])
            assert cursor.fetchall() == [(None,)], slug
    pass_time(days=1, minutes=1)
    assert seen_by(house, "coordinator") == [], "a day later it is not hers any more"
    assert NOTHING in answer(farida, call, "put_back")


@pytest.mark.parametrize("ends", ["told", "adult", "place", "closed"])
def test_it_ends_with_what_it_waits_for(house: Senders, ends: str) -> None:
    child = house.case({"age_band_code": "a9_17"}, contact={**SEALED["contact"], "child_contact": "Canary-Guardian"})
    calls(house, child)
    farida = house.browser("coordinator")
    assert stands(farida)
    pass_time(minutes=1)
    with god():
        now = Case.objects.get(pk=child.pk)
    if ends == "told":
        calls(house, child, "recorded")
    elif ends == "adult":
        with house.as_() as zarina:
            cases.settle_age(zarina, now, version=now.version, age_band="a18_29", reason="papers")
    elif ends == "place":
        with house.as_() as zarina:
            place.place_found(zarina, now, version=now.version, reason="another", codes={"need_tonight_codes": []})
    else:
        with house.as_("supervisor-cso") as malika:
            cases.close(malika, now, version=now.version, outcome="lost_contact", older_case=None)
    assert not stands(farida)
    assert not re.search(CHILD, page_text(farida.get("/")))


def test_a_place_that_came_to_nothing_brings_it_back(house: Senders) -> None:
    """Red before: the girl had no bed after all, and the coordinator read nothing of her any more."""
    child = house.case({"age_band_code": "a9_17"}, contact={**SEALED["contact"], "child_contact": "Canary-Guardian"})
    calls(house, child)
    farida = house.browser("coordinator")
    for step, needs, is_there in ((place.place_found, [], False), (place.place_needed, ["safe_place"], True)):
        pass_time(minutes=1)
        with god():
            now = Case.objects.get(pk=child.pk)
        more = {"reason": "organisation"} if step is place.place_found else {}
        with house.as_() as zarina:
            step(zarina, now, version=now.version, codes={"need_tonight_codes": needs}, **more)
        assert bool(stands(farida)) == is_there


def test_an_older_place_does_not_end_it(house: Senders) -> None:
    """Red before: whoever had a bed by the time of the call stood nowhere."""
    case = house.case()
    house.agreed(case)
    house.accepted(house.sent(case), part="now")
    pass_time(minutes=1)
    with god():
        case = Case.objects.get(pk=case.pk)
    with house.as_() as zarina:
        cases.settle_age(zarina, case, version=case.version, age_band="a9_17", reason="papers")
    calls(house, case)
    assert stands(house.browser("coordinator"))


def test_of_a_questioned_result_only_the_body_is_told(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral)
    house.finished(referral)
    with house.as_() as zarina:
        confirm.dispute(zarina, Referral.objects.get(pk=referral.pk), version=version(referral), reason="not_received")
    pass_time(days=14)
    farida, called = house.browser("coordinator"), "/coordination/shelter-kulob/called/"
    farida.post("/coordination/shelter-kulob/phone/", {"operation": str(uuid4()), "phone": "+992 00 01"})
    text = page_text(farida.get(LATE))
    assert "The answer to a disputed result" in text
    assert "Call, and ask them to answer the sender: only they can." in text
    # Red before: this row alone had no button, and a call there could not be recorded.
    assert all("Reached Not reached" in page_text(farida.get(page)) for page in (LATE, "/"))
    for answer, status in (("said_yes", 400), ("", 400), ("not_reached", 303), ("reached", 303)):
        pass_time(minutes=1)
        pressed = farida.post(called, {"operation": str(uuid4()), "answer": answer, "from": "today"})
        assert pressed.status_code == status, answer
    for page in (LATE, "/"):
        assert re.search(r"You called today \d\d:\d\d: reached", page_text(farida.get(page))), page
    with god():
        of_call = Ledger.objects.filter(action_code="referral.late", decision_code="done").latest("at")
        assert (of_call.object_id, of_call.reason_code) == (house.world.bodies["shelter-kulob"], "reached")
    other = {"operation": str(uuid4()), "answer": "reached"}
    answer = page_text(farida.post("/coordination/cso-kulob/called/", other, follow=True))
    assert "Nothing is to be done about this call any more." in answer, "that one owes nothing"
    assert house.browser("desk-shelter").post(called, other).status_code == 403
    assert "Shelter Kulob" in text
    assert f"{referral.code[:4]} {referral.code[4:]}" not in text
    with house.as_("coordinator"), connection.cursor() as cursor:
        cursor.execute("select referral_id, code, service_code, urgency_code, to_organisation_id from referrals_late()")
        assert cursor.fetchall() == [(None, "", "", "", house.world.bodies["shelter-kulob"])], "nor by her own SQL"
