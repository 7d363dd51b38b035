"""Whoever is being helped stands on Today in one row, with what is due of the own case (ADR 0143)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions.goes_on import help_goes_on
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral, ReferralOwnCase
from hamkori.casework.work.queries.counts import counts
from hamkori.web.words.lists import label
from tests.cast import FACTS, pass_time
from tests.database import god
from tests.web.senders import Senders, answering, at, counted, page_text
from tests.web.test_place_found import take_back_all

pytestmark = pytest.mark.django_db

HERE = "Here now"
CHOOSE = "Choose the next step"
ASK = "Ask the person whether help goes on: Information on rights and procedure"
ASK_SHORT = "ask whether help goes on"
ONLY = "ask only in person, when you meet"
ASK_ONLY = "Help that has begun may go on if the person wants it: ask only in person, when you meet."
CHILD = {"sex_code": "female", "age_band_code": "a9_17"}


def came(house: Senders, case: Case | None = None, **agreed: Any) -> tuple[Referral, Case]:
    """Somebody was accepted by the shelter and is there: the referral, and the shelter's own case."""
    case = case or house.case()
    house.agreed(case, **agreed)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    house.browser("shelter-worker").post(at(referral, "serve"), answering(referral))
    with god():
        return referral, Case.objects.filter(from_referral=True).latest("begun_at")


def home(house: Senders, who: str = "shelter-worker") -> str:
    return house.browser(who).get("/").content.decode()


def listed(page: str, title: str) -> list[str]:
    """The rows of one list of the page, as they are read."""
    found = re.search(rf"<h2[^>]*>\s*{title}\b.*?</section>", page, re.DOTALL)
    if found is None:
        return []
    rows = re.findall(r"<li.*?</li>", found[0], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).replace("\xa0", " ").split()) for row in rows]


def test_who_is_there_stands_once_with_what_is_due(house: Senders) -> None:
    """Red before: at the bottom, under "Later", and once more as "There is no next step"."""
    referral, own = came(house)
    (row,) = listed(page := home(house), HERE)
    # Red before: here the number of the referral came first, and in the row of a missing next step that of the case.
    assert row.startswith(f"Woman, 18\u201129 {own.code[:4]} {own.code[4:]} ")
    number = f"referral {referral.code[:4]} {referral.code[4:]}"
    for said in ("Accommodation", number, "no next step yet", "result by"):
        assert said in row, said
    assert row.endswith(CHOOSE)
    assert "help since" not in row, "of what is due nothing rests on it: the page says it"
    assert f'href="/cases/{own.code}/edit/"' in page
    assert f'href="/cases/{own.code}/"' in page
    assert f'href="{at(referral)}"' in page
    assert (page.count("There is no next step"), ">Later<" in page) == (0, False)
    with god():
        Case.objects.filter(pk=own.pk).update(next_step_code="meet", next_step_on="2030-01-01")
    (row,) = listed(home(house), HERE)
    assert row.endswith("Open the referral")
    assert "no next step" not in row


def test_a_missing_next_step_is_late_after_the_next_working_day_and_stands_once(house: Senders) -> None:
    """Red before: who came shortly before midnight was late a minute later, and stood twice."""
    referral, own = came(house)
    pass_time(days=1)
    assert listed(home(house), HERE), "the next day is there to plan it"
    pass_time(days=4)
    page = home(house)
    (row,) = listed(page, HERE)
    assert row.startswith("Woman, 18\u201129: there is no next step")
    # Red before: its number of the referral, which the sender says on the telephone, stood only in the rows beside it.
    number = f"referral {referral.code[:4]} {referral.code[4:]}"
    for said in ("Accommodation", "result by", number):
        assert said in row, said
    assert row.endswith(CHOOSE)
    # Red before: nothing of the row led there, where it is said how help ended.
    assert f'<a class="code" href="{at(referral)}">referral ' in page
    assert listed(page, "Late or stopped") == listed(page, "Cases without a next step") == []
    assert "1 late or stopped" in page_text(house.browser("shelter-worker").get("/"))
    assert page.count(f"/cases/{own.code}/edit/") == 2, "the row and its button"
    # Red before: the sentence at the top counted it, and beside no title a number said where.
    assert re.search(r"Here now 1 \D{0,4}1 late", page_text(house.browser("shelter-worker").get("/")))
    with house.as_("shelter-worker") as actor:
        assert counts(actor).late == 1, "the rail counts the same"


