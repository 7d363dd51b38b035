"""A row of Today is a title, one line and a verb: each fact once, a number with its name, what is gravest at its head
(ADR 188).
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.casework.work.queries.due import Due
from hamkori.web.today import facts, once
from hamkori.web.today.rows import rows
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, closes, page_text, records, version
from tests.web.test_heard_through_somebody import ASK, takes_back
from tests.web.test_place_found import NEEDED, until

LEAD, ABOVE = "caseworker-cso", "supervisor-cso"
NIGHT = timezone.now()


def today(house: Senders, who: str = LEAD) -> str:
    return page_text(house.browser(who).get("/"))


def lacks_from_tomorrow(house: Senders) -> tuple[Case, Referral]:
    """Somebody without a place for tonight, whom a shelter expects tomorrow."""
    case = house.case(NEEDED)
    house.agreed(case)
    sent = house.sent(case)
    house.accepted(sent)
    pass_time(minutes=1)
    return case, sent


@pytest.mark.django_db
def test_whom_to_call_is_said_with_the_name_and_with_the_other_way(house: Senders) -> None:
    """Red before: "Referral desk: 00-11" in bold, the shelter two lines below, and a button that asks another one."""
    until(10)
    records(house)
    lacks_from_tomorrow(house)
    row = today(house).partition("No place for tonight ")[2]
    assert re.match(r"Call [^.·]+, 00.11 \(invented\), or ask another ", row), row[:120]
    assert row.partition("Ask another organisation")[0].count("(invented)") == 1


@pytest.mark.django_db
def test_a_desk_that_is_closed_is_not_to_be_called_without_that_word(house: Senders) -> None:
    """Red before: the same number, at an hour at which nobody is there, and no word of it."""
    until(21)
    records(house)
    lacks_from_tomorrow(house)
    closes(house)
    row = today(house).partition("No place for tonight ")[2]
    assert re.match(r"Closed until [^:]+\d\d:\d\d: [^.·]+, 00.11 \(invented\) \d{4}", row), row[:120]


@pytest.mark.django_db
def test_a_supervisor_tells_the_team_first_and_then_reads_whom_to_call(house: Senders) -> None:
    """Red before: "Call now" with a big number of a desk that the team calls; and once it was told the row lay below
    all others in grey, without a number, though nobody has a bed yet (ADR 202).
    """
    until(10)
    records(house)
    case, _sent = lacks_from_tomorrow(house)
    assert "lead worker: Caseworker Cso, alone; if absent, call yourself Open the case Tell the team" in today(
        house, ABOVE
    ), "before the press"
    with house.as_() as zarina:
        team.admit(zarina, case, membership=house.world.membership("psychologist-cso"))
    page = today(house, ABOVE)
    assert "Cso, alone" not in page
    row = page.partition("Tell the team now: they call 1 ")[2].partition("Tell the team")[0]
    assert row.startswith("No place for tonight ")
    assert ("00\u201111" in row, "Call now" in page) == (False, False), "the team has the number"
    at = f"/cases/{case.code}/tell_lead/"
    page = page_text(house.browser(ABOVE).post(at, {"operation": f"{case.pk}"}, follow=True))
    page = house.browser(ABOVE).get("/").content.decode()
    row = page.partition("<main")[2].partition("Call now")[2].partition("</section>")[0]
    assert f"/cases/{case.code}/" in row
    assert [said in row for said in ("ico late", "00\u201111", "if nobody answers, call yourself")] == [True] * 3
    assert "Tell the team" not in row


@pytest.mark.django_db
def test_the_place_of_tonight_heads_the_row_and_not_an_old_no(house: Senders) -> None:
    """Red before: "Declined: NGO shelter", and the place that is missing in small letters below."""
    until(10)
    case = house.case(NEEDED)
    house.agreed(case)
    sent = house.sent(case)
    pass_time(minutes=1)
    with house.as_("desk-shelter") as gulnora:
        receive.decline(gulnora, Referral.objects.get(pk=sent.pk), version=version(sent), reason="full")
    page = house.browser().get("/").content.decode()
    assert f'href="/referrals/{sent.code}/">No place for tonight</a>' in page
    assert re.search(r"[Dd]eclined today \d\d:\d\d", page_text(house.browser().get("/")))
    assert today(house).count("No place for tonight") == 1


@pytest.mark.django_db
def test_of_a_no_that_somebody_else_brought_no_row_says_that_the_person_said_it(house: Senders) -> None:
    """Red before: "Heard through somebody else" in one list, "The person said no" in another."""
    case = house.case(NEEDED)
    house.agreed(case)
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_on=timezone.localdate() - timedelta(days=3))
    pass_time(minutes=1)
    takes_back(house, case, "through_other")
    page = today(house)
    assert ASK in page
    assert "erson said no" not in page
    takes_back(house, case, "in_person")
    assert "The person said no" in today(house), "once they have said it"


def row(what: str, **fields: object) -> Due:
    return Due(what=what, late=False, case="11", **fields)  # type: ignore[arg-type]


def test_who_needs_a_bed_and_a_doctor_stands_under_the_bed() -> None:
    """Red before: after a call to the coordinator the row began with the doctor, and the bed was its second line."""
    ill, bed = row("doctor"), row("sent.waiting", awaits_place=True, referral="22", service="HOME-02")
    found = once.folded({"urgent": (ill, bed)})["urgent"]
    assert [(one.what, [line.what for line in one.lines]) for one in found] == [("sent.waiting", ["doctor"])]


def test_the_same_button_stands_once_in_a_row() -> None:
    """Red before: "Open the case" twice in the row of one person."""
    step = {"step": "meet", "supervised": True, "unagreed": True, "on": timezone.localdate(NIGHT)}
    steps = tuple(row("next_step", **step) for _each in range(2))
    (drawn,) = rows([row("unheard", supervised=True, lines=steps)], NIGHT)
    assert [drawn["button"], *(one["button"] for one in drawn["also"])] == ["Open the case", "", ""]


def test_a_raised_risk_is_said_where_it_orders_rows() -> None:
    said = {what: facts.risk(row(what, risk="raised"), None) != "" for what in ("desk.answer", "place.open")}
    assert said == {"desk.answer": True, "place.open": False}
    assert facts.risk(row("place.open", risk="high"), None)
