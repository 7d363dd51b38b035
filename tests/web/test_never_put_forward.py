"""Family mediation is put forward to nobody; a no by telephone is not forgotten, nor a yes in a list of referrals."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.case.models import Case
from hamkori.directory.models import Service
from hamkori.web.words import lists
from tests.cast import pass_time
from tests.database import god
from tests.web import test_short_way as way
from tests.web.senders import Senders, closes, page_text
from tests.web.test_an_age_put_right_twice import accepted, put_right
from tests.web.test_cancelled_but_still_free import cancels
from tests.web.test_said_on_the_telephone import press
from tests.web.test_still_needed import offered
from tests.web.test_the_way_on import another
from tests.web.test_two_are_asked import two

pytestmark = pytest.mark.django_db
SAID_YES = "Yes by telephone, not confirmed"
SAID_NO = r"Shelter Kulob[^.;]*, said no by telephone (today|yesterday) \d\d:\d\d"
WITH_FAMILY, ALONE = "MHPSS-05", "MHPSS-03"


def talks(house: Senders, **psychologist: object) -> tuple[Case, Service, Service]:
    """The family is offered by one that is near and open, the psychologist by another that is closed."""
    family = another(house, service_code=WITH_FAMILY, usual_answer_minutes=5)
    alone = another(house, "shelter-kulob", service_code=ALONE, **psychologist)
    house.world.services[ALONE] = alone.pk
    closes(house, ALONE)
    house.agreed(case := house.case(), kind="psychological")
    return case, family, alone


def listed(house: Senders, case: Case) -> str:
    return house.browser().get(f"/cases/{case.code}/refer/?need=MHPSS").content.decode()


def test_mediation_with_the_family_stands_behind_the_psychologist(house: Senders) -> None:
    """Red before: the first of those that suit, for its desk was open."""
    case, family, alone = talks(house)
    page = listed(house, case)
    assert page.index(f'value="{alone.pk}"') < page.index(f'value="{family.pk}"')
    assert not re.search(rf'value="{family.pk}"[^>]*checked', page)
    assert lists.label("service", WITH_FAMILY).startswith("Family mediation"), "the code is of that kind of help"


@pytest.mark.parametrize("hindered", [{"is_full": True}, {"language_codes": ["en"]}], ids=["full", "language"])
def test_also_where_the_psychologist_may_decline(house: Senders, hindered: dict[str, object]) -> None:
    """Red before: mediation alone was "suitable", and the psychologist was folded away below it."""
    case, family, alone = talks(house, **hindered)
    page = listed(house, case)
    assert page.index(f'value="{alone.pk}"') < page.index(f'value="{family.pk}"')
    assert "None fits for certain" in page


def test_where_nobody_else_is_listed_it_can_be_asked(house: Senders) -> None:
    case, family, alone = talks(house)
    with god():
        Service.objects.filter(pk=alone.pk).update(is_active=False)
    page = listed(house, case)
    assert f'value="{family.pk}"' in page
    assert "None fits for certain" not in page


def test_in_a_new_case_it_is_no_button_to_press_first(house: Senders, zarina) -> None:
    offered(house, WITH_FAMILY)
    at = way.goes(way.press(zarina, way.to_need(zarina), **way.NEEDS, do="go"))
    to = at.replace("need=tonight", "") + "&need=MHPSS"
    assert "Family mediation" in page_text(zarina.get(to))
    another(house, "shelter-kulob", service_code=ALONE)
    shown = page_text(zarina.get(to))
    assert shown.index("Individual counselling") < shown.index("Family mediation")


def test_who_said_no_by_telephone_is_not_offered_anew_after_the_referral_was_cancelled(house: Senders) -> None:
    """Red before: the one suitable service, without a word of the no."""
    case, first, second = two(house)
    press(house.browser(), f"/referrals/{first.code}/call/", "said_no")
    press(house.browser(), f"/referrals/{second.code}/call/", "said_yes")
    cancels(house, first)
    zarina, at = house.browser(), f"/cases/{case.code}/refer/?need=HOME"
    text = page_text(zarina.get(at))
    asked = text.partition("Asked already:")[2].partition("Others")[0]
    assert re.search(SAID_NO, asked), text
    assert re.search(r"Legal Aid[^.;]*, said yes by telephone", asked)
    pass_time(hours=5)
    shelter = house.world.services["HOME-02"]
    row = zarina.get(at).content.decode().partition(f'value="{shelter}"')[0].rpartition("<li>")[2]
    assert "said no by telephone" in row, "hours later it can be asked again, and says so"
    assert "they said no" in row


def test_a_newer_referral_outweighs_a_no_by_telephone(house: Senders) -> None:
    case, first, _second = two(house)
    press(house.browser(), f"/referrals/{first.code}/call/", "said_no")
    cancels(house, first)
    house.sent(case)
    asked = page_text(house.browser().get(f"/cases/{case.code}/refer/?need=HOME")).partition("Asked already:")[2]
    assert re.search(r"Shelter Kulob[^.;]*, (today|yesterday) \d\d:\d\d, no answer yet", asked)


def test_a_no_after_they_had_accepted_is_said_too(house: Senders) -> None:
    """Red before: "they accepted …, before that referral ended"."""
    case, sent = accepted(house, "a18_29")
    put_right(house, case, "a9_17")
    press(house.browser(), f"/referrals/{sent.code}/call/", "said_no")
    cancels(house, sent)
    put_right(house, case, "a18_29")
    text = page_text(house.browser().get(f"/cases/{case.code}/refer/?need=HOME"))
    assert re.search(SAID_NO, text)
    assert "they accepted" not in text


def test_a_yes_by_telephone_is_read_in_both_lists(house: Senders) -> None:
    """Red before: "waits for their answer" in one, "until 22:48" alone in the other."""
    case, first, second = two(house)
    zarina = house.browser()
    press(zarina, f"/referrals/{first.code}/call/", "said_yes")
    page = zarina.get(f"/cases/{case.code}/").content.decode()
    assert page.partition('id="referrals"')[2].partition("</ul>")[0].count(SAID_YES) == 1
    rows = page_text(zarina.get("/referrals/")).lower()
    assert rows.count(SAID_YES.lower()) == 1
    assert rows.index(first.code[:4]) < rows.index(SAID_YES.lower())
    press(zarina, f"/referrals/{first.code}/call/", "said_no")
    assert SAID_YES.lower() not in page_text(zarina.get("/referrals/")).lower()
    assert second.code[:4] in page_text(zarina.get("/referrals/"))
