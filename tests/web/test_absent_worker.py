"""The lead worker is away: what cannot wait, who can be called, and what is said of a team that is one person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral, ReferralOrigin
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.order import cards
from hamkori.casework.work.queries.today import Today
from hamkori.web.today import head, views
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_told_person import ABOVE, I_TOLD, LEAD, TELL, accepted, page, section, today

pytestmark = pytest.mark.django_db

TEAM, IN_TIME = "Your team: cannot wait", "Your team: in time"
LOCKED, WRITTEN = "what was agreed is locked for the team", "hour and place: open to read"
ALONE = "If the lead worker is absent, nobody else is on the team"
NIGHT = datetime(2026, 11, 20, tzinfo=UTC)
TO_TEAM = "Tell the team"


def case_of(referral: Referral) -> Case:
    with god():
        return ReferralOrigin.objects.get(referral=referral).case


def tell(house: Senders, case: Case) -> str:
    at = f"/cases/{case.code}/tell_lead/"
    return page_text(house.browser(ABOVE).post(at, {"operation": str(uuid4())}, follow=True))


def test_accepted_for_today_and_not_told_cannot_wait(house: Senders) -> None:
    """Red before: the last row, under "in time", and "open to read" to whoever opens nothing."""
    referral = accepted(house, {"hour": "soon"})
    shown = today(house, ABOVE)
    row = shown.partition(TEAM)[2].partition(IN_TIME)[0]
    assert "The person is expected: NGO shelter" in row
    assert LOCKED in row
    assert "nobody has said yet that the person was told" in row
    assert "eferral desk: " in row or "no number recorded" in row
    assert WRITTEN not in shown
    there = page_text(house.browser(ABOVE).get(f"/referrals/{referral.code}/"))
    for said in (LOCKED, "call the organisation and ask there", ALONE, "National coordinator"):
        assert said in there, said
    assert WRITTEN not in there
    case = page_text(house.browser(ABOVE).get(f"/cases/{case_of(referral).code}/"))
    for said in ("The person was not told yet: NGO shelter", ALONE, "National coordinator", TO_TEAM):
        assert said in case, said
    assert WRITTEN not in case
    assert "Read the hour" in today(house), "the team opens it"


def test_where_one_works_alone_no_team_is_told(house: Senders) -> None:
    """Red before: "The team was told", and nobody was who is at work."""
    referral = accepted(house)
    case = case_of(referral)
    at = f"/referrals/{referral.code}/"
    for where in (at, f"/cases/{case.code}/"):
        shown = page_text(house.browser(ABOVE).get(where))
        assert TO_TEAM in shown, where
    said = tell(house, case)
    assert "Told: Caseworker Cso, case" in said
    assert "Nobody else is on the team: if they are away, call yourself." in said
    assert "told the lead worker" in page_text(house.browser(ABOVE).get(at))
    pass_time(days=2)
    with house.as_() as zarina:
        team.admit(zarina, case, membership=house.world.membership("psychologist-cso"))
    assert TO_TEAM in page_text(house.browser(ABOVE).get(at))
    assert "Told: the team of Caseworker Cso, case" in tell(house, case)


def test_today_of_a_supervisor_names_the_lead_worker_alone(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    pass_time(days=8)
    shown = today(house, ABOVE)
    assert (TO_TEAM in shown, ", alone" in shown) == (True, True), (
        "one wording; whose case it is says that nobody else is"
    )
    with house.as_() as zarina:
        team.admit(zarina, case, membership=house.world.membership("psychologist-cso"))
    shown = today(house, ABOVE)
    assert (TO_TEAM in shown, ", alone" in shown) == (True, False)


def test_of_what_cannot_wait_the_way_to_it_stands_before_telling_one_who_works_alone(house: Senders) -> None:
    """Red before: the first button told the lead worker alone, who may be away."""
    case = house.case({"need_tonight_codes": ["safe_place"]})
    pass_time(minutes=1)
    row = today(house, ABOVE).partition(TEAM)[2].partition(IN_TIME)[0]
    assert 0 < row.index("Open the case") < row.index(TO_TEAM)
    with house.as_() as zarina:
        team.admit(zarina, case, membership=house.world.membership("psychologist-cso"))
    assert "Open the case" not in today(house, ABOVE).partition(TEAM)[2].partition(IN_TIME)[0]


def test_that_the_person_is_told_is_work_of_today_on_whichever_day_they_come(house: Senders) -> None:
    """Red before: under "Later", without the way to how the person is reached safely."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, {"hour": "9:15"}, part="morning")
    pass_time(minutes=1)
    today = house.browser().get("/").content.decode().partition('id="news"')[0]
    read = "Read the hour"
    assert f'href="/referrals/{referral.code}/?open=hour#hour">{read}' in today, (
        "in the row of who has no place for tonight"
    )
    later = section(house, "Later")
    assert TELL not in later
    assert read not in later
    reach = f'href="/referrals/{referral.code}/?open=reach#reach"'
    assert reach in page(house, referral)
    opened = house.browser().get(f"/referrals/{referral.code}/?open=meeting").content.decode()
    assert reach in opened
    assert I_TOLD in opened
    assert "9:15" in opened
    assert WRITTEN not in opened, "it stands below, open"
    assert reach not in page(house, referral, ABOVE)


