"""A closed case, and a person who calls and wants help again: whom the page names, and what it offers (A5)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case, CaseAccess
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_place_found import BOTH

pytestmark = pytest.mark.django_db

LEAD, ABOVE = BOTH
COLLEAGUE = "psychologist-cso"
ASKS = "Does the person want help again?"
SPEAK = "The supervisor opens this case again: speak with Supervisor Cso."
NEW = "If that takes too long, begin a new case: this one stays closed as it is."
OPEN = "You can open this case again: what was written stays, and the person is asked for consent first."
BEGIN = 'href="/cases/first/"'


def closed(house: Senders, outcome: str = "lost_contact", *, with_colleague: bool = False) -> Case:
    case = house.case()
    older = house.case() if outcome == "duplicate" else None
    if older:
        case, older = older, case
    if with_colleague:
        with house.as_() as zarina:
            team.admit(zarina, case, membership=house.world.membership(COLLEAGUE))
    with house.as_(ABOVE) as malika:
        known = Case.objects.get(pk=case.pk)
        cases.close(malika, known, version=known.version, outcome=outcome, older_case=older.pk if older else None)
    pass_time(minutes=1)
    return case


def unsupervised(case: Case) -> None:
    with god():
        CaseAccess.objects.filter(case=case.pk, kind_code="supervisor").update(suspended_at=timezone.now())


def page(house: Senders, case: Case, who: str) -> tuple[str, str]:
    """What the box says, and what its press leads to."""
    drawn = house.browser(who).get(f"/cases/{case.code}/")
    box = drawn.content.decode().partition("This case is closed")[2].partition("</section>")[0]
    links = [one for one in (BEGIN, f'href="/cases/{case.code}/reopen/"') if one in box]
    said = page_text(drawn)
    return said, links[0] if len(links) == 1 else f"{len(links)} presses"


def test_who_works_on_it_reads_who_opens_it_and_begins_a_new_case_where_that_takes_too_long(house: Senders) -> None:
    """Red before: nothing but the supervisor's name, whatever the hour, and no way to help the person tonight."""
    case = closed(house, with_colleague=True)
    for who in (LEAD, COLLEAGUE):
        said, press = page(house, case, who)
        assert f"{ASKS} {SPEAK} {NEW}" in said, who
        assert press == BEGIN, who
        assert house.browser(who).get("/cases/first/", follow=True).status_code == 200
        assert house.browser(who).get(f"/cases/{case.code}/reopen/").status_code == 403


def test_the_supervisor_has_the_press_right_there(house: Senders) -> None:
    """Red before: the press, and no word of when it is meant."""
    case = closed(house)
    said, press = page(house, case, ABOVE)
    assert f"{ASKS} {OPEN}" in said
    assert press == f'href="/cases/{case.code}/reopen/"'
    assert NEW not in said
    assert house.browser(ABOVE).get(f"/cases/{case.code}/reopen/").status_code == 200


def test_without_a_supervisor_a_colleague_opens_it_and_who_leads_it_reads_that(house: Senders) -> None:
    """Red before: the lead worker read no name at all."""
    case = closed(house, with_colleague=True)
    unsupervised(case)
    said, press = page(house, case, LEAD)
    assert "The case has no supervisor: a colleague on the team opens it again. Speak with Psychologist Cso." in said
    assert (NEW in said, press) == (True, BEGIN)
    said, press = page(house, case, COLLEAGUE)
    assert (OPEN in said, NEW in said, press) == (True, False, f'href="/cases/{case.code}/reopen/"')
    assert house.browser(COLLEAGUE).get(f"/cases/{case.code}/reopen/").status_code == 200


@pytest.mark.parametrize(
    ("above", "colleague", "said"),
    [
        (True, False, "A supervisor can open it again."),
        (False, True, "A colleague on the team can open it again."),
        (False, False, "Nobody can open this case again: it has no supervisor, and you are alone on the team."),
    ],
)
def test_whoever_closes_reads_who_can_open_it_again(house: Senders, above: bool, colleague: bool, said: str) -> None:
    """Red before: "a supervisor can open it again", also where there is none."""
    case = house.case()
    if colleague:
        with house.as_() as zarina:
            team.admit(zarina, case, membership=house.world.membership(COLLEAGUE))
    if not above:
        unsupervised(case)
    zarina, at = house.browser(), f"/cases/{case.code}/close/"
    asked = zarina.get(at)
    assert f"The case stays locked. {said}" in page_text(asked)
    form = {**fields(asked, at), "outcome": "goals_met", "sure": "on"}
    done = page_text(zarina.post(at, form, follow=True))
    assert f"Closed. Nothing more is due in this case. {said}" in done
    assert ("A supervisor can open" in done) == above


def test_where_nobody_can_open_it_that_is_said_and_a_new_case_is_begun(house: Senders) -> None:
    """Red before: a shelter's own case that was closed said nothing. There it has no supervisor."""
    case = house.case()
    house.agreed(case)
    one = house.sent(case)
    house.accepted(one, part="now")
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=one.pk)
        own = receive.serve(parvina, mine, version=mine.version)
        cases.close(parvina, own, version=own.version, outcome="goals_met")
    said, press = page(house, own, "shelter-worker")
    alone = "Nobody can open this case again: it has no supervisor, and you are alone on the team."
    assert f"{ASKS} {alone} Begin a new case: this one stays closed as it is." in said
    assert press == BEGIN
    assert house.browser("shelter-worker").get("/cases/first/", follow=True).status_code == 200


def test_of_who_has_died_nobody_asks_whether_they_want_help(house: Senders) -> None:
    """Red before: "If the person needs help again"."""
    case = closed(house, "deceased")
    said, press = page(house, case, LEAD)
    assert f"Was it closed by mistake? {SPEAK}" in said
    assert press == "0 presses"
    said, press = page(house, case, ABOVE)
    assert "Was it closed by mistake? You can open this case again." in said
    assert "help again" not in said
    assert press == f'href="/cases/{case.code}/reopen/"'
    unsupervised(case)
    said, press = page(house, case, LEAD)
    assert "Was it closed by mistake?" not in said, "nobody opens it"


def test_of_a_duplicate_help_goes_on_in_the_older_case(house: Senders) -> None:
    case = closed(house, "duplicate")
    older = "Help goes on in the older case of the person."
    said, press = page(house, case, LEAD)
    assert (f"{ASKS} {older} {SPEAK} {NEW}" in said, press) == (True, BEGIN)
    said, press = page(house, case, ABOVE)
    assert f"{ASKS} {older} Open this case again only if it was closed by mistake." in said
    assert press == f'href="/cases/{case.code}/reopen/"'


def test_an_open_case_asks_nothing_of_it_and_a_stranger_finds_none(house: Senders) -> None:
    case = house.case()
    for who in BOTH:
        assert ASKS not in page_text(house.browser(who).get(f"/cases/{case.code}/")), who
    shut = closed(house)
    for who in ("colleague-cso", "shelter-worker", "desk-shelter"):
        answer = house.browser(who).get(f"/cases/{shut.code}/")
        assert answer.status_code == 404, who
        assert ASKS not in page_text(answer), who
