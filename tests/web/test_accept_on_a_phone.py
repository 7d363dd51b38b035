"""The page on which a desk answers, on a phone in Tajik: all that may stand on it at once is two screens of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hamkori.directory.models import Service
from hamkori.people.models import OrganisationPhone, User
from hamkori.site.screens.looks import barriers
from tests.cast import pass_time
from tests.database import god
from tests.web.in_a_browser import Shown, shot
from tests.web.senders import Senders
from tests.web.test_accepted_tonight import at_hour

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

Show = Callable[..., Shown]
LONGEST, ANSWERED = 1760, 1856
"""Where nobody asked for a doctor, for stairs and for children; and where each of these has a line of its own. In each
there is a fold for who on duty is not ticked, two lines say that no hour is written, and one when it expires.
"""
HEIGHT = "document.documentElement.scrollHeight"


@pytest.mark.parametrize(
    ("hour", "scheme", "asked"), [(5, "light", False), (5, "dark", True), (12, "dark", False), (20, "light", False)]
)
def test_it_is_two_screens_of_a_phone(house: Senders, show: Show, hour: int, scheme: str, asked: bool) -> None:
    """Late, from another region, for today, with an interpreter and with the number of the sender. Red before: from
    1,724 px in the evening to 1,909 in the morning, when today has the most buttons.
    """
    at_hour(hour)
    answers = {"doctor_code": "yes", "stairs_code": "yes", "children_code": "2"} if asked else {}
    facts = {"need_tonight_codes": ["safe_place"], "language_code": "en", "needs_interpreter": True, **answers}
    case = house.case(facts)
    house.agreed(case)
    referral = house.sent(case)
    pass_time(hours=3)
    with god():
        OrganisationPhone.objects.create(organisation_id=house.world.bodies["cso-kulob"], phone="(demo) 00-14")
        Service.objects.filter(pk=house.world.services["HOME-02"]).update(region_code="TJ-SU")
        User.objects.update(language_code="tg")
    page = show(f"/referrals/{referral.code}/", "desk-shelter", width=360, scheme=scheme).page
    shot(page, f"accept-phone-{hour}-{scheme}-tg")
    assert page.evaluate(HEIGHT) <= (ANSWERED if asked else LONGEST)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert barriers(page) == []
