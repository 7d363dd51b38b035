"""One referral alone that ended by a no which somebody else brought: the person is asked whether it is so (ADR 190)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.database import god
from tests.web.consenting import form_of
from tests.web.senders import Senders, at, page_text
from tests.web.test_a_child_took_it_back import CHILD, SPOKEN
from tests.web.test_asked_before_anybody_is_called_off import BROUGHT
from tests.web.test_heard_through_somebody import ASK, shown
from tests.web.test_place_found import BOTH, NEEDED, today
from tests.web.test_still_needed import offered

pytestmark = pytest.mark.django_db
BEFORE = "by message or through somebody else it counts at once, too: the person is then asked, alone, whether it is so"
STOPPED = ("Stopped by a no that somebody else brought", "Stopped by a no in a message")
ENDED = "Ended by a no that is not certain to be the person's: "


def ends(house: Senders, referral: Referral, how: str, **also: str) -> None:
    where, client = f"/referrals/{referral.code}/withdraw/?only=1", house.browser()
    page = client.get(where)
    assert BEFORE in page_text(page)
    form = form_of(page) | {"how_said": how} | also
    form.pop("everything", None)
    answer = client.post(where, form)
    assert answer.status_code == 303
    said = page_text(client.get(answer["Location"]))
    asked = "Stopped, and the person has not been asked: ask them, alone, whether it is so." in said
    assert asked is (how in BROUGHT), "red before: stopped at the person's request, whoever brought it"
    assert ("Stopped at the person's request. Nothing" in said) is not asked
    pass_time(minutes=1)


def ended(house: Senders, how: str, **also: str) -> tuple[Case, Referral]:
    case = house.case(NEEDED)
    house.agreed(case)
    house.agreed(case, kind="health")
    pass_time(minutes=1)
    sent = house.sent(case)
    ends(house, sent, how, **also)
    return case, sent


def is_asked(house: Senders, case: Case, sent: Referral) -> dict[str, bool]:
    read = {}
    for who in BOTH:
        read[f"today of {who}"] = today(house, who)
        read[f"the case of {who}"] = shown(house, f"/cases/{case.code}/", who).partition("What happened")[0]
        read[f"the referral of {who}"] = shown(house, at(sent), who)
    return {name: ASK in one for name, one in read.items()}


@pytest.mark.parametrize("also", [{}, {"nothing_more": "on"}])
@pytest.mark.parametrize("how", BROUGHT)
def test_the_person_is_asked_whether_it_is_so(house: Senders, how: str, also: dict[str, str]) -> None:
    """Red before: it ended at once, and no page asked anything."""
    case, sent = ended(house, how, **also)
    asked = is_asked(house, case, sent)
    assert all(asked.values()), asked
    assert today(house).count(f"Ask the person {ASK}") == 1
    assert ASK not in today(house, "stranger")
    assert any(one in shown(house, at(sent)) for one in STOPPED)
    page = house.browser().get(at(sent)).content.decode()
    assert f'href="/cases/{case.code}/consent/' in page.partition(ASK)[2].partition("</div>")[0]
    assert "No place for tonight" in today(house), "what is missing stays"
    assert ENDED in shown(house, f"/cases/{case.code}/consent/")


def test_an_answer_to_something_else_does_not_end_it(house: Senders) -> None:
    case, sent = ended(house, "by_message")
    house.agreed(case, kind="legal")
    pass_time(minutes=1)
    asked = is_asked(house, case, sent)
    assert all(asked.values()), asked


def test_nor_does_the_same_answer_to_something_else(house: Senders) -> None:
    """Red before: what was asked again the same day changed no row, and was taken for an answer to everything."""
    case, sent = ended(house, "through_other")
    house.agreed(case, kind="health")
    pass_time(minutes=1)
    asked = is_asked(house, case, sent)
    assert all(asked.values()), asked
    house.agreed(case)
    pass_time(minutes=1)
    asked = is_asked(house, case, sent)
    assert not any(asked.values()), f"the same answer to this help is one: {asked}"


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_any_answer_of_the_persons_to_it_ends_it(house: Senders, answer: str) -> None:
    case, sent = ended(house, "through_other")
    house.agreed(case, answer=answer)
    pass_time(minutes=1)
    asked = is_asked(house, case, sent)
    assert not any(asked.values()), asked
    assert ENDED not in shown(house, f"/cases/{case.code}/consent/")


def test_so_does_asking_for_it_anew(house: Senders) -> None:
    case, sent = ended(house, "through_other")
    house.sent(case)
    pass_time(minutes=1)
    asked = is_asked(house, case, sent)
    assert not any(asked.values()), asked


@pytest.mark.parametrize("how", ["in_person", "by_phone"])
def test_what_the_person_says_themselves_is_not_asked_about(house: Senders, how: str) -> None:
    case, sent = ended(house, how)
    asked = is_asked(house, case, sent)
    assert not any(asked.values()), asked
    assert ENDED not in shown(house, f"/cases/{case.code}/consent/")


def test_emergency_care_of_a_child_is_still_missing(house: Senders) -> None:
    offered(house, "HEALTH-01")
    with god():
        house.world.services["HEALTH-01"] = Service.objects.get(service_code="HEALTH-01").pk
    case = house.case(NEEDED | {"age_band_code": "a0_8"}, contact=CHILD)
    house.agreed(case, kind="health", **SPOKEN)
    pass_time(minutes=1)
    sent = house.sent(case, service="HEALTH-01")
    ends(house, sent, "through_other")
    asked = is_asked(house, case, sent)
    assert all(asked.values()), asked
    assert "The person still needs this help" in shown(house, at(sent))
    assert f"{ENDED}Emergency medical care." in shown(house, f"/cases/{case.code}/consent/")
