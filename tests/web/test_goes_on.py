"""Help that had begun when the person's word ended what was agreed: whether it goes on is asked (ADR 0138)."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm, receive
from hamkori.casework.referral.models import Referral, ReferralStep
from hamkori.casework.referral.queries.goes_on import said_on
from hamkori.people.models import OrganisationPhone
from hamkori.refusal import NotNow
from hamkori.web.referrals import settling
from tests.cast import operation, pass_time
from tests.database import god
from tests.web.senders import Senders, answering, at, page_text, state
from tests.web.test_place_found import take_back_all

pytestmark = pytest.mark.django_db

ASKS = "Ask the person whether help at Legal Aid goes on"
NUMBER = "+992 44 600 11 22"
ON = "Help there goes on"
OVER = "Help there has ended: they were called"


def accepted(house: Senders, facts: dict[str, Any] | None = None) -> tuple[Case, Referral]:
    """A lawyer has agreed to meet the person today."""
    with god():
        OrganisationPhone.objects.update_or_create(
            organisation_id=house.world.bodies["legal-aid"], defaults={"phone": NUMBER}
        )
    case = house.case(facts)
    house.agreed(case, "legal")
    referral = house.sent(case, service="LEGAL-01")
    with house.as_("lawyer") as desk:
        receive.accept(
            desk,
            Referral.objects.get(pk=referral.pk),
            version=referral.version,
            team=[house.world.membership("lawyer")],
            arrival_on=timezone.localdate(now()),
            arrival_part="now",
        )
    return case, referral


def left(house: Senders) -> tuple[Case, Referral]:
    """That help has begun, and the person takes everything back."""
    case, referral = accepted(house)
    house.browser("lawyer").post(at(referral, "serve"), answering(referral))
    assert state(referral) == "serving"
    take_back_all(house, case)
    assert state(referral) == "withdrawn"
    return case, referral


def says(house: Senders, referral: Referral, reason: str) -> str:
    form = {"operation": str(uuid4()), "reason": reason}
    return page_text(house.browser().post(at(referral, "settle"), form, follow=True))


def shown(house: Senders, case: Case, referral: Referral, who: str = "caseworker-cso") -> list[str]:
    return [page_text(house.browser(who).get(one)) for one in ("/", f"/cases/{case.code}/", at(referral))]


def asked(house: Senders, case: Case, referral: Referral, who: str = "caseworker-cso") -> list[bool]:
    return [ASKS in page for page in shown(house, case, referral, who)]


def test_it_is_asked_until_the_worker_answers(house: Senders) -> None:
    """Red before: once the page after the withdrawal was left, all said "Ended by the person", and nobody called."""
    case, referral = left(house)
    pages = shown(house, case, referral)
    assert [(ASKS in page, NUMBER in page) for page in pages] == [(True, True)] * 3
    assert "No place for tonight" in pages[0].partition(ASKS)[0], "calm: a line below what is graver (ADR 164)"
    assert f'href="{at(referral)}#goes-on"' in house.browser().get("/").content.decode()
    assert asked(house, case, referral, "supervisor-cso") == [False, True, True]
    assert "It goes on" not in shown(house, case, referral, "supervisor-cso")[2], "it is the team who asks the person"
    pass_time(days=9)
    assert asked(house, case, referral) == [True] * 3, "no clock answers it"
    assert all(NUMBER in page for page in shown(house, case, referral))


@pytest.mark.parametrize(("reason", "said"), [("goes_on", ON), ("told_them", OVER)])
def test_an_answer_ends_it_and_can_be_put_back(house: Senders, reason: str, said: str) -> None:
    case, referral = left(house)
    page = says(house, referral, reason)
    assert "Today no longer asks. You can put it back here." in page
    assert said in page
    assert "Nothing more to do" not in page
    assert asked(house, case, referral) == [False] * 3
    with god():
        last = ReferralStep.objects.filter(referral=referral).latest("at")
        assert (last.step_code, last.reason_code) == ("settle", reason)
    history = page_text(house.browser().get(f"/cases/{case.code}/?events=all")).partition("What happened")[2]
    assert said.lower() in history.lower(), "in the case after the name of the help"
    house.browser().post(at(referral, "put_back"), {"operation": str(uuid4())})
    assert asked(house, case, referral) == [True] * 3


@pytest.mark.parametrize(("first", "second", "said"), [("goes_on", "told_them", ON), ("told_them", "goes_on", OVER)])
def test_a_second_window_is_told_what_was_said_and_the_way_to_say_it_anew(
    house: Senders, first: str, second: str, said: str
) -> None:
    """Red before: "Somebody has said already that nothing more is to do", of help that goes on, and no way but back."""
    _case, referral = left(house)
    says(house, referral, first)
    form = {"operation": str(uuid4()), "reason": second}
    for answer in (house.browser().post(at(referral, "settle"), form), house.browser().get(at(referral, "settle"))):
        page = page_text(answer)
        assert answer.status_code == 409
        assert f"): {said}. Nothing was changed. To say something else, put it back there first." in page
        assert "nothing more is to do" not in page
        assert f'href="{at(referral)}"' in answer.content.decode()
    house.browser().post(at(referral, "put_back"), {"operation": str(uuid4())})
    assert "Today no longer asks. You can put it back here." in says(house, referral, second)


def test_of_two_windows_at_once_the_second_is_told_what_was_said(
    house: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red before: "nothing more is to do" of help that goes on, where both had looked before either had said it."""
    _case, referral = left(house)
    says(house, referral, "goes_on")
    looked: list[UUID] = []

    def before_either_spoke(pk: UUID) -> ReferralStep | None:
        looked.append(pk)
        return said_on(pk) if len(looked) > 1 else None

    monkeypatch.setattr(settling, "said_on", before_either_spoke)
    form = {"operation": str(uuid4()), "reason": "told_them"}
    answer = house.browser().post(at(referral, "settle"), form)
    page = page_text(answer)
    assert answer.status_code == 409
    assert f"): {ON}. Nothing was changed. To say something else, put it back there first." in page
    assert "nothing more is to do" not in page


def test_the_two_answers_are_said_of_such_help_alone(house: Senders) -> None:
    _case, referral = left(house)
    with house.as_() as actor, pytest.raises(NotNow, match="reason_given"):
        confirm.settle(operation(actor), Referral.objects.get(pk=referral.pk), reason="other_help")
    house.agreed(other := house.case())
    declined = house.sent(other)
    with house.as_("desk-shelter") as desk:
        receive.decline(desk, Referral.objects.get(pk=declined.pk), version=declined.version, reason="full")
    assert state(declined) == "declined"
    page = house.browser().get(at(declined, "settle")).content.decode()
    assert 'value="goes_on"' not in page
    assert 'value="other_help"' in page
    for reason in ("goes_on", "told_them"):
        with house.as_() as actor, pytest.raises(NotNow, match="reason_given"):
            confirm.settle(operation(actor), Referral.objects.get(pk=declined.pk), reason=reason)
    assert asked(house, other, declined)[1:] == [False, False]


def test_who_received_it_says_nothing_of_it(house: Senders) -> None:
    _case, referral = left(house)
    assert ASKS not in page_text(house.browser("lawyer").get(at(referral)))
    form = {"operation": str(uuid4()), "reason": "goes_on"}
    answer = house.browser("lawyer").post(at(referral, "settle"), form)
    assert answer.status_code in (403, 404)


def test_where_help_had_not_begun_nothing_is_asked(house: Senders) -> None:
    case, referral = accepted(house)
    take_back_all(house, case)
    assert state(referral) == "withdrawn"
    assert asked(house, case, referral) == [False] * 3
