"""Who is looked for stands above who hears that nobody comes; the alarm names who else helps, and met them last."""

from __future__ import annotations

import re

import pytest

from hamkori.access.context import now
from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service
from hamkori.people.models import OrganisationPhone
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_bed_nobody_calls_off import needed, promised
from tests.web.test_looked_for import FIND_OUT, missed
from tests.web.test_not_here import READERS, under
from tests.web.test_place_found import file
from tests.web.test_which_place import CALL_OFF

pytestmark = pytest.mark.django_db

HELPS = "Also call who helps the person now and met them"


def test_who_is_missing_stands_above_who_hears_that_nobody_comes(house: Senders, second_shelter: Service) -> None:
    """Red before: a girl at high risk was looked for, and "Call: nobody comes" stood above her."""
    needed(house, promised(house), "nobody_comes")
    for who in READERS:
        assert 'id="call-off"' in house.browser(who).get("/").content.decode(), "alone it stands above all"
    missed(house, came=True)
    for who in READERS:
        page = house.browser(who).get("/").content.decode()
        text = page_text(house.browser(who).get("/"))
        assert page.count('id="call-off"') == 1, who
        assert text.index(FIND_OUT) < text.index(CALL_OFF), who
        assert FIND_OUT in under(house, who, "Call now"), who
        assert len(set(re.findall(r' id="([^"]+)"', page))) == len(re.findall(r' id="([^"]+)"', page)), who


def helps(house: Senders, case: Case) -> Referral:
    """Legal aid, which is another organisation, has met the person and helps them."""
    house.agreed(case, "legal")
    referral = house.sent(case, service="LEGAL-01")
    with god():
        Referral.objects.filter(pk=referral.pk).update(state_code="serving", served_at=now())
    pass_time(minutes=1)
    return referral


def test_the_alarm_names_who_else_helps_and_met_the_person(house: Senders) -> None:
    """Red before: it named only the shelter that had lost her."""
    case, _referral = missed(house)
    for who in READERS:
        assert HELPS not in under(house, who, "Call now"), "nobody else helps"
    helps(house, case)
    with god():
        OrganisationPhone.objects.create(organisation_id=house.world.bodies["legal-aid"], phone="(demo) 00-31")
    for who in READERS:
        row, page = under(house, who, "Call now"), file(house, case, who)
        shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ")
        for text in (row, shown):
            assert re.search(HELPS + r" today \d\d:\d\d: Legal Aid[^.]*00.31", text), (who, text[:1500])
            assert text.count(HELPS) == 1, who


def test_who_must_get_nothing_is_not_named(house: Senders) -> None:
    case, _referral = missed(house)
    helps(house, case)
    house.agreed(case, excluded=[house.world.bodies["legal-aid"]])
    for who in READERS:
        assert HELPS not in under(house, who, "Call now"), who
        assert HELPS not in file(house, case, who), who
