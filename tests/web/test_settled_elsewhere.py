"""Of what nobody waits for any more nobody is called: a place was accepted elsewhere, or help is for children."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from hamkori import definer
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral, ReferralClock
from hamkori.casework.referral.rules.tonight import night_of
from hamkori.casework.work.queries.today import today
from hamkori.directory.rules.suit import for_children, kinds
from hamkori.vocabulary import codelist
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, closes, page_text, version
from tests.web.test_red_alike import counted
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
PLACE = {"need_tonight_codes": ["safe_place"]}
THERE = "The person came to another place since this was sent"
ELSEWHERE = "A place for tonight is accepted elsewhere"


def test_the_database_knows_the_codes_of_our_lists() -> None:
    with god():
        ((body,),) = definer.read("select prosrc from pg_proc where proname = 'referral_moot'")
    listed = [sorted(re.findall(r"'([^']+)'", one)) for one in re.findall(r"array\[([^\]]+)\]", body)]
    groups = [group for group in codelist("admission_group").codes if for_children("", [group])]
    adults = [band for band in codelist("age_band").codes if band not in (*CHILD_BANDS, "unknown")]
    assert listed == [sorted(kinds(["safe_place"])), sorted(groups), sorted(adults)]


def test_the_database_knows_when_a_night_ends() -> None:
    """The walls reckon nights as the pages do, on both sides of six and of midnight."""
    zone = ZoneInfo("Asia/Dushanbe")
    for hour in (0, 5, 6, 18, 23):
        at = datetime(2026, 3, 2, hour, 59, tzinfo=zone)
        with god():
            assert definer.value("night_of", at, zone.key) == night_of(at), hour


def test_who_was_asked_for_a_place_that_another_accepted_for_tonight_is_called_no_more(house: Senders) -> None:
    """Red before: "Call now" of the sender and of the coordinator, with four buttons, for a bed that was there."""
    house.world.services["HOME-01"] = another(house, service_code="HOME-01").pk
    closes(house, "HOME-01")
    pairs = []
    for _number in range(2):
        house.agreed(case := house.case(PLACE))
        pairs.append((house.sent(case), house.sent(case, service="HOME-01")))
    pass_time(minutes=1)
    (later, waits), (tonight, settled) = pairs
    zarina, farida = house.browser(), house.browser("coordinator")

    def calls() -> set[str]:
        found = {row.referral for row in counted(house, "caseworker-cso").unread}
        hers = page_text(farida.get("/"))
        assert {one for one in codes if f"{one[:4]} {one[4:]}" in hers} == found & codes
        return found & codes

    codes = {waits.code, settled.code}
    assert calls() == codes
    house.accepted(later)
    assert calls() == codes, "a place from tomorrow is none for tonight"
    assert ELSEWHERE not in page_text(zarina.get("/"))
    house.accepted(tonight, part="now")
    assert calls() == {waits.code}
    with god():
        arrives = ReferralClock.objects.filter(referral=tonight.pk, clock_code="arrival")
        (due,) = arrives.values_list("due_at", flat=True)
        arrives.update(due_at=due - timedelta(days=3))
    assert calls() == codes, "nobody says that the person came: somebody calls again"
    with god():
        arrives.update(due_at=due)
    page = page_text(zarina.get(f"/referrals/{settled.code}/"))
    assert page.count(ELSEWHERE) == 1
    assert page.count("Cancel this one") == 1
    assert "only a call helps" not in page
    today = zarina.get("/")
    assert ELSEWHERE in page_text(today)
    assert f'href="/referrals/{settled.code}/recall/"' in today.content.decode()
    assert ELSEWHERE not in page_text(zarina.get(f"/referrals/{waits.code}/"))
    form = {"operation": str(uuid4()), "version": version(tonight), "how_said": "by_phone"}
    assert zarina.post(f"/referrals/{tonight.code}/withdraw/", form).status_code == 303
    assert calls() == codes, "the person's word ended that place: somebody calls again"


def test_who_was_asked_before_the_person_came_to_another_place_is_called_no_more(house: Senders) -> None:
    """Red before: urgent on three Todays, while the person slept elsewhere."""
    house.world.services["HOME-01"] = another(house, service_code="HOME-01").pk
    closes(house, "HOME-01")
    house.agreed(case := house.case(PLACE))
    house.accepted(first := house.sent(case), part="now")
    pass_time(minutes=1)
    second = house.sent(case, service="HOME-01")
    pass_time(minutes=1)
    zarina, malika, farida = (house.browser(one) for one in ("caseworker-cso", "supervisor-cso", "coordinator"))
    shown = f"{second.code[:4]} {second.code[4:]}"

    def urgent() -> set[str]:
        found = {one for one in ("caseworker-cso", "supervisor-cso") if second.code in _to_call(house, one)}
        return found | ({"coordinator"} if shown in page_text(farida.get("/")) else set())

    assert urgent() == {"caseworker-cso", "supervisor-cso", "coordinator"}, "asked although another one had accepted"
    came = {"operation": str(uuid4()), "version": version(first), "heard": "came"}
    assert zarina.post(f"/referrals/{first.code}/hear/", came).status_code == 303
    pass_time(minutes=1)
    assert urgent() == set()
    for client in (zarina, malika):
        assert THERE in page_text(client.get("/"))
        page = page_text(client.get(f"/referrals/{second.code}/"))
        assert page.count(THERE) == 1
        assert page.count("Cancel this one") == 1
    assert f'href="/referrals/{second.code}/recall/"' in zarina.get("/").content.decode()
    with house.as_() as lead:
        send.recall(lead, Referral.objects.get(pk=second.pk), version=second.version, reason="placed_elsewhere")
    third = house.sent(case, service="HOME-01")
    pass_time(minutes=1)
    assert third.code in _to_call(house, "caseworker-cso"), "asked of who is there already: they have to leave"


def _to_call(house: Senders, slug: str) -> set[str]:
    with house.as_(slug) as actor:
        return {row.referral for row in today(actor, "en").unread}


def test_help_for_children_is_not_called_about_once_the_person_is_an_adult(house: Senders) -> None:
    """Red before: "Call now", and its receiver read nothing of it before accepting."""
    house.world.services["CHILD-01"] = another(house, "shelter-kulob", service_code="CHILD-01").pk
    closes(house, "CHILD-01")
    case = house.case({"need_tonight_codes": ["nothing_now"]})
    house.agreed(case)
    sent = house.sent(case, service="CHILD-01")
    zarina, desk = house.browser(), house.browser("desk-shelter")
    assert sent.code in {row.referral for row in counted(house, "caseworker-cso").unread}
    with house.as_() as lead:
        found = Case.objects.get(pk=case.pk)
        cases.settle_age(lead, found, version=found.version, age_band="a30_47", reason="papers")
    pass_time(minutes=1)
    assert sent.code not in {row.referral for row in counted(house, "caseworker-cso").unread}
    said = "for children, and the person is an adult"
    for at in ("/", f"/referrals/{sent.code}/"):
        assert said in page_text(zarina.get(at))
        assert "Cancel this one" in page_text(zarina.get(at))
    assert "The person is an adult, as was said since." in page_text(desk.get(f"/referrals/{sent.code}/"))
