"""A call of the sender's side is taken back by that side alone: everybody's own SQL, anybody's post (ADR 212).

No commit is red here: until then nobody could take it back at all.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from hamkori.casework.referral.actions.confirm import call
from hamkori.casework.referral.models import Referral, ReferralStep
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.test_anothers_side import answered
from tests.cast import PEOPLE, World, pass_time
from tests.database import god
from tests.web.senders import Senders

pytestmark = pytest.mark.django_db

SENDERS = ("caseworker-cso", "supervisor-cso")
BACK = "select referral_call(%s, 'put_back', %s)::text"


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


@pytest.fixture
def called(house: Senders) -> ReferralStep:
    """Who leads the case has recorded that they said yes."""
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    return recorded(house, house.sent(case))


def recorded(house: Senders, sent: Referral, answer: str = "said_yes") -> ReferralStep:
    pass_time(minutes=1)
    with house.as_() as zarina:
        call(zarina, Referral.objects.get(pk=sent.pk), answer=answer)
    with god():
        return ReferralStep.objects.filter(referral=sent, step_code="call").latest("at")


def stands(one: ReferralStep) -> bool:
    with god():
        now = ReferralStep.objects.get(pk=one.pk)
        steps = ReferralStep.objects.filter(referral=one.referral_id, step_code="undo_call")
        return now.undone_at is None and not steps.exists()


@pytest.mark.parametrize("who", [one for one in PEOPLE if one not in SENDERS])
def test_nobody_else_takes_it_back(house: Senders, called: ReferralStep, who: str) -> None:
    """The desk that was called, another organisation, a colleague who is not in the team, the coordinator."""
    with god():
        code = Referral.objects.get(pk=called.referral_id).code
    with house.as_(who):
        assert answered(BACK, called.referral_id, called.at) == "HK404"
        assert answered("update referral_step set undone_at = hk_now() where id = %s returning 1", called.pk) == "42501"
        note = "select referral_step_note(%s, 'undo_call', 'sent', 'sent', 'S', 'said_yes', hk_now(), me())"
        assert answered(note, called.referral_id) == "42501"
    form = {"operation": str(uuid4()), "answer": "put_back", "which": called.at.isoformat()}
    assert house.browser(who).post(f"/referrals/{code}/call/", form).status_code in (403, 404)
    assert stands(called)
    tried(4)


def test_the_team_takes_back_nothing_else(house: Senders, called: ReferralStep) -> None:
    """Neither a step that is no call, nor a call of another referral, nor one of no moment, nor one twice."""
    case = house.case()
    house.agreed(case)
    other = recorded(house, house.sent(case))
    with god():
        sent = ReferralStep.objects.get(referral=called.referral_id, step_code="send")
    with house.as_():
        for which in (sent.at, other.at, None, called.at + timedelta(microseconds=1)):
            assert answered(BACK, called.referral_id, which) == "HK404", which
            tried()
        assert answered("update referral_step set undone_at = hk_now() where id = %s returning 1", called.pk) == "42501"
    assert stands(called)
    assert stands(other)
    with house.as_() as zarina:
        call(zarina, Referral.objects.get(pk=called.referral_id), answer="put_back", which=called.at)
        with pytest.raises(NotNow, match="call_stands"):
            call(zarina, Referral.objects.get(pk=called.referral_id), answer="put_back", which=called.at)
        assert answered(BACK, called.referral_id, called.at) == "HK404"
    tried(3)
    with god():
        steps = ReferralStep.objects.filter(referral=called.referral_id, step_code="undo_call")
        assert [one.reason_code for one in steps] == ["said_yes"]


def test_after_a_day_the_database_takes_nothing_back(house: Senders, called: ReferralStep) -> None:
    pass_time(hours=25)
    with house.as_():
        assert answered(BACK, called.referral_id, called.at) == "HK404"
    tried()
    assert stands(called)
