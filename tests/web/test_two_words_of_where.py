"""The sender says that the person did not get to a place, an organisation that they are with them (ADR 0232)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.actions import place as act
from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, press
from tests.web.test_did_not_get_there import MISSING
from tests.web.test_place_found import BOTH, NEEDED, file, found, today
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

TWO_WORDS = "Where the person is, is said in two ways: call now"
WITH_THEM = "that the person is with them"
ASK_THEM = "ask whether it is this person"
DANGER = "It may mean danger"


def waits(house: Senders, whose: str = "own_home") -> tuple[Case, Referral]:
    """A shelter was asked and accepted for now, and another place was found for tonight."""
    case = house.case(NEEDED)
    house.agreed(case)
    referral = house.sent(case)
    found(house, case, whose)
    pass_time(minutes=1)
    house.accepted(referral, part="now")
    return case, referral


def comes(house: Senders, referral: Referral) -> None:
    pass_time(minutes=1)
    with god():
        known = Referral.objects.get(pk=referral.pk)
    assert house.browser("shelter-worker").post(f"/referrals/{known.code}/serve/", press(known)).status_code == 303
    pass_time(minutes=1)


def missed_on_an_old_page(house: Senders, whose: str = "own_home") -> tuple[Case, Referral, str]:
    """The page was read before the shelter said that the person came; what stands there after the press."""
    case, referral = waits(house, whose)
    old = file(house, case)
    at = f"/cases/{case.code}/place-needed/"
    form = {**form_of(old, at)[1], "why": "did_not_get_there"}
    comes(house, referral)
    held = page_text(house.browser().post(at, form, follow=True))
    return case, referral, held


def saved_all_the_same(house: Senders, case: Case) -> str:
    at = f"/cases/{case.code}/place-needed/"
    with god():
        version = Case.objects.get(pk=case.pk).version
    form = {"operation": "0b7bdbd4-9e0a-4b9f-8a2c-0d4f3a5f1c11", "version": version, "why": "did_not_get_there"}
    return page_text(house.browser().post(at, form, follow=True))


def test_before_it_is_saved_whom_to_call_is_said(house: Senders) -> None:
    """Red before: "Recorded meanwhile: the person came", and no number."""
    _case, _referral, held = missed_on_an_old_page(house)
    assert "Not saved yet. Recorded meanwhile: the person came" in held
    assert "Call them first, and ask whether it is this person." in held
    assert "referral desk" in held.partition("Call them first")[2][:120], "where, or that no number is known"


def test_nobody_is_looked_for_while_an_organisation_says_that_they_are_there(house: Senders) -> None:
    """Red before: "find out whether they are safe", with 112, of a woman whom the shelter had taken in."""
    case, _referral, _held = missed_on_an_old_page(house)
    said = saved_all_the_same(house, case)
    assert "Saved: the person did not get there." in said
    assert WITH_THEM in said.partition("Saved")[2][:200]
    for who in BOTH:
        row, box = today(house, who), page_text(house.browser(who).get(f"/cases/{case.code}/"))
        for page in (row, box):
            assert TWO_WORDS in page, who
            assert WITH_THEM in page.partition(TWO_WORDS)[2], who
            assert (MISSING in page, DANGER in page) == (False, False), who
        assert ASK_THEM in box, who
        assert "did not get to: the person's own home (found today" in row.replace("\u2019", "'"), who
        assert "own home" in box.partition(TWO_WORDS)[2], who
        assert TWO_WORDS in page_text(house.browser(who).get("/cases/")), who
    happened = page_text(house.browser().get(f"/cases/{case.code}/")).partition("What happened")[2]
    assert "own home" in happened.partition("did not get there")[2][:60], "the history names the place"


@pytest.mark.parametrize(("why", "looked"), [("not_found", True), ("is_safe", False)])
def test_what_they_say_there_begins_or_ends_it(house: Senders, why: str, looked: bool) -> None:
    case, _referral, _held = missed_on_an_old_page(house)
    saved_all_the_same(house, case)
    pass_time(minutes=1)
    at = f"/cases/{case.code}/looked_for/"
    page = file(house, case)
    assert house.browser().post(at, {**form_of(page, at)[1], "why": why}).status_code == 303
    for who in BOTH:
        page = today(house, who)
        assert (TWO_WORDS in page, MISSING in page) == (False, looked), who


def test_who_was_with_them_on_another_day_is_looked_for(house: Senders) -> None:
    """A stay of days is no word about tonight: they may have set out from there."""
    case, referral = waits(house)
    comes(house, referral)
    pass_time(days=2)
    with god():
        version = Case.objects.get(pk=case.pk).version
    with house.as_() as zarina:
        known = Case.objects.get(pk=case.pk)
        act.place_found(zarina, known, version=version, reason="own_home", codes={})
    pass_time(minutes=1)
    assert "Today asks you to find out" in saved_all_the_same(house, case)
    assert MISSING in today(house)


def test_both_words_of_one_minute_stand_on_the_case(house: Senders) -> None:
    """Red before: the question whether the person got there was gone, and nothing said that the two differ (B11)."""
    case, referral = waits(house)
    assert WITH_THEM not in file(house, case)
    comes(house, referral)
    for who in BOTH:
        page = page_text(house.browser(who).get(f"/cases/{case.code}/"))
        assert "own home. Shelter" in page, who
        assert f"{WITH_THEM}. If that is not so, call them." in page, who


def there_by_telephone(house: Senders, *, days: int) -> tuple[Case, Referral]:
    """A place by telephone at the shelter that has accepted: for now, or for another day."""
    case = house.case(NEEDED)
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, part="morning" if days else "now")
    pass_time(minutes=1)
    with god():
        body = Referral.objects.get(pk=referral.pk).to_organisation_id
    with house.as_() as zarina:
        known = Case.objects.get(pk=case.pk)
        act.place_found(zarina, known, version=known.version, reason="organisation", codes={}, organisation=body)
    pass_time(hours=days * 24)
    return case, referral


def heard_of(referral: Referral) -> str:
    with god():
        return Referral.objects.get(pk=referral.pk).heard_code


def test_the_organisation_whose_place_it_is_reads_it(house: Senders) -> None:
    """Red before: the sender looked for the person, and the shelter that had accepted them read nothing."""
    case, referral = there_by_telephone(house, days=0)
    pass_time(hours=3)
    said = saved_all_the_same(house, case)
    assert "reads it too." in said, said[said.find("Saved") : said.find("Saved") + 500] + str(heard_of(referral))
    assert heard_of(referral) == "did_not_come"
    page = page_text(house.browser("shelter-worker").get(f"/referrals/{referral.code}/"))
    assert "The sender said" in page
    assert "did not come" in page


def test_before_their_hour_nothing_is_said_to_them(house: Senders) -> None:
    """A bed that was accepted for tomorrow is not lost by who does not come tonight."""
    case, referral = there_by_telephone(house, days=1)
    with god():
        Referral.objects.filter(pk=referral.pk).update(arrival_on="2099-01-01")
    assert "reads it too." not in saved_all_the_same(house, case)
    assert heard_of(referral) == ""