def test_child_protection_is_told_of_a_child_who_came(house: Senders) -> None:
    """Red before: "Tell child protection: to do" stood in the own case, and Today said "There is no next step"."""
    case = house.case(CHILD, contact={"call_name": "c", "child_contact": "canary"})
    _referral, own = came(house, case, speaker="guardianship_body", child_answer="agrees", as_child=True)
    (row,) = [one for one in listed(home(house), HERE) if "Tell child protection" in one]
    assert "Say that they were told" in row, "a line of the row of the child"
    tells = f"/cases/{own.code}/tell_child_protection/"
    assert f'href="{tells}"' in home(house)
    pass_time(days=5)  # with a weekend between
    shown = home(house)
    assert [one for one in listed(shown, HERE) if "Tell child protection" in one] == []
    (row,) = [one for one in listed(shown, "Late or stopped") if "Tell child protection" in one]
    assert "was due " not in row, "red before: late, and it stood under Today and soon, and was not counted"
    with house.as_("shelter-worker") as actor:
        assert counts(actor).late == 2, "with the own case, which lacks its next step"
    assert "2 late or stopped" in page_text(house.browser("shelter-worker").get("/"))
    line = house.browser("shelter-worker").get("/cases/").content.decode().partition(f"/cases/{own.code}/")[2]
    assert "Tell child protection" in line.partition("</tr>")[0]
    with house.as_("shelter-worker") as parvina:
        cases.tell_child_protection(parvina, found := Case.objects.get(pk=own.pk), version=found.version)
    assert "Tell child protection" not in page_text(house.browser("shelter-worker").get("/"))


def test_it_costs_no_query_more(house: Senders) -> None:
    for _n in range(2):
        came(house, house.case(FACTS))
    browser = house.browser("shelter-worker")
    browser.get("/")
    with counted():
        assert len(listed(browser.get("/").content.decode(), HERE)) == 2


def test_what_is_next_stands_before_what_ends_the_help(house: Senders) -> None:
    """Red before: right after "the person came" "Finish" stood first, and the next step was the third plain link."""
    referral, own = came(house)
    worker = house.browser("shelter-worker")
    page = worker.get(at(referral)).content.decode()
    plan, finish = page.index(f'class="btn" href="/cases/{own.code}/edit/"'), page.index('id="finish"')
    assert plan < page.index('aria-label="This referral"') < finish
    with god():
        Case.objects.filter(pk=own.pk).update(next_step_code="meet", next_step_on="2030-01-01")
    assert 'id="plan"' not in worker.get(at(referral)).content.decode()
    pass_time(days=29, hours=2)
    page = worker.get(at(referral)).content.decode()
    assert page.index('id="finish"') < page.index('aria-label="This referral"'), "by tomorrow it is said how it ended"


def advised(house: Senders) -> tuple[Case, Referral, Case]:
    """A lawyer is helping: the sender's case, the referral, and the lawyer's own case."""
    case = house.case()
    house.agreed(case, "legal")
    referral, lawyer = house.sent(case, service="LEGAL-01"), house.browser("lawyer")
    whens = re.findall(r'name="when" value="(?!hour|next_day)([^"]+)"', lawyer.get(at(referral)).content.decode())
    team = [str(house.world.membership("lawyer"))]
    lawyer.post(at(referral, "accept"), {**answering(referral), "team": team, "when": whens[0]})
    lawyer.post(at(referral, "serve"), answering(referral))
    with god():
        return case, referral, Case.objects.filter(from_referral=True).latest("begun_at")


