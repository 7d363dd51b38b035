"""What a summary says, and how soon, is of the help that is asked: a lawyer is not told of a doctor for today."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from hamkori.calendar.queries import calendar
from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral, ReferralCard
from hamkori.web.kit.forms import DateField
from tests.cast import pass_time
from tests.database import god
from tests.web import test_short_way as way
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_still_needed import offered

pytestmark = pytest.mark.django_db
THREE = {"tonight": "needs", "doctor": "today", "more": ["documents"], "hides": "no"}


def to_service(zarina, **said: object) -> str:
    """A place tonight, a doctor today, help with documents; how soon is what follows from that."""
    need = way.to_need(zarina, **way.AGREES, a_health_help="yes")
    return way.goes(way.press(zarina, need, **{**THREE, **said}, do="go"))


def check_of(house: Senders, zarina, at: str, service: str) -> str:
    """The draft for this help, as the button of its row writes it."""
    with god():
        body = house.world.bodies["legal-aid"]
    rows = re.findall(r'name="service"\s+value="([^"]+)"', zarina.get(at).content.decode())
    (row,) = [one for one in rows if one.endswith(f":{body}:{service}")] or [rows[0]]
    return way.goes(way.press(zarina, at, service=row))


def seen(page: str) -> str:
    return page.partition(": they see")[2].partition("Locked until they accept")[0]


def test_documents_are_asked_for_as_documents(house: Senders, zarina) -> None:
    """Red before: "Urgent", "Needed from: today" and "Needs a doctor: yes" went to the migration service."""
    offered(house, "DOC-01")
    at = to_service(zarina)
    assert "urgency=urgent" in at, "the place, and the doctor"
    check = check_of(house, zarina, at, "DOC-01")
    shown = seen(text := page_text(zarina.get(check)))
    for word in (
        "Identity document restoration",
        "Answer wanted Ordinary",
        "Risk ordinary",
        "Not asked children who come along",
    ):
        assert word in shown, word
    assert ("octor" in shown, "you need a doctor" in text) == (False, False)
    with god():
        draft = Referral.objects.get()
        later = next(calendar().days_after(timezone.localdate()))
        assert (draft.urgency_code, draft.needed_from_on) == ("normal", later)
    page = zarina.get(check).content.decode()
    assert f'href="/referrals/{draft.code}/edit/"' in page.partition("How soon")[2][:400], "there it is changed"
    assert re.search(r'href="[^"]*step=service[^"]*urgency=urgent', page), (
        "the way back to a place is as soon as before"
    )
    edit = f"/referrals/{draft.code}/edit/"
    drawn = fields(zarina.get(edit), edit)
    assert drawn["urgency"] == ["normal"]
    assert drawn["needed_from"] == [DateField().prepare_value(later)]
    # Whoever looks at the step of what is needed once more changes nothing of that by leaving it as it is.
    need = re.search(r'href="([^"]*step=need[^"]*)"', page)
    assert need
    back = need[1].replace("&amp;", "&")
    assert fields(zarina.get(back))["urgency"] == ["urgent"], "of the place"
    assert way.goes(way.press(zarina, back, do="go")) == check
    with god():
        assert Referral.objects.get().urgency_code == "normal"
    after = zarina.get(way.goes(way.press(zarina, check, do="send"))).content.decode()
    # Red before: whoever can also restore a passport counted as asked for the bed, and nothing led on to it.
    assert "No place for tonight" in after
    assert re.search(r'<a class="btn" href="[^"]+/refer/\?need=HOME[^"]*"[^>]*>\s*Ask for a place', after)
    with god():
        card = ReferralCard.objects.get()
        assert (card.doctor_code, Case.objects.get(pk=way.case_of(at).pk).doctor_code) == ("not_asked", "yes")
    pass_time(minutes=1)
    there = page_text(house.browser("lawyer").get(f"/referrals/{draft.code}/"))
    assert "Identity document restoration" in there
    assert "octor" not in there.partition("Summary")[2], "nor that nobody asked: somebody did"
    own = page_text(zarina.get(f"/referrals/{draft.code}/"))
    assert "Needs a doctor" not in own.partition("Answer wanted")[2]


def test_what_to_call_the_person_is_said_not_to_be_written(house: Senders, zarina) -> None:
    at = to_service(zarina)
    text = page_text(zarina.get(way.goes(way.press(zarina, at, service=way.chosen(zarina.get(at).content.decode())))))
    assert "Nothing of the name: what to call the person is not written." in text


def test_a_place_for_the_same_person_says_the_doctor_and_is_urgent(house: Senders, zarina) -> None:
    at = to_service(zarina)
    check = way.goes(way.press(zarina, at, service=way.chosen(zarina.get(at).content.decode())))
    shown = seen(text := page_text(zarina.get(check)))
    assert "Answer wanted Urgent" in shown
    assert "Needs a doctor yes" in shown
    assert "that you need a doctor" in text
    with god():
        draft = Referral.objects.get()
        assert (draft.urgency_code, draft.needed_from_on) == ("urgent", timezone.localdate())
        assert ReferralCard.objects.get().doctor_code == "yes"


def test_that_nobody_looks_for_the_person_is_an_ordinary_risk_everywhere(house: Senders, zarina) -> None:
    """Red before: "No" was answered, and check page, summary and what comes next said "Not asked: risk"."""
    at = to_service(zarina)
    check = way.goes(way.press(zarina, at, service=way.chosen(zarina.get(at).content.decode())))
    text = page_text(zarina.get(check))
    assert "Risk ordinary" in seen(text)
    assert "how high the risk is" in text
    after = page_text(zarina.get(way.goes(way.press(zarina, check, do="send"))))
    assert "Not asked so far: the other signs" in after
    assert "Ask for a place" not in after, "that was asked for just now"
    assert "risk" not in after.partition("Not asked so far: the other signs")[2].partition(".")[0]
    with god():
        assert ReferralCard.objects.get().risk_code == "ordinary"


def test_what_was_not_answered_is_still_not_asked(house: Senders, zarina) -> None:
    case = way.case_of(to_service(zarina, hides="not_asked"))
    assert case.risk_code == "not_asked"


def test_a_no_makes_no_risk_less(house: Senders, zarina) -> None:
    need = way.to_need(zarina, **way.AGREES)
    with god():
        Case.objects.filter(pk=way.case_of(need).pk).update(risk_code="high")
    way.goes(way.press(zarina, need, **{**way.NEEDS, "hides": "no"}, do="go"))
    assert way.case_of(need).risk_code == "high"


def test_what_was_sent_before_stays_as_it_was_sent(house: Senders) -> None:
    case = house.case({"doctor_code": "yes"})
    house.agreed(case, "legal")
    sent = house.sent(case, service="LEGAL-01")
    desk, at = house.browser("lawyer"), f"/referrals/{sent.code}/"
    assert "Needs a doctor" not in page_text(desk.get(at))
    with god():
        ReferralCard.objects.filter(referral=sent).update(doctor_code="yes")
    assert "Needs a doctor yes" in page_text(desk.get(at))


def test_other_help_after_a_place_is_not_urgent_because_that_was(house: Senders, zarina) -> None:
    """Red before: whoever asked for a lawyer from the referral for a bed asked as urgently as for the bed."""
    case = house.case({"need_tonight_codes": ["safe_place", "lawyer"]})
    house.agreed(case)
    house.agreed(case, "legal")
    gone = house.sent(case)
    page = zarina.get(f"/referrals/{gone.code}/again/")
    refer = f"/cases/{case.code}/refer/"
    drawn = {**fields(page, refer), "do": ""}
    with god():
        lawyer = str(house.world.services["LEGAL-01"])
    chosen = fields(zarina.post(refer, {**drawn, "need": "LEGAL", "service": lawyer}), refer)
    assert chosen["urgency"] == ["normal"]
    assert chosen["needed_from"] == [DateField().prepare_value(next(calendar().days_after(timezone.localdate())))]
    bed = zarina.post(refer, {**drawn, **{name: value[0] for name, value in chosen.items() if value}, "do": "",
                              "need": "HOME", "service": str(house.world.services["HOME-02"])})  # fmt: skip
    again = fields(bed, refer)
    assert (again["urgency"], again["needed_from"]) == (["urgent"], [DateField().prepare_value(timezone.localdate())])


def test_the_preview_says_what_goes_of_the_name(house: Senders, zarina) -> None:
    """Red before: "yes, with name" was answered, and no name stood among what is sent."""
    case = house.case()
    house.agreed(case)
    page = page_text(zarina.post(f"/cases/{case.code}/refer/", {**house.screen(case), "do": "look"}))
    assert "Of the name: what to call the person. Not the full name and documents." in page, "it is written"
    house.agreed(case, answer="without_name")
    page = page_text(zarina.post(f"/cases/{case.code}/refer/", {**house.screen(case), "do": "look"}))
    assert "Nothing of the name: not even what to call the person." in page


def test_a_bed_of_who_has_one_for_tonight_is_asked_for_from_tomorrow(house: Senders) -> None:
    """Red before: "Needed from: today" and "Urgent", of a woman who sleeps at a friend's."""
    case = house.case({"need_tonight_codes": ["doctor"]})
    house.agreed(case)
    first = house.screen(case, need="HOME", do="", shown_for="", sections=[], urgency="", needed_from="")
    shown = page_text(house.browser().post(f"/cases/{case.code}/refer/", first))
    assert "Needed from tomorrow Answer wanted Within a day" in shown


def test_in_the_short_way_a_bed_for_later_is_one_press_away(house: Senders, zarina) -> None:
    """Red before: with "Has one" no shelter stood in step 5; it was found among all kinds of help, or after sending."""
    at = to_service(zarina, tonight="has", doctor="no", more=["documents"], urgency="urgent")
    led = re.search(
        r'<a class="solo" href="([^"]+)">\s*A place to sleep from tomorrow', zarina.get(at).content.decode()
    )
    assert led is not None
    beds = led[1].replace("&amp;", "&")
    assert "need=HOME" in beds
    page = page_text(zarina.get(beds))
    assert "Shelter Kulob" in page
    assert "A place to sleep from tomorrow" not in page
    needed = to_service(zarina)
    assert "A place to sleep from tomorrow" not in page_text(zarina.get(needed)), "tonight comes first"
