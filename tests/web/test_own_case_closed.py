"""An own case is closed while the person sleeps there: that is named, and whoever sent them is asked (ADR 150)."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.referral.models import Referral
from hamkori.notices.models import Notice
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, at, page_text, records
from tests.web.test_here_now import ASK_SHORT, CHILD, HERE, advised, came, home, listed
from tests.web.test_place_found import BOTH, file, found, pressed, rail, take_back_all, today, until
from tests.web.test_red_alike import counted
from tests.web.test_which_place import shown

pytestmark = pytest.mark.django_db

TICK = "I have read this. Close it all the same."
SLEPT = "the person slept here when consent was withdrawn. Where do they sleep from tonight?"
SLEEPS = "the person sleeps here, and no result is said."
NOT_TOLD, NO_ADULT = "Child protection was not told.", "no adult who speaks for the child is written in this case."
WHO = "Shelter Kulob closed its own case"
CLOSED = f"{WHO}. Where does the person sleep tonight?"
"""In the case; on Today the question is the title, and who closed stands below it."""
STAYS = "Does the person stay in the shelter?"
GOES_ON, ENDED = "It goes on: plan it", "It has ended: close"


def slept(house: Senders, case: Case | None = None, **agreed: object) -> tuple[Case, Referral, Case]:
    """Somebody sleeps in the shelter, and takes everything back: the case, its referral, and the shelter's own case."""
    until(15)
    records(house)
    case = case or house.case()
    referral, own = came(house, case, **agreed)
    pass_time(minutes=1)
    take_back_all(house, case)
    pass_time(minutes=1)
    return case, referral, own


def closing(house: Senders, own: Case, who: str = "shelter-worker") -> str:
    return page_text(house.browser(who).get(f"/cases/{own.code}/close/"))


def closes(house: Senders, own: Case, who: str = "shelter-worker", **more: str) -> str:
    with god():
        version = Case.objects.get(pk=own.pk).version
    form = {"operation": str(uuid4()), "version": str(version), "outcome": "goals_met", **more}
    return page_text(house.browser(who).post(f"/cases/{own.code}/close/", form, follow=True))


def state(own: Case) -> str:
    with god():
        return Case.objects.get(pk=own.pk).state_code


def test_the_page_that_closes_it_names_who_sleeps_there(house: Senders) -> None:
    """Red before: one press, no question, and nobody asked about the bed any more."""
    case, _referral, own = slept(house)
    page = closing(house, own)
    for said in (SLEPT, "If they stay here, do not close.", "The sender is told.", TICK):
        assert said in page, said
    assert NOT_TOLD not in page
    assert "Tick that you have read what is still open." in closes(house, own)
    assert state(own) == "open"
    said = closes(house, own, sure="on")
    assert "The sender is told, and asked where the person sleeps if they have not said it." in said
    assert "Nothing more is due in this case" not in said
    assert state(own) == "closed"
    for who in BOTH:
        known = counted(house, who)
        assert [(one.case, one.what) for one in known.unread if one.no_place] == [(case.code, "place.open")], who
        assert rail(house, who) == 1, who
        assert WHO in today(house, who), who
        assert CLOSED in shown(house, case, who), who
        assert STAYS not in today(house, who) + shown(house, case, who), who
        assert "Where does the person sleep tonight?" in page_text(house.browser(who).get("/cases/")), who


@pytest.mark.parametrize("answer", ["place-found", "place-needed"])
def test_a_bed_that_was_said_to_go_on_is_asked_about_again(house: Senders, answer: str) -> None:
    """Red before: "It was said that the person stays at the place", of a case that the shelter had closed."""
    case, referral, own = slept(house)
    pressed(house, case, answer)
    pass_time(minutes=1)
    assert WHO not in today(house)
    closes(house, own, sure="on")
    stays = answer == "place-found"
    assert (WHO in today(house)) == (CLOSED in shown(house, case)) == stays, "who was said to leave is not there"
    assert "It was said" not in shown(house, case).partition("What happened")[0] or not stays
    with god():
        told = Notice.objects.filter(key_code="news", about_id=referral.pk).values_list("membership_id", flat=True)
        assert house.world.membership("caseworker-cso") in told
    pass_time(minutes=1)
    if stays:
        found(house, case, "own_home")
        assert WHO not in today(house) + shown(house, case), "somebody knows it"
        assert rail(house) == 0