def test_of_help_that_is_no_place_nobody_is_here(house: Senders) -> None:
    advised(house)
    (row,) = listed(home(house, "lawyer"), "Helped now")
    assert row.startswith("Woman, 18\u201129 ")


def test_whether_help_goes_on_is_asked_until_it_is_planned(house: Senders) -> None:
    """Red before: once the ending was opened, Today said "There is no next step" alone."""
    case, referral, own = advised(house)
    take_back_all(house, case)
    page = home(house, "lawyer")
    assert (page.count(ASK), len(listed(page, "Referral ended"))) == (1, 1), "in red, until it is opened"
    house.browser("lawyer").get(at(referral))
    pass_time(hours=2)
    (row,) = listed(page := home(house, "lawyer"), "Helped now")
    assert row.startswith(f"Woman, 18\u201129: {ASK_SHORT} ")
    assert ONLY in row
    assert "Legal aid" in row
    assert row.endswith("Say what you know")
    assert f'href="/cases/{own.code}/#goes-on"' in page
    assert page.count("There is no next step") == 0, "planning it is one of both answers"
    file = page_text(house.browser("lawyer").get(f"/cases/{own.code}/"))
    assert ASK_ONLY in file
    assert "What was sent with it can no longer be opened." in file
    assert "It goes on: plan it" in file
    assert "It has ended: close" in file
    pass_time(days=9)
    (row,) = listed(page := home(house, "lawyer"), "Helped now")
    assert row.startswith("Woman, 18\u201129: there is no next step"), "no clock answers it, and it is late"
    assert row.endswith("Say what you know")
    assert "There is no next step" not in page
    with house.as_("lawyer") as lawyer:
        step = {"next_step_code": "meet", "next_step_on": timezone.localdate(now()) + timedelta(days=30)}
        help_goes_on(lawyer, found := Case.objects.get(pk=own.pk), version=found.version, codes=step)
    assert ASK_SHORT not in home(house, "lawyer")
    file = page_text(house.browser("lawyer").get(f"/cases/{own.code}/"))
    assert (ASK_ONLY in file, "It goes on: plan it" in file) == (True, False)


def test_who_withdrew_everything_is_there_until_it_is_said_that_it_has_ended(house: Senders) -> None:
    """Red before: she slept in the shelter and stood in no list, so that the night check counted one too few."""
    case = house.case()
    referral, own = came(house, case)
    take_back_all(house, case)
    page = home(house)
    assert len(listed(page, "Referral ended")) == 1, "in red, until it is opened"
    (row,) = listed(page, HERE)
    assert row.startswith("Woman, 18\u201129 ")
    for said in ("Accommodation", "withdrew consent for everything", ONLY):
        assert said in row, said
    assert row.endswith("Open the case")
    house.browser("shelter-worker").get(at(referral))
    (row,) = listed(home(house), HERE)
    assert row.startswith(f"Woman, 18\u201129: {ASK_SHORT} ")
    assert row.endswith("Say what you know")
    with house.as_("shelter-worker") as parvina:
        step = {"next_step_code": "meet", "next_step_on": timezone.localdate(now()) + timedelta(days=30)}
        help_goes_on(parvina, found := Case.objects.get(pk=own.pk), version=found.version, codes=step)
    (row,) = listed(home(house), HERE)
    assert row.startswith("Woman, 18\u201129 ")
    assert ONLY in row
    assert row.endswith("Open the case")
    # Red before: nothing said what to do when the person leaves.
    file = page_text(house.browser("shelter-worker").get(f"/cases/{own.code}/"))
    assert "When the person leaves, close this case: the sender is told" in file
    with house.as_("shelter-worker") as parvina:
        cases.close(parvina, found := Case.objects.get(pk=own.pk), version=found.version, outcome="goals_met")
    assert listed(home(house), HERE) == [], "it was said that it has ended"


