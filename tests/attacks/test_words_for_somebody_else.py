"""The owner changes which request a text belongs to; whoever gets the request never reads what was meant for another.

A trigger of his swapped the request of two texts after one of them was written, inside the transaction of "send": the
shelter read what she wanted her lawyer to know. Red on commit 3f5130e.
"""

from __future__ import annotations

import pytest
from django.db import connection

from hamkori.casework.referral.actions.disclosure import open_agreed_text
from hamkori.casework.referral.models import PacketBody
from hamkori.refusal import NotNow
from hamkori.vault import server
from tests.attacks.owned import alarmed
from tests.cast import World
from tests.database import god
from tests.web.senders import Senders, page_text, referrals

pytestmark = [pytest.mark.django_db, pytest.mark.alarms]


@pytest.fixture
def house(small_world: World, monkeypatch: pytest.MonkeyPatch) -> Senders:
    monkeypatch.setattr(server.alarms(), "_lately", {})  # each test alarms anew
    return Senders(small_world)


def owner(statement: str) -> None:
    with god(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("when", ["inside", "before"])
def test_the_words_for_the_lawyer_reach_nobody_else(house: Senders, when: str) -> None:
    case = house.case()
    house.agreed(case)
    house.agreed(case, kind="legal", purpose="help", sections={"contact"})
    shelter = house.draft(case)
    lawyer = house.draft(case, service="LEGAL-01", agreed_text="Canary-For-The-Lawyer-Alone")
    client = house.browser()
    swap = (
        f"update public.need set referral_id = case referral_id when '{shelter.pk}' then '{lawyer.pk}'::uuid"
        f" else '{shelter.pk}'::uuid end where referral_id in ('{shelter.pk}', '{lawyer.pk}')"
    )
    if when == "before":
        owner(swap)
        with house.as_() as zarina, alarmed("sealed"), pytest.raises(NotNow, match="tag_mismatch"):
            open_agreed_text(zarina, case, referral=shelter.pk)
        return
    owner(
        "create function b_swap() returns trigger language plpgsql security definer as $$ begin"
        f" {swap}; return null; end $$"
    )
    owner("create trigger b_swap after update of body on need for each row execute function b_swap()")
    form = {**house.screen(case), "version": str(shelter.version), "agreed_text": "Words for the shelter"}
    with alarmed("sealed"):
        answer = client.post(f"/referrals/{shelter.code}/send/", form)
    assert answer.status_code == 409
    assert "Words for the shelter" in answer.content.decode(), "what was typed is kept"
    assert "For-The-Lawyer" not in page_text(answer)
    assert {one.state_code for one in referrals()} == {"draft"}
    with god():
        assert not PacketBody.objects.exists()


def test_a_sheet_does_not_pass_for_such_words(house: Senders) -> None:
    """The needs of her file, relabelled as the words for one request."""
    case = house.case(needs={"wishes": "Canary-Wishes"})
    house.agreed(case)
    draft = house.draft(case)
    owner(f"delete from need where referral_id = '{draft.pk}'")
    owner(f"update need set kind_code = 'agreed_text', referral_id = '{draft.pk}' where case_id = '{case.pk}'")
    with house.as_() as zarina, alarmed("sealed"), pytest.raises(NotNow, match="tag_mismatch"):
        open_agreed_text(zarina, case, referral=draft.pk)


def test_honest_words_go_where_they_were_written_for(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    draft = house.draft(case, agreed_text="Canary-Honest")
    with house.as_() as zarina:
        assert open_agreed_text(zarina, case, referral=draft.pk) == "Canary-Honest"
    assert house.browser().post(f"/cases/{case.code}/refer/", house.screen(case)).status_code == 303
