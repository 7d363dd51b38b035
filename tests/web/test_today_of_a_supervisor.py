"""Whoever supervises reads first what is theirs to say, then what the team has not done, then what it does in time."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, version
from tests.web.test_place_found import until
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

ABOVE = "supervisor-cso"
HERS, TEAM, IN_TIME = "You or the lead worker can say it", "Your team: cannot wait", "Your team: in time"
DAY = timedelta(days=1)
NOTHING = {"need_tonight_codes": ["nothing_now"]}


def today(house: Senders, who: str = ABOVE) -> str:
    return page_text(house.browser(who).get("/"))


def test_what_a_supervisor_says_stands_apart_from_what_the_team_does(house: Senders) -> None:
    """Red before: what only the team can do stood among what she decides, and what was in time above what was late."""
    until(9)
    late, stopped, waits = (house.case(NOTHING) for _number in range(3))
    for case in (late, stopped, waits):
        house.agreed(case)
    house.accepted(house.sent(late), part="morning")
    declined = house.sent(stopped)
    with house.as_("desk-shelter") as gulnora:
        one = Referral.objects.get(pk=declined.pk)
        receive.decline(gulnora, one, version=version(declined), reason="full")
    pass_time(hours=52)
    urgent = house.sent(waits)
    with god():
        Case.objects.filter(pk=waits.pk).update(next_step_code="meet", next_step_on=timezone.localdate() + 9 * DAY)
    page = house.browser(ABOVE).get("/").content.decode()
    first, _team, rest = page.partition(TEAM)
    team, _hers, rest = rest.partition(HERS)
    own, _in_time, in_time = rest.partition(IN_TIME)
    assert late.code not in first
    assert (late.code in own, "Say what you know" in own) == (True, True), "the supervisor may say whether they came"
    assert f"/referrals/{declined.code}/" in team
    assert "Tell the team" in team
    assert f"/referrals/{urgent.code}/" in in_time
    assert f"/referrals/{urgent.code}/" not in own + team
    for said in (HERS, TEAM, IN_TIME):
        assert said not in today(house, "caseworker-cso"), "the team itself reads one order"


def test_one_case_is_one_row_and_its_team_is_told_once(house: Senders) -> None:
    """Red before: a row under Call now, one under Urgent, one under Late or stopped, each with a button of its own."""
    until(9)
    case = house.case({"need_tonight_codes": ["safe_place", "doctor"]})
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_code="meet", next_step_on=timezone.localdate() - DAY)
    page = house.browser(ABOVE).get("/").content.decode()
    assert page.count(f'<a class="code" href="/cases/{case.code}/">') == 1
    row = page.partition("No place for tonight<")[2].partition("</section>")[0]
    lines = re.findall(r'<a class="line" href="([^"#]+)[^"]*">([^<]+)</a>', row)
    assert lines == [
        (f"/cases/{case.code}/", said) for said in ("Needs a doctor: nobody is asked now", "Meet again")
    ], "each leads to its page"
    marked = re.findall(r'<p class="sub owed">\s*<a class="line"[^>]*>([^<]+)</a>', row)
    assert marked == ["Needs a doctor: nobody is asked now"], "red before: no hour beside it, and no colour"
    assert (page.count(f'action="/cases/{case.code}/tell_lead/"'), 'class="act"' in row) == (1, False)
    house.browser(ABOVE).post(f"/cases/{case.code}/tell_lead/", {"operation": str(uuid4())})
    page = house.browser(ABOVE).get("/").content.decode()
    assert page.count("the lead worker was told today ") == 1, "and that it was told is said once"


def test_who_was_told_stands_in_the_row_that_was_pressed(house: Senders) -> None:
    """Red before: the page came back at its top with a tall green box, and the row was out of sight."""
    until(9)
    cases = [house.case({"need_tonight_codes": ["safe_place"]}) for _each in range(2)]
    above, (other, case) = house.browser(ABOVE), cases
    form = form_of(above.get("/").content.decode(), f"/cases/{case.code}/tell_lead/")
    assert above.post(*form)["Location"] == f"/#r{case.code}"
    page = above.get("/").content.decode()
    row = page.partition(f'id="r{case.code}"')[2].partition("</li>")[0]
    assert "Told: " in row
    assert page.count("Told: ") == 1, "once"
    assert f'id="r{other.code}"' not in page, "only where the page comes back"
    assert "Told: " not in today(house)
    on_case = above.post(f"/cases/{other.code}/tell_lead/", {"operation": str(uuid4()), "row": "//elsewhere"})
    assert on_case["Location"] == f"/cases/{other.code}/"


def test_after_the_press_the_page_stands_where_the_row_was(house: Senders) -> None:
    """Red before: each press went to the list of who was told, further down; five rows were five ways back."""
    until(9)
    cases = [house.case(NOTHING) for _each in range(3)]
    with god():
        Case.objects.all().update(next_step_code="meet", next_step_on=timezone.localdate() - DAY)
    above, left = house.browser(ABOVE), [case.code for case in cases]

    def page() -> str:
        return str(above.get("/").content.decode())

    left.sort(key=page().index)
    for number in (1, 1, 0):  # the next is below; after the last of the list above; then none is left
        pressed = left.pop(number)
        form = form_of(page(), f"/cases/{pressed}/tell_lead/")
        assert above.post(*form)["Location"] == f"/#r{pressed}"
        text = page()
        here, told = text.index(f'id="r{pressed}"'), text.index("The team was told<")
        assert text.count(f'id="r{pressed}"') == text.count("Told: ") == 1
        if not left:
            assert here > told, "where it stands now: no other list has a row"
            continue
        following = left[number] if number < len(left) else left[0]
        assert here < text.index("Told: ") < text.index(f'href="/cases/{following}/"') < told
        between = text[here : text.index(f'href="/cases/{following}/"')]
        assert between.count('class="what"') == 1, "directly above the one that follows"
        assert "</h2>" not in between
    assert "Told: " not in page(), "said once"


def test_who_has_no_place_stays_where_they_were_once_the_team_was_told(house: Senders) -> None:
    """Red before: one press took the person out of "Call now" to the end of the page, in grey, and the cards turned."""
    until(9)
    house.agreed(late := house.case(NOTHING))
    house.accepted(house.sent(late), part="morning")
    pass_time(days=14)
    cases = [house.case({"need_tonight_codes": ["safe_place"]}) for _each in range(2)]
    above = house.browser(ABOVE)

    def seen() -> tuple[list[str], list[str]]:
        page = above.get("/").content.decode()
        titles = re.findall(r'<p class="team">([^<]+)<|<h2[^>]*>\s*([^<]+?)\s*<', page)
        return re.findall(r'<a class="what" href="([^"]+)"', page), ["".join(one) for one in titles]

    before, pressed = seen(), cases[0].code
    head = re.search(r"\d to call now", today(house))
    for _again in cases:
        above.post(f"/cases/{pressed}/tell_lead/", {"operation": str(uuid4())})
        assert seen() == before, "each row and each title where it was"
        row = above.get("/").content.decode().partition(f'href="/cases/{pressed}/">')[2].partition("</li>")[0]
        assert "the lead worker was told today " in row
        assert "nobody else is on the team: call yourself" in row
        assert "Coordinator: " in row, "whom"
        assert "Tell the team" not in row
        pressed = cases[1].code
    assert head is not None
    assert head[0] in today(house), "and they count as before"


def test_a_heading_stands_above_nothing_never(house: Senders) -> None:
    case = house.case(NOTHING)
    house.agreed(case)
    referral = house.sent(case)
    with house.as_("desk-shelter") as gulnora:
        one = Referral.objects.get(pk=referral.pk)
        receive.decline(gulnora, one, version=version(referral), reason="full")
    page = today(house)
    assert [said in page for said in (HERS, TEAM, IN_TIME)] == [False, True, False]


def test_whoever_of_the_team_is_at_work_is_told_and_named(house: Senders) -> None:
    """Red before: the one who was told was the lead worker alone, who is the one that is away."""
    case = house.case()
    with house.as_() as zarina:
        team.admit(zarina, case, membership=house.world.membership("psychologist-cso"))
    above, at = house.browser(ABOVE), f"/cases/{case.code}/"
    pass_time(days=8)
    page = above.get(at)
    assert "ask another of the team: Psychologist Cso, psychologist" in page_text(page)
    assert "Tell the team" in page_text(page)
    assert page_text(page).count("There is no next step") == 1, "red before: it stood twice in one card"
    told = above.post(f"{at}tell_lead/", {"operation": str(uuid4())}, follow=True)
    assert "Told: the team of Caseworker Cso, case" in page_text(told)
    shown = above.get(at)
    assert "Supervisor Cso told the team" in page_text(shown)
    assert "Who works on this case" not in page_text(shown), "it stands on the same page"
    assert "ask another of the team: Psychologist Cso, psychologist" in page_text(shown)
    for who in ("caseworker-cso", "psychologist-cso"):
        assert "upervisor asks you to look" in today(house, who), who


def test_no_place_for_tonight_stands_above_what_the_supervisor_can_say(house: Senders) -> None:
    """Red before: an arrival of two weeks ago stood first, and below it nobody had a bed for the person tonight."""
    until(9)
    house.agreed(late := house.case(NOTHING))
    house.accepted(house.sent(late), part="morning")
    pass_time(days=14)
    assert today(house).index(TEAM) < today(house).index(HERS), "one order: no press turns it"
    lacking = house.case({"need_tonight_codes": ["safe_place"]})
    page = house.browser(ABOVE).get("/").content.decode()
    team, _hers, own = page.partition(HERS)
    assert (TEAM in team, TEAM in own) == (True, False)
    assert lacking.code in team
    assert ("Say what you know" in team, "Say what you know" in own) == (False, True), "of the arrival"
    assert late.code in own