def test_everybody_who_is_there_is_counted_once_late_first(house: Senders) -> None:
    """Red before: of three who slept there "Here now" held one."""
    withdrew = house.case()
    referral, _own = came(house, withdrew)
    take_back_all(house, withdrew)
    house.browser("shelter-worker").get(at(referral))
    came(house)
    pass_time(days=5)
    _referral, planned = came(house)
    found = listed(home(house), HERE)
    assert len(found) == 3
    assert ["there is no next step" in row for row in found] == [True, True, False]
    said = page_text(house.browser("shelter-worker").get("/"))
    assert "2 late or stopped" in said
    with house.as_("shelter-worker") as actor:
        assert counts(actor).late == 2, "the rail counts the same"
    with god():
        Case.objects.filter(pk=planned.pk).update(next_step_code="meet", next_step_on="2030-01-01")
    pass_time(days=40)
    assert len(listed(home(house), HERE)) == 3, "also whose result is late"


def test_who_came_today_stands_before_results_of_other_days(house: Senders) -> None:
    """Red before: whoever was to be received today stood last, below results of next week."""
    there = [came(house)]
    pass_time(days=3)
    there.append(came(house))
    with god():
        for _referral, own in there:
            Case.objects.filter(pk=own.pk).update(next_step_code="meet", next_step_on="2030-01-01")
    found = [row.replace(" ", "") for row in listed(home(house), HERE)]
    assert len(found) == 2
    assert all(one.code in row or own.code in row for (one, own), row in zip(reversed(there), found, strict=True)), (
        found
    )


def test_who_comes_along_is_said(house: Senders) -> None:
    """Red before: only once the referral was opened."""
    case = house.case({"children_code": "1"})
    house.agreed(case)
    sent = house.sent(case)
    house.accepted(sent, part="now")
    assert "Woman, 18\u201129, with 1 child: is expected" in page_text(house.browser("shelter-worker").get("/"))
    house.browser("shelter-worker").post(at(sent, "serve"), answering(sent))
    (row,) = listed(home(house), HERE)
    assert row.startswith("Woman, 18\u201129, with 1 child ")
    pass_time(days=5)
    (row,) = listed(home(house), HERE)
    assert row.startswith("Woman, 18\u201129, with 1 child: there is no next step")


def test_while_the_consent_is_not_valid_nothing_is_said_to_be_read(house: Senders) -> None:
    """Red before: "What was sent with it is read there", where nothing could be read."""
    _case, _referral, own = advised(house)
    read = "What was sent with it is read there"
    assert read in page_text(house.browser("lawyer").get(f"/cases/{own.code}/"))
    pass_time(days=61)
    file = page_text(house.browser("lawyer").get(f"/cases/{own.code}/"))
    assert (read in file, "so what was sent with it cannot be read now." in file) == (False, True)


def test_who_is_helped_by_two_referrals_stands_once(house: Senders) -> None:
    """Red before: two rows, so that the night check counted one too many."""
    case = house.case()
    older, own = came(house, case)
    pass_time(minutes=1)
    house.accepted(newer := house.sent(case), part="now")
    house.browser("shelter-worker").post(at(newer, "serve"), answering(newer))
    with god():
        assert ReferralOwnCase.objects.filter(case=own).count() == 2
        Referral.objects.filter(pk=newer.pk).update(service_code="HOME-05")
    page = home(house)
    (row,) = listed(page, HERE)
    assert ("Accommodation" in row, label("service", "HOME-05") in row) == (True, True)
    assert (at(older) in page, at(newer) in page) == (True, False)
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=older.pk)
        receive.finish(parvina, mine, version=mine.version, result="given")
    page = home(house)
    assert len(listed(page, HERE)) == 1
    assert at(newer) in page
