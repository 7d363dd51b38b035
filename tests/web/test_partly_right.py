"""Help that was only partly right: what was missing is asked of somebody else, and nothing is green before."""

from __future__ import annotations

from functools import partial

import pytest
from django.http import HttpResponse

from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral, ReferralOrigin
from tests.cast import pass_time
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_goes_on import accepted
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db

NEEDED = "Needed; your team has no referral to an organisation yet: a lawyer"
MISSING = "What was missing?"


def helped(house: Senders, view: str, *needs: str, who: str = "caseworker-cso") -> tuple[str, Referral, HttpResponse]:
    """A lawyer has helped, and the person said this of it: the case, the referral and the page after "Confirm"."""
    case, referral = accepted(house, {"need_tonight_codes": [*needs]})
    for step in (receive.serve, partial(receive.finish, result="given")):
        with house.as_("lawyer") as lawyer:
            mine = Referral.objects.get(pk=referral.pk)
            step(lawyer, mine, version=mine.version)
        pass_time(minutes=30)
    here, browser = f"/referrals/{referral.code}/confirm/", house.browser(who)
    asked = fields(browser.get(here), here) | {"her_view": [view], "agrees": ["yes"]}
    return case.code, referral, browser.post(here, asked, follow=True)


@pytest.mark.parametrize("view", ["partly_content", "not_content"])
def test_what_was_missing_is_asked_of_another_and_closing_is_not_offered(house: Senders, view: str) -> None:
    """Red before: "Nothing more is to be done for this referral. Close the case"."""
    code, referral, after = helped(house, view, "lawyer")
    again = f"/referrals/{referral.code}/again/"
    page, said = after.content.decode(), page_text(after)
    assert "Nothing more is to be done" not in said
    assert f"/cases/{code}/close/" not in page
    assert f"{MISSING} Ask another organisation for it." in said
    assert f'href="{again}"' in page
    assert f"/cases/{code}/section/?of=needs" in page, "what was missing is written in the locked part"
    assert house.browser().get(again).status_code == 200
    assert NEEDED in page_text(house.browser().get("/"))
    case = page_text(house.browser().get(f"/cases/{code}/")).partition("What happened")[0]
    assert NEEDED in case
    assert "If nothing more is to do, close the case." not in case


def test_of_help_that_was_right_the_case_may_be_closed(house: Senders) -> None:
    code, _referral, after = helped(house, "content", "lawyer")
    assert "Confirmed. Nothing more is to be done for this referral." in page_text(after)
    assert f"/cases/{code}/close/" in after.content.decode()
    assert MISSING not in page_text(after)
    assert NEEDED not in page_text(house.browser().get(f"/cases/{code}/"))


def test_a_need_that_nobody_ticked_has_a_row_until_somebody_is_asked(house: Senders) -> None:
    code, referral, _after = helped(house, "partly_content", "nothing_now")
    here = f"/cases/{code}/"
    case = page_text(house.browser().get(here)).partition("What happened")[0]
    assert MISSING in case
    assert "If nothing more is to do, close the case." not in case
    house.world.services["LEGAL-02"] = another(house, service_code="LEGAL-02").pk
    with house.as_():
        mine = ReferralOrigin.objects.get(referral=referral).case
    house.sent(mine, "normal", service="LEGAL-02")
    pass_time(minutes=5)
    for address in (here, f"/referrals/{referral.code}/"):
        assert MISSING not in page_text(house.browser().get(address))


def test_who_supervises_asks_nobody(house: Senders) -> None:
    _code, referral, after = helped(house, "partly_content", "lawyer", who="supervisor-cso")
    assert f"{MISSING} The team asks the person, and another organisation." in page_text(after)
    assert f"/referrals/{referral.code}/again/" not in after.content.decode()


def test_whoever_helped_only_partly_stands_behind_the_others(house: Senders) -> None:
    """Red before: they stood first, and nothing said that it was they."""
    _code, referral, _after = helped(house, "partly_content", "lawyer")
    said = "Their help was not right for the person, or only partly."
    assert said in page_text(house.browser().get(f"/referrals/{referral.code}/again/", follow=True))
    other = another(house, service_code="LEGAL-01")
    page = house.browser().get(f"/referrals/{referral.code}/again/", follow=True).content.decode()
    first = page.index(f'value="{other.pk}"')
    assert first < page.index(f'value="{house.world.services["LEGAL-01"]}"')
