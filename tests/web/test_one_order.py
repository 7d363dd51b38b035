"""What stands first on a case and in the list of cases is the same to the lead worker and to whoever supervises."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.referral.rules.stopped import EMERGENCY
from hamkori.casework.work.queries import order
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.today import Today
from hamkori.casework.work.rules.worklist import WAITING
from hamkori.web.today import head
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, closes, page_text
from tests.web.test_goes_on import ASKS, left
from tests.web.test_place_found import until

pytestmark = pytest.mark.django_db

BOTH = ("caseworker-cso", "supervisor-cso")
NOTHING = {"need_tonight_codes": ["nothing_now"]}
BED, NO_DOCTOR = "No place for tonight", "Needs a doctor: nobody is asked now"


def boxes(house: Senders, case: Case, who: str) -> list[str]:
    """The titles of what is next on the page of a case: of the box, and of the rows below it."""
    page = house.browser(who).get(f"/cases/{case.code}/").content.decode()
    card = page.partition('aria-labelledby="what-next"')[2].partition("</section>\n</section>")[0]
    titles = re.findall(r'<h3 id="alarm">(.*?)</h3>|<(?:b|a) class="what"[^>]*>(.*?)</(?:b|a)>', card, re.S)
    return [(box or row).strip() for box, row in titles]


def listed(house: Senders, who: str, cases: list[Case]) -> list[str]:
    """The numbers of these cases as the list of cases has them."""
    page = house.browser(who).get("/cases/").content.decode()
    return sorted((one.code for one in cases), key=lambda code: page.index(f'href="/cases/{code}/'))


def test_a_bed_and_a_doctor_stand_above_help_that_goes_on(house: Senders) -> None:
    """Red before: "Ask the person whether help at Legal Aid goes on" was the box, the bed and the doctor below it."""
    until(9)
    case, _referral = left(house)
    with god():
        Case.objects.filter(pk=case.pk).update(need_tonight_codes=["safe_place", "doctor"])
    for who in BOTH:
        said = boxes(house, case, who)
        assert said[0].startswith(BED), (who, said)
        assert said.index(NO_DOCTOR) < said.index(ASKS), (who, said)


def test_who_is_to_be_told_the_hour_stands_among_the_calls_below_who_has_no_bed(house: Senders) -> None:
    """Red before: "Call now" stood twice, and between them "Accepted for today"."""
    until(9)
    closes(house, "LEGAL-01")
    bed, told, legal = house.case({"need_tonight_codes": ["safe_place"]}), house.case(NOTHING), house.case(NOTHING)
    house.agreed(told)
    house.accepted(house.sent(told), part="now")
    house.agreed(legal, "legal")
    house.sent(legal, "urgent", "LEGAL-01")
    for who in BOTH:
        page = house.browser(who).get("/").content.decode()
        at = [page.index(f'href="/cases/{one.code}/">') for one in (bed, told, legal)]
        assert at == sorted(at), who
        titles = [one.strip() for one in re.findall(r"<h2[^>]*>([^<]+)", page)]
        assert (titles.count("Call now"), "Accepted for today" in titles) == (1, False), who
        beside = page.partition("Call now</h2>")[2].partition("</header>")[0]
        assert re.sub(r"<[^>]*>", " ", beside).split()[:2] == ["2", "1"], who
        assert page.count("2 to call now") > 1, "in the sentence, on the rail, and red before: 3 beside the title"
        assert "1 to be told the time" in page, who


def lists_of(*rows: Due) -> dict[str, tuple[Due, ...]]:
    found = Today(now=timezone.now(), rows=rows, next_at=None, cases={}, referrals={}, bodies={})
    return {card: whole for card, whole in order.cards(found).items() if whole}


@pytest.mark.parametrize("above", [False, True])
def test_urgent_help_that_stopped_stands_before_what_only_waits(above: bool) -> None:
    """Red before: "Still without: emergency medical care", since weeks, stood below what still had its hour."""
    now = timezone.now()
    waits = Due(what=WAITING, late=False, urgency=URGENT, referral="1", case="1", at=now + timedelta(hours=1))
    arrival = Due(what="sent.arrival", late=True, referral="2", case="2", at=now - timedelta(days=20))
    care = Due(what="stopped.declined", late=False, service=EMERGENCY, referral="3", case="3", at=now)
    legal = [
        Due(what=f"stopped.{how}", late=False, urgency=URGENT, service="LEGAL-01", referral=how, case=how, at=now)
        for how in ("declined", "unaccepted", "lapsed")
    ]
    rows = [replace(one, supervised=above) for one in (waits, arrival, care, *legal)]
    lists = lists_of(*rows)
    assert [*lists] == ["overdue", "urgent", "late"]
    assert {one.referral for one in lists["overdue"]} == {"3", "declined", "unaccepted", "lapsed"}
    for calmed in (replace(care, since_help=EMERGENCY), replace(care, refused=True), *legal):
        calm = replace(calmed, **({"since_help": "LEGAL-02"} if calmed in legal else {}))
        assert [*lists_of(arrival, calm)] == ["late"], calm
    standing = head.Standing({card: lists.get(card, ()) for card in order.CARDS}, 0)
    assert sum(standing.numbers()) == 5, "the menu counts the same"


def test_asking_what_may_be_shared_is_one_row(house: Senders) -> None:
    """Red before: "What may be shared with whom: not asked" stood above the planned step, which is the same."""
    case = house.case(NOTHING)
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_code="ask_agreement", next_step_on=timezone.localdate())
    page = house.browser().get(f"/cases/{case.code}/").content.decode()
    shown = page.partition('aria-labelledby="what-next"')[2].partition("</section>")[0]
    assert "What may be shared with whom</" not in shown
    assert shown.count("what may be shared with whom</") == 1
    assert f'href="/cases/{case.code}/consent/">Ask now' in shown


def test_the_list_of_cases_has_one_order(house: Senders) -> None:
    """Red before: hers began with an arrival of last week, above who has no bed for tonight."""
    until(9)
    house.agreed(late := house.case(NOTHING))
    house.accepted(house.sent(late), part="morning")
    pass_time(days=3)
    bed, doctor = (house.case({"need_tonight_codes": [need]}) for need in ("safe_place", "doctor"))
    names = {late.code: "late", bed.code: "bed", doctor.code: "doctor"}
    for who in BOTH:
        assert [names[code] for code in listed(house, who, [late, bed, doctor])] == ["bed", "doctor", "late"], who
        assert boxes(house, bed, who)[0].startswith(BED), who


def test_the_risk_stays_in_the_line_after_a_no(house: Senders) -> None:
    """Red before: "Risk: high" went with the no."""
    case = house.case({"age_band_code": "a18_29", "risk_code": "high", **NOTHING})
    house.agreed(case)
    sent = house.sent(case)
    with house.as_("desk-shelter") as desk:
        receive.decline(desk, Referral.objects.get(pk=sent.pk), version=sent.version, reason="full")
    for who in BOTH:
        row = page_text(house.browser(who).get("/"))
        assert ("no place now" in row.lower(), "Risk: high" in row) == (True, True), who


def test_among_equals_the_coordinator_reads_first_whom_she_can_call() -> None:
    """Red before: by the hour alone, so the first row of the night was often a desk without a number."""
    at = timezone.now()
    base = Due(what="national.unread", late=False, at=at, referral="1", slug="a", step=URGENT, sender="b")
    mute, called = base, replace(base, referral="2", at=at + timedelta(hours=1), phone="1")
    told = replace(mute, referral="3", sender_untold="heard", sender_phone="1", at=at + timedelta(hours=2))
    graver = replace(mute, referral="4", at=at + timedelta(hours=3), first="child")
    found = sorted((mute, called, told, graver), key=lambda row: order.place("unread", row))
    assert [row.referral for row in found] == ["4", "2", "3", "1"], "a bed for tonight stays above all others"
