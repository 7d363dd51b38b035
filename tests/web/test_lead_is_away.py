"""The lead worker is away: the supervisor reads whom to call, and says that it was done."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, page_text, version

pytestmark = pytest.mark.django_db

LINE = "+992 00 000-Canary"


def test_a_supervisor_of_a_stopped_referral_has_the_number_and_records_the_call(house: Senders, settings) -> None:
    settings.HAMKORI_COORDINATOR = LINE
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    referral = house.sent(case)
    with house.as_("desk-shelter") as gulnora:
        receive.decline(
            gulnora,
            Referral.objects.get(pk=referral.pk),
            version=version(referral),
            reason="full",
            suggested_service="HOME-01",
        )
    malika = house.browser("supervisor-cso")
    for at in (f"/cases/{case.code}/", f"/cases/{case.code}/who/"):
        page = page_text(malika.get(at))
        assert page.count(LINE) == 1, at
        assert "you can call organisations" in page
    at = f"/referrals/{referral.code}/"
    answer = malika.get(at)
    assert LINE in page_text(answer)
    assert 'href="/directory/?group=' in answer.content.decode()
    assert "I called" in page_text(answer)
    listed = answer.content.decode().partition('href="/directory/?group=')[2].partition('"')[0]
    assert malika.get(f"/directory/?group={listed}").status_code == 200
    saved = page_text(malika.post(f"{at}call/", {"operation": str(uuid4()), "answer": "coordinator"}, follow=True))
    assert "you reached the coordinator" in saved
    pass_time(minutes=1)
    assert "Supervisor Cso called the coordinator" in page_text(malika.get(at))
    saved = page_text(malika.post(f"{at}call/", {"operation": str(uuid4()), "answer": "reached"}, follow=True))
    assert "you called Shelter Kulob and reached them." in saved
    assert "Their answer is still open" not in saved