def test_an_old_page_that_says_that_the_person_stays_reads_of_the_closing(house: Senders) -> None:
    """Red before: "A place for tonight was recorded already: the person stays in the shelter. Nothing was written"."""
    case, _referral, own = slept(house)
    old, other = file(house, case), file(house, case)
    pressed(house, case, "place-found", old)
    pass_time(minutes=1)
    closes(house, own, sure="on")
    pass_time(minutes=1)
    said = pressed(house, case, "place-found", other)
    assert f"{CLOSED} Nothing was written." in said
    assert "was recorded already" not in said


def test_that_it_is_opened_again_ends_the_question(house: Senders) -> None:
    case, _referral, own = slept(house)
    pressed(house, case, "place-found")
    closes(house, own, sure="on")
    assert WHO in today(house)
    with god():  # as its supervisor does; the cast has none there
        Case.objects.filter(pk=own.pk).update(state_code="open", closed_at=None, outcome_code="")
    assert WHO not in today(house)


def test_of_a_child_it_says_who_speaks_and_who_was_told(house: Senders) -> None:
    child = house.case(CHILD, contact={"call_name": "c", "child_contact": "canary"})
    _case, _referral, own = slept(house, child, speaker="guardianship_body", child_answer="agrees", as_child=True)
    page = closing(house, own)
    for said in (SLEPT, NOT_TOLD, NO_ADULT, TICK):
        assert said in page, said


def test_help_that_goes_on_is_named_and_its_result_is_still_asked(house: Senders) -> None:
    """Red before: the page named the next step alone."""
    _referral, own = came(house)
    page = closing(house, own)
    for said in (SLEEPS, "If help has ended, say the result first.", TICK):
        assert said in page, said
    assert "Help goes on, and its result is still to be said: Today goes on asking." in closes(house, own, sure="on")
    (row,) = listed(home(house), HERE)
    assert "result by" in row


def test_of_other_help_nobody_asks_where_the_person_sleeps(house: Senders) -> None:
    case, _referral, own = advised(house)
    assert "help goes on, and no result is said." in closing(house, own, "lawyer")
    take_back_all(house, case)
    page = closing(house, own, "lawyer")
    assert "help had begun when consent was withdrawn. Has it ended?" in page
    assert "sleep from tonight" not in page
    assert TICK in page
    closes(house, own, "lawyer", sure="on")
    assert "closed its own case" not in today(house)


def test_another_plan_answers_nothing(house: Senders) -> None:
    """Red before: any next step made the question vanish, and no line stood in what happened."""
    _case, _referral, own = slept(house)
    worker, step = house.browser("shelter-worker"), timezone.localdate(now()) + timedelta(days=30)
    worker.get(at(_referral))
    with house.as_("shelter-worker") as parvina:
        codes = {"next_step_code": "meet", "next_step_on": step}
        cases.edit(parvina, mine := Case.objects.get(pk=own.pk), version=mine.version, codes=codes)
    (row,) = listed(home(house), HERE)
    assert ASK_SHORT in row
    file = worker.get(f"/cases/{own.code}/").content.decode()
    assert GOES_ON in file
    assert ENDED in file
    plans = re.search(r'href="(/cases/[^"]+/edit/\?goes_on=1)"', file)
    assert plans is not None
    form = re.search(r'name="version" value="(\d+)"', worker.get(plans[1]).content.decode())
    assert form is not None
    sent = {"operation": str(uuid4()), "version": form[1], "next_step_code": "meet", "next_step_on": step.isoformat()}
    sent |= {"sex_code": "female", "language_code": "tg", "risk_code": "high"}
    page = page_text(worker.post(plans[1], sent, follow=True))
    assert GOES_ON not in page
    assert "It was said that help goes on" in page.partition("What happened")[2]
    (row,) = listed(home(house), HERE)
    assert ASK_SHORT not in row
    with god():
        assert CaseStep.objects.filter(case=own, step_code="help_goes_on").count() == 1
    assert SLEPT in closing(house, own), "they are there, and it is named all the same"
