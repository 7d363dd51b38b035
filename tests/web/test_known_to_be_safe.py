"""The coordinator reads that a sender knows a person to be safe who did not come: nobody is sent to look for them."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm
from hamkori.casework.referral.models import Referral, ReferralOrigin
from hamkori.casework.work.actions import looking
from hamkori.web.templatetags.kit import grouped
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, version
from tests.web.test_coordinator_is_told import counted_alike
from tests.web.test_said_of_an_arrival import expected
from tests.web.test_said_on_the_telephone import LATE, press

pytestmark = pytest.mark.django_db
SAFE = r"The sender, Cso Kulob, says today \d\d:\d\d: the person is safe, and did not come"


def told(house: Senders, slug: str) -> list[tuple[object, ...]]:
    with house.as_(slug), connection.cursor() as cursor:
        cursor.execute("select organisation_id, side_code, answer_code from referrals_called()")
        return [row for row in cursor.fetchall() if row[2] == "is_safe"]


def test_the_coordinator_reads_that_the_person_is_safe(house: Senders) -> None:
    """Red before: "the person did not come" stood there, and "not with them" began the search anew."""
    sent, call = expected(house)
    farida = house.browser("coordinator")
    with god():
        case = ReferralOrigin.objects.get(referral=sent).case
    with house.as_() as lead:
        confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard="did_not_come")
    pass_time(minutes=1)
    assert told(house, "coordinator") == []
    red = farida.get("/").content.decode().partition('<ul class="work"')[2].partition("</ul>")[0]
    assert "lead ico late" in red
    with house.as_() as lead:
        looking.looked_for(lead, case, reason="is_safe")
    pass_time(minutes=1)
    assert told(house, "coordinator") == [(house.world.bodies["cso-kulob"], "S", "is_safe")]
    for slug in ("caseworker-cso", "desk-shelter", "supervisor-cso", "auditor", "shelter-worker"):
        assert told(house, slug) == [], slug
    for at in ("/", LATE):
        page = farida.get(at)
        text = page_text(page)
        assert re.search(SAFE, text), at
        assert "says that the person did not come" not in text, at
        assert case.code not in page.content.decode(), "no case"
        rows = page.content.decode().partition('<ul class="work"')[2].partition("</ul>")[0]
        assert "lead ico late" not in rows, at
    said = press(farida, call, "not_with_them", **{"from": "today"})
    assert re.search(r"The sender said today \d\d:\d\d that the person is safe: nobody is to be looked for\.", said)
    assert "Now call who sent it" not in said
    assert "I called the sender" not in page_text(farida.get("/"))
    counted_alike(farida)


def test_of_somebody_who_is_missed_again_it_is_said_no_more(house: Senders) -> None:
    sent, _call = expected(house)
    with god():
        case = ReferralOrigin.objects.get(referral=sent).case
    for reason in ("is_safe", ""):
        with house.as_() as lead:
            confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard="did_not_come")
        pass_time(minutes=1)
        if reason:
            with house.as_() as lead:
                looking.looked_for(lead, case, reason=reason)
        pass_time(minutes=1)
    assert told(house, "coordinator") == []


NOTHING_TO_CALL = "Nothing to call about: the person is safe"


def test_nothing_is_to_be_called_about_who_is_safe(house: Senders) -> None:
    """Red before: three buttons under "Late", and it was counted among the late ones by the rail and by both pages."""
    sent, call = expected(house)
    farida = house.browser("coordinator")
    with god():
        case = ReferralOrigin.objects.get(referral=sent).case
    with house.as_() as lead:
        confirm.hear(lead, Referral.objects.get(pk=sent.pk), version=version(sent), heard="did_not_come")
    pass_time(minutes=1)
    (counted,) = counted_alike(farida).values()
    assert counted == 1
    assert f'action="{call}"' in farida.get("/").content.decode()
    for reason, number in (("is_safe", 0), ("put_back", 1), ("is_safe", 0), ("not_found", 1)):
        with house.as_() as lead:
            looking.looked_for(lead, Case.objects.get(pk=case.pk), reason=reason)
        pass_time(minutes=1)
        assert sum(counted_alike(farida).values()) == number, reason
        for at in ("/", LATE):
            page = farida.get(at)
            assert (NOTHING_TO_CALL in page_text(page), f'action="{call}"' in page.content.decode()) == (
                not number,
                bool(number),
            ), (reason, at)
            assert grouped(sent.code) in page.content.decode(), "its number stays"
    assert "1 late" in page_text(farida.get(LATE)) or "1 to call now" in page_text(farida.get(LATE))
