"""Danger that is said while somebody is asked for help or gives it: they are called, and the case says so till then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions.danger_told import danger_told
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.casework.work.queries.counts import counts
from hamkori.casework.work.queries.today import today
from hamkori.refusal import NotNow
from hamkori.web.today.rows import rows
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields
from tests.web.in_a_browser import Shown
from tests.web.senders import Senders, page_text, records, version
from tests.web.test_danger_taken_off import marks, steps
from tests.web.test_place_found import BOTH

pytestmark = pytest.mark.django_db
ROW = "Those who help do not know of the danger: call them"
KNOW = "They know of the danger"
SAYS = "Say that there is danger"


def listed(house: Senders, who: str) -> list[str]:
    """The rows of danger on Today; the rail counts as many."""
    with house.as_(who) as one:
        found, asked = counts(one), today(one, "en")
    assert found.in_danger == len(asked.danger), who
    return [row.what for row in asked.danger]


def everywhere(house: Senders) -> list[list[str]]:
    return [listed(house, who) for who in BOTH]


def said_again(house: Senders, case: Case) -> None:
    with house.as_() as zarina:
        known = Case.objects.get(pk=case.pk)
        cases.danger_said(zarina, known, version=known.version)


@pytest.fixture
def asked(house: Senders) -> tuple[Case, Referral]:
    """Somebody who is in no danger, and an organisation that has been asked."""
    records(house)
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    pass_time(minutes=1)
    return case, sent


@pytest.mark.parametrize("how", ["sent", "accepted", "serving"])
def test_who_was_asked_before_is_to_be_called(house: Senders, asked: tuple[Case, Referral], how: str) -> None:
    """Red before: any open referral answered danger, also one from before it was said: it was in no row of Today."""
    case, sent = asked
    if how != "sent":
        house.accepted(sent, part="now")
    if how == "serving":
        with house.as_("shelter-worker") as parvina:
            receive.serve(parvina, Referral.objects.get(pk=sent.pk), version=version(sent))
    pass_time(minutes=1)
    assert everywhere(house) == [[], []]
    marks(house, case, danger=True)
    assert everywhere(house) == [["danger.untold"], ["danger.untold"]]
    for who in BOTH:
        assert ROW in page_text(house.browser(who).get("/")), who
        page = page_text(house.browser(who).get(f"/cases/{case.code}/"))
        assert "Shelter" in page.partition(ROW)[2][:40], who
        assert "Nobody helps now" not in page, who
        assert (KNOW in page) == (who == BOTH[0]), "whoever works on the case has called them"
        assert ROW in page_text(house.browser(who).get("/cases/")), "red before: the list said what waits, or no place"


def test_it_ends_as_they_were_told_and_begins_as_danger_is_said_again(
    house: Senders, asked: tuple[Case, Referral]
) -> None:
    case, _sent = asked
    marks(house, case, danger=True)
    pass_time(minutes=1)
    said, at = house.browser(), f"/cases/{case.code}/danger-told/"
    assert said.post(at, fields(said.get(f"/cases/{case.code}/"), at)).status_code == 303
    assert everywhere(house) == [[], []]
    assert ROW not in page_text(said.get("/cases/"))
    page = page_text(said.get(f"/cases/{case.code}/"))
    assert ("Somebody is in danger." in page, ROW in page) == (True, False)
    assert "Told of the danger by telephone" in (past := page.partition("What happened")[2])
    assert "Shelter" in past.partition("Told of the danger by telephone")[2][:60], "red before: not who"
    pass_time(minutes=1)
    said_again(house, case)
    assert everywhere(house) == [["danger.untold"], ["danger.untold"]]
    marks(house, case, danger=False)
    assert everywhere(house) == [[], []]
    assert steps(case) == ["danger_said", "danger_told", "danger_said", "danger_over"]


def test_another_that_is_asked_since_is_no_word_to_the_first(house: Senders, asked: tuple[Case, Referral]) -> None:
    case, sent = asked
    house.accepted(sent, part="now")
    pass_time(minutes=1)
    marks(house, case, danger=True)
    pass_time(minutes=1)
    house.agreed(case, "legal")
    other = house.sent(case, service="LEGAL-01")
    assert everywhere(house) == [["danger.untold"], ["danger.untold"]]
    page = house.browser().get(f"/cases/{case.code}/").content.decode()
    named = page.partition('id="danger"')[2].partition("</div>")[0]
    assert (f"/referrals/{sent.code}/" in named, f"/referrals/{other.code}/" in named) == (True, False)


def test_of_two_who_help_each_is_told_by_a_press_of_its_own(house: Senders, asked: tuple[Case, Referral]) -> None:
    """Red before: one press said of both that they know, and named neither."""
    case, sent = asked
    house.accepted(sent, part="now")
    house.agreed(case, "legal")
    other = house.sent(case, service="LEGAL-01")
    pass_time(minutes=1)
    marks(house, case, danger=True)
    pass_time(minutes=1)
    client, at = house.browser(), f"/cases/{case.code}/danger-told/"
    for left, code in ((1, other.code), (0, sent.code)):
        page = client.get(f"/cases/{case.code}/").content.decode()
        assert page.count(f'action="{at}"') == left + 1, "one press for each who does not know"
        form = {**fields(client.get(f"/cases/{case.code}/"), at), "which": code}
        said = page_text(client.post(at, form, follow=True))
        assert ("Others do not know of it yet: call them too." in said) == (left == 1)
        assert everywhere(house) == [["danger.untold"] * left] * 2
    with god():
        bodies = CaseStep.objects.filter(case=case, step_code="danger_told").order_by("at")
        assert [one.organisation_id for one in bodies] == [other.to_organisation_id, sent.to_organisation_id]
    pass_time(minutes=1)
    said_again(house, case)
    assert client.get(f"/cases/{case.code}/").content.decode().count(f'action="{at}"') == 2, "asked of both anew"


def test_a_press_that_names_no_referral_of_the_case_records_nothing(
    house: Senders, asked: tuple[Case, Referral]
) -> None:
    case, _sent = asked
    house.agreed(other := house.case())
    elsewhere = house.sent(other)
    marks(house, case, danger=True)
    client, at = house.browser(), f"/cases/{case.code}/danger-told/"
    form = fields(client.get(f"/cases/{case.code}/"), at)
    for which in ("", elsewhere.code):
        assert client.post(at, {**form, "which": which}).status_code == 404
    assert everywhere(house) == [["danger.untold"]] * 2


def test_danger_is_said_on_the_page_of_an_open_case_and_who_helps_is_named_at_once(
    house: Senders, asked: tuple[Case, Referral]
) -> None:
    """Red before: a tick in the middle of the form of details alone."""
    case, sent = asked
    house.accepted(sent, part="now")
    pass_time(minutes=1)
    client, at, here = house.browser(), f"/cases/{case.code}/danger/", f"/cases/{case.code}/"
    assert f'action="{at}"' not in house.browser(BOTH[1]).get(here).content.decode(), "the team says it"
    page = client.get(here)
    above, _card, below = page_text(page).partition("Who can see this, and why")
    assert (above.count(SAYS), below.count(SAYS)) == (1, 0), "with what is next: on a phone the last card is far down"
    said = page_text(client.post(at, fields(page, at), follow=True))
    assert "Saved: somebody is in danger. Those who help do not know of it yet: call them." in said
    assert "Shelter" in said.partition(ROW)[2][:60]
    assert SAYS not in said, "it is said"
    assert everywhere(house) == [["danger.untold"]] * 2
    marks(house, case, danger=False)
    assert SAYS in page_text(client.get(here))
    with god():
        Case.objects.filter(pk=case.pk).update(state_code="closed")
    assert SAYS not in page_text(client.get(here))


def test_where_nobody_is_asked_it_says_that_today_goes_on_saying_it(house: Senders) -> None:
    case = house.case()
    client, at = house.browser(), f"/cases/{case.code}/danger/"
    said = page_text(client.post(at, fields(client.get(f"/cases/{case.code}/"), at), follow=True))
    assert "Saved: somebody is in danger. Today says it until help is asked for." in said
    assert everywhere(house) == [["danger.open"]] * 2


def test_nobody_is_told_of_a_danger_that_is_none(house: Senders, asked: tuple[Case, Referral]) -> None:
    case, _sent = asked
    shelter = house.world.bodies["shelter-kulob"]
    with house.as_() as zarina, pytest.raises(NotNow):
        danger_told(zarina, case, version=Case.objects.get(pk=case.pk).version, organisation=shelter)


def test_who_is_asked_after_that_knows_and_who_no_longer_helps_is_not_called(
    house: Senders, asked: tuple[Case, Referral]
) -> None:
    case, sent = asked
    marks(house, case, danger=True)
    pass_time(minutes=1)
    with house.as_("desk-shelter") as gulnora:
        receive.decline(gulnora, Referral.objects.get(pk=sent.pk), version=version(sent), reason="full")
    assert everywhere(house) == [[], []], "what stopped has its own row"
    house.sent(case)
    assert everywhere(house) == [[], []]


@pytest.mark.parametrize("how", ["sent", "accepted"])
def test_once_they_know_the_rows_of_the_case_go_on_saying_danger(
    house: Senders, asked: tuple[Case, Referral], how: str
) -> None:
    """Red before: after "They know" no row of Today had the word, while the case went on saying it."""
    case, sent = asked
    if how == "accepted":
        house.accepted(sent, part="now")
    marks(house, case, danger=True)
    with house.as_() as zarina:
        known = Case.objects.get(pk=case.pk)
        danger_told(zarina, known, version=known.version, organisation=sent.to_organisation_id)
    assert everywhere(house) == [[], []]
    for who in BOTH:
        with house.as_(who) as one:
            found = today(one, "en")
            mine = [row for row in found.rows if row.case == case.code]
        assert [row.in_danger for row in mine] == [True] * len(mine) != [], who
        drawn = rows([replace(mine[0], before=False)], found.now)[0]
        assert "Somebody is in danger" in drawn["sub"], who
        plain = rows([replace(mine[0], in_danger=False, before=False)], found.now)[0]
        assert (drawn["tone"], drawn["icon"]) == (plain["tone"], plain["icon"]), "a mark, and no alarm"
        assert "Somebody is in danger" in page_text(house.browser(who).get("/")), who
    marks(house, case, danger=False)
    for who in BOTH:
        assert "Somebody is in danger" not in page_text(house.browser(who).get("/")), who


@pytest.mark.browser
def test_on_a_telephone_the_box_is_one_column(
    house: Senders, asked: tuple[Case, Referral], show: Callable[..., Shown]
) -> None:
    """Red before: whom to call stood beside the sentence above, a word to a line."""
    said_again(house, asked[0])
    page = show(f"/cases/{asked[0].code}/", width=360).page
    box = page.locator("#danger").bounding_box()
    assert box is not None
    assert box["width"] > 200