def due(what: str, hour: int, referral: str = "", *, spoken: bool = False) -> Due:
    at = NIGHT + timedelta(hours=hour)
    return Due(what=what, late=True, at=at, referral=referral, quiet_until=at + timedelta(days=9) if spoken else None)


def test_the_line_of_the_coordinator_says_what_is_true_of_the_order() -> None:
    """Red before: "what was called about last", and below it a dispute of last week."""
    waits, called, disputed = (
        due("national.late", 9, "1"),
        due("national.late", 1, "2", spoken=True),
        due("national.late", 5),
    )
    for rows in ((waits, called, disputed), (waits, called), (waits, disputed)):
        assert views._order("late", rows) == "help that cannot wait first, then the oldest; what can wait last"
    lists: dict[str, tuple[Due, ...]] = dict.fromkeys((*views.TITLES, "tonight"), ())
    lists["late"] = (waits, called, disputed)
    found = Today(now=NIGHT, rows=(), next_at=None, cases={}, referrals={}, bodies={})
    said = str(head.sentence(found, head.Standing(lists, 0))).replace("\u00a0", " ")
    assert ("3 late" in said, "1 of them was called about" in said) == (True, True), "red before: late, and no more"


def test_who_is_expected_today_stands_above_late_paper_work() -> None:
    """Red before: three late rows of paper work above somebody who comes this morning. Where something else is late,
    they stand directly below that.
    """
    comes = Due(what="got.arrival", late=False, on=NIGHT.date(), at=NIGHT + timedelta(hours=4), referral="1")
    missing = Due(what="got.arrival", late=True, at=NIGHT - timedelta(hours=4), referral="2")
    paper = Due(what="got.dispute", late=True, at=NIGHT - timedelta(days=2), referral="3")
    rows = (paper, missing, comes)
    lists = cards(Today(now=NIGHT, rows=rows, next_at=None, cases={}, referrals={}, bodies={}))
    assert [row for rows_of in lists.values() for row in rows_of] == [missing, paper, comes]
    assert [(card, views._title(card, rows)) for card, rows in lists.items() if rows][:2] == [
        ("late", "Late or stopped"),
        ("papers", "Results of help that are late"),
    ], "red before: two lists of what is late, apart, and the second was called Late"
    alone = cards(Today(now=NIGHT, rows=(paper, comes), next_at=None, cases={}, referrals={}, bodies={}))
    assert [row for rows_of in alone.values() for row in rows_of] == [comes, paper]
    assert views._title("steps", alone["steps"]) == "Late"


def test_what_the_supervisor_asks_has_a_row_with_the_way_to_the_case(house: Senders) -> None:
    """Red before: among the news, at the very bottom, without a button."""
    case = house.case({"need_tonight_codes": ["nothing_now"]})
    house.agreed(case)
    tell(house, case)
    shown = section(house, "Your supervisor asks: look at these cases")
    assert f'href="/cases/{case.code}/"' in shown
    assert "Open the case" in shown
    assert "Your supervisor asks: look" not in today(house, ABOVE)
    seen = house.browser(LEAD).post("/seen/", {"key": "look"}, follow=True)
    assert "Your supervisor asks" not in page_text(seen)
